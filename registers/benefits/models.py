"""Decisions on benefits: confirmed or refused."""

from __future__ import annotations

from datetime import datetime
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
