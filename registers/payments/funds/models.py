"""The ledger of a fund: lines are added, none is changed or taken out."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class FundEntry(Base):
    """A line of the separate account: money that came in is positive, money that went out negative."""

    __tablename__ = "fund_entry"
    __table_args__ = (sa.Index("ix_fund_entry_of", "area", "fund", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Path of the township that keeps the account.
    area: Mapped[str] = mapped_column(sa.String(120))
    fund: Mapped[str] = mapped_column(sa.String(40))
    #: The month that it is booked in.
    month: Mapped[str] = mapped_column(sa.String(7))
    #: opening, appropriation, payment, returned, recovered, correction
    kind: Mapped[str] = mapped_column(sa.String(20))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    #: What makes it once only: `run:12:1:payment`.
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pay_run.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The paper that it rests on.
    voucher: Mapped[str] = mapped_column(sa.String(60), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    made_by: Mapped[str] = mapped_column(sa.String(80))
    made_at: Mapped[datetime] = mapped_column(Instant)


class FundProposal(Base):
    """A line that somebody wants written by hand (the year's opening, money that came in, a correction); somebody else
    confirms it, then it is a line of the ledger."""

    __tablename__ = "fund_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    fund: Mapped[str] = mapped_column(sa.String(40))
    month: Mapped[str] = mapped_column(sa.String(7))
    kind: Mapped[str] = mapped_column(sa.String(20))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    voucher: Mapped[str] = mapped_column(sa.String(60))
    note: Mapped[str] = mapped_column(sa.Text)
    #: proposed, confirmed, refused
    state: Mapped[str] = mapped_column(sa.String(10), default="proposed")
    proposed_by_id: Mapped[int | None]
    proposed_by: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
