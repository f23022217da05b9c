"""Ending, suspending and resuming a case at any stage, each one act. Who may is a question to the veto (`move`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.clocks.ledger import cause_words
from engine.clocks.operations import PATIENCE, WATCHERS
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, NotFound
from engine.holidays import queries as holidays
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.models import Message
from engine.outbox.operations import enqueue
from engine.parameters import queries as parameters
from engine.people import directory
from engine.releases import queries as releases
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.deadlines import deadline, last_day
from engine.runtime.models import Instance, Suspension, WorkItem
from engine.runtime.moves import ending, resting
from engine.runtime.running import NothingToDo
from engine.transactions import Deed, act, afterwards, scratch

LONGEST = 1000
#: The outcome of a case whose parent was ended before its time.
WITH_PARENT = "parent_ended"
Within = Callable[[Deed, Instance], Mapping[str, Any] | None]
Resting = Callable[[Deed, Instance, Suspension, list[str]], None]


def end(
    instance_id: int,
    actor: Actor,
    *,
    verb: Verb,
    outcome: str,
    reason: str,
    kind: str = "end",
    facts: Mapping[str, Any] | None = None,
    clause: str | None = None,
    look: Within | None = None,
    within: Within | None = None,
) -> Instance:
    """Ends a running case before its time, wherever it stands: parked, in several branches, waiting, suspended.

    `look` runs first with the case locked and may refuse; `within` runs at the end of the act and adds to what the
    journal keeps. Raises Refused by the veto (`move`, with `kind` and `facts`), Conflict when it runs no more, Invalid
    without a reason.
    """
    reason = written("reason", reason, longest=LONGEST, empty="请写明理由。")
    with act(verb, actor) as deed:
        instance = _running(deed, instance_id)
        veto.require(deed.session, Question("move", actor, instance=instance, facts={"kind": kind, **(facts or {})}))
        if look is not None:
            look(deed, instance)
        after = ending.end(deed, instance, outcome, reason)
        deed.session.flush()
        if within is not None:
            after |= within(deed, instance) or {}
        deed.record(instance, before={"stage": after.pop("stage")}, after=after, reason=reason, clause=clause)
        afterwards(deed.session, lambda: end_linked(instance_id))
    return instance


def suspend(
    instance_id: int,
    actor: Actor,
    *,
    cause: str,
    reason: str,
    until: date | None = None,
    clause: str | None = None,
    within: Resting | None = None,
) -> Suspension:
    """Lets a whole case rest for a cause of the parameter `suspension_causes`, at most as long as `suspension_limit`
    allows: nothing is claimed, completed or fired meanwhile. Clocks stand still only where their catalogue allows the
    cause; the others run on, and everybody is told which.

    `within` runs inside the act, with the names of the clocks that run on. Raises Invalid with the field that is wrong,
    Refused by the veto, Conflict when it rests already or is over.
    """
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么中止。")
    with act(Verb.CASE_SUSPENDED, actor) as deed:
        session, instance = deed.session, _running(deed, instance_id)
        veto.require(session, Question("move", actor, instance=instance, facts={"kind": "suspend"}))
        if instance.suspended_at is not None:
            raise Conflict(f"这件办件自{instance.suspended_at:%Y年%m月%d日}起已经中止办理。")
        calendar = holidays.current(session)
        values = parameters.on(session, deed.now.date())
        listed = [each.strip() for each in str(values.get("suspension_causes", "")).split(",")]
        if cause not in filter(None, listed):
            raise Invalid.at("cause", "请选择中止的事由。")
        limit = values.get("suspension_limit")
        if limit is None:
            raise DoudiError("没有“suspension_limit”这个政策参数，不知道最长能中止多久，请管理员补上。")
        longest = last_day(deadline(str(limit), deed.now, calendar).at)
        until = until or longest
        if not deed.now.date() < until <= longest:
            raise Invalid.at("until", f"恢复的日期应在明天到{longest:%Y年%m月%d日}之间。")
        made = Suspension(
            instance_id=instance.id, cause=cause, reason=reason, began_at=deed.now, began_by=actor.name, until=until
        )
        session.add(made)
        session.flush()
        release = releases.load(instance.release_id, session)
        runs = resting.rest(session, instance, made, release, calendar)
        words = f"{actor.name}：{cause_words(cause)}。{reason}最迟到{until:%Y年%m月%d日}恢复。"
        if runs:
            words += f"照常计时的期限：{'、'.join(each.title for each in runs)}。"
        _tell(session, instance, actor, "办件中止办理", words, deed.now)
        if within is not None:
            within(deed, instance, made, [each.title for each in runs])
        after = {
            "cause": cause_words(cause),
            "until": until.isoformat(),
            "runs_on": [each.title for each in runs],
            "stage": instance.stage,
        }
        deed.record(instance, after=after, reason=reason, clause=clause)
    return made


def resume(instance_id: int, actor: Actor, *, remark: str = "") -> Suspension:
    """Lets a suspended case go on. Timers that came due meanwhile fire in their turn, dates leave the days out."""
    remark = written("remark", remark, longest=LONGEST)
    with act(Verb.CASE_RESUMED, actor) as deed:
        session, instance = deed.session, _running(deed, instance_id)
        veto.require(session, Question("move", actor, instance=instance, facts={"kind": "suspend"}))
        made = session.scalar(
            select(Suspension)
            .where(Suspension.instance_id == instance.id, Suspension.ended_at.is_(None))
            .execution_options(populate_existing=True)
        )
        if made is None:
            raise Conflict("这件办件没有中止，可以照常办理。")
        made.ended_at, made.ended_by, made.remark = deed.now, actor.name, remark
        resting.wake(session, instance, made, deed.now, actor.name, holidays.current(session))
        _tell(session, instance, actor, "办件恢复办理", remark or "请继续办理。", deed.now)
        after = {"days": (deed.now.date() - made.began_at.date()).days, "stage": instance.stage}
        deed.record(instance, after=after, reason=remark or None)
    return made


def resume_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Lets the cases go on whose suspension has reached its last day; how many. One small query when there is none."""
    session, done = db.session(), 0
    over = select(Suspension.instance_id).where(Suspension.ended_at.is_(None), Suspension.until < clock.today())
    for instance_id in session.scalars(over.order_by(Suspension.until, Suspension.id)).all():
        if stop():
            break
        try:
            resume(instance_id, SYSTEM, remark="中止期满，自动恢复。")
            done += 1
        except (Conflict, NotFound):  # Somebody was quicker.
            session.rollback()
    session.rollback()
    return done


