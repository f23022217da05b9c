"""What an author is told of a decision before it decides anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.decisions import ranges
from engine.decisions.problems import problems
from engine.decisions.proofs import overlaps
from engine.decisions.tables import Decision, evaluate, parse
from engine.errors import ExpressionError
from tests.support.dmn import literal, table

SHIPPED = Path(__file__).parents[4] / "bpmn" / "decisions"


def one(data: bytes) -> Decision:
    (found,) = parse(data)
    return found


def faults(data: bytes) -> list[tuple[str, str]]:
    """Faults of a table, without the rows that it lacks: those are looked at in test_decision_gaps."""
    missing = ("decision-gap", "decision-unproved")
    return [(problem.rule, problem.element) for problem in problems(one(data)) if problem.rule not in missing]


def cells(*tests: str, policy: str | None = None) -> list[tuple[str, str]]:
    """Faults of a table with one input and rows with these tests and different results."""
    return faults(table(["x"], [([test], [str(n)]) for n, test in enumerate(tests)], policy=policy))


def test_shipped_decisions_have_no_problem() -> None:
    for path in sorted(SHIPPED.glob("*.dmn")):
        assert faults(path.read_bytes()) == []


@pytest.mark.parametrize("cell", ["> ", "735 <= ? < 1102.5", "'a'", "x == 1", "\u201c农村\u201d"])
def test_input_cell_that_is_not_feel_is_refused(cell: str) -> None:
    assert cells(cell) == [("decision-cell", "r1")]


def test_output_cell_input_expression_and_literal_that_are_not_feel_are_refused() -> None:
    assert faults(table(["x"], [(["1"], ["'a'"])])) == [("decision-cell", "r1")]
    assert faults(table(["x +"], [(["1"], ["1"])])) == [("decision-cell", "i1")]
    assert faults(literal("1 +")) == [("decision-cell", "literal")]
    assert faults(literal("")) == [("decision-cell", "literal")]


@pytest.mark.parametrize("name", ["a b", "1a", "typename", "today", "parameters", "_x"])
def test_output_name_that_no_variable_can_have_is_refused(name: str) -> None:
    assert faults(table(["x"], [(["1"], ["1"])], outputs=[name])) == [("decision-name", "table")]
    assert faults(literal("1", name)) == [("decision-name", "literal")]


def test_two_outputs_or_inputs_of_one_name_are_refused() -> None:
    assert faults(table(["x"], [(["1"], ["1", "2"])], outputs=["a", "a"])) == [("decision-name", "table")]
    assert faults(table(["x", "x"], [(["1", "1"], ["1"])])) == [("decision-name", "table")]


def test_policy_that_gathers_rows_is_refused() -> None:
    assert cells("1", policy="RULE ORDER") == [("decision-policy", "table")]


def test_row_with_too_few_cells_and_empty_table_are_refused() -> None:
    assert faults(table(["x", "y"], [(["1"], ["1"])])) == [("decision-shape", "r1")]
    assert faults(table(["x"], [])) == [("decision-shape", "table")]


def test_decision_without_an_id_is_refused() -> None:
    assert ("decision-id", "式") in faults(literal("1", key=""))


@pytest.mark.parametrize("policy", [None, "FIRST", "ANY"])
def test_two_rows_with_the_same_tests_are_refused(policy: str | None) -> None:
    assert cells("> 1", ">1", policy=policy) == [("decision-twice", "r2")]


@pytest.mark.parametrize(
    ("one_cell", "other"),
    [
        ("< 10", "> 5"),
        ("<= 10", ">= 10"),
        ("[1..5]", "[5..9]"),
        ("-", "7"),
        ("1, 2, 3", "3, 4"),
        ("not(1)", "2"),
        ('"a","b"', '"b"'),
        ('not("a")', '"b"'),
        ('not("a")', 'not("b")'),
        ("true", "-"),
        ("> f(y)", "-"),
        ("< -1.5", "-2"),
    ],
)
def test_rows_that_meet_are_found(one_cell: str, other: str) -> None:
    assert ("decision-overlap", "r2") in cells(one_cell, other)
    assert not [rule for rule, _ in cells(one_cell, other, policy="FIRST") if rule == "decision-overlap"]


@pytest.mark.parametrize(
    ("one_cell", "other"),
    [
        ("< 10", ">= 10"),
        ("[1..5)", "[5..9]"),
        ("]5..9]", "[1..5]"),
        ("1, 2", "3, 4"),
        ("not(1)", "1"),
        ('"a","b"', '"c"'),
        ('not("a","b")', '"b"'),
        ("true", "false"),
        ('"1"', "1"),
        ("< 1.5", "> 1.5"),
    ],
)
def test_rows_that_exclude_one_another_are_right(one_cell: str, other: str) -> None:
    assert cells(one_cell, other) == []


def test_example_of_an_overlap_is_told_and_decides_twice() -> None:
    decision = one(table(["x", "y"], [(["> 5", '"a"'], ["1"]), (["< 9", 'not("b")'], ["2"])]))
    problem, _ = problems(decision)
    assert "x=7" in problem.message and 'y="a"' in problem.message  # noqa: PT018 -- one sentence
    with pytest.raises(ExpressionError, match="第1、2行"):
        evaluate(decision, {"x": 7, "y": "a"})


def test_any_may_overlap_where_the_results_agree() -> None:
    rows = [(["> 1"], ["1"]), (["> 0"], ["1"])]
    assert faults(table(["x"], rows, policy="ANY")) == []
    rows[1] = (["> 0"], ["2"])
    assert faults(table(["x"], rows, policy="ANY")) == [("decision-overlap", "r2")]


def test_large_table_is_refused_and_not_hung_on() -> None:
    rows = [([f"[{n}..{n + 1})"] * 8, ["1"]) for n in range(501)]
    names = [f"x{n}" for n in range(8)]
    assert faults(table(names, rows)) == [("decision-large", "table")]
    assert faults(table(names, rows[:500])) == []


CELLS = st.one_of(
    st.just("-"),
    st.integers(-3, 3).map(str),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(-3, 3)).map(lambda t: f"{t[0]} {t[1]}"),
    st.tuples(st.sampled_from("[]("), st.integers(-3, 0), st.integers(1, 3), st.sampled_from("])[")).map(
        lambda t: f"{t[0]}{t[1]}..{t[2]}{t[3]}"
    ),
    st.lists(st.integers(-3, 3), min_size=1, max_size=3).map(lambda some: ", ".join(map(str, some))),
    st.integers(-3, 3).map(lambda n: f"not({n})"),
    st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda t: f"not(< {t[0]}, > {t[1]})"),
)


@given(CELLS, CELLS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_regions_agree_with_feel(cell: str, other: str) -> None:
    axis, cover = ranges.axis([cell, other]), ranges.read(cell)
    assert cover is not None
    for at in range(axis.size):
        if axis.numbers:
            value = float(axis.words(1 << at))
            assert bool(cover(axis) >> at & 1) is feel.unary(cell, value, {}), (cell, value)


@given(CELLS, CELLS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_overlap_is_found_exactly_when_some_value_matches_both(cell: str, other: str) -> None:
    decision = one(table(["x"], [([cell], ["1"]), ([other], ["2"])]))
    values = [n / 2 for n in range(-10, 11)]
    both = any(feel.unary(cell, value, {}) and feel.unary(other, value, {}) for value in values)
    assert bool(list(overlaps(decision))) is both
