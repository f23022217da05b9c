"""What a change makes of a timeline, and what is doubtful about it; rows without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.parameters.doubts import doubts, value_on
from engine.parameters.models import Parameter
from engine.parameters.timeline import end_of, pieces
from engine.parameters.values import typed

TODAY = date(2026, 3, 2)


def row(value, first, last=None, unit="yuan_per_month"):
    return Parameter(
        name="dibao_standard_rural",
        value=value,
        unit=unit,
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
    )


ROWS = [row("510", "2025-01-01", "2025-12-31"), row("560", "2026-01-01")]


def told(value, first, last=None, rows=ROWS, unit="yuan_per_month", name="dibao_standard_rural"):
    first = date.fromisoformat(first)
    last = end_of(rows, first, date.fromisoformat(last) if last else None)
    return [each.code for each in doubts(rows, name, unit, value, first, last, TODAY)]


def shown(rows, value, first, last=None):
    first = date.fromisoformat(first)
    asked = date.fromisoformat(last) if last else None
    return [(p.value, str(p.first), str(p.last or "")) for p in pieces(rows, value, first, end_of(rows, first, asked))]


def test_a_later_value_ends_the_one_before():
    assert shown(ROWS, "600", "2027-01-01") == [
        ("510", "2025-01-01", "2025-12-31"),
        ("560", "2026-01-01", "2026-12-31"),
        ("600", "2027-01-01", ""),
    ]


def test_after_a_value_with_a_last_day_the_one_before_goes_on():
    assert shown(ROWS, "600", "2026-06-01", "2026-08-31")[1:] == [
        ("560", "2026-01-01", "2026-05-31"),
        ("600", "2026-06-01", "2026-08-31"),
        ("560", "2026-09-01", ""),
    ]


def test_a_correction_of_a_whole_year_changes_that_year_only():
    assert shown(ROWS, "515", "2025-01-01") == [("515", "2025-01-01", "2025-12-31"), ("560", "2026-01-01", "")]


def test_a_gap_is_filled_up_to_what_follows():
    rows = [row("483", "2024-01-01", "2024-12-31"), row("490", "2026-01-01")]
    assert shown(rows, "485", "2025-03-01")[1] == ("485", "2025-03-01", "2025-12-31")
    assert value_on(rows, date(2025, 6, 1)) is None


@given(
    first=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    length=st.none() | st.integers(0, 900),
    day=st.dates(date(2025, 1, 1), date(2029, 12, 31)),
)
def test_outside_the_span_nothing_changes_and_no_day_has_two_values(first, length, day):
    rows = [*ROWS[:1], row("560", "2026-01-01", "2026-12-31"), row("600", "2027-01-01")]
    last = end_of(rows, first, first + timedelta(days=length) if length is not None else None)
    held = [p for p in pieces(rows, "777", first, last) if p.first <= day and (p.last is None or p.last >= day)]
    within = first <= day and (last is None or day <= last)
    assert [p.value for p in held] == (["777"] if within else [value_on(rows, day)])


@pytest.mark.parametrize(
    ("value", "first", "codes"),
    [
        ("600", "2026-04-01", []),
        ("550", "2026-04-01", ["falls"]),
        ("840", "2026-04-01", ["jumps"]),  # from 510 within a year: more than half
        ("765", "2026-04-01", []),  # 510 × 1.5 exactly
        ("5600", "2026-04-01", ["jumps"]),
        ("560.01", "2026-03-02", ["correction"]),
        ("570", "2026-01-01", ["correction"]),
        ("500", "2025-01-01", ["correction", "falls"]),
    ],
)
def test_doubts_about_money(value, first, codes):
    assert told(value, first) == codes


def test_two_rises_within_a_year_count_together():
    rows = [row("500", "2025-06-01", "2026-03-31"), row("700", "2026-04-01")]
    assert "jumps" in told("800", "2026-05-01", rows=rows)
    assert "jumps" not in told("800", "2027-05-01", rows=rows)


def test_a_value_that_was_confirmed_for_later_is_not_replaced_unseen():
    rows = [row("560", "2026-01-01", "2026-12-31"), row("600", "2027-01-01")]
    assert told("610", "2027-01-01", rows=rows) == ["replaces"]
    assert told("580", "2026-06-01", rows=rows) == []
    assert told("580", "2026-06-01", "2027-06-30", rows=rows) == ["replaces"]


def test_doubts_about_numbers_lengths_and_the_law():
    number = [row(36, "2023-01-01", unit="number")]
    assert told(60, "2026-04-01", rows=number, unit="number", name="dibao_asset_multiple") == ["jumps"]
    assert told(20, "2026-04-01", rows=number, unit="number", name="dibao_asset_multiple") == ["jumps"]
    assert told(40, "2026-04-01", rows=number, unit="number", name="dibao_asset_multiple") == []
    length = [row("7d", "2021-07-01", unit="length")]
    assert told("7wd", "2026-04-01", rows=length, unit="length", name="publicity_length") == ["unit"]
    assert told("3d", "2026-04-01", rows=length, unit="length", name="publicity_length") == ["law"]
    assert told("10d", "2026-04-01", rows=length, unit="length", name="publicity_length") == []


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        (" 740.50 ", "yuan", "740.50"),
        ("0740", "yuan_per_month", "740"),
        ("740.00", "yuan", "740"),
        ("是", "boolean", True),
        ("FALSE", "boolean", False),
        ("36", "number", 36),
        ("1.30", "ratio", 1.3),
        (" 甲 ", "text", "甲"),
    ],
)
def test_what_is_typed_becomes_a_value(text, unit, value):
    found = typed(text, unit)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("1e3", "number"), ("1_000", "number"), ("nan", "ratio"), ("-1", "number"), ("", "number"), ("", "boolean"),
     ("maybe", "boolean"), ("7 元", "yuan"), ("", "yuan"), ("1٣", "number")],
)  # fmt: skip
def test_what_is_no_value_is_refused(text, unit):
    from engine.errors import Invalid

    with pytest.raises(Invalid):
        typed(text, unit)
