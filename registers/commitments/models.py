"""What was promised instead of a proof, what came of it, and who may not promise again until trust is repaired."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json, Sealed


class Commitment(Base):
    """A letter of commitment (承诺书) at a case of assistance; a case of its own."""

    __tablename__ = "commitment"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: The case that it is for.
    parent_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"), index=True)
    #: Codes of proofs.json.
    items: Mapped[Any] = mapped_column(Json, default=list)
    #: [{"item", "fact"}]: what is promised, in the applicant's words.
    promises: Mapped[Any] = mapped_column(Sealed, nullable=True)
    signer: Mapped[str] = mapped_column(sa.String(80), default="")
    signed_on: Mapped[date | None]
    #: Whether it was read aloud, and before which witness.
    witness: Mapped[str] = mapped_column(sa.String(80), default="")
    #: offered, signed, kept, corrected, mistake, false
    state: Mapped[str] = mapped_column(sa.String(10), default="offered")
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    #: When what follows for the case itself was done; None while it is due.
    followed_at: Mapped[datetime | None] = mapped_column(Instant)


class Distrust(Base):
    """A false promise on record (失信): until it is repaired, its household is asked for proofs."""

    __tablename__ = "distrust"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), unique=True)
    #: Keyed hash of the ID number of whoever signed; found in whatever household they live.
    fingerprint: Mapped[str] = mapped_column(sa.String(64), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    area: Mapped[str] = mapped_column(sa.String(120))
    items: Mapped[Any] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(sa.Text)
    logged_at: Mapped[datetime] = mapped_column(Instant)
    #: The day from which repair may be asked for.
    repair_from: Mapped[date]
    correct_by: Mapped[date | None]
    #: logged, asked, repaired
    state: Mapped[str] = mapped_column(sa.String(10), default="logged")
    asked_by_id: Mapped[int | None]
    asked_by: Mapped[str | None] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    asked_reason: Mapped[str] = mapped_column(sa.Text, default="")
    repaired_by: Mapped[str | None] = mapped_column(sa.String(80))
    repaired_at: Mapped[datetime | None] = mapped_column(Instant)
    repaired_reason: Mapped[str] = mapped_column(sa.Text, default="")
