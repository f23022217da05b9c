"""What was found without a fault of ours, kept for the next look at the same content: an owner who changes one table
does not wait for forty drawings to be walked again.

The key holds all that the rules read, so a stale answer cannot be given; problems are plain values and belong to no
release.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import Lock
from typing import Any, Generic, TypeVar

from engine.releases.lint import lists, naming
from engine.releases.lint.release import Release
from engine.runtime.services import Services

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


def offered(services: Services) -> tuple[str, ...]:
    """The service operations as they are declared now."""
    return tuple(
        repr((each.name, dict(each.inputs), dict(each.outputs), each.repeat, each.reads, dict(each.fixed)))
        for each in services.all()
    )


def of_drawings(release: Release, files: Mapping[str, bytes]) -> str:
    """What the rules of drawings read: every file as it is, but of a decision only what a drawing can see of it."""
    release.turn_to("")  # The time for this is nobody's; when it is not enough nothing is kept.
    seen: list[Any] = [sorted((name, _digest(data)) for name, data in files.items() if not name.endswith(".dmn"))]
    for key in sorted(release.decisions):
        decision = release.decisions[key]
        names, paths = naming.reading(release, decision)
        seen.append((key, decision.name, naming.outputs(decision), sorted(names), sorted(paths), lists.given(decision)))
    return _key(release, seen)


def of_table(release: Release, data: bytes) -> str:
    """What the rules of a decision read: its file and the parameters there are."""
    return _key(release, [_digest(data)])


def _key(release: Release, seen: list[Any]) -> str:
    known = sorted(release.parameters) if release.parameters is not None else None
    return _digest(repr((seen, known, release.cited, release.on, offered(release.services))).encode())


def _digest(data: bytes) -> str:
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
