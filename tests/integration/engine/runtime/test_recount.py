"""Open dates counted anew: what moves, what is left alone, one entry a case, twice is once, a crash is gone on with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.actors import SYSTEM
from engine.calendar.arithmetic import due
from engine.calendar.lengths import Length
from engine.database import db
from engine.holidays import operations as calendar
from engine.holidays import queries
from engine.holidays.models import CalendarEdition, Recount
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.ladders.steps import next_rung
from engine.runtime import operations, recount
from engine.runtime.models import WaitingTimer, WorkItem

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)
WAITING = "start s; user a; timer t wait=3wd; user b; end e\n s > a > t > b > e"
TASK = "start s; user a; user b due=5wd|warn=2wd|ladder=director@-1wd,deputy@+1wd; end e\n s > a > b > e"


def storm(day: str = "2026-02-12") -> None:
    """A closure of the whole region for one day."""
    on = date.fromisoformat(day)
    calendar.add_local(SYSTEM, on, on, off=True, name="暴雪停工", source="测试通知")


def to_the_end(limit: int = 200) -> Recount | None:
    row = None
    while (found := calendar.go_on(limit)) is not None:
        row = found
    return row


def entries(session: Any, instance: Any) -> list[JournalEntry]:
    wanted = (JournalEntry.stream == f"instance:{instance.id}", JournalEntry.verb == "system:clocks:recounted")
    return list(session.scalars(select(JournalEntry).where(*wanted).order_by(JournalEntry.id)))


def started(world: Any, **processes: str) -> Any:
    world.deploy(**processes)
    with clock.at(FEB_10):
        return world.start()


def test_a_timer_a_task_and_their_reasons_move(world, session):
    instance = started(world, main=WAITING)
    (timer,) = world.timers(instance)
    assert timer.due_at == clock.end_of(date(2026, 2, 13))
    with clock.at(FEB_10 + timedelta(hours=1)):
        storm()
        row = to_the_end()
    session.expire_all()
    (timer,) = world.timers(instance)
    assert timer.due_at == clock.end_of(date(2026, 2, 14))  # a worked Saturday
    assert any("暴雪停工" in said for said in timer.basis["why"])
    assert timer.basis["calendar"] == queries.current(session).version
    (entry,) = entries(session, instance)
    assert entry.after == {"count": 1, "moved": [{"what": "“t”", "from": "2026-02-13", "to": "2026-02-14"}]}
    assert "暴雪停工" in entry.reason
    assert (row.total, row.seen, row.moved) == (1, 1, 1)
    assert session.get(CalendarEdition, 1).counted == queries.current(session).version
    assert verify(session).ok


def test_an_item_moves_with_its_warning_and_its_next_rung_and_keeps_its_version(world, session):
    instance = started(world, main=TASK)
    before = world.items(instance)["b"]
    version, was = before.version, (before.due_at, before.warn_at, before.rung_at)
    with clock.at(FEB_10 + timedelta(hours=1)):
        storm()
        to_the_end()
    session.expire_all()
    item, now = world.items(instance)["b"], queries.current(session)
    found = due(FEB_10.date(), Length(5, "wd"), now)
    assert item.due_at == found.instant == clock.end_of(date(2026, 2, 25))
    assert was[0] == clock.end_of(date(2026, 2, 24))
    assert item.warn_at == clock.instant(date(2026, 2, 14))
    assert item.rung_at == next_rung(item.ladder, item.due_at, FEB_10, now)[0] != was[2]
    assert item.version == version, "a form that somebody has open must not be refused because a date moved"
    with clock.at(FEB_10 + timedelta(hours=2)):
        operations.complete(item.id, world.zhang, values={"note": "好", "ok": True}, version=version)


def test_a_case_whose_dates_stay_is_not_touched(world, session):
    instance = started(world, main=WAITING)
    (timer,) = world.timers(instance)
    before, version = (timer.due_at, timer.basis), instance.version
    storm("2026-03-20")
    row = to_the_end()
    session.expire_all()
    (timer,) = world.timers(instance)
    assert (timer.due_at, timer.basis) == before
    assert entries(session, instance) == []
    assert (row.seen, row.moved) == (1, 0)
    assert world.session.get(type(instance), instance.id).version == version


def test_a_date_that_the_flow_gave_stays(world, session):
    instance = started(world, main='start s; user a; timer t wait="2026-02-12"; user b; end e\n s > a > t > b > e')
    with clock.at(FEB_10):
        storm()
        to_the_end()
    session.expire_all()
    assert world.timers(instance)[0].due_at == clock.end_of(date(2026, 2, 12))
    assert entries(session, instance) == []


def test_a_timer_that_moves_earlier_fires_at_its_new_instant(world, session):
    """The state of the instance still says when it was armed for; the row decides."""
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        storm()
        instance = world.start()  # armed for the 14th
        calendar.remove_local(SYSTEM, date(2026, 2, 12), "通知撤回")
        to_the_end()
    session.expire_all()
    (timer,) = world.timers(instance)
    assert timer.due_at == clock.end_of(date(2026, 2, 13))
    with clock.at(timer.due_at):
        assert operations.fire(timer.id)
    assert set(world.items(instance)) == {"b"}


def test_only_running_cases_are_looked_at(world, session):
    started(world, main="start s; user a; end e\n s > a > e")
    open_ = started(world, main=WAITING)
    with clock.at(FEB_10):
        storm()
        row = to_the_end()
    assert (row.total, row.seen, row.moved) == (1, 1, 1)
    assert len(entries(session, open_)) == 1


def test_it_goes_in_chunks_and_on_after_a_crash(world, session, monkeypatch):
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        cases = [world.start() for _ in range(5)]
        storm()
        first = calendar.go_on(2)
        assert (first.seen, first.moved, first.finished_at) == (2, 2, None)
        asked = calendar.movers.find
        calls = []

        def dies(*given: Any) -> Any:
            calls.append(given)
            if len(calls) == 3:  # the second case of this chunk, under its lock
                raise RuntimeError("kill")
            return asked(*given)

        monkeypatch.setattr(calendar.movers, "find", dies)
        with pytest.raises(RuntimeError, match="kill"):
            calendar.go_on(2)
        db.session.rollback()
        monkeypatch.setattr(calendar.movers, "find", asked)
        row = to_the_end(2)
    session.expire_all()
    assert [len(entries(session, case)) for case in cases] == [1] * 5
    assert (row.seen, row.moved, row.total) == (5, 5, 5)
    assert {world.timers(case)[0].due_at for case in cases} == {clock.end_of(date(2026, 2, 14))}


def test_two_processes_at_once_move_each_case_once(app, world, session):
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        cases = [world.start() for _ in range(12)]
        storm()
    session.rollback()
    gate, wrong = threading.Barrier(3), []

    def work() -> None:
        with app.app_context():
            try:
                gate.wait()
                while calendar.go_on(5) is not None:
                    pass
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert wrong == []
    session.expire_all()
    assert [len(entries(session, case)) for case in cases] == [1] * 12
    row = queries.last_recount(session)
    assert (row.seen, row.moved) == (12, 12)
    assert row.finished_at is not None
    assert verify(session).ok


@pytest.mark.postgres
def test_a_step_under_way_is_waited_for(app, world, session, monkeypatch):
    """It counted by the old calendar and has not committed: who changes the calendar waits, and its date is found."""
    world.deploy(main=WAITING)
    assert calendar.recount_if_needed()
    session.rollback()
    armed, go, saved = threading.Event(), threading.Event(), operations.saving.save

    def slowly(step: Any) -> Any:
        found = saved(step)
        armed.set()
        assert go.wait(20)
        return found

    def within(act: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            with app.app_context(), clock.at(FEB_10):
                act()
                db.session.remove()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    monkeypatch.setattr(operations.saving, "save", slowly)
    with clock.at(FEB_10):
        step = within(world.start)
        assert armed.wait(20)
        change = within(storm)
        change.join(timeout=1)
        assert change.is_alive(), "the calendar was changed under a step that counts by it"
        go.set()
        step.join()
        change.join()
        to_the_end()
    (timer,) = session.scalars(select(WaitingTimer))
    assert timer.due_at == clock.end_of(date(2026, 2, 14))


def test_a_newer_change_takes_the_place_of_a_recount_under_way(world, session):
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        case = world.start()
        storm("2026-02-12")
        storm("2026-02-13")
        row = to_the_end()
    assert "2026-02-13" in row.reason
    session.expire_all()
    open_ = select(func.count()).select_from(Recount).where(Recount.finished_at.is_(None))
    assert session.scalar(open_) == 0
    assert world.timers(case)[0].due_at == clock.end_of(date(2026, 2, 24))
    assert len(entries(session, case)) == 1


def test_a_new_data_package_begins_a_recount_by_itself_and_nothing_else_does(world, session, monkeypatch, statements):
    instance = started(world, main=WAITING)
    with clock.at(FEB_10):
        assert calendar.recount_if_needed()  # the first of this installation
        assert not calendar.recount_if_needed()  # it is under way
        to_the_end()
        with statements.counted() as count:
            assert not calendar.recount_if_needed()
        assert len(count.sql) == 1
        assert entries(session, instance) == []
        upgraded = queries.national_schedule().with_year(2026, {date(2026, 2, 12): "新的假日"}, {})
        newer = queries.Calendar(upgraded)
        monkeypatch.setattr(queries, "national", lambda: newer)
        assert calendar.recount_if_needed()
        row = to_the_end()
    assert row.reason == "节假日数据更新"
    assert len(entries(session, instance)) == 1
    assert not calendar.recount_if_needed()


def test_many_cases_are_looked_at_in_few_statements(world, session, statements):
    world.deploy(main=WAITING, other=TASK)
    with clock.at(FEB_10):
        for _ in range(3):
            world.start("main")
            world.start("other")
        storm("2026-03-20")
        with statements.counted() as few:
            calendar.go_on()
        for _ in range(12):
            world.start("main")
            world.start("other")
        storm("2026-03-23")
        with statements.counted() as many:
            calendar.go_on()
    assert len(many.sql) == len(few.sql) < 20


def test_a_mover_that_registers_twice_is_asked_once(monkeypatch):
    monkeypatch.setattr(recount, "_movers", [])

    @recount.mover
    def nothing(session: Any, ids: Any, calendar_: Any) -> list[recount.Move]:
        return []

    recount.mover(nothing)
    assert recount._movers == [nothing]


def test_a_basis_that_can_no_longer_be_counted_is_left_alone(world, session):
    instance = started(world, main=WAITING)
    timer = world.timers(instance)[0]
    timer.basis = {**timer.basis, "start": "9999-12-30", "length": "30wd"}
    session.commit()
    with clock.at(FEB_10):
        storm()
        row = to_the_end()
    assert row.finished_at is not None
    assert session.scalar(select(func.count()).select_from(WaitingTimer)) == 1
    assert session.scalar(select(func.count()).select_from(WorkItem).where(WorkItem.state == "open")) == 0
