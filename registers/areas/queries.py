"""Reading the area tree."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.areas.models import Area


def names(session: Session) -> dict[str, str]:
    """{path: name} of every area; there are some twenty."""
    return dict(session.execute(select(Area.path, Area.name)).tuples())


def villages(session: Session, within: str = "") -> list[Area]:
    """The villages inside an area, by path."""
    return list(
        session.scalars(
            select(Area).where(Area.level == "village", Area.path.startswith(within, autoescape=True)).order_by(Area.path)
        )
    )
