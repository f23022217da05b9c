"""What a value may be in its unit and what expressions see."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.parameters.values import UNITS, check, in_context


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (740, 74000),
        ("740", 74000),
        ("740.5", 74050),
        ("740.55", 74055),
        (Decimal("0.01"), 1),
        (0, 0),
        (1.1, 110),
        (8.29, 829),
    ],
)
def test_yuan_become_exact_fen(value, expected):
    for unit in ("yuan", "yuan_per_month"):
        found = in_context(value, unit)
        assert found == expected
        assert type(found) is int


@given(st.integers(0, 10**9))
def test_no_fen_is_lost(amount):
    assert in_context(f"{amount // 100}.{amount % 100:02}", "yuan") == amount
    assert in_context(Decimal(amount) / 100, "yuan") == amount


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-1",
        -1,
        "1.234",
        1.234,
        "1e3",
        "1,000",
        "７４０",
        " 7",
        "7 元",
        True,
        None,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        10**13,
        [],
    ],
)
def test_wrong_money_is_refused_in_words(value):
    with pytest.raises(Invalid, match="元数") as caught:
        in_context(value, "yuan")
    assert caught.value.problems[0]["field"] == "value"


@pytest.mark.parametrize(
    ("value", "unit"),
    [(36, "number"), (1.3, "ratio"), ("30wd", "length"), ("甲", "text"), (False, "boolean"), ("A", "mode")],
)
def test_all_else_stays_as_it_is(value, unit):
    check(value, unit)
    assert in_context(value, unit) is value


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("36", "number"),
        (True, "number"),
        (-1, "ratio"),
        (float("nan"), "ratio"),
        ("30", "length"),
        (30, "length"),
        (" ", "text"),
        (1, "text"),
        (1, "boolean"),
        ("true", "boolean"),
        ("委托", "mode"),
        ("", "mode"),
        (1, "days"),
        (None, "yuan"),
    ],
)
def test_a_value_that_does_not_fit_its_unit_is_refused(value, unit):
    with pytest.raises(Invalid):
        check(value, unit)


def test_every_unit_is_known_to_check():
    for unit in UNITS:
        with pytest.raises(Invalid):
            check(None, unit)
