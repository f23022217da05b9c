"""The parameter table and the proposals to change it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json

_LIVE = sa.text("voided_at IS NULL")
_OPEN = sa.text("status = 'open'")


class Parameter(Base):
    """One dated value: what it is, from when, on which clause, from which source, who set and who confirmed it.

    A value that was wrong is never overwritten: the correction stands beside it, and the row says since when it is
    void.
    """

    __tablename__ = "parameter"
    __table_args__ = (
        sa.Index("ix_parameter_live", "name", "valid_from", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), index=True)
    label: Mapped[str] = mapped_column(sa.String(120), default="")
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(sa.String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    source: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    confidence: Mapped[str] = mapped_column(sa.String(10), default="")
    set_by: Mapped[str] = mapped_column(sa.String(80))
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(80))
    set_at: Mapped[datetime] = mapped_column(Instant)
    #: The proposal that brought it; None for what the installation loaded.
    proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("parameter_proposal.id"))
    #: Since when it is void, because a correction or a later decision for the same days took its place.
    voided_at: Mapped[datetime | None] = mapped_column(Instant)


class ParameterSnapshot(Base):
    """All values as a case was decided on them, by the hash of what they are: thousands of cases share one row."""

    __tablename__ = "parameter_snapshot"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: {name: value} as expressions see it, money in fen.
    content: Mapped[Any] = mapped_column(Json)


class ParameterProposal(Base):
    """A change that one person proposes and another confirms or sends back. What is proposed never changes: whoever
    wants something else withdraws it and proposes anew."""

    __tablename__ = "parameter_proposal"
    __table_args__ = (
        sa.Index(
            "ix_parameter_proposal_open",
            "name",
            "valid_from",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made with the form, so that a second press of its button is the same proposal.
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), index=True)
    label: Mapped[str] = mapped_column(sa.String(120))
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(sa.String(20))
    #: What the day had when it was proposed; None when nothing was in force.
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    valid_from: Mapped[date]
    #: The last day; None: until something else follows.
    valid_to: Mapped[date | None]
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    source: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text)
    #: It changes days that have come already.
    correction: Mapped[bool] = mapped_column(default=False)
    #: The doubts (engine.parameters.doubts) that the proposer was shown and answered for.
    accepted: Mapped[Any] = mapped_column(Json, default=list)
    #: open, confirmed, refused, withdrawn
    status: Mapped[str] = mapped_column(sa.String(10), default="open", index=True)
    proposed_by_id: Mapped[int]
    proposed_by: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Why it was refused or withdrawn.
    remark: Mapped[str] = mapped_column(sa.Text, default="")
