"""The event log for process mining: what is in it, in which order, and who cannot be found in it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from lxml import etree
from sqlalchemy import select, update

from engine import clock
from engine.actors import SYSTEM
from engine.errors import Invalid, Refused
from engine.journal.models import JournalEntry
from engine.runtime.models import Instance, WorkItem
from engine.transactions import scratch
from registers.demonstration.acts import Plan
from registers.events import log, ocel, operations, xes
from tests.support.township import Township, family_of_three

DAY = date(2026, 1, 5)
NS = {"x": xes.XES}


@pytest.fixture
def township(session):
    return Township(session)


@pytest.fixture
def case(township):
    """A case that went as far as the opinion, every act a minute after the one before."""
    plan = Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    with clock.at(clock.instant(DAY) + timedelta(hours=9)):
        instance = township.apply(plan)
    with clock.at(clock.instant(DAY) + timedelta(hours=10)):
        township.sign(instance, "check_completeness", "clerk", plan=plan)
    return instance


def read(session, **days):
    first = days.get("first", DAY)
    return list(log.traces(session, first, days.get("last", first)))


def test_a_step_arises_is_taken_and_is_done(session, case):
    (trace,) = read(session)
    check = [each for each in trace.events if each.activity == "核对申请材料"]
    assert (check[0].transition, check[-1].transition) == ("schedule", "complete")
    assert check[-1].at - check[0].at == timedelta(hours=1)
    assert (check[0].role, check[0].who) == ("clerk", "")
    assert check[-1].who
    assert [each.at for each in trace.events] == sorted(each.at for each in trace.events)
    assert (trace.process, trace.village, trace.ended_at, trace.outcome) == ("dibao", "红柳村", None, "")


def test_a_period_has_the_cases_that_began_in_it(session, case):
    assert log.count(session, DAY, DAY) == len(read(session)) == 1
    assert read(session, first=DAY - timedelta(days=9), last=DAY - timedelta(days=1)) == []
    assert read(session, first=DAY + timedelta(days=1), last=DAY + timedelta(days=9)) == []


def test_confidential_cases_are_not_in_it(session, case):
    with scratch() as changing:
        changing.execute(update(Instance).values(seen_by=",discipline,"))
    assert log.count(session, DAY, DAY) == len(read(session)) == 0


@pytest.mark.parametrize("form", [xes, ocel])
def test_nobody_can_be_found_in_it(session, township, case, form):
    out = io.BytesIO()
    form.write(out, log.traces(session, DAY, DAY))
    text = out.getvalue().decode()
    home = family_of_three()
    family = [home.head, *(each for each, _ in home.others)]
    names = [*(each.name for each in township.people.values()), *(each.name for each in family)]
    numbers = [each.id_number for each in family]
    assert [each for each in (*names, *numbers, "高仁低保") if each in text] == []


def test_xes_is_what_its_readers_expect(session, case):
    out = io.BytesIO()
    events = xes.write(out, log.traces(session, DAY, DAY))
    root = etree.fromstring(out.getvalue())
    assert (root.tag, root.get("xes.version")) == (f"{{{xes.XES}}}log", "1849-2016")
    assert {each.get("prefix") for each in root.findall("x:extension", NS)} == set(xes.EXTENSIONS.values())
    (trace,) = root.findall("x:trace", NS)
    found = trace.findall("x:event", NS)
    assert len(found) == events > 3
    for each in found:
        keys = {leaf.get("key"): leaf.tag.removeprefix(f"{{{xes.XES}}}") for leaf in each}
        assert keys["concept:name"] == keys["lifecycle:transition"] == "string"
        assert keys["time:timestamp"] == "date"


def test_every_relation_of_ocel_leads_to_an_object(session, case):
    out = io.BytesIO()
    events = ocel.write(out, log.traces(session, DAY, DAY))
    found = json.loads(out.getvalue())
    assert set(found) == {"events", "objects", "objectTypes", "eventTypes"}
    ids = {each["id"] for each in found["objects"]}
    related = {r["objectId"] for each in (*found["events"], *found["objects"]) for r in each["relationships"]}
    assert related <= ids
    assert len({each["id"] for each in found["events"]}) == len(found["events"]) == events
    assert {each["type"] for each in found["events"]} == {each["name"] for each in found["eventTypes"]}
    assert {each["type"] for each in found["objects"]} <= {each["name"] for each in found["objectTypes"]}


def test_a_case_that_belongs_to_one_outside_the_log_stands_alone(session, case):
    """The relation would lead nowhere, and readers of OCEL refuse the whole file."""
    for outside in (False, True):
        traces = [replace(each, parent="0" * 16 if outside else each.case) for each in read(session)]
        out = io.BytesIO()
        ocel.write(out, traces)
        (found,) = (each for each in json.loads(out.getvalue())["objects"] if each["type"] == "case")
        assert bool(found["relationships"]) is not outside


def test_what_was_done_on_paper_was_not_taken_after_it_was_done(session, case):
    with scratch() as changing:
        done = select(WorkItem).where(WorkItem.state == "completed").order_by(WorkItem.id.desc()).limit(1)
        item = changing.scalars(done).one()
        item.claimed_at = item.completed_at + timedelta(hours=5)
        name = item.name
    (trace,) = read(session)
    said = [each.transition for each in trace.events if each.activity == name]
    assert said == ["schedule", "start", "complete"]


def test_an_empty_period_is_a_whole_log_too(session, case):
    for form in (xes, ocel):
        out = io.BytesIO()
        assert form.write(out, log.traces(session, date(2020, 1, 1), date(2020, 1, 2))) == 0
        (etree.fromstring if form is xes else json.loads)(out.getvalue())


def export(actor, form="xes", first=DAY, last=DAY):
    return operations.export(actor, first, last, form, io.BytesIO())


def test_the_journal_says_that_it_was_made_and_who_may(session, township, case):
    with clock.at(clock.instant(DAY) + timedelta(hours=12)):
        assert export(SYSTEM).cases == 1
        entry = session.query(JournalEntry).filter_by(verb="actor:events:exported").one()
        assert (entry.stream, entry.after["form"], entry.after["count"]) == ("events", "XES", 1)
        with pytest.raises(Refused):
            export(township.people["clerk"])
    assert session.query(JournalEntry).filter_by(verb="actor:events:exported").count() == 1


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("last", {"last": DAY - timedelta(days=1)}),
        ("first", {"first": DAY + timedelta(days=9), "last": DAY + timedelta(days=9)}),
        ("form", {"form": "csv"}),
    ],
)
def test_a_period_or_a_form_that_is_none_is_said_at_its_field(session, township, case, field, given):
    with clock.at(clock.instant(DAY) + timedelta(hours=12)), pytest.raises(Invalid) as wrong:
        export(SYSTEM, **given)
    assert list(wrong.value.by_field) == [field]


def test_a_leader_exports_the_cases_of_the_own_area(session, township, case):
    owner = township.people["owner"]
    with clock.at(clock.instant(DAY) + timedelta(hours=12)):
        assert export(owner).events > 3
        with scratch() as changing:
            changing.execute(update(Instance).values(area="pingluo/taole/village"))
        assert (export(owner).cases, export(owner).events, export(SYSTEM).cases) == (0, 0, 1)
