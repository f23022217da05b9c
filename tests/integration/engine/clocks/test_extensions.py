"""More time: asked for by one, granted by another, before the deadline, once, with a reason from the list."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.clocks import operations as clocks
from engine.clocks import queries
from engine.errors import Conflict, Invalid, Refused
from engine.journal.queries import verify
from tests.support.leading import DISCIPLINE, Led, at
from timers import firing


@pytest.fixture
def led(session) -> Led:
    return Led(session)


@pytest.fixture
def asked(led):
    with at("2026-04-01 09:00"):
        return clocks.ask_extension(
            led.clock("total").id, led.people["director"], reason="objection", note="异议未核清"
        )


def test_it_is_granted_from_the_start_and_the_ladder_begins_anew(led, asked):
    with at("2026-04-13 09:00"):
        firing.fire_due()
        clocks.decide_extension(asked.id, led.people["deputy"], granted=True)
    total = led.clock("total")
    assert (total.lap, total.due_at) == (1, clock.end_of(date(2026, 5, 8)))
    assert total.basis["why"][0].startswith("2026-04-13经周学军批准，因公示异议由30个工作日延长至45个工作日")
    (lines,) = [each for key, each in queries.ledger(led.session, led.case.id).items() if key == total.id]
    assert [(each.kind, each.cause) for each in lines] == [("started", None), ("extended", "objection")]
    with at("2026-05-11 09:00"):
        firing.fire_due()
    steps = [(each.lap, each.step) for each in led.rungs("clock") if each.subject_id == total.id]
    assert steps == [
        (0, "director@-5wd"),
        (0, "deputy@-2wd"),
        (1, "director@-5wd"),
        (1, "deputy@-2wd"),
        (1, "deputy@0"),
        (1, "head@+1wd"),
    ]
    assert verify(led.session).ok


def test_those_who_may_grant_it_are_told(led, asked):
    (message,) = led.messages("extension")
    assert message.subject == "高仁低保2026-0001：申请延长“全程办理时限”"
    assert message.urgent


def test_who_asked_does_not_grant(led):
    both = led.hire("both", "双岗", "director", "pingluo/gaoren")
    with at("2026-04-01 09:00"):
        request = clocks.ask_extension(led.clock("total").id, both, reason="hard_survey")
        grants = type(both)(both.id, both.name, (*both.grants, *led.people["deputy"].grants))
        with pytest.raises(Refused, match="另一人批准"):
            clocks.decide_extension(request.id, grants, granted=True)


def test_after_the_deadline_it_is_too_late_to_ask_and_to_grant(led, asked):
    with at("2026-04-15 00:00"):
        with pytest.raises(Refused, match="已经超期，不能再延长"):
            clocks.decide_extension(asked.id, led.people["deputy"], granted=True)
        with pytest.raises(Refused, match="已经超期"):
            clocks.ask_extension(led.clock("total").id, led.people["director"], reason="objection")
    with at("2026-04-15 09:00"):
        refused = clocks.decide_extension(asked.id, led.people["deputy"], granted=False, remark="申请太晚")
    assert refused.granted is False
    assert led.clock("total").due_at == clock.end_of(date(2026, 4, 14))


def test_it_is_granted_once(led, asked):
    with at("2026-04-02 09:00"):
        clocks.decide_extension(asked.id, led.people["head"], granted=True)
        with pytest.raises(Conflict, match="已由何少华处理"):
            clocks.decide_extension(asked.id, led.people["deputy"], granted=True)
        with pytest.raises(Conflict, match="已经延长过一次"):
            clocks.ask_extension(led.clock("total").id, led.people["director"], reason="objection")


def test_two_requests_at_once_are_one(led, asked):
    with at("2026-04-02 09:00"), pytest.raises(Conflict, match="正在等待批准"):
        clocks.ask_extension(led.clock("total").id, led.people["director2"], reason="objection")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"reason": "holiday"}, "reason"), ({"reason": ""}, "reason"), ({"reason": "other", "note": " "}, "note")],
)
def test_a_reason_that_is_none_is_refused_at_its_field(led, given, field):
    with at("2026-04-01 09:00"), pytest.raises(Invalid) as refusal:
        clocks.ask_extension(led.clock("total").id, led.people["director"], **given)
    assert [each["field"] for each in refusal.value.problems] == [field]


def test_a_refusal_says_why(led, asked):
    with at("2026-04-02 09:00"), pytest.raises(Invalid) as refusal:
        clocks.decide_extension(asked.id, led.people["deputy"], granted=False)
    assert [each["field"] for each in refusal.value.problems] == ["remark"]


def test_what_the_law_does_not_extend_is_not_extended(led):
    with at("2026-03-03 09:00"), pytest.raises(Refused, match="不能延长"):
        clocks.ask_extension(led.clock("survey_start").id, led.people["director"], reason="objection")


@pytest.mark.parametrize("username", ["investigator", "head", "check", "admin", "hongliu"])
def test_others_may_not_ask(led, username):
    with at("2026-04-01 09:00"), pytest.raises(Refused):
        clocks.ask_extension(led.clock("total").id, led.people[username], reason="objection")


def test_kin_neither_ask_nor_grant(led, asked):
    led.make_kin("deputy")
    with at("2026-04-02 09:00"), pytest.raises(Refused, match="近亲属"):
        clocks.decide_extension(asked.id, led.people["deputy"], granted=True)


def test_a_leader_lets_it_stand_still_for_a_cause_of_the_catalogue(led):
    total = led.clock("total").id
    with at("2026-03-10 09:00"):
        with pytest.raises(Invalid):
            clocks.pause(total, led.people["head"], cause="applicant", note="等材料")
        with pytest.raises(Invalid):
            clocks.pause(total, led.people["head"], cause="force_majeure", note="")
        with pytest.raises(Refused):
            clocks.pause(total, led.people["director"], cause="force_majeure", note="道路中断")
        clocks.pause(total, led.people["head"], cause="force_majeure", note="暴雨，道路中断")
        with pytest.raises(Conflict, match="已经暂停"):
            clocks.pause(total, led.people["head"], cause="force_majeure", note="暴雨")
        with pytest.raises(Conflict, match="正在暂停"):
            clocks.ask_extension(total, led.people["director"], reason="objection")
    assert led.clock("total").due_at is None
    with at("2026-04-30 09:00"):
        firing.fire_due()
    assert [each for each in led.rungs("clock") if each.subject_id == total] == []
    with at("2026-04-30 10:00"):
        clocks.resume(total, led.people["deputy"])
        with pytest.raises(Conflict, match="没有暂停"):
            clocks.resume(total, led.people["deputy"])
    # 30 working days; 10 March to 29 April (35 of them) count for nothing.
    assert led.clock("total").due_at == clock.end_of(date(2026, 6, 5))


def test_a_pause_that_lasts_is_heard_of_every_week(led):
    for name in DISCIPLINE:
        led.make_kin(name)
    total = led.clock("total").id
    with at("2026-03-10 09:00"):
        clocks.pause(total, led.people["head"], cause="force_majeure", note="暴雨，道路中断")

    def told(moment: str) -> list[tuple[str, list[str]]]:
        before = {each.id for each in led.messages("extension")}
        with at(moment):
            clocks.recall_pauses()
            assert clocks.recall_pauses() == 0
        new = [each for each in led.messages("extension") if each.id not in before]
        return [(each.subject, [copy.name for copy in each.copies]) for each in new]

    assert told("2026-03-17 08:59") == []
    assert told("2026-03-17 09:00") == [("高仁低保2026-0001：“全程办理时限”已暂停计时7天", ["何少华"])]
    assert told("2026-03-23 09:00") == []
    assert [subject for subject, _ in told("2026-04-08 09:00")] == ["高仁低保2026-0001：“全程办理时限”已暂停计时29天"]
    with at("2026-04-08 10:00"):
        clocks.resume(total, led.people["head"])
    assert told("2026-05-08 10:00") == []
    assert verify(led.session).ok


def test_what_no_catalogue_lets_stand_still_runs(led):
    with at("2026-03-03 09:00"), pytest.raises(Refused, match="不能由人工暂停"):
        clocks.pause(led.clock("survey_start").id, led.people["head"], cause="force_majeure", note="暴雨")


def test_a_clock_that_is_late_is_not_stopped_any_more(led):
    with at("2026-04-15 09:00"), pytest.raises(Refused, match="已经超期，不能再暂停"):
        clocks.pause(led.clock("total").id, led.people["head"], cause="force_majeure", note="暴雨")
