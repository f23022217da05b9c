"""Reading households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.households.models import Household, IncomeStatement, Person

RELATIONS = {
    "head": "户主",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孙子女",
    "grandparent": "祖父母",
    "sibling": "兄弟姐妹",
    "other": "其他",
}


@dataclass(frozen=True)
class Member:
    """A member as a page shows one: no number in full."""

    id: int
    name: str
    relation: str
    masked: str
    age: int
    sex: str


def members(session: Session, household_id: int, today: date) -> list[Member]:
    """Who lives there now, the head first."""
    rows = session.scalars(
        select(Person).where(Person.household_id == household_id, Person.left_on.is_(None)).order_by(Person.id)
    )
    return [
        Member(
            row.id,
            row.name,
            RELATIONS.get(row.relation, row.relation),
            row.masked,
            today.year - row.birth.year - ((today.month, today.day) < (row.birth.month, row.birth.day)),
            "男" if row.male else "女",
        )
        for row in rows
    ]


def contact(session: Session, household_id: int) -> dict[str, Any]:
    """Address, phone and account; the caller masks what it shows."""
    household = session.get(Household, household_id)
    return dict(household.contact) if household else {}


def statements(session: Session, instance_id: int) -> dict[str, dict[str, Any]]:
    """{"declared": figures, "verified": figures} of a case, the latest of each."""
    rows = session.scalars(
        select(IncomeStatement).where(IncomeStatement.instance_id == instance_id).order_by(IncomeStatement.id)
    )
    return {row.source: row.figures for row in rows}
