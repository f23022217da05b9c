"""A monthly run, its rows, what was doubtful about them, and the files of the banks. Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed

_LIVE = sa.text("void = 0")
_LIVE_POSTGRES = sa.text("NOT void")


class PayRun(Base):
    """One month of one fund in one township; runs as an instance of its own."""

    __tablename__ = "pay_run"
    __table_args__ = (
        # Nobody is paid twice by a second run of the same month.
        sa.Index(
            "ix_pay_run_one", "area", "fund", "month", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE_POSTGRES
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), unique=True)
    #: Path of the township.
    area: Mapped[str] = mapped_column(sa.String(120))
    #: `dibao_rural`: its budget code is the parameter `fund_dibao_rural`.
    fund: Mapped[str] = mapped_column(sa.String(40))
    #: The month that is paid: `2026-04`.
    month: Mapped[str] = mapped_column(sa.String(7), index=True)
    payday: Mapped[date]
    #: True for a run that was broken off before its money left: another may take its place.
    void: Mapped[bool] = mapped_column(default=False)
    #: frozen, compiled, filed, booked, closed
    state: Mapped[str] = mapped_column(sa.String(10), default="frozen")
    frozen_at: Mapped[datetime] = mapped_column(Instant)
    #: What was signed: how many rows, how much, and a hash over every row that is paid.
    rows: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    seal: Mapped[str] = mapped_column(sa.String(64), default="")
    #: How often a file went to the banks.
    batch: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class PayRow(Base):
    """What one benefit is paid in a run."""

    __tablename__ = "pay_row"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "benefit_id"),
        sa.Index("ix_pay_row_state", "run_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("pay_run.id"))
    benefit_id: Mapped[int] = mapped_column(sa.ForeignKey("benefit.id"), index=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"), index=True)
    #: Whose it is, where it belongs to one person.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: Path of the village.
    area: Mapped[str] = mapped_column(sa.String(120))
    scheme: Mapped[str] = mapped_column(sa.String(40))
    #: Whose name stands on the list: the person, or the head of the household.
    name: Mapped[str] = mapped_column(sa.String(80))
    persons: Mapped[int]
    #: Only minors live on it: its name is not published (policy.md §7.2).
    minors: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int]
    #: pending, kept, excluded, sent, paid, failed, carried
    state: Mapped[str] = mapped_column(sa.String(10), default="pending")
    #: {"holder", "number"} as they go to the bank; None when no account is known.
    account: Mapped[Any] = mapped_column(Sealed, nullable=True)
    #: Keyed hash of the account's number.
    account_hash: Mapped[str] = mapped_column(sa.String(64), default="", index=True)
    account_masked: Mapped[str] = mapped_column(sa.String(30), default="")
    bank: Mapped[str] = mapped_column(sa.String(40), default="")
    #: The file that it last went out with.
    batch: Mapped[int] = mapped_column(default=0)
    #: What the bank said of a failure.
    failure: Mapped[str] = mapped_column(sa.String(200), default="")
    #: What is done about it: retry or carry; by whom, why.
    remedy: Mapped[str] = mapped_column(sa.String(10), default="")
    remedy_reason: Mapped[str] = mapped_column(sa.Text, default="")
    remedy_by: Mapped[str | None] = mapped_column(sa.String(80))


class PayPart(Base):
    """The month that a part of a row is for; what was paid for a month is the sum of its parts."""

    __tablename__ = "pay_part"
    __table_args__ = (sa.Index("ix_pay_part_paid", "benefit_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("pay_row.id"), index=True)
    benefit_id: Mapped[int] = mapped_column(sa.ForeignKey("benefit.id"))
    month: Mapped[str] = mapped_column(sa.String(7))
    #: What the decisions give for the month, what was paid of it before, and what this part pays.
    due: Mapped[int]
    before: Mapped[int]
    amount: Mapped[int]
    #: The decided change that the amount comes from; None when it is the benefit's own.
    change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("benefit_change.id"))


class DirectPayment(Base):
    """What was paid outside the monthly run: emergency relief from the township's reserve (policy.md §3.2)."""

    __tablename__ = "direct_payment"
    __table_args__ = (sa.Index("ix_direct_payment_paid", "benefit_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    benefit_id: Mapped[int] = mapped_column(sa.ForeignKey("benefit.id"))
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    month: Mapped[str] = mapped_column(sa.String(7))
    amount: Mapped[int]
    paid_on: Mapped[date]
    #: transfer, cash, goods
    way: Mapped[str] = mapped_column(sa.String(10))
    voucher: Mapped[str] = mapped_column(sa.String(60))
    recorded_by: Mapped[str] = mapped_column(sa.String(80))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class PayHit(Base):
    """Something doubtful about a row; a person settles it."""

    __tablename__ = "pay_hit"
    __table_args__ = (
        # The same doubt is not found twice.
        sa.UniqueConstraint("row_id", "kind", "subject"),
        sa.Index("ix_pay_hit_open", "run_id", "decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("pay_run.id"))
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("pay_row.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    #: What tells it from another doubt of its kind: a hash, an id, a day.
    subject: Mapped[str] = mapped_column(sa.String(80), default="")
    #: In words, without a number of anybody.
    detail: Mapped[str] = mapped_column(sa.Text)
    found_at: Mapped[datetime] = mapped_column(Instant)
    #: keep or exclude; None while nobody has settled it.
    decision: Mapped[str | None] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class BankFile(Base):
    """What went to a bank in one batch and what came back, each with its hash; both sealed."""

    __tablename__ = "bank_file"
    __table_args__ = (sa.UniqueConstraint("run_id", "batch", "bank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("pay_run.id"))
    batch: Mapped[int]
    bank: Mapped[str] = mapped_column(sa.String(40))
    rows: Mapped[int]
    total: Mapped[int] = mapped_column(sa.BigInteger)
    content: Mapped[Any] = mapped_column(Sealed)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    returned: Mapped[Any] = mapped_column(Sealed, nullable=True)
    returned_sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    returned_by: Mapped[str | None] = mapped_column(sa.String(80))
    returned_at: Mapped[datetime | None] = mapped_column(Instant)
    failed: Mapped[int] = mapped_column(default=0)


class PayListing(Base):
    """A village's monthly list on its notice board (plan 2.2.4)."""

    __tablename__ = "pay_listing"
    __table_args__ = (sa.UniqueConstraint("run_id", "area"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("pay_run.id"))
    area: Mapped[str] = mapped_column(sa.String(120))
    month: Mapped[str] = mapped_column(sa.String(7), index=True)
    fund: Mapped[str] = mapped_column(sa.String(40))
    households: Mapped[int]
    persons: Mapped[int]
    total: Mapped[int] = mapped_column(sa.BigInteger)
    made_at: Mapped[datetime] = mapped_column(Instant)
