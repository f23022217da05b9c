"""One QuickJS context a thread, with limits; texts in, texts out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import quickjs

from engine.errors import ExpressionError

BUNDLE = Path(__file__).parent / "built" / "feel.js"
MEMORY, STACK, SECONDS = 64 * 1024 * 1024, 1024 * 1024, 0.2

#: How a date and an instant are marked on their way in (web/assets/feel/values.js).
_DATE, _INSTANT = "\x01date", "\x01instant"

Job = Mapping[str, Any]


class _Sandbox(threading.local):
    """The functions of this thread's context, made at first use."""

    functions: dict[str, Callable[..., str]] | None = None

    def call(self, name: str, *given: object) -> str:
        if self.functions is None:
            self.functions = _start()
        try:
            return self.functions[name](*given)
        except quickjs.JSException as error:
            self.functions = None  # Whatever state it is in, the next expression gets a fresh context.
            raise _Stopped(_cause(str(error))) from None


class _Stopped(Exception):
    """The sandbox ended the call; the text is the cause in Chinese."""


_sandbox = _Sandbox()


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """What the expression gives, as JSON data (dates and lengths of time as ISO text).

    Raises ExpressionError, in words and with `expression` and `cause`, when the text is not FEEL as we accept it,
    reads a name that is not there, compares or computes values that do not go together, divides by zero, calls a
    function wrongly, gives a function or a range, or uses more time or memory than allowed.
    """
    given, temporal = _pack(expression, context)
    try:
        found = _sandbox.call("feelOne", expression, given, temporal)
    except _Stopped as stopped:
        raise _error(expression, str(stopped)) from None
    if found.startswith("!"):
        raise _error(expression, found[1:])
    return json.loads(found[1:])


def condition(expression: str, context: Mapping[str, Any]) -> bool:
    """True or False. Raises ExpressionError as `evaluate`, and for anything that is not exactly a boolean."""
    found = evaluate(expression, context)
    if not isinstance(found, bool):
        shown = "空值" if found is None else f"“{found}”"
        raise ExpressionError(
            f"条件“{expression}”应得出是或否，实际得到{shown}。", expression=expression, cause="not a boolean"
        )
    return found


def unary(test: str, value: Any, context: Mapping[str, Any]) -> bool:
    """Whether `value` passes a DMN input entry (`-`, `"城镇","农村"`, `[400..600)`, `not("x")`, `? > 3`).

    An empty entry passes everything, an empty value passes no comparison. Raises ExpressionError as `evaluate`.
    """
    (answer,) = evaluate_many([{"kind": "unary", "text": test, "value": value}], context)
    if isinstance(answer, ExpressionError):
        raise answer
    return answer


def evaluate_many(jobs: Sequence[Job], context: Mapping[str, Any]) -> list[Any]:
    """Many jobs in one crossing, under one time limit.

    A job is `{"kind": "value", "text"}`, `{"kind": "unary", "text", "value"}` or `{"kind": "match", "text",
    "input"}`, whose `input` is an expression, evaluated once however many jobs test it. An answer is a value or, in
    its place, the ExpressionError that this job ended in. Raises ExpressionError when the sandbox stopped.
    """
    if not jobs:
        return []
    texts = [str(job["text"]) for job in jobs]
    together = "；".join(text[:80] for text in texts[:3])
    given, temporal = _pack(together, context)
    packed, more = _pack(together, list(jobs))
    try:
        answers = json.loads(_sandbox.call("feelMany", packed, given, temporal or more))
    except _Stopped as stopped:
        raise _error(together, str(stopped)) from None
    return [
        _error(text, answer["error"]) if "error" in answer else answer["value"]
        for text, answer in zip(texts, answers, strict=True)
    ]


def names(expression: str) -> frozenset[str]:
    """The free names that an expression reads; empty when it does not parse.

    Names bound by for, some, every, function or a context are not free; `today()` reads `today`. In a filter a
    property of the item is `item.age`: a bare `age` there counts as free.
    """
    return _seen(expression, False)[0]


def paths(expression: str) -> frozenset[str]:
    """The dotted paths that it reads of free names: `parameters.publicity_length`."""
    return _seen(expression, False)[1]


def check(expression: str) -> str | None:
    """None when it is FEEL that we run, else what is wrong, in Chinese."""
    return _seen(expression, False)[2]


def check_unary(test: str) -> str | None:
    """The same for a DMN input entry."""
    return _seen(test, True)[2]


@lru_cache(maxsize=4096)
def _seen(text: str, unary_test: bool) -> tuple[frozenset[str], frozenset[str], str | None]:
    try:
        seen = json.loads(_sandbox.call("feelAnalyse", unary_test, text))
    except _Stopped as stopped:
        return frozenset(), frozenset(), str(stopped)
    if seen["problem"]:
        return frozenset(), frozenset(), seen["problem"]
    return frozenset(seen["names"]), frozenset(seen["paths"]), None


def _start() -> dict[str, Callable[..., str]]:
    if not BUNDLE.exists():
        raise ExpressionError("缺少表达式运行包，请先运行 script/setup。", expression="", cause="no bundle")
    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_max_stack_size(STACK)
    context.eval(BUNDLE.read_text(encoding="utf-8"))
    context.set_time_limit(SECONDS)
    return {name: context.get(name) for name in ("feelOne", "feelMany", "feelAnalyse")}


def _pack(expression: str, data: Mapping[str, Any] | list[Any]) -> tuple[str, bool]:
    """The data as JSON, and whether dates are marked in it."""
    temporal = False

    def mark(value: Any) -> Any:
        nonlocal temporal
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise TypeError("a naive datetime")
            temporal = True
            return {_INSTANT: value.timestamp() * 1000}
        if isinstance(value, date):
            temporal = True
            return {_DATE: value.isoformat()}
        if isinstance(value, Mapping):
            return dict(value)
        raise TypeError(type(value).__name__)

    try:
        return json.dumps(data, ensure_ascii=False, default=mark, allow_nan=False), temporal
    except (TypeError, ValueError, RecursionError) as error:
        raise _error(expression, f"传入的数据不能用于计算（{error}）") from None


def _cause(said: str) -> str:
    if "interrupted" in said:
        return "计算超时"
    # An engine without memory for its own message says nothing at all.
    if "memory" in said or "too long" in said or not said.strip():
        return "占用内存过多"
    return said.splitlines()[0]


def _error(text: str, cause: str) -> ExpressionError:
    return ExpressionError(f"表达式“{text[:200]}”无法计算：{cause}。", expression=text, cause=cause)
