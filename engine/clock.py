"""The one module that tells the time.

The *business clock* says when acts happen in the law's sense: Asia/Shanghai, aware, injectable; deadlines, timers,
publicity and SpiffWorkflow's own timers read it. The *wall clock* is for sessions, lock-outs and logs and is never
virtual, so that moving the business clock can neither keep a session alive nor end one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

_offset = timedelta(0)
_source: Callable[[], datetime] | None = None


def now() -> datetime:
    """The business instant: aware, Asia/Shanghai."""
    if _source is not None:
        return _source().astimezone(ZONE)
    return datetime.now(ZONE) + _offset


def today() -> date:
    """The business day in Shanghai."""
    return now().date()


def wall() -> datetime:
    """The real instant, never virtual: aware, UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds for measuring spans."""
    return time.perf_counter()


def worked() -> float:
    """Seconds that this thread kept a processor busy: a limit on work that a busy machine does not use up."""
    return time.thread_time()


def offset() -> timedelta:
    """How far the business clock stands from the wall clock (zero outside demonstrations)."""
    return _offset


def set_offset(span: timedelta) -> None:
    """Moves the business clock of this process; only demonstrations do."""
    global _offset
    _offset = span


@contextmanager
def at(instant: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Holds the business clock at `instant` (or lets a callable say it) inside the block."""
    global _source
    if not callable(instant) and instant.tzinfo is None:
        raise ValueError("the business clock needs an aware instant")
    before, fixed = _source, instant
    _source = fixed if callable(fixed) else (lambda: fixed)
    try:
        yield
    finally:
        _source = before


def instant(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The instant `hour:minute` of `day` in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def end_of(day: date) -> datetime:
    """24:00 of `day` in Shanghai: the first instant that no longer belongs to it."""
    return instant(day + timedelta(days=1))
