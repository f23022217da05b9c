"""Reading the publicity register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from registers.areas.models import Area
from registers.publicity.models import Publicity


@dataclass(frozen=True)
class Posted:
    """A line of the public notice board: what policy.md §7.2 allows. `area` is the village's path, for grouping."""

    applicant: str
    village: str
    area: str
    members: int
    scheme: str
    amount: int
    place: str
    phone: str
    posted_at: datetime
    until: date
    publicity_id: int


def latest(session: Session, instance_id: int) -> Publicity | None:
    """The last posting of a case."""
    return session.scalar(
        select(Publicity).where(Publicity.instance_id == instance_id).order_by(Publicity.id.desc()).limit(1)
    )


def is_open(posted: Publicity | None, now: datetime) -> bool:
    """Whether the posting still runs: to 24:00 of its last day."""
    return posted is not None and posted.closed_at is None and now < clock.end_of(posted.until)


def board(session: Session, now: datetime, area: str = "") -> list[Posted]:
    """What hangs on the board now, in an area or everywhere: the whitelist and nothing else (57号 art. 24)."""
    rows = session.execute(
        select(
            Publicity.applicant,
            func.coalesce(Area.name, Publicity.area),
            Publicity.area,
            Publicity.members,
            Publicity.scheme,
            Publicity.amount,
            Publicity.place,
            Publicity.phone,
            Publicity.posted_at,
            Publicity.until,
            Publicity.id,
        )
        .outerjoin(Area, Area.path == Publicity.area)
        .where(
            Publicity.closed_at.is_(None),
            Publicity.until >= now.date(),
            or_(Publicity.area == area, Publicity.area.startswith(area + "/" if area else "", autoescape=True)),
        )
        .order_by(Publicity.area, Publicity.until, Publicity.id)
    )
    return [Posted(*row) for row in rows]
