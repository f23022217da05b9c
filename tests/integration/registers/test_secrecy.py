"""A confidential kind of case: who may know of it, in every list and in every single question alike."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor, Grant
from engine.errors import Refused
from engine.outbox import distribution
from engine.outbox.models import Copy, Robot
from engine.outbox.operations import enqueue
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, WorkItem
from registers.board import lists
from registers.board import queries as board
from registers.board.lists import Filter
from registers.board.scope import Scope
from registers.cases import ball, secrecy
from registers.cases import queries as cases
from registers.cases.inbox import inbox
from registers.cases.models import Case

VILLAGE, TOWNSHIP = "pingluo/gaoren/hongliu", "pingluo/gaoren"
SEEN_BY = ",discipline,head,"


@pytest.fixture
def people(town):
    """One of each whom the tests speak of."""
    return {
        "discipline": town.person("discipline", "discipline"),
        "head": town.person("head", "head"),
        "director": town.person("director", "director"),
        "investigator": town.person("investigator", "investigator"),
        "clerk": town.person("clerk", "clerk"),
        "village": town.person("village", "village", VILLAGE),
        "elsewhere": town.person("elsewhere", "discipline", "pingluo/yaofu"),
        "county": town.person("county", "county_decide", "pingluo"),
    }


@pytest.fixture
def tip(town, people):
    """A confidential case with an item for investigators, and an ordinary one beside it."""
    made = town.instance(seen_by=SEEN_BY)
    town.session.add(Case(
        instance_id=made.id, number="高仁举报2026-0001", scheme="report", title="检举控告", applicant="马某某",
        area=VILLAGE, created_at=clock.now(), filed=False, complaint=False,
    ))  # fmt: skip
    town.session.commit()
    item = town.item(made, "home_visit", due_at=clock.now())
    town.item(town.registered(), "home_visit", due_at=clock.now())
    return made, item


SEES = {"discipline", "head"}


def sees(town, actor, instance):
    return bool(veto.ask(town.session, Question("view", actor, instance=instance)))


def test_only_the_roles_of_its_kind_know_of_it(town, people, tip):
    instance, item = tip
    for name, actor in people.items():
        knows = name in SEES
        assert sees(town, actor, instance) is knows, name
        for verb in ("be_told", "urge", "order", "unmask", "object"):
            answer = veto.ask(town.session, Question(verb, actor, instance=instance))
            assert knows or not answer, (name, verb)
        found = board.board(town.session, Scope(actor), clock.now(), ball.roster(town.session))
        inside = {"discipline": 2, "head": 2, "director": 1, "county": 1}.get(name, 0)
        assert (found.cases, found.red) == (inside, inside), name
        page = lists.page(town.session, Scope(actor), clock.now(), ball.roster(town.session), Filter())
        assert page.total == inside, name
        one = lists.one(town.session, Scope(actor), ball.roster(town.session), "item", item.id)
        assert (one is not None) is knows, name


def test_the_condition_of_lists_and_the_rule_say_the_same(town, people, tip, monkeypatch):
    monkeypatch.setattr(secrecy, "_hides", [lambda _s, actor, table: table.id == (actor.id or 0) * 0 + tip[0].id
                                            if actor.id == people["head"].id else None])  # fmt: skip
    for actor in (*people.values(), SYSTEM, Actor(None, "访客")):
        listed = select(Instance.id).where(Instance.id == tip[0].id, secrecy.shown(town.session, actor))
        answer = secrecy.kept_confidential(town.session, Question("view", actor, instance=tip[0]))
        assert (town.session.scalar(listed) is not None) is not answer.reason, actor.name


def test_search_and_inbox_do_not_find_it(town, people, tip):
    assert [each.number for each in cases.search(town.session, people["clerk"], "高仁举报")] == []
    both = Actor(77, "两职", (Grant("clerk", TOWNSHIP), Grant("discipline", TOWNSHIP)))
    assert [each.number for each in cases.search(town.session, both, "高仁举报")] == ["高仁举报2026-0001"]
    offered = inbox(town.session, people["investigator"]).claimable
    assert [each.instance_id for each in offered] != []
    assert tip[0].id not in [each.instance_id for each in offered]
    with pytest.raises(Refused, match="保密"):
        runtime.claim(tip[1].id, people["investigator"])


def test_whoever_sees_it_gives_the_work_to_somebody_who_then_sees_it_too(town, people, tip):
    instance, item = tip
    waiting = inbox(town.session, people["discipline"]).to_assign
    assert [each.item_id for each in waiting] == [item.id]
    assert inbox(town.session, people["director"]).to_assign == []
    assert inbox(town.session, people["elsewhere"]).to_assign == []
    with pytest.raises(Refused):
        runtime.assign(item.id, people["director"], people["investigator"], "调查")
    runtime.assign(item.id, people["discipline"], people["investigator"], "调查")
    assert sees(town, people["investigator"], instance)
    assert [each.item_id for each in inbox(town.session, people["investigator"]).mine] == [item.id]
    assert inbox(town.session, people["discipline"]).to_assign == []
    assert veto.ask(town.session, Question("complete", people["investigator"], instance=instance, item=item))
    runtime.unclaim(item.id, people["investigator"])
    assert not sees(town, people["investigator"], instance)


def test_who_is_accused_is_out_whatever_their_role(town, people, tip, monkeypatch):
    instance, item = tip
    accused = {people["head"].id, people["investigator"].id}
    monkeypatch.setattr(secrecy, "_hides", [])

    @secrecy.hides
    def against(_session, actor, table):
        return table.id == instance.id if actor.id in accused else None

    assert not sees(town, people["head"], instance)
    assert board.board(town.session, Scope(people["head"]), clock.now(), ball.roster(town.session)).cases == 1
    with pytest.raises(Refused, match="保密"):
        runtime.assign(item.id, people["discipline"], people["investigator"], "调查")
    assert sees(town, people["discipline"], instance)


def test_a_clerk_who_finished_their_part_sees_it_no_more(town, people, tip):
    instance, item = tip
    item.holder_id = people["investigator"].id
    town.session.commit()
    assert sees(town, people["investigator"], instance)
    item.state = "completed"
    town.session.commit()
    assert not sees(town, people["investigator"], instance)


def test_no_group_chat_hears_of_it(town, people, tip):
    town.session.add(Robot(kind="wecom", name="群", area="pingluo", url="https://example.invalid/x", kinds=["urge"],
                           created_by="测试", created_at=clock.now()))  # fmt: skip
    ordinary = town.session.scalars(select(WorkItem).where(WorkItem.instance_id != tip[0].id)).first()
    for instance_id in (tip[0].id, ordinary.instance_id):
        enqueue(town.session, kind="urge", subject="请办理", to=[people["discipline"]], instance_id=instance_id,
                now=clock.now())  # fmt: skip
    town.session.commit()
    distribution.distribute(town.session, clock.wall(), 10)
    town.session.commit()
    posts = town.session.scalars(select(Copy).where(Copy.channel == "robot")).all()
    assert len(posts) == 1


def test_an_ordinary_case_costs_no_further_statement(town, people, tip, statements):
    ordinary = town.instance()
    with statements.counted() as count:
        said = secrecy.kept_confidential(town.session, Question("view", people["clerk"], instance=ordinary))
        assert said.reason == ""
    assert len(count.sql) == 0, count
