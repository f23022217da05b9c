"""Cells of decision tables, one by one and many at once."""

from __future__ import annotations

from datetime import date

import pytest

from engine import feel
from engine.errors import ExpressionError

CONTEXT = {"limit": 3, "kinds": ["a", "b"]}


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ("-", None, True),
        ("", 1, True),
        ('"城镇","农村"', "农村", True),
        ('"城镇","农村"', "镇", False),
        ('not("农村")', "城镇", True),
        ('not("农村")', "农村", False),
        ('not("农村")', None, True),
        ("[400..600]", 600, True),
        ("[400..600)", 600, False),
        ("(400..600]", 400, False),
        ("]400..600[", 500, True),
        (">= 3", 3, True),
        ("< 1, > 5", 7, True),
        ("!= 3", 3, False),
        ("? >= 3 and ? < 5", 4, True),
        ('starts with(?, "a")', "ab", True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("limit", 3, True),
        ("> limit", 3, False),
        ("kinds", "b", True),
        ("null", None, True),
        ("null", 1, False),
        (">= 3", None, False),
        ("[1..3]", None, False),
        ('[date("2026-01-01")..date("2026-12-31")]', date(2026, 2, 28), True),
    ],
)
def test_cells(test: str, value: object, expected: bool) -> None:
    assert feel.unary(test, value, CONTEXT) is expected


@pytest.mark.parametrize(
    ("test", "value"),
    [
        (">= 3", "3"),
        ("[1..5]", "3"),
        ("true", "true"),
        ("3", "3"),
        ("nope", 1),
        ("not(>= 3)", None),
        ("? > 3", None),
        ("735 <= ? < 1102.5", 800),
    ],
)
def test_doubtful_cells(test: str, value: object) -> None:
    with pytest.raises(ExpressionError):
        feel.unary(test, value, CONTEXT)


def test_many_in_one_crossing() -> None:
    answers = feel.evaluate_many(
        [
            {"kind": "unary", "text": ">= 3", "value": 4},
            {"kind": "value", "text": "limit * 2"},
            {"kind": "match", "text": "[1..4]", "input": "limit + 1"},
            {"kind": "value", "text": "1 / 0"},
            {"kind": "value", "text": "limit"},
        ],
        CONTEXT,
    )

    assert answers[:3] == [True, 6, True]
    assert isinstance(answers[3], ExpressionError)
    assert answers[3].data["expression"] == "1 / 0"
    assert answers[4] == 3


def test_nothing_to_do() -> None:
    assert feel.evaluate_many([], {}) == []
