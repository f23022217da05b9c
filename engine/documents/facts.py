"""What templates may say of a case: each fact has a name, a meaning in words and a function that looks it up.

Whoever knows a thing registers it:

    from engine.documents import facts

    facts.register("petitioner", lambda call: …, "信访人姓名")

A fact is looked up only when a template reads it. One that nobody registered, or whose function fails, stops the
document: no family gets a letter with a hole in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.runtime.services import ServiceCall

Look = Callable[["ServiceCall"], Any]


@dataclass(frozen=True)
class Fact:
    """A fact that templates may read as `facts.NAME`."""

    name: str
    look: Look
    title: str
    #: A sheet that hangs on a board may say it (57号 art. 24).
    public: bool = False


_known: dict[str, Fact] = {}


def register(name: str, look: Look, title: str, *, public: bool = False) -> None:
    """Makes a fact known. The last one of a name counts, so that a slice which knows better takes a name over."""
    if not name.isidentifier() or name.startswith("_"):
        raise ValueError(f"{name} is no name of a fact")
    _known[name] = Fact(name, look, title, public)


def known() -> Mapping[str, Fact]:
    """Every fact by name."""
    return dict(sorted(_known.items()))


class Facts:
    """The facts of one case, for one document."""

    def __init__(self, call: ServiceCall, *, public: bool = False, given: Mapping[str, Any] | None = None) -> None:
        self._call = call
        self._public = public
        self._found = dict(given or {})

    def __getitem__(self, name: str) -> Any:
        """Looks a fact up; KeyError for one that nobody knows, or that a public sheet may not say."""
        fact = _known.get(name)
        if self._public and (fact is None or not fact.public):
            raise KeyError(name)
        if name not in self._found:
            if fact is None:
                raise KeyError(name)
            self._found[name] = fact.look(self._call)
        return self._found[name]
