"""Decisions on benefits, and the benefits themselves: who receives what, from which month, until when, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Decision(Base):
    """What the competent decider decided, with its reasons and everything it rests on."""

    __tablename__ = "decision"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: confirm or refuse
    outcome: Mapped[str] = mapped_column(sa.String(10))
    #: Fen a month; 0 for a refusal.
    amount: Mapped[int] = mapped_column(default=0)
    #: `2026-03`: the month after the decision (57号 art. 21).
    effective_month: Mapped[str | None] = mapped_column(sa.String(7))
    #: [{"code", "text", "clause", "borne_out"}]: each test that failed, with its figures.
    reasons: Mapped[Any] = mapped_column(Json, default=list)
    remark: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by: Mapped[str] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    #: The parameter values that it rests on, in context units (fen).
    parameters: Mapped[Any] = mapped_column(Json, default=dict)
    release_id: Mapped[str] = mapped_column(sa.String(64))


class Benefit(Base):
    """What a household (or one person of it) receives under a scheme. A row is never deleted; it ends."""

    __tablename__ = "benefit"
    __table_args__ = (
        sa.Index("ix_benefit_household", "household_id", "scheme", "status"),
        sa.Index("ix_benefit_roster", "status", "scheme", "area"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"))
    #: Whose it is, where it belongs to one person (elderly allowance, single-person 低保); None for the household.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    scheme: Mapped[str] = mapped_column(sa.String(40))
    area: Mapped[str] = mapped_column(sa.String(120))
    #: How many people it is for.
    persons: Mapped[int] = mapped_column(default=1)
    #: Fen a month; the whole sum of a one-off grant; 0 for a recognition without cash.
    amount: Mapped[int]
    one_off: Mapped[bool] = mapped_column(default=False)
    #: `2026-03`: the first month that is paid.
    from_month: Mapped[str] = mapped_column(sa.String(7), index=True)
    #: The last month that is paid; None while it lasts.
    to_month: Mapped[str | None] = mapped_column(sa.String(7), index=True)
    #: active, ended
    status: Mapped[str] = mapped_column(sa.String(10), default="active")
    #: The day on which it lapses by itself (刚性支出困难家庭: at most 12 months); None otherwise.
    expires_on: Mapped[date | None] = mapped_column(index=True)
    #: The day by which it must have been reviewed (57号 art. 31).
    review_on: Mapped[date | None] = mapped_column(index=True)
    #: The care grade of a 特困 person: `none`, `half`, `full`; empty for everybody else.
    care_grade: Mapped[str] = mapped_column(sa.String(10), default="")
    #: The case that confirmed it.
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The benefit that it hangs on: a single-person 低保 ends with the family's recognition.
    rests_on_id: Mapped[int | None] = mapped_column(sa.ForeignKey("benefit.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BenefitChange(Base):
    """One change of a benefit, decided in a case, from a month on."""

    __tablename__ = "benefit_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    benefit_id: Mapped[int] = mapped_column(sa.ForeignKey("benefit.id"), index=True)
    #: start, increase, decrease, stop, taper, expire, correct
    kind: Mapped[str] = mapped_column(sa.String(10))
    #: The first month in which it holds (of a stop: the first month that is no longer paid).
    month: Mapped[str] = mapped_column(sa.String(7))
    #: Fen a month from then on.
    amount: Mapped[int]
    persons: Mapped[int] = mapped_column(default=1)
    #: [{"code", "text", "clause", "borne_out"}], as in a decision.
    reasons: Mapped[Any] = mapped_column(Json, default=list)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    decided_by: Mapped[str] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime] = mapped_column(Instant)
