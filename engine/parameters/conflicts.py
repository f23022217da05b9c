"""Questions on which the sources disagree (`seed/conflicts.json`): the alternatives, and which one is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.parameters.facts import read


@dataclass(frozen=True)
class Alternative:
    """One answer: the values that it means, where it stands, whether they are those in force."""

    title: str
    values: Mapping[str, Any]
    source: str
    clause: str | None
    chosen: bool


@dataclass(frozen=True)
class Conflict:
    """A question of policy.md §16; `names` are the parameters that answer it."""

    number: int
    question: str
    effect: str
    suggestion: str
    names: tuple[str, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def settled(self) -> bool:
        """Whether what is in force is one of the alternatives, and not something of one's own."""
        return any(each.chosen for each in self.alternatives)


def conflicts(in_force: Mapping[str, Any]) -> list[Conflict]:
    """All of them; `in_force` are the values of the day as they are stored."""
    return [_conflict(row, in_force) for row in read("conflicts")]


def of(name: str, in_force: Mapping[str, Any]) -> list[Conflict]:
    """Those that a parameter answers."""
    return [each for each in conflicts(in_force) if name in each.names]


def _conflict(row: dict[str, Any], in_force: Mapping[str, Any]) -> Conflict:
    alternatives = tuple(
        Alternative(
            each["title"],
            each["values"],
            each["source"],
            each["clause"],
            all(_same(in_force.get(name), value) for name, value in each["values"].items()),
        )
        for each in row["alternatives"]
    )
    names = tuple(dict.fromkeys(name for each in alternatives for name in each.values))
    return Conflict(row["number"], row["question"], row["effect"], row["suggestion"], names, alternatives)


def _same(one: Any, other: Any) -> bool:
    """Lists with commas are the same in any order."""
    if isinstance(one, str) and isinstance(other, str) and "," in one + other:
        return set(one.split(",")) == set(other.split(","))
    return one == other
