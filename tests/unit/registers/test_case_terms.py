"""The words by which a case is found."""

from __future__ import annotations

import pytest

from engine import secrets
from registers.cases import terms
from registers.cases.asked import Asked


def test_a_case_is_found_from_each_part_of_its_number_and_each_letter_of_the_name_on():
    assert terms.of_case("高仁低保2026-0012", "马小明") == {
        "高仁低保2026-0012", "2026-0012", "0012", "马小明", "小明", "明",
    }  # fmt: skip
    assert terms.of_case("高仁低保2026-0012", "") == {"高仁低保2026-0012", "2026-0012", "0012"}


def test_full_width_signs_and_blanks_are_what_they_mean():
    assert terms.normal(" ２０２６－ＡＢ ") == "2026-ab"


@pytest.fixture(autouse=True)
def key(tmp_path):
    """A whole number becomes a keyed hash."""
    secrets.load(tmp_path / "data.key")


WHOLE = ("640221199001011234", "64022119900101123x", "640221900101123")


@pytest.mark.parametrize("text", [*WHOLE, "6402211990", "马"])
def test_a_whole_id_number_is_known_as_one(text):
    whole = text in WHOLE
    assert terms.is_id_number(text) is whole
    asked = Asked.read({"q": text})
    assert bool(asked.person) is whole
    assert text not in str(asked.query()) or not whole
    assert Asked.read(asked.query()) == asked
