"""Reading what ladders did, and what they are about to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clocks.models import Clock
from engine.ladders.models import Rung
from engine.runtime.models import WorkItem

_KINDS = (("item", WorkItem), ("clock", Clock))


@dataclass(frozen=True)
class DueRung:
    """A rung that is due: when, whose (`item` or `clock` and the row's id), in which instance."""

    at: datetime
    subject: str
    subject_id: int
    instance_id: int

    @property
    def key(self) -> tuple[str, int]:
        """What it hangs on."""
        return self.subject, self.subject_id


def fired(session: Session, subject: str, subject_id: int, lap: int = 0) -> set[str]:
    """The rungs of an item or a clock that were taken, as the ladder writes them."""
    return set(
        session.scalars(
            select(Rung.step).where(Rung.subject == subject, Rung.subject_id == subject_id, Rung.lap == lap)
        )
    )


def of_case(session: Session, instance_id: int) -> list[Rung]:
    """Every rung that was taken in a case, oldest first."""
    return list(session.scalars(select(Rung).where(Rung.instance_id == instance_id).order_by(Rung.id)))


def due(session: Session, now: datetime, limit: int, passed: Collection[tuple[str, int]] = ()) -> list[DueRung]:
    """Rungs that are due, the earliest first, but for those `passed` by: two index lookups, whatever number of
    deadlines waits."""
    found: list[DueRung] = []
    for subject, kind in _KINDS:
        without = [key for what, key in passed if what == subject]
        rows = session.execute(
            select(kind.rung_at, kind.id, kind.instance_id)
            .where(kind.rung_at.is_not(None), kind.rung_at <= now, kind.id.not_in(without))
            .order_by(kind.rung_at, kind.id)
            .limit(limit)
        )
        found += [DueRung(at, subject, key, instance_id) for at, key, instance_id in rows]
    return sorted(found, key=lambda each: (each.at, each.key))[:limit]


def next_due(session: Session, now: datetime) -> datetime | None:
    """The instant after `now` at which the next rung is due."""
    found = [session.scalar(select(func.min(kind.rung_at)).where(kind.rung_at > now)) for _, kind in _KINDS]
    return min(filter(None, found), default=None)


def waiting(session: Session, now: datetime) -> int:
    """How many rungs are due and not taken."""
    return sum(
        session.scalar(select(func.count()).select_from(kind).where(kind.rung_at <= now)) or 0 for _, kind in _KINDS
    )
