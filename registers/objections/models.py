"""Objections (异议) to what is in publicity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed


class Objection(Base):
    """One objection, a case of its own. Who objects is sealed and never shown to the household."""

    __tablename__ = "objection"

    #: The instance of its sub-case.
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: The case that it is about.
    parent_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    publicity_id: Mapped[int] = mapped_column(sa.ForeignKey("publicity.id"), index=True)
    #: {"objector_name", "objector_phone", "content"}
    told: Mapped[Any] = mapped_column(Sealed)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    upheld: Mapped[bool | None]
