"""The places that identity numbers begin with: codes of administrative divisions (GB/T 2260), of former years too.

The list (`places.json`) has every province, and of Ningxia every city and county since 1980. What it does not have is
said to be unknown, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PLACES = Path(__file__).with_name("places.json")


def home(area: str) -> str:
    """The place of a six-digit code: as exactly as the list knows it, and where it ends says so. Empty when not even
    the first two digits are known."""
    places = _places()
    province = places["provinces"].get(area[:2], "")
    if not province:
        return ""
    city, county = places["cities"].get(area[:4], ""), places["counties"].get(area, "")
    if county:
        return f"{province}{city}{county}"
    return f"{province}{city}（县区代码 {area[4:]} 不在对照表中）" if city else f"{province}（县区不在对照表中）"


def unknown_province(number: str) -> bool:
    """Whether the first two digits belong to no province: then the fault most likely lies there. Numbers of foreigners
    with permanent residence begin with 9 and name no place."""
    return number[0] != "9" and number[:2] not in _places()["provinces"]


@cache
def _places() -> Mapping[str, Any]:
    """The list, read once a process."""
    return json.loads(PLACES.read_text(encoding="utf-8"))
