"""Money a head, and money in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.assessments.services import a_head
from registers.benefits.reasons import yuan


@pytest.mark.parametrize(("total", "members", "fen"), [(0, 3, 0), (100, 3, 33), (200, 3, 67), (1, 2, 1), (3, 2, 2)])
def test_a_head_is_rounded_half_up_to_the_fen(total, members, fen):
    assert a_head(total, members) == fen


@given(st.integers(0, 10**12), st.integers(1, 30))
def test_a_head_is_never_half_a_fen_off(total, members):
    assert abs(a_head(total, members) * members - total) * 2 <= members


@pytest.mark.parametrize(("fen", "text"), [(26000, "260"), (26050, "260.50"), (5, "0.05"), (0, "0")])
def test_fen_are_written_as_yuan(fen, text):
    assert yuan(fen) == text
