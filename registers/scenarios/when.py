"""Instants as scenarios write them: `2026-01-14 10:00`, `+2wd 10:00`, `+3d`, `+30min`, `16:30`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from engine import clock
from engine.calendar.arithmetic import due
from engine.calendar.days import Calendar
from engine.calendar.lengths import Length
from registers.scenarios.story import When

_DAY = r"\d{4}-\d{2}-\d{2}"
_HOUR = r"\d{1,2}:\d{2}"
_SPAN = re.compile(r"\+?(0|[1-9]\d{0,3})(wd|d|m|min|h)")
_AT = re.compile(rf"(?:({_DAY})|(\+\d+[a-z]+))?(?:(?<=.)[ T])?({_HOUR})?", re.ASCII)
WORDS = "应写成 2026-01-14 10:00、+2wd 10:00、+3d、+30min 或 16:30"


def read(text: object) -> When | None:
    """What `at` says; None when it is written in no way that we know."""
    found = _AT.fullmatch(str(text).strip()) if isinstance(text, str) else None
    if found is None or not any(found.groups()):
        return None
    day, span, hour = found.groups()
    length = _SPAN.fullmatch(span) if span else None
    if span and (length is None or (hour and length[2] in ("min", "h"))):
        return None
    try:
        if day:
            date.fromisoformat(day)
        at = tuple(map(int, hour.split(":"))) if hour else None
        if at is not None and not (at[0] < 24 and at[1] < 60):
            return None
    except ValueError:
        return None
    return When(day or "", (int(length[1]), length[2]) if length else None, at)  # type: ignore[arg-type]


def instant(text: object) -> datetime | None:
    """A day, with or without an hour (09:00): what `begins` says."""
    when = read(text)
    if when is None or not when.day:
        return None
    return clock.instant(date.fromisoformat(when.day), *(when.hour or (9, 0)))


def length(text: object) -> tuple[int, str] | None:
    """`7d`, `2wd`, `1m`, `30min`, `2h`."""
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    return (int(found[1]), found[2]) if found else None


def resolve(when: When, now: datetime, calendar: Calendar) -> datetime:
    """The instant that is meant, seen from `now`; may lie before it."""
    day = date.fromisoformat(when.day) if when.day else now.date()
    if when.span is not None:
        amount, unit = when.span
        if unit in ("min", "h"):
            return now + timedelta(**{"minutes" if unit == "min" else "hours": amount})
        if unit == "d":  # A plain number of days: the calendar would roll it to a working day.
            day = now.date() + timedelta(days=amount)
        else:
            day = due(now.date(), Length(amount, unit), calendar).day
    hour = when.hour or ((9, 0) if when.day else (now.hour, now.minute))
    return clock.instant(day, *hour)
