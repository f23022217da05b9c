"""Carrying a return out inside an act: the state goes back, items and timers with it; clocks that an undone step had
stopped run on from where they began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from engine.clocks import ledger
from engine.clocks import queries as clocks
from engine.clocks.orders import parse
from engine.errors import Conflict, Refused
from engine.releases.loaded import ElementInfo
from engine.runtime import saving
from engine.runtime.models import FrozenSubprocess, Incident, WorkItem
from engine.runtime.running import thaw
from engine.runtime.services import Service, services
from engine.runtime.step import Step
from engine.spiff import rewind
from engine.spiff.specs import CalendarTimer, ServiceTask
from engine.spiff.terms import Task, TaskState


@dataclass
class Undone:
    """What a return undoes: the drawn elements, in the order in which they were done."""

    elements: list[ElementInfo] = field(default_factory=list)
    people: list[Task] = field(default_factory=list)
    timers: list[ElementInfo] = field(default_factory=list)
    barring: list[tuple[ElementInfo, Service]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The steps of people that count no more, each once."""
        return list(dict.fromkeys(each.name for each in self.elements if each.kind == "userTask"))


def back(step: Step, target: WorkItem) -> tuple[Task, Undone]:
    """Takes the loaded step back to a task that was done; nothing is written. Raises Conflict when that task is no
    longer part of the case (the case went back before it meanwhile)."""
    thaw(step)
    task = next((each for each in rewind.every(step.workflow) if str(each.id) == target.task_id), None)
    if task is None or task.state != TaskState.COMPLETED:
        raise Conflict(f"“{target.name}”已不在办件现在的经过里，不能退回到它。请刷新后重新选择。")
    undone = Undone()
    for each in sorted(rewind.rewind(step.workflow, task), key=lambda each: each.last_state_change):
        if not each.task_spec.bpmn_id or (each.state != TaskState.COMPLETED and each is not task):
            continue
        info = step.element(each)
        undone.elements.append(info)
        if each.task_spec.manual:
            undone.people.append(each)
        elif isinstance(getattr(each.task_spec, "event_definition", None), CalendarTimer):
            undone.timers.append(info)
        elif isinstance(each.task_spec, ServiceTask):
            service = services.get(each.task_spec.operation)
            if service is None or service.repeat != "yes":
                undone.barring.append((info, service))
    return task, undone


def done(step: Step) -> set[str]:
    """The tasks that are done in a step that went back, by their ids."""
    return {str(each.id) for each in rewind.every(step.workflow) if each.state == TaskState.COMPLETED}


def unbarred(undone: Undone, target: WorkItem) -> None:
    """Raises Refused when something among it left the house: a document that was served, money that was paid."""
    if undone.barring:
        info, _ = undone.barring[0]
        raise Refused(
            f"“{info.name}”已经办理，效力已经发生，不能退回到它之前的“{target.name}”。"
            "需要纠正的，请在“办件变动”中登记更正，或者另行办理复核。"
        )


def write(step: Step, task: Task, undone: Undone, target: WorkItem, note: str) -> WorkItem:
    """Writes the step that went back and returns the item that is open anew."""
    session, instance = step.session, step.instance
    session.execute(delete(FrozenSubprocess).where(FrozenSubprocess.instance_id == instance.id))
    standing = {str(each.id) for each in rewind.every(step.workflow)}
    incidents = session.scalars(
        select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
    )
    for each in incidents:
        if each.task_id not in standing:
            each.resolved_at, each.resolved_by = step.now, step.actor.name
    step.parked &= standing
    saving.save(step)
    session.flush()
    _clocks(step, undone, target, note)
    made = session.scalars(
        select(WorkItem).where(WorkItem.instance_id == instance.id, WorkItem.task_id == str(task.id))
    ).one()
    made.again_of = target.id
    return made


def _clocks(step: Step, undone: Undone, target: WorkItem, note: str) -> None:
    """No clock gains by a return. One that an undone step had satisfied runs on from its own beginning; one that an
    undone step had paused does not stand still for a step that is no longer there."""
    all_ = clocks.of_case(step.session, step.instance.id)
    for clock in all_:  # What stopped only because the case was over runs on with it.
        if clock.ending == "lapsed" and _since(clock, target):
            ledger.reopen(step.session, clock, note, step.now, step.actor.name, step.calendar)
    orders: list[Any] = [order for each in undone.elements for order in _orders(each)]
    mine = {each.name.partition("#")[0]: each for each in all_}
    for order in orders:
        clock = mine.get(order.name)
        if clock is None:
            continue
        if order.action == "satisfy" and clock.ending == "satisfied" and _since(clock, target):
            ledger.reopen(step.session, clock, note, step.now, step.actor.name, step.calendar)
        elif order.action == "pause" and ledger.paused_for(step.session, clock) == (order.cause or "other"):
            ledger.resume(step.session, clock, note, step.now, step.actor.name, step.calendar)


def _since(clock: Any, target: WorkItem) -> bool:
    return clock.ended_at is not None and target.completed_at is not None and clock.ended_at >= target.completed_at


def _orders(info: ElementInfo) -> Sequence[Any]:
    text = info.properties.get("clock")
    return parse(text) if text else ()
