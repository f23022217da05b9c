"""What a decision is: its columns, its rows, what its author gave to try it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Hit policies that decide rights: exactly one row, the first in order, or rows that agree; and COLLECT, which gathers
#: the texts of all rows that match (every failed test of an application), joined by commas in the order of the rows.
POLICIES = ("UNIQUE", "FIRST", "ANY", "COLLECT")
COLLECT = "COLLECT"
#: What a column's `typeRef` lets through.
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("number", "integer", "long", "double"), ((int, float), "数字")),
    "string": ((str,), "文字"),
    "boolean": ((bool,), "是或否"),
}


@dataclass(frozen=True)
class Column:
    """An input (its expression) or an output (its variable's name) of a table."""

    id: str
    label: str
    expression: str
    type: str
    #: Of an input, the values that it may have (`inputValues`), as unary tests: `"a","b"` or `[0..120]`. Empty: any.
    values: str = ""


@dataclass(frozen=True)
class Row:
    """A rule: a test for each input, an expression for each output, what its author noted."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Example:
    """A test row: what is given and what must come out, name by name, as FEEL constants."""

    name: str
    given: tuple[tuple[str, str], ...]
    expected: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Decision:
    """A decision table, or (with `expression`) a literal expression whose result goes to `variable`."""

    id: str
    name: str
    policy: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]
    expression: str | None = None
    variable: str | None = None
    #: Of the literal expression's result, as the author gave it: `number`, `string` … or empty.
    type: str = ""
    #: DMN's `aggregation` of a COLLECT table; none of them is used here.
    aggregation: str = ""
    #: What its author says of it.
    description: str = ""
    #: What holds for all of its test rows, and the test rows (`doudi:given`, `doudi:test`): they run when it is linted.
    given: tuple[tuple[str, str], ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def output_names(self) -> tuple[str, ...]:
        """The flow variables that it sets."""
        return (self.variable,) if self.expression is not None else tuple(c.expression for c in self.outputs)


@dataclass(frozen=True)
class Decided:
    """What came out, from which inputs, and the ids of the rows that matched."""

    outputs: dict[str, Any]
    rows: tuple[str, ...]
    inputs: dict[str, Any]
