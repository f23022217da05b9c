"""A table's columns as regions of values, so that statements about rows can be *proved*: that two meet, that none is
missing, that one never gets its turn. Columns that ask for the same thing are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.decisions import ranges
from engine.decisions.model import Column, Decision

#: What a proof may cost, in comparisons of a row with a region; far above any table that a person keeps in mind.
MOST_WORK = 2_000_000


class TooComplex(Exception):
    """The proof would take too long."""


@dataclass(frozen=True)
class Regions:
    """One thing that a table asks for: its regions, which of them can occur, and for each row a mask of those that its
    entries cover (None: not of a simple form)."""

    label: str
    axis: ranges.Axis
    domain: int
    masks: tuple[int | None, ...]
    #: What each row says here, without blanks.
    texts: tuple[tuple[str, ...], ...]

    @property
    def anything(self) -> tuple[str, ...]:
        """What a row says here that takes any value."""
        return ("-",) * len(self.texts[0])

    def words(self, mask: int) -> str:
        """A value of a mask, with the column's name; a text that no cell names is said in words."""
        shown = self.axis.words(mask)
        return f"{self.label}=（表中没有写到的文字）" if shown == f'"{ranges.OTHER}"' else f"{self.label}={shown}"


def columns(decision: Decision) -> list[Regions]:
    """What a table asks for, in order; inputs with the same expression together."""
    groups: dict[str, list[int]] = {}
    for at, column in enumerate(decision.inputs):
        groups.setdefault("".join(column.expression.split()), []).append(at)
    return [_regions(decision, group) for group in groups.values()]


def domain(axis: ranges.Axis, column: Column) -> int:
    """The regions that a column's values can lie in, by its type and the values that it allows."""
    found = axis.of_kind(column.type)
    allowed = ranges.read(column.values) if column.values else None
    return found & allowed(axis) if allowed is not None else found


def uncovered(spaces: Sequence[tuple[int, Sequence[int]]], rows: Sequence[int]) -> list[int] | None:
    """Values that no row covers, as a mask for each column; None when the rows cover everything.

    `spaces` has for each column its regions and what each row covers of them. Raises TooComplex.
    """
    work = 0
    covered: set[tuple[int, tuple[int, ...]]] = set()

    def search(at: int, left: tuple[int, ...]) -> list[int] | None:
        nonlocal work
        if not left:
            return [space for space, _ in spaces[at:]]
        if at == len(spaces) or (at, left) in covered:
            return None
        space, masks = spaces[at]
        alike: dict[tuple[int, ...], int] = {}
        for bit in _bits(space):
            work += len(left)
            if work > MOST_WORK:
                raise TooComplex
            here = tuple(row for row in left if masks[row] & bit)
            alike[here] = alike.get(here, 0) | bit
        for here, mask in sorted(alike.items(), key=lambda each: len(each[0])):
            found = search(at + 1, here)
            if found is not None:
                return [mask, *found]
        covered.add((at, left))
        return None

    return search(0, tuple(rows))


def _regions(decision: Decision, group: list[int]) -> Regions:
    inputs = [decision.inputs[at] for at in group]
    entries = [[row.tests[at] for row in decision.rows] for at in group]
    axis = ranges.axis([*(text for column in entries for text in column), *(each.values for each in inputs)])
    possible = axis.everything
    for column in inputs:
        possible &= domain(axis, column)
    known: dict[str, int | None] = {}
    for text in {text for column in entries for text in column}:
        cover = ranges.read(text)
        known[text] = None if cover is None else cover(axis) & possible
    masks = []
    for number in range(len(decision.rows)):
        covers = [known[column[number]] for column in entries]
        masks.append(None if None in covers else _all([each for each in covers if each is not None], possible))
    texts = tuple(tuple("".join(column[number].split()) for column in entries) for number in range(len(decision.rows)))
    return Regions(inputs[0].label, axis, possible, tuple(masks), texts)


def _all(covers: list[int], possible: int) -> int:
    for each in covers:
        possible &= each
    return possible


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


__all__ = ["Regions", "TooComplex", "columns", "domain", "uncovered"]
