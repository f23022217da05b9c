"""DMN decisions: evaluating a decision, saying which rows matched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.decisions.model import COLLECT, KINDS, POLICIES, Column, Decided, Decision, Example, Row
from engine.decisions.reading import parse
from engine.errors import ExpressionError


def evaluate(decision: Decision, context: Mapping[str, Any]) -> Decided:
    """Decides on the given names. ExpressionError when an input is not what its column declares, a cell fails, no row
    matches (COLLECT then gives an empty text), or rows contradict one another."""
    if decision.expression is not None:
        seen = _seen(decision.expression, context)
        value = feel.evaluate(decision.expression, seen)
        inputs = {name: value for name, value in sorted(seen.items()) if isinstance(value, str | int | float)}
        return Decided({decision.variable or decision.id: value}, (), inputs)
    _usable(decision)
    values = tuple(feel.evaluate(column.expression, _seen(column.expression, context)) for column in decision.inputs)
    inputs = {column.label: value for column, value in zip(decision.inputs, values, strict=True)}
    for column, value in zip(decision.inputs, values, strict=True):
        _allowed(decision, column, value)
    matched = _matching(decision, values, context)
    if decision.policy == COLLECT:
        return _collected(decision, matched, context, inputs)
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
    if decision.policy not in POLICIES or decision.aggregation:
        shown = f"{decision.policy} {decision.aggregation}".strip()
        raise ExpressionError(
            f"决策表“{decision.name}”的命中策略“{shown}”不能用，请改成 UNIQUE、FIRST、ANY，或不带汇总的 COLLECT。"
        )
    shape = len(decision.inputs), len(decision.outputs)
    if any((len(row.tests), len(row.outputs)) != shape for row in decision.rows):
        raise ExpressionError(f"决策表“{decision.name}”有的行缺少单元格，请补齐后重新发布。")
    if decision.policy == COLLECT and len(decision.outputs) != 1:
        raise ExpressionError(f"决策表“{decision.name}”用 COLLECT，只能有一个结果，请拆成几张表。")


def _allowed(decision: Decision, column: Column, value: Any) -> None:
    """An input that is not what its column declares decides nothing. In a COLLECT table a value that no row knows
    would pass every test, so there an empty value is refused too."""
    kinds, words = KINDS.get(column.type, ((), ""))
    if value is None:
        if decision.policy == COLLECT:
            raise ExpressionError(f"决策表“{decision.name}”的条件“{column.label}”没有值，不能作出判断。")
    elif kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise ExpressionError(f"决策表“{decision.name}”的条件“{column.label}”应是{words}，实际是“{value}”。")
    elif column.values and not feel.unary(column.values, value, {}):
        raise ExpressionError(
            f"决策表“{decision.name}”的条件“{column.label}”不允许“{value}”，允许的是 {column.values}。"
        )


def _collected(decision: Decision, matched: list[Row], context: Mapping[str, Any], inputs: dict[str, Any]) -> Decided:
    """The texts of the rows that match, joined by commas."""
    (column,) = decision.outputs
    texts = [_outputs(decision, row, context)[column.expression] for row in matched]
    for row, text in zip(matched, texts, strict=True):
        if not isinstance(text, str) or not text or "," in text:
            number = decision.rows.index(row) + 1
            raise ExpressionError(f"决策表“{decision.name}”第{number}行的结果应是不含逗号的文字，实际是“{text}”。")
    return Decided({column.expression: ",".join(texts)}, tuple(row.id for row in matched), inputs)


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
    said = {True: "true", False: "false", None: "空"}
    return "，".join(
        f"{label}={said[value] if value is None or isinstance(value, bool) else value}"
        for label, value in inputs.items()
    )


__all__ = ["COLLECT", "KINDS", "POLICIES", "Column", "Decided", "Decision", "Example", "Row", "evaluate", "parse"]
