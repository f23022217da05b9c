"""What people may do with a clock: ask for more time, grant it, let it stand still for a cause, let it run on.

None of it works after the deadline: what is late stays late and is seen to be late (law 8).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from engine.actors import SYSTEM, Actor
from engine.calendar.lengths import Length
from engine.clock import now
from engine.clocks import ledger
from engine.clocks.models import Clock, Extension
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
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
from engine.runtime.models import Instance
from engine.transactions import Deed, act, scratch

#: Who is asked for an extension.
APPROVERS = ("deputy", "head")
#: What follows in the same act when a clock was extended; the registers put their letters here.
after_extension: list[Callable[[Deed, Clock, int], None]] = []
#: Who hears that a leader let a clock stand still: nobody hides a case alone.
WATCHERS = ("head", "discipline")
#: How long a clock stands still before its watchers hear of it again, and again.
PATIENCE = timedelta(days=7)
LONGEST_NOTE = 500


def ask_extension(clock_id: int, actor: Actor, *, reason: str, note: str = "") -> Extension:
    """Asks for the longer length of a clock (57号 art. 22: 特殊情况). Raises Invalid for a reason that the parameter
    `extension_reasons` does not list, Conflict when it is too late, was extended already or is being asked for."""
    with act(Verb.EXTENSION_ASKED, actor) as deed:
        clock = _running(deed, clock_id)
        veto.require(deed.session, Question("ask_extension", actor, instance=clock.instance))
        _extendable(deed, clock)
        listed = parameters.of(deed.session, clock.instance).get("extension_reasons", "")
        if reason not in filter(None, (each.strip() for each in str(listed).split(","))):
            raise Invalid.at("reason", "请选择一个延期理由。")
        note = written(
            "note", note, longest=LONGEST_NOTE, empty="选“其他”时请写明具体理由。" if reason == "other" else ""
        )
        open_ = select(Extension.id).where(Extension.clock_id == clock.id, Extension.decided_at.is_(None))
        if deed.session.scalar(open_) is not None:
            raise Conflict("这个时限已经有人申请延期，正在等待批准。")
        asked = Extension(
            clock_id=clock.id,
            instance_id=clock.instance_id,
            reason=reason,
            note=note,
            asked_by_id=actor.id,
            asked_by=actor.name,
            asked_at=deed.now,
        )
        deed.session.add(asked)
        words = f"{actor.name}申请延期，请在到期前批准或不批准。"
        _tell(deed.session, clock, actor, APPROVERS, f"申请延长“{clock.title}”", words, deed.now)
        after = {"clock": clock.title, "reason": ledger.cause_words(reason)}
        deed.record(clock.instance, after=after, reason=note or None, clause=clock.clause)
    return asked


def decide_extension(extension_id: int, actor: Actor, *, granted: bool, remark: str = "") -> Extension:
    """Grants or refuses an extension: never by whoever asked for it, never after the deadline. A refusal says why."""
    verb = Verb.EXTENSION_GRANTED if granted else Verb.EXTENSION_REFUSED
    with act(verb, actor) as deed:
        asked = deed.session.get(Extension, extension_id)
        if asked is None:
            raise NotFound("没有找到这份延期申请，请刷新后查看。")
        clock = _running(deed, asked.clock_id)
        asked = deed.session.get(Extension, extension_id, populate_existing=True)
        if asked.decided_at is not None:
            raise Conflict(f"这份延期申请已由{asked.decided_by}处理。")
        facts = {"asked_by_id": asked.asked_by_id}
        veto.require(deed.session, Question("extend", actor, instance=clock.instance, facts=facts))
        remark = written("remark", remark, longest=LONGEST_NOTE, empty="" if granted else "不批准的，请写明理由。")
        asked.granted, asked.decided_by, asked.decided_at, asked.remark = granted, actor.name, deed.now, remark
        after: dict[str, Any] = {"clock": clock.title}
        before = {"due": clock.due_at.isoformat() if clock.due_at else None}
        if granted:
            _extendable(deed, clock)
            calendar = holidays.current(deed.session)
            ledger.extend(deed.session, clock, asked.reason, asked.note, deed.now, actor.name, calendar)
            after |= {"length": Length.parse(clock.extends_to or "").words, "due": _iso(clock)}
            for follow in after_extension:
                follow(deed, clock, asked.id)
        why = remark or asked.note or None
        deed.record(clock.instance, before=before, after=after, reason=why, clause=clock.clause)
    return asked


def pause(clock_id: int, actor: Actor, *, cause: str, note: str) -> Clock:
    """Lets a clock stand still for a cause that its entry in the catalogue allows; never one that is late already."""
    with act(Verb.CLOCK_PAUSED, actor) as deed:
        clock = _running(deed, clock_id)
        veto.require(deed.session, Question("pause", actor, instance=clock.instance))
        spec = releases.load(clock.instance.release_id, deed.session).clocks.get(clock.name.partition("#")[0])
        if spec is None or not spec.pauses:
            raise Refused(f"“{clock.title}”不能由人工暂停。", clause=clock.clause)
        if cause not in spec.pauses:
            raise Invalid.at("cause", "请选择一个暂停事由。")
        note = written("note", note, longest=LONGEST_NOTE, empty="请写明为什么暂停。")
        if clock.paused_at is not None:
            raise Conflict(f"“{clock.title}”已经暂停。")
        _in_time(deed, clock, "暂停")
        before = {"due": _iso(clock)}
        calendar = holidays.current(deed.session)
        ledger.pause(deed.session, clock, cause, note, deed.now, actor.name, calendar)
        words = f"“{clock.title}”暂停计时（{ledger.cause_words(cause)}）"
        _tell(deed.session, clock, actor, WATCHERS, words, f"{actor.name}：{note}", deed.now)
        after = {"clock": clock.title, "cause": ledger.cause_words(cause)}
        deed.record(clock.instance, before=before, after=after, reason=note, clause=clock.clause)
    return clock


def resume(clock_id: int, actor: Actor, *, note: str = "") -> Clock:
    """Lets a clock run on."""
    with act(Verb.CLOCK_RESUMED, actor) as deed:
        clock = _running(deed, clock_id)
        veto.require(deed.session, Question("pause", actor, instance=clock.instance))
        if clock.paused_at is None:
            raise Conflict(f"“{clock.title}”没有暂停。")
        note = written("note", note, longest=LONGEST_NOTE)
        ledger.resume(deed.session, clock, note, deed.now, actor.name, holidays.current(deed.session))
        after = {"clock": clock.title, "due": _iso(clock)}
        deed.record(clock.instance, after=after, reason=note or None, clause=clock.clause)
    return clock


def recall_pauses() -> int:
    """Tells the head and the discipline office of every clock that has stood still for a week, each week anew: it has
    no date, so no ladder recalls it. Returns how many were told of now. One small query when there is nothing to do."""
    session, at = db.session(), now()
    lasting = select(Clock.id, Clock.paused_at).where(Clock.ended_at.is_(None), Clock.paused_at <= at - PATIENCE)
    weeks = {key: f"paused:{key}:{since:%Y%m%d}:{(at - since) // PATIENCE}" for key, since in session.execute(lasting)}
    known = set(session.scalars(select(Message.key).where(Message.key.in_(weeks.values())))) if weeks else set()
    return sum(_recall(key, once) for key, once in weeks.items() if once not in known)


def _recall(clock_id: int, once: str) -> bool:
    try:
        with scratch() as session:
            clock = session.get(Clock, clock_id, options=[joinedload(Clock.instance)], populate_existing=True)
            if clock is None or clock.ended_at is not None or clock.paused_at is None:
                return False
            at, cause = now(), ledger.cause_words(ledger.paused_for(session, clock))
            subject = f"“{clock.title}”已暂停计时{(at.date() - clock.paused_at.date()).days}天"
            body = f"事由：{cause}。暂停期间没有到期日，也不会催办。事由已消除的，请恢复计时。"
            _tell(session, clock, SYSTEM, WATCHERS, subject, body, at, key=once)
            return True
    except IntegrityError:  # Another process told them at the very same instant.
        return False


def _running(deed: Deed, clock_id: int) -> Clock:
    """The clock, read anew with its instance locked (the instance first, as everywhere); Conflict when it has ended."""
    instance = deed.session.scalar(
        select(Instance)
        .where(Instance.id == select(Clock.instance_id).where(Clock.id == clock_id).scalar_subquery())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if instance is None:
        raise NotFound("没有找到这个时限，请刷新后查看。")
    clock = deed.session.get(Clock, clock_id, populate_existing=True)
    set_committed_value(clock, "instance", instance)
    if clock.ended_at is not None:
        raise Conflict(f"“{clock.title}”已经结束。")
    return clock


def _extendable(deed: Deed, clock: Clock) -> None:
    if clock.extends_to is None:
        raise Refused(f"“{clock.title}”依规定不能延长。", clause=clock.clause)
    if clock.lap:
        raise Conflict(f"“{clock.title}”已经延长过一次，不能再延长。")
    if clock.paused_at is not None:
        raise Conflict(f"“{clock.title}”正在暂停，恢复后才能延长。")
    _in_time(deed, clock, "延长")


def _in_time(deed: Deed, clock: Clock, what: str) -> None:
    if clock.due_at is not None and deed.now >= clock.due_at:
        raise Refused(f"“{clock.title}”已经超期，不能再{what}。超期的情况已如实记录。", clause=clock.clause)


def _tell(
    session: Session,
    clock: Clock,
    actor: Actor,
    roles: tuple[str, ...],
    subject: str,
    body: str,
    now: datetime,
    key: str | None = None,
) -> None:
    """Tells everybody of these roles, but for whoever has a conflict with the case or acts; the administrators when
    nobody is left. Once for a `key`."""
    there = [each for role in roles for each in directory.holders(session, role, clock.instance.area)]
    to = [each for each in there if each.id != actor.id and recipients.free(session, each, clock.instance)]
    enqueue(
        session,
        kind="extension",
        subject=f"{naming['of'](session, clock.instance)}：{subject}",
        body=body,
        to=to,
        role=None if to else "admin",
        area=clock.instance.area,
        instance_id=clock.instance_id,
        sender=actor,
        urgent=True,
        now=now,
        key=key,
    )


def _iso(clock: Clock) -> str | None:
    return clock.due_at.isoformat() if clock.due_at else None
