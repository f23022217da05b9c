"""What was decided of records that may be one person: the decisions that stand, the numbers that follow from them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from registers.households.models import DuplicateDecision, Person, PersonAlias


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
    """The records that are this person by what was decided, itself among them: who is one with one is one with all."""
    known, fresh = {person_id}, {person_id}
    while fresh:
        rows = session.execute(
            select(DuplicateDecision.low_id, DuplicateDecision.high_id).where(
                DuplicateDecision.answer == "same",
                DuplicateDecision.ended_at.is_(None),
                or_(DuplicateDecision.low_id.in_(fresh), DuplicateDecision.high_id.in_(fresh)),
            )
        )
        fresh = {each for row in rows for each in row} - known
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


def also(session: Session, prints: Iterable[str]) -> set[str]:
    """Keyed hashes of ID numbers, with those under which the same people are known in other records."""
    given = set(prints)
    if not given:
        return given
    found = (
        select(PersonAlias.fingerprint)
        .join(Person, Person.id == PersonAlias.person_id)
        .where(Person.fingerprint.in_(given))
    )
    return given | set(session.scalars(found))
