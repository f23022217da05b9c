"""The account table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json


class Account(Base):
    """Somebody who signs in: who they are, which roles they hold where, and the state of their password."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    #: [{"role": …, "area": …}]
    grants: Mapped[Any] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    #: Where messages go beside the desk; None for nowhere.
    email: Mapped[str | None] = mapped_column(sa.String(120))
    #: Keyed hash of the ID number, so that kinship can be found without the number being readable.
    person: Mapped[str | None] = mapped_column(sa.String(64))
    #: True until the holder has chosen a password of their own.
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    #: Wall clock: a demonstration's time control cannot unlock anybody.
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    #: Raised when the password changes; older sessions end.
    epoch: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
