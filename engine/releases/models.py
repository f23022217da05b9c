"""The release table."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.database import Base, Instant


class Release(Base):
    """A snapshot of every file under `bpmn/`; its id is the hash of their contents. Which one is current is said by
    `engine.deployments.models.Activation`; one that was only proposed never was."""

    __tablename__ = "release"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: zlib of a JSON object path → text.
    files: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    #: When it was stored, and by whom.
    deployed_at: Mapped[datetime] = mapped_column(Instant, index=True)
    deployed_by: Mapped[str] = mapped_column(sa.String(80))
