"""What the service operations write, step by step, and what they refuse to write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.errors import DoudiError
from engine.runtime.models import Instance
from registers.assessments import queries as assessments
from registers.benefits.models import Decision
from registers.cases.models import Case
from registers.cases.numbers import take
from registers.cases.page import case_page
from registers.households.models import Household, IncomeStatement, Person
from registers.notices.models import Notice
from registers.publicity import queries as publicity

FLOW = {
    "members": 2,
    "rural": True,
    "income_per_head": 30000,
    "assets_per_head": 0,
    "asset_violation": False,
    "data_check_ok": True,
    "eligible": True,
    "amount": 52000,
    "publicised": True,
    "objections": 0,
    "total_limit": "20wd",
}


def money(**given):
    zero = dict.fromkeys(
        (
            "income_wage",
            "income_business",
            "income_property",
            "income_transfer",
            "income_other",
            "job_cost",
            "rigid_expense",
            "assets_financial",
        ),
        0,
    )
    return {**zero, **given}


# The household


def test_a_household_its_people_and_what_they_declared(town):
    home = town.family(size=3)
    instance = town.registered(home)
    case = town.session.get(Case, instance.id)
    assert (case.number, case.applicant, case.area) == ("高仁低保2026-0001", home.head.name, instance.area)
    people = town.session.scalars(select(Person).order_by(Person.id)).all()
    assert [each.relation for each in people] == ["head", "child", "child"]
    assert (people[0].birth, people[0].male) == (home.head.birth, home.head.male)
    assert people[0].masked == f"{home.head.id_number[:6]}********{home.head.id_number[-4:]}"
    assert [each.source for each in town.session.scalars(select(IncomeStatement))] == ["declared"]


def test_no_number_of_a_person_stands_readable_in_the_database(town):
    home = town.family()
    town.registered(home)
    for table in (Person.__table__, Household.__table__):
        stored = town.session.connection().exec_driver_sql(f"SELECT * FROM {table.name}").all()  # noqa: S608
        for secret in (home.head.id_number, home.phone, home.bank_account):
            assert secret not in repr(stored)


def test_numbers_have_no_gap_when_a_step_fails(town):
    town.registered()
    failing = town.instance()
    town.submit(failing, "fill_application", town.application(village="shazao"))
    with pytest.raises(DoudiError, match="村"):
        town.call("households.register", failing)
    town.registered(town.family(seed=2))
    numbers = town.session.scalars(select(Case.number).order_by(Case.instance_id)).all()
    assert numbers == ["高仁低保2026-0001", "高仁低保2026-0002"]


def test_a_number_that_was_rolled_back_is_given_again(town):
    assert take(town.session, "x") == 1
    town.session.rollback()
    assert take(town.session, "x") == 1
    town.session.commit()
    assert take(town.session, "x") == 2


def test_clerks_at_the_same_moment_get_numbers_one_after_another(app):
    engine = db.engine

    def ten(_: int) -> list[int]:
        found = []
        with Session(engine) as session:
            for _turn in range(10):
                session.connection(execution_options={"writes": True})
                found.append(take(session, "new series"))
                session.commit()
        return found

    with ThreadPoolExecutor(3) as pool:
        assert sorted(n for each in pool.map(ten, range(3)) for n in each) == list(range(1, 31))


def test_one_person_is_not_two_members(town):
    home = town.family()
    home.others[0][0].id_number = home.head.id_number
    with pytest.raises(DoudiError, match="两次"):
        town.registered(home)


def test_registering_again_keeps_the_number_and_those_who_left(town):
    home = town.family(size=3)
    instance = town.registered(home)
    home.others.pop()
    town.submit(instance, "fill_application", town.application(home))
    assert town.call("households.register", instance)["members"] == 2
    assert town.session.scalar(select(Case.number)) == "高仁低保2026-0001"
    left = town.session.scalars(select(Person).where(Person.left_on.is_not(None))).all()
    assert len(left) == 1


def test_acceptance_pins_the_day_and_the_mode(town, at):
    instance = town.registered()
    at("2026-03-12 09:00")
    found = town.call("cases.accept", instance, dibao_mode="A")
    assert (found["mode"], found["total_limit"], found["publicised"]) == ("A", "30wd", False)
    assert instance.parameters_on.isoformat() == "2026-03-12"
    assert town.session.get(Case, instance.id).accepted_on == instance.parameters_on


# The assessment


def test_the_visit_wins_over_what_was_declared(town):
    instance = town.registered(income_wage=10000, basic_pension=7)
    town.submit(instance, "data_check", {"data_check_passed": True})
    visited = money(income_wage=90001, job_cost=10000, income_transfer=20000, assets_financial=301)
    town.submit(instance, "home_visit", {**visited, "asset_car": True, "homes": 2, "home_area": 90})
    found = town.call("assessment.prepare", instance)
    assert (found["income_wage"], found["income_total"], found["job_cost"]) == (90001, 110001, 10000)
    assert found["basic_pension"] == 7, "what the visit does not ask stays as it was declared"
    assert (found["assets_per_head"], found["data_check_ok"]) == (151, True)  # 301 fen among two, rounded half up
    assert (found["cars"], found["car_use"]) == (1, "private")
    assert (found["homes"], found["home_area_per_head"]) == (2, 45)
    page = case_page(town.session, instance.id)
    assert page.statements["declared"]["income_wage"] == 10000
    assert page.statements["verified"]["income_wage"] == 90001


def test_homes_whose_area_nobody_knows_are_not_small(town):
    instance = town.registered(asset_second_house=True)
    found = town.call("assessment.prepare", instance)
    assert (found["homes"], found["home_area_per_head"]) == (2, -1)


@pytest.mark.parametrize(
    ("checked", "rechecked", "ok"), [(True, None, True), (False, True, True), (False, False, False)]
)
def test_a_recheck_can_mend_a_data_check(town, checked, rechecked, ok):
    instance = town.registered()
    town.submit(instance, "data_check", {"data_check_passed": checked})
    if rechecked is not None:
        town.submit(instance, "recheck", {"recheck_passed": rechecked})
    assert town.call("assessment.prepare", instance)["data_check_ok"] is ok


def test_without_a_data_check_nothing_is_ok(town):
    assert town.call("assessment.prepare", town.registered())["data_check_ok"] is False


def test_an_assessment_keeps_the_parameters_that_its_decisions_read(town):
    instance = town.registered()
    decisions = {"dibao_amount": {"rows": ["dibao_amount_top_up_rural"], "inputs": {}, "outputs": {"eligible": True}}}
    town.call("assessment.record", instance, FLOW, decisions=decisions)
    kept = assessments.latest(town.session, instance.id)
    assert kept.parameters["dibao_standard_rural"] == 56000
    assert "confirm_limit" not in kept.parameters
    assert (kept.decisions, kept.release_id) == (decisions, instance.release_id)
    assert kept.figures["income_per_head"] == 30000


# The decision


def decided(town, instance, **given):
    return town.submit(instance, "township_decide", given, town.person("head", "head"))


def ripe(town, instance, flow=FLOW, amount=None):
    """Assessed, and posted with an amount; the publicity ends on 2026-03-17."""
    town.call("assessment.record", instance, flow)
    town.submit(instance, "post_notice", {"posted_on": "2026-03-10", "place": "村委会公开栏"})
    town.call("publicity.open", instance, {"members": 2, "amount": flow["amount"] if amount is None else amount})
    publicity.latest(town.session, instance.id).closed_at = clock.now()


def test_a_benefit_begins_in_the_month_after_the_decision(town, at):
    instance = town.registered()
    ripe(town, instance)
    at("2026-12-31 16:00")
    decided(town, instance, decision="confirm", reasons="同意")
    at("2027-01-04 09:00")  # The step is only run again after an incident.
    said = town.call("benefits.confirm", instance, FLOW)
    assert said == {"effective_month": "2027-01", "decided": True, "granted": True}
    kept = town.session.get(Decision, instance.id)
    assert (kept.amount, kept.decided_by, kept.decided_at.year) == (52000, "测head", 2026)


@pytest.mark.parametrize(
    ("before", "on", "words"),
    [
        # The flow's flags say yes in all of these: only the registers know better.
        (lambda town, case: town.call("assessment.record", case, FLOW), "2026-03-20 09:00", "公示"),
        (lambda town, case: ripe(town, case), "2026-03-17 23:59", "公示"),
        (lambda town, case: ripe(town, case, {**FLOW, "eligible": False}), "2026-03-20 09:00", "不符合"),
        (lambda _town, _case: None, "2026-03-20 09:00", "不符合"),
        (lambda town, case: ripe(town, case, amount=30000), "2026-03-20 09:00", "金额"),
    ],
    ids=["never posted", "still posted", "not eligible", "never assessed", "another amount posted"],
)
def test_nobody_is_confirmed_past_the_law_whatever_the_drawing_says(town, at, before, on, words):
    instance = town.registered()
    before(town, instance)
    at(on)
    decided(town, instance, decision="confirm", reasons="同意")
    with pytest.raises(DoudiError, match=words):
        town.call("benefits.confirm", instance, FLOW)
    assert town.session.get(Decision, instance.id) is None


def test_a_refusal_without_a_reason_is_not_written(town):
    instance = town.registered()
    decided(town, instance, decision="refuse", reasons="不同意")
    with pytest.raises(DoudiError, match="理由"):
        town.call("benefits.refuse", instance, FLOW)
    assert town.session.get(Decision, instance.id) is None


# Notices


@pytest.fixture
def refused(town):
    instance = town.registered()
    decided(town, instance, decision="refuse", grounds=["income"], reasons="收入<高>于标准")
    town.call("benefits.refuse", instance, {**FLOW, "eligible": False, "income_per_head": 60000})
    return instance


def test_a_refusal_says_its_figures_and_what_people_wrote_is_escaped(town, refused):
    town.call("notices.issue", refused, FLOW, notice="refusal_notice")
    (notice,) = town.session.scalars(select(Notice))
    assert "核定人均月收入600元" in notice.html
    assert "收入&lt;高&gt;于标准" in notice.html
    assert notice.number == "高仁民救不〔2026〕1号"


def test_each_kind_is_numbered_by_itself_and_a_step_issues_once(town, refused):
    town.call("notices.issue", refused, FLOW, notice="refusal_notice", task="same")
    town.call("notices.issue", refused, FLOW, notice="refusal_notice", task="same")
    town.call("notices.issue", refused, FLOW, notice="acceptance_notice")
    numbers = town.session.scalars(select(Notice.number).order_by(Notice.id)).all()
    assert numbers == ["高仁民救不〔2026〕1号", "高仁民救受〔2026〕1号"]


def test_an_unknown_template_issues_nothing(town, refused):
    with pytest.raises(DoudiError, match="模板"):
        town.call("notices.issue", refused, FLOW, notice="no_such_notice")
    assert town.session.scalar(select(Notice.id)) is None


@pytest.mark.parametrize("text", ["{{ facts.secret }}", "{{ ''.__class__.__mro__ }}", "{% for x in %}"])
def test_a_template_with_a_hole_or_a_trick_issues_nothing(town, refused, text, monkeypatch):
    monkeypatch.setitem(town.release.notices, "bad", f"{{#\ntitle: 告知书\nmark: 坏\n#}}\n{text}")
    with pytest.raises(DoudiError, match="无法生成"):
        town.call("notices.issue", refused, FLOW, notice="bad")


def test_a_receipt_is_what_was_handed_in(town, refused):
    given = {"delivered_on": "2026-03-11", "method": "direct", "receiver": "某人", "receiver_relation": "本人"}
    town.call("notices.issue", refused, FLOW, notice="refusal_notice")
    town.submit(refused, "deliver_refusal", given, town.person("clerk", "clerk"))
    (receipt,) = case_page(town.session, refused.id).deliveries
    assert (receipt.template, receipt.receiver, receipt.recorded_by) == ("refusal_notice", "某人", "测clerk")


def test_the_page_of_a_case_shows_no_number_in_full(town, refused):
    page = case_page(town.session, refused.id)
    home = town.family()
    assert page.members[0].masked.endswith(home.head.id_number[-4:])
    shown = repr((page.members, page.contact))
    for secret in (home.head.id_number, home.phone, home.bank_account):
        assert secret not in shown
    assert isinstance(page.instance, Instance)
