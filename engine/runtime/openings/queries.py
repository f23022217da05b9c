"""Reading what the system was asked to open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.models import Opening


def due(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Ids of what was not carried out yet and may be tried now, the oldest first; one look at a partial index."""
    return list(
        session.scalars(
            select(Opening.id)
            .where(Opening.instance_id.is_(None), Opening.not_before <= now)
            .order_by(Opening.not_before, Opening.id)
            .limit(limit)
        )
    )


def failed(session: Session, limit: int = 200) -> list[Opening]:
    """What could not be carried out so far, the oldest first, for administrators."""
    return list(
        session.scalars(
            select(Opening).where(Opening.instance_id.is_(None), Opening.attempts > 0).order_by(Opening.id).limit(limit)
        )
    )


def of_parent(session: Session, parent_id: int) -> list[Opening]:
    """What was asked for at a case and is not there yet."""
    return list(
        session.scalars(
            select(Opening).where(Opening.parent_id == parent_id, Opening.instance_id.is_(None)).order_by(Opening.id)
        )
    )
