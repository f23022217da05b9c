"""Test rows: each decision carries its own, in the DMN file; they run whenever it is linted, and on its page.

A table whose author did not say what must come out is not released, nor one with a row that no test row ever reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from engine import feel
from engine.decisions import ranges
from engine.decisions.model import COLLECT, Decision, Example
from engine.decisions.problems import Problem
from engine.decisions.tables import evaluate
from engine.errors import ExpressionError

#: Test rows of one decision that are run; no table needs more.
MOST = 300
#: The day that a test row sees when it gives none.
TODAY = "2026-01-01"


@dataclass(frozen=True)
class Outcome:
    """How a test row went: what came out (empty when nothing did), which rows matched, what is wrong."""

    name: str
    got: Mapping[str, Any]
    expected: Mapping[str, Any]
    rows: tuple[str, ...]
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything came out as expected."""
        return not self.message


def run(decision: Decision, example: Example) -> Outcome:
    """Decides on what the test row gives; never raises."""
    try:
        context = nested(_values((*decision.given, *example.given)))
        expected = _values(example.expected)
    except ExpressionError as error:
        return Outcome(example.name, {}, {}, (), error.message)
    lacking = [name for name in decision.output_names if name not in expected]
    strangers = [name for name in expected if name not in decision.output_names]
    if lacking or strangers:
        what = f"没有写应得的“{lacking[0]}”" if lacking else f"写了决策没有的结果“{strangers[0]}”"
        return Outcome(example.name, {}, expected, (), what)
    try:
        decided = evaluate(decision, {"today": TODAY, **context})
    except ExpressionError as error:
        return Outcome(example.name, {}, expected, (), error.message)
    wrong = [
        f"“{name}”应是 {shown(value)}，算出来是 {shown(decided.outputs[name])}"
        for name, value in expected.items()
        if not _same(value, decided.outputs[name])
    ]
    return Outcome(example.name, decided.outputs, expected, decided.rows, "；".join(wrong))


def problems(
    decision: Decision,
    stop: Callable[[], bool] = lambda: False,
    spending: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[Problem]:
    """What is wrong with the test rows of a decision that has no other fault. `stop` ends it early, `spending` takes
    the time of each row."""
    if not decision.examples:
        message = "没有测试行，请写上输入和应得的结果，每一行规则至少有一个测试行用到"
        yield Problem(decision.id, "decision-test", message)
        return
    if len(decision.examples) > MOST:
        message = f"测试行有{len(decision.examples)}个，太多，没有试完（最多{MOST}个）"
        yield Problem(decision.id, "decision-test", message)
    reached: set[str] = set()
    idle = decision.policy != COLLECT
    known = reads(decision)
    for number, example in enumerate(decision.examples[:MOST], 1):
        if stop():
            return
        title = f"测试行“{example.name or number}”"
        for name, _ in example.given:
            if name not in known:
                yield Problem(decision.id, "decision-test", f"{title}给出“{name}”，而决策没有用到它，请改正名称")
        with spending():
            outcome = run(decision, example)
        reached.update(outcome.rows)
        idle = idle or (outcome.ok and not outcome.rows)
        if not outcome.ok:
            yield Problem(decision.id, "decision-test", f"{title}不通过：{outcome.message}")
    for name, _ in decision.given:
        if name not in known:
            yield Problem(decision.id, "decision-test", f"测试行都给出“{name}”，而决策没有用到它，请改正名称")
    for number, row in enumerate(decision.rows, 1):
        if row.id not in reached:
            yield Problem(row.id, "decision-test", f"第{number}行没有一个测试行用到，请补上一个")
    if not idle:
        message = "没有哪个测试行是一行都不符合的，请补上一个（结果应是空文字）"
        yield Problem(decision.id, "decision-test", message)


def reads(decision: Decision) -> frozenset[str]:
    """The names that a decision reads, with what is read of contexts: `members`, `parameters.publicity_length`."""
    found: set[str] = set()
    for text in texts(decision):
        paths = feel.paths(text)
        found |= paths | (feel.names(text) - {path.split(".")[0] for path in paths})
    return frozenset(found)


def texts(decision: Decision) -> Iterator[str]:
    """Every expression of a decision; cells of a simple form read nothing."""
    if decision.expression is not None:
        yield decision.expression
    yield from (column.expression for column in decision.inputs)
    for row in decision.rows:
        yield from row.outputs
        yield from (text for text in row.tests if ranges.read(text) is None)


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """{"parameters.x": 1} as {"parameters": {"x": 1}}."""
    context: dict[str, Any] = {}
    for path, value in values.items():
        *holders, name = path.split(".")
        at = context
        for holder in holders:
            at = at.setdefault(holder, {})
        at[name] = value
    return context


def shown(value: Any) -> str:
    """A value as FEEL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _values(pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Constants, by name; a later one of a name wins."""
    found = {}
    for name, text in pairs:
        if not name:
            raise ExpressionError(f"值 {text} 没有写名称。")
        if feel.names(text):
            raise ExpressionError(f"“{name}”的值 {text} 不是常量，文字要加双引号。")
        found[name] = feel.evaluate(text, {})
    return found


def _same(one: Any, other: Any) -> bool:
    """Equal and of one kind: 1 is not true."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


__all__ = ["Outcome", "nested", "problems", "reads", "run", "shown", "texts"]
