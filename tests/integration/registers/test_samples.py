"""Draws in the register: promised before they are known, worked out again from what is kept, never tried twice."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime
from fractions import Fraction
from functools import partial

import pytest
from sqlalchemy import select

from engine import clock
from engine.database import db
from engine.errors import DoudiError
from engine.journal.models import JournalEntry
from engine.rules.veto import Question, veto
from registers.benefits.models import Benefit
from registers.samples import lottery, queries
from registers.samples.drawing import freeze, next_in_series, promise
from registers.samples.models import Check, Sample, SampleUnit
from registers.samples.populations import POPULATIONS, Unit, add, population
from tests.integration.registers.conftest import TOWNSHIP, VILLAGE
from tests.support.together import at_once

ORDER = {
    "title": "一季度抽查", "way": "random", "population": "cases", "where": "all", "since": None, "reason": "看公示",
    "how": "rate", "percent": 30, "size": None,
}  # fmt: skip


def at(text: str):
    return clock.at(datetime.fromisoformat(text).replace(tzinfo=clock.ZONE))


def ordered(town, **changed) -> tuple:
    instance = town.instance("spot_check", area=TOWNSHIP)
    town.submit(instance, "order_check", {**ORDER, **changed})
    town.call("samples.order", instance)
    return instance, sample_of(town, instance)


def sample_of(town, instance) -> Sample:
    return town.session.scalars(
        select(Sample).where(Sample.instance_id == instance.id).execution_options(populate_existing=True)
    ).one()


def witnessed(town, instance, words="骰子三五一") -> Sample:
    town.submit(instance, "witness_draw", {"words": words, "present": "两人"}, author=town.actors["witness"])
    town.call("samples.freeze", instance)
    return sample_of(town, instance)


@pytest.fixture
def ten(town):
    """Ten accepted applications in the village, and a witness."""
    town.person("witness", "discipline")
    found = []
    for seed in range(1, 11):
        instance = town.registered(town.family(seed=seed))
        town.call("cases.accept", instance, {"scheme": "dibao"})
        found.append(instance)
    return found


def test_the_seed_is_promised_before_and_the_same_step_keeps_it(town):
    instance, sample = ordered(town)
    seed = sample.seed
    assert sample.promise == hashlib.sha256(bytes.fromhex(seed)).hexdigest()
    town.call("samples.order", instance)
    again = sample_of(town, instance)
    assert (again.seed, again.promise, again.frozen_at) == (seed, sample.promise, None)


def test_a_draw_takes_a_share_rounded_up_and_anybody_can_repeat_it(town, ten):
    instance, _ = ordered(town)
    sample = witnessed(town, instance)
    keys = [each.key for each in queries.units(town.session, sample)]
    assert (sample.count, sample.drawn, len(keys)) == (10, 3, 10)
    assert hashlib.sha256("\n".join(keys).encode()).hexdigest() == sample.digest
    seed = bytes.fromhex(sample.seed)
    ranked = sorted(
        (hmac.new(seed, f"{sample.words}\n{key}".encode(), hashlib.sha256).hexdigest(), key) for key in keys
    )
    drawn = {each.unit.key for each in queries.visits(town.session, sample)}
    assert drawn == {key for _, key in ranked[:3]}
    assert queries.holds(town.session, sample)


def test_freezing_again_draws_nothing_new(town, ten):
    instance, _ = ordered(town)
    first = witnessed(town, instance)
    drawn = {each.unit.key for each in queries.visits(town.session, first)}
    again = witnessed(town, instance, words="换一句话再来")
    assert (again.words, {each.unit.key for each in queries.visits(town.session, again)}) == ("骰子三五一", drawn)


@pytest.mark.parametrize("tamper", ["drawn", "key", "words", "seed", "digest"])
def test_whoever_changes_a_kept_draw_is_found_out(town, ten, tamper):
    instance, _ = ordered(town)
    sample = witnessed(town, instance)
    unit = queries.units(town.session, sample)[0]
    if tamper == "drawn":
        unit.drawn = not unit.drawn
    elif tamper == "key":
        unit.key = "高仁低保2026-0999"
    elif tamper == "words":
        sample.words = "另一句话"
    elif tamper == "seed":
        sample.seed = "00" * 32
    else:
        sample.digest = "0" * 64
    town.session.commit()
    # Other words may by chance draw the same three: what is then the same needs no finding out.
    same = tamper == "words" and set(
        lottery.draw(bytes.fromhex(sample.seed), "另一句话", [e.key for e in queries.units(town.session, sample)], 3)
    ) == {each.unit.key for each in queries.visits(town.session, sample)}
    assert queries.holds(town.session, sample) is same


def test_the_seed_is_shown_only_when_the_result_is(town, ten):
    instance, sample = ordered(town)
    assert queries.open_seed(sample, clock.now()) is None
    sample = witnessed(town, instance)
    assert queries.open_seed(sample, clock.now()) is None
    town.submit(instance, "summarise_check", {"summary": "抽查三件，没有问题。", "inside": "内部"})
    town.call("samples.publish", instance)
    sample = sample_of(town, instance)
    assert queries.open_seed(sample, clock.now()) == sample.seed
    assert sample.summary == "抽查三件，没有问题。"
    assert [title for _, title in queries.published(town.session)] == ["一季度抽查"]


def test_the_seed_stands_in_no_journal(town, ten):
    instance, sample = ordered(town)
    witnessed(town, instance)
    rows = town.session.scalars(select(JournalEntry))
    assert not any(sample.seed in f"{each.before}{each.after}{each.reason}" for each in rows)


def test_a_number_larger_than_the_population_takes_all_and_a_narrower_place_narrows(town, ten):
    instance, _ = ordered(town, how="size", size=50, percent=None)
    assert witnessed(town, instance).drawn == 10
    other, _ = ordered(town, where="shazao")
    assert (witnessed(town, other).count, witnessed(town, other).drawn) == (0, 0)


def test_each_population_lists_what_lies_in_the_area(town, ten):
    session, case = town.session, ten[0]
    benefit = Benefit(
        household_id=1, scheme="dibao", area=VILLAGE, persons=1, amount=100, from_month="2026-03",
        instance_id=case.id, created_at=clock.now(), status="active",
    )  # fmt: skip
    session.add(benefit)
    town.posted(case)
    session.commit()
    benefits = POPULATIONS["benefits"].of(session, TOWNSHIP, None)
    assert benefits == [Unit(f"benefit-{benefit.id}", VILLAGE, case.id)]
    assert POPULATIONS["benefits"].of(session, f"{TOWNSHIP}/shazao", None) == []
    assert POPULATIONS["benefits"].of(session, TOWNSHIP, date(2027, 1, 1)) == []
    assert len(POPULATIONS["cases"].of(session, TOWNSHIP, None)) == 10
    assert [each.case_id for each in POPULATIONS["notices"].of(session, VILLAGE, None)] == [case.id]
    assert POPULATIONS["notices"].of(session, VILLAGE, date(2027, 1, 1)) == []
    benefit.status = "ended"
    session.commit()
    assert POPULATIONS["benefits"].of(session, TOWNSHIP, None) == []


def test_every_population_that_the_form_offers_is_known(town):
    offered = next(each for each in _fields(town.release.forms["order_check"].fields) if each.key == "population")
    assert {option.value for option in offered.options} == set(POPULATIONS)
    assert POPULATIONS["payments"].of(town.session, TOWNSHIP, None) == []
    assert POPULATIONS["payments"].of(town.session, TOWNSHIP, date(2026, 1, 1)) == []


def _fields(fields):
    for each in fields:
        yield each
        yield from _fields(each.children)


def test_keys_say_nothing_of_a_person(town, ten):
    for each in (*POPULATIONS["cases"].of(town.session, TOWNSHIP, None),):
        assert each.key.startswith("高仁低保2026-")
    with pytest.raises(DoudiError, match="抽查对象"):
        population("没有")


def test_a_population_with_a_key_twice_is_refused(town, ten):
    _, sample = ordered(town)
    twice = [Unit("a", VILLAGE, None), Unit("a", VILLAGE, None)]
    with pytest.raises(DoudiError, match="重复"):
        freeze(town.session, sample, twice, words="四个字啊", witness="测", now=clock.now())
    assert sample.frozen_at is None


def test_another_register_may_add_a_population(monkeypatch):
    monkeypatch.setattr("registers.samples.populations.POPULATIONS", dict(POPULATIONS))
    add("letters", "来信")(lambda *_: [])
    assert population("letters").title == "来信"


# The running series


def series(town, count, start=0):
    """`count` cases of tekun, each drawn as it comes."""
    found = []
    for _ in range(start, start + count):
        instance = town.instance("tekun")
        found.append((instance, town.call("samples.draw", instance, {"scheme": "tekun"})["drawn"]))
    return found


def test_at_every_moment_at_least_the_rate_was_drawn_and_it_can_be_worked_out(town):
    drawn = 0
    for number, (_, hit) in enumerate(series(town, 25), 1):
        drawn += hit
        assert drawn >= Fraction(3, 10) * number
    (sample,) = town.session.scalars(select(Sample)).all()
    assert (sample.series, sample.count, sample.drawn) == ("tekun:pingluo:0.3:2026-03", 25, drawn)
    assert queries.holds(town.session, sample)
    town.session.scalars(select(SampleUnit).order_by(SampleUnit.id.desc()).limit(1)).one().drawn ^= True
    town.session.commit()
    assert not queries.holds(town.session, sample)


def test_asking_again_is_no_second_try(town):
    """A case that comes back after a return, in another month even, keeps its lot."""
    ((instance, hit),) = series(town, 1)
    assert town.call("samples.draw", instance, {"scheme": "tekun"})["drawn"] is hit
    with at("2026-04-02 09:00"):
        assert town.call("samples.draw", instance, {"scheme": "tekun"})["drawn"] is hit
    assert town.session.query(SampleUnit).count() == 1


def test_each_month_begins_anew_and_its_seed_is_shown_when_it_is_over(town):
    series(town, 2)
    with at("2026-04-02 09:00"):
        series(town, 1)
        march, april = town.session.scalars(select(Sample).order_by(Sample.id)).all()
        assert (march.count, april.count) == (2, 1)
        assert march.seed != april.seed
        assert queries.open_seed(march, clock.now()) == march.seed
        assert queries.open_seed(april, clock.now()) is None


def test_a_scheme_without_a_rate_stops_with_words(town):
    instance = town.instance("marginal")
    with pytest.raises(DoudiError, match="marginal_sampling_rate"):
        town.call("samples.draw", instance, {"scheme": "marginal"})


def test_a_rate_that_changes_begins_a_series_of_its_own(town):
    series(town, 1)
    instance = town.instance("tekun")
    town.call("samples.draw", instance, {"scheme": "tekun"}, tekun_sampling_rate=0.5)
    rates = set(town.session.scalars(select(Sample.rate)))
    assert rates == {"0.3", "0.5"}


@pytest.mark.postgres
def test_two_cases_at_once_are_counted_one_after_the_other(town, app):
    """Without the lock both would be the first and neither the second."""
    made, now = [town.instance("tekun").id for _ in range(8)], clock.now()

    def draw(case_id: int) -> bool:
        session = db.session()
        unit = next_in_series(session, scheme="tekun", area="pingluo", case_id=case_id, rate="0.3", now=now)
        session.commit()
        return unit.drawn

    results = at_once(app, *(partial(draw, case_id) for case_id in made))
    assert all(isinstance(each, bool) for each in results), results
    town.session.rollback()
    sample = town.session.scalars(select(Sample)).one()
    units = queries.units(town.session, sample)
    assert [each.place for each in units] == list(range(1, 9))
    assert (sample.count, sample.drawn) == (8, sum(results))
    assert queries.holds(town.session, sample)


# Who visits


@pytest.fixture
def visit(town, ten):
    """A drawn case's visit, its case handled by somebody of the discipline office."""
    instance, _ = ordered(town, how="size", size=1, percent=None)
    sample = witnessed(town, instance)
    (drawn,) = queries.visits(town.session, sample)
    child = town.instance("spot_visit", area=VILLAGE, parent_id=instance.id)
    town.call("samples.begin_visit", child, {"unit_id": drawn.unit.id})
    return child, drawn.unit


