"""The end of a step: enough people have signed, the flow goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import EngineFault
from engine.journal.verbs import Verb
from engine.runtime import saving, signing
from engine.runtime.models import Incident, Instance, Submission, WorkItem
from engine.runtime.running import advance
from engine.runtime.step import Step
from engine.spiff.terms import Task
from engine.transactions import Deed


@dataclass(frozen=True)
class Outcome:
    """What came of a signature: `finished` is False while further people must sign."""

    item: WorkItem
    instance: Instance
    finished: bool
    incidents: list[Incident] = field(default_factory=list)


def waits(deed: Deed, item: WorkItem, submission: Submission, signed: int) -> Outcome:
    """A signature was given and others are still wanted."""
    deed.verb = Verb.ITEM_SIGNED
    after = {"item": item.name, "signed": signed, "form": signing.digest(submission)}
    deed.record(item.instance, after=after, clause=item.clause)
    return Outcome(item, item.instance, finished=False)


def finish(
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
    """Completes the item with what was handed in, runs the flow on and writes the entry of the act (`also` and `reason`
    are its own)."""
    instance = step.instance
    item.state, item.completed_at, item.rung_at = "completed", deed.now, None
    step.fresh.append(submission)
    step.completed.append(item)
    step.complete(task, scalars)
    advance(step, fault)
    incidents = saving.save(step)
    after = {"item": item.name, "stage": instance.stage, "ran": [e for _, e in step.ran]}
    after["form"] = signing.digest(submission)
    deed.record(instance, after={**(also or {}), **after}, reason=reason, clause=item.clause)
    return Outcome(item, instance, finished=True, incidents=incidents)
