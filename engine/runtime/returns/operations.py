"""Sending a case back, taking one's own last act back, taking a case up again. Each is one act.

No token is moved by hand anywhere else: where a case goes back to is always a step that somebody did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.corrections import settling
from engine.runtime.corrections.models import Correction
from engine.runtime.models import Instance, Signature, WorkItem
from engine.runtime.returns import rewinding, targets
from engine.runtime.returns.models import Return
from engine.runtime.returns.targets import LONGEST
from engine.runtime.running import loaded
from engine.transactions import Deed, act, scratch


@dataclass(frozen=True)
class _Going:
    """What every way back has in common."""

    kind: str
    reason: str
    source: WorkItem | None = None
    marks: Sequence[Mapping[str, str]] = ()


def send_back(
    item_id: int, actor: Actor, *, to_item_id: int, reason: str, marks: Mapping[str, str] | None = None
) -> Return:
    """Sends a case from an open item back to a step that was done before it, in whatever branch or call activity. The
    step is open anew for whoever did it, its form filled in as it was; `marks` says what is wrong {field: remark}.

    Raises Refused by the veto (`return`) or when something in between cannot be undone, Conflict when either item is
    not what the person saw, Invalid for the reason or a mark.
    """
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么退回、要改什么。")
    with act(Verb.ITEM_RETURNED, actor) as deed:
        item = locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        if item.corrects_for_id is not None:
            raise Conflict(f"“{item.name}”只改一张表，流程不在这一步，不能从这里退回。改不了的，请联系请求补正的人。")
        if item.holder_id not in (None, actor.id):
            leads = veto.ask(deed.session, Question("assign", actor, instance=item.instance, item=item))
            if not leads:
                raise Conflict(f"“{item.name}”已由{item.holder_name}认领，请由其退回。")
        elif item.lent_by_id not in (None, actor.id):
            raise Conflict(f"“{item.name}”是{item.lent_by_name}委派给您代填的，请退还给其退回。")
        veto.require(deed.session, Question("return", actor, instance=item.instance, item=item))
        target = targets.chosen(deed, item.instance, to_item_id)
        going = _Going("returned", reason, item, targets.marked(targets.form_of(deed, target), marks or {}))
        return _go(deed, item.instance, target, going)


def take_back(item_id: int, actor: Actor, *, reason: str = "") -> Return:
    """Takes back one's own act while nobody has opened what follows it (its form was shown to its holder) and nothing
    left the house. The item is in the same hands again, with the date that it had.

    Raises Conflict with who opened what, Refused when something in between cannot be undone or it was not one's own.
    """
    reason = written("reason", reason, longest=LONGEST) or "本人取回"
    with act(Verb.ITEM_TAKEN_BACK, actor) as deed:
        session = deed.session
        item = locks.row_of(deed, WorkItem, item_id)
        if item is None:
            raise NotFound("没有找到这一项，请返回待办列表。")
        locks.not_suspended(deed, item.instance)
        veto.require(session, Question("take_back", actor, instance=item.instance, item=item))
        if item.corrects_for_id is not None:
            raise Conflict("补正已经送回，改动已生效，不能取回；还要改的，请对方再请您补正。")
        if item.state != "completed" or item.holder_id != actor.id:
            raise Conflict(f"“{item.name}”不是由您最后办结的，不能取回。")
        if item.instance.status != "running":  # That is not one person's to undo.
            raise Conflict("这件办件已经办结，不能取回；确有错漏的，请中心主任办理“重新办理”。")
        made = _go(deed, item.instance, item, _Going("taken_back", reason, None), alone=True)
        anew = session.get(WorkItem, made.new_item_id)
        anew.holder_id, anew.holder_name, anew.claimed_at = actor.id, deed.actor.name, deed.now
        # Nobody gains time by doing something and taking it back.
        anew.due_at, anew.due_basis, anew.warn_at, anew.warn = item.due_at, item.due_basis, item.warn_at, item.warn
    return made


def withdraw_signature(item_id: int, actor: Actor) -> WorkItem:
    """Takes one's signature off an item for which others still have to sign."""
    with act(Verb.SIGNATURE_WITHDRAWN, actor) as deed:
        item = locks.open_item(deed, item_id)
        veto.require(deed.session, Question("take_back", actor, instance=item.instance, item=item))
        mine = deed.session.scalars(
            select(Signature).where(
                Signature.work_item_id == item.id, Signature.actor_id == actor.id, Signature.valid.is_(True)
            )
        ).all()
        if not mine:
            raise Conflict("您在这一项上没有有效的签字。")
        for each in mine:
            each.valid = False
        item.handed_in_at = None
        deed.record(item.instance, after={"item": item.name}, clause=item.clause)
    return item


