"""The area table."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base


class Area(Base):
    """A county, township or village; its path says where it lies: `pingluo/gaoren/hongliu`."""

    __tablename__ = "area"

    path: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    level: Mapped[str] = mapped_column(sa.String(12))
    #: True for the villages of a demonstration, which do not exist.
    synthetic: Mapped[bool] = mapped_column(default=False)
