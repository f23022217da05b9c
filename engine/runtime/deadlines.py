"""From what a model says (`3wd`, an ISO date) to an instant with its basis, by the calendar."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine import clock
from engine.calendar.arithmetic import Pause, before, due
from engine.calendar.days import Calendar
from engine.calendar.lengths import Length
from engine.errors import ExpressionError

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Deadline:
    """An instant (24:00 of the due day) and how it came about."""

    at: datetime
    basis: dict[str, Any]


def deadline(text: str, start: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Deadline:
    """`text` is a length counted from the day of `start`, or the ISO date of the last day itself. The days of `pauses`
    are left out of a length; its basis keeps them, so that it can be counted again.

    Raises engine.errors.Invalid or ExpressionError when it is neither. (民法典 art. 201–203)
    """
    if _ISO.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ExpressionError(f"“{text}”不是有效的日期。") from None
        return Deadline(clock.end_of(day), {"due": text, "given": True, "why": [f"流程给定的日期：{text}"]})
    found = due(start.date(), Length.parse(text), calendar, pauses)
    basis = found.basis
    if pauses:
        basis["pauses"] = [[each.first.isoformat(), each.until.isoformat(), each.cause] for each in pauses]
    return Deadline(found.instant, basis)


def pauses_of(basis: Mapping[str, Any]) -> list[Pause]:
    """The pauses that a basis keeps."""
    kept = basis.get("pauses") or ()
    return [Pause(date.fromisoformat(first), date.fromisoformat(until), cause) for first, until, cause in kept]


def warning(at: datetime, text: str, calendar: Calendar) -> datetime:
    """The instant at which a deadline turns yellow: the start of the day `text` before its last day."""
    return clock.instant(before(last_day(at), Length.parse(text), calendar))


def last_day(at: datetime) -> date:
    """The day whose 24:00 is `at`."""
    return (at - timedelta(microseconds=1)).date()
