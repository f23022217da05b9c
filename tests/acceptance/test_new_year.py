"""Cases that cross the New Year, and 2027's schedule loaded in the middle of them (law 6).

The schedule is SYNTHETIC (tests/support/calendars.py): 31 December 2026 to 3 January 2027 off, Sunday 27 December
worked, the Spring Festival from 5 to 11 February, 20 and 21 February worked.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.clocks.models import Clock, ClockEntry
from engine.holidays import operations as calendar
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.ladders.steps import next_rung
from engine.runtime import operations as runtime
from engine.runtime.deadlines import last_day
from registers.demonstration.acts import Plan
from registers.demonstration.people import person
from registers.publicity import queries as publicity
from tests.support.calendars import as_file
from tests.support.township import Township, family_of_three

APPLIED = datetime(2026, 12, 21, 9, 0, tzinfo=clock.ZONE)
POSTED = datetime(2026, 12, 24, 9, 0, tzinfo=clock.ZONE)
LOADED = datetime(2026, 12, 24, 16, 0, tzinfo=clock.ZONE)


@pytest.fixture
def township(session):
    return Township(session)


def plan(seed: int, **given: Any) -> Plan:
    return Plan(family_of_three(**given), Random(seed))  # noqa: S311 -- synthetic people


def count_anew() -> None:
    while calendar.go_on() is not None:
        pass


def recounted(session, case) -> list[JournalEntry]:
    wanted = (JournalEntry.instance_id == case.id, JournalEntry.verb == "system:clocks:recounted")
    return list(session.scalars(select(JournalEntry).where(*wanted)))


def total(session, case) -> Clock:
    wanted = select(Clock).where(Clock.instance_id == case.id, Clock.name == "total")
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def posted_in_december(township: Township, ours: Plan):
    with clock.at(APPLIED):
        case = township.apply(ours)
        township.survey(case, ours)
    with clock.at(POSTED):
        timer = township.post(case, ours)
    return case, timer


def test_a_schedule_loaded_in_the_middle_moves_clock_item_and_publicity(township, session):
    neighbour = person(Random(9), "白", 44, True, date(2026, 12, 1))  # noqa: S311 -- synthetic people
    ours, theirs = plan(1), plan(2, head=neighbour, others=[])
    case, timer = posted_in_december(township, ours)
    with clock.at(POSTED):
        other = township.apply(theirs)
        township.sign(other, "check_completeness", "clerk", plan=theirs)
        township.sign(other, "declare_relatives", "clerk", plan=theirs)
        township.sign(other, "arrange_survey", "director", plan=theirs)
    notice, item, running = (
        publicity.latest(session, case.id),
        township.items(other)["home_visit"],
        total(session, other),
    )

    # Without 2027's schedule 31 December is a plain Thursday and only 1 January is known to be off, by law; everything
    # that a notice could still move says that it is provisional.
    assert (notice.until, notice.basis["provisional"]) == (date(2026, 12, 31), True)
    assert (last_day(item.due_at), item.due_basis["provisional"]) == (date(2026, 12, 31), True)
    assert (last_day(running.due_at), running.basis["provisional"]) == (date(2027, 2, 5), True)
    why = "".join(running.basis["why"])
    assert "暂定" in why
    assert "2027-01-01（元旦，依据：全国年节及纪念日放假办法第二条）放假" in why

    with clock.at(LOADED):
        assert calendar.load_year(SYSTEM, as_file()).changed
        count_anew()

    session.expire_all()
    notice, running = publicity.latest(session, case.id), total(session, other)
    timer, item = township.timer(case), township.items(other)["home_visit"]
    assert (notice.until, notice.basis["provisional"]) == (date(2027, 1, 4), False)
    assert timer.due_at == clock.end_of(notice.until)
    # 25, 27 (worked), 28, 29, 30 December: a day earlier than before.
    assert (last_day(item.due_at), item.due_basis["provisional"]) == (date(2026, 12, 30), False)
    # Of the thirty: 27 December is won; 31 December and 5 February are lost, and so on to the 12th.
    assert (last_day(running.due_at), running.basis["provisional"]) == (date(2027, 2, 12), False)
    assert running.rung_at == next_rung(running.ladder, running.due_at, POSTED, calendar.queries.current(session))[0]
    why = "".join(running.basis["why"])
    for fact in (
        "2026-12-31至2027-01-03（元旦）放假，不计入",
        "2026-12-27（元旦调休）上班",
        "2027-02-05至2027-02-11（春节）放假",
    ):
        assert fact in why
    assert "暂定" not in why

    (entry,) = recounted(session, other)
    moved = {each["what"]: (each["from"], each["to"]) for each in entry.after["moved"]}
    assert moved["全程办理时限"] == ("2027-02-05", "2027-02-12")
    assert moved["“入户调查”的办理期限"] == ("2026-12-31", "2026-12-30")
    assert entry.reason == "载入2027年放假安排"
    (entry,) = recounted(session, case)
    assert {"what": "公示截止日", "from": "2026-12-31", "to": "2027-01-04"} in entry.after["moved"]
    line = session.scalars(
        select(ClockEntry).where(ClockEntry.clock_id == running.id).order_by(ClockEntry.id.desc())
    ).first()
    assert (line.kind, line.note, line.due_at) == ("recounted", "载入2027年放假安排", running.due_at)

    # The old end of the publicity passes and nothing happens; the new one is kept to the day.
    with clock.at(clock.end_of(date(2026, 12, 31))):
        assert not runtime.fire(timer.id)
    with clock.at(clock.end_of(date(2027, 1, 4)) - timedelta(seconds=1)):
        assert not runtime.fire(timer.id)
    with clock.at(clock.end_of(date(2027, 1, 4))):
        assert runtime.fire(timer.id)
        township.sign(case, "take_down", "hongliu", plan=ours)
        assert set(township.items(case)) == {"submit_dossier"}
    assert township.incidents(case) == []
    assert verify(session).ok


def test_loading_the_same_schedule_again_touches_no_case(township, session):
    case, _ = posted_in_december(township, plan(1))
    with clock.at(LOADED):
        calendar.load_year(SYSTEM, as_file())
        count_anew()
        before = township.again(case).journal_seq
        calendar.load_year(SYSTEM, as_file())
        count_anew()
    assert township.again(case).journal_seq == before
    assert len(recounted(session, case)) == 1


def test_a_publicity_is_never_shortened(township, session):
    """57号 art. 19: what the notice board said is kept, whatever the calendar says later."""
    case, _ = posted_in_december(township, plan(1))
    with clock.at(LOADED):
        calendar.load_year(SYSTEM, as_file())
        calendar.add_local(SYSTEM, date(2027, 1, 4), date(2027, 1, 4), off=True, name="暴雪停工", source="测试通知")
        count_anew()
        session.expire_all()
        assert publicity.latest(session, case.id).until == date(2027, 1, 5)
        calendar.remove_local(SYSTEM, date(2027, 1, 4), "通知撤回")
        count_anew()
    session.expire_all()
    notice, timer = publicity.latest(session, case.id), township.timer(case)
    assert notice.until == date(2027, 1, 5)
    assert timer.due_at == clock.end_of(date(2027, 1, 5))
    with clock.at(clock.end_of(date(2027, 1, 5))):
        assert runtime.fire(timer.id)


def test_a_publicity_that_would_be_shortened_is_settled_all_the_same(township, session):
    """A day that would come earlier stays, but it is no longer provisional and says why it stays."""
    case, _ = posted_in_december(township, plan(1))
    with clock.at(LOADED):
        calendar.add_local(SYSTEM, date(2026, 12, 31), date(2026, 12, 31), off=True, name="暴雪停工", source="测试通知")
        calendar.add_local(SYSTEM, date(2027, 1, 4), date(2027, 1, 5), off=True, name="暴雪停工", source="测试通知")
        count_anew()
        session.expire_all()
        assert publicity.latest(session, case.id).until == date(2027, 1, 6)
        calendar.remove_local(SYSTEM, date(2027, 1, 4), "通知撤回")
        calendar.remove_local(SYSTEM, date(2027, 1, 5), "通知撤回")
        calendar.load_year(SYSTEM, as_file())
        count_anew()
    session.expire_all()
    notice = publicity.latest(session, case.id)
    assert (notice.until, notice.basis["due"], notice.basis["provisional"]) == (date(2027, 1, 6), "2027-01-06", False)
    assert "不因放假安排变化而缩短（57号第19条）" in notice.basis["why"][-1]


def test_a_publicity_that_is_over_stays_over(township, session):
    case, timer = posted_in_december(township, plan(1))
    with clock.at(clock.end_of(date(2026, 12, 31))):
        assert runtime.fire(timer.id)
        calendar.load_year(SYSTEM, as_file())
        count_anew()
        session.expire_all()
        assert publicity.latest(session, case.id).until == date(2026, 12, 31)
        township.sign(case, "take_down", "hongliu", plan=plan(1))
    assert township.incidents(case) == []
