"""What a form shows first: its author's defaults, values of the flow, another task's latest submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.errors import ExpressionError
from engine.forms import expressions
from engine.forms.model import Field, Form

Submissions = Mapping[str, Mapping[str, object]]


def initial(form: Form, context: Mapping[str, object], submissions: Submissions | None = None) -> dict[str, object]:
    """Typed values to begin with; `submissions` maps a task id to the values of its latest submission."""
    return _initial(form.fields, context, submissions or {})


def _initial(fields: Sequence[Field], context: Mapping[str, object], submissions: Submissions) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in fields:
        if one.type == "group":
            inner = _initial(one.children, context, submissions)
            if one.key and inner:
                found[one.key] = inner
            elif not one.key:
                found.update(inner)
            continue
        value = _first(one, context, submissions)
        if one.type == "dynamiclist" and value is None:
            value = [_initial(one.children, context, {}) for _ in range(max(one.first_rows, one.min_rows))]
        if one.key and value is not None:
            found[one.key] = value
    return found


def _first(one: Field, context: Mapping[str, object], submissions: Submissions) -> object:
    if one.source:
        value = submissions.get(one.source[0], {}).get(one.source[1])
        if value is not None:
            return value
    if one.prefill:
        try:
            value = expressions.value(one.prefill, context)
        except ExpressionError:
            value = None
        if value is not None:
            return value
    return one.default
