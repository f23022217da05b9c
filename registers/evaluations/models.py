"""Civil evaluation meetings: who came, who kept out, how they voted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Evaluation(Base):
    """A meeting on one case (57号 art. 19; 2020意见 item 24). The reasons of the family are not on its paper."""

    __tablename__ = "evaluation"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The step that recorded it: run again, it writes the same row.
    task_id: Mapped[str] = mapped_column(sa.String(36), unique=True)
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(sa.String(100))
    chair: Mapped[str] = mapped_column(sa.String(80))
    recorder: Mapped[str] = mapped_column(sa.String(80))
    #: [{"name", "capacity"}]
    attendees: Mapped[Any] = mapped_column(Json)
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    votes_abstain: Mapped[int]
    conclusion: Mapped[str] = mapped_column(sa.Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
