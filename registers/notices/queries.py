"""Reading notices."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.notices.models import Notice


def of_case(session: Session, instance_id: int) -> list[Notice]:
    """The notices of a case, oldest first."""
    return list(session.scalars(select(Notice).where(Notice.instance_id == instance_id).order_by(Notice.id)))
