"""What was paid too much, how it was decided, and what came back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Recovery(Base):
    """Too much was paid, or so it seems; the case that it opens finds out and gets it back (649号令 art. 68)."""

    __tablename__ = "recovery"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `overpaid:12:2026-03`: asked for once, whoever finds it again.
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    #: Its case, once opened.
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), unique=True)
    benefit_id: Mapped[int] = mapped_column(sa.ForeignKey("benefit.id"), index=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"), index=True)
    #: Path of the village.
    area: Mapped[str] = mapped_column(sa.String(120))
    fund: Mapped[str] = mapped_column(sa.String(40))
    #: death, change, error, fraud, commitment
    ground: Mapped[str] = mapped_column(sa.String(20))
    #: [{"month", "paid", "due", "over"}] in fen
    months: Mapped[Any] = mapped_column(Json, default=list)
    #: What seems too much, in fen.
    found: Mapped[int]
    #: What was decided that comes back, and the fine on top of it; None until then.
    amount: Mapped[int | None]
    fine: Mapped[int] = mapped_column(default=0)
    pay_by: Mapped[date | None]
    instalments: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    asked_by: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    #: asked, open, repaid, none, written_off, enforced
    state: Mapped[str] = mapped_column(sa.String(12), default="asked")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Repayment(Base):
    """An instalment that came back."""

    __tablename__ = "repayment"

    id: Mapped[int] = mapped_column(primary_key=True)
    recovery_id: Mapped[int] = mapped_column(sa.ForeignKey("recovery.id"), index=True)
    #: The submission that recorded it: a step that is run again does not book twice.
    submission_id: Mapped[int] = mapped_column(unique=True)
    #: What went back to the fund, and what was paid of the fine.
    amount: Mapped[int]
    fine: Mapped[int] = mapped_column(default=0)
    paid_on: Mapped[date]
    #: The receipt of the treasury: nobody pays into a private hand.
    voucher: Mapped[str] = mapped_column(sa.String(60))
    recorded_by: Mapped[str] = mapped_column(sa.String(80))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
