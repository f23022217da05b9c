"""Whoever left holds nothing any more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.actors import Actor, Grant
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.outbox.models import Message
from engine.people import directory
from engine.runtime import operations
from engine.runtime.hands import operations as hands
from engine.runtime.models import Draft, WorkItem
from timers.chores import stranded


@pytest.fixture
def post(world, monkeypatch):
    """Who is still there: {account id: actor}; nobody else is."""
    there = {901: world.zhang, 902: world.li}
    monkeypatch.setattr(directory, "actor", lambda _s, key: there.get(key))
    monkeypatch.setattr(directory, "holders", lambda _s, _role, _area: [])
    return there


@pytest.fixture
def held(world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    instance = world.start()
    operations.claim(world.items(instance)["b"].id, world.li)
    operations.save_draft(f"item:{world.items(instance)['b'].id}", world.li, {"note": ["半句"]})
    return instance


def test_whoever_is_there_keeps_what_they_have(world, post, held):
    stranded(lambda: False)
    assert world.items(held)["b"].holder_id == 902


@pytest.mark.parametrize("how", ["left", "other role", "other area"])
def test_what_somebody_had_who_left_goes_back(world, post, held, how):
    if how == "left":
        del post[902]
    else:
        grant = Grant("director", "pingluo/gaoren") if how == "other role" else Grant("clerk", "pingluo/yaofu")
        post[902] = Actor(902, "李四", (grant,))
    stranded(lambda: False)
    item = world.items(held)["b"]
    assert (item.holder_id, item.holder_name, item.claimed_at) == (None, None, None)
    entry = world.session.scalars(select(JournalEntry).where(JournalEntry.verb == "system:item:released")).one()
    assert entry.after == {"item": "b", "holder": "李四"}
    assert "已收回待领" in world.session.scalars(select(Message)).one().subject
    assert world.session.scalars(select(Draft)).one().posted == {"note": ["半句"]}
    stranded(lambda: False)
    assert len(world.session.scalars(select(Message)).all()) == 1
    operations.claim(item.id, world.zhang)
    assert verify(world.session).ok


def test_what_was_settled_meanwhile_is_left_alone(world, post, held):
    item = world.items(held)["b"]
    del post[902]
    item.state = "cancelled"
    world.session.commit()
    assert not hands.put_back(item.id)
    assert not hands.put_back(999)
    assert world.session.get(WorkItem, item.id, populate_existing=True).holder_id == 902
