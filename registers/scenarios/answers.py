"""What people write on a form: what the page offers, the usual answers, what the step says, and for whatever else must
not stay empty the plainest lawful value. All of it becomes the texts that a browser would post."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from engine import feel, forms
from engine.errors import DoudiError, ExpressionError
from engine.forms import Field, Form, tree
from engine.forms.expressions import plain

Texts = dict[str, list[str]]
#: From a day as scenarios write it (`today`, `+3wd`, `-2d`) to that day; None for any other text.
Days = Callable[[str], date | None]
#: A value for a field that must not stay empty.
Chooser = Callable[[Field], Any]

_TEMPLATE = re.compile(r"\{\{(.+?)\}\}", re.S)
_ROUNDS = 6


def posted(
    form: Form,
    context: Mapping[str, Any],
    initial: Mapping[str, Any],
    said: Sequence[Mapping[str, Any]],
    days: Days,
    choose: Chooser,
) -> Texts:
    """The texts for a form. `said` are layers of answers, the later over the earlier; None empties a field."""
    found = forms.to_posted(form, initial)
    fields = {one.key: one for one in form.walk() if one.key}
    for layer in said:
        for name, value in layer.items():
            _clear(found, name)
            _write(found, fields.get(name), name, value, days)
    return complete(form, found, context, initial, choose, days)


def complete(
    form: Form,
    found: Texts,
    context: Mapping[str, Any],
    initial: Mapping[str, Any],
    choose: Chooser,
    days: Days,
) -> Texts:
    """Adds what must not stay empty and is shown; an answer may show further questions."""
    fixed = forms.to_posted(form, initial)
    for _ in range(_ROUNDS):
        nodes = tree.grow(form, found, context, fixed)
        missing = [node for top in nodes for node in top.walk() if _missing(node)]
        if not missing:
            break
        for node in missing:
            one = node.field
            if one.type == "dynamiclist":
                for index in range(len(node.filled_rows), max(one.min_rows, 1)):
                    found.setdefault(f"_row.{node.name}", []).append(str(index))
                    for child in one.children:
                        if child.is_input:
                            _write(found, child, f"{node.name}[{index}].{child.key}", choose(child), days)
            else:
                _write(found, one, node.name, choose(one), days)
    return found


def _missing(node: tree.Node) -> bool:
    one = node.field
    if node.hidden or one.readonly or one.disabled:
        return False
    if one.type == "dynamiclist":
        return len(node.filled_rows) < max(one.min_rows, 1 if one.required else 0)
    return one.is_input and one.required and not any(text.strip() for text in node.raw)


def _clear(found: Texts, name: str) -> None:
    for key in [key for key in found if key == name or key.startswith((f"{name}[", f"{name}."))]:
        del found[key]
    found.pop(f"_row.{name}", None)


def _write(found: Texts, one: Field | None, name: str, value: Any, days: Days) -> None:
    """Money is typed in yuan, as at the window; a field that the form lacks is posted, so that it is refused."""
    if value is None:
        return
    if one is not None and one.type == "dynamiclist" and isinstance(value, list):
        children = {child.key: child for child in _inner(one)}
        for index, row in enumerate(value):
            found.setdefault(f"_row.{name}", []).append(str(index))
            if not isinstance(row, Mapping):
                found[f"{name}[{index}]"] = [str(row)]
                continue
            for key, cell in row.items():
                _write(found, children.get(key), f"{name}[{index}].{key}", cell, days)
    elif isinstance(value, Mapping):
        children = {child.key: child for child in _inner(one)} if one is not None else {}
        for key, cell in value.items():
            _write(found, children.get(key), f"{name}.{key}", cell, days)
    elif isinstance(value, list):
        found[name] = [_text(one, each, days) for each in value]
    elif not (value is False and one is not None and one.type == "checkbox"):
        found[name] = [_text(one, value, days)]


def _inner(one: Field) -> list[Field]:
    """The fields of a row or a group, through groups that do not nest."""
    found: list[Field] = []
    for child in one.children:
        found += _inner(child) if child.type == "group" and not child.key else [child]
    return found


def _text(one: Field | None, value: Any, days: Days) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if one is not None and one.type == "datetime" and isinstance(value, str):
        day, _, hour = value.strip().partition(" ")
        found = days(day)
        if found is not None:
            return f"{found.isoformat()} {hour}".strip()
    return str(value)


def plainest(context: Mapping[str, Any]) -> Chooser:
    """The plainest lawful values: the head's particulars, today, the least number, the first option, all boxes."""
    head, home = context["head"], context["home"]
    known = {
        "person_name": head["name"],
        "id_number": head["id_number"],
        "phone": home["phone"],
        "bank_account": home["bank_account"],
    }

    def choose(one: Field) -> Any:
        if one.type in ("select", "radio"):
            return one.options[0].value if one.options else None
        if one.type in ("checklist", "taglist"):
            return [option.value for option in one.options]
        if one.type == "checkbox":
            return True
        if one.type == "number":
            return str(one.minimum) if one.minimum is not None else "0"
        if one.type == "datetime":
            return {"date": "today", "time": "10:00"}.get(one.subtype, "today 10:00")
        text = known.get(one.kind) or f"{one.title}：已办理"
        return text.ljust(one.min_length or 0, "。")[: one.max_length or None]

    return choose


def worked_out(value: Any, context: Mapping[str, Any], where: str) -> Any:
    """A value with its expressions worked out: `=FEEL`, or `{{ FEEL }}` inside a text. Raises DoudiError that says
    where."""
    if isinstance(value, Mapping):
        return {key: worked_out(each, context, f"{where}.{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [worked_out(each, context, where) for each in value]
    if not isinstance(value, str):
        return value
    try:
        if value.startswith("="):
            return feel.evaluate(value[1:], dict(context))
        return _TEMPLATE.sub(lambda found: plain(feel.evaluate(found[1], dict(context))), value)
    except ExpressionError as error:
        raise DoudiError(f"{where} 的“{value}”算不出来：{error.message}") from None
