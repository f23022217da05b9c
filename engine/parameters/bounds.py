"""What a rule leaves open (`seed/bounds.json`): publicity of no less than seven days, an opinion within three.

A bound with a clause is the law as it was read. It may change, so whoever says that it has, and names the new rule, may
go beyond it; the change then says so wherever it is shown, and the discipline office hears of it. A bound without one
(`hard`) is plain sense, such as a day of the month, and nobody goes beyond it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from engine.calendar.lengths import Length
from engine.parameters.facts import matching
from engine.parameters.words import said

COMPARED = ("number", "ratio", "length")


@dataclass(frozen=True)
class Crossed:
    """A bound that a value does not keep: what it says, its clause, whether nothing may go beyond it."""

    message: str
    clause: str | None
    hard: bool


def crossed(name: str, value: Any, unit: str) -> list[Crossed]:
    """The bounds that a value of this parameter does not keep."""
    found: dict[str, Crossed] = {}
    for row in matching("bounds", name):
        told, hard = _told(row, name, value, unit)
        if told:
            found.setdefault(told, Crossed(told, row.get("clause"), hard or bool(row.get("hard"))))
    if unit == "length" and Length.parse(value).amount == 0:
        found["0"] = Crossed("期限不能是 0", None, True)
    return list(found.values())


def _told(row: dict[str, Any], name: str, value: Any, unit: str) -> tuple[str, bool]:
    """What is wrong beside one row, and whether that is no matter of law."""
    if row.get("whole") and unit == "number" and not float(value).is_integer():
        return "应为整数", True
    if "pattern" in row and not re.fullmatch(row["pattern"], str(value)):
        return f"应写成 {row['example']} 的形式", True
    if "is" in row and value != row["is"]:
        return f"应为“{said(row['is'], unit, name)}”", False
    for key, words in (("least", "不少于"), ("most", "不超过")):
        # A pattern may fit the name of a parameter that is measured otherwise.
        if key not in row or unit not in COMPARED or isinstance(row[key], str) != (unit == "length"):
            continue
        pair = (value, row[key]) if key == "least" else (row[key], value)
        if not _reaches(*pair, unit):
            return f"{words} {said(row[key], unit, name)}", False
    return "", False


def _reaches(value: Any, bound: Any, unit: str) -> bool:
    """Whether `value` is certainly at least `bound`. Lengths of different units are compared at their worst: seven
    working days are at least seven days, forty days need not be thirty working days."""
    if unit != "length":
        return float(value) >= float(bound)
    one, other = Length.parse(value), Length.parse(bound)
    if one.unit == other.unit:
        return one.amount >= other.amount
    return _shortest(one) >= _longest(other)


def _shortest(length: Length) -> int:
    """The fewest natural days that a length can take."""
    return length.amount * (28 if length.unit == "m" else 1)


def _longest(length: Length) -> int:
    """The most natural days that it can take; the longest run of holidays is some ten days."""
    return {"d": length.amount, "wd": length.amount * 2 + 10, "m": length.amount * 31}[length.unit]
