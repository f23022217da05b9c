"""What people complain of, who was reported, who may hear of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json, Sealed


class Complaint(Base):
    """A matter that somebody brought (信访事项), by whatever channel: one row an instance of `petition`."""

    __tablename__ = "complaint"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: request, report, advice, inquiry
    kind: Mapped[str] = mapped_column(sa.String(10))
    #: letter, visit, phone, online, 12345, 12349, transfer
    channel: Mapped[str] = mapped_column(sa.String(10))
    #: What it is about (a scheme, payment, conduct …), and whether staff, a recipient or something else.
    subject: Mapped[str] = mapped_column(sa.String(20))
    about: Mapped[str] = mapped_column(sa.String(10))
    named: Mapped[bool]
    #: {"name", "phone", "id_number", "content", "request", …}: who and what, sealed.
    told: Mapped[Any] = mapped_column(Sealed)
    #: Keyed hash of who complains; None for an anonymous matter.
    person: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    #: Keyed hash of who complains of what: finds a repeat without being readable.
    matter: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    #: The case that it is about.
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The earlier matter of the same person about the same thing.
    repeats_id: Mapped[int | None] = mapped_column(sa.ForeignKey("complaint.instance_id"), index=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    received_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(sa.String(80))
    #: petition, discipline, investigation, advice, answer
    route: Mapped[str | None] = mapped_column(sa.String(16))
    accepted_on: Mapped[date | None]
    #: When the answer reached the person, and the last day on which a review may be asked for (art. 35).
    replied_on: Mapped[date | None]
    ask_until: Mapped[date | None]
    #: supported, partly, unsupported (an answer); else what became of it: handed_over, returned, …
    result: Mapped[str | None] = mapped_column(sa.String(20))
    #: The plan's three tests (2.3.1): {"helped", "solved", "explained"}, each what was done.
    tests: Mapped[Any] = mapped_column(Json, default=dict)
    #: A recheck was answered: the same facts and reasons are not accepted again (art. 36).
    final: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Review(Base):
    """A review (复查) of an answer, or a recheck (复核) of a review: one row an instance of `petition_review`."""

    __tablename__ = "complaint_review"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: The matter in the end, and what is reviewed: its petition, or its review.
    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaint.instance_id"), index=True)
    parent_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), unique=True)
    #: review, recheck
    level: Mapped[str] = mapped_column(sa.String(8))
    asked_on: Mapped[date]
    in_time: Mapped[bool]
    #: uphold, change
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    replied_on: Mapped[date | None]
    ask_until: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Report(Base):
    """A report against staff or cadres (检举控告): one row an instance of `report`."""

    __tablename__ = "report"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: The petition or the spot check's visit that it came from.
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: petition, clue (found while a petition was handled), check
    source: Mapped[str] = mapped_column(sa.String(10))
    named: Mapped[bool]
    #: {"name", "phone", "content", …}, sealed.
    told: Mapped[Any] = mapped_column(Sealed)
    matter: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    #: The same person reported the same before: they are not told of its acceptance again.
    repeats_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report.instance_id"), index=True)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    received_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    #: accept, forward, refuse
    taken: Mapped[str | None] = mapped_column(sa.String(10))
    told_on: Mapped[date | None]
    #: proved, partly, unproved
    result: Mapped[str | None] = mapped_column(sa.String(10))
    fed_back_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Accused(Base):
    """Somebody whom a matter speaks against. Found by account, or by name: every account of that name keeps out."""

    __tablename__ = "accused"
    __table_args__ = (sa.Index("ix_accused_account", "account_id", "instance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: {"name", "unit"}, sealed: a ledger of the accused would be a weapon.
    told: Mapped[Any] = mapped_column(Sealed)
    #: Keyed hash of the name.
    name_key: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: village, clerk, investigator, director, deputy, head, discipline, county, other
    post: Mapped[str] = mapped_column(sa.String(12))
    #: The account that bears this name, or that the discipline office identified; one row an account.
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    #: Not accused but a near relative of an accused who has no account, so that no account says it.
    kin: Mapped[bool] = mapped_column(default=False)


class Seal(Base):
    """A case kept from all but the discipline office and the county; `county`: from the township altogether, because
    its discipline officer or its head is accused."""

    __tablename__ = "complaint_seal"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: township, county
    level: Mapped[str] = mapped_column(sa.String(10), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
