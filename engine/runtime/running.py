"""What every operation that moves a case on has in common: loading its step, running the engine on, failing softly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from engine.errors import EngineFault
from engine.releases import queries as releases
from engine.runtime.models import FrozenSubprocess, Instance, WorkItem
from engine.runtime.step import Step
from engine.spiff import state
from engine.spiff.terms import Task
from engine.transactions import Deed


class NothingToDo(Exception):
    """Ends an act that found nothing to do, so that it leaves no trace."""


def again(operation: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Does an operation; when the engine itself fails in it, everything is rolled back and done once more with the
    engine's part parked as an incident: the person's act is kept, whatever is wrong with the model."""
    try:
        return operation(*given, **named)
    except EngineFault as fault:
        return operation(*given, **named, fault=fault)


def advance(step: Step, fault: EngineFault | None) -> None:
    """Runs the engine's own tasks, or parks them after it failed."""
    if fault is None:
        step.advance()
    else:
        step.park_all(fault)


def loaded(deed: Deed, instance: Instance) -> Step:
    """The step of an instance as it was saved, on the release that it is pinned to."""
    step = Step(deed.session, instance, releases.load(instance.release_id, deed.session), deed.actor, deed.now)
    step.load()
    return step


def thaw(step: Step) -> None:
    """Puts the finished call activities back into a loaded step. Before it is saved again their rows must go."""
    frozen = step.session.execute(
        select(FrozenSubprocess.task_id, FrozenSubprocess.state).where(FrozenSubprocess.instance_id == step.instance.id)
    )
    state.thaw(step.workflow, {row.task_id: row.state for row in frozen})


def task_of(step: Step, item: WorkItem) -> Task:
    """The task of an item; of a correction that of the step whose form it corrects, as it was done (the finished call
    activities are in the step then)."""
    if item.corrects_for_id is None:
        return step.task(item.task_id)
    thaw(step)
    return step.task(step.session.get_one(WorkItem, item.again_of).task_id)
