"""The register of back-entries: what was done on paper, when, on what evidence, who entered it and who confirmed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json, Sealed

_ASKED = sa.text("state = 'asked'")


class BackEntry(Base):
    """One act on paper of one work item. It has no effect before enough other people have confirmed it."""

    __tablename__ = "back_entry"
    __table_args__ = (
        # One at a time for an item.
        sa.Index("uq_back_entry_open", "work_item_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
        sa.Index("ix_back_entry_entered", "entered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    work_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    #: asked, confirmed, refused, taken_back
    state: Mapped[str] = mapped_column(sa.String(12), default="asked")
    #: When it was done, in the real world; business clock.
    acted_at: Mapped[datetime] = mapped_column(Instant)
    #: When it was entered, by the business clock, and by the wall clock.
    entered_at: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    entered_by_id: Mapped[int | None]
    entered_by: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.Text)
    #: The paper: {"number", "place"}, and later the scan ({"attachment"}).
    evidence: Mapped[Any] = mapped_column(Sealed)
    #: What the form holds, typed, as it was judged.
    values: Mapped[Any] = mapped_column(Sealed)
    #: Whether the item was late already when it was entered, and whether it was when it was done.
    late_entered: Mapped[bool]
    late_acted: Mapped[bool]
    #: [{"id", "name", "at"}] of those who confirmed so far.
    confirmed_by: Mapped[Any] = mapped_column(Json, default=list)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(sa.String(80))
    remark: Mapped[str] = mapped_column(sa.Text, default="")
    submission_id: Mapped[int | None]
