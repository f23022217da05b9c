"""Assessments: the figures on which a case was judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Assessment(Base):
    """What came out for a household, with everything it rests on, so that it can be explained years later."""

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: What the gathering operations and the decisions of the case gave: income_per_head, failed_tests, amount …
    figures: Mapped[Any] = mapped_column(Json)
    #: The parameter values that were read, in context units (fen).
    parameters: Mapped[Any] = mapped_column(Json)
    #: {decision: {rows, inputs, outputs}}
    decisions: Mapped[Any] = mapped_column(Json)
    release_id: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
