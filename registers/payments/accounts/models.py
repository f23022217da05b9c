"""Accounts that money goes to. A number is sealed; what finds it again is a keyed hash."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed


class AccountChange(Base):
    """Somebody wants money to go to another account; somebody else says yes or no (policy.md §9)."""

    __tablename__ = "account_change"
    __table_args__ = (sa.Index("ix_account_change_open", "state", "area"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"), index=True)
    #: Whose account, where a benefit belongs to one person; None for the household's.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    area: Mapped[str] = mapped_column(sa.String(120))
    #: {"holder", "number"}
    wanted: Mapped[Any] = mapped_column(Sealed)
    account_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    masked: Mapped[str] = mapped_column(sa.String(30))
    bank: Mapped[str] = mapped_column(sa.String(40))
    before_masked: Mapped[str] = mapped_column(sa.String(30), default="")
    reason: Mapped[str] = mapped_column(sa.Text)
    #: proposed, confirmed, refused
    state: Mapped[str] = mapped_column(sa.String(10), default="proposed")
    proposed_by_id: Mapped[int | None]
    proposed_by: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_reason: Mapped[str] = mapped_column(sa.Text, default="")


class PayAccount(Base):
    """Where a household's (or one person's) money goes; a row is never changed, another takes its place."""

    __tablename__ = "pay_account"
    __table_args__ = (sa.Index("ix_pay_account_of", "household_id", "person_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: {"holder", "number"}
    account: Mapped[Any] = mapped_column(Sealed)
    account_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    masked: Mapped[str] = mapped_column(sa.String(30))
    bank: Mapped[str] = mapped_column(sa.String(40))
    #: The confirmed change that it rests on; None for the first one, which came with the application.
    change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account_change.id"))
    since: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class StaffCard(Base):
    """An account of somebody on the staff, or a family's card in their hands (57号 art. 26)."""

    __tablename__ = "staff_card"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: own: the staff member's account; kept: a family's card that is kept for them
    kind: Mapped[str] = mapped_column(sa.String(10))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    staff_name: Mapped[str] = mapped_column(sa.String(80))
    account_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    masked: Mapped[str] = mapped_column(sa.String(30))
    #: Of a kept card: its written agreement and the day on which the county had it filed; None when it has not.
    agreement: Mapped[str] = mapped_column(sa.String(120), default="")
    filed_on: Mapped[date | None]
    registered_by: Mapped[str] = mapped_column(sa.String(80))
    registered_at: Mapped[datetime] = mapped_column(Instant)
