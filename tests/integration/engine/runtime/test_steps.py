"""How an instance steps: what is written, what a failure leaves, what a second click does."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.errors import Conflict, Invalid
from engine.journal.models import JournalEntry
from engine.runtime import operations
from engine.runtime.models import FrozenSubprocess, Instance, Signature, Submission, WorkItem
from engine.runtime.services import services

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)
PLAIN = """
    start s; user a; user b; end e
    s > a > b > e
"""


def test_a_started_instance_has_its_form_and_the_next_work_item(world):
    world.deploy(main=PLAIN)
    with clock.at(FEB_10):
        instance = world.start(note="第一份")
    submission = world.session.scalars(select(Submission)).one()
    assert submission.values == {"note": "第一份", "ok": True}
    item = world.items(instance)["b"]
    assert (item.role, item.area) == ("clerk", "pingluo/gaoren")
    assert item.due_at == clock.instant(date(2026, 2, 14))  # 3 working days: 11, 12, 13; until 24:00
    assert instance.position["main"] == {"active": ["b"], "done": ["s", "a"], "flows": [["s", "a"]]}


def test_only_declared_scalars_reach_the_flow(world):
    world.deploy(main=PLAIN)
    assert world.start(note="不进流程").flow == {"ok": True}


def test_a_form_with_problems_changes_nothing(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    before = instance.journal_seq
    item = world.items(instance)["b"]
    with pytest.raises(Invalid) as refused:
        operations.complete(item.id, world.zhang, posted={"ok": ["maybe"], "stranger": ["x"]})
    assert {p["field"] for p in refused.value.problems} == {"ok", "stranger"}
    assert world.items(instance)["b"].state == "open"
    assert world.session.get(Instance, instance.id, populate_existing=True).journal_seq == before
    assert world.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_second_click_is_a_conflict_that_says_who_and_when(world):
    world.deploy(main=PLAIN)
    with clock.at(FEB_10):
        instance = world.start()
        item = world.items(instance)["b"]
        operations.complete(item.id, world.zhang, values={"note": "", "ok": True})
        with pytest.raises(Conflict, match="张三于02月10日 09:00办结"):
            operations.complete(item.id, world.zhang, values={"note": "", "ok": True})
    assert world.session.scalar(select(func.count()).select_from(Submission)) == 2


def test_a_stale_version_is_a_conflict(world):
    world.deploy(main=PLAIN)
    item = world.items(world.start())["b"]
    seen = item.version
    operations.claim(item.id, world.li)
    operations.unclaim(item.id, world.li)
    with pytest.raises(Conflict, match="有了变化"):
        operations.complete(item.id, world.zhang, values={"note": "", "ok": True}, version=seen)


def test_what_somebody_else_holds_cannot_be_completed(world):
    world.deploy(main=PLAIN)
    item = world.items(world.start())["b"]
    operations.claim(item.id, world.li)
    with pytest.raises(Conflict, match="李四"):
        operations.complete(item.id, world.zhang, values={"note": "", "ok": True})


def test_every_operation_writes_one_entry_in_a_chain(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    item = world.items(instance)["b"]
    operations.claim(item.id, world.zhang)
    world.complete(instance, "b")
    entries = world.session.scalars(
        select(JournalEntry).where(JournalEntry.stream == instance.stream).order_by(JournalEntry.seq)
    ).all()
    assert [e.verb for e in entries] == ["clerk:case:applied", "actor:item:claimed", "actor:item:completed"]
    assert [e.prev for e in entries] == ["", entries[0].hash, entries[1].hash]


def test_two_people_sign_one_item(world):
    world.deploy(main="start s; user a; user b people=2; end e\n s > a > b > e")
    instance = world.start()
    first = world.complete(instance, "b", note="所见")
    assert not first.finished
    assert first.item.holder_id is None
    second = world.complete(instance, "b", world.li, note="所见")
    assert second.finished
    signed = world.session.scalars(select(Signature).where(Signature.element_id == "b")).all()
    assert [(s.actor_name, s.valid) for s in signed] == [("张三", True), ("李四", True)]
    assert len({s.submission_id for s in signed}) == 1


def test_a_changed_figure_voids_the_first_signature(world):
    world.deploy(main="start s; user a; user b people=2; end e\n s > a > b > e")
    instance = world.start()
    world.complete(instance, "b", note="三百元")
    changed = world.complete(instance, "b", world.li, note="五百元")
    assert not changed.finished
    again = world.complete(instance, "b", note="五百元")
    assert again.finished
    valid = world.session.scalars(select(Signature).where(Signature.element_id == "b", Signature.valid)).all()
    assert {s.actor_name for s in valid} == {"张三", "李四"}


def test_one_person_cannot_sign_twice(world):
    world.deploy(main="start s; user a; user b people=2; end e\n s > a > b > e")
    instance = world.start()
    world.complete(instance, "b")
    with pytest.raises(Conflict, match="已经签"):
        world.complete(instance, "b")


def test_a_failing_service_parks_the_case_and_keeps_the_act(world):
    world.deploy(main="start s; user a; user b; service x do=fail; user c; end e\n s > a > b > x > c > e")
    instance = world.start()
    outcome = world.complete(instance, "b", note="已办")
    assert outcome.finished
    assert [(i.element_id, i.kind) for i in world.incidents(instance)] == [("x", "service")]
    assert "磁盘已满" in world.incidents(instance)[0].cause
    assert world.session.scalar(select(func.count()).select_from(Submission)) == 2
    assert world.items(instance) == {}


def test_a_failed_service_leaves_no_row_of_its_own(world):
    world.deploy(main="start s; user a; service x do=half; end e\n s > a > x > e")

    @services.service("half", "写到一半")
    def half(call):
        call.session.add(WorkItem(**_stray(call)))
        call.session.flush()
        raise RuntimeError("写到一半出错")

    instance = world.start()
    assert world.session.scalar(select(func.count()).where(WorkItem.name == "多余")) == 0
    assert len(world.incidents(instance)) == 1


def _stray(call):
    return {
        "instance_id": call.instance.id,
        "task_id": "stray",
        "process_id": "main",
        "element_id": "stray",
        "name": "多余",
        "role": "clerk",
        "area": "x",
        "form": "note",
        "created_at": call.now,
    }


def test_retry_runs_the_parked_element_and_goes_on(world):
    world.deploy(main="start s; user a; service x do=fail; user c; end e\n s > a > x > c > e")
    instance = world.start()
    (incident,) = world.incidents(instance)

    @services.service("fail", "修好了")
    def mended(call):
        return {}

    operations.retry(incident.id, world.zhang)
    assert world.incidents(instance) == []
    assert set(world.items(instance)) == {"c"}


def test_a_retry_that_fails_again_opens_a_new_incident(world):
    world.deploy(main="start s; user a; service x do=fail; end e\n s > a > x > e")
    instance = world.start()
    (incident,) = world.incidents(instance)
    operations.retry(incident.id, world.zhang)
    (again,) = world.incidents(instance)
    assert again.id != incident.id


def test_the_sibling_branch_goes_on_while_one_is_parked(world):
    world.deploy(
        main="""start s; user a; and split; service x do=fail; user b; and join; end e
        s > a > split
        split > x > join
        split > b > join
        join > e"""
    )
    instance = world.start()
    assert set(world.items(instance)) == {"b"}
    world.complete(instance, "b")
    assert world.calls == ["x"], "the parked service must not run again on an act in a sibling branch"
    assert len(world.incidents(instance)) == 1


def test_a_condition_without_its_variable_is_an_incident(world):
    world.deploy(
        main="""start s; user a; xor g; user b; end e; end f
        s > a > g
        g > b : missing = 1
        g > f : default
        b > e"""
    )
    instance = world.start()
    (incident,) = world.incidents(instance)
    assert incident.kind == "expression"
    assert "missing" in incident.cause


def test_a_condition_that_is_text_is_an_incident_not_a_yes(world):
    world.deploy(
        main="""start s; user a; xor g; user b; end e; end f
        s > a > g
        g > b : "false"
        g > f : default
        b > e"""
    )
    (incident,) = world.incidents(world.start())
    assert "是或否" in incident.cause


def test_a_gateway_loop_is_stopped_as_an_incident(world):
    world.deploy(
        main="""start s; user a; xor g; xor h; end e
        s > a > g
        g > h
        h > g : ok
        h > e : default"""
    )
    instance = world.start()
    (incident,) = world.incidents(instance)
    assert incident.kind == "loop"


def test_a_due_that_cannot_be_worked_out_is_an_incident_and_the_item_stays(world):
    world.deploy(main="start s; user a; user b due=nobody; end e\n s > a > b > e")
    instance = world.start()
    assert set(world.items(instance)) == {"b"}
    (incident,) = world.incidents(instance)
    assert "nobody" in incident.cause
    assert world.complete(instance, "b").finished


def test_a_service_that_gives_what_it_did_not_declare_is_an_incident(world):
    world.deploy(main="start s; user a; service x do=odd; end e\n s > a > x > e")

    @services.service("odd", "多给", outputs={"n": "number"})
    def odd(call):
        return {"n": 1, "typename": "UUID"}

    assert "未声明" in world.incidents(world.start())[0].cause


def test_a_service_that_gives_the_wrong_kind_is_an_incident(world):
    world.deploy(main="start s; user a; service x do=odd; end e\n s > a > x > e")

    @services.service("odd", "给错", outputs={"n": "number"})
    def odd(call):
        return {"n": True}

    assert len(world.incidents(world.start())) == 1


def test_an_engine_fault_keeps_the_act_and_parks_the_engine_part(world, monkeypatch):
    world.deploy(main="start s; user a; user b; service x do=count; end e\n s > a > b > x > e")
    instance = world.start()
    from engine.spiff.specs import ServiceTask

    def broken(self, my_task):
        raise TypeError("内部错误")

    monkeypatch.setattr(ServiceTask, "_run_hook", broken)
    assert world.complete(instance, "b").finished
    (incident,) = world.incidents(instance)
    assert incident.kind == "engine"
    assert world.session.scalar(select(func.count()).select_from(Submission)) == 2


def test_finished_call_activities_leave_the_state(world):
    world.deploy(
        main="start s; user a; call sub process=called; user b; end e\n s > a > sub > b > e",
        called="start s2; user x; user y; end e2\n s2 > x > y > e2",
    )
    instance = world.start()
    world.complete(instance, "x")
    world.complete(instance, "y")
    frozen = world.session.scalars(select(FrozenSubprocess)).all()
    assert len(frozen) == 1
    outcome = world.complete(instance, "b")
    assert (outcome.instance.status, outcome.instance.outcome) == ("completed", "e")


def test_a_case_keeps_the_release_that_it_began_on(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.deploy(main="start s; user a; user other; end e\n s > a > other > e")
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert set(world.items(instance)) == {"b"}
        assert world.complete(instance, "b").instance.outcome == "e"
