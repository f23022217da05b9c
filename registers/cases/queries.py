"""What people work from: what is mine, what I may take, a search, a case. A list is one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from engine import secrets
from engine.actors import Actor
from engine.runtime.models import Instance, Signature, WorkItem
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import secrecy
from registers.cases.models import Case
from registers.cases.page import case_page
from registers.cases.rules import ASSIGNING, SEARCHING
from registers.cases.words import light
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
    #: Since when its case is suspended: nothing can be done meanwhile.
    suspended_at: datetime | None = None

    def light(self, now: datetime) -> str:
        """green, yellow or red."""
        return light(self.due_at, self.warn_at, now)


@dataclass(frozen=True)
class Inbox:
    """What a person holds, what they could take, and what of confidential cases waits for them to give it to somebody,
    since its role may not find it by itself; the most pressing first."""

    mine: list[Todo]
    claimable: list[Todo]
    to_assign: list[Todo]


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
        return Inbox([Todo(*row) for row in mine], [], [])
    signed = exists().where(
        Signature.work_item_id == WorkItem.id, Signature.actor_id == actor.id, Signature.valid.is_(True)
    )
    free = _todos().where(WorkItem.state == "open", WorkItem.holder_id.is_(None), secrecy.shown(session, actor))
    offered = session.execute(free.where(or_(*covered), ~signed))
    giving = [within(Instance.area, grant.area) for grant in actor.grants if grant.role in ASSIGNING]
    given = []
    if giving:
        found_by_role = Instance.seen_by.contains(literal(",") + WorkItem.role + literal(","))
        given = session.execute(free.where(Instance.seen_by.is_not(None), ~found_by_role, or_(*giving))).all()
    return Inbox(*([Todo(*row) for row in rows] for rows in (mine, offered, given)))


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
            secrecy.shown(session, actor),
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
            Instance.suspended_at,
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .outerjoin(Case, Case.instance_id == WorkItem.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .order_by(WorkItem.due_at.asc().nulls_last(), WorkItem.id)
    )


def _text(column: Any) -> Any:
    """A joined column, empty when there is no row: an item is never lost from a list."""
    return func.coalesce(column, "")


__all__ = ["Found", "Inbox", "Todo", "case_page", "inbox", "search", "within"]
