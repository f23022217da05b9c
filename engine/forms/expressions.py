"""FEEL as forms use it: the leading `=` of form-js goes, and only the names that are read come out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.errors import ExpressionError

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.S)
WORDS = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "not"}
    | {"between", "instance", "of", "function", "external", "true", "false", "null"}
)
"""Words of FEEL that no field may be called."""


def bare(expression: str) -> str:
    """The expression without form-js's leading `=`."""
    text = expression.strip()
    return text[1:].strip() if text.startswith("=") else text


def check(expression: str) -> str | None:
    """What is wrong with the expression, or None."""
    from engine import feel  # imported late: forms can be read where no interpreter is

    if not bare(expression):
        return "表达式是空的"
    return feel.check(bare(expression))


def value(expression: str, context: Mapping[str, object]) -> object:
    """The value; raises ExpressionError."""
    from engine import feel

    return feel.evaluate(bare(expression), dict(context))


def holds(expression: str, context: Mapping[str, object]) -> bool:
    """Whether it gives true: null, any other value and a failure are not true."""
    try:
        return value(expression, context) is True
    except ExpressionError:
        return False


def names(expression: str) -> frozenset[str]:
    """The names that an expression reads (`members`, `parameters`)."""
    from engine import feel

    return feel.names(bare(expression))


def parameters(expression: str) -> frozenset[str]:
    """The dated parameters that it reads, as `parameters.NAME`."""
    from engine import feel

    return frozenset(p for p in feel.paths(bare(expression)) if p.startswith("parameters."))


def templates(text: str) -> list[str]:
    """The `{{ … }}` expressions of a text component."""
    return [m.strip() for m in _TEMPLATE.findall(text)]


def fill(text: str, context: Mapping[str, object]) -> str:
    """The text with its templates replaced by their values; what cannot be computed shows as a dash."""

    def one(match: re.Match[str]) -> str:
        try:
            found = value(match[1], context)
        except ExpressionError:
            found = None
        return "—" if found is None else plain(found)

    return _TEMPLATE.sub(one, text)


def plain(found: object) -> str:
    """A FEEL value as people read it."""
    if isinstance(found, bool):
        return "是" if found else "否"
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    if isinstance(found, list):
        return "、".join(plain(x) for x in found)
    return "—" if found is None else str(found)
