"""Reading back-entries."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.backentry.models import BackEntry


def waiting(session: Session, item_id: int) -> BackEntry | None:
    """The back-entry of an item that waits for its confirmation."""
    asked = select(BackEntry).where(BackEntry.work_item_id == item_id, BackEntry.state == "asked")
    return session.scalar(asked.limit(1))


def of_case(session: Session, instance_id: int) -> list[BackEntry]:
    """Everything that was entered late at a case, the newest first."""
    return list(
        session.scalars(select(BackEntry).where(BackEntry.instance_id == instance_id).order_by(BackEntry.id.desc()))
    )


def of_item(session: Session, item_id: int) -> BackEntry | None:
    """The back-entry by which an item was done; None when it was done in the system."""
    done = select(BackEntry).where(BackEntry.work_item_id == item_id, BackEntry.state == "confirmed")
    return session.scalar(done.limit(1))
