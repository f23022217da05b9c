"""Reading what went back, and where an item could go back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM
from engine.errors import DoudiError
from engine.releases import queries as releases
from engine.runtime.models import Instance, WorkItem
from engine.runtime.returns import rewinding
from engine.runtime.returns.models import Return
from engine.runtime.step import Step


@dataclass(frozen=True)
class Way:
    """A step that a case could go back to: what it would undo, or why it cannot."""

    item: WorkItem
    undone: list[str]
    why_not: str = ""


def ways(session: Session, item: WorkItem) -> list[Way]:
    """The steps done before an open item, the last one first, each tried on a copy that is thrown away. A step that
    was done several times is offered once, as it was done last."""
    instance = session.get(Instance, item.instance_id)
    done = session.scalars(
        select(WorkItem)
        .where(WorkItem.instance_id == instance.id, WorkItem.state == "completed", WorkItem.corrects_for_id.is_(None))
        .order_by(WorkItem.completed_at.desc(), WorkItem.id.desc())
    )
    found: dict[str, Way | None] = {}
    for target in done:
        if target.element_id in found or target.element_id == item.element_id:
            continue
        step = Step(session, instance, releases.load(instance.release_id, session), SYSTEM, clock.now())
        step.load()
        found[target.element_id] = _tried(step, target)
    return [each for each in found.values() if each is not None]


def _tried(step: Step, target: WorkItem) -> Way | None:
    """None for a step that is no longer part of the case."""
    try:
        _, undone = rewinding.back(step, target)
    except DoudiError:
        return None
    try:
        rewinding.unbarred(undone, target)
    except DoudiError as error:
        return Way(target, undone.names, error.message)
    return Way(target, undone.names)


def of_case(session: Session, instance_id: int) -> Sequence[Return]:
    """Every time that a case went back, oldest first."""
    return session.scalars(select(Return).where(Return.instance_id == instance_id).order_by(Return.id)).all()


def behind(session: Session, item: WorkItem) -> Return | None:
    """Why an item is open anew; None when it is not."""
    if item.again_of is None:
        return None
    return session.scalar(select(Return).where(Return.new_item_id == item.id))
