"""The month report against cases counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import clock
from engine.calendar.days import national
from engine.clocks.models import Clock, ClockEntry
from engine.errors import Invalid
from engine.outbox.models import Message
from registers.benefits.models import Decision
from registers.board import report
from registers.board.scope import Scope
from registers.cases.models import Case
from registers.supervision.models import Order

OTHER = "pingluo/gaoren/shazao"


def on(text, hour=10):
    return clock.instant(date.fromisoformat(text), hour)


@pytest.fixture
def head(town):
    return town.person("head", "head")


def case(town, number, started, ended=None, accepted=None, area="pingluo/gaoren/hongliu", due=None):
    made = town.instance(area=area)
    made.started_at = on(started)
    if ended:
        made.status, made.ended_at = "completed", on(ended)
    day = date.fromisoformat(accepted) if accepted else None
    given = {"scheme": "dibao", "title": "低保", "applicant": "=cmd()", "area": area, "accepted_on": day}
    town.session.add(Case(instance_id=made.id, number=number, created_at=on(started), **given))
    clock_ = None
    if due:
        clock_ = Clock(instance_id=made.id, name="total", title="全程办理时限", kind="legal", budget="30wd", basis={},
                       started_at=on(started), due_at=clock.end_of(date.fromisoformat(due)),
                       ended_at=on(ended) if ended else None, ending="satisfied" if ended else None)  # fmt: skip
        town.session.add(clock_)
    town.session.commit()
    return made, clock_


def entry(town, clock_, kind, day):
    town.session.add(ClockEntry(clock_id=clock_.id, kind=kind, at=on(day), who="测"))
    town.session.commit()


def month(town, head, text, now):
    return report.month(town.session, Scope(head), report.read_month(text, now.date()), now, national())


def test_the_figures_are_those_counted_by_hand(town, head, at):
    late, late_clock = case(town, "A1", "2026-02-02", "2026-03-20", "2026-02-03", due="2026-03-10")
    fine, _ = case(town, "A2", "2026-03-02", "2026-03-13", "2026-03-03", due="2026-04-20")
    open_, open_clock = case(town, "A3", "2026-03-30", accepted="2026-03-31", due="2026-03-31")
    before, _ = case(town, "A4", "2026-01-05", "2026-02-27", "2026-01-06", due="2026-02-20")
    gone, _ = case(town, "A6", "2026-02-10")
    gone.status, gone.outcome, gone.ended_at = "cancelled", "withdrawn", on("2026-03-18")
    case(town, "A5", "2026-03-31", area=OTHER)
    for instance, outcome in ((late, "refuse"), (fine, "confirm"), (before, "refuse")):
        day = "2026-02-26" if instance is before else "2026-03-12"
        given = {"outcome": outcome, "decided_by": "测", "release_id": "r", "decided_at": on(day)}
        town.session.add(Decision(instance_id=instance.id, **given))
    for kind, day in (("extended", "2026-03-05"), ("paused", "2026-03-06"), ("paused", "2026-04-01")):
        entry(town, late_clock, kind, day)
    for day in ("2026-03-01", "2026-03-31", "2026-04-01"):
        town.session.add(Message(kind="urge", subject="催", instance_id=open_.id, created_at=on(day)))
    town.session.add(Message(kind="rung", subject="梯", instance_id=open_.id, created_at=on("2026-03-15")))
    town.session.add(Order(number="1号", instance_id=open_.id, text="办", issued_by_id=1, issued_by="测",
                           issued_at=on("2026-03-31", 23), to_id=2, to_name="测"))  # fmt: skip
    town.session.commit()
    now = at("2026-04-02 09:00")
    found = month(town, head, "2026-03", now)
    assert [(each.village, each.scheme) for each in found.lines] == [("沙枣村", "低保"), ("红柳村", "低保")]
    there, here = found.lines
    figures = {name: getattr(here, name) for name in report.FIGURES}
    assert figures == {
        "received": 2, "accepted": 2, "finished": 2, "in_time": 1, "late": 1, "refused": 1, "stopped": 1, "open": 1,
        "red": 1, "breaches": 2, "extensions": 1, "pauses": 1, "urges": 2, "orders": 1,
    }  # fmt: skip
    # 3 to 13 March: eight working days; 3 February to 20 March with the Spring Festival and its make-up days.
    workdays = sum(national().is_workday(date(2026, 2, 4) + timedelta(days=each)) for each in range(45))
    assert here.median == (8 + workdays) / 2
    assert (there.received, there.open, there.finished, there.median) == (1, 1, 0, None)
    assert (found.total.received, found.total.open, found.total.late) == (3, 2, 1)
    assert not found.running
    assert open_clock.due_at <= now


def test_the_month_under_way_counts_up_to_now(town, head, at):
    case(town, "A1", "2026-03-02", due="2026-03-20")
    case(town, "A2", "2026-03-10", "2026-03-11")
    now = at("2026-03-16 09:00")
    found = month(town, head, "2026-03", now)
    assert found.running
    (line,) = found.lines
    assert (line.received, line.open, line.breaches, line.finished, line.median) == (2, 1, 0, 1, 1)


def test_a_month_without_cases_is_empty(town, head, at):
    case(town, "A1", "2026-03-02")
    assert month(town, head, "2026-02", at("2026-03-16 09:00")).empty


def test_another_leader_sees_another_report(town, at):
    case(town, "A1", "2026-03-02")
    case(town, "A2", "2026-03-02", area=OTHER)
    secretary = town.person("secretary", "secretary", OTHER)
    now = at("2026-03-16 09:00")
    assert [each.village for each in month(town, secretary, "2026-03", now).lines] == ["沙枣村"]


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "1999-01", "2026-3", "２０２６-03", "x", "2026-03-01"]
)
def test_what_is_no_month_is_said(text):
    with pytest.raises(Invalid, match="月份请写成年-月"):
        report.read_month(text, date(2026, 3, 16))


def test_a_month_to_come_is_said():
    with pytest.raises(Invalid, match="2026年04月还没有开始"):
        report.read_month("2026-04", date(2026, 3, 31))
    assert report.read_month("2026-03", date(2026, 3, 1)) == date(2026, 3, 1)
