"""The tables of the statutory clocks: the clock, its ledger, requests for an extension."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Instant, Json
from engine.runtime.models import Instance

_RUNS = sa.text("ended_at IS NULL")
_RISES = sa.text("rung_at IS NOT NULL")
_EXTENDED = sa.text("ended_at IS NULL AND lap > 0")


class Clock(Base):
    """One named deadline of an instance. Overdue, light and remaining days are never stored (law 6): the columns are
    what they are worked out from."""

    __tablename__ = "clock"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "name"),
        sa.Index("ix_clock_runs", "due_at", sqlite_where=_RUNS, postgresql_where=_RUNS),
        sa.Index("ix_clock_extended", "lap", sqlite_where=_EXTENDED, postgresql_where=_EXTENDED),
        sa.Index("ix_clock_rung", "rung_at", sqlite_where=_RISES, postgresql_where=_RISES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"))
    #: Its name in the catalogue (`total`); an order's reply is `reply_12`.
    name: Mapped[str] = mapped_column(sa.String(60))
    #: As people read it: 全程办理时限.
    title: Mapped[str] = mapped_column(sa.String(80))
    #: advisory (an alarm), service (what we promise), legal (what the law demands).
    kind: Mapped[str] = mapped_column(sa.String(10))
    #: The length it was given: `30wd`.
    budget: Mapped[str] = mapped_column(sa.String(12))
    #: The length to which it may be extended (`45wd`); None when it may not.
    extends_to: Mapped[str | None] = mapped_column(sa.String(12))
    #: How often it was extended; each time its ladder begins anew.
    lap: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(Instant)
    #: When the timer that started it was due, if it came later (the machine was down): the clock starts when it ran.
    meant_at: Mapped[datetime | None] = mapped_column(Instant)
    #: 24:00 of the last day; None while it is paused.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    #: From here on it is yellow.
    warn_at: Mapped[datetime | None] = mapped_column(Instant)
    warn: Mapped[str | None] = mapped_column(sa.String(12))
    #: How the date came about: {"length", "start", "raw", "due", "provisional", "calendar", "why"}.
    basis: Mapped[Any] = mapped_column(Json)
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    ladder: Mapped[str | None] = mapped_column(sa.String(200))
    #: When the next rung of its ladder is due; None when none is.
    rung_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Who must meet it, when that is not whoever has the case in hand (the addressee of an order).
    holder_id: Mapped[int | None]
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    #: When it stopped running, and how: `satisfied`, or `lapsed` because its case ended without it.
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ending: Mapped[str | None] = mapped_column(sa.String(10))
    version: Mapped[int] = mapped_column(default=1)

    instance: Mapped[Instance] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it from the class


class ClockEntry(Base):
    """A line of a clock's ledger, never changed: what happened to it, when, why, and the date that came of it."""

    __tablename__ = "clock_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(sa.ForeignKey("clock.id"), index=True)
    #: started, paused, resumed, extended, recounted, satisfied, lapsed
    kind: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime] = mapped_column(Instant)
    #: The code of a pause or an extension (`force_majeure`, `objection`).
    cause: Mapped[str | None] = mapped_column(sa.String(40))
    #: Why, in words.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    who: Mapped[str] = mapped_column(sa.String(80))
    #: The date after this entry; None while the clock is paused.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    #: When it was entered, if that was later than it happened (补录); None otherwise.
    entered_at: Mapped[datetime | None] = mapped_column(Instant)


class Extension(Base):
    """Somebody asked that a clock be extended; somebody else grants or refuses it (延期审批单)."""

    __tablename__ = "clock_extension"
    __table_args__ = (
        # One open request a clock at a time.
        sa.Index(
            "uq_clock_extension_open",
            "clock_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(sa.ForeignKey("clock.id"), index=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: A code of the parameter `extension_reasons`.
    reason: Mapped[str] = mapped_column(sa.String(40))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    asked_by_id: Mapped[int]
    asked_by: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    granted: Mapped[bool | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    remark: Mapped[str] = mapped_column(sa.Text, default="")

    clock: Mapped[Clock] = relationship(lazy="raise")
