"""Flows, gateways and conditions."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Model, boolean, choice, files, form, number
from tests.support.linting import faults, problems


def question(*conditions: str, default: bool = True) -> Model:
    """A task with `ok`, `amount` and `answer`, then a gateway with these conditions and a default."""
    model = Model().start().user("visit", form="all").xor("asked")
    if default:
        model.end("other", default=True)
    for n, condition in enumerate(conditions):
        model.at("asked").end(f"way_{n}", when=condition)
    return model


def asked(*conditions: str, default: bool = True) -> list[tuple[str, str]]:
    fields = form(boolean("ok"), number("amount"), choice("answer", "yes", "no"))
    return faults(files(question(*conditions, default=default), all=fields))


def test_gateway_whose_conditions_exclude_one_another_is_right() -> None:
    assert asked("ok", 'not(ok) and answer = "yes"') == []
    assert asked("amount > 3", "amount < 2") == []


def test_flow_that_hangs_in_the_air_is_refused() -> None:
    model = Model().start().user("visit").end()
    model.extra = '<bpmn:sequenceFlow id="loose" sourceRef="visit" targetRef="gone"/>'
    assert faults(model) == [("flow-dangling", "loose")]


def test_two_flows_between_the_same_nodes_are_refused() -> None:
    model = question("ok").at("asked").to("way_0", when="not(ok)")
    assert ("flow-twice", "asked") in faults(files(model, all=form(boolean("ok"))))


def test_flow_back_into_its_own_element_is_refused() -> None:
    model = Model().start().user("visit").xor("asked").end(default=True).at("asked").to("asked", when="ok")
    assert ("flow-self", "asked") in faults(model)


def test_task_with_two_ways_out_is_refused() -> None:
    assert ("implicit-split", "visit") in faults(Model().start().user("visit").end().at("visit").end("also"))


def test_task_with_two_ways_in_is_refused_and_an_end_is_not() -> None:
    model = Model().start().user("visit").xor("asked").user("more", when="ok").end("done")
    model.at("asked").to("done", default=True)
    assert faults(model) == []
    model = Model().start().user("visit").xor("asked").user("more", when="ok").user("last").end("done")
    model.at("asked").to("last", default=True)
    assert faults(model) == [("implicit-merge", "last")]


def test_gateway_without_a_default_is_refused() -> None:
    assert asked("ok", "not(ok)", default=False) == [("default-missing", "asked")]


def test_default_that_is_no_flow_of_the_gateway_is_refused() -> None:
    model = question("ok")
    model.defaults["asked"] = "begun_to_visit"
    assert ("default-unknown", "asked") in faults(files(model, all=form(boolean("ok"))))


def test_default_with_a_condition_of_its_own_is_refused() -> None:
    model = Model().start().user("visit").xor("asked").end("yes", when="ok", default=True)
    model.at("asked").end("no", when="not(ok)")
    assert faults(model) == [("default-condition", "asked_to_yes")]


def test_flow_without_a_condition_is_refused() -> None:
    assert ("condition-missing", "asked_to_way_0") in asked("")


def test_condition_on_a_flow_out_of_a_task_is_refused() -> None:
    model = Model().start().user("visit").end(when="ok")
    assert faults(model) == [("condition-misplaced", "visit_to_done")]


def test_gateway_with_one_way_in_and_one_way_out_is_refused() -> None:
    assert faults(Model().start().user("visit").xor("idle").end()) == [("gateway-idle", "idle")]


def test_gateway_that_nothing_leaves_is_refused() -> None:
    model = Model().start().user("visit").xor("asked").end(default=True).at("asked").xor("idle", when="ok")
    assert ("gateway-idle", "idle") in faults(model)


@pytest.mark.parametrize("condition", ["amount == 3", "amount > ", "amount = 'x'", "${ok}", "1 < amount < 3"])
def test_condition_that_is_not_feel_is_refused(condition: str) -> None:
    assert asked(condition) == [("feel", "asked_to_way_0")]


@pytest.mark.parametrize("condition", ['"yes"', "1", "null", "amount", "answer", "amount + 1"])
def test_condition_that_can_never_be_yes_or_no_is_refused(condition: str) -> None:
    assert asked(condition) == [("condition-kind", "asked_to_way_0")]


def test_comparison_of_a_text_with_a_number_is_refused() -> None:
    assert asked("answer > 3") == [("condition-kind", "asked_to_way_0")]


def test_the_same_condition_twice_is_refused() -> None:
    assert asked('answer = "yes"', 'answer  =  "yes"') == [("conditions-overlap", "asked_to_way_0")]


def test_conditions_that_hold_together_are_refused_with_an_example() -> None:
    fields = form(boolean("ok"), number("amount"), choice("answer", "yes", "no"))
    (problem,) = problems(files(question("amount > 10", "amount > 20"), all=fields))
    assert (problem.rule, problem.element) == ("conditions-overlap", "asked_to_way_0")
    assert "amount=21" in problem.message


def test_overlap_of_conditions_on_texts_and_truths_is_found() -> None:
    assert asked("ok", 'answer = "yes"') == [("conditions-overlap", "asked_to_way_0")]
