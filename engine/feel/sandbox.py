"""One QuickJS context a thread, with limits; JSON in, JSON out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import quickjs

from engine import clock
from engine.errors import ExpressionError
from engine.feel.builtins import BUILTINS

BUNDLE = Path(__file__).parent / "built" / "feel.js"
MEMORY, STACK, SECONDS = 64 * 1024 * 1024, 1024 * 1024, 0.2
#: Longer texts are no expression that a person wrote.
LONGEST = 10_000

_local = threading.local()

Job = Mapping[str, Any]


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """What the expression gives, as JSON data (dates as ISO text). ExpressionError says in Chinese what is wrong."""
    for name in sorted(names(expression) - context.keys()):
        raise _error(expression, f"“{name}”没有值")
    return _one({"kind": "value", "text": expression}, context)


def condition(expression: str, context: Mapping[str, Any]) -> bool:
    """True or False; anything else, also null and text, is an ExpressionError."""
    found = evaluate(expression, context)
    if not isinstance(found, bool):
        shown = "空值" if found is None else f"“{found}”"
        raise ExpressionError(
            f"条件“{expression}”应得出是或否，实际得到{shown}。", expression=expression, cause="not a boolean"
        )
    return found


def unary(test: str, value: Any, context: Mapping[str, Any]) -> bool:
    """Whether `value` passes a DMN input entry (`-`, `"城镇","农村"`, `[400..600)`, `not("x")`)."""
    return _one({"kind": "unary", "text": test, "value": value}, context)


def evaluate_many(jobs: Sequence[Job], context: Mapping[str, Any]) -> list[Any]:
    """Many jobs `{"kind": "value"|"unary", "text", "value"}` in one crossing; an answer is a value or, in its place,
    the ExpressionError that this job ended in."""
    answers = _run(list(jobs), context)
    return [
        _error(job["text"], answer["error"]) if "error" in answer else _tidy(answer["value"])
        for job, answer in zip(jobs, answers, strict=True)
    ]


def names(expression: str) -> frozenset[str]:
    """The free names that an expression reads; empty when it does not parse."""
    return _seen(expression, False)[0]


def paths(expression: str) -> frozenset[str]:
    """The same with what is read of them: `parameters.publicity_length`."""
    return _seen(expression, False)[1]


def check(expression: str) -> str | None:
    """None when it is FEEL that we run, else what is wrong, in Chinese."""
    return _seen(expression, False)[2]


def check_unary(test: str) -> str | None:
    """The same for a DMN input entry."""
    return _seen(test, True)[2]


@lru_cache(maxsize=4096)
def _seen(text: str, unary_test: bool) -> tuple[frozenset[str], frozenset[str], str | None]:
    if not isinstance(text, str) or not text.strip():
        return frozenset(), frozenset(), "表达式是空的"
    if len(text) > LONGEST:
        return frozenset(), frozenset(), f"表达式太长（超过{LONGEST}字）"
    try:
        (answer,) = _run([{"kind": "names", "text": text, "unary": unary_test}], {})
    except ExpressionError as error:
        return frozenset(), frozenset(), error.message
    if "error" in answer:
        return frozenset(), frozenset(), answer["error"]
    seen = answer["value"]
    return frozenset(seen["names"]), frozenset(seen["paths"]), seen["problem"]


def _one(job: Job, context: Mapping[str, Any]) -> Any:
    text = job["text"]
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise _error(str(text)[:80], "表达式是空的或太长")
    (answer,) = _run([job], context)
    if "error" in answer:
        raise _error(text, answer["error"])
    return _tidy(answer["value"])


def _run(jobs: list[Job], context: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = json.dumps({"jobs": jobs, "context": dict(context)}, ensure_ascii=False, default=_json)
    try:
        return json.loads(_run_in(_context(), given))
    except quickjs.JSException as error:
        _local.context = None  # Whatever state it is in, the next expression gets a fresh one.
        said = str(error)
        cause = "计算超时" if "interrupted" in said else "占用内存过多" if "memory" in said else said.splitlines()[0]
        raise _error("；".join(str(job["text"])[:80] for job in jobs[:3]), cause) from None


def _run_in(context: Any, given: str) -> str:
    return context.get("doudi_run")(given)


def _context() -> Any:
    context = getattr(_local, "context", None)
    if context is None:
        if not BUNDLE.exists():
            raise ExpressionError("缺少表达式运行包，请先运行 script/setup。", expression="", cause="no bundle")
        context = quickjs.Context()
        context.set_memory_limit(MEMORY)
        context.set_max_stack_size(STACK)
        context.eval(f"globalThis.doudiBuiltins = {json.dumps(BUILTINS)};")
        context.eval(_CLOCK)
        context.eval(BUNDLE.read_text(encoding="utf-8"))
        context.eval("globalThis.doudi_run = (text) => doudi.run(text);")
        context.set_time_limit(SECONDS)
        _local.context = context
    return context


#: QuickJS's own clock is in UTC and cannot be moved; no expression may read it. `today` and `now` come as values.
_CLOCK = """
(() => {
  const Real = Date;
  // luxon asks Intl for the zone and the locale of the machine; there is neither here.
  class Format {
    resolvedOptions() { return { locale: 'zh-CN', timeZone: 'UTC', numberingSystem: 'latn', calendar: 'gregory' }; }
    format() { return ''; }
    formatToParts() { return []; }
  }
  globalThis.Intl = { DateTimeFormat: Format, NumberFormat: Format };
  class Still extends Real {
    constructor(...given) { if (given.length === 0) super(0); else super(...given); }
    static now() { return 0; }
  }
  globalThis.Date = Still;
})();
"""


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value for an expression")


def _tidy(value: Any) -> Any:
    """Whole floats are integers, everywhere in the result."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    if isinstance(value, dict):
        return {key: _tidy(each) for key, each in value.items()}
    return value


def _error(text: str, cause: str) -> ExpressionError:
    return ExpressionError(f"表达式“{text}”无法计算：{cause}。", expression=text, cause=cause)
