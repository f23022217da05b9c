"""The tables of drafts: the draft, what it has other than its base, and what came second."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.database import Base, Instant


class ModelDraft(Base):
    """A branch of a release. It holds no files of its own but those that were changed (`DraftFile`)."""

    __tablename__ = "model_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(80))
    #: What the next release note says; owners write it while they work.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    base_id: Mapped[str] = mapped_column(sa.ForeignKey("release.id"))
    #: open, proposed (nobody changes it), deployed, discarded
    state: Mapped[str] = mapped_column(sa.String(10), default="open", index=True)
    begun_by_id: Mapped[int | None]
    begun_by: Mapped[str] = mapped_column(sa.String(80))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    #: Who discarded it, so that the undo can say so.
    ended_by: Mapped[str | None] = mapped_column(sa.String(80))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class DraftFile(Base):
    """One file as the draft has it. A row never goes, so that a version never comes back with another content: what was
    put back to the base says so."""

    __tablename__ = "model_draft_file"
    __table_args__ = (sa.UniqueConstraint("draft_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("model_draft.id"))
    path: Mapped[str] = mapped_column(sa.String(200))
    #: text (it has `content`), deleted, base (as the base has it)
    state: Mapped[str] = mapped_column(sa.String(8))
    #: zlib of the bytes as they came.
    content: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))
    #: SHA-256 of the bytes; None when there are none.
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    #: Counts the saves; 0 is the base without a row.
    version: Mapped[int]
    saved_by_id: Mapped[int | None]
    saved_by: Mapped[str] = mapped_column(sa.String(80))
    saved_at: Mapped[datetime] = mapped_column(Instant)


class SideCopy(Base):
    """What somebody saved when somebody else had saved before: kept beside the draft, one a file and person, until they
    decide which text stays."""

    __tablename__ = "model_side_copy"
    __table_args__ = (sa.UniqueConstraint("draft_id", "path", "made_by_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("model_draft.id"))
    path: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    #: The version on which it was typed, and the one that it met.
    version: Mapped[int]
    met: Mapped[int]
    made_by_id: Mapped[int]
    made_by: Mapped[str] = mapped_column(sa.String(80))
    made_at: Mapped[datetime] = mapped_column(Instant)
