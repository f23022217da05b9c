"""Which open items somebody holds or may take, as ids and as counts. Each role is one walk through one index
(`ix_work_item_free`) that holds nothing but what may be taken: neither a finished item nor a case is ever read, unless
the list is narrowed by something that only the case knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.runtime.models import Instance, Signature, WorkItem
from registers.areas.queries import within
from registers.cases import secrecy
from registers.cases.asked import Asked
from registers.cases.ball import OPEN, RUNNING
from registers.cases.models import Case
from registers.desk.models import FollowUp

#: Rows on a page; what somebody holds is shown whole up to `HELD`.
ROWS, HELD = 50, 50
#: A narrowed list is counted up to here: "200+" is as true as the number, and whoever narrows wants few.
COUNTED = 200


@dataclass(frozen=True)
class Seen:
    """What a list shows: ids in its order, and how many there are in all (not `exact`: so many and more)."""

    ids: list[int]
    total: int
    exact: bool = True

    @property
    def told(self) -> str:
        """The number as a page says it."""
        return f"{self.total}" if self.exact else f"{self.total}+"


def held(session: Session, actor: Actor, asked: Asked, now: datetime | None) -> Seen:
    """The open items in somebody's hands: the most pressing first, or those to be looked at again first."""
    where = [WorkItem.state == OPEN, WorkItem.holder_id == actor.id]
    chosen = _from(asked, WorkItem.id).where(*where, *_narrowed(session, asked, now))
    order = [WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id]
    if asked.sort == "follow":
        chosen = chosen.outerjoin(FollowUp, FollowUp.work_item_id == WorkItem.id)
        order = [FollowUp.on_date.is_(None), FollowUp.on_date, *order]
    ids = list(session.scalars(chosen.order_by(*order).limit(HELD)))
    if len(ids) < HELD:
        return Seen(ids, len(ids))
    return Seen(ids, *_counted(session, [chosen], asked))


def late(session: Session, actor: Actor, now: datetime) -> int:
    """How many of the items in somebody's hands are overdue."""
    asked = select(func.count()).where(WorkItem.state == OPEN, WorkItem.holder_id == actor.id, WorkItem.due_at <= now)
    return session.scalar(asked) or 0


def free(session: Session, actor: Actor, asked: Asked, now: datetime | None, rows: int | None = None) -> Seen:
    """The items that somebody may take and did not sign yet, due first; a page of them."""
    rows = ROWS if rows is None else rows
    skip = (asked.page - 1) * rows
    roles = _roles(session, actor, asked, now)
    if not roles:
        return Seen([], 0)
    parts = []
    for where in roles:
        base = _from(asked, WorkItem.id, WorkItem.due_at).where(*where).limit(skip + rows)
        # Asked for apart, so that each is a walk in the order of the index that ends when the page is full.
        parts.append(base.where(WorkItem.due_at.is_not(None)).order_by(WorkItem.due_at, WorkItem.id))
        parts.append(base.where(WorkItem.due_at.is_(None)).order_by(WorkItem.id))
    both = union_all(*(select(each.subquery()) for each in parts)).subquery()
    page = select(both.c.id).order_by(both.c.due_at.is_(None), both.c.due_at, both.c.id).limit(rows).offset(skip)
    ids = list(session.scalars(page))
    if ids and len(ids) < rows:
        return Seen(ids, skip + len(ids))
    if not ids and not skip:
        return Seen([], 0)
    return Seen(ids, *_counted(session, [_from(asked, WorkItem.id).where(*each) for each in roles], asked))


def free_total(session: Session, actor: Actor) -> int:
    """How many items somebody may take in all."""
    roles = _roles(session, actor, Asked(), None)
    return _counted(session, [select(WorkItem.id).where(*each) for each in roles], Asked())[0] if roles else 0


def still_free(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
    """Which of these items somebody might still take."""
    if not ids:
        return set()
    parts = [select(WorkItem.id).where(WorkItem.id.in_(ids), *each) for each in _roles(session, actor, Asked(), None)]
    return set(session.scalars(union_all(*parts))) if parts else set()


def _counted(session: Session, parts: list[Select[Any]], asked: Asked) -> tuple[int, bool]:
    """How many rows the statements have in all, and whether that is all of them."""
    if not asked.by_case:
        counts = [select(func.count().label("n")).select_from(each.order_by(None).subquery()) for each in parts]
        whole = union_all(*counts).subquery()
        return int(session.scalar(select(func.sum(whole.c.n))) or 0), True
    some = [
        select(literal(1).label("one")).select_from(each.order_by(None).limit(COUNTED + 1).subquery()) for each in parts
    ]
    found = int(session.scalar(select(func.count()).select_from(union_all(*some).subquery())) or 0)
    return min(found, COUNTED), found <= COUNTED


def _roles(session: Session, actor: Actor, asked: Asked, now: datetime | None) -> list[list[ColumnElement[bool]]]:
    """For each role of somebody the conditions on what they may take by it."""
    grants = sorted(actor.grants, key=lambda each: each.role)
    if not grants:
        return []
    signed = exists().where(
        Signature.work_item_id == WorkItem.id, Signature.actor_id == actor.id, Signature.valid.is_(True)
    )
    kept = select(Instance.id).where(
        Instance.status == RUNNING, Instance.seen_by.is_not(None), ~secrecy.shown(session, actor)
    )
    every = [
        WorkItem.state == OPEN,
        WorkItem.holder_id.is_(None),
        # Signatures are looked for only where somebody signed already.
        or_(WorkItem.submission_id.is_(None), ~signed),
        WorkItem.instance_id.not_in(kept),
        *_narrowed(session, asked, now),
    ]
    return [
        [WorkItem.role == role, or_(*(within(WorkItem.area, each.area) for each in some)), *every]
        for role, some in groupby(grants, key=lambda each: each.role)
    ]


def _narrowed(session: Session, asked: Asked, now: datetime | None) -> list[ColumnElement[bool]]:
    return [*asked.of_case(session), *asked.of_item(now)]


def _from(asked: Asked, *columns: Any) -> Select[Any]:
    """The items, with their cases only when something of the case narrows them."""
    chosen = select(*columns)
    if not asked.by_case:
        return chosen
    chosen = chosen.join(Instance, Instance.id == WorkItem.instance_id)
    return chosen.outerjoin(Case, Case.instance_id == WorkItem.instance_id)
