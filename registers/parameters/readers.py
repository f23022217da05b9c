"""Who reads a parameter: the current release's drawings, tables and forms, and the program itself.

A value that nothing reads looks like a rule and is none: the page says so, and so does the preview of a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.orm import Session

from engine.parameters.readers import readers

ROOMS = ("engine", "registers", "web")
#: Not readers: the parameters' own rooms, the tables, and what only tells stories.
LEFT_OUT = (
    "engine/migrations/",
    "engine/parameters/",
    "registers/demonstration/",
    "registers/parameters/",
    "registers/scenarios/",
    "web/bench/",
)
#: A composed name must have so much that is said: `{scheme}_mode` has, `{a}_{b}` would be every name.
SAID = 4

#: What a module that reads parameters has in it; documents ask for them as values, days and amounts.
_SPEAKS = re.compile(r"parameters|\.(?:value|days|money)\(")
_TEXT = re.compile(r"[\"']([a-z][a-z0-9_]{2,79})[\"']")
_COMPOSED = re.compile(r"f\"([a-z0-9_{}.()\[\]' ]{3,120})\"")
#: `own(…, "publicity_length", …)` reads the general value and that of every scheme.
_OWN = re.compile(r"\bown\([^\"()]*(?:\([^()]*\))?[^\"()]*\"([a-z0-9_]+)\"")
_HOLE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Readers:
    """Files of the release, and modules of the program."""

    files: tuple[str, ...]
    modules: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.files or self.modules)


def readers_of(session: Session, name: str) -> Readers:
    """Whoever reads it now."""
    return Readers(tuple(readers(session).get(name, ())), modules_of(name))


@lru_cache(maxsize=1024)
def modules_of(name: str) -> tuple[str, ...]:
    """The modules in which the name stands, or a name composed of parts that fits it."""
    found = []
    for path, texts, composed in _sources():
        if name in texts or any(each.fullmatch(name) for each in composed):
            found.append(path)
    return tuple(found)


@lru_cache(maxsize=1)
def _sources() -> list[tuple[str, frozenset[str], tuple[re.Pattern[str], ...]]]:
    """Each module that speaks of parameters, with the texts in it; the source never changes while it runs."""
    found = []
    for path, text in _modules():
        if not _SPEAKS.search(text):
            continue
        composed = {each for each in _COMPOSED.findall(text) if "{" in each and len(_HOLE.sub("", each)) >= SAID}
        composed |= {f"{{scheme}}_{name}" for name in _OWN.findall(text)}
        found.append((path, frozenset(_TEXT.findall(text)), tuple(_pattern(each) for each in sorted(composed))))
    return found


def _modules() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        spec = find_spec(room)
        for root in spec.submodule_search_locations or () if spec is not None else ():
            for file in sorted(Path(root).rglob("*.py")):
                path = f"{room}/{file.relative_to(root).as_posix()}"
                if not path.startswith(LEFT_OUT):
                    yield path, file.read_text(encoding="utf-8")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("[a-z0-9_]+".join(re.escape(part) for part in _HOLE.split(text)))