def test_who_had_a_hand_in_the_case_does_not_visit_it(town, visit):
    child, unit = visit
    handler, stranger = town.person("handler", "discipline"), town.person("stranger", "discipline")
    from engine.runtime.models import Instance

    town.sign(town.item(town.session.get(Instance, unit.case_id), "home_visit"), handler)
    item = town.item(child, "check_visit")
    answer = veto.ask(town.session, Question("claim", handler, instance=child, item=item))
    assert not answer
    assert "办理过被抽查" in answer.reason
    assert veto.ask(town.session, Question("claim", stranger, instance=child, item=item))


def test_nobody_hears_of_a_visit_before_it_was_made(town, visit):
    child, _ = visit
    director = town.person("director", "director")
    assert not veto.ask(town.session, Question("view", director, instance=child))
    town.submit(child, "check_visit", {"wrong": True, "findings": [], "said": "", "misconduct": False})
    town.call("samples.found", child)
    assert town.session.get(Check, child.id).visited_at is not None


def test_a_visit_is_the_familys_own_case_so_that_its_kin_keep_out(town, visit):
    from registers.cases.models import Case

    child, unit = visit
    assert town.session.get(Case, child.id).household_id == town.session.get(Case, unit.case_id).household_id
    assert town.session.get(Case, child.id).applicant == unit.key


def test_promise_needs_no_clock_and_two_orders_have_two_seeds(town):
    one, two = ordered(town)[1], ordered(town)[1]
    assert one.seed != two.seed
    more = {"population": "x", "area": "y", "since": None, "rate": None, "size": 1}
    assert promise(town.session, instance_id=one.instance_id, now=clock.now(), **more).id == one.id
