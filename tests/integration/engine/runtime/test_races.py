"""Several people at once: the lock decides, nothing is half done, nothing is done twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import func, select

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Conflict
from engine.journal.queries import verify
from engine.runtime import operations
from engine.runtime.models import Instance, Submission, WorkItem
from tests.support.together import at_once

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)


def test_eight_clicks_on_one_item_complete_it_once(app, world):
    world.deploy(main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    instance = world.start()
    item = world.items(instance)["b"].id
    world.session.rollback()
    answer = {"note": "好", "ok": True}
    results = at_once(app, *[lambda: operations.complete(item, world.zhang, values=answer)] * 8)
    assert sum(not isinstance(each, Exception) for each in results) == 1
    assert all(isinstance(each, Conflict) for each in results if isinstance(each, Exception)), results
    made = select(func.count()).select_from(Submission).where(Submission.element_id == "b")
    assert world.session.scalar(made) == 1
    assert set(world.items(instance)) == {"c"}


def test_two_branches_of_one_case_do_not_lose_each_other(app, world):
    world.deploy(
        main="""start s; user a; and split; user b; user c; and join; user d; end e
        s > a > split
        split > b > join
        split > c > join
        join > d > e"""
    )
    instance = world.start()
    items = {name: item.id for name, item in world.items(instance).items()}
    world.session.rollback()
    answer = {"note": "", "ok": True}
    results = at_once(
        app,
        lambda: operations.complete(items["b"], world.zhang, values=answer),
        lambda: operations.complete(items["c"], world.li, values=answer),
    )
    assert not [each for each in results if isinstance(each, Exception)], results
    assert set(world.items(instance)) == {"d"}
    assert verify(world.session).ok


def test_twenty_clerks_share_two_hundred_items_and_each_is_done_once(app, world):
    """Everybody takes from the top of the same list, as at the beginning of a day."""
    world.deploy(
        main="""start s; user a; and split; user b; user c; and join; user d; end e
        s > a > split
        split > b > join
        split > c > join
        join > d > e"""
    )
    for _ in range(100):
        world.start()
    world.session.rollback()
    clerks = [Actor(800 + number, f"办事员{number}", world.zhang.grants) for number in range(20)]
    waiting = select(WorkItem.id).where(WorkItem.state == "open", WorkItem.holder_id.is_(None))
    top = waiting.where(WorkItem.element_id.in_(("b", "c"))).order_by(WorkItem.id).limit(10)

    def work(clerk, random):
        done, late = 0, []
        while True:
            found = db.session.scalars(top).all()
            db.session.rollback()
            if not found:
                return done, late
            item = random.choice(found)
            try:
                operations.claim(item, clerk)
            except Conflict as conflict:
                late.append(conflict.message)
                continue
            operations.complete(item, clerk, values={"note": clerk.name, "ok": True})
            done += 1

    results = at_once(app, *[partial(work, clerk, Random(clerk.id)) for clerk in clerks])  # noqa: S311 -- whose turn
    assert not [each for each in results if isinstance(each, Exception)], results
    assert sum(done for done, _ in results) == 200
    late = [message for _, each in results for message in each]
    assert late, "nobody met anybody: this proves nothing"
    assert all("已由办事员" in message for message in late), late
    times = select(Submission.element_id, func.count(), func.count(Submission.instance_id.distinct()))
    told = world.session.execute(times.group_by(Submission.element_id).order_by(Submission.element_id)).all()
    assert [tuple(row) for row in told] == [("a", 100, 100), ("b", 100, 100), ("c", 100, 100)]
    left = select(WorkItem.element_id, func.count()).where(WorkItem.state == "open").group_by(WorkItem.element_id)
    assert [tuple(row) for row in world.session.execute(left)] == [("d", 100)]
    assert verify(world.session).ok


def test_a_clerk_and_a_timer_on_one_case_both_get_through(app, world):
    world.deploy(
        main="""start s; user a; and split; timer t wait=1wd; user b; and join; user d; end e
        s > a > split
        split > t > join
        split > b > join
        join > d > e"""
    )
    with clock.at(FEB_10):
        instance = world.start()
    item, timer = world.items(instance)["b"].id, world.timers(instance)[0]
    key, due = timer.id, timer.due_at
    world.session.rollback()
    with clock.at(due + timedelta(hours=9)):
        results = at_once(
            app,
            lambda: operations.complete(item, world.zhang, values={"note": "", "ok": True}),
            lambda: operations.fire(key),
        )
        assert not [each for each in results if isinstance(each, Exception)], results
        if results[1] is False:  # The clerk held the case at that moment; the next sweep fires it.
            assert operations.fire(key)
    assert set(world.items(instance)) == {"d"}
    assert world.timers(instance) == []


def test_six_sweeps_fire_a_timer_once(app, world):
    world.deploy(main="start s; user a; timer t wait=1wd; user b; end e\n s > a > t > b > e")
    with clock.at(FEB_10):
        instance = world.start()
    timer = world.timers(instance)[0]
    key, due = timer.id, timer.due_at
    before = instance.journal_seq
    world.session.rollback()
    with clock.at(due):
        results = at_once(app, *[lambda: operations.fire(key)] * 6)
    assert [each for each in results if each is True] == [True], results
    assert world.session.get(Instance, instance.id, populate_existing=True).journal_seq == before + 1


def test_four_retries_of_one_incident_run_it_once(app, world):
    world.deploy(main="start s; user a; service x do=fail; user b; end e\n s > a > x > b > e")
    instance = world.start()
    key = world.incidents(instance)[0].id
    world.session.rollback()
    results = at_once(app, *[lambda: operations.retry(key, world.zhang)] * 4)
    assert sum(not isinstance(each, Exception) for each in results) == 1, results
    assert world.calls == ["x", "x"], "once at first, once for the retry that won"
    assert len(world.incidents(instance)) == 1


def test_an_incident_whose_task_is_over_can_still_be_closed(world):
    """A due date could not be worked out; the item was completed all the same and its call activity is over."""
    world.deploy(
        main="start s; user a; call sub process=called; user b; end e\n s > a > sub > b > e",
        called="start s2; user x due=nobody; end e2\n s2 > x > e2",
    )
    instance = world.start()
    (incident,) = world.incidents(instance)
    world.complete(instance, "x")
    operations.retry(incident.id, world.zhang)
    assert world.incidents(instance) == []
    assert set(world.items(instance)) == {"b"}
