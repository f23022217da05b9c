"""The table of rungs that fired."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Rung(Base):
    """One step of a ladder that was taken: once, by this key, whatever the number of processes (law 7). Whom it told
    are the copies of its message."""

    __tablename__ = "rung"
    __table_args__ = (sa.UniqueConstraint("subject", "subject_id", "lap", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: `item` or `clock`, and the row's id.
    subject: Mapped[str] = mapped_column(sa.String(8))
    subject_id: Mapped[int]
    #: The extension of the clock that it belongs to (0 for work items).
    lap: Mapped[int] = mapped_column(default=0)
    #: As the ladder writes it: `deputy@+1wd`.
    step: Mapped[str] = mapped_column(sa.String(60))
    #: The role that was told in the end: higher than the step's when that one had nobody free of a conflict.
    role: Mapped[str] = mapped_column(sa.String(40))
    #: When it was due, and when it was taken.
    due_at: Mapped[datetime] = mapped_column(Instant)
    fired_at: Mapped[datetime] = mapped_column(Instant)
    #: [{"role", "account_id", "name", "reason"}]: who was passed over, and why; no account for a vacant role.
    skipped: Mapped[Any] = mapped_column(Json, default=list)
    message_id: Mapped[int | None] = mapped_column(index=True)
