"""The people of a story are synthetic, the same at every telling, and differ from one another."""

from __future__ import annotations

from datetime import date

import pytest

from engine.forms.kinds import READERS
from registers.demonstration.people import AREA_CODE
from registers.scenarios.people import Unlikely, household

TODAY = date(2026, 3, 2)


def test_the_same_story_has_the_same_people_and_another_has_others():
    assert household({}, "甲", TODAY) == household({}, "甲", TODAY)
    assert household({}, "甲", TODAY)["head"]["id_number"] != household({}, "乙", TODAY)["head"]["id_number"]


def test_numbers_are_valid_synthetic_and_all_different():
    made = household({"others": [{"age": 40}] * 30, "head": {"age": 40}, "uncle": {"age": 40}}, "甲", TODAY)
    people = [made["head"], made["uncle"], *made["others"]]
    numbers = [each["id_number"] for each in people]
    assert len(set(numbers)) == 32
    for number in numbers:
        assert number.startswith(AREA_CODE)
        assert READERS["id_number"](number)[1] == ""
    assert made["home"]["size"] == 31
    for kind in ("phone", "bank_account"):
        assert READERS[kind](made["home"][kind])[1:] == ("", "")


def test_what_the_file_says_stands():
    made = household(
        {"head": {"surname": "马", "born": "1941-03-02", "sex": "female", "disability": "2"}, "village": "huyang"},
        "甲",
        TODAY,
    )
    head = made["head"]
    assert (head["age"], head["born"], head["disability"]) == (85, "1941-03-02", "2")
    assert head["id_number"][6:14] == "19410302"
    assert int(head["id_number"][16]) % 2 == 0
    assert made["home"]["village"] == "huyang"
    assert made["others"] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"head": "马"}, "head"),
        ({"head": {"age": -1}}, "age"),
        ({"head": {"age": True}}, "age"),
        ({"head": {"sex": "男"}}, "sex"),
        ({"head": {"born": "昨天"}}, "born"),
        ({"others": {"a": 1}}, "others"),
        ({"小叔": {"age": 30}, "a b": {"age": 30}}, "a b"),
        ({"flow": {"age": 30}}, "flow"),
    ],
)
def test_what_cannot_be_is_told(given, words):
    with pytest.raises(Unlikely, match=words):
        household(given, "甲", TODAY)
