"""The tables of the calendar in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class CalendarYear(Base):
    """The State Council's schedule of one year, loaded from a file because the data package does not have it yet (or
    has it wrong)."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: {"2027-01-01": "元旦"}: days off.
    off: Mapped[Any] = mapped_column(Json)
    #: The same for make-up working days (调休上班).
    work: Mapped[Any] = mapped_column(Json)
    #: The notice: its number or its address.
    source: Mapped[str] = mapped_column(sa.Text)
    loaded_by: Mapped[str] = mapped_column(sa.String(80))
    loaded_at: Mapped[datetime] = mapped_column(Instant)


class CalendarDay(Base):
    """A local day: Ningxia's 开斋节 and 古尔邦节, a closure after a storm; it stands above the national schedule."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    #: A rest day, or (False) a day that is worked.
    off: Mapped[bool]
    name: Mapped[str] = mapped_column(sa.String(40))
    source: Mapped[str] = mapped_column(sa.Text)
    entered_by: Mapped[str] = mapped_column(sa.String(80))
    entered_at: Mapped[datetime] = mapped_column(Instant)


class CalendarEdition(Base):
    """One row: what the register holds, and up to which calendar the open dates have been counted."""

    __tablename__ = "calendar_edition"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Hash of the register's own rows: a process that knows it need not read them again.
    content: Mapped[str] = mapped_column(sa.String(64), default="")
    #: `Calendar.version` with which the last recount ended; empty before the first.
    counted: Mapped[str] = mapped_column(sa.String(64), default="")


class Recount(Base):
    """Counting every open date anew after the calendar changed: in chunks, resumable, with its progress."""

    __tablename__ = "calendar_recount"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The `Calendar.version` that it brings the open dates to.
    version: Mapped[str] = mapped_column(sa.String(64))
    #: Why, in words: 载入2027年放假安排.
    reason: Mapped[str] = mapped_column(sa.String(200))
    asked_by: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    #: Running instances when it began, those looked at, those whose dates moved.
    total: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    #: The last instance that was looked at.
    cursor: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
