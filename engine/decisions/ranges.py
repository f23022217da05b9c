"""Input entries of simple forms as sets of values, so that two rows can be *proved* to meet (or not).

A column's values fall into regions: each text that is named and all others, true and false, each number that is
named and the gaps between. An entry covers some of them, as the bits of a number; two rows meet when they share a bit
in every column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.decisions.model import KINDS

_TEXT = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?\d{1,30}(?:\.\d{1,30})?"
_TEXTS = re.compile(_TEXT)
_NUMBERS = re.compile(_NUMBER)
_TRUTH = re.compile(r"\b(?:true|false)\b")
_NOT = re.compile(r"\s*not\s*\((.*)\)\s*", re.S)
_COMPARED = re.compile(rf"(?:\?\s*)?(<=|>=|<|>|=|!=)\s*({_NUMBER})")
_RANGE = re.compile(rf"([\[\](])\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([\])\[])")

#: Stands for every text that no entry names.
OTHER = "—"


@dataclass(frozen=True)
class Axis:
    """The regions of a column. Texts come first, then true and false, then numbers: gap, number, gap, …, gap."""

    texts: tuple[str, ...]
    truths: bool
    numbers: tuple[Fraction, ...]

    @property
    def size(self) -> int:
        """How many regions there are."""
        return self._first + (2 * len(self.numbers) + 1 if self.numbers else 0)

    @property
    def everything(self) -> int:
        """All regions."""
        return (1 << self.size) - 1

    def of_kind(self, kind: str) -> int:
        """The regions of a DMN type (`string`, `boolean`, a number); all of them when no entry names such a value."""
        texts = (1 << len(self.texts)) - 1
        truths = ((1 << self._first) - 1) & ~texts
        found = {"string": texts, "boolean": truths}.get(kind, self.everything & ~(texts | truths))
        return found if found and kind in KINDS else self.everything

    @property
    def _first(self) -> int:
        """Where the numbers begin."""
        return len(self.texts) + (2 if self.truths else 0)

    def text(self, value: str) -> int:
        """The region of a text."""
        return 1 << self.texts.index(value)

    def truth(self, value: bool) -> int:
        """The region of true or false."""
        return 1 << (len(self.texts) + (0 if value else 1))

    def between(self, low: Fraction | None, closed: bool, high: Fraction | None, shut: bool) -> int:
        """The regions between two of the column's numbers, with the ends that are closed and shut."""
        last = 2 * len(self.numbers)
        start = 0 if low is None else 2 * self.numbers.index(low) + (1 if closed else 2)
        end = last if high is None else 2 * self.numbers.index(high) + (1 if shut else 0)
        return ((1 << (end - start + 1)) - 1) << (self._first + start) if end >= start else 0

    def words(self, mask: int) -> str:
        """A value of the first region of a mask, as a person writes it."""
        at = (mask & -mask).bit_length() - 1
        if at < len(self.texts):
            return f'"{self.texts[at]}"'
        if at < self._first:
            return "true" if at == len(self.texts) else "false"
        place, point = divmod(at - self._first, 2)
        if point:
            return _plain(self.numbers[place])
        if place == 0:
            return _plain(self.numbers[0] - 1)
        if place == len(self.numbers):
            return _plain(self.numbers[-1] + 1)
        return _plain((self.numbers[place - 1] + self.numbers[place]) / 2)


Cover = Callable[[Axis], int]


def axis(entries: Iterable[str]) -> Axis:
    """The regions of a column with these entries; it holds values of the kinds that they name, or any text."""
    texts: dict[str, None] = {}
    numbers: set[Fraction] = set()
    truths = False
    for entry in entries:
        texts.update(dict.fromkeys(each[1:-1] for each in _TEXTS.findall(entry)))
        bare = _TEXTS.sub(" ", entry)
        truths = truths or _TRUTH.search(bare) is not None
        numbers.update(Fraction(each) for each in _NUMBERS.findall(bare.replace("..", " .. ")))
    named = (*texts, OTHER) if texts or not (truths or numbers) else ()
    return Axis(tuple(dict.fromkeys(named)), truths, tuple(sorted(numbers)))


def texts(text: str) -> frozenset[str]:
    """The texts that an entry names."""
    return frozenset(each[1:-1] for each in _TEXTS.findall(text))


def read(text: str) -> Cover | None:
    """What an entry of a simple form covers; None for any other form."""
    if text.strip() == "-":
        return lambda axis: axis.everything
    inverse = _NOT.fullmatch(text)
    inner = _any([_one(part) for part in _split(inverse[1] if inverse else text)])
    if inner is None or not inverse:
        return inner
    return lambda axis: axis.everything & ~inner(axis)


def _split(text: str) -> list[str]:
    """At the commas outside of texts."""
    marked = _TEXTS.sub(lambda found: found[0].replace(",", "\0"), text)
    return [part.replace("\0", ",").strip() for part in marked.split(",")]


def _any(covers: Sequence[Cover | None]) -> Cover | None:
    known = [each for each in covers if each is not None]
    if len(known) < len(covers):
        return None
    if len(known) == 1:
        return known[0]

    def union(axis: Axis) -> int:
        mask = 0
        for each in known:
            mask |= each(axis)
        return mask

    return union


def _one(text: str) -> Cover | None:
    if text in ("true", "false"):
        return lambda axis: axis.truth(text == "true")
    if _TEXTS.fullmatch(text):
        return lambda axis: axis.text(text[1:-1])
    if _NUMBERS.fullmatch(text):
        return _between(text, True, text, True)
    if found := _COMPARED.fullmatch(text):
        sign, value = found[1], found[2]
        if sign == "!=":
            below, above = _between(None, False, value, False), _between(value, False, None, False)
            return lambda axis: below(axis) | above(axis)
        if sign == "=":
            return _between(value, True, value, True)
        return _between(None, False, value, sign == "<=") if "<" in sign else _between(value, sign == ">=", None, False)
    if found := _RANGE.fullmatch(text):
        return _between(found[2], found[1] == "[", found[3], found[4] == "]")
    return None


def _between(low: str | None, closed: bool, high: str | None, shut: bool) -> Cover:
    start, end = (None if each is None else Fraction(each) for each in (low, high))
    return lambda axis: axis.between(start, closed, end, shut)


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"
