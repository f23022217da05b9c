"""A form as the engine holds it: frozen, with every setting already checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from engine.forms import expressions

CHOICES = frozenset({"select", "radio", "checklist", "taglist"})
MANY = frozenset({"checklist", "taglist"})
INPUTS = CHOICES | {"textfield", "textarea", "number", "datetime", "checkbox", "filepicker"}
KEYED = INPUTS | {"expression"}
TYPES = KEYED | {"text", "group", "dynamiclist", "table", "image", "separator"}


@dataclass(frozen=True)
class Option:
    """One answer that a choice offers."""

    label: str
    value: str


@dataclass(frozen=True)
class Column:
    """One column of a read-only table."""

    key: str
    label: str


@dataclass(frozen=True)
class Field:
    """One component of a form; what does not apply to its type stays at its default."""

    id: str
    type: str
    key: str = ""
    """Name in the data; of a group or a list its `path` (a group may have none: it does not nest)."""
    label: str = ""
    description: str = ""
    required: bool = False
    readonly: bool = False
    disabled: bool = False
    row: str = ""
    columns: int | None = None
    hide: str = ""
    check: str = ""
    message: str = ""
    prefill: str = ""
    source: tuple[str, str] | None = None
    """(task id, field) of the setting `from`."""
    flow: bool = False
    kind: str = ""
    by_id: tuple[str, str] | None = None
    """(field with an ID number, what of it) of the setting `by_id`."""
    money: bool = False
    boolean: bool = False
    show: str = ""
    options: tuple[Option, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    decimals: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    email: bool = False
    subtype: str = "date"
    not_past: bool = False
    text: str = ""
    expression: str = ""
    result: str = "text"
    """Of an expression: number, text or boolean."""
    prefix: str = ""
    suffix: str = ""
    accept: str = ""
    multiple: bool = False
    default: object = None
    min_rows: int = 0
    max_rows: int = 50
    first_rows: int = 0
    source_url: str = ""
    alt: str = ""
    table_columns: tuple[Column, ...] = ()
    data_source: str = ""
    children: tuple[Field, ...] = field(default=())

    @property
    def nests(self) -> bool:
        """Whether its children live in an object of their own."""
        return self.type == "dynamiclist" or (self.type == "group" and bool(self.key))

    @property
    def is_input(self) -> bool:
        """Whether a person fills it."""
        return self.type in INPUTS

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.label or self.key or self.id

    @property
    def value_type(self) -> str:
        """number, text or boolean, as gateways see it."""
        if self.type == "expression":
            return self.result
        if self.type == "number":
            return "number"
        return "boolean" if self.type == "checkbox" or self.boolean else "text"

    @property
    def reading(self) -> tuple[str, ...]:
        """The expressions whose change alters how the field looks."""
        found = [self.hide] if self.hide else []
        if self.type == "expression" and self.expression:
            found.append(self.expression)
        if self.type == "text":
            found += expressions.templates(self.text)
        if self.type == "table" and self.data_source and not self.show:
            found.append(self.data_source)
        return tuple(found)

    @property
    def all_expressions(self) -> tuple[str, ...]:
        """Every expression of the field."""
        return self.reading + tuple(e for e in (self.check, self.prefill) if e)


@dataclass(frozen=True)
class Form:
    """A form of a release."""

    name: str
    id: str
    fields: tuple[Field, ...]

    def walk(self) -> Iterator[Field]:
        """Every component, parents first."""
        stack = list(reversed(self.fields))
        while stack:
            one = stack.pop()
            yield one
            stack.extend(reversed(one.children))

    @cached_property
    def questions(self) -> dict[str, str]:
        """What it asks, in order: key → title; a list as one question."""
        found: dict[str, str] = {}
        stack = list(reversed(self.fields))
        while stack:
            one = stack.pop()
            if one.key and (one.is_input or one.type == "dynamiclist") and not (one.readonly or one.disabled):
                found[one.key] = one.title
            elif one.type == "group":
                stack.extend(reversed(one.children))
        return found

    @cached_property
    def flow_fields(self) -> dict[str, str]:
        """The scalars that go to the flow: name → number, text or boolean."""
        return {f.key: f.value_type for f in self.walk() if f.flow}

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every name of its data, at any depth."""
        return frozenset(f.key for f in self.walk() if f.key)

    @cached_property
    def read_names(self) -> frozenset[str]:
        """Names that its expressions read."""
        return frozenset(n for f in self.walk() for e in f.all_expressions for n in expressions.names(e))

    @cached_property
    def outer_names(self) -> frozenset[str]:
        """The read names that the flow must give: what the form, `today` and `parameters` do not."""
        return self.read_names - self.keys - {"this", "parent", "i", "today", "parameters"}

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The dated parameters that its expressions read."""
        read = (p for f in self.walk() for e in f.all_expressions for p in expressions.parameters(e))
        return frozenset(p.split(".", 1)[1] for p in read)

    @cached_property
    def views(self) -> frozenset[str]:
        """Names of the facts views that it shows."""
        return frozenset(f.show for f in self.walk() if f.show)

    @cached_property
    def sources(self) -> dict[str, tuple[str, str]]:
        """Fields that are prefilled from another task's submission: key → (task id, field)."""
        return {f.key: f.source for f in self.walk() if f.source}
