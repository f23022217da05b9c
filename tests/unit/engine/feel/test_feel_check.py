"""Reading an expression without running it."""

from __future__ import annotations

import pytest

from engine import feel


@pytest.mark.parametrize(
    ("expression", "names", "paths"),
    [
        ("a >= 1", {"a"}, set()),
        ("parameters.publicity_length", {"parameters"}, {"parameters.publicity_length"}),
        ("a.b.c + a.d", {"a"}, {"a.b.c", "a.d"}),
        ("家庭.收入 > 标准", {"家庭", "标准"}, {"家庭.收入"}),
        ("count(list) + string length(text)", {"list", "text"}, set()),
        ("for m in members return m.age + extra", {"members", "extra"}, set()),
        ("for m in members, k in m.kids return k + partial[-1]", {"members"}, set()),
        ("some m in members satisfies m.age > limit", {"members", "limit"}, set()),
        ("every m in m2 satisfies m", {"m2"}, set()),
        ("(for m in members return m) = m", {"members", "m"}, set()),
        ("members[item.age > p.limit]", {"members", "p"}, {"p.limit"}),
        ("members[age > 60]", {"members", "age"}, set()),
        ("{x: a, y: x + b}.y", {"a", "b"}, set()),
        ("function(x, y) x + y + z", {"z"}, set()),
        ("sort(list, function(x, y) x > y)", {"list"}, set()),
        ("abs(n: value)", {"value"}, set()),
        ("today", {"today"}, set()),
        ("today()", {"today"}, set()),
        ("date(d).year", {"d"}, set()),
        ("date = mode", {"date", "mode"}, set()),
        ("if a then b else c", {"a", "b", "c"}, set()),
        ('"a" + "parameters.x"', set(), set()),
        ("a +", set(), set()),
    ],
)
def test_names_and_paths(expression: str, names: set[str], paths: set[str]) -> None:
    assert feel.names(expression) == names
    assert feel.paths(expression) == paths


@pytest.mark.parametrize(
    "expression",
    ["a", "a = 1", "not(a)", 'a = "${x} && =="', "a // why", "-a", '@"2026-01-01"', "x in (>= 3, 1)", "[1, 2]", "{}"],
)
def test_accepts(expression: str) -> None:
    assert feel.check(expression) is None


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("", "空"),
        ("  ", "空"),
        ("a +", "写法不对"),
        ("a b", "空格"),
        ("not a", "括号"),
        ("a == b", "一个等号"),
        ("a && b", "and"),
        ("a || b", "or"),
        ("!a", "not"),
        ("${a}", "变量名"),
        ("a = 'x'", "双引号"),
        ("a = “x”", "双引号"),
        ("（a）", "半角"),
        ("a ≥ 3", ">="),
        ("a := 3", "赋值"),
        ("= 3", "缺少左边"),
        ("> 3", "缺少左边"),
        ("735 <= a < 1102.5", "连续比较"),
        ("nope(1)", "没有名为“nope”的函数"),
        ("is defined(a)", "没有名为“is defined”的函数"),
        ("round(a, 2)", "没有名为“round”的函数"),
        ("during(1, 2)", "没有名为“during”的函数"),
        ("for x in list return f(x)", "没有名为“f”的函数"),
        ("a.b(1)", "函数调用"),
        ("a instance of number", "instance of"),
        ("? > 3", "决策表"),
        ("if a then b", "写法不对"),
        ("a" * 5000, "4000"),
        ("(" * 1500 + "1" + ")" * 1500, "嵌套"),
    ],
)
def test_refuses(expression: str, said: str) -> None:
    found = feel.check(expression)

    assert found is not None
    assert said in found


def test_a_local_function_may_be_called() -> None:
    assert feel.check("{f: function(x) x + 1, r: f(2)}.r") is None


@pytest.mark.parametrize(
    "test", ["-", '"城镇","农村"', "[1..3)", "> 3, < 1", "? > 3", "not(1, 2)", "true", "limit", 'starts with(?, "a")']
)
def test_accepts_cells(test: str) -> None:
    assert feel.check_unary(test) is None


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("735 <= ? < 1102.5", "连续比较"),
        ("a = 3", "?"),
        ("1 2", "写法不对"),
        ("== 3", "等号"),
        ("nope(?)", "nope"),
    ],
)
def test_refuses_cells(test: str, said: str) -> None:
    assert said in (feel.check_unary(test) or "")
