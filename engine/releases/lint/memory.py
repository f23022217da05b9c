"""What was found without a fault of ours, kept for the next look at the same content: an owner who changes one table
does not wait for forty drawings to be walked again.

The key holds all that the rules read, so a stale answer cannot be given; problems are plain values and belong to no
release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.releases.lint import lists, naming
from engine.releases.lint.kept import Memory, digest, recalled
from engine.releases.lint.release import Release
from engine.runtime.services import Services


def offered(services: Services) -> tuple[str, ...]:
    """The service operations as they are declared now."""
    return tuple(
        repr((each.name, dict(each.inputs), dict(each.outputs), each.repeat, each.reads, dict(each.fixed)))
        for each in services.all()
    )


def of_drawings(release: Release, files: Mapping[str, bytes]) -> str:
    """What the rules of drawings read: every file as it is, but of a decision only what a drawing can see of it."""
    release.turn_to("")  # The time for this is nobody's; when it is not enough nothing is kept.
    seen: list[Any] = [sorted((name, digest(data)) for name, data in files.items() if not name.endswith(".dmn"))]
    for key in sorted(release.decisions):
        decision = release.decisions[key]
        names, paths = naming.reading(release, decision)
        seen.append((key, decision.name, naming.outputs(decision), sorted(names), sorted(paths), lists.given(decision)))
    return _key(release, seen)


def of_table(release: Release, data: bytes) -> str:
    """What the rules of a decision read: its file and the parameters there are."""
    return _key(release, [digest(data)])


def _key(release: Release, seen: list[Any]) -> str:
    known = sorted(release.parameters) if release.parameters is not None else None
    return digest(repr((seen, known, release.cited, release.on, offered(release.services))).encode())


__all__ = ["Memory", "of_drawings", "of_table", "offered", "recalled"]
