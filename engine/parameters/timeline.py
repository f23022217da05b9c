"""One value in the place of others: what a change makes of the timeline of a parameter.

Nothing outside the span changes. A row of days to come is shortened; a row whose days have come is voided and what
remains of it is copied, so that the page still shows what stood there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.parameters.models import Parameter

DAY = timedelta(days=1)
#: What a copy of a remainder keeps of its row: everything but the days and the key.
KEPT = (
    "name", "label", "value", "unit", "clause", "source", "note", "confidence", "set_by", "confirmed_by", "set_at",
    "proposal_id",
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A value and its days; `row` is what is there already, None for what is new."""

    value: Any
    first: date
    last: date | None
    row: Parameter | None = None


def end_of(rows: Sequence[Parameter], first: date, last: date | None) -> date | None:
    """The last day of a change: the one that was asked for, else that of the value in force on its first day, else the
    day before the next value begins."""
    if last is not None:
        return last
    for row in rows:
        if row.valid_from <= first and (row.valid_to is None or row.valid_to >= first):
            return row.valid_to
    following = [row.valid_from for row in rows if row.valid_from > first]
    return min(following) - DAY if following else None


def pieces(rows: Sequence[Parameter], value: Any, first: date, last: date | None) -> list[Piece]:
    """The timeline as it would be; `last` as `end_of` gives it."""
    found = [Piece(value, first, last)]
    for row in rows:
        if not _touches(row, first, last):
            found.append(Piece(row.value, row.valid_from, row.valid_to, row))
            continue
        found += [Piece(row.value, begins, ends, row) for begins, ends in _remainders(row, first, last)]
    return sorted(found, key=lambda piece: piece.first)


def place(session: Session, rows: Sequence[Parameter], new: Parameter, now: datetime) -> None:
    """Puts `new` where its days say, inside an operation that holds the parameters' stream."""
    for row in rows:
        if not _touches(row, new.valid_from, new.valid_to):
            continue
        remainders = _remainders(row, new.valid_from, new.valid_to)
        if new.valid_from > now.date() and row.valid_from < new.valid_from:
            row.valid_to = new.valid_from - DAY
            remainders = remainders[1:]
        else:
            row.voided_at = now
        session.flush()  # One live row a day: the place is free before somebody takes it.
        for begins, ends in remainders:
            kept = {name: getattr(row, name) for name in KEPT}
            session.add(Parameter(**kept, valid_from=begins, valid_to=ends))
    session.add(new)
    session.flush()


def _touches(row: Parameter, first: date, last: date | None) -> bool:
    return (last is None or row.valid_from <= last) and (row.valid_to is None or row.valid_to >= first)


def _remainders(row: Parameter, first: date, last: date | None) -> list[tuple[date, date | None]]:
    """What a row keeps of its days: those before the span, those after it."""
    found: list[tuple[date, date | None]] = []
    if row.valid_from < first:
        found.append((row.valid_from, first - DAY))
    if last is not None and (row.valid_to is None or row.valid_to > last):
        found.append((last + DAY, row.valid_to))
    return found
