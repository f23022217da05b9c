"""What the operations sum up for the decisions: people by the register, benefits by the people, causes by the year."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.errors import DoudiError
from registers.assessments import queries as assessments
from registers.assessments.decide import decide
from registers.assessments.people import age
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.demonstration.people import Person, id_number
from registers.households.models import Person as Member


def aged(town, *ages, **changed):
    """A registered case of people of these ages, the head first; `others` change the rows of the others."""
    rows = changed.pop("others", {})
    today = clock.today()
    people = [
        Person(f"测{n}", id_number(date(today.year - each, 1, 1), 300 + n, True), date(today.year - each, 1, 1), True)
        for n, each in enumerate(ages)
    ]
    home = town.family()
    home.head, home.others = people[0], [(each, "child") for each in people[1:]]
    values = town.application(home, **changed)
    for number, more in rows.items():
        values["members"][number].update(more)
    instance = town.instance()
    town.submit(instance, "fill_application", values)
    town.call("households.register", instance)
    return instance


def benefit(town, instance, scheme, **more):
    case = town.session.get(Case, instance.id)
    given = {"status": "active", "one_off": False, "amount": 1, "from_month": "2026-01", **more}
    made = Benefit(
        household_id=case.household_id,
        scheme=scheme,
        area=instance.area,
        instance_id=instance.id,
        created_at=clock.now(),
        **given,
    )
    town.session.add(made)
    town.session.commit()
    return made


@pytest.mark.parametrize(
    ("birth", "today", "years"),
    [
        ("1946-03-10", "2026-03-09", 79),
        ("1946-03-10", "2026-03-10", 80),
        ("1948-02-29", "2026-02-28", 77),
        ("1948-02-29", "2026-03-01", 78),
    ],
)
def test_a_year_of_age_is_full_on_the_birthday(birth, today, years):
    assert age(date.fromisoformat(birth), date.fromisoformat(today)) == years


# The household


def test_people_are_counted_by_the_register_and_dated_limits(town):
    instance = aged(
        town, 61, 40, 17, 5,
        disability="2", disability_kind="limb",
        others={0: {"health": "serious", "work": "employed"}, 1: {"disability": "3", "disability_kind": "mental"}},
    )  # fmt: skip
    found = town.call("assessment.prepare", instance)
    assert [found[key] for key in ("members", "minors", "elderly", "severely_disabled", "seriously_ill")] == [
        4,
        2,
        1,
        1,
        1,
    ]
    assert found["able_bodied"] == 1
    assert town.call("assessment.prepare", instance, severe_disability_grade=3)["severely_disabled"] == 2
    assert town.call("assessment.prepare", instance, elder_age=65)["elderly"] == 0


def test_the_visit_counts_whom_it_met_but_makes_nobody_older(town):
    instance = aged(town, 40)
    town.submit(
        instance, "home_visit", {"severely_disabled": 1, "able_bodied": 0, "minors": 9, "income_unstable": True}
    )
    found = town.call("assessment.prepare", instance)
    assert (found["severely_disabled"], found["able_bodied"], found["minors"]) == (1, 0, 0)
    assert found["income_unstable"] is True


def test_whoever_left_is_not_counted(town):
    instance = aged(town, 40, 10)
    registered = town.session.get(Case, instance.id)
    child = town.session.query(Member).filter_by(household_id=registered.household_id, relation="child").one()
    child.left_on = clock.today()
    town.session.commit()
    assert town.call("assessment.prepare", instance)["members"] == 1


@pytest.mark.parametrize(("answer", "local"), [(True, True), (False, False), (None, True)])
def test_where_somebody_belongs(town, answer, local):
    assert town.call("assessment.prepare", aged(town, 40, local=answer))["local"] is local


def test_a_review_starts_from_the_last_statement_and_the_visit_corrects_it(town):
    first = aged(town, 40, income_wage=30000, basic_pension=100)
    town.call("assessment.prepare", first)
    review = town.instance("periodic_review")
    case = town.session.get(Case, first.id)
    town.session.add(
        Case(
            instance_id=review.id, number="复核1", scheme="dibao", title="复核", household_id=case.household_id,
            applicant=case.applicant, area=case.area, created_at=clock.now(), filed=False, complaint=False,
        )
    )  # fmt: skip
    town.session.commit()
    benefit(town, first, "dibao")
    benefit(town, first, "elderly_allowance")
    town.submit(review, "home_visit", {"income_wage": 50000})
    found = town.call("assessment.prepare", review)
    assert (found["income_wage"], found["basic_pension"]) == (50000, 100)
    # Being on 低保 is no reason against staying on it; anything else still counts.
    assert found["receives"] == "elderly_allowance"


# What people receive already


def test_a_benefit_is_found_by_the_people_whoever_is_the_head(town):
    husband = aged(town, 50, 48)
    benefit(town, husband, "tekun")
    home = town.session.get(Case, husband.id).household_id
    wife = town.session.query(Member).filter_by(household_id=home, relation="child").one()
    family = town.family(seed=3, size=1)
    family.head = Person(wife.name, wife.id_number, wife.birth, wife.male)
    own = town.registered(family)
    assert town.session.get(Case, own.id).household_id != home
    assert town.call("assessment.prepare", own)["receives"] == "tekun"


def test_ended_and_one_off_benefits_are_none(town):
    instance = aged(town, 50)
    benefit(town, instance, "dibao", status="ended")
    benefit(town, instance, "temporary_relief", one_off=True)
    assert town.call("assessment.prepare", instance)["receives"] == ""


def test_the_wifes_own_allowance_is_not_the_applicants(town):
    instance = aged(town, 82, 81)
    home = town.session.get(Case, instance.id).household_id
    head, wife = town.session.query(Member).filter_by(household_id=home).order_by(Member.id)
    benefit(town, instance, "elderly_allowance", person_id=wife.id)
    assert town.call("assessment.person", instance)["receives"] == ""
    benefit(town, instance, "elderly_allowance", person_id=head.id)
    assert town.call("assessment.person", instance)["receives"] == "elderly_allowance"


# The applicant


def test_the_applicant_as_register_and_forms_have_them(town):
    instance = aged(
        town, 70, disability="1", disability_kind="sight", health="serious", work="unable", incapacitated=True
    )
    found = town.call("assessment.person", instance)
    assert (found["age"], found["disability_grade"], found["disability_kind"]) == (70, 1, "sight")
    assert (found["ill"], found["incapacitated"], found["unemployed"], found["clergy"]) == (True, True, True, False)
    assert (found["supporters"], found["supporter_able"], found["family_marginal"]) == (0, False, False)
    benefit(town, instance, "marginal")
    assert town.call("assessment.person", instance)["family_marginal"] is True


@pytest.mark.parametrize(
    ("rows", "able"),
    [
        ([{"status": "tekun"}], False),
        ([{"status": "tekun"}, {"status": "able", "age": 40}], True),
        ([{"status": "dibao", "age": 60}], False),
        ([{"status": "dibao", "age": 59}], True),
        ([{"status": "prison", "assets_fit": True}], False),
        ([{"status": "prison"}], True),
        ([{}], True),
    ],
)
def test_each_supporter_is_judged_by_the_decision(town, rows, able):
    found = town.call("assessment.person", aged(town, 70, supporters=rows))
    assert (found["supporters"], found["supporter_able"]) == (len(rows), able)


def test_a_supporter_is_as_old_as_the_id_number_says(town):
    number = id_number(date(clock.today().year - 59, 1, 1), 77, True)
    rows = [{"status": "dibao", "age": 60, "id_number": number}]
    assert town.call("assessment.person", aged(town, 70, supporters=rows))["supporter_able"] is True


def test_a_strange_status_is_no_pass(town):
    with pytest.raises(DoudiError, match="不允许"):
        town.call("assessment.person", aged(town, 70, supporters=[{"status": "rich"}]))


# The year and the cause


def test_twelve_months_as_the_visit_found_them(town):
    instance = aged(town, 40, year_income=100, year_medical=7)
    town.submit(instance, "home_visit", {"year_income": 200})
    found = town.call("assessment.year", instance)
    assert (found["year_income"], found["year_medical"], found["year_living"]) == (200, 7, 0)


def relief(town, home, cause, **more):
    instance = town.instance("temporary_relief")
    given = {"relief_type": "emergency", "relief_cause": cause, "relief_asked": 50000, **more}
    town.submit(instance, "apply_relief", town.application(home, **given))
    town.call("households.register", instance)
    return instance


def confirmed(town, instance):
    town.session.add(
        Decision(
            instance_id=instance.id, outcome="confirm", amount=1, reasons=[], decided_by="测", decided_at=clock.now(),
            parameters={}, release_id=instance.release_id,
        )
    )  # fmt: skip
    town.session.commit()


def test_the_same_cause_in_the_same_year_is_seen_whoever_of_the_family_asks(town, at):
    home = town.family(size=2)
    fire = relief(town, home, "fire")
    confirmed(town, fire)
    again = relief(town, home, "fire")
    found = town.call("assessment.relief", again)
    assert (found["relief_same_cause"], found["relief_this_year"]) == (1, 1)
    other = relief(town, home, "illness")
    assert town.call("assessment.relief", other)["relief_same_cause"] == 0
    wife = town.family(seed=4, size=1)
    wife.head = home.others[0][0]
    hers = relief(town, wife, "fire")
    assert town.call("assessment.relief", hers)["relief_same_cause"] == 1
    at("2027-01-04 10:00")
    assert town.call("assessment.relief", again)["relief_this_year"] == 0


def test_refused_and_open_cases_are_no_help(town):
    home = town.family()
    relief(town, home, "fire")
    assert town.call("assessment.relief", relief(town, home, "fire"))["relief_this_year"] == 0


@pytest.mark.parametrize(
    ("kind", "recognised", "checked", "ok"),
    [
        ("emergency", False, None, True),
        ("expenditure", True, None, True),
        ("expenditure", False, None, False),
        ("expenditure", False, True, True),
        ("expenditure", True, False, False),
    ],
)
def test_a_data_check_is_spared_only_who_need_not_be_checked(town, kind, recognised, checked, ok):
    home = town.family()
    if recognised:
        benefit(town, town.registered(home), "hardship")
    instance = relief(town, home, "illness", relief_type=kind)
    if checked is not None:
        town.submit(instance, "data_check", {"data_check_passed": checked})
    found = town.call("assessment.relief", instance)
    assert (found["recognised"], found["data_check_ok"]) == (recognised, ok)


# Kept and asked


def test_an_assessment_keeps_what_counted(town):
    instance = aged(town, 40)
    flow = {**town.call("assessment.prepare", instance), "failed_tests": "income", "eligible": False, "secret": "x"}
    town.call("assessment.record", instance, flow, decisions={"dibao_tests": {"rows": [], "inputs": {}, "outputs": {}}})
    kept = assessments.latest(town.session, instance.id)
    assert (kept.figures["failed_tests"], kept.figures["members"]) == ("income", 1)
    assert "secret" not in kept.figures
    assert kept.parameters["severe_disability_grade"] == 2
    assert kept.parameters["dibao_standard_rural"] == 56000


def test_a_decision_can_be_asked_outside_of_a_drawing(town):
    numbers = {"near_relative_set": "N"}
    assert decide(town.release, "near_relative", numbers, relation="in_law") == {"near_relative": False}
    with pytest.raises(DoudiError, match="没有决策“gone”"):
        decide(town.release, "gone", {})
