"""How a task is done, in the words of whoever owns the process, with the numbers of the day that counts.

A number that is a dated parameter is written `{parameters.NAME}`: typed out it would stay as it is when the rule
changes, and somebody would go by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.calendar.lengths import Length
from engine.errors import Invalid

PLACE = re.compile(r"\{parameters\.([a-z][a-z0-9_]*)\}")
#: What is said where there is no such value on that day.
UNKNOWN = "规定的期限"
#: A time that was typed out: 3个工作日, 七天, 一个月, 半年; 哪一天 is none.
_BARE = re.compile(
    r"(?<!哪)(?:[0-9]+|[一二两三四五六七八九十百半]+)\s*个?\s*(?:工作日|自然日|日|天|星期|周|月|季度|年|小时|分钟)"
)


def told(text: str, parameters: Mapping[str, Any]) -> str:
    """The text with the values in their places: a length in words (3个工作日), anything else as it is."""
    return PLACE.sub(lambda found: _said(parameters.get(found[1])), text)


def names(text: str) -> set[str]:
    """The parameters that it speaks of."""
    return set(PLACE.findall(text))


def typed(text: str) -> list[str]:
    """The times that are typed out in it instead of being taken from a parameter."""
    return _BARE.findall(text)


def _said(value: Any) -> str:
    if value is None:
        return UNKNOWN
    try:
        return Length.parse(str(value)).words
    except Invalid:
        return str(value)
