"""One filled form as a tree: each component with its posted text, value, fault and whether it is hidden.

The checks, the page and the read-only view all walk this tree, so that none of them can see another form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as slot
from decimal import ROUND_HALF_UP, Decimal

from engine.errors import ExpressionError
from engine.forms import expressions, identity, kinds, values
from engine.forms.model import Field, Form

MOST_ROWS = 200
_ROUNDS = 4
"""Conditions may read what other conditions hide: they are settled in at most so many rounds."""
Posted = Mapping[str, Sequence[str]]


@dataclass
class Row:
    """One row of a list: `index` is the one posted, `number` the one that people see."""

    index: int
    number: int
    name: str
    nodes: list[Node]
    empty: bool = False


@dataclass
class Node:
    """One component of a filled form."""

    field: Field
    name: str
    where: str = ""
    raw: tuple[str, ...] = ()
    value: object = None
    fault: str = ""
    warning: str = ""
    hidden: bool = False
    children: list[Node] = slot(default_factory=list)
    rows: list[Row] = slot(default_factory=list)
    scope: dict[str, object] = slot(default_factory=dict)

    @property
    def filled_rows(self) -> list[Row]:
        """The rows in which something stands."""
        return [r for r in self.rows if not r.empty]

    def walk(self) -> Iterator[Node]:
        """The node and all below it."""
        yield self
        for one in self.children + [n for r in self.rows for n in r.nodes]:
            yield from one.walk()


def grow(form: Form, posted: Posted, context: Mapping[str, object], fixed: Posted | None = None) -> list[Node]:
    """The tree of what was posted; read-only fields take their texts from `fixed`."""
    nodes = _grow(form.fields, posted, fixed or {}, "", "")
    _told_by_numbers(nodes)
    settle(nodes, context)
    return nodes


def _grow(fields: Sequence[Field], posted: Posted, fixed: Posted, prefix: str, where: str) -> list[Node]:
    nodes = []
    for one in fields:
        node = Node(one, prefix + (one.key or f"#{one.id}"), where)
        if one.type == "group":
            node.children = _grow(one.children, posted, fixed, f"{node.name}." if one.key else prefix, where)
            if one.key:
                _told_by_numbers(node.children)
        elif one.type == "dynamiclist":
            node.rows = _rows(node, posted, fixed)
        elif one.is_input:
            source = fixed if one.readonly or one.disabled else posted
            node.raw = texts(source, node.name)
            read = values.read(one, node.raw)
            node.value, node.fault, node.warning = read.value, read.fault, read.warning
        nodes.append(node)
    return nodes


def _told_by_numbers(nodes: Sequence[Node]) -> None:
    """Fills what an ID number beside it decides (`by_id`), and says where what was typed contradicts the number. A
    place is only offered: people move, and the codes of places changed."""
    here = {node.field.key: node for node in _beside(nodes) if node.field.key}
    for node in here.values():
        taken = node.field.by_id
        number = here.get(taken[0]) if taken else None
        found = kinds.identity(str(number.value)) if number is not None and number.value else None
        if taken is None or found is None:
            continue
        text = identity.answer(node.field, found)
        read = values.read(node.field, (text,) if text else ())
        if not any(t.strip() for t in node.raw) and text:
            node.raw, node.value, node.fault = (text,), read.value, read.fault
        elif node.value not in (None, read.value) and taken[1] != "home":
            said = identity.told(found, taken[1])
            node.fault = f"“{node.field.title}”与身份证号不一致，号码里是 {said}，请对照身份证核对这两处"


def _beside(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes of one object: a group without a path shares that of its parent."""
    for node in nodes:
        yield node
        if node.field.type == "group" and not node.field.key:
            yield from _beside(node.children)


def texts(posted: Posted, name: str) -> tuple[str, ...]:
    """What was posted under a name."""
    found = posted.get(name, ())
    return (found,) if isinstance(found, str) else tuple(found)


def indexes(posted: Posted, name: str) -> list[int]:
    """The rows of a list that were posted, also those that a page only marked with `_row.NAME`."""
    shape = re.compile(re.escape(name) + r"\[(\d{1,4})\]\.", re.ASCII)
    found = {int(m[1]) for m in map(shape.match, posted) if m}
    found |= {int(t) for t in texts(posted, f"_row.{name}") if re.fullmatch(r"\d{1,4}", t, re.ASCII)}
    return sorted(found)[:MOST_ROWS]


