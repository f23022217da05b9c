"""When the daily digest goes out, and how somebody's own work stands: the engine asks, the registers answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.days import Calendar
from engine.parameters.models import Parameter

PARAMETER = "digest_time"


class Standing:
    """`standing(session, account_id)`: lines without any name, such as 2 项超期. Whoever keeps cases sets `answer`."""

    def __init__(self) -> None:
        self.answer: Callable[[Session, int], list[str]] = lambda _session, _account: []

    def __call__(self, session: Session, account_id: int) -> list[str]:
        return self.answer(session, account_id)


standing = Standing()


def read_time(text: object) -> time | None:
    """`08:30`; None for what is no time of day."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])", text.strip()) if isinstance(text, str) else None
    return time(int(found[1]), int(found[2])) if found else None


def digest_time(session: Session, wall: datetime) -> time | None:
    """The time of the digest in force; None when the parameter is missing or no time: nothing waits for it then."""
    day = wall.astimezone(clock.ZONE).date()
    value = session.scalar(
        select(Parameter.value)
        .where(
            Parameter.name == PARAMETER,
            Parameter.voided_at.is_(None),
            Parameter.valid_from <= day,
            or_(Parameter.valid_to.is_(None), Parameter.valid_to >= day),
        )
        .order_by(Parameter.valid_from.desc())
        .limit(1)
    )
    return read_time(value)


def next_digest(calendar: Calendar, at: time | None, wall: datetime) -> datetime:
    """The next digest after `wall`, on a working day; `wall` itself when there is no time of digests."""
    if at is None:
        return wall
    day = calendar.following(wall.astimezone(clock.ZONE).date())
    found = clock.instant(day, at.hour, at.minute)
    if found <= wall:
        found = clock.instant(calendar.following(day + timedelta(days=1)), at.hour, at.minute)
    return found
