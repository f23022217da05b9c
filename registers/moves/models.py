"""The register of moves: who asked for what, on what ground, who confirmed it, what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed

_ASKED = sa.text("state = 'asked'")


class Move(Base):
    """One move of a case. It has no effect until somebody else confirms it."""

    __tablename__ = "case_move"
    __table_args__ = (
        # One open question of a kind at a time.
        sa.Index("uq_case_move_open", "instance_id", "kind", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: withdraw, death, terminate, scheme, correct
    kind: Mapped[str] = mapped_column(sa.String(12))
    #: asked, confirmed, refused
    state: Mapped[str] = mapped_column(sa.String(10), default="asked")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: The day of the statement, of the death, of the last attempt.
    happened_on: Mapped[date]
    #: The statement, who signed it, the evidence: everything that was filled in.
    told: Mapped[Any] = mapped_column(Sealed)
    asked_by_id: Mapped[int | None]
    asked_by: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    remark: Mapped[str] = mapped_column(sa.Text, default="")
    #: What came of it, in words that name nobody.
    effect: Mapped[str] = mapped_column(sa.String(300), default="")
