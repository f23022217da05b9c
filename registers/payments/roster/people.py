"""The people behind the rows of a roster, read in a few statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.benefits.models import Benefit
from registers.households.models import Person
from registers.payments.roster.due import chunks


@dataclass(frozen=True)
class Someone:
    """A member of a household, now or once; no number of theirs."""

    id: int
    household_id: int
    name: str
    fingerprint: str
    birth: date
    relation: str
    left_on: date | None

    def minor(self, on: date, age: int) -> bool:
        """Whether they are younger than `age` on a day."""
        years = on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))
        return years < age


Homes = dict[int, list[Someone]]


def homes(session: Session, household_ids: Iterable[int]) -> Homes:
    """{household: its people, those who left included, by id}."""
    found: Homes = defaultdict(list)
    columns = (
        Person.id, Person.household_id, Person.name, Person.fingerprint, Person.birth, Person.relation, Person.left_on,
    )  # fmt: skip
    for some in chunks(sorted(set(household_ids))):
        for row in session.execute(select(*columns).where(Person.household_id.in_(some)).order_by(Person.id)):
            found[row.household_id].append(Someone(*row))
    return found


def living(people: Iterable[Someone]) -> list[Someone]:
    """Those who live there now."""
    return [each for each in people if each.left_on is None]


def subjects(benefit: Benefit, people: Iterable[Someone]) -> list[Someone]:
    """Those whom a benefit is for: the one person, or everybody who lives in the household."""
    if benefit.person_id is not None:
        return [each for each in people if each.id == benefit.person_id]
    return living(people)


def payee(benefit: Benefit, people: Iterable[Someone]) -> Someone | None:
    """In whose name it is paid: the person, else the head of the household, else its eldest."""
    there = subjects(benefit, people)
    heads = [each for each in there if each.relation == "head"]
    return next(iter(heads or sorted(there, key=lambda each: each.birth)), None)