def reopen(instance_id: int, actor: Actor, *, reason: str) -> Return:
    """Takes a finished case up again at the last step that somebody did, when nothing irrevocable came after it.

    Raises Refused by the veto (`reopen`) or when a document was served or money paid: then a linked case is the way.
    """
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么要重新办理。")
    with act(Verb.CASE_REOPENED, actor) as deed:
        instance = locks.instance(deed, instance_id, state=True)
        if instance is None:
            raise NotFound("没有找到这件办件，请核对编号后再试。")
        veto.require(deed.session, Question("reopen", actor, instance=instance))
        if instance.status == "running":
            raise Conflict("这件办件还在办理，不用重新办理；需要改正的，请退回到相应环节。")
        if instance.status == "cancelled":
            raise Refused("这件办件是中途终止的，不能恢复；需要帮助的，请重新登记申请。")
        last = deed.session.scalars(
            select(WorkItem)
            .where(
                WorkItem.instance_id == instance.id,
                WorkItem.state == "completed",
                WorkItem.corrects_for_id.is_(None),
            )
            .order_by(WorkItem.completed_at.desc(), WorkItem.id.desc())
            .limit(1)
        ).one_or_none()
        if last is None:
            raise Refused("这件办件没有人办过任何环节，不能重新办理。")
        instance.status, instance.outcome, instance.ended_at = "running", None, None
        return _go(deed, instance, last, _Going("reopened", reason))


