"""What was said about a case: remarks, questions to a colleague, their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed

_WAITS = sa.text("kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL")


class Remark(Base):
    """One thing that somebody wrote. It is never edited; its author may strike it out on the day, and it stays legible.
    Sealed, since it may name people; the journal has that it was said, never the words."""

    __tablename__ = "remark"
    __table_args__ = (
        sa.Index("ix_remark_asked", "asked_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        sa.Index("ix_remark_by", "by_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The item at which it was said; None for the case.
    work_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_item.id"))
    #: comment, question, answer
    kind: Mapped[str] = mapped_column(sa.String(10))
    #: Of an answer: its question.
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("remark.id"), index=True)
    text: Mapped[Any] = mapped_column(Sealed)
    by_id: Mapped[int]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    #: Of a question: whom it asks, when it was answered or taken back.
    asked_id: Mapped[int | None]
    asked_name: Mapped[str | None] = mapped_column(sa.String(80))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    struck_reason: Mapped[Any] = mapped_column(Sealed, nullable=True)

    @property
    def waits(self) -> bool:
        """Whether it is a question that nobody answered yet."""
        over = self.answered_at or self.withdrawn_at or self.struck_at
        return self.kind == "question" and over is None
