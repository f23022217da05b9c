"""Reading the publicity register."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from registers.publicity.models import Publicity


def latest(session: Session, instance_id: int) -> Publicity | None:
    """The last posting of a case."""
    return session.scalar(
        select(Publicity).where(Publicity.instance_id == instance_id).order_by(Publicity.id.desc()).limit(1)
    )


def is_open(posted: Publicity | None, now: datetime) -> bool:
    """Whether the posting still runs: to 24:00 of its last day."""
    return posted is not None and posted.closed_at is None and now < clock.end_of(posted.until)


def board(session: Session, now: datetime, area: str = "") -> list[Publicity]:
    """What hangs on the board now, by village and last day."""
    return list(
        session.scalars(
            select(Publicity)
            .where(
                Publicity.closed_at.is_(None),
                Publicity.until >= now.date(),
                Publicity.area.startswith(area, autoescape=True),
            )
            .order_by(Publicity.area, Publicity.until, Publicity.id)
        )
    )
