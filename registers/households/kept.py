"""Which households are kept from somebody: those whose people are their kin, or themselves (57号 art. 11)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, union

from engine.actors import Actor
from registers.accounts.models import Account
from registers.cases.models import Case
from registers.filings.models import Filing, StaffKin
from registers.households import ties
from registers.households.models import Household, Person


def kept_from(actor: Actor, table: Any = Household) -> ColumnElement[bool]:
    """The condition on households: somebody who ever lived there is kin of the actor or the actor themselves, by the
    registers or by a declaration that was confirmed, or that nobody has cleared up. Unknown is never allow."""
    near = select(StaffKin.fingerprint).where(StaffKin.account_id == actor.id)
    own = select(Account.person).where(Account.id == actor.id, Account.person.is_not(None))
    mine = Person.fingerprint.in_(ties.numbers(union(near, own)))
    kin = exists().where(Person.household_id == table.id, mine)
    filed = exists().where(
        Case.household_id == table.id,
        Filing.instance_id == Case.instance_id,
        Filing.account_id == actor.id,
        or_(Filing.confirmed.is_(True), and_(Filing.source == "declared", Filing.confirmed.is_(None))),
    )
    return or_(kin.correlate(table), filed.correlate(table))
