"""Reading dated parameters."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.parameters.models import Parameter
from engine.parameters.values import in_context


def on(session: Session, day: date) -> dict[str, Any]:
    """Every parameter that is valid on `day`, as expressions see it: money in integer fen."""
    rows = session.execute(
        select(Parameter.name, Parameter.value, Parameter.unit)
        .where(Parameter.valid_from <= day, or_(Parameter.valid_to.is_(None), Parameter.valid_to >= day))
        .order_by(Parameter.valid_from)
    )
    return {name: in_context(value, unit) for name, value, unit in rows}


def over_time(session: Session) -> list[Parameter]:
    """All of them, by name, the newest first."""
    return list(session.scalars(select(Parameter).order_by(Parameter.name, Parameter.valid_from.desc())))
