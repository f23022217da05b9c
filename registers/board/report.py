"""The month report: every village and scheme in figures, counted from the tables when asked."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.days import Calendar
from engine.clocks.models import Clock, ClockEntry
from engine.errors import Invalid
from engine.outbox.models import Message
from engine.runtime.models import Instance, WorkItem
from registers.benefits.models import Decision
from registers.board.rows import DEADLINE
from registers.board.scope import Scope, villages
from registers.board.trends import late
from registers.cases.models import Case
from registers.cases.numbers import SHORT
from registers.supervision.models import Order

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
#: Before this year there was no such procedure (57号 is of 2021).
FIRST_YEAR = 2000


@dataclass
class Line:
    """A village and a scheme. `days` are the working days of each finished case, from acceptance to its end."""

    village: str
    scheme: str
    received: int = 0
    accepted: int = 0
    finished: int = 0
    in_time: int = 0
    late: int = 0
    refused: int = 0
    stopped: int = 0
    open: int = 0
    red: int = 0
    breaches: int = 0
    extensions: int = 0
    pauses: int = 0
    urges: int = 0
    orders: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def median(self) -> float | None:
        return median(self.days) if self.days else None

    def add(self, other: Line) -> None:
        for each in FIGURES:
            setattr(self, each, getattr(self, each) + getattr(other, each))
        self.days += other.days


FIGURES = tuple(each.name for each in fields(Line) if each.type == "int")
TITLES = {
    "received": "收到申请",
    "accepted": "受理",
    "finished": "办结",
    "in_time": "按期办结",
    "late": "超期办结",
    "refused": "不予确认",
    "stopped": "提前终止",
    "open": "月末在办",
    "red": "现在超期",
    "breaches": "当月超法定时限",
    "extensions": "延期",
    "pauses": "暂停",
    "urges": "催办",
    "orders": "督办单",
}


@dataclass
class Report:
    """A month in figures; `lines` by village and scheme, those where nothing happened left out."""

    month: str
    begins: date
    ends: date
    running: bool
    lines: list[Line]
    total: Line

    @property
    def empty(self) -> bool:
        return not self.lines


def read_month(text: str, today: date) -> date:
    """The first day of `2026-03`; Invalid for what is no month, or one that has not begun."""
    found = _MONTH.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < FIRST_YEAR:
        raise _wrong("月份请写成年-月，例如 2026-03。")
    day = date(int(found[1]), int(found[2]), 1)
    if day > today:
        raise _wrong(f"{day:%Y年%m月}还没有开始，请选择{today:%Y年%m月}或以前的月份。")
    return day


def month(session: Session, scope: Scope, first: date, now: datetime, calendar: Calendar) -> Report:
    """The report of the month that begins on `first`."""
    after = (first + timedelta(days=32)).replace(day=1)
    begin, end = clock.instant(first), clock.instant(after)
    lines: dict[tuple[str, str], Line] = {}

    def line(area: str, scheme: str) -> Line:
        return lines.setdefault((area, scheme), Line(area, scheme))

    for name, statement in _statements(begin, end, min(end, now), now).items():
        for area, scheme, number in session.execute(
            statement.where(scope.condition()).group_by(Instance.area, Instance.process_id)
        ):
            if number:
                setattr(line(area, scheme), name, int(number))
    for each in lines.values():
        each.in_time = each.finished - each.late
    ended = session.execute(
        select(Instance.area, Instance.process_id, Instance.started_at, Instance.ended_at, Case.accepted_on)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .where(Instance.status == "completed", _within(Instance.ended_at, begin, end), scope.condition())
    ).all()
    count = _Workdays(calendar, [(row[4] or row[2].date(), row[3].date()) for row in ended])
    for area, scheme, started, finished, accepted in ended:
        line(area, scheme).days.append(count(accepted or started.date(), finished.date()))
    names = villages(session, scope)
    total = Line("合计", "")
    for each in lines.values():
        total.add(each)
    ordered = [lines[key] for key in sorted(lines, key=lambda key: (names.get(key[0], key[0]), key[1]))]
    for each in ordered:
        each.village, each.scheme = names.get(each.village, each.village), SHORT.get(each.scheme, each.scheme)
    return Report(f"{first:%Y-%m}", first, after - timedelta(days=1), after > now.date(), ordered, total)


def _statements(begin: datetime, end: datetime, until: datetime, now: datetime) -> dict[str, Any]:
    """{figure: its count, to be narrowed to the leader's cases and grouped}. `until` is the end of the month or now."""

    def count(*where: ColumnElement[bool], of: Any = None, what: Any = None) -> Any:
        counted = select(Instance.area, Instance.process_id, what if what is not None else func.count())
        joined = counted.select_from(Instance)
        if of is not None:
            joined = joined.join(of, of.instance_id == Instance.id)
        return joined.where(*where)

    ended = (Instance.status == "completed", _within(Instance.ended_at, begin, end))
    ledger = (
        select(Instance.area, Instance.process_id, func.count())
        .select_from(ClockEntry)
        .join(Clock, Clock.id == ClockEntry.clock_id)
        .join(Instance, Instance.id == Clock.instance_id)
        .where(_within(ClockEntry.at, begin, end))
    )
    last = (end - timedelta(microseconds=1)).date()
    return {
        "received": count(_within(Instance.started_at, begin, end)),
        "accepted": count(Case.accepted_on >= begin.date(), Case.accepted_on <= last, of=Case),
        "finished": count(*ended),
        "late": count(*ended, what=func.sum(case((late(), 1), else_=0))),
        "refused": count(Decision.outcome == "refuse", _within(Decision.decided_at, begin, end), of=Decision),
        # Withdrawn, ended by a death, terminated, moved to another scheme: where a case could be buried.
        "stopped": count(Instance.status == "cancelled", _within(Instance.ended_at, begin, end)),
        "open": count(Instance.started_at < until, or_(Instance.ended_at.is_(None), Instance.ended_at >= until)),
        # Of the cases that had been received by the end of the month.
        "red": count(
            Instance.started_at < end,
            Instance.id.in_(
                union(
                    select(WorkItem.instance_id).where(WorkItem.state == "open", WorkItem.due_at <= now),
                    select(Clock.instance_id).where(Clock.ended_at.is_(None), DEADLINE, Clock.due_at <= now),
                )
            ),
        ),
        "breaches": count(
            Clock.kind == "legal",
            Clock.due_at > begin,
            Clock.due_at <= until,
            or_(Clock.ended_at.is_(None), Clock.ended_at >= Clock.due_at),
            of=Clock,
        ),
        "extensions": ledger.where(ClockEntry.kind == "extended"),
        "pauses": ledger.where(ClockEntry.kind == "paused"),
        "urges": count(Message.kind == "urge", _within(Message.created_at, begin, end), of=Message),
        "orders": count(_within(Order.issued_at, begin, end), of=Order),
    }


class _Workdays:
    """Working days after one day up to another, the calendar asked once for each day."""

    def __init__(self, calendar: Calendar, spans: list[tuple[date, date]]) -> None:
        first = min((start for start, _ in spans), default=date.min)
        last = max((end for _, end in spans), default=date.min)
        days = (first + timedelta(days=each) for each in range((last - first).days + 1 if spans else 0))
        self._days = [day for day in days if calendar.is_workday(day)]

    def __call__(self, start: date, end: date) -> int:
        return max(0, bisect_right(self._days, end) - bisect_right(self._days, start))


def _within(column: Any, begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= begin, column < end)


def _wrong(message: str) -> Invalid:
    return Invalid.at("month", message)


__all__ = ["FIGURES", "TITLES", "Line", "Report", "month", "read_month"]
