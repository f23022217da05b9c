"""Withdrawal, death, refusal to cooperate, another scheme, corrections: asked by one, confirmed by another, at every
stage; each leaves a named end or a case that goes on."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from engine import clock, secrets
from engine.actors import SYSTEM, Actor, Grant
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.journal.verbs import Verb
from engine.outbox.models import Message
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime import queries as reading
from engine.runtime.models import Instance, Opening, Suspension, WaitingTimer
from engine.runtime.moves import operations as engine_moves
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.demonstration.acts import Plan, values
from registers.demonstration.people import id_number as synthetic
from registers.filings import operations as filings
from registers.households import changes, ties
from registers.households.models import DuplicateDecision, Person
from registers.moves import carrying, kinds, operations, queries, rescheming
from registers.moves.models import Move
from registers.notices.models import Notice
from registers.publicity import queries as publicity
from tests.support.together import at_once
from tests.support.township import START, Township, family_of_three
from timers import firing


@pytest.fixture
def county(session, at):
    at(f"{START:%Y-%m-%d %H:%M}")
    return Township(session)


@pytest.fixture
def plan():
    return Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people


@pytest.fixture
def case(county, plan):
    return county.apply(plan)


def again(county, instance):
    return county.session.get(Instance, instance.id, populate_existing=True)


def withdrawal(plan, **changed):
    return {
        "signed_on": clock.today().isoformat(), "statement": "本人已就业，自愿撤回。", "signer": "applicant",
        "signer_name": plan.family.head.name, "evidence": "声明原件入卷", "signed": "yes", **changed,
    }  # fmt: skip


def refusal(**changed):
    today = clock.today()
    given = {"asked_for": "提供务工收入情况", "reason": "家庭没有说明任何正当理由。"}
    for number, back in ((1, 3), (2, 1)):
        given |= {
            f"on_{number}": (today - timedelta(days=back)).isoformat(), f"way_{number}": "visit",
            f"who_{number}": "马文军、杨小兰", f"answer_{number}": "拒绝开门。",
        }  # fmt: skip
    return {**given, **changed}


def person_of(county, case, relation):
    household = county.session.get(Case, case.id).household_id
    return county.session.scalars(
        select(Person).where(Person.household_id == household, Person.relation == relation)
    ).first()


def death(county, case, relation="child", **changed):
    person = person_of(county, case, relation)
    return {
        "person_id": str(person.id), "died_on": clock.today().isoformat(), "source": "police",
        "evidence": "户籍注销证明1号", **changed,
    }  # fmt: skip


def move(county, case, kind, given, asker="clerk", confirmer="director"):
    asked = operations.ask(case.id, county.people[asker], kind, given)
    return operations.confirm(asked.id, county.people[confirmer])


def letters(county, case):
    found = select(Notice.template).where(Notice.instance_id == case.id).order_by(Notice.id)
    return list(county.session.scalars(found))


# Withdrawal


STAGES = ("check_completeness", "declare_relatives", "arrange_survey", "visits", "opinion", "draft_notice", "posted")


def bring(county, case, plan, stage):
    """Signs until the case stands where the name says."""

    def sign(element, *who):
        county.sign(case, element, *who, plan=plan)

    if stage == "check_completeness":
        return
    sign("check_completeness", "clerk")
    if stage == "declare_relatives":
        return
    sign("declare_relatives", "clerk")
    if stage == "arrange_survey":
        return
    sign("arrange_survey", "director")
    if stage == "visits":
        return
    sign("data_check", "check")
    sign("home_visit", "investigator", "investigator2")
    sign("neighbour_visit", "investigator2", "investigator3")
    if stage == "opinion":
        return
    sign("opinion", "director")
    if stage == "draft_notice":
        return
    county.post(case, plan)


@pytest.mark.parametrize("stage", STAGES)
def test_an_application_is_withdrawn_at_every_stage_by_two_people(county, case, plan, stage):
    bring(county, case, plan, stage)
    asked = operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan))
    assert again(county, case).status == "running"  # Nothing happens before somebody else confirms it.
    done = operations.confirm(asked.id, county.people["director"])
    found = again(county, case)
    assert (found.status, found.outcome, done.state) == ("cancelled", "withdrawn", "confirmed")
    assert county.items(case) == {}
    assert county.session.scalars(select(WaitingTimer).where(WaitingTimer.instance_id == case.id)).all() == []
    assert letters(county, case)[-1] == "withdrawal_notice"
    entries = county.session.scalars(
        select(JournalEntry).where(JournalEntry.instance_id == case.id).order_by(JournalEntry.seq.desc()).limit(2)
    ).all()
    assert [each.verb for each in entries] == ["leader:move:confirmed", "actor:move:asked"]
    assert verify(county.session).ok


def test_nobody_confirms_their_own_and_kin_touch_nothing(county, case, plan):
    asked = operations.ask(case.id, county.people["director"], "withdraw", withdrawal(plan))
    with pytest.raises(Refused, match="另一人确认"):
        operations.confirm(asked.id, county.people["director"])
    for name in ("clerk", "investigator", "head", "decide"):
        with pytest.raises(Refused):
            operations.confirm(asked.id, county.people[name])
    with pytest.raises(Refused):
        operations.ask(case.id, county.people["investigator"], "withdraw", withdrawal(plan))
    filings.register_kin(SYSTEM, account_id=county.people["deputy"].id, post="分管领导",
                         relative_name=plan.family.head.name, id_number=plan.family.head.id_number,
                         relation="sibling")  # fmt: skip
    with pytest.raises(Refused, match="依规回避"):
        operations.confirm(asked.id, county.people["deputy"])
    assert again(county, case).status == "running"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"signed_on": "2026-03-03"}, ["signed_on"]),
        ({"signed_on": "2026-02-28"}, ["signed_on"]),
        ({"signed_on": "昨天"}, ["signed_on"]),
        ({"statement": " ", "signed": ""}, ["signed", "statement"]),
        ({"signer": "neighbour"}, ["signer"]),
        ({"signer_name": "别人"}, ["signer_name"]),
        ({"evidence": "x" * 1001}, ["evidence"]),
    ],
)
def test_a_statement_with_faults_is_refused_at_its_fields(county, case, plan, changed, fields):
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan, **changed))
    assert sorted(each["field"] for each in refused.value.problems) == fields
    assert queries.of_case(county.session, case.id) == []


def test_the_same_is_asked_once_and_settled_once(county, case, plan):
    asked = operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan))
    with pytest.raises(Conflict, match="正在等待确认"):
        operations.ask(case.id, county.people["clerk2"], "withdraw", withdrawal(plan))
    with pytest.raises(Invalid, match="理由"):
        operations.refuse(asked.id, county.people["director"], "")
    operations.refuse(asked.id, county.people["director"], "电话核实，申请人没有撤回。")
    with pytest.raises(Conflict, match="已由"):
        operations.confirm(asked.id, county.people["deputy"])
    assert again(county, case).status == "running"
    assert county.session.scalars(select(Message).where(Message.subject.contains("没有确认"))).one()
    move(county, case, "withdraw", withdrawal(plan))
    with pytest.raises(NotFound):
        operations.confirm(999, county.people["director"])
    with pytest.raises(NotFound):
        operations.ask(case.id, county.people["clerk"], "vanish", {})


def test_the_discipline_office_hears_of_it_before_and_after(county, case, plan):
    move(county, case, "withdraw", withdrawal(plan))
    subjects = list(county.session.scalars(select(Message.subject).where(Message.kind == "move").order_by(Message.id)))
    assert [each.partition("：")[2] for each in subjects] == ["“撤回申请”等待确认", "“撤回申请”已确认"]


def decided(county, case, outcome):
    county.session.add(Decision(
        instance_id=case.id, outcome=outcome, amount=78000, decided_by="测试", decided_at=clock.now(), release_id="x",
    ))  # fmt: skip
    county.session.commit()


def granted(county, case, **given):
    household = county.session.get(Case, case.id).household_id
    county.session.add(Benefit(**{
        "household_id": household, "scheme": "dibao", "area": case.area, "amount": 78000, "from_month": "2026-02",
        "instance_id": case.id, "created_at": clock.now(), **given,
    }))  # fmt: skip
    county.session.commit()


def test_what_was_granted_is_left_not_withdrawn(county, case, plan):
    decided(county, case, "confirm")
    granted(county, case)
    move(county, case, "withdraw", withdrawal(plan))
    assert again(county, case).status == "running"
    opening = county.session.scalars(select(Opening)).one()
    assert (opening.process_id, opening.parent_id) == ("leaving", case.id)
    assert (opening.flow["found_ground"], opening.flow["found_by"]) == ("voluntary", "family")


def test_what_has_ended_already_cannot_be_left(county, case, plan):
    decided(county, case, "confirm")
    granted(county, case, status="ended")
    with pytest.raises(Refused, match="已经停止"):
        operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan))


def test_what_was_refused_needs_no_withdrawal(county, case, plan):
    decided(county, case, "refuse")
    with pytest.raises(Refused, match="不予确认"):
        operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan))


def test_a_decision_between_asking_and_confirming_is_seen(county, case, plan):
    asked = operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan))
    decided(county, case, "refuse")
    with pytest.raises(Refused, match="不予确认"):
        operations.confirm(asked.id, county.people["director"])


def test_confirming_and_deciding_at_once_leave_one_outcome(app, county, case, plan):
    bring(county, case, plan, "visits")
    asked = operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan)).id
    item = county.items(case)["data_check"].id
    key, filled = case.id, values("data_check", plan, clock.now(), {})
    county.session.rollback()
    results = at_once(
        app,
        lambda: operations.confirm(asked, county.people["director"]),
        lambda: runtime.complete(item, county.people["check"], values=filled),
        lambda: operations.confirm(asked, county.people["deputy"]),
    )
    failed = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, Conflict) for each in failed), results
    found = county.session.get(Instance, key, populate_existing=True)
    assert (found.status, found.outcome) == ("cancelled", "withdrawn")
    assert len(letters(county, found)) == len(set(letters(county, found)))


# Refusal to cooperate


def test_who_refuses_twice_is_told_in_writing_and_the_procedure_ends(county, case, plan, at):
    bring(county, case, plan, "visits")
    at("2026-03-09 10:00")
    done = move(county, case, "terminate", refusal(), asker="investigator", confirmer="deputy")
    found = again(county, case)
    assert (found.status, found.outcome) == ("cancelled", "terminated")
    notice = county.session.scalars(select(Notice).where(Notice.template == "termination_notice")).one()
    assert notice.adverse
    for words in ("2026年3月6日上门通知", "2026年3月8日上门通知", "提供务工收入情况", "行政复议"):
        assert words in notice.html
    assert done.effect == "办件终止，已制发终止审核确认通知书"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"on_2": "2026-03-06"}, "on_2"),
        ({"on_2": "2026-03-10"}, "on_2"),
        ({"on_1": "2026-03-01"}, "on_1"),
        ({"answer_2": ""}, "answer_2"),
        ({"way_1": "rumour"}, "way_1"),
        ({"reason": ""}, "reason"),
    ],
)
def test_two_attempts_in_their_order_are_demanded(county, case, at, changed, field):
    at("2026-03-09 10:00")
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "terminate", refusal(**changed))
    assert [each["field"] for each in refused.value.problems] == [field]


def test_the_director_does_not_end_it_with_the_clerk_alone(county, case, at):
    at("2026-03-09 10:00")
    asked = operations.ask(case.id, county.people["clerk"], "terminate", refusal())
    with pytest.raises(Refused, match="您的角色不能确认"):
        operations.confirm(asked.id, county.people["director"])


# Death


def test_the_last_members_death_ends_the_case_with_its_letter(county, plan):
    plan.family.others = []
    case = county.apply(plan)
    move(county, case, "death", death(county, case, "head"))
    found = again(county, case)
    assert (found.status, found.outcome) == ("cancelled", "deceased")
    person = person_of(county, case, "head")
    assert (person.died_on, person.left_on) == (clock.today(), clock.today())
    assert letters(county, case)[-1] == "termination_notice"


def test_when_the_applicant_dies_another_leads_and_the_case_goes_on(county, case, plan):
    bring(county, case, plan, "opinion")
    spouse = person_of(county, case, "spouse")
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "death", death(county, case, "head"))
    assert [each["field"] for each in refused.value.problems] == ["new_head_id"]
    move(county, case, "death", death(county, case, "head", new_head_id=str(spouse.id)))
    assert again(county, case).status == "running"
    assert county.session.get(Case, case.id, populate_existing=True).applicant == spouse.name
    assert [each.kind for each in changes.pending(county.session, case)] == ["died"]


def test_a_minor_leads_only_with_a_guardian(county, case):
    child = person_of(county, case, "child")
    given = death(county, case, "head", new_head_id=str(child.id))
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "death", given)
    assert [each["field"] for each in refused.value.problems] == ["guardian"]
    move(county, case, "death", {**given, "guardian": "李某某，母亲"})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"died_on": "2026-03-03"}, "died_on"),
        ({"died_on": "1900-01-01"}, "died_on"),
        ({"source": "rumour"}, "source"),
        ({"person_id": "999999"}, "person_id"),
        ({"person_id": "x"}, "person_id"),
        ({"evidence": ""}, "evidence"),
    ],
)
def test_a_death_with_faults_is_refused_at_its_field(county, case, changed, field):
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "death", death(county, case, **changed))
    assert [each["field"] for each in refused.value.problems] == [field]


def test_nobody_dies_twice(county, case):
    given = death(county, case)
    move(county, case, "death", given)
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "death", given)
    assert [each["field"] for each in refused.value.problems] == ["person_id"]


def test_a_death_in_publicity_takes_the_sheet_down_and_goes_back_to_the_survey(county, case, plan, at):
    bring(county, case, plan, "posted")
    posted = publicity.latest(county.session, case.id)
    assert publicity.is_open(posted, clock.now())
    move(county, case, "death", death(county, case))
    assert publicity.board(county.session, clock.now()) == []
    posted = publicity.latest(county.session, case.id)
    assert (posted.superseded, posted.closed_at) == (True, clock.now())
    firing.fire_due()
    assert set(county.items(case)) == {"take_down"}
    county.sign(case, "take_down", plan.family.village, plan=plan)
    assert county.incidents(case) == []
    # Whoever decides may only send it back: a sheet that was taken down confirms nothing.
    while set(county.items(case)) == {"submit_dossier"}:
        county.sign(case, "submit_dossier", "clerk", plan=plan)
    if "county_decide" in county.items(case):
        with pytest.raises(Refused, match="成员死亡"):
            county.sign(case, "county_decide", "decide", plan=plan)
    else:
        assert "home_visit" in county.items(case) or "arrange_survey" in county.items(case)


def test_a_death_and_the_end_of_the_publicity_at_once_never_confirm_what_was_posted(app, county, case, plan, at):
    bring(county, case, plan, "posted")
    asked = operations.ask(case.id, county.people["clerk"], "death", death(county, case)).id
    key = case.id
    timer, due = county.session.execute(
        select(WaitingTimer.id, WaitingTimer.due_at).where(WaitingTimer.instance_id == key)
    ).one()
    at(f"{due + timedelta(minutes=1):%Y-%m-%d %H:%M}")
    county.session.rollback()
    results = at_once(
        app,
        lambda: operations.confirm(asked, county.people["director"]),
        lambda: runtime.fire(timer),
        lambda: runtime.fire(timer),
    )
    failed = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, Conflict) for each in failed), results
    case = again(county, case)
    assert county.incidents(case) == []
    assert changes.pending(county.session, case), "the death still waits for its survey"
    assert publicity.board(county.session, clock.now()) == []
    assert publicity.latest(county.session, key).superseded
    assert set(county.items(case)) == {"take_down"}


def test_every_benefit_is_looked_at_once(county, case):
    child, spouse = person_of(county, case, "child"), person_of(county, case, "spouse")
    for person in (None, child.id, spouse.id):
        granted(county, case, person_id=person)
    move(county, case, "death", death(county, case))
    found = county.session.scalars(select(Opening).order_by(Opening.id)).all()
    assert [each.flow["found_who"] for each in found] == [child.name] * 2
    assert {each.flow["found_on"] for each in found} == {clock.today().isoformat()}
    assert {each.key.split(":")[0] for each in found} == {"death"}
    assert {each.flow["found_ground"] for each in found} == {"death"}


def test_a_recipients_death_is_registered_at_a_case_that_is_over(county, case):
    found = again(county, case)
    found.status, found.ended_at, found.outcome = "completed", clock.now(), "confirmed"
    county.session.commit()
    move(county, case, "death", death(county, case))
    assert again(county, case).outcome == "confirmed"


def test_the_other_open_cases_of_the_household_follow(county, plan, session):
    plan.family.others = []
    case = county.apply(plan)
    other = Instance(
        process_id="dibao", release_id=case.release_id, area=case.area, status="running", position={}, flow={},
        started_at=clock.now(), parameters_on=clock.today(), state=b"", journal_seq=0, journal_hash="",
    )  # fmt: skip
    session.add(other)
    session.flush()
    session.add(Case(instance_id=other.id, number="高仁高龄2026-0001", scheme="dibao", title="高龄津贴", filed=False,
                     household_id=session.get(Case, case.id).household_id, applicant=plan.family.head.name,
                     area=case.area, complaint=False, created_at=clock.now()))  # fmt: skip
    session.commit()
    move(county, case, "death", death(county, case, "head"))
    assert (again(county, other).status, again(county, other).outcome) == ("cancelled", "deceased")
    assert operations.follow_deaths() == 0
    assert verify(session).ok


# Another scheme


def test_a_case_goes_on_under_another_scheme_with_what_was_handed_in(county, case, plan, monkeypatch):
    bring(county, case, plan, "arrange_survey")
    accepted = county.session.get(Case, case.id).accepted_on
    monkeypatch.setattr(rescheming, "schemes", lambda _s, _i: {"dibao": "最低生活保障"})
    given = {"signed_on": clock.today().isoformat(), "target": "dibao", "reason": "更符合条件", "signer": "applicant",
             "signed": "yes"}  # fmt: skip
    move(county, case, "scheme", given)
    assert (again(county, case).status, again(county, case).outcome) == ("cancelled", "changed")
    made = county.session.scalars(select(Instance).where(Instance.parent_id == case.id)).one()
    item = county.items(made)["fill_application"]
    found = reading.item(county.session, item.id)
    shown = reading.prefill(county.session, found, releases.load(made.release_id, county.session))
    assert shown["name"] == plan.family.head.name
    assert shown["id_number"] == plan.family.head.id_number
    assert len(shown["members"]) == 2
    assert not shown.get("reason")
    assert carrying.first_accepted(county.session, made.id) == accepted
    new = county.session.get(Case, made.id)
    assert new.household_id == county.session.get(Case, case.id).household_id
    assert new.accepted_on is None


def test_another_scheme_is_one_that_there_is(county, case):
    given = {"signed_on": clock.today().isoformat(), "target": "pension", "reason": "x", "signer": "applicant",
             "signed": "yes"}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "scheme", given)
    assert [each["field"] for each in refused.value.problems] == ["target"]


# Corrections


def test_a_wrong_number_is_put_right_and_looked_at_anew(county, case, plan):
    bring(county, case, plan, "opinion")
    child = person_of(county, case, "child")
    right = synthetic(date(2014, 5, 6), 77, True)
    given = {"field": "id_number", "person_id": str(child.id), "value": right, "why": "户口本看错一位"}
    move(county, case, "correct", given)
    found = county.session.get(Person, child.id, populate_existing=True)
    assert (found.id_number, found.birth) == (right, date(2014, 5, 6))
    assert [each.kind for each in changes.pending(county.session, case)] == ["corrected"]
    entry = county.session.scalars(select(JournalEntry).where(JournalEntry.verb == "leader:move:confirmed")).one()
    assert right not in str(entry.after)


def test_a_correction_finds_kin_that_a_wrong_number_hid(county, case, plan):
    right = synthetic(date(2014, 5, 6), 77, True)
    filings.register_kin(SYSTEM, account_id=county.people["head"].id, post="乡长", relative_name="某",
                         id_number=right, relation="grandchild")  # fmt: skip
    child = person_of(county, case, "child")
    move(county, case, "correct", {"field": "id_number", "person_id": str(child.id), "value": right, "why": "录错"})
    assert county.session.get(Case, case.id, populate_existing=True).filed


def test_a_corrected_number_keeps_its_ties(county, case, plan):
    """Who was decided to be somebody else's other record stays so under the number that was put right."""
    child, head = person_of(county, case, "child"), person_of(county, case, "head")
    county.session.add(
        DuplicateDecision(
            low_id=min(child.id, head.id), high_id=max(child.id, head.id), answer="same", reason="测试",
            decided_by="测试", decided_at=clock.now(),
        )
    )  # fmt: skip
    ties.write_aliases(county.session, child.id)
    county.session.commit()
    old, right = child.fingerprint, synthetic(date(2014, 5, 6), 77, True)
    # Both records in one household would be another fault, to be put right first.
    county.session.get(Person, head.id).left_on = clock.today()
    county.session.commit()
    move(county, case, "correct", {"field": "id_number", "person_id": str(child.id), "value": right, "why": "录错"})
    assert ties.also(county.session, {head.fingerprint}) == {head.fingerprint, secrets.fingerprint(right)}
    assert ties.also(county.session, {old}) == {old}


