"""Going back on small drawings: what is undone, what stays, whose hands it comes into, what it may not undo."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import Conflict, Invalid, Refused
from engine.journal.queries import verify
from engine.people import directory
from engine.runtime import operations
from engine.runtime.models import Instance, Submission, WorkItem
from engine.runtime.returns import operations as returns
from engine.runtime.returns import queries
from engine.runtime.services import services
from tests.support.together import at_once

MAR_2 = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
BRANCHES = """start s; user a; and split; user b; user b2; user c; and join; user d; user f; end e
    s > a > split
    split > b > b2 > join
    split > c > join
    join > d > f > e"""
NESTED = {
    "main": """start s; user a; call sub process=inner; user z; end e
        s > a > sub > z > e""",
    "inner": """start is; user b; and isplit; user c; user d; and ijoin; call deep process=deepest; user g; end ie
        is > b > isplit
        isplit > c > ijoin
        isplit > d > ijoin
        ijoin > deep > g > ie""",
    "deepest": "start ds; user h; user i; end de\n ds > h > i > de",
}


@pytest.fixture(autouse=True)
def known(world, monkeypatch):
    """The two clerks have accounts."""
    people = {each.id: each for each in (world.zhang, world.li)}
    monkeypatch.setattr(directory, "actor", lambda _session, key: people.get(key))


def done(world, instance, element):
    """The last finished item of a step."""
    return world.session.scalars(
        select(WorkItem)
        .where(WorkItem.instance_id == instance.id, WorkItem.element_id == element, WorkItem.state == "completed")
        .order_by(WorkItem.id.desc())
        .limit(1)
    ).one()


def back(world, instance, element, to, **more):
    item = world.items(instance)[element]
    more.setdefault("reason", "有误")
    return returns.send_back(item.id, world.zhang, to_item_id=done(world, instance, to).id, **more)


def finish(world, instance):
    """Completes whatever is open until the case is over; how often each step was done from here on."""
    count = Counter()
    for _ in range(30):
        items = world.items(instance)
        if not items:
            break
        element = sorted(items)[0]
        world.complete(instance, element)
        count[element] += 1
    world.session.refresh(instance)
    assert instance.status == "completed", instance.stage
    return count


def test_a_return_opens_the_earlier_step_anew_and_takes_away_what_followed(world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    with clock.at(MAR_2):
        instance = world.start()
        world.complete(instance, "b", note="第一次")
    with clock.at(MAR_2 + timedelta(days=1)):
        made = back(world, instance, "c", "b", reason="身份证号缺一位", marks={"note": "补全"})
    item = world.items(instance)["b"]
    assert set(world.items(instance)) == {"b"}
    assert item.id == made.new_item_id != made.to_item_id
    assert (item.holder_id, item.again_of) == (world.zhang.id, made.to_item_id)
    assert made.marks == [{"field": "note", "label": "备注", "remark": "补全"}]
    assert made.undone == ["b"]
    assert item.due_at == clock.end_of((MAR_2 + timedelta(days=4)).date()), "the step has a term of its own"
    world.complete(instance, "b", note="改正了")
    assert finish(world, instance) == {"c": 1}
    texts = [each.values["note"] for each in world.session.scalars(select(Submission).order_by(Submission.id))]
    assert texts[1:3] == ["第一次", "改正了"]
    assert verify(world.session).ok


@pytest.mark.parametrize("first", ["b", "c"])
@pytest.mark.parametrize("to", ["a", "b", "b2", "c"])
@pytest.mark.parametrize("at", ["d", "f"])
def test_back_into_a_branch_whichever_ended_first_runs_what_follows_once(world, first, to, at):
    """SpiffWorkflow alone runs the steps after the join twice when the branch that ended first is gone back into."""
    world.deploy(main=BRANCHES)
    instance = world.start()
    order = ["b", "b2", "c"] if first == "b" else ["c", "b", "b2"]
    for element in order:
        world.complete(instance, element)
    if at == "f":
        world.complete(instance, "d")
    back(world, instance, at, to)
    assert set(world.items(instance)) == {to}
    again = {"a": {"a", "b", "b2", "c"}, "b": {"b", "b2"}, "b2": {"b2"}, "c": {"c"}}[to]
    assert finish(world, instance) == dict.fromkeys(again | {"d", "f"}, 1)


@pytest.mark.parametrize("to", ["a", "b"])
def test_back_inside_an_open_branch_leaves_the_other_alone(world, to):
    world.deploy(main=BRANCHES)
    instance = world.start()
    world.complete(instance, "b")
    operations.claim(world.items(instance)["c"].id, world.li)
    back(world, instance, "b2", to)
    left = world.items(instance)
    assert set(left) == ({"b", "c"} if to == "b" else {"a"})
    if to == "b":
        assert left["c"].holder_id == world.li.id, "what somebody has in hand in another branch stays in hand"
        operations.unclaim(left["c"].id, world.li)
    finish(world, instance)


ORDER = ["a", "b", "c", "d", "h", "i", "g", "z"]
ALL_WAYS = [(at, to) for at in ("c", "h", "i", "g", "z") for to in ORDER[: ORDER.index(at)]]


@pytest.mark.parametrize(("at", "to"), ALL_WAYS)
def test_back_across_call_activities_even_finished_ones(world, at, to):
    world.deploy(**NESTED)
    instance = world.start()
    for element in ORDER[1 : ORDER.index(at)]:
        world.complete(instance, element)
    back(world, instance, at, to)
    assert to in world.items(instance)
    count = finish(world, instance)
    after = {"a": "abcdhigz", "b": "bcdhigz", "c": "chigz", "d": "dhigz", "h": "higz", "i": "igz", "g": "gz"}[to]
    expected = dict.fromkeys(after, 1)
    if at == "c" and to in ("a", "b"):
        expected |= {"d": 1}
    assert count == expected


def test_back_twice_into_the_same_step_and_after_a_loop(world):
    world.deploy(
        main="""start s; xor again; user a; user b; xor g; user c; end e
        s > again
        again > a > b > g
        g > again : ok = false
        g > c : default
        c > e"""
    )
    instance = world.start()
    world.complete(instance, "b", ok=False)
    world.complete(instance, "a")
    world.complete(instance, "b")
    back(world, instance, "c", "a")
    assert set(world.items(instance)) == {"a"}
    world.complete(instance, "a")
    world.complete(instance, "b")
    back(world, instance, "c", "b")
    assert finish(world, instance) == {"b": 1, "c": 1}


def test_a_timer_that_waited_is_gone_and_is_armed_anew(world):
    world.deploy(main="start s; user a; and split; user b; timer t wait=7d; and join; user c; end e\n"
                 "s > a > split\nsplit > b > join\nsplit > t > join\njoin > c > e")  # fmt: skip
    with clock.at(MAR_2):
        instance = world.start()
        due = world.timers(instance)[0].due_at
        back(world, instance, "b", "a")
        assert not world.timers(instance)
    with clock.at(MAR_2 + timedelta(days=2)):
        world.complete(instance, "a")
        (second,) = world.timers(instance)
    assert second.due_at - due == timedelta(days=2)
    with clock.at(second.due_at):
        assert operations.fire(second.id)
        finish(world, instance)


def test_what_left_the_house_bars_the_way_back(world):
    @services.service("serve", "送达", repeat="bars return")
    def serve(_call):
        return {}

    world.deploy(main="start s; user a; user b; service n do=serve|name=送达通知; user c; user d; end e\n"
                 "s > a > b > n > c > d > e")  # fmt: skip
    instance = world.start()
    world.complete(instance, "b")
    world.complete(instance, "c")
    before = instance.journal_seq
    with pytest.raises(Refused, match="送达通知"):
        back(world, instance, "d", "b")
    assert set(world.items(instance)) == {"d"}
    assert world.session.get(Instance, instance.id, populate_existing=True).journal_seq == before
    ways = {each.item.element_id: each for each in queries.ways(world.session, world.items(instance)["d"])}
    assert list(ways) == ["c", "b", "a"]
    assert not ways["c"].why_not
    assert "送达通知" in ways["b"].why_not
    back(world, instance, "d", "c")
    assert set(world.items(instance)) == {"c"}


def test_a_service_that_may_be_repeated_runs_again(world):
    world.deploy(main="start s; user a; service n do=count; user c; end e\n s > a > n > c > e")
    instance = world.start()
    back(world, instance, "c", "a")
    finish(world, instance)
    assert world.calls == ["n", "n"]
    assert instance.flow["counted"] == 2


def test_no_clock_gains_by_a_return(world):
    clocks = {"total": {"title": "全程", "kind": "legal", "length": "10wd", "clause": "test:1"},
              "check": {"title": "核对", "kind": "service", "length": "5wd", "clause": "test:1"}}  # fmt: skip
    world.deploy(clocks=clocks, main="""start s; user a clock=start total; user b clock=start check;
        user c clock=satisfy check; user d clock=satisfy total; user f; end e
        s > a > b > c > d > f > e""")  # fmt: skip
    with clock.at(MAR_2):
        instance = world.start()
        world.complete(instance, "b")
        due = {name: each.due_at for name, each in world.clocks(instance).items()}
        world.complete(instance, "c")
        world.complete(instance, "d")
        assert {each.ending for each in world.clocks(instance).values()} == {"satisfied"}
    with clock.at(MAR_2 + timedelta(days=3)):
        back(world, instance, "f", "b")
    running = world.clocks(instance)
    assert {name: each.due_at for name, each in running.items()} == due
    assert all(each.ended_at is None for each in running.values())
    with clock.at(MAR_2 + timedelta(days=4)):
        finish(world, instance)
    ended = world.clocks(instance)
    assert set(ended) == {"total", "check"}, "no second clock was started"
    assert {each.due_at for each in ended.values()} == set(due.values())


def test_a_return_is_for_who_has_it_in_hand_and_says_why(world):
    world.deploy(main="start s; user a; user b; end e\n s > a > b > e")
    instance = world.start()
    item, target = world.items(instance)["b"], done(world, instance, "a")
    with pytest.raises(Invalid) as wrong:
        returns.send_back(item.id, world.zhang, to_item_id=target.id, reason="  ")
    assert wrong.value.problems[0]["field"] == "reason"
    with pytest.raises(Invalid):
        returns.send_back(item.id, world.zhang, to_item_id=item.id, reason="x")
    with pytest.raises(Invalid):
        returns.send_back(item.id, world.zhang, to_item_id=target.id, reason="x", marks={"stranger": "?"})
    assert set(world.items(instance)) == {"b"}


# Taking back


def test_ones_last_act_is_taken_back_with_its_date(world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    with clock.at(MAR_2):
        instance = world.start()
        due = world.items(instance)["b"].due_at
        world.complete(instance, "b")
    with clock.at(MAR_2 + timedelta(days=1)):
        returns.take_back(done(world, instance, "b").id, world.zhang)
    item = world.items(instance)["b"]
    assert (item.holder_id, item.due_at) == (world.zhang.id, due)
    with pytest.raises(Conflict):
        returns.take_back(done(world, instance, "a").id, world.li)


def test_an_act_that_led_into_or_out_of_a_call_activity_is_taken_back(world):
    world.deploy(
        main="start s; user a; call sub process=inner; user z; end e\n s > a > sub > z > e",
        inner="start is; user b; user c; end ie\n is > b > c > ie",
    )
    instance = world.start()
    returns.take_back(done(world, instance, "a").id, world.zhang)
    assert set(world.items(instance)) == {"a"}
    for element in ("a", "b", "c"):
        world.complete(instance, element)
    returns.take_back(done(world, instance, "c").id, world.zhang)
    assert set(world.items(instance)) == {"c"}
    assert finish(world, instance) == {"c": 1, "z": 1}


def test_the_last_act_of_a_case_that_is_over_is_not_one_persons_to_undo(world):
    world.deploy(main="start s; user a; user b; end e\n s > a > b > e")
    instance = world.start()
    finish(world, instance)
    with pytest.raises(Conflict, match="重新办理"):
        returns.take_back(done(world, instance, "b").id, world.zhang)
    assert not world.items(instance)


def test_nothing_is_taken_back_after_the_calendar_went_on(world):
    world.deploy(main="start s; user a; timer t wait=7d; user c; end e\n s > a > t > c > e")
    with clock.at(MAR_2):
        instance = world.start()
        (timer,) = world.timers(instance)
    with clock.at(timer.due_at):
        operations.fire(timer.id)
        with pytest.raises(Conflict, match="期满"):
            returns.take_back(done(world, instance, "a").id, world.zhang)


def test_nothing_is_taken_back_once_it_was_opened(world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    instance = world.start()
    world.complete(instance, "b")
    following = world.items(instance)["c"]
    operations.claim(following.id, world.li)
    assert returns.opened(following.id, world.li)
    with pytest.raises(Conflict, match="李四"):
        returns.take_back(done(world, instance, "b").id, world.zhang)
    world.complete(instance, "c", world.li)
    with pytest.raises(Conflict):
        returns.take_back(done(world, instance, "b").id, world.zhang)


def test_what_was_opened_stays_opened_whoever_has_it_now(world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    instance = world.start()
    world.complete(instance, "b")
    following = world.items(instance)["c"].id
    operations.claim(following, world.li)
    assert returns.opened(following, world.li)
    operations.unclaim(following, world.li)
    with pytest.raises(Conflict, match="别人已于"):
        returns.take_back(done(world, instance, "b").id, world.zhang)


def test_opening_and_taking_back_at_once_have_one_winner(app, world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    for _ in range(6):
        instance = world.start()
        world.complete(instance, "b")
        following, mine = world.items(instance)["c"], done(world, instance, "b").id
        operations.claim(following.id, world.li)
        key = following.id
        world.session.rollback()
        taken, seen = at_once(
            app, lambda key=mine: returns.take_back(key, world.zhang), lambda key=key: returns.opened(key, world.li)
        )
        assert isinstance(taken, Conflict) == (seen is True), (taken, seen)
        assert set(world.items(instance)) == ({"c"} if seen is True else {"b"})


def test_a_signature_is_taken_off_while_others_must_sign(world):
    world.deploy(main="start s; user a; user b people=2; end e\n s > a > b > e")
    instance = world.start()
    world.complete(instance, "b")
    item = world.items(instance)["b"]
    returns.withdraw_signature(item.id, world.zhang)
    world.complete(instance, "b", world.li)
    assert set(world.items(instance)) == {"b"}, "one valid signature is not two"
    with pytest.raises(Conflict):
        returns.withdraw_signature(item.id, world.zhang)


# Taking up again


def test_a_finished_case_is_taken_up_at_its_last_step(world):
    clocks = {"total": {"title": "全程", "kind": "legal", "length": "10wd", "clause": "test:1"}}
    main = "start s; user a clock=start total; call sub process=inner; end e\n s > a > sub > e"
    world.deploy(clocks=clocks, main=main,
                 inner="start is; user b; user c; end ie\n is > b > c > ie")  # fmt: skip
    with clock.at(MAR_2):
        instance = world.start()
        due = world.clocks(instance)["total"].due_at
        finish(world, instance)
        returns.reopen(instance.id, world.zhang, reason="漏了一项")
    world.session.refresh(instance)
    assert (instance.status, instance.ended_at, set(world.items(instance))) == ("running", None, {"c"})
    assert world.clocks(instance)["total"].due_at == due
    assert world.clocks(instance)["total"].ended_at is None
    assert finish(world, instance) == {"c": 1}
    with pytest.raises(Conflict):
        returns.reopen(world.start().id, world.zhang, reason="还在办")
