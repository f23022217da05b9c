"""What went back: from where to where, by whom, why, what was undone, which fields were marked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Return(Base):
    """One time that a case went back. Never changed: a case's returns print as one list."""

    __tablename__ = "case_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: returned (退回), taken_back (取回), reopened (重新办理)
    kind: Mapped[str] = mapped_column(sa.String(12))
    #: The item from which it went back; None when the case was over.
    from_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_item.id"))
    from_name: Mapped[str] = mapped_column(sa.String(120))
    #: The item that was done and is done anew, and the new item.
    to_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"))
    to_name: Mapped[str] = mapped_column(sa.String(120))
    new_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), index=True)
    #: What is wrong, by field of the form gone back to: [{"field", "label", "remark"}].
    marks: Mapped[Any] = mapped_column(Json, default=list)
    #: Names of the steps that were done and count no more, in the order of the drawing.
    undone: Mapped[Any] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)
