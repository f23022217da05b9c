"""The journal's tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class JournalEntry(Base):
    """One operation that happened. Entries of a stream form a chain: each hash covers the one before it."""

    __tablename__ = "journal_entry"
    __table_args__ = (sa.UniqueConstraint("stream", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `instance:12` for a case, else a subject: `parameters`, `accounts`, `releases`.
    stream: Mapped[str] = mapped_column(sa.String(80))
    seq: Mapped[int]
    verb: Mapped[str] = mapped_column(sa.String(60))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(sa.String(80))
    instance_id: Mapped[int | None] = mapped_column(index=True)
    #: What the sentence speaks of; never an ID number, a phone or a bank account.
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    after: Mapped[Any] = mapped_column(Json, nullable=True)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    #: When it happened in the law's sense (business clock) and when it was entered (wall clock).
    acted_at: Mapped[datetime] = mapped_column(Instant)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    prev: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class JournalStream(Base):
    """The head of a stream that has no instance row to keep it."""

    __tablename__ = "journal_stream"

    stream: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    journal_seq: Mapped[int] = mapped_column(default=0)
    journal_hash: Mapped[str] = mapped_column(sa.String(64), default="")
