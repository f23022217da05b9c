"""What is proved of a table's rows: which two meet, which input none of them covers, which never gets its turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.decisions.model import Decision
from engine.decisions.regions import Regions, TooComplex, columns, uncovered

#: Pairs of rows that are told of one table.
MOST_TOLD = 100


@dataclass(frozen=True)
class Gap:
    """An input that no row covers, in words. `sure` is False when rows whose cells cannot be read might cover it (their
    numbers in `rows`), or when there was no end of looking (`rows` empty)."""

    example: str
    sure: bool
    rows: tuple[int, ...] = ()


def overlaps(decision: Decision) -> Iterator[tuple[int, int, str]]:
    """Pairs of rows that are proved to meet: their numbers and an example. At most a hundred."""
    spaces = columns(decision)
    told = 0
    for other in range(1, len(decision.rows)):
        for one in range(other):
            shared = [_shared(space, one, other) for space in spaces]
            if not all(shared):
                continue
            yield one + 1, other + 1, _example(spaces, shared)
            told += 1
            if told == MOST_TOLD:
                return


def gap(decision: Decision) -> Gap | None:
    """An input for which the table has no row; None when it is proved that there is none."""
    spaces = columns(decision)
    rows = range(len(decision.rows))
    unread = tuple(row + 1 for row in rows if any(space.masks[row] is None for space in spaces))
    try:
        # What cannot be read is taken to match whatever comes: what is left then is missing for certain.
        found = _search(spaces, [space.domain for space in spaces], list(rows), unread_covers=True)
        if found is not None:
            return Gap(_example(spaces, found), sure=True)
        if not unread:
            return None
        found = _search(spaces, [space.domain for space in spaces], [row for row in rows if row + 1 not in unread])
    except TooComplex:
        return Gap("", sure=False)
    return None if found is None else Gap(_example(spaces, found), sure=False, rows=unread)


def idle(decision: Decision) -> Iterator[int]:
    """The numbers of the rows that can never match: no allowed value fits, or (FIRST) all is taken above."""
    spaces = columns(decision)
    read: list[int] = []
    for row in range(len(decision.rows)):
        masks = [space.masks[row] for space in spaces]
        if any(mask == 0 for mask in masks):
            yield row + 1
            continue
        if any(mask is None for mask in masks):
            continue
        if decision.policy == "FIRST" and read:
            try:
                within = [mask for mask in masks if mask is not None]
                if _search(spaces, within, read) is None:
                    yield row + 1
            except TooComplex:
                return
        read.append(row)


def _search(
    spaces: list[Regions], within: list[int], rows: list[int], *, unread_covers: bool = False
) -> list[int] | None:
    missing = -1 if unread_covers else 0
    return uncovered(
        [
            (space_within, [missing if mask is None else mask for mask in space.masks])
            for space, space_within in zip(spaces, within, strict=True)
        ],
        rows,
    )


def _shared(space: Regions, one: int, other: int) -> int:
    """The regions where both rows match; 0 when there is none, or when it cannot be proved."""
    a, b = space.masks[one], space.masks[other]
    if a is None or b is None:
        # The same words match the same values; and what anything matches, some value of the other matches.
        first, second = space.texts[one], space.texts[other]
        return space.domain if first == second or space.anything in (first, second) else 0
    return a & b


def _example(spaces: list[Regions], masks: list[int]) -> str:
    return "、".join(space.words(mask) for space, mask in zip(spaces, masks, strict=True) if mask != space.domain)


__all__ = ["Gap", "gap", "idle", "overlaps"]
