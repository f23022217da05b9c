"""Writing what a step did: state, work items, timers, clocks, incidents; all in the step's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from engine.actors import cut
from engine.clocks import ledger
from engine.clocks import queries as clocks
from engine.clocks.models import Clock
from engine.errors import DoudiError
from engine.ladders.steps import next_rung
from engine.outbox.operations import enqueue
from engine.runtime.clock_orders import ClockOrder, begins
from engine.runtime.corrections import settling
from engine.runtime.deadlines import deadline, warning
from engine.runtime.models import FrozenSubprocess, Incident, WaitingTimer, WorkItem
from engine.runtime.step import Step, Trouble
from engine.spiff import state
from engine.spiff.terms import Task


def save(step: Step) -> list[Incident]:
    """Writes the step and returns the incidents that it opened."""
    instance, session = step.instance, step.session
    _work_items(step)
    _timers(step)
    _clocks(step)
    incidents = [_incident(step, trouble) for trouble in step.troubles]
    instance.flow = step.scalars()
    instance.position = _position(step)
    if step.workflow.completed:
        instance.status, instance.ended_at, instance.stage = "completed", step.now, ""
        instance.outcome = next((e for p, e in reversed(step.ran) if p == instance.process_id), None)
    else:
        instance.stage = step.stage()
    instance.state, frozen = state.dump(step.workflow, step.parked)
    for task_id, blob in frozen.items():
        session.add(FrozenSubprocess(instance_id=instance.id, task_id=task_id, state=blob))
    return incidents


def new_item(step: Step, task: Task) -> WorkItem:
    """A READY human task as a row, its due date worked out; a date that cannot be worked out is an incident."""
    info = step.element(task)
    given = info.properties
    item = WorkItem(
        instance_id=step.instance.id,
        task_id=str(task.id),
        process_id=info.process_id,
        element_id=info.id,
        name=info.name,
        role=given["role"],
        area=cut(step.instance.area, given["area"]),
        form=given["form"],
        people=int(given.get("people", "1")),
        separate=[each.strip() for each in given.get("separate", "").split(",") if each.strip()],
        clause=given.get("clause"),
        waits_for=given.get("waits_for"),
        state="open",
        created_at=step.now,
        # What waits for the applicant counts from when it came: an act entered late takes nobody's time away.
        meant_at=step.acted_at if given.get("waits_for") is None else None,
    )
    _arm(step, task, item)
    return item


def rearm_item(step: Step, task: Task) -> None:
    """Works out the due date of an item again, after an incident said that it could not be."""
    item = step.session.scalar(
        select(WorkItem).where(WorkItem.instance_id == step.instance.id, WorkItem.task_id == str(task.id))
    )
    _arm(step, task, item)


def _arm(step: Step, task: Task, item: WorkItem) -> None:
    given = step.element(task).properties
    try:
        if given.get("due"):
            # From when the item came (or what it follows from took place), also when an incident is retried: a fault
            # of ours gives nobody a new term.
            found = deadline(step.flow.text(given["due"], task.data), item.arose_at, step.calendar)
            item.due_at, item.due_basis = found.at, found.basis
            if given.get("warn"):
                item.warn = step.flow.text(given["warn"], task.data)
                item.warn_at = warning(found.at, item.warn, step.calendar)
            item.ladder = given.get("ladder")
            rung = next_rung(item.ladder, item.due_at, item.arose_at, step.calendar)
            item.rung_at = rung[0] if rung else None
    except DoudiError as error:
        step.troubles.append(Trouble(task, "clock", f"无法计算“{item.name}”的办理期限：{error.message}"))


def _work_items(step: Step) -> None:
    after = step.humans()
    gone = set(step.humans_before) - set(after)
    cancelled = gone - {str(made.task_id) for made in step.completed}
    for task_id, task in after.items():
        if task_id not in step.humans_before:
            step.session.add(new_item(step, task))
    if cancelled:
        step.session.execute(
            update(WorkItem)
            .where(WorkItem.instance_id == step.instance.id, WorkItem.task_id.in_(cancelled))
            .values(state="cancelled", completed_at=step.now, rung_at=None)
        )
        remark = "等待补正的环节已不在流程中。"
        settling.overtaken(step.session, step.instance.id, step.now, step.actor.name, remark, lambda _: True)


def _timers(step: Step) -> None:
    after = {key: task for key, task in step.timers().items() if "due" in (task.internal_data.get("event_value") or {})}
    gone = set(step.timers_before) - set(after)
    if gone:
        step.session.execute(
            delete(WaitingTimer).where(WaitingTimer.instance_id == step.instance.id, WaitingTimer.task_id.in_(gone))
        )
    for task_id, task in after.items():
        if task_id not in step.timers_before:
            armed, info = task.internal_data["event_value"], step.element(task)
            step.session.add(
                WaitingTimer(
                    instance_id=step.instance.id,
                    task_id=task_id,
                    process_id=info.process_id,
                    element_id=info.id,
                    name=info.name,
                    due_at=datetime.fromisoformat(armed["due"]),
                    basis=armed["basis"],
                )
            )


def _clocks(step: Step) -> None:
    session, mine = step.session, dict[str, Clock]()
    who, entered = step.actor.name, step.now if step.acted_at is not None else None
    if step.clock_orders or step.workflow.completed:
        session.flush()
        # The latest of a name: a loop that starts an ended clock again begins another (`recheck#2`).
        mine = {each.name.partition("#")[0]: each for each in clocks.of_case(session, step.instance.id)}
    for order in step.clock_orders:
        running = mine.get(order.spec.name)
        if order.action == "start":
            # A statutory clock that runs is never started anew.
            if running is None or running.ended_at is not None:
                mine[order.spec.name] = _start(step, order, running)
        elif running is None:
            continue  # A way that never started it, as a withdrawal before acceptance.
        elif order.action == "pause":
            # From now, also when the act was entered later: no pause is made longer by entering it late.
            ledger.pause(session, running, order.cause or "other", order.element, step.now, who, step.calendar)
        elif order.action == "resume":
            # A leader's pause for a cause of the catalogue is theirs to end, not the drawing's.
            if ledger.paused_for(session, running) not in order.spec.pauses:
                ledger.resume(session, running, order.element, step.acted, who, step.calendar, entered)
        elif order.action == "satisfy":
            ledger.end(session, running, "satisfied", step.acted, who, entered_at=entered)
    if step.workflow.completed:
        for each in clocks.of_case(session, step.instance.id):
            ledger.end(session, each, "lapsed", step.now, who)


def _start(step: Step, order: ClockOrder, ended: Clock | None) -> Clock:
    spec = order.spec
    if ended is not None:
        number = int(ended.name.partition("#")[2] or 1) + 1
        spec = replace(spec, name=f"{spec.name}#{number}", title=f"{spec.title}（第{number}次）")
    start = begins(step, spec)
    return ledger.start(
        step.session,
        instance_id=step.instance.id,
        spec=spec,
        budget=order.budget,
        extends_to=order.extends_to,
        clause=order.clause,
        now=start,
        who=step.actor.name,
        calendar=step.calendar,
        meant_at=step.meant_at,
        entered_at=step.now if start < step.now else None,
    )


def _incident(step: Step, trouble: Trouble) -> Incident:
    info = step.element(trouble.task)
    incident = Incident(
        instance_id=step.instance.id,
        task_id=str(trouble.task.id),
        process_id=info.process_id,
        element_id=info.id,
        name=info.name,
        kind=trouble.kind,
        cause=trouble.cause,
        opened_at=step.now,
    )
    step.session.add(incident)
    enqueue(
        step.session,
        kind="incident",
        role="admin",
        area=step.instance.area,
        subject=f"流程停在“{info.name}”",
        body=trouble.cause,
        instance_id=step.instance.id,
        now=step.now,
    )
    return incident


def _position(step: Step) -> dict[str, Any]:
    """Where the tokens stand and which elements and flows were taken, for the diagram."""
    before = step.instance.position or {}
    active = step.active()
    position = {}
    for process in [*before, *(p for p, _ in step.ran if p not in before), *(p for p in active if p not in before)]:
        if process in position:
            continue
        old = before.get(process, {})
        done, flows = list(old.get("done", [])), list(old.get("flows", []))
        done += [e for p, e in dict.fromkeys(step.ran) if p == process and e not in done]
        flows += [[a, b] for p, a, b in dict.fromkeys(step.taken) if p == process and [a, b] not in flows]
        position[process] = {"active": active.get(process, []), "done": done, "flows": flows}
    return position
