"""Asking for a correction, taking that back. Each is one act; that it came back is the act of whoever hands it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.steps import next_rung
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks, saving
from engine.runtime.backentry import queries as entries
from engine.runtime.corrections import landing, settling
from engine.runtime.corrections.models import Correction
from engine.runtime.models import Draft, Instance, WorkItem
from engine.runtime.returns import targets
from engine.runtime.running import loaded, thaw
from engine.runtime.step import Step
from engine.spiff import rewind
from engine.spiff.terms import Task, TaskState
from engine.transactions import Deed, act, scratch

PREFIX = "补正："


def ask(
    item_id: int, actor: Actor, *, of_item_id: int, reason: str, marks: Mapping[str, str] | None = None
) -> Correction:
    """Has the form of a step that was done corrected by whoever did it; it comes straight back to the item, which waits
    meanwhile. No token moves and no clock stands still; `marks` says what is wrong {field: remark}.

    Raises Refused by the veto (`return`) or when everything on the form has been used, Conflict when the item is not in
    the actor's hands or waits for something else, Invalid for the reason, a mark, or a mark at what has been used.
    """
    reason = written("reason", reason, longest=targets.LONGEST, empty="请写明要补正什么。")
    with act(Verb.CORRECTION_ASKED, actor) as deed:
        item = locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        can_wait(deed.session, item, actor)
        veto.require(deed.session, Question("return", actor, instance=item.instance, item=item))
        target = targets.chosen(deed, item.instance, of_item_id)
        if target.element_id == item.element_id:
            raise Invalid.at("to", "请选择前面的环节。")
        for each in settling.waiting(deed.session, item.instance_id):
            if each.of_item_id == target.id:
                raise Conflict(f"“{target.name}”已由{each.by_name}请人补正，送回以后才能再请。")
        kept = targets.marked(targets.form_of(deed, target), marks or {})
        step = loaded(deed, item.instance)
        task = done(step, target)
        changeable(landing.locked(step, target, task), targets.form_of(deed, target).questions, kept, target)
        anew = _item(step, task, target, item)
        deed.session.add(anew)
        deed.session.flush()
        targets.into_hands(deed, item.instance, anew, target)
        item.awaits_id = anew.id
        made = Correction(
            instance_id=item.instance_id,
            for_item_id=item.id,
            for_name=item.name,
            of_item_id=target.id,
            of_name=target.name,
            item_id=anew.id,
            marks=kept,
            reason=reason,
            by_id=deed.actor.id,
            by_name=deed.actor.name,
            at=deed.now,
        )
        deed.session.add(made)
        _tell(deed, anew, anew.holder_id, f"请您补正“{target.name}”，改好直接送回{deed.actor.name}", reason)
        after: dict[str, object] = {"item": item.name, "to": target.name, "holder": anew.holder_name}
        if kept:
            after["marks"] = [each["label"] for each in kept]
        deed.record(item.instance, after=after, reason=reason, clause=target.clause)
    return made


def cancel(correction_id: int, actor: Actor, reason: str = "") -> Correction:
    """Whoever has the waiting item in hand (or a leader who may assign it) waits no longer. What was typed stays as a
    draft of whoever typed it. Raises Conflict when it came back already or was cancelled, Refused by the veto."""
    reason = written("reason", reason, longest=targets.LONGEST)
    with act(Verb.CORRECTION_CANCELLED, actor) as deed:
        made = locks.row_of(deed, Correction, correction_id)
        if made is None:
            raise NotFound("没有找到这次补正，请刷新后查看。")
        if made.state != "asked":
            said = "已经送回" if made.state == "done" else "已经撤回"
            raise Conflict(f"“{made.of_name}”的补正{said}，请刷新后查看。")
        waits = deed.session.get_one(WorkItem, made.for_item_id, populate_existing=True)
        asked = "return" if waits.holder_id in (None, actor.id) else "assign"
        veto.require(deed.session, Question(asked, actor, instance=made.instance, item=waits))
        item, _ = settling.drop(deed.session, made, deed.now, deed.actor.name, reason)
        _tell(deed, item, item.holder_id, f"“{made.of_name}”的补正已撤回，不用再改", reason or "没有写说明。")
        if actor.id != waits.holder_id:
            _tell(deed, waits, waits.holder_id, f"“{waits.name}”不再等待补正，请继续办理", reason or "没有写说明。")
        after = {"item": waits.name, "to": made.of_name}
        deed.record(made.instance, after=after, reason=reason or None, clause=waits.clause)
    return made


def stays(item_id: int, actor: Actor, posted: Mapping[str, Sequence[str]] | None, why: str) -> None:
    """Nothing happened: a correction could not come straight back. What was typed stays as a draft, whoever asked hears
    why, and may send the case back instead. Bookkeeping, no act: the case is as it was."""
    with scratch() as session:
        item = session.get(WorkItem, item_id)
        made = settling.of_item(session, item_id)
        if item is None or made is None or made.state != "asked":
            return
        if posted is not None:
            key = (f"item:{item_id}", actor.id)
            draft = session.get(Draft, key) or Draft(key=key[0], actor_id=actor.id)
            draft.posted, draft.saved_at = {name: list(texts) for name, texts in posted.items()}, clock.now()
            session.add(draft)
        waits = session.get_one(WorkItem, made.for_item_id)
        told, made.stuck = made.stuck == why, why
        to = directory.actor(session, waits.holder_id) if waits.holder_id not in (None, actor.id) else None
        if told or to is None or not recipients.free(session, to, made.instance):
            return
        enqueue(
            session,
            kind="return",
            subject=f"{naming['of'](session, made.instance)}：“{made.of_name}”的补正不能直接送回",
            body=why,
            to=[to],
            instance_id=made.instance_id,
            work_item_id=waits.id,
            sender=actor,
            urgent=True,
            now=clock.now(),
        )


def done(step: Step, target: WorkItem) -> Task:
    """The task of a step that was done, in a step that is loaded; raises Conflict when it is no longer part of the
    case. The finished call activities are in the step afterwards."""
    thaw(step)
    task = next((each for each in rewind.every(step.workflow) if str(each.id) == target.task_id), None)
    if task is None or task.state != TaskState.COMPLETED:
        raise Conflict(f"“{target.name}”已不在办件现在的经过里，不能请人补正。请刷新后重新选择。")
    return task


def can_wait(session: Session, item: WorkItem, actor: Actor) -> None:
    """Raises Conflict with why somebody cannot let an item wait for a correction."""
    if item.corrects_for_id is not None:
        raise Conflict(f"“{item.name}”本身是补正，不能再请人补正。改不了的，请联系请求补正的人。")
    if item.awaits_id is not None:
        raise Conflict(f"“{item.name}”正在等待补正，送回以后才能再请。")
    if item.holder_id != actor.id:
        held = f"在{item.holder_name}手中" if item.holder_id is not None else "还没有人认领"
        raise Conflict(f"“{item.name}”{held}，由办理人请人补正。")
    if item.lent_by_id is not None:
        raise Conflict(f"“{item.name}”是{item.lent_by_name}委派给您代填的，请退还给其请人补正。")
    if item.handed_in_at is not None:
        raise Conflict(f"“{item.name}”已经提交，正在等会签。要请人补正的，请先撤回签字。")
    if entries.waiting(session, item.id) is not None:
        raise Conflict(f"“{item.name}”的补录正在等待确认，确认或撤回以后才能请人补正。")


def changeable(
    locked: Mapping[str, str], questions: Mapping[str, str], marks: Sequence[Mapping[str, str]], target: WorkItem
) -> None:
    """Raises Invalid at a mark of what was used already, Refused when that is all there is on the form."""
    free = [key for key in questions if key.split(".")[0] not in locked]
    if not free:
        why = next(iter(locked.values()), "")
        raise Refused(
            f"“{target.name}”的内容后面都用过了{f'（{why}）' if why else ''}，不能只改表，请用“退回”从那一步重新走。"
        )
    for each in marks:
        why = locked.get(each["field"].split(".")[0], "")
        if why:
            raise Invalid.at(f"mark_{each['field']}", f"{why}，改它要从那一步重新走，请用“退回”。")


def _item(step: Step, task: Task, target: WorkItem, waits: WorkItem) -> WorkItem:
    """The open form of the earlier step. It has that step's own term, and is due no later than what waits for it while
    that is not late; the item that waits gains nothing."""
    made = saving.new_item(step, task)
    made.task_id, made.name = str(uuid4()), f"{PREFIX}{target.name}"[:120]
    made.corrects_for_id, made.again_of = waits.id, target.id
    if waits.due_at is not None and waits.due_at > step.now and (made.due_at is None or waits.due_at < made.due_at):
        made.due_at, made.due_basis, made.warn_at, made.warn = waits.due_at, waits.due_basis, waits.warn_at, waits.warn
        rung = next_rung(made.ladder, made.due_at, made.arose_at, step.calendar)
        made.rung_at = rung[0] if rung else None
    return made


def _tell(deed: Deed, item: WorkItem, key: int | None, what: str, body: str) -> None:
    instance = deed.session.get_one(Instance, item.instance_id)
    to = directory.actor(deed.session, key) if key is not None and key != deed.actor.id else None
    if to is None or not recipients.free(deed.session, to, instance):
        return
    enqueue(
        deed.session,
        kind="return",
        subject=f"{naming['of'](deed.session, instance)}：{what}",
        body=body,
        to=[to],
        instance_id=item.instance_id,
        work_item_id=item.id,
        sender=deed.actor,
        urgent=True,
        now=deed.now,
    )


__all__ = ["ask", "can_wait", "cancel", "changeable", "done", "stays"]
