"""What was done on paper and is entered later: two people, both instants, what it counts from, what bars it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from engine import clock
from engine.clocks.models import Clock, ClockEntry
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.holidays import queries as holidays
from engine.journal.models import JournalEntry
from engine.outbox.models import Message
from engine.runtime import operations as runtime
from engine.runtime.backentry import operations, queries
from engine.runtime.backentry.models import BackEntry
from engine.runtime.models import Signature, Submission, WorkItem
from registers.backentry import queries as lists
from registers.board.scope import Scope
from registers.cases import why
from registers.cases.models import Case
from registers.demonstration.acts import Plan, values
from registers.filings.models import StaffKin
from registers.households.models import Person
from registers.moves import operations as moves
from tests.support.township import START, Township, family_of_three

PROOF = {"number": "受理登记簿第12号", "place": "民生中心2号柜"}
WHY = "停电，在纸上办理"


@pytest.fixture
def township(session, at):
    at(f"{START:%Y-%m-%d %H:%M}")
    return Township(session)


@pytest.fixture
def plan():
    return Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people


@pytest.fixture
def instance(township, plan):
    return township.apply(plan)


def given(township, instance, plan, element):
    item = township.items(instance)[element]
    return item, values(item.form, plan, clock.now(), township.again(instance).flow)


def enter(township, instance, plan, element, who, acted_at, **more):
    item, filled = given(township, instance, plan, element)
    return operations.enter(
        item.id,
        township.people[who],
        **{"acted_at": acted_at, "reason": WHY, "proof": PROOF, "values": filled, **more},
    )


def confirmed(township, instance, plan, element, who, by, acted_at):
    entry = enter(township, instance, plan, element, who, acted_at)
    return operations.confirm(entry.id, township.people[by], "核对了原件")


def accepted_on_paper(township, instance, plan, at, acted_at, entered):
    """Up to the acceptance: the papers in the system, the statement of relatives on paper."""
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    at(entered)
    return confirmed(township, instance, plan, "declare_relatives", "clerk", "director", acted_at)


def test_it_has_no_effect_before_another_person_confirms_it(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    entry = enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    item = session.get(WorkItem, entry.work_item_id, populate_existing=True)
    assert (item.state, item.holder_name) == ("open", township.people["clerk"].name)
    assert len(session.scalars(select(Submission)).all()) == 1
    told = session.scalars(select(Message).where(Message.kind == "move")).one()
    assert "等待确认" in told.subject
    done = operations.confirm(entry.id, township.people["director"], "核对了登记簿")
    assert done.finished
    item = session.get(WorkItem, entry.work_item_id, populate_existing=True)
    made = session.get(Submission, item.submission_id)
    assert item.state == "completed"
    assert made.acted_at == item.completed_at == START + timedelta(hours=2)
    assert item.entered_at == clock.now()
    assert made.author_name == township.people["clerk"].name
    assert session.scalars(select(Signature).where(Signature.work_item_id == item.id)).one().signed_at == made.acted_at
    assert township.items(instance).keys() == {"declare_relatives"}


def test_the_journal_has_the_real_time_and_the_time_of_entry(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    confirmed(township, instance, plan, "check_completeness", "clerk", "director", START + timedelta(hours=2))
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "actor:back_entry:confirmed")).one()
    assert entry.acted_at == START + timedelta(hours=2)
    assert entry.after["entered_on"] == "2026-03-05 15:00"
    assert entry.after["by"] == township.people["clerk"].name


def test_what_binds_the_office_counts_from_the_act(township, instance, plan, session, at):
    """Accepted on paper on Tuesday, entered on Friday: the 30 working days and T0 count from Tuesday, and so does the
    date of the next task, which came on Friday."""
    acted = clock.instant((START + timedelta(days=1)).date(), 10)
    accepted_on_paper(township, instance, plan, at, acted, "2026-03-06 09:00")
    assert session.get(Case, instance.id).accepted_on == acted.date()
    clocks = {each.name: each for each in session.scalars(select(Clock))}
    assert clocks["total"].started_at == acted
    assert clocks["total"].basis["start"] == acted.date().isoformat()
    line = session.scalars(select(ClockEntry).where(ClockEntry.clock_id == clocks["total"].id)).one()
    assert (line.at, line.entered_at) == (acted, clock.now())
    item = township.items(instance)["arrange_survey"]
    assert (item.created_at, item.meant_at) == (clock.now(), acted)
    assert item.due_basis["start"] == acted.date().isoformat()
    told = why.of(session, "clock", clocks["total"].id, holidays.current(session))
    assert (told.started_at, told.came_at) == (acted, clock.now())


def test_an_overdue_date_is_never_green_in_silence(township, instance, plan, session, at):
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    township.sign(instance, "declare_relatives", "clerk", plan=plan)
    item = township.items(instance)["arrange_survey"]
    acted = clock.now() + timedelta(hours=3)
    at("2026-03-23 09:00")
    assert item.due_at < clock.now()
    done = confirmed(township, instance, plan, "arrange_survey", "director", "deputy", acted)
    assert (done.entry.late_entered, done.entry.late_acted) == (True, False)
    calendar = holidays.current(session)
    told = why.of(session, "item", item.id, calendar)
    assert (told.ended_at, told.entered_at) == (acted, clock.now())
    (row,) = lists.for_leaders(session, Scope(township.people["head"]))
    assert row.entry.late_entered
    watchers = [each for each in session.scalars(select(Message)) if "有一件补录生效" in each.subject]
    assert len(watchers) == 1
    assert "录入时已经超期" in watchers[0].body


def test_two_signers_on_paper_are_two_signers_here(township, instance, plan, session, at):
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    township.sign(instance, "declare_relatives", "clerk", plan=plan)
    township.sign(instance, "arrange_survey", "director", plan=plan)
    acted = clock.now() + timedelta(hours=4)
    at("2026-03-05 09:00")
    _, filled = given(township, instance, plan, "home_visit")
    with pytest.raises(Invalid) as caught:  # A day on the form after the act on paper is no day of that act.
        enter(township, instance, plan, "home_visit", "investigator", acted)
    assert caught.value.data["problems"][0]["field"] == "visited_on"
    filled["visited_on"] = acted.date().isoformat()
    entry = enter(township, instance, plan, "home_visit", "investigator", acted, values=filled)
    with pytest.raises(Refused, match="另一名签字人"):
        operations.confirm(entry.id, township.people["director"], "看过")
    done = operations.confirm(entry.id, township.people["investigator2"], "我也在场，签过字")
    assert done.finished
    signed = session.scalars(select(Signature).where(Signature.work_item_id == done.item.id)).all()
    assert {each.actor_name for each in signed} == {
        township.people["investigator"].name, township.people["investigator2"].name,
    }  # fmt: skip
    assert {each.signed_at for each in signed} == {acted}


def test_acts_on_paper_follow_one_another_as_they_were_done(township, instance, plan, session, at):
    first, second = START + timedelta(hours=2), START + timedelta(hours=5)
    at("2026-03-05 15:00")
    confirmed(township, instance, plan, "check_completeness", "clerk", "director", first)
    with pytest.raises(Invalid, match="才到这个环节"):
        enter(township, instance, plan, "declare_relatives", "clerk", first - timedelta(hours=1))
    confirmed(township, instance, plan, "declare_relatives", "clerk", "director", second)
    made = session.scalars(select(Submission).order_by(Submission.id)).all()
    assert [each.acted_at for each in made] == sorted(each.acted_at for each in made)


@pytest.mark.parametrize(
    ("acted", "told"),
    [
        (timedelta(days=9), "不能晚于现在"),
        (timedelta(days=3, hours=6), "不用补录"),
        (timedelta(hours=-3), "才到这个环节"),
    ],
)
def test_impossible_instants_are_told_at_the_day(township, instance, plan, at, acted, told):
    at("2026-03-05 15:00")
    with pytest.raises(Invalid, match=told) as caught:
        enter(township, instance, plan, "check_completeness", "clerk", START + acted)
    assert caught.value.data["problems"][0]["field"] == "_back.on"


def test_too_far_back_is_refused(township, instance, plan, at):
    at("2026-04-20 15:00")
    with pytest.raises(Invalid, match="最多补录到2026-03-20"):
        enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))


@pytest.mark.parametrize("reason", ["", "   ", "好" * 501])
def test_a_reason_is_needed(township, instance, plan, at, reason):
    at("2026-03-05 15:00")
    with pytest.raises(Invalid) as caught:
        enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2), reason=reason)
    assert caught.value.data["problems"][0]["field"] == "_back.reason"


@pytest.mark.parametrize(
    ("number", "place", "scan", "field"),
    [("", "柜", 1, "number"), ("1", " ", 1, "place"), ("1" * 81, "柜", 1, "number"), ("1", "柜", None, "scan")],
)
def test_a_proof_is_needed(number, place, scan, field):
    with pytest.raises(Invalid) as caught:
        operations.evidence(number, place, scan)
    assert caught.value.data["problems"][0]["field"] == f"_back.{field}"


def test_a_form_with_problems_is_refused_whole(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    with pytest.raises(Invalid):
        enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2), values={})
    assert session.scalars(select(BackEntry)).all() == []


def test_who_may_not_and_who_is_not_another(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    with pytest.raises(Refused):
        enter(township, instance, plan, "check_completeness", "investigator", START + timedelta(hours=2))
    entry = enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    for who in ("clerk", "clerk2", "investigator", "finance"):
        if who in township.people:
            with pytest.raises((Refused, NotFound)):
                operations.confirm(entry.id, township.people[who], "看过")
    with pytest.raises(Invalid):
        operations.confirm(entry.id, township.people["director"], " ")
    with pytest.raises(NotFound):
        operations.confirm(99, township.people["director"], "看过")


def test_kin_neither_enter_nor_confirm(township, instance, plan, session, at):
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    entry_before = START + timedelta(hours=2)
    at("2026-03-05 15:00")
    entry = enter(township, instance, plan, "check_completeness", "clerk", entry_before)
    for who in ("director", "clerk"):
        session.add(
            StaffKin(
                account_id=township.people[who].id, staff_name="某", post="", relative_name=head.name,
                fingerprint=head.fingerprint, relation="sibling", registered_at=clock.now(),
            )
        )  # fmt: skip
    session.commit()
    with pytest.raises(Refused, match="近亲属"):
        operations.confirm(entry.id, township.people["director"], "看过")
    with pytest.raises(Refused, match="录入人现在不能办理"):
        operations.confirm(entry.id, township.people["deputy"], "看过")
    assert lists.to_confirm(session, township.people["director"]) == []


def test_one_at_a_time_and_no_other_way_meanwhile(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    entry = enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    with pytest.raises(Conflict, match="正在等待确认"):
        enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=3))
    item, filled = given(township, instance, plan, "check_completeness")
    with pytest.raises(Refused, match="补录等待确认"):
        runtime.complete(item.id, township.people["clerk"], values=filled)
    with pytest.raises(Refused, match="只有录入人"):
        operations.take_back(entry.id, township.people["director"])
    operations.take_back(entry.id, township.people["clerk"])
    assert queries.waiting(session, item.id) is None
    assert runtime.complete(item.id, township.people["clerk"], values=filled).finished
    with pytest.raises(Conflict):
        operations.confirm(entry.id, township.people["director"], "看过")


def test_a_refusal_leaves_the_item_as_it_was_and_says_why(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    entry = enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    with pytest.raises(Invalid):
        operations.refuse(entry.id, township.people["director"], "")
    operations.refuse(entry.id, township.people["director"], "登记簿上没有这一天")
    item, _ = given(township, instance, plan, "check_completeness")
    assert item.state == "open"
    with pytest.raises(Conflict):
        operations.confirm(entry.id, township.people["deputy"], "看过")


def test_a_rest_of_the_case_bars_it(township, instance, plan, at):
    at("2026-03-03 09:00")
    moves.suspend(instance.id, township.people["head"], cause="force_majeure", reason="洪水")
    at("2026-03-06 09:00")
    with pytest.raises(Refused, match="中止"):
        enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    moves.resume(instance.id, township.people["head"])
    at("2026-03-07 09:00")
    with pytest.raises(Refused, match="那时的办理不能补录"):
        enter(township, instance, plan, "check_completeness", "clerk", clock.now() - timedelta(days=2))
    assert enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))


def test_a_move_that_waits_bars_it_also_at_the_confirmation(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    entry = enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    told = {
        "statement": "不再申请", "signer": "applicant", "signer_name": plan.family.head.name, "signed_on": "2026-03-05",
        "happened_on": "2026-03-05", "on": "2026-03-05", "evidence": "书面声明", "signed": "yes",
    }  # fmt: skip
    from registers.moves.models import Move

    session.add(
        Move(
            instance_id=instance.id,
            kind="withdraw",
            happened_on=clock.today(),
            told=told,
            asked_by="某",
            asked_at=clock.now(),
        )
    )
    session.commit()
    with pytest.raises(Refused, match="正在等待确认"):
        operations.confirm(entry.id, township.people["director"], "看过")


def test_who_gave_the_item_away_meanwhile_has_no_effect(township, instance, plan, session, at):
    at("2026-03-05 15:00")
    entry = enter(township, instance, plan, "check_completeness", "clerk", START + timedelta(hours=2))
    runtime.unclaim(entry.work_item_id, township.people["clerk"])
    with pytest.raises(Refused, match="已改派"):
        operations.confirm(entry.id, township.people["director"], "看过")
