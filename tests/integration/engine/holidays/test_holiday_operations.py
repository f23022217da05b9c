"""Changing the calendar in force: a year, local days, who may, what is journaled, what every process sees."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.actors import SYSTEM, Actor, Grant
from engine.calendar.days import national
from engine.database import db
from engine.errors import Invalid, NotFound, Refused
from engine.holidays import operations, queries
from engine.holidays.models import CalendarDay, CalendarYear, Recount
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.outbox.models import Message
from tests.support.calendars import DAYS_2027, SOURCE, as_file

FILES = Path(__file__).parents[3] / "fixtures" / "calendar"
ADMIN = Actor(7, "吴小军", (Grant("admin", "pingluo"),))
CLERK = Actor(8, "张三", (Grant("clerk", "pingluo/gaoren"),))
EID = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _december(at: Any) -> None:
    at("2026-12-20 09:00")


def entries(session: Any) -> list[JournalEntry]:
    return list(
        session.scalars(select(JournalEntry).where(JournalEntry.stream == "calendar").order_by(JournalEntry.seq))
    )


def feast(actor: Actor = ADMIN, first: date = EID, last: date = EID, **given: Any) -> list[CalendarDay]:
    return operations.add_local(
        actor, first, last, **{"off": True, "name": "开斋节", "source": "宁政办发〔2026〕1号", **given}
    )


def test_a_year_is_loaded_once(session):
    assert queries.current(session) is national()
    done = operations.load_year(ADMIN, as_file())
    assert done.changed
    calendar = queries.current(session)
    assert calendar.published(2027)
    assert not calendar.is_workday(date(2027, 2, 5))
    assert calendar.is_workday(date(2027, 2, 20))
    assert not calendar.is_workday(date(2026, 12, 31))
    again = operations.load_year(ADMIN, as_file())
    assert (again.changed, again.days) == (False, ())
    (entry,) = entries(session)
    assert (entry.verb, entry.actor_name) == ("admin:calendar:loaded", "吴小军")
    assert entry.before is None
    assert entry.after["source"] == SOURCE
    assert "2027-02-20" in entry.after["work"]
    assert session.scalar(select(func.count()).select_from(Recount)) == 1
    assert verify(session).ok


def test_what_the_package_has_already_changes_nothing(session):
    assert not operations.load_year(ADMIN, (FILES / "2026.json").read_bytes()).changed
    assert not operations.load_year(ADMIN, (FILES / "2020.json").read_bytes()).changed
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 0
    assert entries(session) == []
    assert queries.current(session) is national()


def test_a_known_year_is_changed_with_replace_only(session):
    """As the State Council did on 27 January 2020, in the middle of the holiday."""
    given = json.loads((FILES / "2026.json").read_text())
    given["days"] = [each for each in given["days"] if each["date"] != "2026-10-10"]
    shorter = json.dumps(given).encode()
    with pytest.raises(Invalid, match="2026-10-10由上班改为休息（已过）"):
        operations.load_year(ADMIN, shorter)
    assert queries.current(session).is_workday(date(2026, 10, 10))
    done = operations.load_year(ADMIN, shorter, replace=True)
    assert done.days == ((date(2026, 10, 10), "上班", "休息"),)
    assert not queries.current(session).is_workday(date(2026, 10, 10))
    back = operations.load_year(ADMIN, (FILES / "2026.json").read_bytes(), replace=True)
    assert back.changed
    first, second = entries(session)
    assert first.after["changed"] == ["2026-10-10 上班→休息"]
    assert "2026-10-10" not in second.before["work"]
    assert "2026-10-10" in second.after["work"]


def test_a_bad_file_loads_nothing_at_all(session):
    bad = [*DAYS_2027, {"name": "元旦", "date": "2027-02-30", "isOffDay": True}]
    with pytest.raises(Invalid) as refused:
        operations.load_year(ADMIN, as_file(2027, days=bad, papers=[]))
    assert len(refused.value.problems) == 2
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 0
    assert entries(session) == []


def test_a_year_that_nobody_can_have_published_yet_is_refused(session):
    days = [{**each, "date": each["date"].replace("2027", "2029").replace("2026", "2028")} for each in DAYS_2027]
    days = [each for each in days if each["isOffDay"]]
    with pytest.raises(Invalid, match="2029年的放假安排不可能已经公布"):
        operations.load_year(ADMIN, as_file(2029, days=days))


def test_local_days_are_entered_and_taken_out_with_a_reason(session):
    made = feast(first=EID, last=date(2026, 3, 23))
    assert [row.day.day for row in made] == [20, 21, 22, 23]
    calendar = queries.current(session)
    assert not calendar.is_workday(EID)
    assert calendar.reason(EID).source == "宁政办发〔2026〕1号"
    assert calendar.version != national().version
    gone = operations.remove_local(ADMIN, EID, " 通知改期 ")
    assert gone.name == "开斋节"
    assert queries.current(session).is_workday(EID)
    entered, removed = entries(session)
    assert entered.after == {
        "name": "开斋节",
        "days": "2026-03-20至2026-03-23",
        "off": True,
        "source": "宁政办发〔2026〕1号",
    }
    assert (removed.reason, removed.before["entered_by"]) == ("通知改期", "吴小军")
    assert verify(session).ok


def test_a_day_can_be_a_local_working_day(session):
    feast(first=date(2026, 10, 1), last=date(2026, 10, 1), off=False, name="抗旱值守")
    assert queries.current(session).is_workday(date(2026, 10, 1))


def test_the_last_local_day_gone_the_package_speaks_again(session):
    feast()
    operations.remove_local(ADMIN, EID, "错了")
    assert queries.current(session) is national()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first": date(1926, 3, 20)}, "first"),
        ({"last": date(2026, 3, 19)}, "last"),
        ({"last": date(2026, 4, 4)}, "last"),
        ({"name": " "}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"source": ""}, "source"),
        ({"source": "长" * 501}, "source"),
    ],
)
def test_a_local_day_that_cannot_be(session, given, field):
    with pytest.raises(Invalid) as refused:
        feast(**given)
    assert field in {each["field"] for each in refused.value.problems}
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == 0


def test_a_day_is_entered_once(session):
    feast()
    with pytest.raises(Invalid, match="2026-03-20已登记为“开斋节”"):
        feast(first=date(2026, 3, 19), last=date(2026, 3, 21))
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == 1


def test_what_is_not_there_cannot_be_removed(session):
    with pytest.raises(NotFound, match="2026-03-20"):
        operations.remove_local(ADMIN, EID, "错了")
    feast()
    with pytest.raises(Invalid):
        operations.remove_local(ADMIN, EID, " ")


def test_only_administrators_edit_the_calendar(session):
    feast()
    for act in (
        lambda: operations.load_year(CLERK, as_file()),
        lambda: feast(CLERK, first=date(2026, 3, 23), last=date(2026, 3, 23)),
        lambda: operations.remove_local(CLERK, EID, "错了"),
    ):
        with pytest.raises(Refused, match="维护工作日历"):
            act()
    assert len(entries(session)) == 1
    assert operations.load_year(SYSTEM, as_file()).changed


def test_another_process_sees_a_change_at_once(app, session):
    feast()
    queries._kept.cache_clear()  # as a process that has never read it
    seen = []

    def look() -> None:
        with app.app_context():
            seen.append(queries.current(db.session()).is_workday(EID))
            db.session.remove()

    for _ in range(2):
        other = threading.Thread(target=look)
        other.start()
        other.join()
        operations.remove_local(ADMIN, EID, "错了") if len(seen) == 1 else None
    assert seen == [False, True]


def test_the_calendar_in_force_costs_one_small_query(session, statements):
    feast()
    queries.current(session)
    session.commit()
    with statements.counted() as count:
        queries.current(session)
    assert len(count.sql) == 1


def test_administrators_are_told_once_a_month_while_a_year_is_missing(session, at, statements):
    session.commit()
    at("2026-10-31 23:59")
    with statements.counted() as count:
        assert not operations.warn_missing()
    assert len(count.sql) == 1
    at("2026-11-01 00:00")
    assert operations.warn_missing()
    assert not operations.warn_missing()
    at("2026-12-01 09:00")
    assert operations.warn_missing()
    at("2027-01-04 09:00")
    assert operations.warn_missing()
    told = session.scalars(select(Message).order_by(Message.id)).all()
    assert [each.key for each in told] == ["calendar:2027:2026-11", "calendar:2027:2026-12", "calendar:2027:2027-01"]
    assert {each.role for each in told} == {"admin"}
    assert "2027年放假安排" in told[0].subject
    operations.load_year(ADMIN, as_file())
    at("2027-02-01 09:00")
    assert not operations.warn_missing()


def test_two_processes_tell_once(app, session, at):
    at("2026-11-02 09:00")
    session.rollback()
    gate, told = threading.Barrier(4), []

    def tell() -> None:
        with app.app_context():
            gate.wait()
            told.append(operations.warn_missing())
            db.session.remove()

    workers = [threading.Thread(target=tell) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(told) == [False, False, False, True]
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_preview_changes_nothing(session):
    change = queries.change(session, operations.file.read(as_file()))
    assert not change.known
    assert (date(2026, 12, 31), "上班", "休息") in change.days
    assert queries.affected(session, queries.with_year(session, operations.file.read(as_file())), 10) == (0, True)
    assert queries.current(session) is national()