def end_linked_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Ends what was started at a case that was ended before its time, where its kind ends with it (`with_parent`): what
    a process that died left behind. Returns how many were ended."""
    session = db.session()
    parent = select(Instance.id).where(Instance.status == "cancelled")
    left = select(Instance.parent_id).where(Instance.status == "running", Instance.parent_id.in_(parent)).distinct()
    done = 0
    for parent_id in session.scalars(left.order_by(Instance.parent_id)).all():
        if stop():
            break
        done += end_linked(parent_id)
    session.rollback()
    return done


def end_linked(parent_id: int) -> int:
    """Ends the running cases of an ended one whose kind ends with it, each an act of the system's own."""
    session, done = db.session(), 0
    children = session.execute(
        select(Instance.id, Instance.process_id, Instance.release_id)
        .where(Instance.parent_id == parent_id, Instance.status == "running")
        .order_by(Instance.id)
    ).all()
    for child_id, process_id, release_id in children:
        if not releases.load(release_id, session).processes[process_id].ends_with_parent:
            continue
        parent = session.get(Instance, parent_id)
        reason = f"所属办件{naming['of'](session, parent)}已终止。"
        try:
            end(child_id, SYSTEM, verb=Verb.CASE_ENDED, outcome=WITH_PARENT, reason=reason)
            done += 1
        except (Conflict, NothingToDo):
            session.rollback()
    return done


def recall_suspensions() -> int:
    """Tells the head and the discipline office of every case that has been suspended for a week, each week anew.
    Returns how many were told of now."""
    session, at = db.session(), clock.now()
    lasting = select(Suspension.id, Suspension.began_at).where(
        Suspension.ended_at.is_(None), Suspension.began_at <= at - PATIENCE
    )
    weeks = {key: f"suspended:{key}:{(at - since) // PATIENCE}" for key, since in session.execute(lasting)}
    known = set(session.scalars(select(Message.key).where(Message.key.in_(weeks.values())))) if weeks else set()
    return sum(_recall(key, once) for key, once in weeks.items() if once not in known)


def _recall(suspension_id: int, once: str) -> bool:
    try:
        with scratch() as session:
            made = session.get(Suspension, suspension_id, populate_existing=True)
            if made is None or made.ended_at is not None:
                return False
            instance, at = session.get(Instance, made.instance_id), clock.now()
            subject = f"办件已中止办理{(at.date() - made.began_at.date()).days}天"
            body = f"{made.began_by}：{cause_words(made.cause)}。{made.reason}最迟到{made.until:%Y年%m月%d日}恢复。"
            _tell(session, instance, SYSTEM, subject, body, at, holders=False, key=once)
            return True
    except IntegrityError:  # Another process told them at the very same instant.
        return False


def _running(deed: Deed, instance_id: int) -> Instance:
    instance = locks.instance(deed, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再试。")
    if instance.status != "running":
        ended = f"已于{instance.ended_at:%Y年%m月%d日}" if instance.ended_at else "已经"
        raise Conflict(f"这件办件{ended}{'终止' if instance.status == 'cancelled' else '办结'}，不能再变动。")
    return instance


def _tell(
    session: Session,
    instance: Instance,
    actor: Actor,
    what: str,
    body: str,
    now: datetime,
    *,
    holders: bool = True,
    key: str | None = None,
) -> None:
    """Tells whoever has the case in hand, the head and the discipline office; nobody who must not hear of it, the
    administrators when nobody is left."""
    held = select(WorkItem.holder_id).where(
        WorkItem.instance_id == instance.id, WorkItem.state == "open", WorkItem.holder_id.is_not(None)
    )
    there = [directory.actor(session, each) for each in session.scalars(held.distinct())] if holders else []
    there += [each for role in WATCHERS for each in directory.holders(session, role, instance.area)]
    known = {each.id: each for each in there if each is not None and each.id != actor.id}
    to = [each for each in known.values() if recipients.free(session, each, instance)]
    enqueue(
        session,
        kind="move",
        subject=f"{naming['of'](session, instance)}：{what}",
        body=body if to or instance.seen_by is None else "",
        to=to,
        role=None if to else "admin",
        area=instance.area,
        instance_id=instance.id,
        sender=actor,
        urgent=True,
        now=now,
        key=key,
    )


__all__ = ["end", "end_linked", "end_linked_due", "recall_suspensions", "resume", "resume_due", "suspend"]
