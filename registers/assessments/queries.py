"""Reading assessments."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.assessments.models import Assessment


def latest(session: Session, instance_id: int) -> Assessment | None:
    """The assessment that a case stands on."""
    return session.scalar(
        select(Assessment).where(Assessment.instance_id == instance_id).order_by(Assessment.id.desc()).limit(1)
    )
