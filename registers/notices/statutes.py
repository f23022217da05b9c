"""Clauses as letters cite them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from engine.releases.loaded import LoadedRelease

NUMERALS = "〇一二三四五六七八九十"


def cite(release: LoadedRelease, clause: str) -> str:
    """`mca-2021-57:13` → 《最低生活保障审核确认办法》第13条, by the register of the release; a stranger by its id."""
    instrument, _, place = clause.partition(":")
    title = _titles(release.files.get("statutes.json", b"{}")).get(instrument, instrument)
    if not place:
        return f"《{title}》"
    first, *rest = place.split(".")
    if len(first) < 3 and rest and first.isdigit() and int(first) <= 10 and instrument in ("plan", "mca-2022-83"):
        return f"《{title}》{NUMERALS[int(first)]}（{NUMERALS[int(rest[0])]}）{''.join(rest[1:])}"
    return f"《{title}》第{place}条"


@lru_cache(maxsize=8)
def _titles(data: bytes) -> dict[str, str]:
    known: dict[str, Any] = json.loads(data).get("instruments", {})
    return {key: str(each.get("title", key)) for key, each in known.items()}
