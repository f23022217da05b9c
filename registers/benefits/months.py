"""Months as benefits count them: `2026-03`."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def of(day: date) -> str:
    """The month of a day."""
    return f"{day.year}-{day.month:02d}"


def after(day: date, months: int = 1) -> str:
    """The month so many months after that of a day: a benefit begins and ends in the month after its decision
    (57号 art. 21, 特困办法 art. 17, 26)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return f"{year}-{month + 1:02d}"


def previous(month: str) -> str:
    """The month before one."""
    return after(date(int(month[:4]), int(month[5:]), 1), -1)


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])
