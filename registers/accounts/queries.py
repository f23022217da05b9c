"""Reading accounts."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actors import Actor, Grant
from registers.accounts.models import Account


def actor(account: Account) -> Actor:
    """The account as somebody who acts."""
    return Actor(account.id, account.name, tuple(Grant(g["role"], g["area"]) for g in account.grants))


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
