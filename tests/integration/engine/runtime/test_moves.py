"""Ending, suspending and resuming a case at any stage: nothing of it stays behind, nothing of it goes on by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.clocks import operations as clock_operations
from engine.clocks import queries as clocks
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused
from engine.holidays import queries as holidays
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.journal.verbs import Verb
from engine.outbox.models import Copy, Message
from engine.parameters import operations as parameters
from engine.people import directory
from engine.rules.veto import forbid, veto
from engine.runtime import operations
from engine.runtime.models import Draft, Incident, Instance, Suspension, WaitingTimer, WorkItem
from engine.runtime.moves import operations as moves
from engine.runtime.recount import find
from registers.board.rows import horizon
from tests.support.together import at_once
from timers import firing
from timers.chores import suspended

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)
CATALOGUE = {
    "total": {"title": "全程", "length": "30wd", "pauses": ["force_majeure"], "ladder": "director@0"},
    "start": {"title": "启动", "length": "3wd"},
}
#: One case in four places at once: a person's task in a call activity, a timer, a parked service, a plain task.
EVERYWHERE = {
    "main": """start s; user a clock=start total; and split; call c process=sub; timer t wait=7d;
        service f do=fail; user b; and join; end e
        s > a > split
        split > c > join
        split > t > join
        split > f > join
        split > b > join
        join > e""",
    "sub": "start s2; user deep ladder=director@0; end e2\n s2 > deep > e2",
}
PLAIN = (
    "start s; user a clock=start total|due=3wd; user b due=5wd|warn=1wd|ladder=director@0; timer t wait=7d; user c; "
    "end e\n s > a > b > t > c > e"
)


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """The township of these tests has two clerks, whom messages find."""
    monkeypatch.setattr(directory, "holders", lambda _s, _role, _area: [])


def end(instance, actor, **given):
    key = instance if isinstance(instance, int) else instance.id
    return moves.end(key, actor, verb=Verb.CASE_ENDED, outcome="withdrawn", **{"reason": "本人不再申请", **given})


def test_a_case_is_ended_wherever_it_stands(world, monkeypatch):
    monkeypatch.setattr(directory, "actor", lambda _s, key: {902: world.li, 901: world.zhang}.get(key))
    world.deploy(CATALOGUE, **EVERYWHERE)
    with clock.at(FEB_10):
        instance = world.start()
        operations.claim(world.items(instance)["deep"].id, world.li)
        operations.save_draft(f"item:{world.items(instance)['b'].id}", world.zhang, {"note": ["半句"]})
        assert len(world.items(instance)) == 2
        assert len(world.timers(instance)) == len(world.incidents(instance)) == 1
    with clock.at(FEB_10 + timedelta(days=1)):
        end(instance, world.zhang)
    found = world.session.get(Instance, instance.id, populate_existing=True)
    assert (found.status, found.outcome, found.stage) == ("cancelled", "withdrawn", "")
    assert found.ended_at == FEB_10 + timedelta(days=1)
    assert world.items(instance) == {}
    assert world.timers(instance) == world.incidents(instance) == []
    states = set(world.session.scalars(select(WorkItem.state).where(WorkItem.instance_id == instance.id)))
    assert states == {"completed", "cancelled"}
    (total,) = clocks.of_case(world.session, instance.id)
    assert (total.ending, total.rung_at) == ("lapsed", None)
    assert clocks.ledger(world.session, instance.id)[total.id][-1].note == "本人不再申请"
    assert world.session.scalars(select(Draft)).one().posted == {"note": ["半句"]}
    # Where it stood stays on the drawing, and the journal tells it.
    assert found.position["sub"]["active"] == ["deep"]
    entry = world.session.scalars(
        select(JournalEntry).where(JournalEntry.instance_id == instance.id).order_by(JournalEntry.seq.desc()).limit(1)
    ).one()
    assert (entry.reason, entry.after["items"]) == ("本人不再申请", ["b", "deep"])
    told = world.session.scalars(select(Copy.name).join(Message).where(Message.kind == "move")).all()
    assert told == ["李四"]
    assert verify(world.session).ok


def test_nothing_of_an_ended_case_goes_on(world):
    world.deploy(CATALOGUE, **EVERYWHERE)
    with clock.at(FEB_10):
        instance = world.start()
        item, timer = world.items(instance)["b"], world.timers(instance)[0]
        incident = world.session.scalars(select(Incident)).one()
        end(instance, world.zhang)
        with pytest.raises(Conflict, match="02月10日 09:00终止"):
            operations.complete(item.id, world.zhang, values={"note": "", "ok": True})
        with pytest.raises(Conflict):
            operations.claim(item.id, world.zhang)
        with pytest.raises(Conflict):
            operations.retry(incident.id, world.zhang)
        with pytest.raises(Conflict, match="不能再变动"):
            end(instance, world.zhang)
        with pytest.raises(Conflict):
            moves.suspend(instance.id, world.zhang, cause="other", reason="x")
    with clock.at(FEB_10 + timedelta(days=60)):
        assert not operations.fire(timer.id)
        assert firing.fire_due() == 0
        assert find(world.session, [instance.id], holidays.current(world.session)) == []


def test_an_end_says_why_and_is_asked_of_the_veto(world, monkeypatch):
    world.deploy(main=PLAIN)
    instance = world.start()
    with pytest.raises(Invalid, match="理由"):
        end(instance, world.zhang, reason="  ")
    with pytest.raises(NotFound):
        moves.end(999, world.zhang, verb=Verb.CASE_ENDED, outcome="x", reason="y")
    seen = []
    monkeypatch.setattr(veto, "_rules", [lambda _s, q: seen.append((q.verb, q.facts)) or forbid("不行")])
    with pytest.raises(Refused):
        end(instance, world.zhang, kind="withdraw", facts={"asked_by_id": 1})
    assert seen == [("move", {"kind": "withdraw", "asked_by_id": 1})]
    assert world.items(instance)


def test_what_fails_within_leaves_the_case_as_it_was(world):
    world.deploy(CATALOGUE, **EVERYWHERE)
    instance = world.start()

    def fail(_deed, _instance):
        raise DoudiError("文书模板缺失。")

    with pytest.raises(DoudiError):
        end(instance, world.zhang, within=fail)
    found = world.session.get(Instance, instance.id, populate_existing=True)
    assert (found.status, set(world.items(instance))) == ("running", {"b", "deep"})
    assert len(world.timers(instance)) == 1


def test_what_was_started_at_a_case_ends_with_it_or_hears_of_it_as_its_kind_says(world, monkeypatch):
    monkeypatch.setattr(directory, "actor", lambda _s, key: {902: world.li}.get(key))
    kinds = {
        "goes": {"start": "linked", "parents": "main", "with_parent": "end"},
        "stays": {"start": "linked", "parents": "main"},
    }
    child = "start s_{0}; user a_{0}; user b_{0}; end e_{0}\n s_{0} > a_{0} > b_{0} > e_{0}"
    world.deploy(properties=kinds, main=PLAIN, goes=child.format("goes"), stays=child.format("stays"))
    parent = world.start()
    goes, stays = (
        operations.start(key, area=parent.area, actor=world.zhang, values={"note": "", "ok": True}, parent_id=parent.id)
        for key in kinds
    )
    operations.claim(world.items(stays)["b_stays"].id, world.li)
    end(parent, world.zhang)
    ended, left = (world.session.get(Instance, each.id, populate_existing=True) for each in (goes, stays))
    assert (ended.status, ended.outcome) == ("cancelled", "parent_ended")
    assert left.status == "running"
    told = world.session.scalars(select(Message).where(Message.instance_id == stays.id)).one()
    assert "已终止" in told.subject


def test_a_crash_before_the_linked_case_ended_is_made_good(world, monkeypatch):
    kinds = {"goes": {"start": "linked", "parents": "main", "with_parent": "end"}}
    world.deploy(properties=kinds, main=PLAIN, goes="start s2; user a2; user b2; end e2\n s2 > a2 > b2 > e2")
    parent = world.start()
    goes = operations.start("goes", area=parent.area, actor=world.zhang, values={"note": "", "ok": True},
                            parent_id=parent.id)  # fmt: skip
    with monkeypatch.context() as patched:
        patched.setattr("engine.transactions._follow", lambda _later: None)
        end(parent, world.zhang)
    assert world.session.get(Instance, goes.id, populate_existing=True).status == "running"
    suspended(lambda: False)
    assert world.session.get(Instance, goes.id, populate_existing=True).status == "cancelled"


def test_withdrawing_and_completing_at_once_one_of_them_comes_second(app, world):
    world.deploy(main=PLAIN)
    for _ in range(4):
        instance = world.start()
        item, key = world.items(instance)["b"].id, instance.id
        world.session.rollback()
        results = at_once(
            app,
            lambda key=key: end(key, world.li),
            lambda item=item: operations.complete(item, world.zhang, values={"note": "", "ok": True}),
        )
        failed = [each for each in results if isinstance(each, Exception)]
        assert all(isinstance(each, Conflict) for each in failed), results
        found = world.session.get(Instance, instance.id, populate_existing=True)
        assert found.status == "cancelled"
        assert world.items(instance) == {}
        assert world.timers(instance) == []
    assert verify(world.session).ok


def test_an_end_and_a_timer_at_once_leave_nothing_behind(app, world):
    world.deploy(CATALOGUE, **{**EVERYWHERE, "main": EVERYWHERE["main"].replace("do=fail", "do=count")})
    with clock.at(FEB_10):
        instance = world.start()
        timer, key = world.timers(instance)[0].id, instance.id
    world.session.rollback()
    with clock.at(FEB_10 + timedelta(days=20)):
        results = at_once(app, lambda: end(key, world.li), lambda: operations.fire(timer))
    assert not [each for each in results if isinstance(each, Exception)], results
    assert world.session.get(Instance, instance.id, populate_existing=True).status == "cancelled"
    assert world.items(instance) == {}
    assert world.timers(instance) == []


# Suspension


@pytest.fixture
def resting(world):
    """A case at `b`, due in five working days, with a clock that may stand still for force majeure only."""
    parameters.load(SYSTEM)
    world.deploy(CATALOGUE, main=PLAIN)
    with clock.at(FEB_10):
        return world.start()


def suspend(instance, actor, **given):
    key = instance if isinstance(instance, int) else instance.id
    return moves.suspend(key, actor, **{"cause": "force_majeure", "reason": "暴雪封路", **given})


def test_while_it_rests_nobody_goes_on_and_everybody_is_told_why(world, resting):
    item = world.items(resting)["b"]
    with clock.at(FEB_10):
        operations.claim(item.id, world.zhang)
        suspend(resting, world.li, until=date(2026, 3, 2))
        for act in (
            lambda: operations.complete(item.id, world.zhang, values={"note": "", "ok": True}),
            lambda: operations.claim(item.id, world.zhang),
        ):
            with pytest.raises(Refused, match=r"自2026年02月10日起中止办理（暴雪封路），最迟到2026年03月02日恢复"):
                act()
        with pytest.raises(Conflict, match="已经中止办理"):
            suspend(resting, world.li)
        operations.unclaim(item.id, world.zhang)
    found = world.session.get(Instance, resting.id, populate_existing=True)
    assert (found.status, found.suspended_at) == ("running", FEB_10)
    message = world.session.scalars(select(Message).where(Message.kind == "move")).one()
    assert "暴雪封路" in message.body


def test_dates_leave_out_the_days_of_the_rest(world, resting):
    before = world.items(resting)["b"]
    assert before.due_at == clock.instant(date(2026, 2, 25))  # 11, 12, 13, 14, 24; from the 15th to the 23rd they rest
    total = world.clocks(resting)["total"].due_at
    with clock.at(FEB_10 + timedelta(days=1)):
        suspend(resting, world.li)
        item = world.items(resting)["b"]
        assert (item.due_at, item.warn_at, item.rung_at) == (None, None, None)
        assert world.clocks(resting)["total"].paused_at == FEB_10 + timedelta(days=1)
        assert firing.next_due(clock.now()) is None or firing.next_due(clock.now()) > horizon(clock.now())
    with clock.at(datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)):
        moves.resume(resting.id, world.li, remark="道路已通")
    item = world.items(resting)["b"]
    # Nothing was counted before the rest began on the 11th: five working days from 2 March on.
    assert item.due_at == clock.instant(date(2026, 3, 7))
    assert item.warn_at == clock.instant(date(2026, 3, 5))
    assert item.rung_at == clock.instant(date(2026, 3, 6))
    assert any("中止办理" in each for each in item.due_basis["why"])
    assert world.clocks(resting)["total"].due_at > total
    assert world.clocks(resting)["total"].paused_at is None
    # The calendar counts it again with the pause, so that a change of the calendar does not bring the days back.
    assert find(world.session, [resting.id], holidays.current(world.session)) == []
    world.complete(resting, "b")


def test_a_rest_within_one_day_changes_no_date(world, resting):
    before = world.items(resting)["b"].due_at
    with clock.at(FEB_10):
        suspend(resting, world.li)
        moves.resume(resting.id, world.li)
    item = world.items(resting)["b"]
    assert (item.due_at, item.version) == (before, item.version)


def test_clocks_that_the_cause_does_not_excuse_run_on_and_are_named(world, resting):
    total = world.clocks(resting)["total"].due_at
    with clock.at(FEB_10):
        suspend(resting, world.li, cause="hospital", reason="住院")
    assert world.clocks(resting)["total"].due_at == total
    message = world.session.scalars(select(Message).where(Message.kind == "move")).one()
    assert "照常计时的期限：全程" in message.body
    entry = world.session.scalars(select(JournalEntry).where(JournalEntry.verb == "leader:case:suspended")).one()
    assert entry.after["runs_on"] == ["全程"]


def test_what_was_late_before_stays_late(world, resting):
    with clock.at(FEB_10 + timedelta(days=30)):
        due = world.items(resting)["b"].due_at
        suspend(resting, world.li)
        assert world.items(resting)["b"].due_at == due
    with clock.at(FEB_10 + timedelta(days=40)):
        moves.resume(resting.id, world.li)
    assert world.items(resting)["b"].due_at == due


def test_a_leaders_own_pause_is_theirs_to_end(world, resting):
    with clock.at(FEB_10):
        clock_operations.pause(world.clocks(resting)["total"].id, world.li, cause="force_majeure", note="x")
        suspend(resting, world.li)
    with clock.at(FEB_10 + timedelta(days=3)):
        moves.resume(resting.id, world.li)
    assert world.clocks(resting)["total"].paused_at == FEB_10


def test_timers_that_came_due_meanwhile_fire_in_their_turn_afterwards(world):
    parameters.load(SYSTEM)
    world.deploy(main="""start s; user a; and split; timer t1 wait=3d; timer t2 wait=5d; user b; user c; and join; end e
        s > a > split
        split > t2 > b > join
        split > t1 > c > join
        join > e""")  # fmt: skip
    with clock.at(FEB_10):
        instance = world.start()
        suspend(instance, world.li)
    ids = [each.id for each in sorted(world.timers(instance), key=lambda each: each.due_at)]
    with clock.at(FEB_10 + timedelta(days=40)):
        assert firing.fire_due() == 0
        assert not operations.fire(ids[0])
        moves.resume(instance.id, world.li)
        assert firing.fire_due() == 2
    fired = world.session.scalars(
        select(JournalEntry).where(JournalEntry.verb == "system:timer:fired").order_by(JournalEntry.seq)
    ).all()
    assert [each.after["timer"] for each in fired] == ["t1", "t2"]
    assert set(world.items(instance)) == {"b", "c"}


def test_a_parked_case_is_not_retried_while_it_rests(world):
    parameters.load(SYSTEM)
    world.deploy(**EVERYWHERE)
    instance = world.start()
    suspend(instance, world.li)
    with pytest.raises(Refused, match="中止办理"):
        operations.retry(world.incidents(instance)[0].id, world.zhang)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"cause": "weather"}, "cause"),
        ({"until": date(2026, 2, 10)}, "until"),
        ({"until": date(2026, 4, 30)}, "until"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_wrong_with_a_rest_is_said_at_its_field(world, resting, given, field):
    with clock.at(FEB_10), pytest.raises(Invalid) as refused:
        suspend(resting, world.li, **given)
    assert [each["field"] for each in refused.value.problems] == [field]
    assert world.session.scalars(select(Suspension)).all() == []


def test_without_a_longest_length_nothing_rests(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.session.rollback()
    with pytest.raises(Invalid, match="事由"):
        suspend(instance, world.li)


def test_a_rest_that_reaches_its_last_day_is_over(world, resting):
    with clock.at(FEB_10):
        suspend(resting, world.li, until=date(2026, 2, 26))
    with clock.at(datetime(2026, 2, 26, 23, 59, tzinfo=clock.ZONE)):
        suspended(lambda: False)
        assert world.session.get(Instance, resting.id, populate_existing=True).suspended_at is not None
    with clock.at(datetime(2026, 2, 27, 0, 0, tzinfo=clock.ZONE)):
        suspended(lambda: False)
    found = world.session.get(Instance, resting.id, populate_existing=True)
    assert found.suspended_at is None
    made = world.session.scalars(select(Suspension).execution_options(populate_existing=True)).one()
    assert (made.ended_by, made.remark) == ("系统", "中止期满，自动恢复。")


def test_a_rest_that_lasts_is_told_every_week(world, resting):
    with clock.at(FEB_10):
        suspend(resting, world.li)
    weekly = select(Message).where(Message.key.like("suspended:%"))
    for days, number in ((6, 0), (7, 1), (8, 1), (14, 2), (15, 2)):
        with clock.at(FEB_10 + timedelta(days=days)):
            moves.recall_suspensions()
        assert len(world.session.scalars(weekly).all()) == number, days


def test_a_resting_case_can_be_ended(world, resting):
    with clock.at(FEB_10):
        suspend(resting, world.li)
        end(resting, world.zhang)
    made = world.session.scalars(select(Suspension).execution_options(populate_existing=True)).one()
    assert made.ended_at is not None
    assert world.session.get(Instance, resting.id, populate_existing=True).suspended_at is None
    with clock.at(FEB_10 + timedelta(days=100)):
        suspended(lambda: False)  # nothing is left to resume


def test_suspending_and_a_timer_at_once_never_lose_the_timer(app, world):
    parameters.load(SYSTEM)
    world.deploy(main="start s; user a; timer t wait=3d; user b; end e\n s > a > t > b > e")
    with clock.at(FEB_10):
        instance = world.start()
        timer, key = world.timers(instance)[0].id, instance.id
    world.session.rollback()
    with clock.at(FEB_10 + timedelta(days=5)):
        results = at_once(app, lambda: suspend(key, world.li), lambda: operations.fire(timer))
        assert not [each for each in results if isinstance(each, Exception)], results
        moves.resume(instance.id, world.li)
        firing.fire_due()
    assert set(world.items(instance)) == {"b"}
    assert world.session.scalars(select(WaitingTimer)).all() == []
