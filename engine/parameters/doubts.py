"""What somebody who changes a value is asked once more: each doubt is answered by a tick of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.calendar.lengths import Length
from engine.parameters.bounds import crossed
from engine.parameters.models import Parameter
from engine.parameters.values import MONEY, fen
from engine.parameters.words import said, span

#: A standard that rises by more than half within a year is more often a slip of the key than a decision.
JUMP = Decimal("1.5")
#: {code: what the tick says}
TICKS = {
    "correction": "这是更正：已经到来的日子原来的值有误",
    "law": "规定已经修改，新规定写在“来源”中",
    "falls": "来源确实规定降低",
    "jumps": "已核对来源，变动幅度无误",
    "unit": "已核对来源，计算单位确实改变",
    "replaces": "确要替换已经确认的值",
}


@dataclass(frozen=True)
class Doubt:
    """One of the codes above, and what it is about."""

    code: str
    message: str
    clause: str | None = None

    @property
    def tick(self) -> str:
        return TICKS[self.code]


def doubts(
    rows: Sequence[Parameter], name: str, unit: str, value: Any, first: date, last: date | None, today: date
) -> list[Doubt]:
    """The doubts about a value of `name` from `first` to `last`, beside the timeline as it stands."""
    found = []
    if first <= today:
        said_when = "今天" if first == today else f"{first}"
        found.append(Doubt("correction", f"生效日期（{said_when}）不晚于今天，只能作为更正：已决定的办件不受影响。"))
    for each in crossed(name, value, unit):
        if not each.hard:
            found.append(Doubt("law", f"超出现行规定：{each.message}。", each.clause))
    found += _amounts(rows, unit, value, first)
    held = value_on(rows, first)
    if unit == "length" and held is not None and Length.parse(held).unit != Length.parse(value).unit:
        found.append(Doubt("unit", f"计算单位由“{said(held, unit)}”变为“{said(value, unit)}”。"))
    scheduled = [
        row for row in rows if row.valid_from > today and row.valid_from >= first and _within(row, first, last)
    ]
    if scheduled:
        told = "；".join(f"{span(row.valid_from, row.valid_to)}为 {said(row.value, unit, name)}" for row in scheduled)
        found.append(Doubt("replaces", f"其间已有确认的值将被替换：{told}。"))
    return found


def value_on(rows: Iterable[Parameter], day: date) -> Any:
    """The value that a timeline has on a day; None when it has none."""
    held = [row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)]
    return held[-1].value if held else None


def _amounts(rows: Sequence[Parameter], unit: str, value: Any, first: date) -> list[Doubt]:
    if unit not in (*MONEY, "number", "ratio"):
        return []
    before = [value_on(rows, first - timedelta(days=1)), value_on(rows, first)]
    year = [row.value for row in rows if _within(row, first - timedelta(days=365), first)]
    known = [_plain(each, unit) for each in (*before, *year) if each is not None]
    if not known:
        return []
    now, last = _plain(value, unit), [_plain(each, unit) for each in before if each is not None]
    found = []
    if unit in MONEY and any(now < each for each in last):
        found.append(Doubt("falls", f"比原来低：由 {said(_shown(max(last), unit), unit)} 降为 {said(value, unit)}。"))
    if now > min(known) * JUMP:
        least = said(_shown(min(known), unit), unit)
        found.append(Doubt("jumps", f"一年之内由 {least} 升为 {said(value, unit)}，超过一半。"))
    elif unit not in MONEY and now * JUMP < max(known):
        most = said(_shown(max(known), unit), unit)
        found.append(Doubt("jumps", f"一年之内由 {most} 降为 {said(value, unit)}，超过三分之一。"))
    return found


def _plain(value: Any, unit: str) -> Decimal:
    return Decimal(fen(value)) if unit in MONEY else Decimal(str(value))


def _shown(number: Decimal, unit: str) -> Any:
    return str(number / 100) if unit in MONEY else float(number) if number % 1 else int(number)


def _within(row: Parameter, first: date, last: date | None) -> bool:
    """Whether a row holds on any day of a span."""
    return (last is None or row.valid_from <= last) and (row.valid_to is None or row.valid_to >= first)
