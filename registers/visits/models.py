"""Phones that may hold packets, what was taken along on them, and what came back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json, Sealed


class VisitPhone(Base):
    """A browser that keeps packets for one account. The secret is what its store is encrypted with: it lives here and
    is given out only to its account while signed in, so a phone that is reported lost is never opened again."""

    __tablename__ = "visit_phone"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(index=True)
    #: What the browser says it is, shortened: people tell their phones apart by it.
    label: Mapped[str] = mapped_column(sa.String(120))
    secret: Mapped[Any] = mapped_column(Sealed)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class VisitPacket(Base):
    """One work item taken along by its holder, with what its form held at that moment (the base of a later merge)."""

    __tablename__ = "visit_packet"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_id: Mapped[str] = mapped_column(sa.ForeignKey("visit_phone.id"), index=True)
    work_item_id: Mapped[int] = mapped_column(index=True)
    actor_id: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(Instant)
    #: The item's version and the submission that its signatures stood on, as last known to the phone.
    item_version: Mapped[int]
    submission_id: Mapped[int | None]
    #: The form's texts as both sides last had them.
    base: Mapped[Any] = mapped_column(Sealed)


class VisitEntry(Base):
    """One thing that a phone sent, under the key that the phone gave it: the same key again changes nothing."""

    __tablename__ = "visit_entry"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    packet_id: Mapped[int] = mapped_column(sa.ForeignKey("visit_packet.id"), index=True)
    work_item_id: Mapped[int] = mapped_column(index=True)
    actor_id: Mapped[int]
    #: draft, photo
    kind: Mapped[str] = mapped_column(sa.String(12))
    #: When it was typed or taken, by the phone's clock put right by `skew`.
    acted_at: Mapped[datetime] = mapped_column(Instant)
    #: By how many seconds the phone's clock was ahead of ours.
    skew: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Instant)
    #: What came of it: {"attachment": id} of a photo.
    outcome: Mapped[Any] = mapped_column(Json, default=dict)
