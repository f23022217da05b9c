"""What somebody writes into an act: why, what is asked for, an answer."""

from __future__ import annotations

from engine.errors import Invalid


def written(field: str, text: str, *, longest: int, empty: str = "") -> str:
    """The text without the blanks around it. Raises Invalid at the field for more than `longest` characters, and for no
    text at all when `empty` says what is missing."""
    text = text.strip()
    if empty and not text:
        raise Invalid.at(field, empty)
    if len(text) > longest:
        raise Invalid.at(field, f"最多{longest}个字，请写得简短些。")
    return text
