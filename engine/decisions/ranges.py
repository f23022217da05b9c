"""Input entries of simple forms as sets of values, so that two rows can be *proved* to meet (or not).

A column's values fall into regions: each text that is named and all others, true and false, each number that is
named and the gaps between. An entry covers some of them; two rows meet when they share a region in every column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

_TEXT = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?\d{1,30}(?:\.\d{1,30})?"
_LIST = re.compile(rf"\s*(?:{_TEXT})\s*(?:,\s*(?:{_TEXT})\s*)*")
_TEXTS = re.compile(_TEXT)
_NOT = re.compile(r"\s*not\s*\((.*)\)\s*", re.S)
_COMPARED = re.compile(rf"\s*(?:\?\s*)?(<=|>=|<|>|=|!=)\s*({_NUMBER})\s*")
_RANGE = re.compile(rf"\s*([\[\](])\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([\])\[])\s*")
_VALUE = re.compile(rf"\s*({_NUMBER})\s*")

#: Of a text that no entry names.
OTHER = "—"


@dataclass(frozen=True)
class Region:
    """Values that no entry tells apart: a text, a truth, a number, or the open gap between two numbers."""

    kind: str
    value: str | bool | None = None
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def words(self) -> str:
        """One value of it, as a person writes it."""
        if self.kind == "number":
            low, high = self.low, self.high
            if low is not None and low == high:
                return _plain(low)
            if low is None and high is None:
                return "0"
            if low is None:
                return _plain(high - 1)
            return _plain(low + 1) if high is None else _plain((low + high) / 2)
        if self.kind == "boolean":
            return "true" if self.value else "false"
        return f'"{self.value}"'


Test = Callable[[Region], bool]


def read(text: str) -> Test | None:
    """What an entry of a simple form covers; None for any other form."""
    if text.strip() == "-":
        return lambda region: True
    inverse = _NOT.fullmatch(text)
    if inverse:
        inner = _any(_parts(inverse[1]))
        return None if inner is None else lambda region: not inner(region)
    return _any(_parts(text))


def numbers(text: str) -> Iterator[Fraction]:
    """The numbers that an entry names."""
    for each in re.findall(_NUMBER, _TEXTS.sub(" ", text.replace("..", " .. "))):
        yield Fraction(each)


def regions(entries: Iterable[str]) -> list[Region]:
    """The regions of a column with these entries; a column holds values of the kinds that its entries name."""
    texts: dict[str, None] = {}
    named: set[Fraction] = set()
    truths = False
    for entry in entries:
        texts.update(dict.fromkeys(each[1:-1] for each in _TEXTS.findall(entry)))
        bare = _TEXTS.sub(" ", entry)
        truths = truths or re.search(r"\b(true|false)\b", bare) is not None
        named.update(numbers(entry))
    found: list[Region] = []
    if texts:
        found += [Region("text", each) for each in (*texts, OTHER)]
    if truths:
        found += [Region("boolean", True), Region("boolean", False)]
    if named:
        line = sorted(named)
        edges: list[Fraction | None] = [None, *line, None]
        found += [Region("number", None, each, each) for each in line]
        found += [Region("number", None, low, high) for low, high in zip(edges, edges[1:], strict=False)]
    return found or [Region("text", OTHER)]


def _parts(text: str) -> list[Test | None]:
    if _LIST.fullmatch(text):
        return [_is_text(each[1:-1]) for each in _TEXTS.findall(text)]
    return [_one(part) for part in _split(text)]


def _split(text: str) -> list[str]:
    """At the commas outside of texts."""
    marked = _TEXTS.sub(lambda found: found[0].replace(",", "\0"), text)
    return [part.replace("\0", ",") for part in marked.split(",")]


def _any(tests: Sequence[Test | None]) -> Test | None:
    if not tests or any(test is None for test in tests):
        return None
    return lambda region: any(test(region) for test in tests)  # type: ignore[misc]


def _one(text: str) -> Test | None:
    bare = text.strip()
    if bare in ("true", "false"):
        return lambda region: region.kind == "boolean" and region.value is (bare == "true")
    if _LIST.fullmatch(text):
        return _is_text(bare[1:-1])
    if found := _VALUE.fullmatch(text):
        return _between(Fraction(found[1]), True, Fraction(found[1]), True)
    if found := _COMPARED.fullmatch(text):
        value = Fraction(found[2])
        if found[1] == "!=":
            same = _between(value, True, value, True)
            return lambda region: region.kind == "number" and not same(region)
        if found[1] == "=":
            return _between(value, True, value, True)
        if found[1].startswith("<"):
            return _between(None, False, value, found[1] == "<=")
        return _between(value, found[1] == ">=", None, False)
    if found := _RANGE.fullmatch(text):
        return _between(Fraction(found[2]), found[1] == "[", Fraction(found[3]), found[4] == "]")
    return None


def _is_text(value: str) -> Test:
    return lambda region: region.kind == "text" and region.value == value


def _between(low: Fraction | None, from_: bool, high: Fraction | None, to: bool) -> Test:
    def inside(region: Region) -> bool:
        if region.kind != "number":
            return False
        point = region.low is not None and region.low == region.high
        after = low is None or (
            region.low is not None and (region.low > low or (region.low == low and (from_ or not point)))
        )
        before = high is None or (
            region.high is not None and (region.high < high or (region.high == high and (to or not point)))
        )
        return after and before

    return inside


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"
