"""Reading the area tree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from registers.areas.models import Area


def names(session: Session) -> dict[str, str]:
    """{path: name} of every area; there are some twenty."""
    return {path: name for path, name in session.execute(select(Area.path, Area.name))}  # noqa: C416 -- a Result is no mapping


def name(session: Session, path: str) -> str:
    """What an area is called; its path when it is not registered."""
    return session.scalar(select(Area.name).where(Area.path == path)) or path


def villages(session: Session, within: str = "") -> list[Area]:
    """The villages inside an area (all of them without one), by path."""
    inside = Area.path.startswith(within + "/" if within else "", autoescape=True)
    return list(session.scalars(select(Area).where(Area.level == "village", inside).order_by(Area.path)))


def within(column: Any, area: str) -> ColumnElement[bool]:
    """Whether a column of area paths lies in an area: the area itself or below it."""
    return or_(column == area, column.startswith(area + "/", autoescape=True))
