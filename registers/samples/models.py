"""Draws: their promised seed, the frozen population, who was drawn, what was found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed


class Sample(Base):
    """One draw: of a spot check from a frozen population, or a running series from which each case is drawn as it
    comes (特困 30 %)."""

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The spot check that ordered it; None for a running series.
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), unique=True)
    #: `tekun:pingluo:0.3:2026-03`; None for a spot check.
    series: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    #: benefits, cases, notices, payments; the scheme of a series.
    population: Mapped[str] = mapped_column(sa.String(40))
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    #: What is drawn from: only what came about since that day.
    since: Mapped[date | None]
    #: A share (`0.3`) as written, or a number of units; exactly one of the two.
    rate: Mapped[str | None] = mapped_column(sa.String(12))
    size: Mapped[int | None]
    #: How tickets are made (registers/samples/lottery.py).
    rule: Mapped[str] = mapped_column(sa.String(20))
    #: Hex; shown once the draw is done, or the month of a series is over.
    seed: Mapped[Any] = mapped_column(Sealed)
    promise: Mapped[str] = mapped_column(sa.String(64))
    promised_at: Mapped[datetime] = mapped_column(Instant)
    #: What the second person added, and who that was.
    words: Mapped[str] = mapped_column(sa.String(80), default="")
    witness: Mapped[str | None] = mapped_column(sa.String(80))
    #: Of the frozen population: its hash, its size, when.
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    count: Mapped[int] = mapped_column(default=0)
    drawn: Mapped[int] = mapped_column(default=0)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The summary that everybody may read, and since when.
    summary: Mapped[str | None] = mapped_column(sa.Text)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class SampleUnit(Base):
    """One unit of a population, in the order in which it was frozen."""

    __tablename__ = "sample_unit"
    __table_args__ = (sa.UniqueConstraint("sample_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(sa.ForeignKey("sample.id"), index=True)
    place: Mapped[int]
    #: Says nothing of a person: `benefit-12`, a case's number.
    key: Mapped[str] = mapped_column(sa.String(80))
    area: Mapped[str] = mapped_column(sa.String(120))
    #: The case that it comes from: whoever had a hand in it does not check it.
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    drawn: Mapped[bool] = mapped_column(default=False)
    #: Drawn because the series would have fallen below its rate.
    forced: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Instant)


class Check(Base):
    """The visit to one drawn unit: a case of its own."""

    __tablename__ = "sample_check"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("sample_unit.id"), unique=True)
    #: The spot check that it belongs to.
    parent_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    visited_at: Mapped[datetime | None] = mapped_column(Instant)
    #: None until the visit; then whether something was wrong.
    wrong: Mapped[bool | None]
    #: What was found and what became of it, sealed: it speaks of people.
    findings: Mapped[Any] = mapped_column(Sealed, nullable=True)
    rectified_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Handed over to the discipline office.
    handed_over: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
