"""What came in and went out week by week, and how long each stage takes against its limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, extract, func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.clocks.models import Clock
from engine.runtime.models import Instance, WorkItem
from registers.board.scope import Scope

WEEKS = 12


@dataclass(frozen=True)
class Week:
    """Cases of one week (Monday to Sunday): received, finished in time, finished late."""

    monday: date
    received: int
    in_time: int
    late: int


@dataclass(frozen=True)
class Duration:
    """How long something took, in natural days to one decimal: median, the longest of nine in ten, the limit that it
    had (median), how many there were, how many of them were late."""

    name: str
    count: int
    late: int
    median: float
    p90: float
    limit: float | None


def late(instance: Any = Instance) -> ColumnElement[bool]:
    """Whether any legal clock of a case ended after its date."""
    broken = select(Clock.id).where(
        Clock.instance_id == instance.id, Clock.kind == "legal", Clock.ended_at >= Clock.due_at
    )
    return broken.exists()


def weeks(session: Session, scope: Scope, now: datetime, number: int = WEEKS) -> list[Week]:
    """The last so many weeks, this one included, oldest first."""
    this = now.date() - timedelta(days=now.weekday())
    mondays = [this - timedelta(weeks=number - 1 - each) for each in range(number)]
    bounds = [clock.instant(each) for each in (*mondays, this + timedelta(weeks=1))]

    def counted(column: Any, *where: ColumnElement[bool], split: Any = None) -> dict[tuple[int, int], int]:
        week = case(*((column < bound, each) for each, bound in enumerate(bounds[1:])))
        parts = [week.label("week"), (case((split, 1), else_=0) if split is not None else case((week < 0, 1), else_=0))]
        rows = session.execute(
            select(parts[0], parts[1].label("late"), func.count())
            .select_from(Instance)
            .where(column >= bounds[0], column < bounds[-1], scope.condition(), *where)
            .group_by("week", "late")
        )
        return {(each, which): count for each, which, count in rows}

    received = counted(Instance.started_at)
    ended = counted(Instance.ended_at, Instance.status == "completed", split=late())
    return [
        Week(monday, received.get((each, 0), 0), ended.get((each, 0), 0), ended.get((each, 1), 0))
        for each, monday in enumerate(mondays)
    ]


def stages(session: Session, scope: Scope, now: datetime, number: int = WEEKS) -> list[Duration]:
    """The tasks that were completed in these weeks, the slowest against its limit first."""
    rows = session.execute(
        select(
            WorkItem.name,
            _days(session, WorkItem.completed_at, func.coalesce(WorkItem.meant_at, WorkItem.created_at)),
            _days(session, WorkItem.due_at, func.coalesce(WorkItem.meant_at, WorkItem.created_at)),
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(
            WorkItem.state == "completed",
            WorkItem.completed_at >= now - timedelta(weeks=number),
            WorkItem.completed_at <= now,
            scope.condition(),
        )
    )
    return _durations(rows)


def clocks(session: Session, scope: Scope, now: datetime, number: int = WEEKS) -> list[Duration]:
    """The legal clocks that ended in these weeks. What they stood still counts on neither side: their date moved."""
    rows = session.execute(
        select(
            Clock.title,
            _days(session, Clock.ended_at, Clock.started_at),
            _days(session, Clock.due_at, Clock.started_at),
        )
        .join(Instance, Instance.id == Clock.instance_id)
        .where(
            Clock.kind == "legal",
            and_(Clock.ended_at >= now - timedelta(weeks=number), Clock.ended_at <= now),
            scope.condition(),
        )
    )
    return _durations(rows)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed."""
    return ordered[max(0, ceil(round(len(ordered) * share, 6)) - 1)]


def _durations(rows: Iterable[tuple[str, float, float | None]]) -> list[Duration]:
    taken: dict[str, list[float]] = defaultdict(list)
    limits: dict[str, list[float]] = defaultdict(list)
    over: dict[str, int] = defaultdict(int)
    for name, spent, limit in rows:
        taken[name].append(spent)
        if limit is not None:
            limits[name].append(limit)
            over[name] += spent >= limit
    found = []
    for name, spent in taken.items():
        spent.sort()
        allowed = round(median(limits[name]), 1) if limits[name] else None
        found.append(
            Duration(name, len(spent), over[name], round(median(spent), 1), round(quantile(spent, 0.9), 1), allowed)
        )
    return sorted(found, key=lambda each: (-(each.p90 / each.limit if each.limit else 0), each.name))


def _days(session: Session, later: Any, earlier: Any) -> ColumnElement[float]:
    """Natural days between two instants, as a number: the databases say it in their own ways."""
    if session.get_bind().dialect.name == "sqlite":
        return func.julianday(later) - func.julianday(earlier)
    return cast(extract("epoch", later - earlier), Float) / 86400
