"""A correction comes back: what was handed in takes the place of what it corrects, the flow's scalars that changed are
put where they went, and the item that waited goes on. No token moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select

from engine.errors import Conflict, EngineFault, NotStraightBack
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.runtime import saving, signing
from engine.runtime.corrections import queries, reads
from engine.runtime.corrections.models import Correction
from engine.runtime.finishing import Outcome, finish
from engine.runtime.models import FrozenSubprocess, Signature, Submission, WorkItem
from engine.runtime.step import Step
from engine.spiff.following import Reached
from engine.spiff.terms import Task
from engine.transactions import Deed


def end(
    deed: Deed,
    step: Step,
    item: WorkItem,
    task: Task,
    submission: Submission,
    scalars: Mapping[str, Any],
    fault: EngineFault | None,
    *,
    also: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Outcome:
    """Everybody has signed: the step ends and the flow goes on, or the correction goes straight back."""
    if item.corrects_for_id is None:
        return finish(deed, step, item, task, submission, scalars, fault, also=also, reason=reason)
    return _land(deed, step, item, task, submission, scalars, also or {}, reason)


def possible(step: Step, item: WorkItem, task: Task, values: Mapping[str, Any], scalars: Mapping[str, Any]) -> None:
    """Raises NotStraightBack, naming what stands in the way, when something between the step and now has used what a
    correction changes. Nothing of any other item."""
    if item.corrects_for_id is None:
        return
    changed = _changed(values, queries.handed_in(step.session, item.again_of or 0)[-1])
    _unused(step, item, task, changed, _moved(task, scalars))


def locked(step: Step, target: WorkItem, task: Task) -> dict[str, str]:
    """{field: what has used it}: what a correction of this form could not change, whatever was written instead. A
    gateway that looked at a value may go the same way with another one, so it locks nothing. Of a group of fields that
    has one name the name stands here."""
    form = step.release.forms[target.form]
    ids = [each.id for each in queries.handed_in(step.session, target.id)]
    fields = {name.split(".")[0] for name in form.questions}
    found: dict[str, str] = {}
    way = reads.reached(step, task, form.flow_fields)
    for reader in (*reads.of_form(step, ids, fields), *reads.of_flow(step, task, way)):
        if reader.kind != "gateway":
            for name in reader.names:
                found.setdefault(name, replace(reader, names=frozenset({name})).words(form.questions))
    return found


def _land(
    deed: Deed,
    step: Step,
    item: WorkItem,
    task: Task,
    submission: Submission,
    scalars: Mapping[str, Any],
    also: Mapping[str, Any],
    reason: str | None,
) -> Outcome:
    session = deed.session
    made, waits = queries.behind(session, item), session.get_one(WorkItem, item.corrects_for_id)
    if made is None or made.state != "asked" or waits.state != "open":
        raise Conflict(f"没有人再等“{item.name}”，请刷新后查看。您填写的内容已保留。")
    before = queries.handed_in(session, item.again_of or 0)[-1]
    changed, moved = _changed(submission.values, before), _moved(task, scalars)
    way = _unused(step, item, task, changed, moved)
    item.state, item.completed_at, item.rung_at = "completed", deed.now, None
    submission.element_id, submission.supersedes_id = item.element_id, before.id
    labels = step.release.forms[item.form].questions
    made.state, made.settled_at, made.settled_by, made.stuck = "done", deed.now, deed.actor.name, ""
    made.changed = [labels.get(name, name) for name in changed]
    waits.awaits_id = None
    for each in session.scalars(select(Signature).where(Signature.work_item_id == waits.id, Signature.valid.is_(True))):
        each.valid = False  # Whoever signed already saw what was there before.
    if moved:
        _put(step, way, moved)
    _tell(deed, item, waits, made)
    deed.verb = Verb.CORRECTION_CAME_BACK
    after = {"item": waits.name, "to": made.of_name, "changed": made.changed, "form": signing.digest(submission)}
    deed.record(step.instance, after={**also, **after}, reason=reason, clause=item.clause)
    return Outcome(item, step.instance, finished=True)


def _changed(values: Mapping[str, Any], before: Submission) -> list[str]:
    """The fields that hold something else than before."""
    old = before.values
    return [name for name in {**old, **values} if values.get(name) != old.get(name)]


def _moved(task: Task, scalars: Mapping[str, Any]) -> dict[str, Any]:
    """The flow's scalars that change, with what they become."""
    return {name: value for name, value in scalars.items() if name not in task.data or task.data[name] != value}


def _unused(
    step: Step, item: WorkItem, task: Task, changed: Collection[str], moved: Mapping[str, Any]
) -> list[Reached]:
    """How far the values went; raises NotStraightBack when they were used."""
    ids = [each.id for each in queries.handed_in(step.session, item.again_of or 0)]
    way = reads.reached(step, task, moved) if moved else []
    used = [*reads.of_form(step, ids, changed), *reads.of_flow(step, task, way)]
    used = [each for each in used if each.kind != "gateway" or reads.decides_otherwise(step, each, moved)]
    if used:
        said = used[0].words(step.release.forms[item.form].questions)
        raise NotStraightBack(
            f"{said}，改动不能直接送回。您填写的内容已保留；请对方改用“退回”，从“{step.element(task).name}”重新走。",
            element=used[0].info.id,
        )
    return way


def _put(step: Step, way: Collection[Reached], moved: Mapping[str, Any]) -> None:
    """Writes the new values wherever the old ones are still carried: also where they only passed, so that a return to a
    step in between finds them as they were corrected."""
    for each in way:
        each.task.data.update({name: moved[name] for name in each.carried})
    step.session.execute(delete(FrozenSubprocess).where(FrozenSubprocess.instance_id == step.instance.id))
    saving.save(step)


def _tell(deed: Deed, item: WorkItem, waits: WorkItem, made: Correction) -> None:
    """Whoever has the item in hand that waited; when nobody has, whoever asked."""
    key = waits.holder_id if waits.holder_id is not None else made.by_id
    to = directory.actor(deed.session, key) if key is not None and key != deed.actor.id else None
    if to is None or not recipients.free(deed.session, to, item.instance):
        return
    said = f"改了：{'、'.join(made.changed)}" if made.changed else "没有改动内容"
    enqueue(
        deed.session,
        kind="return",
        subject=f"{naming['of'](deed.session, item.instance)}：“{made.of_name}”已补正送回，请继续办理“{waits.name}”",
        body=f"{deed.actor.name}{said}。",
        to=[to],
        instance_id=item.instance_id,
        work_item_id=waits.id,
        sender=deed.actor,
        urgent=True,
        now=deed.now,
    )


__all__ = ["end", "locked", "possible"]
