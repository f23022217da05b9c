"""Rounds of signers and what each of them said."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Instant

_WAITS = sa.text("state = 'waiting'")


class Round(Base):
    """One time that an item's holder asked colleagues to sign."""

    __tablename__ = "signer_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), index=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: before (the holder hands in after them), after (the step ends after them)
    place: Mapped[str] = mapped_column(sa.String(10))
    #: all (everybody), order (everybody, one after another), any (one is enough), quorum (`needed` are enough)
    mode: Mapped[str] = mapped_column(sa.String(10))
    needed: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.Text)
    asked_by_id: Mapped[int | None]
    asked_by: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    #: open, agreed, objected (until the holder has answered), answered, withdrawn
    state: Mapped[str] = mapped_column(sa.String(10), default="open")
    #: What the holder did about objections.
    answer: Mapped[str] = mapped_column(sa.Text, default="")

    signers: Mapped[list[Signer]] = relationship(lazy="selectin", order_by="Signer.position")

    @property
    def stands_in_the_way(self) -> bool:
        """Whether the item cannot go on: somebody still has to sign, or an objection has no answer."""
        return self.state in ("open", "objected")


class Signer(Base):
    """One colleague in a round. A replaced one keeps their row, marked as removed."""

    __tablename__ = "signer"
    __table_args__ = (
        sa.Index("ix_signer_waits", "account_id", "round_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("signer_round.id"), index=True)
    account_id: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    #: waiting, agreed, objected, removed
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")
    opinion: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    #: What they saw when they signed: an agreement to something else counts no more.
    submission_id: Mapped[int | None]
    #: Why somebody was taken out, or who came in their place.
    note: Mapped[str] = mapped_column(sa.Text, default="")
