"""Saved filters and follow-up dates."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from engine import clock
from engine.clocks.models import Clock
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.runtime import operations as runtime
from engine.runtime.models import WorkItem
from registers.cases import inbox
from registers.cases.asked import Asked
from registers.demonstration.acts import Plan
from registers.desk import operations as desk
from registers.desk import queries
from registers.desk.models import SavedFilter
from tests.support.township import START, Township, family_of_three

UNIT = ("clerk", "pingluo/gaoren")


@pytest.fixture
def town(session, at):
    at(f"{START:%Y-%m-%d %H:%M}")
    made = Township(session)
    made.case = made.apply(Plan(family_of_three(), Random(1)))  # noqa: S311 -- synthetic people
    return made


@pytest.fixture
def item(town):
    return town.items(town.case)["check_completeness"]


def names(session, actor):
    session.rollback()
    return [each.name for each in queries.filters(session, actor)]


def test_a_filter_is_saved_shared_renamed_and_deleted(town, session):
    clerk, other = town.people["clerk"], town.people["clerk2"]
    made = desk.save(clerk, "红柳村超期", Asked(village="pingluo/gaoren/hongliu", light="red"), "work")
    assert names(session, clerk) == ["红柳村超期"]
    assert names(session, other) == []
    desk.share(made.id, clerk, UNIT)
    assert names(session, other) == ["红柳村超期"]
    assert names(session, town.people["director"]) == [], "another role of the same place"
    desk.rename(made.id, clerk, "红柳")
    assert names(session, other) == ["红柳"]
    for act in (lambda: desk.rename(made.id, other, "我的"), lambda: desk.remove(made.id, other)):
        with pytest.raises(NotFound):
            act()
    desk.begin_with(made.id, other)
    session.rollback()
    assert queries.start(session, other).id == made.id
    desk.share(made.id, clerk, None)
    session.rollback()
    assert queries.start(session, other) is None
    desk.begin_with(made.id, clerk)
    assert desk.remove(made.id, clerk) == "红柳"
    assert names(session, clerk) == []
    assert queries.start(session, clerk) is None


def test_the_same_name_again_keeps_the_new_one(town, session):
    clerk = town.people["clerk"]
    desk.save(clerk, "常用", Asked(light="red"), "work")
    desk.save(clerk, "常用", Asked(light="yellow"), "pool")
    session.rollback()
    (kept,) = session.scalars(select(SavedFilter)).all()
    assert kept.query == {"light": "yellow", "tab": "pool"}


def test_what_must_not_be_kept_or_shared_is_refused(town, session):
    clerk = town.people["clerk"]
    with pytest.raises(Invalid, match="不能保存"):
        desk.save(clerk, "查人", Asked.read({"q": "640221199001011234"}), "work")
    with pytest.raises(Invalid, match="起个名字"):
        desk.save(clerk, "  ", Asked(light="red"), "work")
    with pytest.raises(Invalid, match="还没有筛选条件"):
        desk.save(clerk, "空", Asked(), "work")
    made = desk.save(clerk, "查马", Asked(text="马"), "work")
    with pytest.raises(Refused, match="不能共享"):
        desk.share(made.id, clerk, UNIT)
    plain = desk.save(clerk, "红", Asked(light="red"), "work")
    with pytest.raises(Refused, match="自己所在"):
        desk.share(plain.id, clerk, ("head", "pingluo/gaoren"))
    with pytest.raises(Conflict, match="已有名为"):
        desk.rename(plain.id, clerk, "查马")
    desk.share(plain.id, clerk, UNIT)
    with pytest.raises(Invalid, match="已共享"):
        desk.save(clerk, "红", Asked(text="马"), "work")
    with pytest.raises(NotFound):
        desk.begin_with(made.id, town.people["clerk2"])


def test_a_shared_filter_shows_its_reader_no_more_than_they_may_see(town, session, item):
    made = desk.save(town.people["clerk"], "低保", Asked(process="dibao"), "work")
    desk.share(made.id, town.people["clerk"], UNIT)
    town.again(town.case).seen_by = ",head,"
    session.commit()
    for name in ("clerk", "clerk2"):
        found = inbox.inbox(session, town.people[name], Asked.read(made.query), clock.now())
        assert (found.claimable, found.free.total) == ([], 0)


def test_a_follow_up_belongs_to_the_holder_and_moves_no_clock(town, session, item):
    clerk, today = town.people["clerk"], clock.today()
    with pytest.raises(Refused, match="不在您手中"):
        desk.follow_up(item.id, clerk, today)
    runtime.claim(item.id, clerk)
    session.rollback()
    before = [(each.due_at, each.warn_at) for each in session.scalars(select(Clock).order_by(Clock.id))]
    due = session.get(WorkItem, item.id, populate_existing=True).due_at
    desk.follow_up(item.id, clerk, today + timedelta(days=2))
    desk.follow_up(item.id, clerk, today + timedelta(days=2))
    session.rollback()
    assert [(each.due_at, each.warn_at) for each in session.scalars(select(Clock).order_by(Clock.id))] == before
    assert session.get(WorkItem, item.id, populate_existing=True).due_at == due
    said = session.scalars(select(JournalEntry).where(JournalEntry.verb == Verb.FOLLOW_UP_SET.value)).all()
    assert len(said) == 1, "the same day again is no act"
    with pytest.raises(Invalid, match="不能早于今天"):
        desk.follow_up(item.id, clerk, today - timedelta(days=1))
    with pytest.raises(Refused):
        desk.follow_up(item.id, town.people["clerk2"], today)
    desk.follow_up(item.id, clerk, None)
    desk.follow_up(item.id, clerk, None)
    session.rollback()
    assert queries.follow_up(session, item.id) is None


def test_lists_are_ordered_and_narrowed_by_the_follow_up(town, session, item, at):
    clerk = town.people["clerk"]
    home = family_of_three(village="shazao")
    from registers.demonstration import people

    for number, person in enumerate([home.head, *(each for each, _ in home.others)]):
        object.__setattr__(person, "id_number", people.id_number(person.birth, 300 + number, True))
    later = town.items(town.apply(Plan(home, Random(2))))["check_completeness"]  # noqa: S311 -- synthetic people
    for each in (item, later):
        runtime.claim(each.id, clerk)
    desk.follow_up(later.id, clerk, clock.today() + timedelta(days=1))

    def listed(**asked):
        session.rollback()
        return [each.item_id for each in inbox.inbox(session, clerk, Asked(**asked), clock.now()).mine]

    assert listed() == [item.id, later.id]
    assert listed(sort="follow") == [later.id, item.id]
    assert listed(follow="set") == [later.id]
    assert listed(follow="due") == []
    at("2026-03-03 10:00")
    assert listed(follow="due") == [later.id]
