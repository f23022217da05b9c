"""Where photos of a visit go. The file store offers itself here; until one does, photos wait on the phone."""

from __future__ import annotations

from typing import IO, Protocol

from engine.actors import Actor


class Keeper(Protocol):
    """Keeps a file at a case in an act of its own; gives its id, or an object that has one."""

    def __call__(
        self, instance_id: int, actor: Actor, *, name: str, stream: IO[bytes], kind: str, item_id: int, field: str
    ) -> object: ...


_keepers: list[Keeper] = []


def offer(keeper: Keeper) -> None:
    """Photos go to this keeper from now on."""
    _keepers[:] = [keeper]


def keeper() -> Keeper | None:
    """Who keeps photos; None when nobody offered to."""
    return _keepers[0] if _keepers else None
