"""A 低保 case from the window to its decision, on the shipped models and the seed's parameters (policy.md §1.3)."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from engine import clock
from engine.clocks.models import Clock
from engine.errors import Invalid, Refused
from engine.journal.queries import verify
from engine.runtime import operations as runtime
from registers.assessments.models import Assessment
from registers.benefits.models import Decision
from registers.demonstration.acts import Plan, values
from registers.notices.models import Notice
from registers.objections import operations as objections
from registers.objections.models import Objection
from registers.publicity.models import Publicity
from tests.support.township import START, Township, family_of_three


@pytest.fixture
def county(session):
    """Operating mode A: the county confirms."""
    return Township(session, mode="A")


@pytest.fixture
def delegated(session):
    """Operating mode B: the township confirms."""
    return Township(session, mode="B")


def plan(**given) -> Plan:
    return Plan(given.pop("family", None) or family_of_three(), Random(1), **given)  # noqa: S311 -- synthetic people


def notices(session, instance) -> list[str]:
    found = session.scalars(select(Notice).where(Notice.instance_id == instance.id).order_by(Notice.id))
    return [notice.template for notice in found]


def test_a_family_of_three_gets_780_yuan_from_the_county(county, session):
    ours = plan()
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
        timer = county.post(case, ours)
    # 2 March + 7 days = 9 March, a Monday that is worked: nothing to roll.
    assert timer.due_at == clock.instant(START.date() + timedelta(days=8))
    with clock.at(timer.due_at):
        assert runtime.fire(timer.id)
        county.sign(case, "take_down", "hongliu", plan=ours)
        assert set(county.items(case)) == {"submit_dossier"}
        county.sign(case, "submit_dossier", "clerk", plan=ours)
        county.sign(case, "county_decide", "decide", plan=ours)
        county.sign(case, "deliver_confirmation", "clerk", plan=ours)
        outcome = county.sign(case, "post_result", "hongliu", plan=ours)
    assert (outcome.instance.status, outcome.instance.outcome) == ("completed", "confirmed")
    decision = session.get(Decision, case.id)
    assert (decision.outcome, decision.amount, decision.effective_month) == ("confirm", 78000, "2026-04")
    assert notices(session, case) == ["acceptance_notice", "publicity_notice", "confirmation_notice"]
    clocks = {each.name: each for each in session.scalars(select(Clock).where(Clock.instance_id == case.id))}
    budgets = {name: (each.kind, each.budget, each.extends_to) for name, each in clocks.items()}
    assert budgets == {
        "total": ("legal", "30wd", "45wd"),
        "total_alarm": ("advisory", "20wd", None),
        "survey_start": ("legal", "3wd", None),
        "data_check": ("legal", "3wd", None),
        "confirm": ("legal", "10wd", None),
    }
    assert {each.ending for each in clocks.values()} == {"satisfied"}
    assert verify(session).ok


def test_an_assessment_keeps_what_it_rests_on(county, session):
    ours = plan()
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
    kept = session.scalars(select(Assessment).where(Assessment.instance_id == case.id)).one()
    assert kept.figures["income_per_head"] == 30000
    assert kept.figures["amount"] == 78000
    assert kept.parameters["dibao_standard_rural"] == 56000
    assert kept.decisions["dibao_amount"]["rows"]
    assert kept.release_id == case.release_id


def test_income_at_the_standard_is_refused_with_the_figures(county, session):
    """The income must be lower than the standard; a refusal names the figures and where to appeal (§8.4)."""
    ours = plan(family=family_of_three(560))
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
        assert set(county.items(case)) == {"submit_dossier"}, "a negative opinion is not publicised"
        county.sign(case, "submit_dossier", "clerk", plan=ours)
        county.sign(case, "county_decide", "decide", plan=ours)
        outcome = county.sign(case, "deliver_refusal", "clerk", plan=ours)
    assert outcome.instance.outcome == "refused"
    decision = session.get(Decision, case.id)
    assert [reason["code"] for reason in decision.reasons] == ["income"]
    assert "560" in decision.reasons[0]["text"]
    letter = session.scalars(select(Notice).where(Notice.template == "refusal_notice")).one()
    assert "560" in letter.html
    assert "平罗县人民政府" in letter.html
    assert "60日" in letter.html


def test_the_township_confirms_in_mode_b(delegated, session):
    ours = plan()
    with clock.at(START):
        case = delegated.apply(ours)
        delegated.survey(case, ours)
        timer = delegated.post(case, ours)
    with clock.at(timer.due_at):
        runtime.fire(timer.id)
        delegated.sign(case, "take_down", "hongliu", plan=ours)
        assert set(delegated.items(case)) == {"township_decide"}
        delegated.sign(case, "township_decide", "head", plan=ours)
        delegated.sign(case, "deliver_confirmation", "clerk", plan=ours)
        outcome = delegated.sign(case, "post_result", "hongliu", plan=ours)
    assert outcome.instance.outcome == "confirmed"
    assert session.get(Decision, case.id).amount == 78000


def test_missing_papers_are_named_once_and_never_again(county, session):
    ours = plan(complete=False)
    with clock.at(START):
        case = county.apply(ours)
        county.sign(case, "check_completeness", "clerk", plan=ours)
        assert notices(session, case) == ["correction_notice"]
        assert "核对授权书" in session.scalars(select(Notice)).one().html
        county.sign(case, "receive_corrections", "clerk", plan=ours)
    assert set(county.items(case)) == {"declare_relatives"}, "there is no way back to asking for papers"


def test_an_applicant_may_withdraw_before_acceptance(county):
    ours = plan(complete=False, withdraw=True)
    with clock.at(START):
        case = county.apply(ours)
        county.sign(case, "check_completeness", "clerk", plan=ours)
        outcome = county.sign(case, "receive_corrections", "clerk", plan=ours)
    assert outcome.instance.outcome == "withdrawn"


def test_a_failed_data_check_can_be_objected_to(county, session):
    ours = plan(check_passes=False, recheck_passes=True, letters=True)
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
    assert "data_check_notice" in notices(session, case)
    assert set(county.items(case)) == {"draft_notice"}


def test_nobody_gives_a_positive_opinion_on_a_family_that_is_not_eligible(county):
    ours = plan(family=family_of_three(900))
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours, until="opinion")
        with pytest.raises(Invalid) as refused:
            county.sign(case, "opinion", "director", plan=ours, given={"opinion": "grant"})
    assert [problem["field"] for problem in refused.value.problems] == ["opinion"]


def test_an_objection_is_a_case_of_its_own_and_comes_first(county, session):
    ours = plan(objections=1)
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
        timer = county.post(case, ours)
    with clock.at(timer.due_at - timedelta(minutes=1)):
        given = values("record_objection", ours, clock.now(), {})
        child = objections.record(case.id, county.people["clerk"], values=given)
    assert child.parent_id == case.id
    with clock.at(timer.due_at):
        runtime.fire(timer.id)
        with pytest.raises(Refused, match="公示期"):
            objections.record(case.id, county.people["clerk"], values=given)
        county.sign(case, "take_down", "hongliu", plan=ours)
        with pytest.raises(Refused, match="还有1件异议"):
            county.sign(case, "handle_objections", "director", "director2", plan=ours)
        county.sign(child, "investigate_objection", "investigator", "investigator2", plan=ours)
        county.sign(child, "reply_objector", "director", plan=ours)
        county.sign(case, "handle_objections", "director", "director2", plan=ours)
        county.sign(case, "convene_evaluation", "director", plan=ours)
        with pytest.raises(Refused):
            county.sign(case, "hold_evaluation", "secretary2", plan=ours)
        county.sign(case, "hold_evaluation", "secretary", plan=ours)
        county.sign(case, "new_opinion", "director", plan=ours)
    assert session.get(Objection, child.id, populate_existing=True).settled_at is not None
    assert set(county.items(case)) == {"submit_dossier"}, "no second publicity for 低保 (57号 art. 19)"


def test_a_torn_notice_starts_the_publicity_anew(county, session):
    ours = plan()
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
        first = county.post(case, ours)
    with clock.at(first.due_at):
        runtime.fire(first.id)
        county.sign(case, "take_down", "hongliu", plan=ours, given={"intact": False})
        county.sign(case, "post_notice", "hongliu", plan=ours)
        second = county.timer(case)
    assert second.due_at > first.due_at
    rows = session.scalars(select(Publicity).where(Publicity.instance_id == case.id).order_by(Publicity.id)).all()
    assert [row.closed_at is None for row in rows] == [False, True]


def test_who_drafted_a_notice_cannot_check_it(county):
    ours = plan()
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
        county.sign(case, "draft_notice", "clerk", plan=ours)
        with pytest.raises(Refused):
            county.sign(case, "check_notice", "clerk2", plan=ours)


def test_a_filed_case_is_visited_by_the_county(county):
    ours = plan(related=True)
    with clock.at(START):
        case = county.apply(ours)
        county.survey(case, ours)
        timer = county.post(case, ours)
    with clock.at(timer.due_at):
        runtime.fire(timer.id)
        county.sign(case, "take_down", "hongliu", plan=ours)
        county.sign(case, "submit_dossier", "clerk", plan=ours)
        assert set(county.items(case)) == {"county_visit"}
        county.sign(case, "county_visit", "review", "review2", plan=ours)
        assert set(county.items(case)) == {"county_decide"}


def test_one_investigator_is_not_enough(county):
    ours = plan()
    with clock.at(START):
        case = county.apply(ours)
        county.sign(case, "check_completeness", "clerk", plan=ours)
        county.sign(case, "declare_relatives", "clerk", plan=ours)
        county.sign(case, "arrange_survey", "director", plan=ours)
        outcome = county.sign(case, "home_visit", "investigator", plan=ours)
    assert not outcome.finished
    assert "home_visit" in county.items(case)
