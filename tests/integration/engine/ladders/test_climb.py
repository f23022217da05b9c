"""Rungs: each once, in order, past conflicts of interest, with a record of who was told."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.ladders import operations as ladders
from engine.runtime import operations as runtime
from engine.runtime.models import WorkItem
from registers.demonstration.cast import TOWNSHIP
from tests.support.leading import DISCIPLINE, Led, at
from timers import firing


@pytest.fixture
def led(session) -> Led:
    return Led(session)


def fired(led: Led, subject: str = "item") -> list[tuple[str, str, list[str]]]:
    return [(each.step, each.role, led.told(each)) for each in led.rungs(subject)]


def test_each_rung_is_taken_on_its_day_and_told_to_whom_it_names(led):
    """`arrange_survey`: three working days from 2 March, due on the 5th; holder@-1wd, director@0, deputy@+1wd,
    head@+3wd. The item is the directors', and nobody took it: they are its holders."""
    with at("2026-03-04 00:00"):
        assert firing.fire_due() == 1
        assert firing.fire_due() == 0
    with at("2026-03-05 08:00"):
        firing.fire_due()
    with at("2026-03-10 08:00"):
        firing.fire_due()
    assert fired(led) == [
        ("holder@-1wd", "director", ["丁凤霞", "陈建国"]),
        ("director@0", "director", ["丁凤霞", "陈建国"]),
        ("deputy@+1wd", "deputy", ["周学军"]),
        ("head@+3wd", "head", ["何少华"]),
    ]
    assert [each.due_at for each in led.rungs("item")] == sorted(each.due_at for each in led.rungs("item"))


def test_after_three_weeks_of_sleep_everything_is_told_in_the_order_in_which_it_was_due(led):
    with at("2026-03-26 09:00"):
        firing.fire_due()
        assert firing.fire_due() == 0
    taken = led.rungs()
    assert len({(each.subject, each.subject_id, each.lap, each.step) for each in taken}) == len(taken)
    assert [each.due_at for each in taken] == sorted(each.due_at for each in taken)
    assert {each.step for each in taken if each.subject == "item"} == {
        "holder@-1wd", "director@0", "deputy@+1wd", "head@+3wd"
    }  # fmt: skip


def test_the_journal_has_one_entry_a_rung(led):
    with at("2026-03-26 09:00"):
        firing.fire_due()
    entries = led.session.scalars(select(JournalEntry).where(JournalEntry.verb == "system:rung:fired")).all()
    assert len(entries) == len(led.rungs())
    assert entries[-1].after["told"]
    assert verify(led.session).ok


def test_whoever_holds_it_is_reminded_alone(led):
    with at("2026-03-03 09:00"):
        runtime.claim(led.items(led.case)["arrange_survey"].id, led.people["director2"])
    with at("2026-03-04 09:00"):
        firing.fire_due()
    assert fired(led) == [("holder@-1wd", "holder", ["丁凤霞"])]


def test_kin_are_passed_over_and_the_next_one_up_is_told(led):
    """The deputy is the applicant's brother: the head hears of it, and the record says why."""
    led.make_kin("deputy")
    with at("2026-03-06 09:00"):
        firing.fire_due()
    rung = next(each for each in led.rungs("item") if each.step == "deputy@+1wd")
    assert (rung.role, led.told(rung)) == ("head", ["何少华"])
    (skipped,) = rung.skipped
    assert (skipped["name"], skipped["role"]) == ("周学军", "deputy")
    assert "近亲属" in skipped["reason"]
    assert "改报乡长" in led.messages("rung")[-1].body


def test_kin_who_hold_the_work_are_not_told_either(led):
    with at("2026-03-03 09:00"):
        runtime.claim(led.items(led.case)["arrange_survey"].id, led.people["director2"])
    led.make_kin("director2")
    with at("2026-03-04 09:00"):
        firing.fire_due()
    assert fired(led) == [("holder@-1wd", "director", ["陈建国"])]


def test_a_vacant_post_is_passed_over(led):
    for name in ("director", "director2"):
        led.dismiss(name)
    with at("2026-03-05 09:00"):
        firing.fire_due()
    rung = next(each for each in led.rungs("item") if each.step == "director@0")
    assert (rung.role, led.told(rung)) == ("deputy", ["周学军"])
    assert [(each["role"], each["reason"]) for each in rung.skipped] == [("director", "缺岗")]


def test_when_nobody_is_left_the_administrators_are_told(led):
    for name in ("director", "director2", "deputy", "head", *DISCIPLINE):
        led.dismiss(name)
    with at("2026-03-05 09:00"):
        firing.fire_due()
    rung = next(each for each in led.rungs("item") if each.step == "director@0")
    assert led.told(rung) == []
    assert led.messages("rung")[-1].role == "admin"


