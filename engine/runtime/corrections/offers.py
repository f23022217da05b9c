"""What somebody reads before they ask: whether the holder of an item can have an earlier form corrected, and which of
its fields have been used already."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import DoudiError
from engine.releases import queries as releases
from engine.runtime.corrections import landing, operations
from engine.runtime.models import Instance, WorkItem
from engine.runtime.step import Step


@dataclass(frozen=True)
class Offer:
    """`why_not` when nobody can be asked; else `locked` fields have been used, with what used them."""

    why_not: str = ""
    locked: dict[str, str] = field(default_factory=dict)

    def lock(self, name: str) -> str:
        """What has used a field of the form; empty when nothing has."""
        return self.locked.get(name.split(".")[0], "")


def of(session: Session, item: WorkItem, target: WorkItem, actor: Actor) -> Offer:
    """The offer for a step that was done before an open item. Nothing is written."""
    instance = session.get_one(Instance, item.instance_id)
    release = releases.load(instance.release_id, session)
    try:
        operations.can_wait(session, item, actor)
        step = Step(session, instance, release, actor, clock.now())
        step.load()
        locked = landing.locked(step, target, operations.done(step, target))
        operations.changeable(locked, release.forms[target.form].questions, (), target)
    except DoudiError as error:
        return Offer(error.message)
    return Offer(locked=locked)
