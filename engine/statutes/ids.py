"""How clauses are named: `mca-2021-57:15`, `plan:2.1.1a`, `nx-2025-6` for an instrument nobody has read in full."""

from __future__ import annotations

import re

INSTRUMENT = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
PLACE = r"[0-9]+(?:\.[0-9]+)*[a-z]?"
CLAUSE = re.compile(rf"{INSTRUMENT}(?::{PLACE})?")
#: A clause cited somewhere in a text: of an instrument whose id has a number or a hyphen, so that `12:30` is none.
_CITED = re.compile(rf"(?<![\w:.-])({INSTRUMENT}:{PLACE})(?![\w:-]|\.\d)")


def split(text: str | None) -> list[str]:
    """The ids of a comma-separated list."""
    return [each.strip() for each in (text or "").split(",") if each.strip()]


def wrong(text: str) -> list[str]:
    """Those of a comma-separated list that are written wrongly."""
    return [each for each in split(text) if CLAUSE.fullmatch(each) is None]


def cited(text: str) -> list[str]:
    """What looks like a clause anywhere in a text, in its order, each once."""
    return list(dict.fromkeys(_CITED.findall(text)))
