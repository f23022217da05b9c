"""Notices (告知书/通知书): official documents with their number and text."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed


class Notice(Base):
    """A document that was issued: numbered without gaps, its text kept as it was."""

    __tablename__ = "notice"
    __table_args__ = (sa.UniqueConstraint("number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The step that issued it: a step that is run again does not issue twice.
    task_id: Mapped[str] = mapped_column(sa.String(36), unique=True)
    template: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[str] = mapped_column(sa.String(60))
    #: The rendered text, sealed: it names the family and its reasons.
    html: Mapped[str] = mapped_column(Sealed)
    issued_at: Mapped[datetime] = mapped_column(Instant)