def test_what_was_done_in_time_tells_nobody(led):
    with at("2026-03-03 09:00"):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
    with at("2026-03-05 09:00"):
        firing.fire_due()
    assert [each for each in led.rungs("item") if each.subject_id == led.case.id] == []
    assert led.clock("survey_start").rung_at is None


def test_giving_it_to_somebody_else_keeps_the_ladder(led):
    """Nothing is told twice and nothing is lost when an item changes hands (ruoyi-vue-pro #1018)."""
    with at("2026-03-05 09:00"):
        firing.fire_due()
        item = led.items(led.case)["arrange_survey"]
        runtime.assign(item.id, led.people["deputy"], led.people["director2"], "主任外出")
        firing.fire_due()
    with at("2026-03-06 09:00"):
        firing.fire_due()
    assert [step for step, _, _ in fired(led)] == ["holder@-1wd", "director@0", "deputy@+1wd"]


def test_a_rung_does_not_disturb_a_form_that_somebody_has_open(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-05 09:00"):
        firing.fire_due()
    assert led.session.get(WorkItem, item.id, populate_existing=True).version == item.version


def test_the_subject_names_no_person(led):
    with at("2026-03-26 09:00"):
        firing.fire_due()
    names = {led.plan.family.head.name, *(person.name for person, _ in led.plan.family.others)}
    for message in led.messages("rung"):
        assert "高仁低保2026-0001" in message.subject
        assert not any(name in message.subject + message.body for name in names)


def test_the_clock_of_the_whole_case_climbs_beside_its_steps(led):
    """Total: 30 working days, due on 14 April; director@-5wd, deputy@-2wd, deputy@0, head@+1wd, discipline@+3wd."""
    with at("2026-04-17 09:00"):
        firing.fire_due()
    total = [each for each in led.rungs("clock") if each.subject_id == led.clock("total").id]
    assert [(each.step, f"{each.due_at:%m-%d}") for each in total] == [
        ("director@-5wd", "04-07"),
        ("deputy@-2wd", "04-10"),
        ("deputy@0", "04-14"),
        ("head@+1wd", "04-15"),
        ("discipline@+3wd", "04-17"),
    ]


@pytest.mark.postgres
def test_many_processes_take_each_rung_once(app, led):
    with at("2026-04-20 09:00"):
        counts: list[int] = []

        def sweep() -> None:
            with app.app_context():
                counts.append(firing.fire_due())

        threads = [threading.Thread(target=sweep) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        firing.fire_due()
    taken = led.rungs()
    assert len(taken) == len({(each.subject, each.subject_id, each.lap, each.step) for each in taken})
    assert len(led.messages("rung")) == len(taken)
    assert verify(led.session).ok


def test_a_rung_that_cannot_be_taken_rests_and_stops_nobody_else(led, monkeypatch, caplog):
    real, broken = ladders.climb, led.items(led.case)["arrange_survey"].id

    def climb(subject: str, subject_id: int) -> bool:
        if (subject, subject_id) == ("item", broken):
            raise OSError("磁盘已满")
        return real(subject, subject_id)

    monkeypatch.setattr(firing.ladders, "climb", climb)
    tally = firing.Tally()
    with at("2026-03-06 09:00"):
        firing.fire_due(tally=tally)
        first = tally.failed
        firing.fire_due(tally=tally)
    assert (first, tally.failed) == (1, 1)  # It rests; the second sweep leaves it alone.
    assert led.rungs("clock")
    monkeypatch.setattr(firing.ladders, "climb", real)
    tally.resting.clear()
    with at("2026-03-06 09:00"):
        firing.fire_due(tally=tally)
    assert [step for step, _, _ in fired(led)] == ["holder@-1wd", "director@0", "deputy@+1wd"]


def test_a_clock_that_is_put_back_fires_nothing_twice(led):
    """NTP puts the machine's clock back by a day, then it goes on."""
    with at("2026-03-06 09:00"):
        firing.fire_due()
    before = [each.step for each in led.rungs()]
    with at("2026-03-05 09:00"):
        assert firing.fire_due() == 0
    with at("2026-03-06 09:01"):
        assert firing.fire_due() == 0
    assert [each.step for each in led.rungs()] == before


def test_the_secretary_of_the_village_is_part_of_the_ladder(led):
    """村党支部书记 is a member of the plan's leading group; hears of the own village only."""
    secretary = led.hire("second", "万书记", "secretary", f"{TOWNSHIP}/hongliu")
    other = led.hire("other", "外村书记", "secretary", f"{TOWNSHIP}/huyang")
    item = led.items(led.case)["arrange_survey"]
    item.ladder = "secretary@0"
    led.session.commit()
    with at("2026-03-04 09:00"):
        firing.fire_due()  # The old rung's instant was written; it is put right without telling anybody.
    with at("2026-03-05 09:00"):
        firing.fire_due()
    assert ("secretary@0", "secretary", sorted([secretary.name, "马德福"])) in fired(led)
    assert other.name not in [name for _, _, names in fired(led) for name in names]
