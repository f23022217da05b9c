"""COLLECT gathers the texts of all rows that match: every failed test, and nothing that slipped through."""

from __future__ import annotations

import pytest

from engine.decisions import examples
from engine.decisions.problems import problems
from engine.decisions.tables import Decision, evaluate, parse
from engine.errors import ExpressionError
from tests.support.dmn import literal, table

ROWS = [(["false", "-"], ['"data_check"']), (["-", ">= 100"], ['"income"']), (["-", ">= 200"], ['"far"'])]
TESTS = [
    ("all", {"ok": "false", "x": "200"}, {"result": '"data_check,income,far"'}),
    ("none", {"ok": "true", "x": "99"}, {"result": '""'}),
]


def collect(rows=ROWS, **more: object) -> Decision:
    given = {"types": ["boolean", "number"], "policy": "COLLECT", **more}
    (found,) = parse(table(["ok", "x"], rows, **given))
    return found


def policies(decision: Decision) -> list[str]:
    return [each.element for each in problems(decision) if each.rule == "decision-policy"]


@pytest.mark.parametrize(
    ("ok", "x", "result", "rows"),
    [
        (True, 0, "", ()),
        (False, 0, "data_check", ("r1",)),
        (False, 150, "data_check,income", ("r1", "r2")),
        (True, 200, "income,far", ("r2", "r3")),
    ],
)
def test_texts_of_all_rows_in_order(ok: bool, x: int, result: str, rows: tuple[str, ...]) -> None:
    decided = evaluate(collect(), {"ok": ok, "x": x})
    assert decided.outputs == {"result": result}
    assert decided.rows == rows


@pytest.mark.parametrize("x", [None, "100", True])
def test_input_that_no_row_could_know_passes_no_test(x: object) -> None:
    with pytest.raises(ExpressionError, match=r"没有值|应是数字"):
        evaluate(collect(), {"ok": True, "x": x})


def test_word_that_is_not_allowed_passes_no_test() -> None:
    (decision,) = parse(
        table(["kind"], [(['"a"'], ['"bad"'])], types=["string"], policy="COLLECT", values={"kind": '"a","b"'})
    )
    assert evaluate(decision, {"kind": "b"}).outputs == {"result": ""}
    with pytest.raises(ExpressionError, match="不允许“c”"):
        evaluate(decision, {"kind": "c"})


def test_collect_of_the_right_form_has_no_problem() -> None:
    assert problems(collect()) == []


def test_collect_that_adds_up_or_has_two_results_is_refused() -> None:
    assert policies(collect(aggregation="SUM")) == ["table"]
    assert policies(collect([(["-", "> 1"], ['"a"', '"b"'])], outputs=["one", "two"])) == ["table"]
    with pytest.raises(ExpressionError, match="COLLECT SUM"):
        evaluate(collect(aggregation="SUM"), {"ok": True, "x": 1})


@pytest.mark.parametrize("result", ['"a,b"', "x", '"a" + "b"', "1"])
def test_what_is_gathered_is_known_before_it_runs(result: str) -> None:
    assert policies(collect([(["-", "> 1"], [result])])) == ["r1"]


def test_inputs_of_collect_have_a_type() -> None:
    assert policies(collect(types=["boolean"])) == ["i2"]


# Test rows


def said(data: bytes) -> list[tuple[str, str]]:
    (decision,) = parse(data)
    return [(each.element, each.message) for each in examples.problems(decision)]


def test_table_whose_test_rows_reach_every_row_is_right() -> None:
    assert said(table(["ok", "x"], ROWS, types=["boolean", "number"], policy="COLLECT", tests=TESTS)) == []


def test_decision_without_test_rows_is_refused() -> None:
    assert "没有测试行" in said(literal("1"))[0][1]


def test_row_that_no_test_row_reaches_is_named() -> None:
    lacking = [("one", {"ok": "false", "x": "150"}, {"result": '"data_check,income"'}), TESTS[1]]
    found = said(table(["ok", "x"], ROWS, policy="COLLECT", tests=lacking))
    assert found == [("r3", "第3行没有一个测试行用到，请补上一个")]


def test_collect_is_also_tried_with_somebody_who_passes() -> None:
    found = said(table(["ok", "x"], ROWS, policy="COLLECT", tests=TESTS[:1]))
    assert len(found) == 1
    assert "一行都不符合" in found[0][1]


def test_test_row_that_fails_says_what_came_out() -> None:
    tests = [("三口之家", {"members": "3"}, {"amount": "7"})]
    ((element, message),) = said(literal("members * 2", tests=tests))
    assert element == "literal"
    assert "三口之家" in message and "应是 7，算出来是 6" in message  # noqa: PT018 -- one sentence


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        ({"members": "3", "guests": "1"}, {"amount": "6"}, "没有用到它"),
        ({"members": "3"}, {}, "没有写应得的“amount”"),
        ({"members": "3"}, {"amount": "6", "sum": "6"}, "没有的结果“sum”"),
        ({}, {"amount": "6"}, "没有名为“members”的数据"),
        ({"members": "other"}, {"amount": "6"}, "不是常量"),
        ({"members": "3"}, {"amount": "true"}, "应是 true"),
    ],
)
def test_test_row_that_is_no_test_is_refused(given: dict[str, str], expected: dict[str, str], words: str) -> None:
    found = said(literal("members * 2", tests=[("行", given, expected)]))
    assert any(words in message for _, message in found), found


def test_common_values_hold_for_all_rows_and_a_row_may_differ() -> None:
    tests = [("common", {}, {"amount": "20"}), ("own", {"parameters.standard": "3"}, {"amount": "6"})]
    data = literal("members * parameters.standard", tests=tests, given={"members": "2", "parameters.standard": "10"})
    assert said(data) == []


def test_one_is_not_true() -> None:
    assert said(literal("members = 1", tests=[("yes", {"members": "1"}, {"amount": "1"})])) != []


def test_foreign_elements_are_no_test_rows() -> None:
    data = literal("1", tests=[("one", {}, {"amount": "1"})]).replace(b"doudi.example", b"other.example")
    assert "没有测试行" in said(data)[0][1]
