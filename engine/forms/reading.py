"""A submission read back: sections of answers, lists as tables. Only what was kept is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.forms.model import Field, Form
from engine.forms.words import shown


@dataclass
class Table:
    """A list of rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]


@dataclass
class Part:
    """Answers under one heading, then tables."""

    title: str = ""
    answers: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read_back(form: Form, values: Mapping[str, object], masked: bool) -> list[Part]:
    """The parts that hold anything."""
    parts = [Part()]
    _gather(form.fields, values, masked, parts)
    return [p for p in parts if p.answers or p.tables]


def _gather(fields: Sequence[Field], values: Mapping[str, object], masked: bool, parts: list[Part]) -> None:
    for one in fields:
        if one.type == "group":
            inner = values.get(one.key) if one.key else values
            if isinstance(inner, Mapping):
                parts.append(Part(one.label))
                _gather(one.children, inner, masked, parts)
                parts.append(Part())
        elif one.type == "dynamiclist" and isinstance(values.get(one.key), list):
            parts[-1].tables.append(_table(one, values[one.key], masked))  # type: ignore[arg-type]
        elif one.key and one.key in values and one.type != "dynamiclist":
            parts[-1].answers.append((one.title, shown(one, values[one.key], masked)))


def _table(one: Field, rows: Sequence[object], masked: bool) -> Table:
    columns = list(_columns(one.children, ()))
    cells = []
    for row in rows:
        line = []
        for path, column in columns:
            value: object = row
            for step in (*path, column.key):
                value = value.get(step) if isinstance(value, Mapping) else None
            line.append(
                f"{len(value)} 行"
                if column.type == "dynamiclist" and isinstance(value, list)
                else shown(column, value, masked)
            )
        cells.append(line)
    return Table(one.title, [c.title for _, c in columns], cells)


def _columns(fields: Sequence[Field], path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Field]]:
    found = []
    for one in fields:
        if one.type == "group":
            found += _columns(one.children, (*path, one.key) if one.key else path)
        elif one.key:
            found.append((path, one))
    return found
