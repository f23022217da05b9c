"""Appeals: against what, from whom, with what result."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed


class Appeal(Base):
    """An appeal within the house; reconsideration and court stay open beside it (57号 art. 37)."""

    __tablename__ = "appeal"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    #: The case appealed against.
    parent_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: refusal, reduction, stop, data_check, inaction
    kind: Mapped[str] = mapped_column(sa.String(12))
    #: {"appellant", "phone", "request"}
    told: Mapped[Any] = mapped_column(Sealed)
    admitted: Mapped[bool]
    why_not: Mapped[str] = mapped_column(sa.Text, default="")
    filed_at: Mapped[datetime] = mapped_column(Instant)
    #: upheld (the decision stands), changed, redo; None while open.
    result: Mapped[str | None] = mapped_column(sa.String(10))
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class Remedy(Base):
    """How long a served decision may be taken to reconsideration and to court (复议法 art. 20, 行诉法 art. 46)."""

    __tablename__ = "remedy"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    served_on: Mapped[date]
    reconsideration_until: Mapped[date]
    lawsuit_until: Mapped[date]
    final_at: Mapped[datetime | None] = mapped_column(Instant)
