"""Reading orders."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.supervision.models import Order


def of_case(session: Session, instance_id: int) -> list[Order]:
    """The orders about a case, the newest first."""
    return list(session.scalars(select(Order).where(Order.instance_id == instance_id).order_by(Order.id.desc())))
