"""Hides what identifies a person, keeping enough of it to tell two people apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.forms.model import Field, Form


def id_number(text: str) -> str:
    """640221199001011234 → 640221********1234."""
    return f"{text[:6]}********{text[-4:]}" if len(text) >= 15 else "*" * len(text)


def phone(text: str) -> str:
    """13812345678 → 138****5678, 0952-6012345 → 0952-****345."""
    area, dash, rest = text.partition("-")
    if dash:
        return f"{area}-****{rest.partition('-')[0][-3:]}" if len(rest) >= 7 else "*" * len(text)
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "*" * len(text)


def bank_account(text: str) -> str:
    """6217001234567890123 → ***************0123."""
    return "*" * max(len(text) - 4, 0) + text[-4:] if len(text) >= 12 else "*" * len(text)


MASKS = {"id_number": id_number, "phone": phone, "bank_account": bank_account}


def value(kind: str, text: object) -> object:
    """The value as it may be shown; other kinds stay as they are."""
    return MASKS[kind](text) if kind in MASKS and isinstance(text, str) else text


def masked(form: Form, values: Mapping[str, object]) -> dict[str, object]:
    """A copy of a form's values with identity numbers, telephones and accounts masked."""
    found = dict(values)
    _mask(form.fields, found)
    return found


def _mask(fields: Sequence[Field], found: dict[str, object]) -> None:
    for one in fields:
        if one.type == "group" and not one.key:
            _mask(one.children, found)
            continue
        given = found.get(one.key)
        if one.type == "group" and isinstance(given, Mapping):
            inner = dict(given)
            _mask(one.children, inner)
            found[one.key] = inner
        elif one.type == "dynamiclist" and isinstance(given, list):
            rows = [dict(r) if isinstance(r, Mapping) else r for r in given]
            for row in rows:
                if isinstance(row, dict):
                    _mask(one.children, row)
            found[one.key] = rows
        elif one.kind:
            found[one.key] = value(one.kind, given)
