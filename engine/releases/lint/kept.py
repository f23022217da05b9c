"""What was worked out once and is asked for again: the last so many answers, by key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The last so many answers, by key. Safe among threads; two that ask at once may both work."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Kept | None:
        """What is known, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def keep(self, key: str, found: Kept) -> None:
        """Keeps an answer; the one that was asked for longest ago goes."""
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._kept.clear()


@lru_cache(maxsize=400)
def digest(data: bytes) -> str:
    """The key of a content. Files of one release are the same objects each time, so they are seldom hashed twice."""
    return sha256(data).hexdigest()


def recalled(memory: Memory[Kept], key: str, make: Callable[[], tuple[Kept, bool]]) -> Kept:
    """What is known under the key, else what `make` gives, kept when it says that it may be."""
    known = memory.get(key)
    if known is not None:
        return known
    found, whole = make()
    if whole:
        memory.keep(key, found)
    return found
