"""Stored values back to the flattened texts that a browser would post (`members[0].name`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.forms import values
from engine.forms.model import Field, Form

Texts = dict[str, list[str]]


def to_posted(form: Form, data: Mapping[str, object], strict: bool = False) -> Texts:
    """The texts for the form's fields; with `strict` also for names it lacks, so that they are refused."""
    found: Texts = {}
    _object(form.fields, data, "", found, strict)
    return found


def _object(fields: Sequence[Field], data: Mapping[str, object], prefix: str, found: Texts, strict: bool) -> None:
    known: set[str] = set()
    _known(fields, data, prefix, found, strict, known)
    if strict:
        for key in data:
            if key not in known:
                found[f"{prefix}{key}"] = [str(data[key])]


def _known(
    fields: Sequence[Field],
    data: Mapping[str, object],
    prefix: str,
    found: Texts,
    strict: bool,
    known: set[str],
) -> None:
    for one in fields:
        if one.type == "group" and not one.key:
            _known(one.children, data, prefix, found, strict, known)
            continue
        if not one.key:
            continue
        known.add(one.key)
        value, name = data.get(one.key), f"{prefix}{one.key}"
        if value is None:
            continue
        if one.type == "group" and isinstance(value, Mapping):
            _object(one.children, value, f"{name}.", found, strict)
        elif one.type == "dynamiclist" and isinstance(value, (list, tuple)):
            for index, row in enumerate(value):
                if isinstance(row, Mapping):
                    found.setdefault(f"_row.{name}", []).append(str(index))
                    _object(one.children, row, f"{name}[{index}].", found, strict)
                elif strict:
                    found[f"{name}[{index}]"] = [str(row)]
        elif one.is_input:
            texts = values.write(one, value)
            if texts:
                found[name] = texts
        elif strict and one.type in ("group", "dynamiclist"):
            found[name] = [str(value)]
