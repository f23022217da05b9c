"""Which values differ between two days, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine.parameters import queries
from engine.parameters.models import Parameter
from engine.parameters.words import said


@dataclass(frozen=True)
class Difference:
    """A parameter that one day has otherwise than the other."""

    name: str
    label: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """The sentence."""
        return f"“{self.label}”由“{self.before}”改为“{self.after}”"


def between(session: Session, one: date, other: date) -> list[Difference]:
    """The parameters whose value differs between two days, by name; one statement."""
    if one == other:
        return []
    by_name: dict[str, list[Parameter]] = {}
    for row in queries.over_time(session):
        by_name.setdefault(row.name, []).append(row)
    found = []
    for name, rows in by_name.items():
        before, after = (_on(rows, day) for day in (one, other))
        if before != after:
            unit = rows[0].unit
            found.append(Difference(name, rows[0].label or name, said(before, unit, name), said(after, unit, name)))
    return found


def _on(rows: list[Parameter], day: date) -> object:
    held = [row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)]
    return max(held, key=lambda row: row.valid_from).value if held else None
