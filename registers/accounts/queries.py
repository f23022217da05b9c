"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.orm import Session

from engine.actors import Actor, Grant
from engine.people import Contact, directory
from registers.accounts.models import Account


def actor(account: Account) -> Actor:
    """The account as somebody who acts."""
    return Actor(account.id, account.name, tuple(Grant(g["role"], g["area"]) for g in account.grants))


def present(session: Session, account: Account) -> Actor:
    """The same with what they hold at this instant because they stand in for somebody."""
    lenders = directory.lenders(session, account.id)
    return actor(account).standing_in(lenders) if lenders else actor(account)


def by_id(session: Session, account_id: int) -> Account | None:
    """The account of that id, or None."""
    return session.get(Account, account_id)


def by_username(session: Session, username: str) -> Account | None:
    """The account that signs in under that name, however it is typed."""
    return session.scalar(select(Account).where(Account.username == username.strip().lower()))


def everyone(session: Session) -> list[Account]:
    """All accounts, by username."""
    return list(session.scalars(select(Account).order_by(Account.username)))


def count(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(Account)) or 0


def holders(session: Session, role: str, area: str) -> list[Actor]:
    """The active accounts that hold a role over an area, by name; after them those who stand in for one of them now.
    The grants are JSON: a text search finds the few accounts of the role, their grants say the rest. Without an area:
    whoever holds it anywhere."""
    named = type_coerce(Account.grants, Text).contains(f'"{role}"', autoescape=True)
    found = session.scalars(select(Account).where(Account.active.is_(True), named).order_by(Account.name, Account.id))
    there = [each for each in map(actor, found) if each.holds(role, area or None)]
    known = {each.id for each in there}
    instead = directory.stand_ins(session, [each.id for each in there if each.id is not None])
    return there + [each for some in instead.values() for each in some if each.id not in known]


def contacts(session: Session, ids: Iterable[int]) -> dict[int, Contact]:
    """How active accounts are reached."""
    rows = session.execute(
        select(Account.id, Account.name, Account.email).where(Account.id.in_(list(ids)), Account.active.is_(True))
    )
    return {key: Contact(key, name, email) for key, name, email in rows}


def active(session: Session, account_id: int) -> Actor | None:
    """An active account as somebody who acts, with those for whom they stand in; None when it is closed or none."""
    account = session.get(Account, account_id)
    return present(session, account) if account is not None and account.active else None


directory.holders, directory.contacts, directory.actor = holders, contacts, active
