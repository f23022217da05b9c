"""A household that changes while a case runs: what the register keeps, what open cases must see before they decide."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import DoudiError, Invalid
from engine.rules.veto import Question, veto
from registers.cases.models import Case
from registers.demonstration.people import id_number
from registers.households import changes
from registers.households.models import Household, HouseholdChange, Person

VILLAGE = "pingluo/gaoren/hongliu"


def household_of(town, instance):
    return town.session.get(Household, town.session.get(Case, instance.id).household_id)


def change(town, instance, kind="income", **given):
    case = town.session.get(Case, instance.id)
    made = changes.register(
        town.session, household_id=case.household_id, kind=kind, now=clock.now(), who="测试",
        **{"happened_on": clock.today(), **given},
    )  # fmt: skip
    town.session.commit()
    return made


def newborn(seed=7):
    return {"name": "马小新", "id_number": id_number(date(2026, 1, 5), seed, True), "relation": "child"}


def test_a_change_before_the_survey_is_seen_by_it(town, at):
    instance = town.registered()
    change(town, instance)
    assert changes.pending(town.session, instance) == []
    at("2026-03-12 09:00")
    town.submit(instance, "home_visit", {})
    assert town.call("households.settle_changes", instance) == {"changed": False}


def test_a_change_after_the_survey_sends_the_case_back_to_it(town, at):
    instance = town.registered()
    town.submit(instance, "home_visit", {})
    at("2026-03-11 09:00")
    change(town, instance)
    change(town, instance, "moved", material=False)
    assert town.call("households.settle_changes", instance) == {"changed": True}
    at("2026-03-13 09:00")
    town.submit(instance, "home_visit", {})
    assert town.call("households.settle_changes", instance) == {"changed": False}


def test_the_change_of_another_household_is_none_of_this_case(town, at):
    instance, other = town.registered(), town.registered(town.family(2))
    town.submit(instance, "home_visit", {})
    at("2026-03-11 09:00")
    change(town, other)
    assert changes.pending(town.session, instance) == []


@pytest.mark.parametrize("element", ["county_decide", "township_decide"])
def test_nobody_decides_on_a_household_that_has_changed_but_anybody_sends_it_back(town, at, element):
    instance = town.registered()
    decider = (
        town.person("decide", "county_decide", "pingluo") if element == "county_decide" else town.person("head", "head")
    )
    item = town.item(instance, element)

    def may(decision):
        facts = {"flow": {"decision": decision}, "values": {}}
        return veto.ask(town.session, Question("hand_in", decider, instance=instance, item=item, facts=facts))

    town.submit(instance, "home_visit", {})
    assert may("confirm")
    at("2026-03-11 09:00")
    change(town, instance, "died")
    for decision in ("confirm", "refuse"):
        assert "成员死亡（03月11日登记）" in may(decision).reason
    assert may("return")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "birthday"}, "kind"),
        ({"happened_on": date(2026, 3, 11)}, "happened_on"),
        ({"reported_on": date(2026, 3, 11)}, "reported_on"),
        ({"happened_on": date(2026, 3, 9), "reported_on": date(2026, 3, 8)}, "reported_on"),
    ],
)
def test_dates_out_of_order_are_refused_at_their_field(town, given, field):
    instance = town.registered()
    with pytest.raises(Invalid) as refused:
        change(town, instance, **given)
    assert refused.value.problems[0]["field"] == field
    town.session.rollback()
    assert town.session.scalars(select(HouseholdChange)).all() == []


def test_who_joins_and_leaves_is_counted_by_the_next_assessment(town):
    instance = town.registered()
    household = household_of(town, instance)
    child = changes.join(town.session, household, newborn())
    assert [each.name for each in changes.living(town.session, household.id)][-1] == "马小新"
    with pytest.raises(Invalid, match="已经是这户的成员"):
        changes.join(town.session, household, newborn())
    changes.leave(town.session, child, date(2026, 3, 10))
    assert child.id not in {each.id for each in changes.living(town.session, household.id)}
    with pytest.raises(Invalid, match="已经不是"):
        changes.leave(town.session, child, date(2026, 3, 10))
    with pytest.raises(Invalid, match="身份证号"):
        changes.join(town.session, household, {**newborn(), "id_number": "1"})


def test_the_dead_are_on_no_application(town):
    home = town.family()
    instance = town.registered(home)
    head = changes.living(town.session, household_of(town, instance).id)[0]
    changes.leave(town.session, head, date(2026, 3, 9), died=True)
    town.session.commit()
    again = town.instance()
    town.submit(again, "fill_application", town.application(home))
    with pytest.raises(DoudiError, match="已登记死亡"):
        town.call("households.register", again)
    with pytest.raises(Invalid, match="已登记死亡"):
        changes.join(town.session, household_of(town, instance), {
            "name": head.name, "id_number": head.id_number, "relation": "other"})  # fmt: skip


def test_another_head_leads_the_open_cases(town):
    instance = town.registered(town.family(3, 3))
    household = household_of(town, instance)
    head, second, *_ = changes.living(town.session, household.id)
    changes.leave(town.session, head, date(2026, 3, 9), died=True)
    changes.lead(town.session, household.id, second, clock.now())
    assert town.session.get(Case, instance.id).applicant == second.name
    assert changes.living(town.session, household.id)[0].id == second.id
    with pytest.raises(Invalid, match="现在的家庭成员"):
        changes.lead(town.session, household.id, head, clock.now())


def test_one_persons_own_application_leaves_their_household_alone(town):
    home = town.family(1, 3)
    instance = town.registered(home)
    household = household_of(town, instance)
    contact = dict(household.contact)
    own = town.instance("elderly_allowance") if "elderly_allowance" in town.release.processes else town.instance()
    given = {key: value for key, value in town.application(home).items() if key != "members"}
    town.submit(own, "apply_elderly", {**given, "phone": "13000000009"})
    assert town.call("households.register", own)["members"] == 1
    assert town.session.get(Case, own.id).household_id == household.id
    assert len(changes.living(town.session, household.id)) == 3
    assert dict(household.contact) == contact
    assert town.session.scalars(select(HouseholdChange)).all() == []


def test_another_application_of_the_household_is_a_change_for_its_open_cases(town, at):
    home = town.family(1, 3)
    instance = town.registered(home)
    town.submit(instance, "home_visit", {})
    at("2026-03-11 09:00")
    home.others = home.others[:1]
    town.registered(home)
    found = town.session.scalars(select(HouseholdChange)).all()
    assert [each.kind for each in found] == ["left"]
    assert [each.kind for each in changes.pending(town.session, instance)] == ["left"]
    names = {each.id: each.name for each in town.session.scalars(select(Person))}
    assert names[found[0].person_id] == found[0].told["name"]
