"""Deciding: hit policies, cells in FEEL, and everything that must not pass in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decisions.tables import Decision, evaluate, parse
from engine.errors import ExpressionError, Unparsable
from tests.support.dmn import LATEST, literal, table

SHIPPED = Path(__file__).parents[4] / "bpmn" / "decisions"
PARAMETERS = {"dibao_standard_rural": 56000, "dibao_standard_urban": 74000, "dibao_asset_multiple": 36}


def one(data: bytes) -> Decision:
    (found,) = parse(data)
    return found


ROWS = [(["< 18"], ['"child"']), (["[18..60)"], ['"adult"']), ([">= 60"], ['"old"'])]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        LATEST,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_dmn_namespace_is_read(namespace: str) -> None:
    decided = evaluate(one(table(["age"], ROWS, namespace=namespace)), {"age": 18})
    assert (decided.outputs, decided.rows, decided.inputs) == ({"result": "adult"}, ("r2",), {"age": 18})


def test_file_that_is_no_xml_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        parse(b"no")


def test_unique_table_with_two_matching_rows_is_an_error_that_names_them() -> None:
    rows = [*ROWS, (["17"], ['"nearly"'])]
    with pytest.raises(ExpressionError, match="第1、4行"):
        evaluate(one(table(["age"], rows)), {"age": 17})


def test_no_matching_row_is_an_error_that_says_the_inputs() -> None:
    with pytest.raises(ExpressionError, match="age=70"):
        evaluate(one(table(["age"], ROWS[:2])), {"age": 70})


def test_first_takes_the_first_row() -> None:
    decision = one(table(["age"], [(["> 1"], ["1"]), (["> 0"], ["2"])], policy="FIRST"))
    assert evaluate(decision, {"age": 5}).outputs == {"result": 1}


def test_any_takes_rows_that_agree_and_refuses_those_that_do_not() -> None:
    agree = one(table(["age"], [(["> 1"], ["1"]), (["> 0"], ["2 - 1"])], policy="ANY"))
    assert evaluate(agree, {"age": 5}).rows == ("r1", "r2")
    differ = one(table(["age"], [(["> 1"], ["1"]), (["> 0"], ["2"])], policy="ANY"))
    with pytest.raises(ExpressionError, match="结果不同"):
        evaluate(differ, {"age": 5})


@pytest.mark.parametrize("policy", ["RULE ORDER", "PRIORITY", "OUTPUT ORDER"])
def test_policy_that_gathers_rows_decides_nothing(policy: str) -> None:
    with pytest.raises(ExpressionError, match=policy):
        evaluate(one(table(["age"], ROWS, policy=policy)), {"age": 5})


def test_row_with_a_missing_cell_decides_nothing() -> None:
    with pytest.raises(ExpressionError, match="缺少单元格"):
        evaluate(one(table(["a", "b"], [(["1"], ["1"])])), {"a": 1, "b": 1})


def test_missing_name_is_an_error_and_not_null() -> None:
    with pytest.raises(ExpressionError, match="age"):
        evaluate(one(table(["age"], ROWS)), {})
    with pytest.raises(ExpressionError, match="members"):
        evaluate(one(literal("members * 2")), {})


def test_two_inputs_with_one_label_are_both_tested() -> None:
    data = table(["a", "b"], [(["1", "2"], ["1"])]).replace(b'label="b"', b'label="a"')
    assert evaluate(one(data), {"a": 1, "b": 2}).outputs == {"result": 1}


def test_cells_that_go_wrong_in_SpiffWorkflow_are_right_here() -> None:
    rows = [(['"城镇","农村"', "-"], ["1"]), (['not("城镇","农村")', "[400..600]"], ["2"])]
    decision = one(table(["kind", "income"], rows))
    assert evaluate(decision, {"kind": "农村", "income": 0}).outputs == {"result": 1}
    assert evaluate(decision, {"kind": "其他", "income": 600}).outputs == {"result": 2}


def test_literal_expression_goes_to_its_variable() -> None:
    decided = evaluate(one(literal("members * 2")), {"members": 3, "unused": "x"})
    assert decided.outputs == {"amount": 6}
    assert one(literal("1", None)).output_names == ("literal",)
