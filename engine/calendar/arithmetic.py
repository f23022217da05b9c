"""From a start day and a length to a due date that can explain itself.

The start day is not counted (民法典 art. 201); a month ends on the same date, else on the month's last day
(art. 202); a last day on a rest day moves to the next working day (art. 203; weekends are treated as rest
days), and the period ends at 24:00 of that day.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine import clock
from engine.calendar.days import Calendar, Reason
from engine.calendar.lengths import Length, Offset, refuse
from engine.calendar.words import sentences


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


def due(start: date, length: Length, calendar: Calendar) -> Due:
    """The due date `length` after `start` (民法典 art. 201-203)."""
    try:
        raw = _count(start, length, calendar, 1)
        day = calendar.following(raw)
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


def _count(start: date, length: Length, calendar: Calendar, step: int) -> date:
    """The bare count in one direction (+1 or -1), before rolling."""
    if length.unit == "d":
        return start + timedelta(days=step * length.amount)
    if length.unit == "m":
        year, month = divmod(start.year * 12 + start.month - 1 + step * length.amount, 12)
        if not date.min.year <= year <= date.max.year:
            raise OverflowError
        return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))
    day, left = start, length.amount
    while left:
        day += timedelta(days=step)
        left -= calendar.is_workday(day)
    return day


def _span(after: date, last: date) -> list[date]:
    """The days after `after` up to and with `last`."""
    return [after + timedelta(days=n) for n in range(1, (last - after).days + 1)]
