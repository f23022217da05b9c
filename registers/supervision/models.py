"""Orders of supervised handling (督办单)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant

_OPEN = sa.text("closed_at IS NULL")


class Order(Base):
    """A written order about a case: to whom, what, by when to reply. Its deadline is a clock of the case
    (`reply_ID`), so that it has a date that explains itself, a ladder and a place on the leaders' board."""

    __tablename__ = "supervision_order"
    __table_args__ = (sa.Index("ix_supervision_order_open", "instance_id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 高仁民救督〔2026〕1号
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    work_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_item.id"))
    clock_id: Mapped[int | None] = mapped_column(sa.ForeignKey("clock.id"))
    #: What must be done, and why.
    text: Mapped[str] = mapped_column(sa.Text)
    issued_by_id: Mapped[int]
    issued_by: Mapped[str] = mapped_column(sa.String(80))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    to_id: Mapped[int] = mapped_column(index=True)
    to_name: Mapped[str] = mapped_column(sa.String(80))
    reply: Mapped[str | None] = mapped_column(sa.Text)
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The issuer is content and the order is closed.
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str | None] = mapped_column(sa.String(80))
    remark: Mapped[str] = mapped_column(sa.Text, default="")
