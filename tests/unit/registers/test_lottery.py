"""The arithmetic of a draw: uniform, without repeats, enough, stable, and nobody can be sure of escaping."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from registers.samples import lottery

SEEDS = st.binary(min_size=32, max_size=32)
KEYS = st.lists(st.text("abcdef0123456789-低保", min_size=1, max_size=12), unique=True, max_size=60)
RATES = st.decimals("0", "1", places=2).map(str)


@given(SEEDS, st.text(max_size=20), KEYS, st.integers(0, 80))
def test_as_many_as_wanted_none_twice_all_of_the_population(seed, words, keys, wanted):
    drawn = lottery.draw(seed, words, keys, wanted)
    assert len(drawn) == len(set(drawn)) == min(wanted, len(keys))
    assert set(drawn) <= set(keys)


@given(SEEDS, st.text(max_size=20), KEYS, st.integers(0, 80))
def test_the_order_of_the_population_does_not_matter_and_the_draw_can_be_repeated(seed, words, keys, wanted):
    assert lottery.draw(seed, words, keys, wanted) == lottery.draw(seed, words, list(reversed(keys)), wanted)


@given(SEEDS, st.text(max_size=20), KEYS.filter(bool), st.integers(1, 60), st.data())
def test_a_unit_taken_away_moves_no_other(seed, words, keys, wanted, data):
    gone = data.draw(st.sampled_from(keys))
    before = lottery.draw(seed, words, keys, len(keys))
    after = lottery.draw(seed, words, [key for key in keys if key != gone], len(keys))
    assert after == [key for key in before if key != gone]


@given(SEEDS, st.text(max_size=20), KEYS, st.integers(0, 30))
def test_anybody_can_work_it_out_from_the_seed_the_words_and_the_list(seed, words, keys, wanted):
    """The recipe of docs/samples.md, written without our code."""
    ranked = sorted((hmac.new(seed, (words + "\n" + key).encode(), hashlib.sha256).hexdigest(), key) for key in keys)
    assert [key for _, key in ranked][:wanted] == lottery.draw(seed, words, keys, wanted)


@given(SEEDS, KEYS.filter(lambda keys: len(keys) > 20), st.text(max_size=8), st.text(max_size=8))
def test_either_party_alone_changes_the_draw(seed, keys, words, other):
    if words != other:
        assert lottery.draw(seed, words, keys, len(keys)) != lottery.draw(seed, other, keys, len(keys))
    assert lottery.draw(seed, words, keys, len(keys)) != lottery.draw(seed[::-1] + b"x", words, keys, len(keys))


@given(st.integers(0, 5000), RATES)
def test_a_share_is_rounded_up_exactly(count, rate):
    assert lottery.quota(count, rate) == ceil(Fraction(rate) * count)


def test_a_share_of_thirty_in_a_hundred_is_no_binary_fraction():
    assert [lottery.quota(n, 0.3) for n in (0, 1, 3, 4, 10, 11)] == [0, 1, 1, 2, 3, 4]
    assert lottery.quota(30, 0.1) == 3


def test_every_unit_has_the_same_chance():
    """4,000 draws of 3 out of 12: 1,000 each, with a standard deviation of 27."""
    keys = [f"benefit-{n}" for n in range(12)]
    count = Counter(key for n in range(4000) for key in lottery.draw(n.to_bytes(32), "测", keys, 3))
    assert set(count) == set(keys)
    assert all(abs(each - 1000) < 140 for each in count.values())


def test_pairs_come_together_as_often_as_chance_has_it():
    """Not only each unit, also each pair: 6 pairs of 4, 6,000 draws of 2."""
    keys = ["a", "b", "c", "d"]
    count = Counter(frozenset(lottery.draw(n.to_bytes(32), "", keys, 2)) for n in range(6000))
    assert len(count) == 6
    assert all(abs(each - 1000) < 150 for each in count.values())


@given(SEEDS, st.integers(1, 80), RATES)
def test_a_running_series_never_falls_below_its_rate(seed, length, rate):
    drawn = 0
    for number in range(length):
        hit, forced = lottery.next_of(seed, "", f"case-{number}", rate, number, drawn)
        assert hit or not forced
        drawn += hit
        assert drawn >= Fraction(rate) * (number + 1)


def test_nobody_in_a_running_series_can_be_sure_of_escaping():
    """Whatever came before, the next one's own chance is the whole rate: no place in the series is safe."""
    hits: Counter[int] = Counter()
    for n in range(3000):
        seed, drawn = n.to_bytes(32), 0
        for number in range(12):
            hit, _ = lottery.next_of(seed, "", f"case-{number}", "0.3", number, drawn)
            hits[number] += hit
            drawn += hit
    assert all(hits[number] / 3000 >= 0.27 for number in range(12))


def test_a_full_rate_draws_all_and_none_draws_nobody():
    assert all(lottery.next_of(b"s", "", f"{n}", 1, n, n)[0] for n in range(20))
    assert not any(lottery.next_of(b"s", "", f"{n}", 0, n, 0)[0] for n in range(20))
