"""The demonstration's own table."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base


class DemonstrationClock(Base):
    """How far the business clock of a demonstration stands from the wall clock; one row, read by every process."""

    __tablename__ = "demonstration_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(sa.BigInteger, default=0)
