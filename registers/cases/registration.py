"""Every case has its number from its first moment, also one that no household register is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.releases.loaded import ProcessInfo
from engine.runtime.beginning import on_begun
from engine.runtime.models import Instance
from registers.cases.models import Case
from registers.cases.numbers import case_number
from registers.households.models import Household, Person


@on_begun
def register(
    session: Session, instance: Instance, process: ProcessInfo, flow: Mapping[str, Any], now: datetime
) -> None:
    """The case of a new instance: its kind and number, and whom it is about as far as that is known: the person or the
    household that its flow begins with, else those of the case that it belongs to. An application says more when
    `households.register` reads it."""
    if process.begins is None or session.get(Case, instance.id) is not None:
        return
    parent = session.get(Case, instance.parent_id) if instance.parent_id is not None else None
    person = _known(session, Person, flow.get("person_id"))
    household = _known(session, Household, flow.get("household_id"))
    household_id = household.id if household else person.household_id if person else None
    if household_id is None and parent is not None:
        household_id = parent.household_id
    kind = process.scheme or process.id
    session.add(
        Case(
            instance_id=instance.id,
            number=case_number(session, instance.area, kind, now.year),
            scheme=kind,
            title=process.name,
            household_id=household_id,
            applicant=_name(session, person, household_id, parent),
            area=instance.area,
            filed=False,
            complaint=False,
            created_at=now,
        )
    )
    session.flush()


def _known(session: Session, kind: type[Any], key: Any) -> Any:
    """The row that a number of the flow means; 0 means none."""
    return session.get(kind, int(key)) if isinstance(key, int | float) and key else None


def _name(session: Session, person: Person | None, household_id: int | None, parent: Case | None) -> str:
    if person is not None:
        return person.name
    if parent is not None and parent.household_id == household_id:
        return parent.applicant
    head = select(Person.name).where(
        Person.household_id == household_id, Person.relation == "head", Person.left_on.is_(None)
    )
    return (session.scalar(head.limit(1)) if household_id is not None else None) or ""
