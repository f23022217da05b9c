"""Leads: people who may be missed by assistance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json, Sealed


class Lead(Base):
    """Somebody whom one of the seven groups of the plan names (plan 二（二）2), and what came of looking."""

    __tablename__ = "lead"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    #: {"name", "phone", "id_number"}
    person: Mapped[Any] = mapped_column(Sealed)
    fingerprint: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: The groups that name the person.
    groups: Mapped[Any] = mapped_column(Json)
    #: entitled, uncovered, complex, doubtful (2023意见 三（四）)
    kind: Mapped[str] = mapped_column(sa.String(12))
    receives: Mapped[str] = mapped_column(sa.String(200), default="")
    reported_at: Mapped[datetime] = mapped_column(Instant)
    #: not_needed, refuses, apply
    result: Mapped[str] = mapped_column(sa.String(12), default="")
    #: The scheme that the person was helped to apply for.
    scheme: Mapped[str] = mapped_column(sa.String(40), default="")
