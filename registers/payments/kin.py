"""Whether somebody on the staff is kin of a household, or belongs to it."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from registers.accounts.models import Account
from registers.filings.models import StaffKin
from registers.households.models import Person


def near(session: Session, actor: Actor, household_id: int) -> bool:
    """By the register of relatives and the person's own ID number (57号 art. 11)."""
    if actor.id is None:
        return False
    people = select(Person.fingerprint).where(Person.household_id == household_id)
    kin = select(StaffKin.id).where(StaffKin.account_id == actor.id, StaffKin.fingerprint.in_(people))
    own = select(Account.id).where(Account.id == actor.id, Account.person.in_(people))
    return bool(session.scalar(select(or_(kin.exists(), own.exists()))))
