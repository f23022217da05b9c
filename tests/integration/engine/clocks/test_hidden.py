"""Nothing hides a deadline that broke, nothing runs without its deadline: what a review found, each held here."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from engine import clock
from engine.actors import SYSTEM
from engine.clocks import operations as clocks
from engine.errors import DoudiError, Invalid, NotFound
from engine.holidays import operations as holidays
from engine.parameters.models import Parameter
from engine.runtime import operations as runtime
from engine.runtime.models import Incident
from registers.supervision import operations as supervision
from tests.support.leading import DISCIPLINE, Led, at
from timers import firing

CATALOGUE = {"total": {"title": "全程", "length": "5wd", "extend": "10wd", "pauses": ["force_majeure"]}}


@pytest.fixture
def led(session) -> Led:
    return Led(session)


def set_parameter(session, name: str, value: str) -> None:
    session.execute(update(Parameter).where(Parameter.name == name).values(value=value))
    session.commit()


def test_days_entered_afterwards_do_not_mend_what_broke(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-20 09:00"):
        holidays.add_local(SYSTEM, date(2026, 3, 3), date(2026, 3, 17), off=True, name="停电", source="口头通知")
        while holidays.go_on() is not None:
            pass
    assert led.clock("survey_start").due_at == clock.end_of(date(2026, 3, 5))
    assert led.items(led.case)["arrange_survey"].due_at == item.due_at
    # What still runs is counted by the calendar as it is now.
    assert led.clock("total").due_at > clock.end_of(date(2026, 4, 14))


def test_a_drawn_pause_does_not_hide_what_is_late(world):
    world.deploy(
        CATALOGUE,
        main="start s; user a clock=start total; user b clock=pause total publicity; user c clock=resume total; user d;"
        " end e\n s > a > b > c > d > e",
    )
    with at("2026-03-02 09:00"):
        case = world.start()
    with at("2026-03-20 09:00"):
        world.complete(case, "b")
    total = world.clocks(case)["total"]
    assert (total.paused_at, total.due_at) == (None, clock.end_of(date(2026, 3, 9)))


def test_what_a_leader_paused_no_drawing_resumes(world, monkeypatch):
    world.deploy(
        CATALOGUE,
        main="start s; user a clock=start total; user b clock=resume total; user c; end e\n s > a > b > c > e",
    )
    with at("2026-03-02 09:00"):
        case = world.start()
        clocks.pause(world.clocks(case)["total"].id, world.zhang, cause="force_majeure", note="暴雪")
    with at("2026-03-04 09:00"):
        world.complete(case, "b")
    assert world.clocks(case)["total"].paused_at is not None


def test_a_pause_by_hand_is_heard_of_by_the_head_and_the_discipline_office(led):
    with at("2026-03-10 09:00"):
        clocks.pause(led.clock("total").id, led.people["deputy"], cause="force_majeure", note="暴雪封路")
    (message,) = led.messages("extension")
    assert message.subject == "高仁低保2026-0001：“全程办理时限”暂停计时（不可抗力）"
    assert set(led.copies(message.id)) == {"何少华", *(led.people[each].name for each in DISCIPLINE)}


def test_a_loop_that_starts_an_ended_clock_again_begins_another(world):
    world.deploy(
        CATALOGUE,
        main="start s; user a; xor r; user b clock=start total; user c clock=satisfy total; xor g; end e\n"
        " s > a > r > b > c > g\n g > r : ok = true\n g > e : default",
    )
    with at("2026-03-02 09:00"):
        case = world.start()
        world.complete(case, "b")
        world.complete(case, "c")
    with at("2026-03-10 09:00"):
        world.complete(case, "b")
    again = world.clocks(case)["total#2"]
    assert (again.title, again.ended_at, again.due_at) == ("全程（第2次）", None, clock.end_of(date(2026, 3, 17)))
    with at("2026-03-11 09:00"):
        world.complete(case, "c")
    assert world.clocks(case)["total#2"].ending == "satisfied"


def test_an_extension_that_is_no_longer_is_an_incident(world):
    world.deploy(
        {"total": {"title": "全程", "length": "10wd", "extend": "5wd"}},
        main="start s; user a; xor g clock=start total; user b; end e\n s > a > g > b > e",
    )
    with at("2026-03-02 09:00"):
        case = world.start()
    assert "不比原期限" in world.incidents(case)[0].cause


def test_the_clock_of_a_task_that_was_done_is_armed_when_the_incident_is_retried(led, session):
    """It could not be armed when the task was done; the retry arms it, says when it should have begun, or stays."""
    set_parameter(session, "data_check_limit", "3x")
    with at("2026-03-03 09:00"):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
    asked = select(Incident).where(Incident.instance_id == led.case.id, Incident.kind == "clock")
    orders = [each for each in session.scalars(asked) if each.element_id == "arrange_survey"]
    assert len(orders) == 1
    with at("2026-03-04 09:00"):
        with pytest.raises(DoudiError):
            runtime.retry(orders[0].id, led.people["admin"])
        session.rollback()
        set_parameter(session, "data_check_limit", "3wd")
        runtime.retry(orders[0].id, led.people["admin"])
    made = led.clock("data_check")
    assert (f"{made.started_at:%m-%d}", f"{made.meant_at:%m-%d}") == ("03-04", "03-03")


def test_an_extension_asked_for_a_clock_that_ended_does_not_wait_for_ever(led, session):
    with at("2026-03-03 09:00"):
        asked = clocks.ask_extension(led.clock("total").id, led.people["director"], reason="hard_survey")
    set_parameter(session, "extension_reasons", "hard_survey,other,")
    with at("2026-03-03 10:00"), pytest.raises(Invalid):
        clocks.ask_extension(led.clock("total").id, led.people["director"], reason="")
    plan = led.plan
    with at("2026-03-03 11:00"):
        led.sign(led.case, "arrange_survey", "director", plan=plan)
        led.sign(led.case, "data_check", "check", plan=plan)
        led.sign(led.case, "home_visit", "investigator", "investigator2", plan=plan)
        led.sign(led.case, "neighbour_visit", "investigator2", "investigator3", plan=plan)
        led.sign(led.case, "opinion", "director", plan=plan)
        timer = led.post(led.case, plan)
    with clock.at(timer.due_at + timedelta(hours=9)):
        runtime.fire(timer.id)
        led.sign(led.case, "take_down", "hongliu", plan=plan)
        led.sign(led.case, "submit_dossier", "clerk", plan=plan)
        led.sign(led.case, "county_decide", "decide", plan=plan)
    session.refresh(asked)
    assert (asked.granted, asked.decided_by) == (False, "系统")


def test_the_reminder_of_an_order_goes_to_whom_it_was_given(led):
    with at("2026-03-03 09:00"):
        made = supervision.order(led.case.id, led.people["head"], to_id=led.people["investigator"].id, text="请说明")
        with pytest.raises(NotFound):
            supervision.order(
                led.case.id, led.people["head"], to_id=led.people["clerk"].id, text="请说明", item_id=99999
            )
    with at("2026-03-05 09:00"):
        firing.fire_due()
    (rung,) = [each for each in led.rungs("clock") if each.subject_id == made.clock_id]
    assert (rung.step, led.told(rung)) == ("holder@-1wd", ["张志强"])


def test_kin_hear_of_no_urging_and_no_other_hands(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-03 09:00"):
        runtime.claim(item.id, led.people["director"])
    led.make_kin("director")
    with at("2026-03-04 09:00"):
        urged = supervision.urge(item.id, led.people["head"], "群众反映此户有问题")
        assert led.copies(urged.id) == ["丁凤霞"]
        runtime.assign(item.id, led.people["head"], led.people["director2"], "有人反映情况，请认真核查")
        assert led.copies(led.messages("assign")[-1].id) == ["丁凤霞"]
    led.make_kin("director2")
    with at("2026-03-05 09:00"):
        urged = supervision.urge(item.id, led.people["head"])
    assert led.copies(urged.id) == ["周学军"]


def test_an_issuer_who_is_found_to_be_kin_does_not_hear_the_answer(led):
    with at("2026-03-03 09:00"):
        made = supervision.order(led.case.id, led.people["deputy"], to_id=led.people["investigator"].id, text="请说明")
    led.make_kin("deputy")
    with at("2026-03-04 09:00"):
        supervision.reply(made.id, led.people["investigator"], "该户隐瞒存款")
    assert led.copies(led.messages("reply")[-1].id) == ["何少华"]


def test_when_nobody_is_free_the_record_says_that_the_administrators_were_told(led):
    for name in ("director", "director2", "deputy", "head", *DISCIPLINE):
        led.make_kin(name)
    with at("2026-03-05 09:00"):
        firing.fire_due()
    rung = next(each for each in led.rungs("item") if each.step == "director@0")
    assert (rung.role, led.told(rung)) == ("admin", [])
    assert "改报系统管理员" in led.messages("rung")[-1].body


def test_days_entered_when_they_are_past_are_heard_of_by_the_discipline_office(led):
    with at("2026-04-14 23:00"):
        holidays.add_local(SYSTEM, date(2026, 3, 3), date(2026, 3, 5), off=True, name="停电", source="口头通知")
        holidays.add_local(SYSTEM, date(2026, 5, 20), date(2026, 5, 20), off=True, name="开斋节", source="通知")
    (message,) = led.messages("calendar")
    assert (message.role, message.urgent) == ("discipline", True)
    assert "停电" in message.subject


def test_days_entered_after_the_breach_delay_no_rung_of_it(led):
    with at("2026-03-06 09:00"):
        firing.fire_due()
        holidays.add_local(SYSTEM, date(2026, 3, 7), date(2026, 3, 20), off=True, name="停电", source="口头通知")
        while holidays.go_on() is not None:
            pass
    with at("2026-03-10 09:00"):
        firing.fire_due()
    clock_id = led.clock("survey_start").id
    assert "head@+3wd" in [each.step for each in led.rungs("clock") if each.subject_id == clock_id]
