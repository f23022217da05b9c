"""The tables of deployments: proposals, and which release was to be current from when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json

_OPEN = sa.text("status = 'open'")
_LIVE = sa.text("cancelled_at IS NULL")


class ReleaseProposal(Base):
    """That a release becomes current: proposed by one person, confirmed or sent back by another. What is proposed never
    changes: the files are a release already, it only does not run."""

    __tablename__ = "release_proposal"
    __table_args__ = (
        sa.Index("ix_release_proposal_open", "draft_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made with the form, so that a second press of its button is the same proposal.
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    #: None: an earlier release is to be current again.
    draft_id: Mapped[int | None] = mapped_column(sa.ForeignKey("model_draft.id"))
    release_id: Mapped[str] = mapped_column(sa.ForeignKey("release.id"))
    #: What it is to take the place of.
    base_id: Mapped[str | None] = mapped_column(sa.ForeignKey("release.id"))
    note: Mapped[str] = mapped_column(sa.Text)
    #: None: as soon as it is confirmed.
    valid_from: Mapped[datetime | None] = mapped_column(Instant)
    #: The doubts that the proposer was shown and answered for.
    accepted: Mapped[Any] = mapped_column(Json, default=list)
    #: open, confirmed, refused, withdrawn
    status: Mapped[str] = mapped_column(sa.String(10), default="open", index=True)
    proposed_by_id: Mapped[int]
    proposed_by: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Why it was sent back or withdrawn.
    remark: Mapped[str] = mapped_column(sa.Text, default="")


class Activation(Base):
    """From an instant on a release is the current one. Rows are only added, and cancelled before their time: which one
    is current follows from the rows and the instant alone (`engine.releases.queries.current`)."""

    __tablename__ = "release_activation"
    __table_args__ = (
        sa.Index("ix_release_activation_live", "valid_from", "id", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[str] = mapped_column(sa.ForeignKey("release.id"), index=True)
    valid_from: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: A release that was current before.
    again: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(sa.String(80))
    confirmed_by_id: Mapped[int | None]
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(80))
    proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("release_proposal.id"))
    #: When people were told that its day had come; None for what came into force at once.
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_by: Mapped[str | None] = mapped_column(sa.String(80))
    cancel_reason: Mapped[str] = mapped_column(sa.Text, default="")
