"""Saved filters and follow-up dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json

_SHARED = sa.text("role IS NOT NULL")


class SavedFilter(Base):
    """An address of the inbox under a name. Shared, it is seen by whoever holds the role in the area; it is only an
    address: what it shows is what its reader may see."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "name"),
        sa.Index("ix_saved_filter_unit", "role", "area", sqlite_where=_SHARED, postgresql_where=_SHARED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    owner: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(30))
    #: The parameters of the address, the tab among them.
    query: Mapped[Any] = mapped_column(Json)
    role: Mapped[str | None] = mapped_column(sa.String(40))
    area: Mapped[str | None] = mapped_column(sa.String(120))
    saved_at: Mapped[datetime] = mapped_column(Instant)


class DeskStart(Base):
    """With which filter somebody's inbox opens: their own, or one that their unit shares."""

    __tablename__ = "desk_start"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    filter_id: Mapped[int] = mapped_column(sa.ForeignKey("saved_filter.id", ondelete="CASCADE"), index=True)


class FollowUp(Base):
    """The day on which whoever has an item looks at it again (跟进日期): no clock, light or ladder reads it."""

    __tablename__ = "follow_up"

    work_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), primary_key=True)
    on_date: Mapped[date]
    set_by_id: Mapped[int]
    set_by: Mapped[str] = mapped_column(sa.String(80))
    set_at: Mapped[datetime] = mapped_column(Instant)
