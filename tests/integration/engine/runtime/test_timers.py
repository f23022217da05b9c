"""Timers of instances: the calendar's instant, fired once, in order, only by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine import clock
from engine.runtime import operations, queries

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)
WAITING = "start s; user a; timer t wait=7d; user b; end e\n s > a > t > b > e"


def test_a_timer_ends_at_the_end_of_its_rolled_day(world):
    """7 days from 2026-02-10 end on the 17th, in the Spring Festival; they roll to the 24th (policy.md §12.3)."""
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        (timer,) = world.timers(world.start())
    assert timer.due_at == clock.end_of(date(2026, 2, 24))
    assert timer.basis["raw"] == "2026-02-17"


def test_a_timer_does_not_fire_before_its_instant(world):
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        (timer,) = world.timers(world.start())
    with clock.at(timer.due_at - timedelta(seconds=1)):
        assert not operations.fire(timer.id)


def test_a_timer_fires_at_exactly_its_instant_and_once(world):
    """SpiffWorkflow compares with `<`: at exactly the due instant nothing fires. Ours does."""
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        instance = world.start()
        (timer,) = world.timers(instance)
    with clock.at(timer.due_at):
        assert operations.fire(timer.id)
        assert not operations.fire(timer.id)
    assert set(world.items(instance)) == {"b"}
    assert world.timers(instance) == []


def test_a_due_timer_does_not_fire_in_passing(world):
    """Touching the instance after the instant has come must not fire its timer: firing is an operation of its own."""
    world.deploy(
        main="""start s; user a; and split; timer t wait=1d; user b; user c; and join; end e
        s > a > split
        split > t > join
        split > b > c > join
        join > e"""
    )
    with clock.at(FEB_10):
        instance = world.start()
        (timer,) = world.timers(instance)
    with clock.at(timer.due_at + timedelta(days=1)):
        world.complete(instance, "b")
        assert [t.id for t in world.timers(instance)] == [timer.id]
        assert operations.fire(timer.id)


def test_a_timer_that_cannot_be_armed_is_an_incident_and_can_be_retried(world):
    """SpiffWorkflow raises in the middle of the step and then forgets the timer."""
    world.deploy(main="start s; user a; timer t wait=never_set; user b; end e\n s > a > t > b > e")
    instance = world.start()
    (incident,) = world.incidents(instance)
    assert incident.kind == "timer"
    assert "never_set" in incident.cause
    assert world.timers(instance) == []
    operations.retry(incident.id, world.zhang)
    assert len(world.incidents(instance)) == 1


def test_due_timers_are_listed_in_due_order(world):
    world.deploy(main="start s; user a; timer t wait=1wd; user b; end e\n s > a > t > b > e")
    ids = {}
    for day in (26, 24, 25):
        with clock.at(FEB_10.replace(day=day)):
            ids[day] = world.timers(world.start())[0].id
    assert queries.due_timers(world.session, FEB_10 + timedelta(days=60)) == [ids[24], ids[25], ids[26]]


def test_a_failing_timer_waits_longer_each_time(world):
    world.deploy(main=WAITING)
    with clock.at(FEB_10):
        (timer,) = world.timers(world.start())
    later = timer.due_at + timedelta(hours=1)
    with clock.at(later):
        operations.timer_failed(timer.id, "数据库暂时不可用")
        assert queries.due_timers(world.session, clock.now()) == []
    with clock.at(later + timedelta(minutes=2)):
        assert queries.due_timers(world.session, clock.now()) == [timer.id]
