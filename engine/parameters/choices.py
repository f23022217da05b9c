"""Values that are codes: what they are called, and which there are (`seed/choices.json`).

A mode that no drawing knows would stop every case, so a change offers the known codes and takes no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import Invalid
from engine.parameters.facts import matching


@dataclass(frozen=True)
class Choice:
    """The codes of a parameter with their names; a list takes several, with commas between them."""

    options: Mapping[str, str]
    several: bool


@lru_cache(maxsize=1024)
def choice_of(name: str) -> Choice | None:
    """What may be chosen; None for a parameter that is no choice."""
    found = matching("choices", name)
    return Choice(found[0]["options"], found[0].get("list", False)) if found else None


def codes(value: object, choice: Choice) -> list[str]:
    """The codes of a value in the order in which they stand."""
    text = str(value)
    return [each.strip() for each in text.split(",") if each.strip()] if choice.several else [text]


def check_choice(name: str, value: object) -> None:
    """Refuses a code that nobody knows, one that stands twice, and an empty list."""
    choice = choice_of(name)
    if choice is None:
        return
    given = codes(value, choice)
    strange = [each for each in given if each not in choice.options]
    if strange:
        raise Invalid.at("value", f"“{'、'.join(strange)}”不在可选的范围内，请从列出的选项中选择。")
    if not given:
        raise Invalid.at("value", "请至少选择一项。")
    if len(set(given)) != len(given):
        raise Invalid.at("value", "同一项写了两次，请只保留一次。")