def test_a_phone_is_corrected_without_a_new_survey(county, case, plan):
    bring(county, case, plan, "opinion")
    move(county, case, "correct", {"field": "phone", "value": "13000000077", "why": "换号"})
    assert changes.pending(county.session, case) == []
    with pytest.raises(Invalid):
        operations.ask(case.id, county.people["clerk"], "correct", {"field": "phone", "value": "12", "why": "x"})
    with pytest.raises(Invalid) as refused:
        operations.ask(case.id, county.people["clerk"], "correct",
                       {"field": "id_number", "value": plan.family.head.id_number, "why": "x",
                        "person_id": str(person_of(county, case, "child").id)})  # fmt: skip
    assert "已经有这个身份证号" in str(refused.value.problems)


def test_a_clerical_error_in_what_was_decided_is_put_right_in_writing(county, case):
    child = person_of(county, case, "child")
    wrong, given = child.name, {"field": "name", "person_id": str(child.id), "value": "马小正", "why": "录错"}
    move(county, case, "correct", {"field": "phone", "value": "13000000077", "why": "换号"})
    assert "rectification_notice" not in letters(county, case), "nothing was decided yet"
    decided(county, case, "confirm")
    move(county, case, "correct", given)
    notice = county.session.scalars(select(Notice).where(Notice.template == "rectification_notice")).one()
    assert wrong in notice.html
    assert "马小正" in notice.html
    assert "联系电话" not in notice.html, "the letter tells of its own correction"


