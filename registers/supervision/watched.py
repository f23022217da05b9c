"""What is under supervision (在督办) and concerns somebody: orders that are not closed, urges whose item is not done;
given by them, given to them, upon what they hold, or in an area that they lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, literal_column, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from engine.actors import Actor
from engine.clocks.models import Clock
from engine.outbox.models import Message
from engine.runtime.models import Instance, WorkItem
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases.ball import OPEN
from registers.cases.models import Case
from registers.cases.rules import LEADING
from registers.cases.sight import visible
from registers.supervision.models import Order

#: Written out, so that the index of urges alone is used.
URGE: Any = literal_column("'urge'")


@dataclass(frozen=True)
class Watched:
    """An order or an urge as the list shows it; `kind` is `order` or `urge`."""

    kind: str
    id: int
    instance_id: int
    item_id: int | None
    number: str
    what: str
    by: str
    to: str
    at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    replied_at: datetime | None
    case: str
    applicant: str
    village: str


def watched(
    session: Session, actor: Actor, conditions: list[ColumnElement[bool]], limit: int, skip: int
) -> list[Watched]:
    """Those that wait for an answer first, by its date; then the latest."""
    seen = _both(session, actor, conditions).subquery()
    asked = select(seen).order_by(seen.c.due_at.is_(None), seen.c.due_at, seen.c.at.desc(), seen.c.id.desc())
    return [Watched(*row) for row in session.execute(asked.limit(limit).offset(skip))]


def count(session: Session, actor: Actor) -> int:
    """How many rows the list has: the few rows of two indexes, joined once with their cases."""
    led = [within(Instance.area, each.area) for each in actor.grants if each.role in LEADING]
    held = aliased(WorkItem)
    holds = exists().where(held.id == Order.work_item_id, held.state == OPEN, held.holder_id == actor.id)
    own = or_(Order.to_id == actor.id, Order.issued_by_id == actor.id, holds)
    urged = (WorkItem.state == OPEN, WorkItem.urged_at.is_not(None))
    by_me = exists().where(Message.work_item_id == WorkItem.id, Message.kind == URGE, Message.sender_id == actor.id)
    theirs = or_(WorkItem.holder_id == actor.id, by_me)
    orders = select(Order.instance_id, case((own, 1), else_=0).label("own")).where(Order.closed_at.is_(None))
    urges = select(WorkItem.instance_id, case((theirs, 1), else_=0).label("own")).where(*urged)
    if not led:
        orders, urges = orders.where(own), urges.where(theirs)
    both = union_all(orders, urges).subquery()
    found = (
        select(func.count())
        .select_from(both)
        .join(Instance, Instance.id == both.c.instance_id)
        .where(or_(both.c.own == 1, *led), visible(session, actor))
    )
    return session.scalar(found) or 0


def _both(session: Session, actor: Actor, conditions: list[ColumnElement[bool]]) -> Any:
    parts = []
    for each in _parts(session, actor, conditions):
        named = each.outerjoin(Area, Area.path == Instance.area)
        parts.append(named if conditions else named.outerjoin(Case, Case.instance_id == Instance.id))
    return union_all(*parts)


def _parts(session: Session, actor: Actor, conditions: list[ColumnElement[bool]]) -> list[Select[Any]]:
    """Orders and urges apart; with their cases when something of the case narrows them."""
    led = [within(Instance.area, each.area) for each in actor.grants if each.role in LEADING]
    holds = WorkItem.holder_id == actor.id
    order = (
        _of(
            literal("order"), Order.id, Order.instance_id, Order.work_item_id, Order.number, Order.text,
            Order.issued_by, Order.to_name, Order.issued_at, Clock.due_at, Clock.warn_at, Order.replied_at,
        )
        .select_from(Order)
        .join(Instance, Instance.id == Order.instance_id)
        .outerjoin(Clock, and_(Clock.id == Order.clock_id, Clock.ended_at.is_(None)))
        .outerjoin(WorkItem, and_(WorkItem.id == Order.work_item_id, WorkItem.state == OPEN))
        .where(
            Order.closed_at.is_(None),
            or_(Order.to_id == actor.id, Order.issued_by_id == actor.id, holds, *led),
        )
    )  # fmt: skip
    any_urge = aliased(Message)
    of_item = (any_urge.work_item_id == WorkItem.id, any_urge.kind == URGE)
    mine = select(any_urge.id).where(*of_item, any_urge.sender_id == actor.id).correlate(WorkItem)
    latest = select(func.max(any_urge.id)).where(*of_item).correlate(WorkItem)
    urge = (
        _of(
            literal("urge"), Message.id, WorkItem.instance_id, WorkItem.id, literal(""), WorkItem.name, Message.sender,
            func.coalesce(WorkItem.holder_name, ""), Message.created_at, WorkItem.due_at, WorkItem.warn_at,
            literal(None, Order.replied_at.type),
        )
        .select_from(WorkItem)
        .join(Message, Message.id == latest.scalar_subquery())
        .join(Instance, Instance.id == WorkItem.instance_id)
        # What is urged and open has an index of its own: a few rows, whatever was urged before.
        .where(WorkItem.state == OPEN, WorkItem.urged_at.is_not(None), or_(mine.exists(), holds, *led))
    )  # fmt: skip
    if conditions:
        order, urge = (each.outerjoin(Case, Case.instance_id == Instance.id) for each in (order, urge))
    return [each.where(visible(session, actor), *conditions) for each in (order, urge)]


def _of(*columns: Any) -> Select[Any]:
    names = (
        "kind",
        "id",
        "instance_id",
        "item_id",
        "number",
        "what",
        "by",
        "to",
        "at",
        "due_at",
        "warn_at",
        "replied_at",
    )
    case = {"case": Case.number, "applicant": Case.applicant, "village": Area.name}
    own = [column.label(name) for column, name in zip(columns, names, strict=True)]
    return select(*own, *(func.coalesce(column, "").label(name) for name, column in case.items()))
