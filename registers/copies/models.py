"""Copies of cases and items for readers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant

_UNREAD = sa.text("read_at IS NULL")


class CaseCopy(Base):
    """Somebody was shown a case, or an item of it. It gives no right: the page asks the veto whenever it is opened."""

    __tablename__ = "case_copy"
    __table_args__ = (
        sa.Index("ix_case_copy_mine", "to_id", "id"),
        sa.Index("ix_case_copy_unread", "to_id", "instance_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    work_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_item.id"))
    to_id: Mapped[int]
    to_name: Mapped[str] = mapped_column(sa.String(80))
    from_id: Mapped[int]
    from_name: Mapped[str] = mapped_column(sa.String(80))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    sent_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
