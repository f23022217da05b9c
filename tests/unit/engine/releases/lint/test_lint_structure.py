"""What a model may be made of."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Model, files
from tests.support.linting import faults, problems


def simple() -> Model:
    return Model().start().user("visit").end()


def test_a_plain_model_has_no_problem() -> None:
    assert faults(simple()) == []


def test_a_model_with_everything_that_is_allowed_has_no_problem() -> None:
    model = Model().start().service("register", "people.register").xor("again").user("visit", people="2")
    model.user("ask", separate="visit", warn="1wd", ladder="director@0,head@+1wd").xor("agreed")
    model.parallel("split", default=True).timer("wait_a_week").parallel("join").end("done")
    model.at("split").user("tell").to("join")
    model.at("agreed").to("again", when="not(ok) and members > 1")
    assert faults(model) == []


def test_file_without_a_process_is_refused() -> None:
    data = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><collaboration/></definitions>'
    assert faults({"a.bpmn": data}) == [("no-process", "a.bpmn")]


def test_two_processes_in_a_file_are_refused() -> None:
    model = simple()
    model.outside = '<bpmn:process id="other" isExecutable="true"/>'
    assert ("several-processes", "p.bpmn") in faults(model)


def test_two_pools_and_message_flows_are_refused() -> None:
    model = simple()
    model.outside = (
        '<bpmn:collaboration id="c"><bpmn:participant id="a" processRef="p"/><bpmn:participant id="b"/>'
        '<bpmn:messageFlow id="m" sourceRef="a" targetRef="b"/></bpmn:collaboration>'
    )
    assert faults(model) == [("event-kind", "m"), ("several-processes", "p.bpmn")]


def test_process_that_is_not_executable_is_refused() -> None:
    model = simple()
    model.attributes = {}
    assert faults(model) == [("not-executable", "p")]


def test_process_without_a_start_is_refused() -> None:
    assert ("start-missing", "p") in faults(Model().user("visit").end())


def test_process_with_two_starts_is_refused() -> None:
    model = simple().start("second").xor("merge")
    assert ("start-several", "p") in faults(model)


def test_process_without_an_end_is_refused() -> None:
    assert ("end-missing", "p") in faults(Model().start().user("visit"))


def test_flow_into_a_start_and_out_of_an_end_is_refused() -> None:
    model = simple().to("begun")
    assert {("start-incoming", "begun"), ("end-outgoing", "done")} <= set(faults(model))


@pytest.mark.parametrize("tag", ["task", "manualTask", "scriptTask", "sendTask", "receiveTask"])
def test_task_of_a_kind_that_nobody_performs_is_refused(tag: str) -> None:
    model = Model().start().node(tag, "step").user("visit").end()
    assert ("task-kind", "step") in faults(model)


@pytest.mark.parametrize("tag", ["inclusiveGateway", "eventBasedGateway", "complexGateway"])
def test_gateway_of_an_odd_kind_is_refused(tag: str) -> None:
    model = Model().start().node(tag, "choice").user("visit").end()
    assert ("gateway-kind", "choice") in faults(model)


@pytest.mark.parametrize("tag", ["subProcess", "transaction", "adHocSubProcess"])
def test_subprocess_inside_a_process_is_refused(tag: str) -> None:
    model = Model().start().node(tag, "inner").user("visit").end()
    assert ("subprocess", "inner") in faults(model)


def test_event_subprocess_is_refused_and_not_called_unreachable() -> None:
    model = simple()
    model.node("subProcess", "inner", linked=False, triggeredByEvent="true")
    assert faults(model) == [("subprocess", "inner")]


@pytest.mark.parametrize(
    "definition", ["message", "signal", "conditional", "compensate", "link", "error", "escalation", "terminate"]
)
def test_event_that_waits_for_something_else_than_time_is_refused(definition: str) -> None:
    inner = f'<bpmn:{definition}EventDefinition id="d"/>'
    caught = Model().start().node("intermediateCatchEvent", "caught", inner=inner).user("visit").end()
    assert ("event-kind", "caught") in faults(caught)
    assert ("event-kind", "done") in faults(Model().start().user("visit").end(inner=inner))
    assert ("event-kind", "begun") in faults(Model().start(inner=inner).user("visit").end())


def test_boundary_timer_is_refused() -> None:
    model = simple()
    model.node(
        "boundaryEvent", "late", linked=False, attachedToRef="visit", inner='<bpmn:timerEventDefinition id="t"/>'
    ).end("too_late")
    assert faults(model) == [("boundary-event", "late")]


@pytest.mark.parametrize("tag", ["multiInstanceLoopCharacteristics", "standardLoopCharacteristics"])
def test_loop_marker_is_refused_and_people_advised(tag: str) -> None:
    model = Model().start().user("visit").call("many", "p", inner=f"<bpmn:{tag}/>").end()
    (problem,) = [each for each in problems(model) if each.rule == "multi-instance"]
    assert problem.element == "many"
    assert "people" in problem.message


def test_compensation_is_refused() -> None:
    model = Model().start().user("visit").service("undo", "people.register").end()
    tag, attributes, *rest = model._parts["undo"]
    model._parts["undo"] = (tag, {**attributes, "isForCompensation": "true"}, *rest)
    assert faults(model) == [("compensation", "undo")]


@pytest.mark.parametrize("tag", ["preScript", "postScript"])
def test_script_before_or_after_a_task_is_refused(tag: str) -> None:
    script = f"<spiffworkflow:{tag}>import os</spiffworkflow:{tag}>"
    assert faults(Model().start().user("visit").call("step", "q", extension=script).end()) == [
        ("call-unknown", "step"),
        ("script", "step"),
    ]


def test_data_objects_are_refused() -> None:
    model = simple()
    model.extra = '<bpmn:dataObject id="data"/><bpmn:dataObjectReference id="seen" dataObjectRef="data"/>'
    assert faults(model) == [("data-object", "data"), ("data-object", "seen")]


@pytest.mark.parametrize("tag", ["timeDuration", "timeCycle", "timeDate"])
def test_time_written_into_a_timer_is_refused_and_wait_advised(tag: str) -> None:
    inner = f'<bpmn:timerEventDefinition id="t"><bpmn:{tag}>P7D</bpmn:{tag}></bpmn:timerEventDefinition>'
    model = Model().start().user("visit")
    model.node("intermediateCatchEvent", "week", inner=inner, properties={"wait": "7d"}).end()
    (problem,) = problems(model)
    assert (problem.rule, problem.element) == ("timer-definition", "week")
    assert "wait" in problem.message


def test_a_process_too_large_for_the_engine_is_refused() -> None:
    model = Model().start().user("first")
    for number in range(500):
        model.service(f"step_{number}", "people.register")
    assert ("process-large", "p") in faults(model.end())


def test_element_that_is_not_drawn_is_refused() -> None:
    model = simple()
    model.drawn = False
    assert faults(model) == [("diagram-missing", "p.bpmn")]
    data = simple().xml().replace(b'bpmnElement="visit"', b'bpmnElement="gone"')
    assert faults(files() | {"p.bpmn": data}) == [("diagram-missing", "visit")]


def test_every_problem_is_said_at_once() -> None:
    model = Model().start("Start").user("visit", role="wizard", form="gone", due="3").end("End")
    assert {rule for rule, _ in faults(model)} >= {"id-reserved", "role-unknown", "form-unknown", "length"}


def test_every_message_is_chinese_and_names_no_traceback() -> None:
    model = Model().start("Start").node("task", "a").xor("b").user("visit", role="wizard").end()
    for problem in problems(model):
        assert any("一" <= letter <= "鿿" for letter in problem.message)
        assert "Traceback" not in problem.message
