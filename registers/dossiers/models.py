"""A dossier that somebody had made: how far it has come, and where it lies for an hour."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class Dossier(Base):
    """One dossier made for one person. The journal keeps that it was made; this row goes with the file."""

    __tablename__ = "dossier"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: working, done, failed
    state: Mapped[str] = mapped_column(sa.String(10), default="working")
    #: Whether numbers of people stand in it in full.
    full: Mapped[bool] = mapped_column(default=False)
    #: Parts made and parts in all.
    made: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    #: The name in the store, once it is done.
    stored: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    pages: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.Text, default="")
    asked_by_id: Mapped[int]
    asked_by: Mapped[str] = mapped_column(sa.String(80))
    #: The business instant that stands on its pages.
    asked_at: Mapped[datetime] = mapped_column(Instant)
    #: By the wall clock: what is not touched any more has died, and what is old goes.
    touched_at: Mapped[datetime] = mapped_column(Instant, index=True)
