"""What FEEL or JavaScript would let through without a word is an ExpressionError here."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from engine import feel
from engine.errors import ExpressionError

CONTEXT = {
    "a": 3,
    "text": "3",
    "nothing": None,
    "yes": True,
    "parameters": {"length": "7d"},
    "members": [{"age": 20}],
    "list": [1, 2, 3],
    "huge": 2**60,
}


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("nope", "nope"),
        ("nope = null", "nope"),
        ("parameters.nope", "nope"),
        ("nothing.name", "空值没有"),
        ("yes or nope", "nope"),
        ("a = 1 and parameters.nope", "nope"),
        ("today()", "today"),
        ("now()", "now"),
        ("1 / 0", "除数是 0"),
        ("modulo(5, 0)", "没有得到结果"),
        ('"3" > 2', "不能比较大小"),
        ("text = 3", "不是同一种值"),
        ("text != 3", "不是同一种值"),
        ("text + 1", "不能相加"),
        ("nothing > 1", "空值"),
        ("nothing + 1", "空值"),
        ("text in [1..5]", "不能比较大小"),
        ("[a] = a", "不是同一种值"),
        ("yes and a", "and"),
        ("if text then 1 else 2", "if"),
        ("some m in members satisfies m.age", "some"),
        ("members[text]", "条件或第几项"),
        ("members[2]", "没有第 2 项"),
        ("a in [5..1]", "写反"),
        ("min([])", "没有得到结果"),
        ('number("")', "没有得到结果"),
        ('number("x")', "没有得到结果"),
        ("count(nothing)", "没有得到结果"),
        ('matches("a", "[")', "没有得到结果"),
        ('date("2026-02-31")', "不是有效的日期"),
        ("date(2026, 2, 31)", "不是有效的日期"),
        ("abs(wrong: 1)", "参数不对"),
        ("function(x) x", "函数"),
        ("[1..3]", "区间"),
        ("exp(1000)", "范围"),
        ("huge + 1", "太大"),
        ("99999999999999999", "太大"),
    ],
)
def test_refuses(expression: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said) as caught:
        feel.evaluate(expression, CONTEXT)

    assert caught.value.data["expression"] == expression
    assert caught.value.data["cause"]


@pytest.mark.parametrize("value", ["false", 1, 0, None, ["x"], "是"])
def test_condition_insists_on_a_boolean(value: object) -> None:
    with pytest.raises(ExpressionError, match="应得出是或否"):
        feel.condition("x", {"x": value})


@pytest.mark.parametrize("value", [Decimal(1), {1, 2}, float("nan"), datetime(2026, 1, 1), object()])  # noqa: DTZ001
def test_context_is_plain_data(value: object) -> None:
    with pytest.raises(ExpressionError, match="不能用于计算"):
        feel.evaluate("1", {"x": value})


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "globalThis", "Date", "hasOwnProperty"])
def test_names_of_javascript_are_no_names(name: str) -> None:
    for expression in (name, f"parameters.{name}", f"list.{name}", f"text.{name}"):
        with pytest.raises(ExpressionError):
            feel.evaluate(expression, CONTEXT)
