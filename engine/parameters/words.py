"""Parameters in the words of the page, the journal and messages."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.calendar.lengths import Length
from engine.errors import Invalid
from engine.parameters.choices import choice_of, codes
from engine.parameters.values import MONEY, fen

#: The flags of policy.md §0.1 and what people read: (words, light).
CONFIDENCE = {
    "C": ("已核实", "green"),
    "C-sec": ("转引", "yellow"),
    "S": ("方案要求", "green"),
    "M": ("待核实", "red"),
    "D": ("设计建议", "yellow"),
    "synthetic": ("虚构，须替换", "red"),
    "set": ("经两人确认", "green"),
}
#: How a note says that nobody knows: the page then says so in red.
ASK = "须由平罗县民政局确认"


def said(value: Any, unit: str, name: str = "") -> str:
    """A value in words: 560 元/月, 30 个工作日, 是, 一、二级残疾人；重病患者."""
    if value is None:
        return "没有值"
    if unit in MONEY:
        try:
            whole, rest = divmod(fen(value), 100)
        except Invalid:
            return str(value)
        return f"{whole:,}{f'.{rest:02d}' if rest else ''} 元" + ("/月" if unit == "yuan_per_month" else "")
    if unit == "boolean":
        return "是" if value else "否"
    if unit == "length":
        try:
            length = Length.parse(value)
        except Invalid:
            return str(value)
        return f"{length.amount} {length.words.removeprefix(str(length.amount))}"
    choice = choice_of(name)
    if choice is not None:
        return "；".join(choice.options.get(each, each) for each in codes(value, choice)) or "没有值"
    return str(value)


def span(first: date, last: date | None) -> str:
    """自 2026-01-01 起 or 2026-01-01 至 2026-06-30."""
    return f"{first} 至 {last}" if last else f"自 {first} 起"


def must_ask(confidence: str, note: str | None) -> bool:
    """Whether somebody outside the house must still say what is right."""
    return confidence in ("M", "synthetic") or ASK in (note or "")
