"""Attachments: what was uploaded, by whom, to which case; the bytes lie sealed in the installation's folder."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed

_PENDING = sa.text("instance_id IS NULL")


class Attachment(Base):
    """A file of a case. Of an application that was not handed in yet it has no case, only who uploaded it for which
    draft. It is never changed and never deleted while the file must be kept: who takes it back leaves a scar."""

    __tablename__ = "attachment"
    __table_args__ = (
        sa.Index("ix_attachment_pending", "added_by_id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: Of one without a case: the key of the draft for which it was uploaded.
    draft_key: Mapped[str | None] = mapped_column(sa.String(120))
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_item.id"))
    #: The field of a form, as posted (`photos`, `members[0].photo`).
    field: Mapped[str | None] = mapped_column(sa.String(200))
    #: One of words.KINDS.
    kind: Mapped[str] = mapped_column(sa.String(20), default="other")
    #: What its owner called it: names of people stand in names of files.
    name: Mapped[str] = mapped_column(Sealed)
    #: image/jpeg, image/png, image/webp, application/pdf: judged by its content.
    type: Mapped[str] = mapped_column(sa.String(20))
    size: Mapped[int]
    #: Of the very bytes that were uploaded; the journal says it too.
    sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    #: When the picture says that it was taken; else what the phone said that sent it.
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    #: {"lat", "lon", "camera", "exif": whether the time is the picture's own}
    told: Mapped[Any] = mapped_column(Sealed, default=dict)
    #: The day that the form names on which it was handed in: of the visit, of the posting.
    happened_on: Mapped[date | None]
    #: Names in the store; the second is a small picture of the first.
    stored: Mapped[str] = mapped_column(sa.String(40), index=True)
    thumb: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    added_by_id: Mapped[int | None]
    added_by: Mapped[str] = mapped_column(sa.String(80))
    added_at: Mapped[datetime] = mapped_column(Instant)
    #: When a form that names it was handed in.
    handed_in_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by: Mapped[str | None] = mapped_column(sa.String(80))
    withdrawn_why: Mapped[str | None] = mapped_column(sa.Text)

    @property
    def is_image(self) -> bool:
        return self.type.startswith("image/")
