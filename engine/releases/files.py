"""Which files make a release: models by their suffix, catalogues by their name; nothing else in the folder does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from engine.clocks.catalogue import FILE as CLOCKS
from engine.statutes.register import FILE as STATUTES
from engine.statutes.rules import FILE as MANDATORY

SUFFIXES = frozenset({".bpmn", ".dmn", ".form", ".html"})
GROUNDS = "grounds.json"
CATALOGUES = frozenset({CLOCKS, GROUNDS, STATUTES, MANDATORY})

#: {name of a catalogue that the registers keep in a release: what is wrong with its data, in words}
OFFERED: dict[str, Callable[[bytes], list[str]]] = {}


def catalogue(name: str, problems: Callable[[bytes], list[str]]) -> None:
    """Makes a further file part of releases; `problems` says at deployment what is wrong with it."""
    OFFERED[name] = problems


def belongs(path: PurePath) -> bool:
    """Whether a file of that name is part of a release."""
    return path.suffix in SUFFIXES or path.name in CATALOGUES or path.name in OFFERED
