"""What every operation that moves a case on has in common: loading its step, running the engine on, failing softly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.errors import EngineFault
from engine.releases import queries as releases
from engine.runtime.models import Instance
from engine.runtime.step import Step
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