def opened(item_id: int, actor: Actor) -> bool:
    """Notes that the form of an open item is shown to its holder, the first time. False when it is no longer theirs:
    the page must say so. Decided by the row: a return that got there first leaves nothing open to note."""
    with scratch() as session:
        mine = (WorkItem.id == item_id, WorkItem.state == "open", WorkItem.holder_id == actor.id)
        found = session.execute(
            update(WorkItem)
            .where(*mine, WorkItem.opened_at.is_(None))
            .values(opened_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        return bool(found.rowcount) or session.scalar(select(WorkItem.id).where(*mine)) is not None


def _go(deed: Deed, instance: Instance, target: WorkItem, going: _Going, *, alone: bool = False) -> Return:
    session, source = deed.session, going.source
    left = _open_items(session, instance)
    step = loaded(deed, instance)
    task, undone = rewinding.back(step, target)
    if source is not None and source.task_id in step.humans() and source.element_id == target.element_id:
        raise Invalid.at("to", "请选择前面的环节。")
    rewinding.unbarred(undone, target)
    if alone:
        _nobody_yet(undone, left, target, deed.actor)
    words = {"returned": "退回", "taken_back": "取回", "reopened": "重新办理"}[going.kind]
    done = rewinding.done(step)
    anew = rewinding.write(step, task, undone, target, f"{words}“{target.name}”")
    freed = _overtaken(deed, instance, f"办件已{words}到“{target.name}”。", done)
    targets.into_hands(deed, instance, anew, target)
    made = Return(
        instance_id=instance.id,
        kind=going.kind,
        from_item_id=source.id if source is not None else None,
        from_name=source.name if source is not None else instance.stage,
        to_item_id=target.id,
        to_name=target.name,
        new_item_id=anew.id,
        marks=[dict(each) for each in going.marks],
        undone=undone.names,
        reason=going.reason,
        by_id=deed.actor.id,
        by_name=deed.actor.name,
        at=deed.now,
    )
    session.add(made)
    there = step.humans()
    gone = [each for each in left if each.task_id not in there and each.state != "open"]
    _tell(deed, instance, going, target, anew, gone, freed)
    after: dict[str, Any] = {"to": target.name, "undone": undone.names, "stage": instance.stage}
    if source is not None:
        after["item"] = source.name
    if going.marks:
        after["marks"] = [each["label"] for each in going.marks]
    deed.record(instance, after=after, reason=going.reason, clause=target.clause)
    return made


def _open_items(session: Session, instance: Instance) -> list[WorkItem]:
    """Read with their rows locked, so that a form that is shown this very moment is either seen here or not shown."""
    mine = select(WorkItem).where(WorkItem.instance_id == instance.id, WorkItem.state == "open").order_by(WorkItem.id)
    return list(session.scalars(mine.with_for_update().execution_options(populate_existing=True)))


def _overtaken(deed: Deed, instance: Instance, remark: str, done: Collection[str]) -> list[WorkItem]:
    """Drops the corrections of forms that are no longer done, and those whose asker is gone; the items that waited for
    one of the first kind and go on."""
    session = deed.session

    def still(made: Correction) -> bool:
        return session.get_one(WorkItem, made.of_item_id).task_id in done

    fallen = settling.overtaken(session, instance.id, deed.now, deed.actor.name, remark, still)
    waited = [session.get_one(WorkItem, each.for_item_id) for each in fallen]
    return [each for each in waited if each.state == "open"]


def _nobody_yet(undone: rewinding.Undone, left: Iterable[WorkItem], target: WorkItem, actor: Actor) -> None:
    """Raises Conflict when somebody or the calendar went on from there already."""
    if len(undone.people) > 1:  # The task gone back to is the one that may be among them.
        raise Conflict(f"“{target.name}”之后已经有人办理，不能取回。需要改正的，请联系办理人退回。")
    if undone.timers:
        raise Conflict(f"“{undone.timers[0].name}”已经期满，不能取回“{target.name}”。")
    seen = next((each for each in left if each.opened_at is not None and each.holder_id != actor.id), None)
    if seen is not None:
        who = seen.holder_name or "别人"  # Who opened it may have put it back since.
        raise Conflict(
            f"{who}已于{seen.opened_at:%m月%d日 %H:%M}打开“{seen.name}”，不能取回。需要改正的，请联系办理人退回。"
        )


def _tell(
    deed: Deed,
    instance: Instance,
    going: _Going,
    target: WorkItem,
    anew: WorkItem,
    gone: Iterable[WorkItem],
    freed: Iterable[WorkItem],
) -> None:
    """Whoever has it anew, whoever had in hand what is not wanted any more, and whoever waits for a correction no
    longer; nobody who must not hear of it."""
    called = naming["of"](deed.session, instance)
    said = {anew.holder_id: (anew, f"“{target.name}”{'已退回，请改正后重新提交' if going.source else '需要重新办理'}")}
    for each in gone:
        if going.source is None or each.id != going.source.id:
            said.setdefault(each.holder_id, (each, f"“{each.name}”已撤回，不用再办"))
    for each in freed:
        said.setdefault(each.holder_id, (each, f"“{each.name}”不再等待补正，请继续办理"))
    for holder_id, (item, what) in said.items():
        holder = directory.actor(deed.session, holder_id) if holder_id not in (None, deed.actor.id) else None
        if holder is None or not recipients.free(deed.session, holder, instance):
            continue
        enqueue(
            deed.session,
            kind="return",
            subject=f"{called}：{what}",
            body=going.reason,
            to=[holder],
            instance_id=instance.id,
            work_item_id=item.id,
            sender=deed.actor,
            urgent=True,
            now=deed.now,
        )


__all__ = ["opened", "reopen", "send_back", "take_back", "withdraw_signature"]
