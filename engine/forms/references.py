"""The files that a filled form names: references only; what they stand for is not the engine's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.forms.model import Field, Form


def references(form: Form, values: Mapping[str, object]) -> dict[str, list[str]]:
    """{name as posted: references} of every file field in which something stands (`members[0].photo`)."""
    return {name: found for name, found in _named(form.fields, values, "") if found}


def _named(fields: Sequence[Field], values: Mapping[str, object], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for one in fields:
        value = values.get(one.key) if one.key else None
        if one.type == "group":
            inner = value if one.key else values
            if isinstance(inner, Mapping):
                yield from _named(one.children, inner, f"{prefix}{one.key}." if one.key else prefix)
        elif one.type == "dynamiclist" and isinstance(value, list):
            for index, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from _named(one.children, row, f"{prefix}{one.key}[{index}].")
        elif one.type == "filepicker" and isinstance(value, list):
            yield f"{prefix}{one.key}", [str(each) for each in value]