# Rest


def test_leaders_let_a_case_rest_and_the_family_is_told_in_writing(county, case, plan):
    for name in ("clerk", "director", "decide"):
        with pytest.raises(Refused, match="中止"):
            operations.suspend(case.id, county.people[name], cause="hospital", reason="申请人住院")
    bring(county, case, plan, "arrange_survey")
    operations.suspend(case.id, county.people["deputy"], cause="hospital", reason="申请人住院")
    notice = county.session.scalars(select(Notice).where(Notice.template == "suspension_notice")).one()
    assert "照常计算" in notice.html
    assert "住院" in notice.html
    operations.resume(case.id, county.people["head"])
    assert county.session.scalars(select(Suspension).execution_options(populate_existing=True)).one().ended_at


def test_nobody_ends_a_case_without_a_ground_of_the_list(county, case):
    for actor in county.people.values():
        with pytest.raises(Refused):
            engine_moves.end(case.id, actor, verb=Verb.CASE_ENDED, outcome="x", reason="随意")


def test_every_kind_is_asked_by_some_and_confirmed_by_others():
    for kind in kinds.all_().values():
        assert kind.title
        assert kind.warning
        assert len(set(kind.confirms) | set(kind.asks)) >= 2, kind.key


def test_waiting_moves_are_listed_in_their_area(county, case, plan):
    asked = operations.ask(case.id, county.people["clerk"], "withdraw", withdrawal(plan))
    assert [each.id for each, _ in queries.waiting(county.session, county.people["director"])] == [asked.id]
    assert queries.waiting(county.session, Actor(9, "外", (Grant("director", "pingluo/yaofu"),))) == []
    assert isinstance(county.session.get(Move, asked.id), Move)
