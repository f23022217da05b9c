"""Cases that the system opens: once, after the commit, again when it failed, with what they begin with."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.errors import Conflict, DoudiError, Refused
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.outbox.models import Message
from engine.runtime import openings, operations
from engine.runtime.models import Instance, Opening
from engine.runtime.openings import operations as carrying
from engine.runtime.openings import queries
from engine.runtime.services import services
from engine.transactions import act, afterwards
from tests.support.together import at_once
from timers.chores import open_cases

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)
ASKING = "start s; user a; service q do=ask; user b; end e\n s > a > q > b > e"
OPENED = (
    'start s2; xor g; user dead; user gone; end e2\n s2 > g\n g > dead : ground = "death"\n g > gone : default\n'
    "dead > e2\n gone > e2"
)
BEGINS = {"review": {"start": "system", "opens_with": "ground:text,household_id:number"}}
FLOW = {"ground": "death", "household_id": 7, "stranger": True}
AREA = "pingluo/gaoren/hongliu"


def asks(world, **changed):
    """Deploys a flow whose service asks for a review."""

    @services.service("ask", "发起复核", outputs={})
    def ask(call):
        given = {"key": "review:7:2026-02", "process_id": "review", "area": call.instance.area, "flow": FLOW}
        openings.ask(call.session, **{**given, **changed}, parent_id=call.instance.id, now=call.now)

    world.deploy(properties=BEGINS, main=ASKING, review=OPENED)


def opened(world):
    return list(
        world.session.scalars(
            select(Instance).where(Instance.process_id == "review").execution_options(populate_existing=True)
        )
    )


def test_what_an_operation_asks_for_is_there_right_after_it(world):
    asks(world)
    with clock.at(FEB_10):
        parent = world.start()
    (review,) = opened(world)
    assert review.parent_id == parent.id
    assert review.flow == {"scheme": "review", "ground": "death", "household_id": 7}
    assert set(world.items(review)) == {"dead"}
    entry = world.session.scalars(select(JournalEntry).where(JournalEntry.instance_id == review.id)).one()
    assert (entry.verb, entry.actor_name) == ("system:case:opened", "系统")
    opening = world.session.scalars(select(Opening)).one()
    assert (opening.instance_id, opening.attempts, opening.error) == (review.id, 0, None)
    assert verify(world.session).ok


def test_the_same_key_opens_one_case_whoever_asks_again(world):
    asks(world)
    world.start()
    world.start()
    assert len(opened(world)) == 1
    carrying.request(key="review:7:2026-02", process_id="review", area=AREA, flow=FLOW)
    carrying.request(key="review:7:2026-08", process_id="review", area=AREA, flow=FLOW)
    assert len(opened(world)) == 2


def test_a_step_that_is_rolled_back_asked_for_nothing(world):
    asks(world)

    @services.service("ask", "发起复核", outputs={"missing": "text"})
    def ask(call):
        given = {"key": "k", "process_id": "review", "area": call.instance.area, "flow": FLOW}
        openings.ask(call.session, **given, now=call.now)

    parent = world.start()
    assert "missing" in world.incidents(parent)[0].cause
    assert opened(world) == []
    assert world.session.scalars(select(Opening)).all() == []


def test_what_failed_is_tried_again_later_and_later_and_administrators_hear_of_it(world):
    asks(world)
    with clock.at(FEB_10):
        carrying.request(key="late", process_id="exit", area=AREA, flow=FLOW)
        (opening,) = queries.failed(world.session)
        assert "没有这种办理流程" in opening.error
        open_cases(lambda: False)
        assert world.session.get(Opening, opening.id, populate_existing=True).attempts == 1  # not before its turn
    for minutes, attempts in ((1, 2), (3, 3), (7, 4)):
        with clock.at(FEB_10 + timedelta(minutes=minutes)):
            open_cases(lambda: False)
        assert world.session.get(Opening, opening.id, populate_existing=True).attempts == attempts
    told = world.session.scalars(select(Message)).all()
    assert [each.role for each in told] == ["admin"]
    world.deploy(
        properties=BEGINS | {"exit": {"start": "system"}},
        main=ASKING,
        review=OPENED,
        exit=OPENED.replace("user dead", "user dead2").replace("> dead", "> dead2").replace("dead >", "dead2 >"),
    )
    with clock.at(FEB_10 + timedelta(hours=2)):
        open_cases(lambda: False)
    found = world.session.get(Opening, opening.id, populate_existing=True)
    assert found.instance_id is not None
    assert found.error is None
    assert queries.failed(world.session) == []


def test_an_administrator_does_not_wait_for_the_next_try(world):
    asks(world)
    with clock.at(FEB_10):
        carrying.request(key="late", process_id="exit", area=AREA, flow=FLOW)
        (opening,) = queries.failed(world.session)
        assert carrying.try_again(opening.id, world.zhang) is None
        assert world.session.get(Opening, opening.id, populate_existing=True).attempts == 2
    carrying.request(key="good", process_id="review", area=AREA, flow=FLOW)
    good = world.session.scalars(select(Opening).where(Opening.key == "good")).one()
    with pytest.raises(Conflict, match="已经发起"):
        carrying.try_again(good.id, world.zhang)


def test_two_processes_carry_it_out_once(app, world, monkeypatch):
    asks(world)
    monkeypatch.setattr("engine.runtime.openings.afterwards", lambda _session, _function: None)
    opening = carrying.request(key="race", process_id="review", area=AREA, flow=FLOW)
    world.session.rollback()
    results = at_once(app, *[lambda: carrying.carry_out(opening.id)] * 6)
    assert not [each for each in results if isinstance(each, Exception)], results
    assert len(opened(world)) == 1
    assert world.session.get(Opening, opening.id, populate_existing=True).instance_id == opened(world)[0].id


def test_a_crash_between_commit_and_opening_loses_nothing(world, monkeypatch):
    asks(world)
    monkeypatch.setattr("engine.transactions._follow", lambda _later: None)
    world.start()
    assert opened(world) == []
    open_cases(lambda: False)
    assert len(opened(world)) == 1


def test_a_service_of_the_opened_case_that_fails_parks_it(world):
    world.deploy(properties={"review": {"start": "system"}}, review="start s; service f do=fail; end e\n s > f > e")
    instance = operations.open("review", area=AREA)
    assert world.incidents(instance)[0].name == "f"


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ({"ground": "death"}, "household_id"),
        ({"ground": 3, "household_id": 1}, "ground"),
        ({"ground": "x", "household_id": True}, "household_id"),
    ],
)
def test_what_a_case_must_begin_with_is_demanded(world, flow, said):
    asks(world)
    with pytest.raises(DoudiError, match=said):
        operations.open("review", area=AREA, flow=flow)
    assert opened(world) == []


def test_what_only_other_processes_call_is_never_opened(world):
    asks(world)
    with pytest.raises(Refused, match="不能单独发起"):
        operations.open("main", area=AREA)


def test_what_is_asked_for_is_scalars_under_a_key(world):
    asks(world, flow={"list": [1]})
    assert "不是文字、数字或是否" in world.incidents(world.start())[0].cause
    asks(world, key="x" * 200)
    assert "标识" in world.incidents(world.start())[0].cause


def test_what_follows_an_act_leaves_its_session_alone(world):
    """A failure afterwards rolls back its own session, not what the caller has in hand."""
    asks(world)
    instance = world.start()

    def fail():
        operations.open("review", area=AREA, flow={})

    from engine.journal.verbs import Verb

    with act(Verb.ITEM_CLAIMED, world.zhang) as deed:
        item = world.items(instance)["b"]
        item.holder_name = "张三"
        afterwards(deed.session, fail)
        deed.record(deed.session.get(Instance, instance.id, with_for_update=True))
    assert "holder_name" not in world.session.info
    assert item.__dict__["holder_name"] == "张三"  # not expired by a rollback
    with pytest.raises(RuntimeError, match="no open transaction"):
        afterwards(world.session, fail)


def test_opening_is_asked_of_the_veto(world, monkeypatch):
    from engine.rules.veto import forbid, veto

    asks(world)
    seen = []

    def rule(_session, question):
        seen.append((question.verb, question.actor, question.facts.get("begins"), question.facts.get("starters")))
        return forbid("不行")

    monkeypatch.setattr(veto, "_rules", [rule])
    with pytest.raises(Refused):
        operations.open("review", area=AREA, flow=FLOW)
    assert seen == [("start", SYSTEM, "system", ("clerk",))]
