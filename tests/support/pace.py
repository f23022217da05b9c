"""How fast this machine is just now, so that a bound on work means the same on a slow one: bounds are in seconds of a
machine that adds twenty million numbers in one second."""

from __future__ import annotations

import time
from collections.abc import Callable

ADDITIONS = 2_000_000


def factor() -> float:
    """How many times longer this machine takes; never less than one: a fast one has no other bound."""
    begun, total = time.process_time(), 0
    for each in range(ADDITIONS):
        total += each
    return max(1.0, (time.process_time() - begun) * (20_000_000 / ADDITIONS))


def seconds(work: Callable[[], object]) -> float:
    """The processor time of some work, in seconds of that machine."""
    before, begun = factor(), time.process_time()
    work()
    taken = time.process_time() - begun
    return taken / max(before, factor())
