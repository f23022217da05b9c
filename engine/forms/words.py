"""Values as people read them, in the form, in the case history and in tables."""

from __future__ import annotations

from decimal import Decimal

from engine.forms import mask
from engine.forms.expressions import plain
from engine.forms.model import Field
from engine.forms.values import digits


def shown(field: Field, value: object, masked: bool = False) -> str:
    """One value of a field in words; an empty one is a dash."""
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool) and not field.options:
        return "是" if value else "否"
    if field.options:
        labels = {o.value: o.label for o in field.options}
        given = value if isinstance(value, list) else [value]
        return "、".join(labels.get(_word(v), str(v)) for v in given)
    if isinstance(value, (int, float)):
        return f"{field.prefix}{_number(field, value)}"
    if field.type == "filepicker" and isinstance(value, list):
        return f"{len(value)} 个附件"
    if field.type == "datetime" and isinstance(value, str):
        return value.replace("T", " ")
    text = plain(mask.value(field.kind, value) if masked else value)
    return f"{field.prefix}{text}{field.suffix}"


def _word(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _number(field: Field, value: float) -> str:
    exact = Decimal(str(value))
    if field.money:
        exact = exact.scaleb(-2)
        return f"{exact:,.2f} 元" if exact % 1 else f"{exact:,.0f} 元"
    text = f"{exact:,f}" if field.decimals else digits(exact)
    return f"{text} {field.suffix}".strip()
