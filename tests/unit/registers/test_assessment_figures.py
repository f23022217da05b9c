"""Money a head, and the words of a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.assessments.services import a_head
from registers.benefits.reasons import reasons, yuan

PARAMETERS = {"dibao_standard_rural": 56000, "dibao_standard_urban": 74000, "dibao_asset_multiple": 36}


@pytest.mark.parametrize(("total", "members", "fen"), [(0, 3, 0), (100, 3, 33), (200, 3, 67), (1, 2, 1), (3, 2, 2)])
def test_a_head_is_rounded_half_up_to_the_fen(total, members, fen):
    assert a_head(total, members) == fen


@given(st.integers(0, 10**12), st.integers(1, 30))
def test_a_head_is_never_half_a_fen_off(total, members):
    assert abs(a_head(total, members) * members - total) * 2 <= members


@pytest.mark.parametrize(("fen", "text"), [(26000, "260"), (26050, "260.50"), (5, "0.05"), (0, "0")])
def test_fen_are_written_as_yuan(fen, text):
    assert yuan(fen) == text


def test_a_ground_comes_with_the_figures_of_the_case():
    flow = {"members": 2, "rural": True, "income_per_head": 60050}
    (found,) = reasons(["income"], flow, PARAMETERS)
    assert found["text"] == "您家共2人，核定人均月收入600.50元，高于当地农村低保标准每人每月560元。"
    assert (found["clause"], found["borne_out"]) == ("mca-2021-57:13", True)


def test_a_ground_that_the_figures_do_not_bear_out_shows():
    flow = {"members": 2, "rural": False, "income_per_head": 60050, "assets_per_head": 1}
    income, assets = reasons(["income", "assets"], flow, PARAMETERS)
    assert "低于当地城市低保标准" in income["text"]
    assert (income["borne_out"], assets["borne_out"]) == (False, False)


def test_income_equal_to_the_standard_is_a_reason():
    (found,) = reasons(["income"], {"members": 1, "rural": True, "income_per_head": 56000}, PARAMETERS)
    assert found["borne_out"]
    assert "等于" in found["text"]


def test_a_stranger_among_the_grounds_is_no_reason():
    assert reasons(["because"], {}, PARAMETERS) == []
