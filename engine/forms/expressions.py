"""FEEL as forms use it: the leading `=` of form-js goes, and only the names that are read come out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.errors import ExpressionError

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"|@"[^"]*"')
_BLOCK_COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_NAME = re.compile(r"(?<![\w.])(?:parameters\s*\.\s*)?[^\W\d]\w*")
_LOCALS = re.compile(r"\b(?:for|some|every|,)\s+([^\W\d]\w*)\s+in\b|\bfunction\s*\(([^)]*)\)")
_CONTEXT_KEYS = re.compile(r"([{,]\s*)[^\W\d]\w*\s*:")
_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.S)
WORDS = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "not"}
    | {"between", "instance", "of", "function", "external", "true", "false", "null", "item", "partial"}
)
# Built-in functions whose names hold blanks; their words are no names of data.
_PHRASES = re.compile(
    r"\b(?:string length|upper case|lower case|substring before|substring after|starts with|ends with"
    r"|list contains|distinct values|insert before|index of|day of week|day of year|week of year"
    r"|month of year|years and months duration|date and time|round (?:half )?(?:up|down)|get value"
    r"|get entries|context put|context merge|list replace|string join|met by|overlaps before"
    r"|overlaps after|finished by|started by|get or else)\s*(?=\()"
)


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
    """The names that an expression reads, as roots (`members`), but `parameters.NAME` whole."""
    text = _BLOCK_COMMENTS.sub(" ", _TEXTS.sub(" ", bare(expression)))
    local = {w.strip().split(":")[0] for m in _LOCALS.finditer(text) for w in (m[1] or m[2]).split(",")}
    text = _CONTEXT_KEYS.sub(r"\1 ", _PHRASES.sub(" ", text))
    found = set()
    for match in _NAME.finditer(text):
        name = re.sub(r"\s", "", match[0])
        called = re.match(r"\s*\(", text[match.end() :]) is not None
        if name not in WORDS and name not in local and not called:
            found.add(name)
    return frozenset(found)


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
