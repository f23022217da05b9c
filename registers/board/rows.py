"""The open items and running clocks of the board in one shape, so that both are counted and listed alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, literal_column, select, union_all

from engine import clock
from engine.clocks.models import Clock
from engine.runtime.models import Instance, WorkItem
from registers.board.scope import Scope
from registers.cases import ball
from registers.supervision.models import Order

#: How far "this week" reaches: seven days from today on, whatever the weekday.
AHEAD = 7
#: Written out, so that the partial index of extended clocks is used.
EXTENDED = and_(Clock.ended_at.is_(None), Clock.lap > literal_column("0"))
FACTS = ("state", "role", "at_area", "account_id", "waits_for", "signed")
#: An alarm is no breach: advisory clocks are counted by themselves and are never red.
ALARM = Clock.kind == literal_column("'advisory'")
DEADLINE = Clock.kind != literal_column("'advisory'")
STATES = {
    "red": "已超期",
    "week": f"{AHEAD} 天内到期",
    "alarm": "已到预警时点",
    "paused": "暂停计时",
    "extended": "已延期",
}
KINDS = {"item": "环节", "legal": "法定时限", "service": "内部时限", "advisory": "预警"}


def horizon(now: datetime) -> datetime:
    """24:00 of the seventh day from today."""
    return clock.end_of(now.date() + timedelta(days=AHEAD))


def items(scope: Scope, *where: ColumnElement[bool]) -> Select[Any]:
    """Open items of the leader's cases with the facts of their ball."""
    return (
        _items(*_placed(WorkItem), *_named(ball.item_facts()))
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(scope.condition(), *where)
    )


def clocks(scope: Scope, *where: ColumnElement[bool]) -> Select[Any]:
    """Running clocks of the leader's cases, the ball of each worked out from its case."""
    return (
        _clocks(lambda facts: [*_placed(Clock), *_named(facts)])
        .join(Instance, Instance.id == Clock.instance_id)
        .where(scope.condition(), *where)
    )


def due(scope: Scope, now: datetime, until: datetime) -> Any:
    """Items and clocks due until then; `red` is 1 once their due day is over. The cases are joined once, to both, and
    the facts of the ball are one text (`hands` reads it): what is sorted by the thousand had better be narrow."""
    red = [case((table.due_at <= now, 1), else_=0).label("red") for table in (WorkItem, Clock)]
    both = union_all(
        _items(WorkItem.instance_id, _text(ball.item_facts()), red[0]).where(WorkItem.due_at <= until),
        _clocks(lambda facts: [Clock.instance_id, _text(facts), red[1]]).where(DEADLINE, Clock.due_at <= until),
    ).subquery("both")
    return (
        select(
            both,
            Instance.area.label("village"),
            Instance.process_id.label("scheme"),
            Instance.stage.label("stage"),
        )
        .select_from(both)
        .join(Instance, Instance.id == both.c.instance_id)
        .where(scope.condition())
    )


def hands(text: str) -> ball.Facts:
    """The facts that `due` put into one text."""
    state, role, area, account_id, waits_for, signed = text.split("|")
    known = int(account_id) if account_id else None
    return ball.facts((state, role or None, area or None, known, waits_for or None, signed == "1"))


def _items(*columns: Any) -> Select[Any]:
    return select(literal("item").label("kind"), *columns).select_from(WorkItem).where(WorkItem.state == ball.OPEN)


def _clocks(columns: Callable[[list[ColumnElement[Any]]], list[Any]]) -> Select[Any]:
    item, on = ball.first_item(Clock.instance_id)
    return (
        select(Clock.kind, *columns(ball.clock_facts(Clock, item, Order)))
        .select_from(Clock)
        .outerjoin(item, on)
        .outerjoin(Order, and_(Order.instance_id == Clock.instance_id, Order.clock_id == Clock.id))
        .where(Clock.ended_at.is_(None))
    )


def _placed(table: Any) -> list[Any]:
    return [table.id.label("id"), table.due_at.label("due_at")]


def _named(facts: list[ColumnElement[Any]]) -> list[Any]:
    return [column.label(name) for column, name in zip(facts, FACTS, strict=True)]


def _text(facts: list[ColumnElement[Any]]) -> Any:
    *texts, signed = facts
    parts = [func.coalesce(cast(each, String), "") for each in texts] + [case((signed, "1"), else_="0")]
    return reduce(lambda left, right: left.op("||")(literal("|").op("||")(right)), parts).label("hands")