def _rows(node: Node, posted: Posted, fixed: Posted) -> list[Row]:
    rows = []
    for number, index in enumerate(indexes(posted, node.name), 1):
        name = f"{node.name}[{index}]"
        where = f"{node.where}{node.field.title}第 {number} 行"
        row = Row(index, number, name, _grow(node.field.children, posted, fixed, f"{name}.", where))
        _told_by_numbers(row.nodes)
        row.empty = _is_empty(row)
        rows.append(row)
    return rows


def _is_empty(row: Row) -> bool:
    """A row is empty when nothing stands in it beyond the answers that it was offered with."""
    open_question = False
    for node in (n for top in row.nodes for n in top.walk()):
        if not node.field.is_input or node.field.readonly or node.field.disabled:
            continue
        given = [t.strip() for t in node.raw if t.strip()]
        default = values.write(node.field, node.field.default)
        if given and given != default:
            return False
        open_question = open_question or not default
    return open_question or not any(n.raw for top in row.nodes for n in top.walk())


def data(nodes: Sequence[Node], hidden_too: bool) -> dict[str, object]:
    """The values as nested data: without what is hidden, or with null in its place (what expressions see)."""
    found: dict[str, object] = {}
    for node in nodes:
        one = node.field
        gone = node.hidden
        if gone and not hidden_too:
            continue
        if one.type == "group":
            inner = data(node.children, hidden_too)
            if gone:
                inner = _nulls(one)
            if one.key:
                found[one.key] = inner
            else:
                found.update(inner)
        elif one.type == "dynamiclist":
            found[one.key] = [] if gone else [data(r.nodes, hidden_too) for r in node.filled_rows]
        elif one.key and (one.is_input or one.type == "expression") and (hidden_too or not one.disabled):
            found[one.key] = None if gone else node.value
    return found


def _nulls(group: Field) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in group.children:
        if one.type == "group" and not one.key:
            found.update(_nulls(one))
        elif one.key:
            found[one.key] = _nulls(one) if one.type == "group" else [] if one.type == "dynamiclist" else None
    return found


def settle(nodes: list[Node], context: Mapping[str, object]) -> None:
    """Decides what is hidden and computes the expressions, until nothing changes any more."""
    before: object = None
    for _ in range(_ROUNDS):
        _settle(nodes, {**context, **data(nodes, hidden_too=True)}, False)
        after = [(n.hidden, n.value) for top in nodes for n in top.walk()]
        if after == before:
            return
        before = after


def _settle(nodes: Sequence[Node], scope: dict[str, object], hidden: bool) -> None:
    for node in nodes:
        one = node.field
        node.scope = scope
        node.hidden = hidden or bool(one.hide and expressions.holds(one.hide, scope))
        if one.type == "expression" and not node.hidden:
            node.value = _computed(one, scope)
        if one.key and one.type not in ("group", "dynamiclist"):
            scope[one.key] = None if node.hidden else node.value
        if one.type == "group":
            inner = data(node.children, hidden_too=True) if not node.hidden else _nulls(one)
            scope.update({one.key: inner} if one.key else inner)
            _settle(node.children, {**scope, **inner} if one.key else scope, node.hidden)
        elif one.type == "dynamiclist":
            if node.hidden:
                scope[one.key] = []
            for row in node.rows:
                own = data(row.nodes, hidden_too=True)
                outer = {k: v for k, v in scope.items() if k != "parent"}
                _settle(row.nodes, {**scope, **own, "this": own, "parent": outer, "i": row.number}, node.hidden)


def _computed(one: Field, scope: Mapping[str, object]) -> object:
    try:
        found = expressions.value(one.expression, scope)
    except ExpressionError:
        return None
    if one.result == "boolean":
        return found if isinstance(found, bool) else None
    if one.result == "text":
        return None if found is None else expressions.plain(found)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    exact = Decimal(str(found))
    if not exact.is_finite():
        return None
    if one.money:
        return int(exact.to_integral_value(ROUND_HALF_UP))
    return int(exact) if exact == exact.to_integral_value() else found
