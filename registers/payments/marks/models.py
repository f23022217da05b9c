"""Marks on people, by the keyed hash of their ID number."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class Mark(Base):
    """That somebody died, is in prison, in compulsory treatment or moved away, and who said so."""

    __tablename__ = "person_mark"
    __table_args__ = (sa.UniqueConstraint("fingerprint", "kind", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    masked: Mapped[str] = mapped_column(sa.String(18))
    #: died, prison, treatment, moved
    kind: Mapped[str] = mapped_column(sa.String(10))
    since: Mapped[date]
    #: The last day of it, once it is over (released, moved back); None while it lasts.
    until: Mapped[date | None]
    #: 殡葬信息比对 2026-03
    source: Mapped[str] = mapped_column(sa.String(120))
    noted_by: Mapped[str] = mapped_column(sa.String(80))
    noted_at: Mapped[datetime] = mapped_column(Instant)
