"""A table that has no row for some input does not deploy; the author reads for which."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.decisions import proofs, regions
from engine.decisions.problems import problems
from engine.decisions.tables import Decision, evaluate, parse
from engine.errors import ExpressionError
from tests.support.dmn import table

MISSING = ("decision-gap", "decision-unproved")


def one(data: bytes) -> Decision:
    (found,) = parse(data)
    return found


def missing(*tests: str, kind: str = "number", allowed: str | None = None, policy: str | None = None) -> list[str]:
    """What is said of a table with one input and rows with these tests."""
    rows = [([test], [str(n)]) for n, test in enumerate(tests)]
    values = {"x": allowed} if allowed else None
    decision = one(table(["x"], rows, types=[kind], values=values, policy=policy))
    return [f"{each.rule} {each.message}" for each in problems(decision) if each.rule in MISSING]


@pytest.mark.parametrize(
    ("tests", "example"),
    [
        (("< 10", "> 10"), "x=10"),
        (("<= 10", ">= 11"), "x=10.5"),
        (("[0..5]", "> 5"), "x=-1"),
        (("(0..5]", "<= 0", ">= 7"), "x=6"),
        (("not(3)",), "x=3"),
        (("1, 2",), "x=0"),
    ],
)
def test_number_without_a_row_is_named(tests: tuple[str, ...], example: str) -> None:
    (said,) = missing(*tests)
    assert said.startswith("decision-gap"), said
    assert f"例如 {example}" in said
    value = float(example.removeprefix("x="))
    assert not any(feel.unary(test, value, {}) for test in tests)


@pytest.mark.parametrize("tests", [("< 10", ">= 10"), ("[1..5]", "< 1", "> 5"), ("-",), ("not(1)", "1")])
def test_whole_tables_are_right(tests: tuple[str, ...]) -> None:
    assert missing(*tests) == []


def test_truth_without_a_row_is_named() -> None:
    assert "x=false" in missing("true", kind="boolean")[0]
    assert missing("true", "false", kind="boolean") == []
    assert missing("true", "not(true)", kind="boolean") == []


def test_texts_need_the_values_that_they_may_have() -> None:
    assert "inputValues" in missing('"a"', '"b"', kind="string")[0]
    assert missing('"a"', '"b"', kind="string", allowed='"a","b"') == []
    assert 'x="c"' in missing('"a"', '"b"', kind="string", allowed='"a","b","c"')[0]
    assert missing('"a"', 'not("a")', kind="string") == []


def test_allowed_numbers_bound_what_must_be_covered() -> None:
    assert missing("[0..5]", "> 5", allowed=">= 0") == []
    assert "x=-2" in missing("[0..5]", "> 5", allowed=">= -2")[0]


def test_gap_over_several_columns_names_each() -> None:
    rows = [(["< 5", "true"], ["1"]), ([">= 5", "-"], ["2"]), (["< 3", "false"], ["3"])]
    decision = one(table(["x", "y"], rows, types=["number", "boolean"]))
    (said,) = [each.message for each in problems(decision) if each.rule in MISSING]
    assert "x=3" in said and "y=false" in said  # noqa: PT018 -- one sentence
    with pytest.raises(ExpressionError, match="没有一行符合"):
        evaluate(decision, {"x": 3, "y": False})


def test_columns_that_ask_for_the_same_thing_are_one() -> None:
    rows = [(["< 5", "-"], ["1"]), (["-", ">= 5"], ["2"])]
    assert [each.rule for each in problems(one(table(["x", "x "], rows, types=["number"] * 2)))] == []
    rows = [(["< 5", ">= 0"], ["1"]), ([">= 5", "-"], ["2"])]
    (said,) = [each for each in problems(one(table(["x", "x "], rows, types=["number"] * 2))) if each.rule in MISSING]
    assert "x=-1" in said.message


def test_what_cannot_be_read_is_not_taken_for_proved() -> None:
    (said,) = missing("> y", "<= y")
    assert said.startswith("decision-unproved")
    assert "第1、2行" in said
    assert missing("> y", "-", policy="FIRST") == []


def test_first_is_asked_for_missing_rows_too() -> None:
    assert missing("> 1", "> 0", policy="FIRST")[0].startswith("decision-gap")
    assert missing("> 1", "-", policy="FIRST") == []


def test_row_that_never_gets_its_turn_is_refused() -> None:
    def idle(*tests: str, **more: str) -> list[str]:
        rows = [([test], [str(n)]) for n, test in enumerate(tests)]
        values = {"x": more["allowed"]} if "allowed" in more else None
        found = problems(one(table(["x"], rows, types=["number"], values=values, policy=more.get("policy"))))
        return [each.element for each in found if each.rule == "decision-idle"]

    assert idle("> 0", "> 5", "<= 0", policy="FIRST") == ["r2"]
    assert idle("> 5", "> 0", "<= 0", policy="FIRST") == []
    assert idle(">= 0", "< 0", allowed=">= 0") == ["r2"]


def test_cell_outside_of_the_allowed_values_is_refused() -> None:
    decision = one(table(["x"], [(['"a"'], ["1"]), (['"b","typo"'], ["2"])], types=["string"], values={"x": '"a","b"'}))
    assert [(each.rule, each.element) for each in problems(decision)] == [("decision-values", "r2")]
    decision = one(table(["x"], [(["-"], ["1"])], values={"x": "x > 3"}))
    assert [each.rule for each in problems(decision)] == ["decision-values"]


def test_value_that_is_not_allowed_decides_nothing() -> None:
    decision = one(table(["x"], [(["-"], ["1"])], types=["string"], values={"x": '"a","b"'}))
    assert evaluate(decision, {"x": "a"}).outputs == {"result": 1}
    with pytest.raises(ExpressionError, match="不允许"):
        evaluate(decision, {"x": "c"})
    with pytest.raises(ExpressionError, match="应是文字"):
        evaluate(decision, {"x": 3})
    number = one(table(["x"], [(["-"], ["1"])], types=["number"]))
    with pytest.raises(ExpressionError, match="应是数字"):
        evaluate(number, {"x": True})


def test_proof_that_has_no_end_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "MOST_WORK", 50)
    rows = [([str(n), str(-n)], ["1"]) for n in range(30)]
    decision = one(table(["x", "y"], rows, types=["number"] * 2))
    assert "组合太多" in next(each.message for each in problems(decision) if each.rule == "decision-unproved")


CELL = st.one_of(
    st.just("-"),
    st.integers(-2, 2).map(str),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(-2, 2)).map(lambda t: f"{t[0]} {t[1]}"),
    st.integers(-2, 2).map(lambda n: f"not({n})"),
)


@given(st.lists(st.tuples(CELL, CELL, st.sampled_from(["true", "false", "-"])), min_size=1, max_size=5))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_a_gap_is_found_exactly_when_some_input_meets_no_row(cells: list[tuple[str, str, str]]) -> None:
    rows = [(list(row), ["1"]) for row in cells]
    decision = one(table(["x", "y", "z"], rows, types=["number", "number", "boolean"]))
    values = [n / 2 for n in range(-6, 7)]

    covered = {(cell, value): feel.unary(cell, value, {}) for row in cells for cell in row[:2] for value in values}
    covered |= {(row[2], truth): feel.unary(row[2], truth, {}) for row in cells for truth in (True, False)}
    hole = any(
        not any(covered[a, x] and covered[b, y] and covered[c, z] for a, b, c in cells)
        for x, y, z in itertools.product(values, values, (True, False))
    )
    found = proofs.gap(decision)
    assert (found is not None) is hole
