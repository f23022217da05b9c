"""The outbox table."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class Message(Base):
    """One message to the holders of a role in an area, or to one account."""

    __tablename__ = "message"
    __table_args__ = (sa.Index("ix_message_waiting", "delivered_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str | None] = mapped_column(sa.String(40))
    area: Mapped[str | None] = mapped_column(sa.String(120))
    account_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text, default="")
    instance_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)
