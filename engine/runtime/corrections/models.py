"""What was asked to be corrected: by whom, of whose form, what was marked, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Instant, Json
from engine.runtime.models import Instance

_ASKED = sa.text("state = 'asked'")


class Correction(Base):
    """One time that the holder of an item had the form of an earlier step corrected."""

    __tablename__ = "correction"
    __table_args__ = (
        # One at a time for an item that waits, and one for a form.
        sa.Index("uq_correction_waits", "for_item_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
        sa.Index("uq_correction_form", "of_item_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: asked, done (it came back), cancelled (taken back, or overtaken by what happened to the case)
    state: Mapped[str] = mapped_column(sa.String(12), default="asked")
    #: The item whose holder asked; it waits.
    for_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"))
    for_name: Mapped[str] = mapped_column(sa.String(120))
    #: The item that was done, as it stands in the flow, and the one in which its form is corrected.
    of_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"))
    of_name: Mapped[str] = mapped_column(sa.String(120))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), index=True)
    #: What is wrong, by field: [{"field", "label", "remark"}].
    marks: Mapped[Any] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    #: Why it could not come straight back when it was last handed in; empty when nothing stood in the way.
    stuck: Mapped[str] = mapped_column(sa.Text, default="")
    #: Labels of the fields that were changed, once it came back.
    changed: Mapped[Any] = mapped_column(Json, default=list)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(sa.String(80))
    #: Why it was taken back.
    remark: Mapped[str] = mapped_column(sa.Text, default="")

    instance: Mapped[Instance] = relationship()
