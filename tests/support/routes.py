"""Applications by the thousand: the address builders of a route are the same in each, and are compiled once.

Werkzeug compiles two functions for each of some two hundred routes whenever an application is made, which was four
fifths of the time that making one takes. A builder depends on what it is keyed by here and on nothing else.
"""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

_compile = Rule._compile_builder
_built: dict[tuple[Any, ...], Any] = {}


def _remembered(rule: Rule, append_unknown: bool = True) -> Any:
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _built:
        _built[key] = _compile(rule, append_unknown)
    return _built[key]


def compile_once() -> None:
    Rule._compile_builder = _remembered
