"""DMN decisions: reading a file, evaluating a decision, saying which rows matched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine import feel
from engine.errors import ExpressionError
from engine.releases import xml

#: Hit policies that decide rights: exactly one row, the first in order, or rows that agree.
POLICIES = ("UNIQUE", "FIRST", "ANY")


@dataclass(frozen=True)
class Column:
    """An input (its expression) or an output (its variable's name) of a table."""

    id: str
    label: str
    expression: str
    type: str


@dataclass(frozen=True)
class Row:
    """A rule: a test for each input, an expression for each output, what its author noted."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str


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


def parse(data: bytes) -> list[Decision]:
    """The decisions of a DMN file (any DMN namespace). Raises Unparsable when it is no XML."""
    root = xml.parse(data)
    return [_decision(node) for node in root.iter() if _tag(node) == "decision"]


def evaluate(decision: Decision, context: Mapping[str, Any]) -> Decided:
    """Decides on the given names. ExpressionError when a cell fails, no row matches, or rows contradict."""
    if decision.expression is not None:
        value = feel.evaluate(decision.expression, _seen(decision.expression, context))
        return Decided({decision.variable or decision.id: value}, (), {})
    _usable(decision)
    values = tuple(feel.evaluate(column.expression, _seen(column.expression, context)) for column in decision.inputs)
    inputs = {column.label: value for column, value in zip(decision.inputs, values, strict=True)}
    matched = _matching(decision, values, context)
    if not matched:
        raise ExpressionError(f"决策表“{decision.name}”没有一行符合：{_words(inputs)}。")
    if decision.policy == "UNIQUE" and len(matched) > 1:
        rows = "、".join(str(number) for number, row in enumerate(decision.rows, 1) if row in matched)
        raise ExpressionError(f"决策表“{decision.name}”要求只有一行符合，但第{rows}行都符合：{_words(inputs)}。")
    results = [_outputs(decision, row, context) for row in matched]
    if decision.policy == "ANY" and any(result != results[0] for result in results):
        raise ExpressionError(f"决策表“{decision.name}”有几行同时符合而结果不同：{_words(inputs)}。")
    used = matched if decision.policy == "ANY" else matched[:1]
    return Decided(results[0], tuple(row.id for row in used), inputs)


def _usable(decision: Decision) -> None:
    """A table that the lint would refuse gives no answer, not a wrong one."""
    if decision.policy not in POLICIES:
        raise ExpressionError(
            f"决策表“{decision.name}”的命中策略“{decision.policy}”不能用，请改成 UNIQUE、FIRST 或 ANY。"
        )
    shape = len(decision.inputs), len(decision.outputs)
    if any((len(row.tests), len(row.outputs)) != shape for row in decision.rows):
        raise ExpressionError(f"决策表“{decision.name}”有的行缺少单元格，请补齐后重新发布。")


def _matching(decision: Decision, values: tuple[Any, ...], context: Mapping[str, Any]) -> list[Row]:
    jobs = [
        {"kind": "unary", "text": test, "value": value}
        for row in decision.rows
        for test, value in zip(row.tests, values, strict=True)
    ]
    answers = iter(feel.evaluate_many(jobs, context))
    matched = []
    for number, row in enumerate(decision.rows, 1):
        found = [next(answers) for _ in row.tests]
        failed = next((each for each in found if isinstance(each, ExpressionError)), None)
        if failed is not None:
            raise ExpressionError(f"决策表“{decision.name}”第{number}行：{failed.message}")
        if all(each is True for each in found):
            matched.append(row)
    return matched


def _outputs(decision: Decision, row: Row, context: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.expression: feel.evaluate(text, _seen(text, context))
        for column, text in zip(decision.outputs, row.outputs, strict=True)
    }


def _seen(expression: str, context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: context[name] for name in feel.names(expression) if name in context}


def _words(inputs: Mapping[str, Any]) -> str:
    return "，".join(f"{label}={value}" for label, value in inputs.items())


def _decision(node: Any) -> Decision:
    key, name = node.get("id") or "", node.get("name") or node.get("id") or ""
    table, literal = _child(node, "decisionTable"), _child(node, "literalExpression")
    if table is None:
        variable = _child(node, "variable")
        return Decision(
            key,
            name,
            "",
            (),
            (),
            (),
            expression=_text(literal) if literal is not None else "",
            variable=(variable.get("name") if variable is not None else None) or key,
            type=(variable.get("typeRef") if variable is not None else None) or "",
        )
    inputs = tuple(
        Column(
            each.get("id") or "",
            each.get("label") or _text(_child(each, "inputExpression")),
            _text(_child(each, "inputExpression")),
            (_child(each, "inputExpression").get("typeRef") if _child(each, "inputExpression") is not None else "")
            or "",
        )
        for each in _children(table, "input")
    )
    outputs = tuple(
        Column(each.get("id") or "", each.get("label") or "", each.get("name") or key, each.get("typeRef") or "")
        for each in _children(table, "output")
    )
    rows = tuple(
        Row(
            each.get("id") or str(number),
            tuple(_text(cell) or "-" for cell in _children(each, "inputEntry")),
            tuple(_text(cell) for cell in _children(each, "outputEntry")),
            " ".join(_text(cell) for cell in _children(each, "annotationEntry")) or _text(_child(each, "description")),
        )
        for number, each in enumerate(_children(table, "rule"), 1)
    )
    return Decision(key, name, table.get("hitPolicy") or "UNIQUE", inputs, outputs, rows)


def _tag(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _children(node: Any, tag: str) -> list[Any]:
    return [each for each in node if _tag(each) == tag] if node is not None else []


def _child(node: Any, tag: str) -> Any:
    return next(iter(_children(node, tag)), None)


def _text(node: Any) -> str:
    if node is None:
        return ""
    inner = _child(node, "text")
    return ((inner if inner is not None else node).text or "").strip()
