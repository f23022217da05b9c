"""The clock table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Clock(Base):
    """One named deadline of an instance. Overdue, light and remaining days are never stored."""

    __tablename__ = "clock"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "name"),
        sa.Index("ix_clock_running", "satisfied_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"))
    name: Mapped[str] = mapped_column(sa.String(40))
    #: The length it was given: `30wd`.
    budget: Mapped[str] = mapped_column(sa.String(12))
    started_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    #: How the date came about, as in a work item.
    basis: Mapped[Any] = mapped_column(Json)
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    satisfied_at: Mapped[datetime | None] = mapped_column(Instant)
