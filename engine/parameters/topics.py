"""Under which heading a parameter is found (`seed/topics.json`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.parameters.facts import matching, read

OTHER = "other"


@dataclass(frozen=True)
class Topic:
    """A heading of the page."""

    key: str
    title: str


def topics() -> list[Topic]:
    """All headings in the order of the page."""
    return [Topic(row["key"], row["title"]) for row in read("topics")]


@lru_cache(maxsize=1024)
def topic_of(name: str) -> str:
    """The key of the heading; `other` for what no pattern knows."""
    found = matching("topics", name)
    return found[0]["key"] if found else OTHER
