"""What is known of parameters beside their values: data files of the seed, found by name or by pattern."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("seed")


@lru_cache(maxsize=8)
def read(file: str) -> list[dict[str, Any]]:
    """The rows of `seed/<file>.json`; they are part of the program and never change while it runs."""
    return json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))


def closeness(patterns: Sequence[str], name: str) -> int:
    """How closely the best of some patterns fits a name: 0 when none does, most when one is the name itself."""
    return max((1000 if each == name else len(each) for each in patterns if fnmatchcase(name, each)), default=0)


def matching(file: str, name: str) -> list[dict[str, Any]]:
    """The rows of a file whose patterns fit the name, the closest first."""
    found = [(closeness(row["names"], name), row) for row in read(file)]
    return [row for fits, row in sorted(found, key=lambda pair: -pair[0]) if fits]
