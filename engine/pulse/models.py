"""The table of living processes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class Pulse(Base):
    """One process of the installation: what it is, since when, when it was last seen (all by the wall clock)."""

    __tablename__ = "pulse"

    #: host:pid:start, unlike any other process.
    id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    #: timers (web processes answer for themselves at /healthz)
    kind: Mapped[str] = mapped_column(sa.String(10))
    host: Mapped[str] = mapped_column(sa.String(80))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    #: Since it started: timers and rungs fired, and tries that failed.
    fired: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
