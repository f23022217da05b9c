"""Lights and words for dates. A verdict is never stored: both are worked out from the instants when somebody asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.calendar.days import Calendar
from engine.runtime.deadlines import last_day


def light(due_at: datetime | None, warn_at: datetime | None, now: datetime) -> str:
    """`red` once the due day is over, `yellow` from the warning on, else `green`."""
    if due_at is None:
        return "green"
    if now >= due_at:
        return "red"
    return "yellow" if warn_at is not None and now >= warn_at else "green"


def overdue_days(due_at: datetime, now: datetime) -> int:
    """Days since the due day: 1 from 0:00 of the day after it, 0 while it is not over."""
    return max((now.date() - last_day(due_at)).days, 0)


def remaining(due_at: datetime | None, now: datetime, calendar: Calendar) -> str:
    """超期 2 天, 今天到期, 剩 1 个工作日; nothing for what has no due date."""
    if due_at is None:
        return ""
    if now >= due_at:
        return f"超期 {overdue_days(due_at, now)} 天"
    last = last_day(due_at)
    span = (last - now.date()).days
    if span == 0:
        return "今天到期"
    left = sum(calendar.is_workday(now.date() + timedelta(days=each + 1)) for each in range(span))
    return f"剩 {left} 个工作日" if left else f"剩 {span} 天"
