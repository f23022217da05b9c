"""The board: how much is red and turns red this week, by cause first. Counted in SQL, judged when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.clocks.models import Clock, Extension
from engine.runtime.models import Instance
from registers.board.rows import ALARM, EXTENDED, due, hands, horizon
from registers.board.scope import Scope, villages
from registers.cases import ball
from registers.cases.ball import CAUSES, Roster
from registers.cases.numbers import SHORT
from registers.supervision.models import Order


@dataclass
class Tally:
    """A row of a tally: what is counted, its key in the list's filter, how much of it is red and turns red."""

    key: str
    name: str
    red: int = 0
    week: int = 0
    open: int = 0


@dataclass
class Board:
    """What the room shows. `cases` and `late_cases` count cases, all else counts items and clocks."""

    cases: int = 0
    late_cases: int = 0
    red: int = 0
    week: int = 0
    legal_red: int = 0
    legal_week: int = 0
    alarms: int = 0
    paused: int = 0
    extended: int = 0
    orders: int = 0
    asked: int = 0
    causes: list[Tally] = field(default_factory=list)
    villages: list[Tally] = field(default_factory=list)
    schemes: list[Tally] = field(default_factory=list)
    people: list[Tally] = field(default_factory=list)
    stages: list[Tally] = field(default_factory=list)


def board(session: Session, scope: Scope, now: datetime, staff: Roster) -> Board:
    """The whole board in five statements, whatever the number of cases."""
    found = Board()
    if not scope.areas:
        return found
    names = villages(session, scope)
    counted = _Counted(session.execute(_counts(scope, now)).all())
    found.red, found.week = counted.total("kind")
    found.legal_red, found.legal_week = counted.of("kind", "legal")
    found.late_cases = counted.late_cases
    found.causes = _causes(counted, staff)
    found.people = _people(counted, staff)
    found.villages = counted.tallies("village", lambda key: names.get(key, key))
    found.schemes = counted.tallies("scheme", lambda key: SHORT.get(key, key))
    found.stages = counted.tallies("stage", lambda key: key or "自动环节")
    _open_cases(session, scope, found, names)
    _standing(session, scope, found, now)
    return found


def _counts(scope: Scope, now: datetime) -> Any:
    """One pass over what is due, counted in five ways: (way, key, how much, of it red)."""
    rows = due(scope, now, horizon(now)).cte("due").prefix_with("MATERIALIZED", dialect="postgresql").c
    ways = [
        select(literal(way), key, func.count(), func.sum(rows.red)).group_by(key)
        for way, key in (
            ("hands", rows.hands),
            ("village", rows.village),
            ("scheme", rows.scheme),
            ("stage", rows.stage),
            ("kind", rows.kind),
        )
    ]
    late = select(literal("cases"), literal(""), func.count(rows.instance_id.distinct()), literal(0))
    return union_all(*ways, late.where(rows.red == 1))


class _Counted:
    """The counted rows: {way: {key: (red, within the week)}}."""

    def __init__(self, rows: Any) -> None:
        self._ways: dict[str, dict[str, tuple[int, int]]] = {}
        self.late_cases = 0
        for way, key, number, red in rows:
            if way == "cases":
                self.late_cases = number
            else:
                self._ways.setdefault(way, {})[key] = (int(red), number - int(red))

    def items(self, way: str) -> list[tuple[str, tuple[int, int]]]:
        return list(self._ways.get(way, {}).items())

    def of(self, way: str, key: str) -> tuple[int, int]:
        return self._ways.get(way, {}).get(key, (0, 0))

    def total(self, way: str) -> tuple[int, int]:
        pairs = self._ways.get(way, {}).values()
        return sum(red for red, _ in pairs), sum(week for _, week in pairs)

    def tallies(self, way: str, name: Callable[[str], str]) -> list[Tally]:
        """The most red first."""
        return _worst_first(Tally(key, name(key), *pair) for key, pair in self.items(way))


def _worst_first(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda each: (-each.red, -each.week, each.name))


def _causes(counted: _Counted, staff: Roster) -> list[Tally]:
    red: Counter[str] = Counter()
    week: Counter[str] = Counter()
    for text, pair in counted.items("hands"):
        cause = staff.ball(hands(text)).cause
        red[cause] += pair[0]
        week[cause] += pair[1]
    found = [Tally(key, name, red[key], week[key]) for key, name in CAUSES.items()]
    return [each for each in found if each.red or each.week]


def _people(counted: _Counted, staff: Roster) -> list[Tally]:
    found: dict[str, Tally] = {}
    for text, pair in counted.items("hands"):
        each = staff.ball(hands(text))
        tally = found.setdefault(each.key, Tally(each.key, _named(each, staff)))
        tally.red += pair[0]
        tally.week += pair[1]
    return _worst_first(found.values())


def _named(each: ball.Ball, staff: Roster) -> str:
    """A person by name alone, whatever else is said of what they have in hand."""
    if each.key.startswith("p") and each.account_id is not None:
        return staff.names.get(each.account_id, each.who)
    return "申请人" if each.key == "applicant" else each.who


def _open_cases(session: Session, scope: Scope, found: Board, names: dict[str, str]) -> None:
    """How many cases run, in all and in each village and scheme; a village without anything red is shown too."""
    rows = session.execute(
        select(Instance.area, Instance.process_id, func.count())
        .where(Instance.status == ball.RUNNING, scope.condition())
        .group_by(Instance.area, Instance.process_id)
    ).all()
    by_village, by_scheme = {t.key: t for t in found.villages}, {t.key: t for t in found.schemes}
    for area, scheme, number in rows:
        found.cases += number
        if area not in by_village:
            by_village[area] = Tally(area, names.get(area, area))
            found.villages.append(by_village[area])
        if scheme not in by_scheme:
            by_scheme[scheme] = Tally(scheme, SHORT.get(scheme, scheme))
            found.schemes.append(by_scheme[scheme])
        by_village[area].open += number
        by_scheme[scheme].open += number


def _standing(session: Session, scope: Scope, found: Board, now: datetime) -> None:
    """Alarms that have come, clocks that stand still or were extended, orders without an end, extensions that wait for
    a decision."""

    def count(table: Any, *where: Any) -> Any:
        counted = select(func.count()).select_from(table).join(Instance, Instance.id == table.instance_id)
        return counted.where(scope.condition(), *where).scalar_subquery()

    found.alarms, found.paused, found.extended, found.orders, found.asked = session.execute(
        select(
            count(Clock, Clock.ended_at.is_(None), ALARM, Clock.due_at <= now),
            count(Clock, Clock.ended_at.is_(None), Clock.due_at.is_(None), Clock.paused_at.is_not(None)),
            count(Clock, EXTENDED),
            count(Order, Order.closed_at.is_(None)),
            count(Extension, Extension.decided_at.is_(None)),
        )
    ).one()
