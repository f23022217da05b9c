"""What people look up: a search, a case. A list is one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.runtime.models import Instance
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import secrecy, terms
from registers.cases.models import Case
from registers.cases.page import case_page
from registers.cases.rules import SEARCHING


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


def search(session: Session, actor: Actor, text: str, limit: int = 50) -> list[Found]:
    """Cases in the actor's areas by a part of the number or of the applicant's name (`terms`), or by an ID number of a
    member, whole or masked; the newest first. Whether the actor may search at all is a question to the veto
    (`search`)."""
    text = text.strip()
    areas = [within(Case.area, grant.area) for grant in actor.grants if grant.role in SEARCHING]
    if not text or not areas:
        return []
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
            terms.matches(session, text),
        )
        .order_by(Case.instance_id.desc())
        .limit(limit)
    )
    return [Found(*row) for row in rows]


def _text(column: Any) -> Any:
    """A joined column, empty when there is no row: an item is never lost from a list."""
    return func.coalesce(column, "")


__all__ = ["Found", "case_page", "search", "within"]
