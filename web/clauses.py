"""Clause ids as people cite them, with the gist of what they say (data: clauses.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

NUMERALS = "〇一二三四五六七八九十"
FILE = Path(__file__).with_name("clauses.json")


@dataclass(frozen=True)
class Clause:
    """One rule: `title` names it, `gist` says in our words what it asks; empty when it is only cited."""

    id: str
    title: str
    gist: str = ""


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, str]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def read(ids: str | None) -> list[Clause]:
    """The clauses of a comma-separated list; a stranger is shown by its id, never dropped."""
    return [_one(each.strip()) for each in (ids or "").split(",") if each.strip()]


def _one(name: str) -> Clause:
    act, _, place = name.partition(":")
    known = _known()
    title = known["acts"].get(act, act)
    if place:
        title += f" {_place(act, place)}"
    return Clause(name, title, known["gists"].get(name, ""))


def _place(act: str, place: str) -> str:
    """`15` of a law is an article; `2.2.1` of the plan is 二（二）1; `4.1` of a notice is 四（一）."""
    if act not in ("plan", "mca-2022-83"):
        return f"第{place}条"
    first, *rest = place.split(".")
    words = NUMERALS[int(first)]
    if rest:
        words += f"（{NUMERALS[int(rest[0])]}）"
    return words + "".join(rest[1:])
