"""What SpiffWorkflow 3.2 gets wrong when pressed, held at the façade; each test is named after the fault."""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timedelta

import pytest

from engine import clock
from engine.errors import DoudiError
from engine.runtime.services import Services
from engine.spiff import state
from engine.spiff.flow import Flow
from engine.spiff.parser import parse
from engine.spiff.terms import BpmnWorkflow, TaskState
from tests.support.release import process

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
LOOP = """
    start s; xor again; user a; xor g; end e
    s > again
    again > a > g
    g > again : more
    g > e : default
"""


def flow(now: datetime = NOW) -> Flow:
    return Flow(now, dict, lambda _text, start: {"due": (start + timedelta(days=1)).isoformat(), "basis": {}})


def begin(specs, engine: Flow) -> BpmnWorkflow:
    spec, called = specs
    return BpmnWorkflow(spec, called, script_engine=engine)


def everything(workflow: BpmnWorkflow) -> list:
    return [t for w in (workflow, *workflow.subprocesses.values()) for t in w.tasks.values()]


def run(workflow: BpmnWorkflow) -> None:
    """Engine steps as the runtime does them, without services."""
    while True:
        ready = [t for t in everything(workflow) if t.state == TaskState.READY and not t.task_spec.manual]
        if not ready:
            return
        ready[0].run()
        parent = ready[0].workflow.parent_task_id
        if parent is not None and ready[0].workflow.completed:
            task = workflow.get_task_from_id(parent)
            task.task_spec._update(task)


def people(workflow: BpmnWorkflow) -> list:
    return [t for t in everything(workflow) if t.state == TaskState.READY and t.task_spec.manual]


def test_reordered_keys_are_refused_instead_of_losing_the_open_tasks_data():
    """A store that sorts object keys (jsonb) restores with empty task data and no error: 200 of 200 round trips."""
    specs = parse({"main.bpmn": process("main", "start s; user a; user b; end e\n s > a > b > e")})["main"]
    workflow = begin(specs, flow())
    run(workflow)
    task = people(workflow)[0]
    task.data["amount"] = 78000
    task.run()
    run(workflow)
    stored, _ = state.dump(workflow, set())
    kept, _ = state.load(stored, specs, flow())
    assert people(kept)[0].data == {"amount": 78000}
    dct = json.loads(zlib.decompress(stored))
    dct["tasks"] = dict(reversed(dct["tasks"].items()))
    with pytest.raises(DoudiError, match="顺序"):
        state.load(zlib.compress(json.dumps(dct).encode()), specs, flow())


def test_the_order_of_keys_survives_a_round_trip():
    specs = parse({"main.bpmn": process("main", "start s; user a; user b; end e\n s > a > b > e")})["main"]
    workflow = begin(specs, flow())
    run(workflow)
    stored, _ = state.dump(workflow, {"parked"})
    again, parked = state.load(stored, specs, flow())
    assert state.dump(again, parked)[0] == stored


def test_a_finished_call_activity_leaves_the_state_and_the_flow_goes_on_without_it():
    files = {
        "main.bpmn": process("main", "start s; call sub process=called; user b; end e\n s > sub > b > e"),
        "called.bpmn": process("called", "start s2; user x; end e2\n s2 > x > e2"),
    }
    specs = parse(files)["main"]
    workflow = begin(specs, flow())
    run(workflow)
    people(workflow)[0].data["n"] = 3
    people(workflow)[0].run()
    run(workflow)
    stored, frozen = state.dump(workflow, set())
    assert len(frozen) == 1
    again, _ = state.load(stored, specs, flow())
    assert again.subprocesses == {}
    assert people(again)[0].data == {"n": 3}
    people(again)[0].run()
    run(again)
    assert again.completed


def test_a_ready_task_beyond_depth_1000_is_still_seen():
    """`get_tasks` stops at depth 1000: after 500 rounds of a two-task loop the case is dead. Ours reads the tasks."""
    specs = parse({"main.bpmn": process("main", LOOP)})["main"]
    workflow = begin(specs, flow())
    run(workflow)
    rounds = 0
    while len(workflow.tasks) < 1100:
        task = people(workflow)[0]
        task.data["more"] = True
        task.run()
        run(workflow)
        rounds += 1
    assert len(people(workflow)) == 1
    assert rounds > 200


def test_a_multi_instance_task_restored_on_freshly_parsed_specs_ends():
    """LoopTask connects to its child spec at the first `create_child` of a process; restored elsewhere it hangs."""
    body = process("main", "start s; user a; user b; end e\n s > a > b > e").replace(
        b"</bpmn:extensionElements></bpmn:userTask>",
        b"</bpmn:extensionElements><bpmn:multiInstanceLoopCharacteristics>"
        b"<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>",
        1,
    )

    class Counting(Flow):
        def evaluate(self, task, expression, external_context=None):
            return 2

    def engine() -> Flow:
        return Counting(NOW, dict, lambda _text, _start: {})

    workflow = begin(parse({"main.bpmn": body})["main"], engine())
    run(workflow)
    assert len(people(workflow)) == 2
    stored, _ = state.dump(workflow, set())
    fresh, _ = state.load(stored, parse({"main.bpmn": body})["main"], engine())
    for task in people(fresh):
        task.run()
    run(fresh)
    assert [t.task_spec.name for t in people(fresh)] == ["b"]


def test_scripts_never_run():
    """`execute` is reached by script tasks and by pre- and post-scripts of any task."""
    with pytest.raises(DoudiError, match="脚本"):
        flow().execute(None, "import os")


def test_a_stock_service_call_never_runs():
    """The stock engine turns a failing service into NameError: name 'script' is not defined."""
    with pytest.raises(DoudiError):
        flow().call_service(None, operation_name="x", operation_params={})


def test_the_word_typename_is_refused_in_what_a_service_gives():
    """Data with this key could never be loaded again."""
    with pytest.raises(ValueError, match="typename"):
        Services().service("bad", "坏", outputs={"typename": "text"})


def test_a_timer_fires_at_its_instant_not_after_it():
    """SpiffWorkflow compares with `<`."""
    specs = parse({"main.bpmn": process("main", "start s; timer t wait=1d; user b; end e\n s > t > b > e")})["main"]
    workflow = begin(specs, flow())
    run(workflow)
    stored, _ = state.dump(workflow, set())
    engine = flow(NOW + timedelta(days=1))
    again, _ = state.load(stored, specs, engine)
    (timer,) = [t for t in everything(again) if t.state == TaskState.WAITING]
    engine.let_fire(timer)
    timer.task_spec._update(timer)
    run(again)
    assert [t.task_spec.name for t in people(again)] == ["b"]


def test_an_armed_timer_keeps_its_instant_through_a_round_trip():
    specs = parse({"main.bpmn": process("main", "start s; timer t wait=1d; user b; end e\n s > t > b > e")})["main"]
    workflow = begin(specs, flow())
    run(workflow)
    again, _ = state.load(state.dump(workflow, set())[0], specs, flow(NOW + timedelta(days=9)))
    (timer,) = [t for t in everything(again) if t.state == TaskState.WAITING]
    assert timer.internal_data["event_value"]["due"] == (NOW + timedelta(days=1)).isoformat()
