"""The parameter table."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Parameter(Base):
    """One dated value: what it is, from when, on which clause, from which source, who set and who confirmed it."""

    __tablename__ = "parameter"
    __table_args__ = (sa.UniqueConstraint("name", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), index=True)
    label: Mapped[str] = mapped_column(sa.String(120), default="")
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(sa.String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    source: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    confidence: Mapped[str] = mapped_column(sa.String(10), default="")
    set_by: Mapped[str] = mapped_column(sa.String(80))
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(80))
    set_at: Mapped[datetime] = mapped_column(Instant)
