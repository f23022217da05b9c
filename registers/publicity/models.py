"""Publicity (公示): what was posted, where, until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Publicity(Base):
    """One posting. Its columns are the whitelist of policy.md §7.2; nothing else about the family is kept here."""

    __tablename__ = "publicity"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    applicant: Mapped[str] = mapped_column(sa.String(80))
    members: Mapped[int]
    scheme: Mapped[str] = mapped_column(sa.String(40))
    #: A posting that is put up again (torn down, wrong) belongs to the same round: what was objected to still counts.
    round: Mapped[int] = mapped_column(default=1)
    #: Proposed, in fen a month.
    amount: Mapped[int]
    place: Mapped[str] = mapped_column(sa.String(120))
    phone: Mapped[str] = mapped_column(sa.String(60))
    posted_at: Mapped[datetime] = mapped_column(Instant)
    #: The last day; it ends at 24:00 (57号 art. 19).
    until: Mapped[date] = mapped_column(index=True)
    #: How that day came about, for "why this date".
    basis: Mapped[Any] = mapped_column(Json, nullable=True)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Closed by a posting that took its place, not at its end.
    superseded: Mapped[bool] = mapped_column(default=False)
