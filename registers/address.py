"""What the lists of the desk and of the leaders' room have in common: a list is narrowed by its address, and an address
that makes no sense narrows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def page_number(text: str, last: int) -> int:
    """The page that an address asks for: 1 for what is no number, never beyond the last that anybody turns to."""
    return min(max(int(text), 1), last) if text.isascii() and text.isdigit() and len(text) <= 6 else 1


def one_of(text: str, known: Any) -> str:
    """The text when it is one of those known, else nothing."""
    return text if text in known else ""


def parts(said: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an address; what is empty, and the first page, are left out."""
    return {key: value for key, value in said.items() if value not in ("", None) and (key, value) != ("page", 1)}
