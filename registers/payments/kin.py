"""Whether somebody on the staff is kin of a household, or belongs to it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from engine.actors import Actor
from registers.accounts.models import Account
from registers.filings.models import StaffKin
from registers.households import ties
from registers.households.models import Person
from registers.payments.roster.due import chunks


def near(session: Session, actor: Actor, household_id: int) -> bool:
    """By the register of relatives and the person's own ID number (57号 art. 11)."""
    return household_id in near_of(session, actor, [household_id])


def near_of(session: Session, actor: Actor, household_ids: Iterable[int]) -> set[int]:
    """Those of many households that somebody is kin of, or the one in whose stead they act, in a statement for each few
    hundred."""
    if actor.id is None:
        return set()
    who = [each for each in (actor.id, actor.stead) if each is not None]
    kin = select(StaffKin.fingerprint).where(StaffKin.account_id.in_(who))
    own = select(Account.person).where(Account.id.in_(who), Account.person.is_not(None))
    found: set[int] = set()
    for some in chunks(sorted(set(household_ids))):
        rows = select(Person.household_id).where(
            Person.household_id.in_(some), Person.fingerprint.in_(ties.numbers(union(kin, own)))
        )
        found |= set(session.scalars(rows))
    return found
