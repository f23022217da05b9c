"""What people work from: what is mine, what I may take, what is overdue, a search, a case. A list is one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from engine import secrets
from engine.actors import ROLES, Actor
from engine.clocks.models import Clock
from engine.runtime.models import Instance, Signature, WorkItem
from registers.areas.models import Area
from registers.cases.models import Case
from registers.cases.page import case_page
from registers.cases.rules import LEADING, SEARCHING
from registers.cases.words import light, overdue_days
from registers.households.models import Person


@dataclass(frozen=True)
class Todo:
    """A work item as a list shows it, with the case that it belongs to."""

    item_id: int
    instance_id: int
    name: str
    number: str
    applicant: str
    village: str
    scheme: str
    stage: str
    due_at: datetime | None
    warn_at: datetime | None
    #: How the date came about; a list says when it is provisional.
    basis: dict[str, Any] | None = None

    def light(self, now: datetime) -> str:
        """green, yellow or red."""
        return light(self.due_at, self.warn_at, now)



@dataclass(frozen=True)
class Inbox:
    """What a person holds, and what they could take; the most pressing first."""

    mine: list[Todo]
    claimable: list[Todo]


@dataclass(frozen=True)
class Overdue:
    """Something past its due day: an open item or a statutory clock, and in whose hands it is."""

    kind: str
    instance_id: int
    item_id: int | None
    what: str
    number: str
    applicant: str
    village: str
    area: str
    stage: str
    holder: str
    due_at: datetime
    days: int
    clause: str | None


@dataclass(frozen=True)
class Found:
    """A case that a search found."""

    instance_id: int
    number: str
    applicant: str
    village: str
    scheme: str
    stage: str
    status: str
    outcome: str | None
    created_at: datetime


def inbox(session: Session, actor: Actor) -> Inbox:
    """The actor's work: items in their hands, and open ones that their grants cover and that they did not sign yet."""
    mine = session.execute(_todos().where(WorkItem.state == "open", WorkItem.holder_id == actor.id))
    covered = [and_(WorkItem.role == grant.role, within(WorkItem.area, grant.area)) for grant in actor.grants]
    if not covered:
        return Inbox([Todo(*row) for row in mine], [])
    signed = exists().where(
        Signature.work_item_id == WorkItem.id, Signature.actor_id == actor.id, Signature.valid.is_(True)
    )
    offered = _todos().where(WorkItem.state == "open", WorkItem.holder_id.is_(None), or_(*covered), ~signed)
    return Inbox([Todo(*row) for row in mine], [Todo(*row) for row in session.execute(offered)])


def overdue(session: Session, actor: Actor, now: datetime) -> list[Overdue]:
    """Open items and running clocks of the actor's areas that are past due, the oldest first; for leaders."""
    areas = [within(Instance.area, grant.area) for grant in actor.grants if grant.role in LEADING]
    if not areas:
        return []
    items = (
        _joined(WorkItem, WorkItem.id, WorkItem.name, WorkItem.role, WorkItem.holder_name, WorkItem.clause)
        .where(WorkItem.state == "open", WorkItem.due_at <= now, or_(*areas))
        .order_by(WorkItem.due_at, WorkItem.id)
    )
    clocks = (
        _joined(Clock, Clock.title, Clock.clause)
        .where(Clock.ended_at.is_(None), Clock.due_at <= now, Instance.status == "running", or_(*areas))
        .order_by(Clock.due_at, Clock.id)
    )
    found = [
        Overdue("item", what=name, item_id=key, holder=_holder(role, holder), clause=clause, **_common(row, now))
        for *row, key, name, role, holder, clause in session.execute(items)
    ]
    found += [
        Overdue("clock", what=name, item_id=None, holder="", clause=clause, **_common(row, now))
        for *row, name, clause in session.execute(clocks)
    ]
    return sorted(found, key=lambda each: each.due_at)


def search(session: Session, actor: Actor, text: str, limit: int = 50) -> list[Found]:
    """Cases in the actor's areas by a part of the number or of the applicant's name, or by a whole ID number of a
    member; the newest first. Whether the actor may search at all is a question to the veto (`search`)."""
    text = text.strip()
    areas = [within(Case.area, grant.area) for grant in actor.grants if grant.role in SEARCHING]
    if not text or not areas:
        return []
    numbered = select(Person.household_id).where(Person.fingerprint == secrets.fingerprint(text))
    rows = session.execute(
        select(
            Case.instance_id,
            Case.number,
            Case.applicant,
            _text(Area.name),
            Case.title,
            Instance.stage,
            Instance.status,
            Instance.outcome,
            Case.created_at,
        )
        .join(Instance, Instance.id == Case.instance_id)
        .outerjoin(Area, Area.path == Case.area)
        .where(
            or_(*areas),
            or_(
                Case.number.contains(text, autoescape=True),
                Case.applicant.contains(text, autoescape=True),
                Case.household_id.in_(numbered),
            ),
        )
        .order_by(Case.created_at.desc(), Case.instance_id.desc())
        .limit(limit)
    )
    return [Found(*row) for row in rows]


def within(column: Any, area: str) -> ColumnElement[bool]:
    """Whether a column of area paths lies in an area: the area itself or below it."""
    return or_(column == area, column.startswith(area + "/", autoescape=True))


def _todos() -> Select[Any]:
    return (
        select(
            WorkItem.id,
            WorkItem.instance_id,
            WorkItem.name,
            _text(Case.number),
            _text(Case.applicant),
            _text(Area.name),
            _text(Case.title),
            Instance.stage,
            WorkItem.due_at,
            WorkItem.warn_at,
            WorkItem.due_basis,
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .outerjoin(Case, Case.instance_id == WorkItem.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .order_by(WorkItem.due_at.asc().nulls_last(), WorkItem.id)
    )


def _joined(kind: Any, *more: Any) -> Select[Any]:
    """What is overdue with its instance and case; what `_common` reads comes first."""
    case = (_text(Case.number), _text(Case.applicant), _text(Area.name))
    return (
        select(Instance.id, *case, Instance.area, Instance.stage, kind.due_at, *more)
        .join(Instance, Instance.id == kind.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
    )


def _common(row: list[Any], now: datetime) -> dict[str, Any]:
    names = ("instance_id", "number", "applicant", "village", "area", "stage", "due_at")
    found = dict(zip(names, row, strict=True))
    return {**found, "days": overdue_days(found["due_at"], now)}


def _holder(role: str, name: str | None) -> str:
    return name or f"{ROLES.get(role, role)}（无人认领）"


def _text(column: Any) -> Any:
    """A joined column, empty when there is no row: an item is never lost from a list."""
    return func.coalesce(column, "")


__all__ = ["Found", "Inbox", "Overdue", "Todo", "case_page", "inbox", "overdue", "search", "within"]
