"""Numbers without gaps or doubles: taken in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.cases.models import NumberSeries


def take(session: Session, series: str) -> int:
    """The next number of a series; rolls back with the transaction, so nothing is skipped."""
    row = session.scalar(select(NumberSeries).where(NumberSeries.name == series).with_for_update())
    if row is None:
        row = NumberSeries(name=series, last=0)
        session.add(row)
    row.last += 1
    session.flush()
    return row.last
