"""A small form on a page: what was typed into it and what is wrong with it, so that it can be drawn again."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request

from engine.errors import DoudiError


@dataclass(frozen=True)
class Wrong:
    """What was wrong with a form (`form` says which on the page), and what was typed into it."""

    form: str = ""
    message: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: str, error: DoudiError, typed: dict[str, str]) -> Wrong:
        """What an operation said: at its fields where it names them, else above the form."""
        problems = {each["field"]: each["message"] for each in error.data.get("problems", [])}  # type: ignore[attr-defined]
        return cls(form, "" if problems else error.message, problems, typed)


def typed_in() -> dict[str, str]:
    """What the form's fields hold, but for the token."""
    return {name: text for name, text in request.form.items() if name != "csrf_token"}
