"""The arithmetic of a draw: no database, no clock, no chance but a seed.

A seed is promised by its hash before anybody knows what is drawn from, a second person adds words of their own choice,
and each unit gets a ticket: HMAC-SHA256 of those words and its key under the seed. The smallest tickets are drawn. So
neither who keeps the seed nor who adds the words can aim, and whoever has both can work out every ticket again
(docs/samples.md).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from fractions import Fraction

#: How tickets are made; kept with each draw, so that a later way does not change what an earlier one gave.
RULE = "hmac-sha256/1"
_SPACE = 1 << 256


def promise(seed: bytes) -> str:
    """The hash (SHA-256, hex) under which a seed is promised before it is shown."""
    return hashlib.sha256(seed).hexdigest()


def digest(keys: Iterable[str]) -> str:
    """The hash (SHA-256, hex) of a population: its keys in order, one a line."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def ticket(seed: bytes, words: str, key: str) -> str:
    """The ticket of one unit (hex)."""
    return hmac.new(seed, f"{words}\n{key}".encode(), hashlib.sha256).hexdigest()


def draw(seed: bytes, words: str, keys: Iterable[str], wanted: int) -> list[str]:
    """The `wanted` keys with the smallest tickets, in the order of their tickets; all of them when there are no more.

    Each key has the same chance, none comes twice, and a key that is added or taken away moves no other's ticket.
    """
    ranked = sorted({(ticket(seed, words, key), key) for key in keys})
    return [key for _, key in ranked[: max(wanted, 0)]]


def quota(count: int, rate: float | str) -> int:
    """How many of `count` a rate (0.3) asks for: rounded up, exactly."""
    return -(-_exactly(rate) * count // 1)


def wins(seed: bytes, words: str, key: str, rate: float | str) -> bool:
    """Whether a unit is drawn by itself, with just this chance."""
    return Fraction(int(ticket(seed, words, key), 16), _SPACE) < _exactly(rate)


def next_of(seed: bytes, words: str, key: str, rate: float | str, before: int, drawn: int) -> tuple[bool, bool]:
    """(drawn, forced) of the next unit of a series that has had `before` units of which `drawn` were drawn.

    Each is drawn by its own chance, and also whenever the series would fall below its rate without it. So at every
    moment at least the rate was drawn, and nobody can ever be sure of not being drawn.
    """
    if wins(seed, words, key, rate):
        return True, False
    forced = drawn < quota(before + 1, rate)
    return forced, forced


def _exactly(rate: float | str) -> Fraction:
    """0.3 as three tenths, not as the nearest binary fraction; bounded to what a share can be."""
    return min(max(Fraction(str(rate)), Fraction(0)), Fraction(1))
