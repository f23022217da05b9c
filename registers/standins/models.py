"""Who stands in for whom, and what was taken over meanwhile."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class StandIn(Base):
    """One time that somebody is away. Whether it holds is computed when asked: `valid`, begun, not over."""

    __tablename__ = "stand_in"
    __table_args__ = (
        sa.Index("ix_stand_in_account", "account_id", "ends_at"),
        sa.Index("ix_stand_in_absent", "absent_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int]
    absent_name: Mapped[str] = mapped_column(sa.String(80))
    #: Who stands in.
    account_id: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    first_on: Mapped[date]
    last_on: Mapped[date]
    #: 0:00 of the first day and 24:00 of the last, or when it was ended before that.
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(sa.Text)
    #: asked (a leader's waits for its confirmation), valid, refused, ended (before its last day)
    state: Mapped[str] = mapped_column(sa.String(10))
    named_by_id: Mapped[int | None]
    named_by: Mapped[str] = mapped_column(sa.String(80))
    named_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(sa.String(80))
    #: Why it was refused or ended.
    remark: Mapped[str] = mapped_column(sa.Text, default="")


class TakenOver(Base):
    """An item that a stand-in took out of the hands of whoever is away. It counts while the item is still in the hands
    that took it, since that very instant; when the standing-in ends it goes back."""

    __tablename__ = "taken_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    stand_in_id: Mapped[int] = mapped_column(sa.ForeignKey("stand_in.id"), index=True)
    work_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), index=True)
    account_id: Mapped[int]
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    #: When it was given back, or found to be in other hands.
    settled_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
