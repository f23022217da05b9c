"""The people of a household as decisions ask for them: ages from the day of birth, grades, counts. From which age or
grade somebody counts is a dated parameter, never written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.households.models import Person

#: Parameters that say who counts: they are kept with the assessment, like those that decisions read.
LIMITS = ("minor_age", "elder_age", "severe_disability_grade")


@dataclass(frozen=True)
class Member:
    """A member. `grade` is 0 without a disability, else 1 (the gravest) to 4."""

    person_id: int
    head: bool
    age: int
    grade: int
    kind: str
    ill: bool
    work: str


def of_household(session: Session, household_id: int, today: date, rows: list[Mapping[str, Any]]) -> list[Member]:
    """Who lives there now, the head first. `rows` are what the case's forms say of them, found by ID number; it is the
    register that says who they are."""
    said = {str(row.get("id_number") or "").upper(): row for row in rows}
    people = session.scalars(
        select(Person).where(Person.household_id == household_id, Person.left_on.is_(None)).order_by(Person.id)
    )
    members = [_member(person, said.get(str(person.id_number).upper(), {}), today) for person in people]
    return sorted(members, key=lambda each: not each.head)


def counts(members: list[Member], limits: Mapping[str, Any]) -> dict[str, int]:
    """How many of each kind that decisions ask for."""
    return {
        "minors": sum(each.age < limits["minor_age"] for each in members),
        "elderly": sum(each.age >= limits["elder_age"] for each in members),
        "severely_disabled": sum(0 < each.grade <= limits["severe_disability_grade"] for each in members),
        "seriously_ill": sum(each.ill for each in members),
        "able_bodied": sum(
            limits["minor_age"] <= each.age < limits["elder_age"] and each.work not in ("unable", "student")
            for each in members
        ),
    }


def age(birth: date, today: date) -> int:
    """Full years; a birthday counts from its own day (29 February: from 1 March in other years)."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _member(person: Person, said: Mapping[str, Any], today: date) -> Member:
    def known(key: str) -> Any:
        """What a form says, else the register; asked key by key, so that nothing else of the form is read."""
        value = said.get(key)
        return (person.circumstances or {}).get(key) if value is None else value

    grade = str(known("disability") or "none")
    return Member(
        person.id,
        person.relation == "head",
        age(person.birth, today),
        int(grade) if grade.isdigit() else 0,
        str(known("disability_kind") or "none") if grade.isdigit() else "none",
        known("health") == "serious",
        str(known("work") or ""),
    )
