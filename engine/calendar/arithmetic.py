"""From a start day and a length to a due date that can explain itself.

The start day is not counted (民法典 art. 201); a month ends on the same date, else on the month's last day
(art. 202); a last day on a rest day moves to the next working day (art. 203; weekends are treated as rest
days), and the period ends at 24:00 of that day.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine import clock
from engine.calendar.days import Calendar, Reason
from engine.calendar.lengths import Length, Offset, refuse
from engine.calendar.words import sentences


@dataclass(frozen=True)
class Pause:
    """Days that count for nothing: from the day on which the clock was paused up to, not with, the day on which it was
    resumed. `cause` is why, in words."""

    first: date
    until: date
    cause: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.until


@dataclass(frozen=True)
class Due:
    """A due date and everything it rests on."""

    start: date
    length: Length
    raw: date
    """Where the bare count ends."""
    day: date
    """The last day of the period, after rolling."""
    provisional: bool
    """A notice still to be published can change `day`: recompute then."""
    counted: tuple[Reason, ...]
    """Weekend days that were counted because they were worked."""
    skipped: tuple[Reason, ...]
    """Holidays that were not counted (plain weekends are left out)."""
    moved: tuple[Reason, ...]
    """Rest days that the last day rolled over."""
    version: str
    """The calendar's content."""
    pauses: tuple[Pause, ...] = ()
    """The pauses that moved `day`."""

    @property
    def instant(self) -> datetime:
        """24:00 of `day` in Shanghai: from here on it is overdue."""
        return clock.end_of(self.day)

    @property
    def why(self) -> tuple[str, ...]:
        """Chinese sentences that explain the date."""
        return sentences(self)

    @property
    def basis(self) -> dict[str, object]:
        """How the date came about, as a work item or a clock keeps it (law 6)."""
        return {
            "start": self.start.isoformat(),
            "length": str(self.length),
            "raw": self.raw.isoformat(),
            "due": self.day.isoformat(),
            "provisional": self.provisional,
            "calendar": self.version,
            "why": list(self.why),
        }


def due(start: date, length: Length, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Due:
    """The due date `length` after `start` (民法典 art. 201-203), the days of `pauses` left out."""
    pauses = [each for each in pauses if each.first < each.until]
    try:
        raw = _count(start, length, calendar, 1, pauses)
        day = _rolled(raw, calendar, pauses)
    except (OverflowError, ValueError):
        raise refuse("start", f"从{start}起算{length.words}超出了日历范围，请检查起算日期。") from None
    walked = _span(start, raw) if length.unit == "wd" else []
    rolled = _span(raw - timedelta(days=1), day)
    reasons = [calendar.reason(each) for each in walked]
    return Due(
        start,
        length,
        raw,
        day,
        provisional=not all(calendar.settled(each) for each in walked + rolled),
        counted=tuple(r for r in reasons if r.kind in ("makeup", "local_work")),
        skipped=tuple(r for r in reasons if r.kind in ("holiday", "local_off")),
        moved=tuple(calendar.reason(each) for each in rolled[:-1]),
        version=calendar.version,
        pauses=tuple(each for each in pauses if each.first <= day),
    )


def before(day: date, length: Length, calendar: Calendar) -> date:
    """The working day of a warning `length` before `day`: a rest day moves it earlier, never later."""
    try:
        return calendar.preceding(_count(day, length, calendar, -1))
    except (OverflowError, ValueError):
        raise refuse("day", f"{day}之前{length.words}超出了日历范围，请检查日期。") from None


def shift(day: date, offset: Offset, calendar: Calendar) -> date:
    """The day of a rung that stands `offset` from the due date `day`."""
    if offset.side == 0:
        return day
    return before(day, offset.length, calendar) if offset.side < 0 else due(day, offset.length, calendar).day


def _count(start: date, length: Length, calendar: Calendar, step: int, pauses: Sequence[Pause] = ()) -> date:
    """The bare count in one direction (+1 or -1), before rolling."""
    if length.unit == "m":
        year, month = divmod(start.year * 12 + start.month - 1 + step * length.amount, 12)
        if not date.min.year <= year <= date.max.year:
            raise OverflowError
        day = date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))
        return _later(start, day, pauses)
    if length.unit == "d":
        return _later(start, start + timedelta(days=step * length.amount), pauses)
    day, left = start, length.amount
    while left:
        day += timedelta(days=step)
        left -= calendar.is_workday(day) and not any(day in each for each in pauses)
    return day


def _later(start: date, day: date, pauses: Sequence[Pause]) -> date:
    """The end of a count of every day, moved by the days after its start on which it stood still before it ended."""
    for each in sorted(pauses, key=lambda pause: pause.first):
        if each.first <= day:
            day += max(each.until - max(each.first, start + timedelta(days=1)), timedelta(0))
    return day


def _rolled(day: date, calendar: Calendar, pauses: Sequence[Pause]) -> date:
    """`day` itself when it is worked and the clock ran, else the next such day."""
    while not calendar.is_workday(day) or any(day in each for each in pauses):
        day += timedelta(days=1)
    return day


def _span(after: date, last: date) -> list[date]:
    """The days after `after` up to and with `last`."""
    return [after + timedelta(days=n) for n in range(1, (last - after).days + 1)]
