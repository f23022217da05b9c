"""Two people's changes of one form since they last agreed: what goes together by itself, and what somebody must choose.

A list of rows is one unit, whatever changed in it: rows of two hands put together would be people who do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Posted = Mapping[str, Sequence[str]]
Unit = dict[str, list[str]]
_LIST = re.compile(r"(?:_row\.)?([^\[]+)(?:\[.*)?")


@dataclass(frozen=True)
class Clash:
    """A field, or a whole list, that both sides changed differently."""

    name: str
    mine: Unit
    theirs: Unit


def merge(base: Posted, mine: Posted, theirs: Posted, chosen: Mapping[str, str]) -> tuple[Unit, list[Clash]]:
    """(the form with both sides' changes, what nobody has chosen between yet). `chosen` says `mine` or `theirs`."""
    old, own, other = units(base), units(mine), units(theirs)
    merged: Unit = {}
    clashes = []
    for name in dict.fromkeys([*own, *other, *old]):
        was, here, there = old.get(name, {}), own.get(name, {}), other.get(name, {})
        if here == there or there == was:
            taken = here
        elif here == was:
            taken = there
        elif chosen.get(name) in ("mine", "theirs"):
            taken = here if chosen[name] == "mine" else there
        else:
            clashes.append(Clash(name, here, there))
            continue
        merged.update(taken)
    return merged, clashes


def units(posted: Posted) -> dict[str, Unit]:
    """The texts by field; all of a list under the list's name. Answers left empty are no answers."""
    found: dict[str, Unit] = {}
    for name, texts in sorted(posted.items()):
        match = _LIST.fullmatch(name)
        kept = [text.replace("\r\n", "\n") for text in texts]
        if match is not None and any(text.strip() for text in kept):
            found.setdefault(match[1], {})[name] = kept
    return found
