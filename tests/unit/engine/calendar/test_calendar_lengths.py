"""What a length and an offset may look like, and what is refused."""

import pytest

from engine.calendar.lengths import Length, Offset
from engine.errors import Invalid


@pytest.mark.parametrize(
    ("text", "amount", "unit", "words"),
    [
        ("30wd", 30, "wd", "30个工作日"),
        ("7d", 7, "d", "7日"),
        ("1m", 1, "m", "1个月"),
        ("0d", 0, "d", "0日"),
        ("3660wd", 3660, "wd", "3660个工作日"),
    ],
)
def test_reads_a_length(text, amount, unit, words):
    length = Length.parse(text)
    assert (length.amount, length.unit, length.words, str(length)) == (amount, unit, words, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "wd",
        "-3wd",
        "+3wd",
        "3 wd",
        " 3wd",
        "3wd\n",
        "3WD",
        "3y",
        "3w",
        "3.5d",
        "03d",
        "3661d",
        "9999m",
        "٣d",
        "３d",
        "P7D",
        "7d;7d",
        None,
        7,
        b"7d",
    ],
)
def test_refuses_anything_else_and_shows_the_right_forms(text):
    with pytest.raises(Invalid, match="30wd") as caught:
        Length.parse(text)
    assert caught.value.problems[0]["field"] == "length"


@pytest.mark.parametrize(("amount", "unit"), [(-1, "d"), (3661, "d"), (True, "d"), (1.0, "d"), ("1", "d"), (1, "y")])
def test_no_other_way_to_a_wrong_length(amount, unit):
    with pytest.raises(Invalid):
        Length(amount, unit)


@pytest.mark.parametrize(
    ("text", "side", "length"),
    [
        ("@0", 0, "0d"),
        ("0", 0, "0d"),
        ("@+1wd", 1, "1wd"),
        ("+7d", 1, "7d"),
        ("@-3wd", -1, "3wd"),
        ("-1m", -1, "1m"),
    ],
)
def test_reads_an_offset(text, side, length):
    offset = Offset.parse(text)
    assert (offset.side, str(offset.length)) == (side, length)
    assert Offset.parse(str(offset)) == offset


@pytest.mark.parametrize("text", ["", "@", "@@0", "1wd", "+0wd", "-0", "+1", "@ +1wd", "+-1wd", None, 0])
def test_refuses_any_other_offset(text):
    with pytest.raises(Invalid, match=r"@\+1wd"):
        Offset.parse(text)


def test_an_offset_has_the_bounds_of_a_length():
    with pytest.raises(Invalid, match="3660"):
        Offset.parse("+3661d")
