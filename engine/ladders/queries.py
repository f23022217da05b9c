"""Reading what ladders did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clocks.models import Clock
from engine.ladders.models import Rung
from engine.runtime.models import WorkItem


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


def due(session: Session, now: datetime, limit: int) -> list[tuple[datetime, str, int, int]]:
    """(instant, `item` or `clock`, its id, instance) of rungs that are due, the earliest first: two index lookups,
    whatever number of deadlines waits."""
    found = [
        (at, subject, key, instance)
        for subject, kind in (("item", WorkItem), ("clock", Clock))
        for at, key, instance in session.execute(
            select(kind.rung_at, kind.id, kind.instance_id)
            .where(kind.rung_at.is_not(None), kind.rung_at <= now)
            .order_by(kind.rung_at, kind.id)
            .limit(limit)
        )
    ]
    return sorted(found, key=lambda each: (each[0], each[1], each[2]))[:limit]
