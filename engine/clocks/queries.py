"""Reading the clocks of a case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clocks.models import Clock, ClockEntry, Extension


def of_case(session: Session, instance_id: int) -> list[Clock]:
    """The clocks of a case, in the order in which they began."""
    return list(session.scalars(select(Clock).where(Clock.instance_id == instance_id).order_by(Clock.id)))


def ledger(session: Session, instance_id: int) -> dict[int, list[ClockEntry]]:
    """{clock id: its lines} of a case."""
    found: dict[int, list[ClockEntry]] = {}
    rows = session.scalars(
        select(ClockEntry)
        .join(Clock, Clock.id == ClockEntry.clock_id)
        .where(Clock.instance_id == instance_id)
        .order_by(ClockEntry.id)
    )
    for entry in rows:
        found.setdefault(entry.clock_id, []).append(entry)
    return found


def extensions(session: Session, instance_id: int) -> list[Extension]:
    """Who asked that a clock of a case be extended, and what came of it."""
    return list(session.scalars(select(Extension).where(Extension.instance_id == instance_id).order_by(Extension.id)))
