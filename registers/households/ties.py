"""What was decided of records that may be one person: the decisions that stand, the numbers that follow from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import CompoundSelect, delete, literal, or_, select, union
from sqlalchemy.orm import Session

from registers.households.models import DuplicateDecision, Person, PersonAlias

#: More numbers than so many are not named in a statement: all ties are read, of which there are few.
MANY = 500
_tied = select(Person.fingerprint, PersonAlias.fingerprint).join(PersonAlias, PersonAlias.person_id == Person.id)


def standing(session: Session, one: int, other: int) -> DuplicateDecision | None:
    """The decision of a pair of persons that stands; None when nobody decided, or it was ended."""
    low, high = sorted((one, other))
    return session.scalar(
        select(DuplicateDecision).where(
            DuplicateDecision.low_id == low, DuplicateDecision.high_id == high, DuplicateDecision.ended_at.is_(None)
        )
    )


def of_pair(session: Session, one: int, other: int) -> list[DuplicateDecision]:
    """Everything that was ever decided of a pair, the newest first."""
    low, high = sorted((one, other))
    asked = select(DuplicateDecision).where(DuplicateDecision.low_id == low, DuplicateDecision.high_id == high)
    return list(session.scalars(asked.order_by(DuplicateDecision.id.desc())))


def one_person(session: Session, person_id: int) -> set[int]:
    """The records that are this person by what was decided, itself among them: who is one with one is one with all, and
    records of one number are one without being decided."""
    known, fresh = {person_id}, {person_id}
    while fresh:
        rows = session.execute(
            select(DuplicateDecision.low_id, DuplicateDecision.high_id).where(
                DuplicateDecision.answer == "same",
                DuplicateDecision.ended_at.is_(None),
                or_(DuplicateDecision.low_id.in_(fresh), DuplicateDecision.high_id.in_(fresh)),
            )
        )
        tied = {each for row in rows for each in row}
        prints = select(Person.fingerprint).where(Person.id.in_(known | tied))
        fresh = {*session.scalars(select(Person.id).where(Person.fingerprint.in_(prints)))} - known
        known |= fresh
    return known


def write_aliases(session: Session, *person_ids: int) -> None:
    """Writes down anew under which other numbers these people are known, after a decision was made or ended."""
    session.flush()
    done: set[int] = set()
    for each in person_ids:
        if each in done:
            continue
        group = one_person(session, each)
        done |= group
        rows = session.execute(select(Person.id, Person.fingerprint).where(Person.id.in_(group)))
        prints = {person_id: print_ for person_id, print_ in rows}  # noqa: C416 -- a Result is no mapping
        session.execute(delete(PersonAlias).where(PersonAlias.person_id.in_(group)))
        for person_id, own in prints.items():
            for other in {*prints.values()} - {own}:
                session.add(PersonAlias(person_id=person_id, fingerprint=other))
    session.flush()


def numbers(given: Iterable[str] | Any) -> CompoundSelect[Any]:
    """A subquery for every question that goes by who somebody is: keyed hashes of ID numbers (some, or a select of
    them), with those under which the same people are known in other records. It goes from number to number, so that a
    record that was made after the decision is known as well."""
    if isinstance(given, Iterable):
        rows = [select(literal(each).label("fingerprint")) for each in sorted({*given})]
        asked = union(*rows) if rows else select(Person.fingerprint).where(Person.id.is_(None))
    else:
        asked = given
    known = select(asked.subquery().c[0])
    others = _tied.with_only_columns(PersonAlias.fingerprint).where(Person.fingerprint.in_(known))
    return union(known, others)


def also(session: Session, prints: Iterable[str]) -> set[str]:
    """Keyed hashes of ID numbers, with those under which the same people are known in other records."""
    return set().union(*groups(session, prints).values())


def groups(session: Session, prints: Iterable[str]) -> dict[str, frozenset[str]]:
    """{keyed hash of an ID number: all under which the same person is known, itself among them}, for each of the given
    ones, in one statement however many they are."""
    given = set(prints)
    if not given:
        return {}
    known: dict[str, set[str]] = defaultdict(set)
    asked = _tied.where(Person.fingerprint.in_(given)) if len(given) <= MANY else _tied
    for print_, other in session.execute(asked):
        known[print_].add(other)
    return {each: frozenset({each, *known.get(each, ())}) for each in given}
