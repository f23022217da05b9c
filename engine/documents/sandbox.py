"""Where templates are rendered: Jinja's immutable sandbox without what a document does not need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: Filters that would let text pass as markup, or make what no document needs.
TAKEN_AWAY = ("safe", "tojson", "xmlattr", "urlize", "pprint", "random", "attr", "default", "d")
#: The markup of a document; what a template and its forms may come to.
LONGEST = 2_000_000


class Safe(str):
    """Markup that the system made itself: a template does not escape it."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Sandbox(ImmutableSandboxedEnvironment):
    """No loader, no globals, nothing undefined passes, and no text is multiplied into gigabytes."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(each, (int, float)) for each in (left, right)):
            raise SecurityError("文书模板里只有数可以相乘，不能乘方")
        return super().call_binop(context, operator, left, right)


def make(filters: dict[str, Callable[..., Any]] | None = None) -> Sandbox:
    """A sandbox; what a template reads and nobody gave it is an error."""
    sandbox = Sandbox(autoescape=True, undefined=StrictUndefined)
    sandbox.globals.clear()
    for name in TAKEN_AWAY:
        sandbox.filters.pop(name, None)
    sandbox.filters.update(filters or {})
    return sandbox
