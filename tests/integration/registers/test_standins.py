"""Standing in for somebody: from day to day, with their grants, never around a veto, and it ends by itself."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.ladders.recipients import recipients
from engine.outbox.models import Copy, Message
from engine.parameters import operations as parameters
from engine.runtime import operations as runtime
from engine.runtime.hands import operations as hands
from engine.runtime.models import Draft, Signature, WorkItem
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.cases import secrecy
from registers.demonstration.acts import values
from registers.standins import operations as standins
from registers.standins.models import StandIn
from tests.support.leading import Led, at

NOON = "2026-03-02 12:00"
LAST = date(2026, 3, 4)


@pytest.fixture
def led(session):
    return Led(session)


def now(led, username):
    """Somebody as they act at this instant."""
    led.session.rollback()
    led.session.expire_all()
    return accounts.active(led.session, led.people[username].id)


def name(led, absent, other, *, by=None, first=date(2026, 3, 2), last=LAST, reason="年休假"):
    absent_id, account_id = led.people[absent].id, led.people[other].id
    actor = now(led, by or absent)
    return standins.name(actor, absent_id=absent_id, account_id=account_id, first_on=first, last_on=last, reason=reason)


def entries(led, verb):
    return list(led.session.scalars(select(JournalEntry).where(JournalEntry.verb == verb)))


def test_from_day_to_day_without_a_gap_at_midnight(led):
    with at(NOON):
        name(led, "clerk", "investigator")
        name(led, "clerk", "investigator2", first=date(2026, 3, 5), last=date(2026, 3, 6))
    for when, holds in (
        ("2026-03-02 00:00", (True, False)),
        ("2026-03-04 23:59:59.999999", (True, False)),
        ("2026-03-05 00:00", (False, True)),
        ("2026-03-06 23:59", (False, True)),
        ("2026-03-07 00:00", (False, False)),
    ):
        with at(when):
            assert tuple(now(led, each).holds("clerk") for each in ("investigator", "investigator2")) == holds, when


def test_everything_done_names_both_and_only_what_needs_it(led):
    case = led.case
    with at(NOON):
        led.sign(case, "arrange_survey", "director", plan=led.plan)
        name(led, "check", "review")
        item = led.items(case)["data_check"]
        runtime.claim(item.id, now(led, "review"))
        assert led.session.get(WorkItem, item.id, populate_existing=True).holder_name == "金彦龙（替白丽娟）"
        led.people["review"] = now(led, "review")
        led.sign(case, "data_check", "review", plan=led.plan)
    signed = led.session.scalars(select(Signature).where(Signature.work_item_id == item.id)).one()
    assert (signed.actor_id, signed.for_id) == (led.people["review"].id, led.people["check"].id)
    assert signed.actor_name == "金彦龙（替白丽娟）"
    names = {each.actor_name for each in entries(led, "actor:item:completed") if each.after["item"] == item.name}
    assert names == {"金彦龙（替白丽娟）"}


def test_ones_own_work_stays_ones_own(led):
    with at(NOON):
        name(led, "director", "director2", last=LAST)
        made = led.session.scalars(select(StandIn)).one()
        standins.decide(made.id, now(led, "deputy"), confirmed=True)
        item = led.items(led.case)["arrange_survey"]
        runtime.claim(item.id, now(led, "director2"))
    assert led.session.get(WorkItem, item.id, populate_existing=True).holder_name == "丁凤霞"


def test_kin_of_either_keep_out(led):
    led.make_kin("check")  # who is away is kin of the household
    with at(NOON):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
        item = led.items(led.case)["data_check"]
        name(led, "check", "review")
        with pytest.raises(Refused) as refused:
            runtime.claim(item.id, now(led, "review"))
        assert "白丽娟本人不能办" in refused.value.message
    led.make_kin("review2")
    with at(NOON):
        standins.end(led.session.scalars(select(StandIn.id)).one(), now(led, "check"))
        hired = led.hire("check2", "白小军", "county_check", "pingluo")
        led.people["check2"] = hired
        name(led, "check2", "review2")
        with pytest.raises(Refused, match="近亲属"):
            runtime.claim(item.id, now(led, "review2"))


def test_two_people_and_their_stand_ins_are_no_more_people(led):
    with at(NOON):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
        item = led.items(led.case)["home_visit"]
        name(led, "investigator", "clerk")
        name(led, "investigator2", "clerk", by="director")
        filled = values(item.form, led.plan, clock.now(), led.again(led.case).flow)
        runtime.complete(item.id, now(led, "clerk"), values=filled)  # in the first one's stead
        assert led.session.get(WorkItem, item.id, populate_existing=True).state == "open"
        with pytest.raises(Refused):  # once more, for the second
            runtime.claim(item.id, now(led, "clerk"))
        with pytest.raises(Refused):  # the first one, back early
            runtime.claim(item.id, now(led, "investigator"))
        with pytest.raises(Refused):
            runtime.complete(item.id, now(led, "investigator"), values=filled)
        runtime.complete(item.id, now(led, "investigator3"), values=filled)
    assert led.session.get(WorkItem, item.id, populate_existing=True).state == "completed"


def test_who_signed_and_whoever_stands_in_for_them_are_one(led):
    with at(NOON):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
        led.sign(led.case, "home_visit", "investigator", plan=led.plan)
        name(led, "investigator", "clerk")
        led.people["clerk"] = now(led, "clerk")
        item = led.items(led.case)["home_visit"]
        with pytest.raises(Refused):
            runtime.claim(item.id, led.people["clerk"])
        with pytest.raises(Refused):
            led.sign(led.case, "home_visit", "clerk", plan=led.plan)


def test_duties_are_kept_apart_for_both(led):
    """The clerk drafts; whoever stands in for the director may not check it when they drafted it, nor does the director
    check what was drafted in their stead."""
    with at(NOON):
        for element, who in (
            ("arrange_survey", ("director",)),
            ("data_check", ("check",)),
            ("home_visit", ("investigator", "investigator2")),
            ("neighbour_visit", ("investigator2", "investigator3")),
            ("opinion", ("director",)),
        ):
            led.sign(led.case, element, *who, plan=led.plan)
        led.sign(led.case, "draft_notice", "clerk", plan=led.plan)
        made = name(led, "director2", "clerk")
        standins.decide(made.id, now(led, "deputy"), confirmed=True)
        item = led.items(led.case)["check_notice"]
        with pytest.raises(Refused, match="前面环节"):
            runtime.claim(item.id, now(led, "clerk"))


def test_a_leaders_stand_in_waits_for_somebody_above(led):
    with at(NOON):
        made = name(led, "director", "investigator")
        assert made.state == "asked"
        assert not now(led, "investigator").holds("director")
        for who in ("director", "investigator", "director2", "clerk", "admin"):
            with pytest.raises(Refused):
                standins.decide(made.id, now(led, who), confirmed=True)
        with pytest.raises(Invalid):
            standins.decide(made.id, now(led, "deputy"), confirmed=False, remark=" ")
        standins.decide(made.id, now(led, "deputy"), confirmed=True)
        assert now(led, "investigator").holds("director")
        with pytest.raises(Conflict):
            standins.decide(made.id, now(led, "head"), confirmed=True)


def test_who_named_does_not_confirm(led):
    with at(NOON):
        made = name(led, "secretary", "hongliu", by="director")
        assert made.state == "asked"
        with pytest.raises(Refused):
            standins.decide(made.id, now(led, "director"), confirmed=True)
        standins.decide(made.id, now(led, "director2"), confirmed=True)


def test_one_person_with_two_accounts_is_no_stand_in_and_no_second(led):
    with at(NOON):
        for who in ("clerk", "clerk2"):
            led.session.get(Account, led.people[who].id).person = "same"
        led.session.commit()
        with pytest.raises(Invalid, match="提示"):
            name(led, "clerk", "clerk2")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first": date(2026, 3, 1)}, "first_on"),
        ({"first": None}, "first_on"),
        ({"last": date(2026, 3, 1)}, "last_on"),
        ({"last": date(2027, 3, 1)}, "last_on"),
        ({"last": None}, "last_on"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 301}, "reason"),
        ({"other": "clerk"}, "account_id"),
        ({"other": "check"}, "account_id"),  # of the county
        ({"other": "discipline"}, "account_id"),
        ({"other": "nobody"}, "account_id"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(led, given, field):
    led.people["nobody"] = type("Nobody", (), {"id": 99_999})()
    given = {"other": "clerk2", **given}
    with at(NOON), pytest.raises(Invalid) as refused:
        name(led, "clerk", given.pop("other"), **given)
    assert field in [each["field"] for each in refused.value.problems]
    assert led.session.scalars(select(StandIn)).all() == []


def test_supervision_and_the_keys_are_lent_to_nobody_else(led):
    with at(NOON):
        with pytest.raises(Invalid):
            name(led, "discipline", "deputy")
        with pytest.raises(Invalid):
            name(led, "admin", "check")
        assert name(led, "discipline", "discipline2").state == "asked"


def test_days_that_cross_and_chains_are_refused(led):
    with at(NOON):
        name(led, "clerk", "clerk2")
        with pytest.raises(Invalid, match="已经由李雪梅替班"):
            name(led, "clerk", "investigator", first=LAST)
        with pytest.raises(Invalid):  # the stand-in goes away as well
            name(led, "clerk2", "investigator", first=LAST, last=date(2026, 3, 9))
        with pytest.raises(Invalid):  # who is away stands in for nobody
            name(led, "investigator", "clerk", first=LAST, last=date(2026, 3, 9))
        name(led, "clerk2", "investigator", first=date(2026, 3, 5), last=date(2026, 3, 5))
        assert now(led, "investigator").lenders == ()


def test_strangers_name_nobody_and_the_director_never_themselves(led):
    with at(NOON):
        with pytest.raises(Refused):
            name(led, "clerk", "clerk2", by="investigator")
        with pytest.raises(Invalid):
            name(led, "clerk", "director", by="director")
        assert name(led, "clerk", "clerk2", by="director").named_by == "陈建国"
        with pytest.raises(NotFound):
            standins.end(999, now(led, "clerk"))


def held_by_director(led):
    item = led.items(led.case)["arrange_survey"]
    runtime.claim(item.id, led.people["director"])
    made = name(led, "director", "director2")
    standins.decide(made.id, now(led, "deputy"), confirmed=True)
    return item, made


def test_an_item_is_taken_over_and_goes_back_when_it_ends(led):
    with at(NOON):
        item, _ = held_by_director(led)
        runtime.save_draft(f"item:{item.id}", led.people["director"], {"note": ["只有我看"]})
        with pytest.raises(Conflict):
            standins.take_over(item.id, now(led, "clerk"))
        standins.take_over(item.id, now(led, "director2"))
        taken = led.session.get(WorkItem, item.id, populate_existing=True)
        assert (taken.holder_id, taken.holder_name) == (led.people["director2"].id, "丁凤霞（替陈建国）")
        assert led.session.get(Draft, (f"item:{item.id}", led.people["director2"].id)) is None
        (entry,) = entries(led, "actor:item:taken_over")
        assert entry.actor_name == "丁凤霞（替陈建国）"
        assert standins.give_back_due() == 0
    with at("2026-03-05 00:00"):
        hands.put_back_stranded()
        back = led.session.get(WorkItem, item.id, populate_existing=True)
        assert (back.holder_id, back.holder_name) == (led.people["director"].id, "陈建国")
        assert standins.give_back_due() == 0  # once
    assert len(entries(led, "system:item:given_back")) == 1


def test_ending_early_gives_back_at_once(led):
    with at(NOON):
        item, made = held_by_director(led)
        standins.take_over(item.id, now(led, "director2"))
    with at("2026-03-03 10:00"):
        standins.end(made.id, now(led, "director"), remark="提前回来")
        assert led.session.get(WorkItem, item.id, populate_existing=True).holder_name == "陈建国"
        assert now(led, "director2").lenders == ()
        with pytest.raises(Conflict):
            standins.end(made.id, now(led, "director"))


def test_what_was_given_to_somebody_meanwhile_stays_there(led):
    with at(NOON):
        item, made = held_by_director(led)
        standins.take_over(item.id, now(led, "director2"))
    with at("2026-03-02 13:00"):
        led.hire("director3", "新主任", "director", "pingluo/gaoren")
        third = accounts.actor(accounts.by_username(led.session, "director3"))
        runtime.assign(item.id, led.people["deputy"], third, "换人")
        standins.end(made.id, now(led, "director"))
    assert led.session.get(WorkItem, item.id, populate_existing=True).holder_name == "新主任"
    assert entries(led, "system:item:given_back") == []


def test_what_was_claimed_by_lent_grants_goes_to_the_pool_when_it_ends(led):
    with at(NOON):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
        name(led, "check", "review")
        item = led.items(led.case)["data_check"]
        runtime.claim(item.id, now(led, "review"))
        hands.put_back_stranded()
        assert led.session.get(WorkItem, item.id, populate_existing=True).holder_id == led.people["review"].id
    with at("2026-03-05 00:00"):
        hands.put_back_stranded()
        assert led.session.get(WorkItem, item.id, populate_existing=True).holder_id is None


def test_the_absent_ones_conflict_found_since_keeps_the_item_from_being_taken_over(led):
    with at(NOON):
        item, _ = held_by_director(led)
    led.make_kin("director")
    with at(NOON), pytest.raises(Refused, match="陈建国本人不能办理"):
        standins.take_over(item.id, now(led, "director2"))
    assert led.session.get(WorkItem, item.id, populate_existing=True).holder_name == "陈建国"


def test_the_draft_is_handed_on_when_the_policy_says_so(led):
    with at(NOON):
        parameters.set_value(SYSTEM, "stand_in_drafts", True, date(2026, 3, 2), "测试")
        item, _ = held_by_director(led)
        runtime.save_draft(f"item:{item.id}", led.people["director"], {"note": ["写了一半"]})
        standins.take_over(item.id, now(led, "director2"))
        assert led.session.get(Draft, (f"item:{item.id}", led.people["director2"].id)).posted == {"note": ["写了一半"]}


def test_reminders_reach_the_stand_in_too_unless_they_are_kin(led):
    with at(NOON):
        item, _ = held_by_director(led)
        led.session.expire_all()
        told = recipients(led.session, "holder", led.again(led.case), led.items(led.case)["arrange_survey"])
        assert [each.name for each in told.actors] == ["陈建国", "丁凤霞"]
        name(led, "clerk", "investigator")
        there = recipients(led.session, "clerk", led.again(led.case), item)
        assert [each.name for each in there.actors] == ["李雪梅", "王晓芳", "张志强"]
    led.make_kin("investigator")
    with at(NOON):
        there = recipients(led.session, "clerk", led.again(led.case), item)
        assert [each.name for each in there.actors] == ["李雪梅", "王晓芳"]


def test_a_confidential_list_is_lent_only_when_hidden_from_neither(led):
    from engine.runtime.models import Instance

    with at(NOON):
        led.again(led.case).seen_by = ",clerk,"
        led.session.commit()
        name(led, "clerk", "investigator")
        seen = select(Instance.id).where(secrecy.shown(led.session, now(led, "investigator")))
        assert led.session.scalars(seen).all() == [led.case.id]
        held = {led.people["clerk"].id}

        def hide(_session, actor, table):
            return table.id == led.case.id if actor.id in held else None

        secrecy.hides(hide)
        led.session.info.pop("shown", None)  # The condition was put together before that rule was there.
        try:
            seen = select(Instance.id).where(secrecy.shown(led.session, now(led, "investigator")))
            assert led.session.scalars(seen).all() == []  # hidden from who is away
            held.clear()
            held.add(led.people["investigator"].id)
            led.session.info.pop("shown", None)
            seen = select(Instance.id).where(secrecy.shown(led.session, now(led, "investigator")))
            assert led.session.scalars(seen).all() == []  # hidden from who stands in
        finally:
            secrecy._hides.remove(hide)


def test_messages_name_nobody_in_their_subject(led):
    with at(NOON):
        name(led, "director", "investigator")
    said = led.session.scalars(select(Message).where(Message.kind == "standin")).all()
    assert said
    assert all("陈建国" not in each.subject and "张志强" not in each.subject for each in said)
    told = set(led.session.scalars(select(Copy.name).where(Copy.message_id.in_([each.id for each in said]))))
    assert {"周学军", "何少华", "张志强"} <= told


def test_a_closed_account_lends_nothing(led):
    with at(NOON):
        name(led, "clerk", "investigator")
        assert now(led, "investigator").holds("clerk")
    led.dismiss("clerk")
    with at(NOON):
        assert not now(led, "investigator").holds("clerk")
