"""Ids, and what SpiffWorkflow does with some of them."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Model, files
from tests.support.linting import faults


def test_start_event_called_Start_is_refused() -> None:
    assert faults(Model().start("Start").user("visit").end()) == [("id-reserved", "Start")]


@pytest.mark.parametrize(
    "key",
    [
        "End",
        "Root",
        "StartEventSplit",
        "StartEventJoin",
        "p.EndJoin",
        "visit.BoundaryEventSplit",
        "x.BoundaryEventJoin",
        "visit [child]",
        "typename",
    ],
)
def test_user_task_with_a_word_of_SpiffWorkflow_as_its_id_is_refused(key: str) -> None:
    assert ("id-reserved", key) in faults(Model().start().user(key).end())


def test_process_called_Root_is_refused() -> None:
    assert ("id-reserved", "Root") in faults(Model("Root").start().user("visit").end())


@pytest.mark.parametrize("key", ["Activity_0x1", "home-visit", "2nd", "入户调查", "_visit", "a" * 81])
def test_id_that_is_not_lower_snake_case_is_refused(key: str) -> None:
    assert ("id-form", key) in faults(Model().start().user(key).end())


def test_element_without_an_id_is_refused() -> None:
    data = Model().start().user("visit").end().xml().replace(b'<bpmn:userTask id="visit"', b"<bpmn:userTask")
    assert any(rule == "id-missing" and "用户任务" in element for rule, element in faults(files() | {"p.bpmn": data}))


def test_id_that_stands_twice_in_a_file_is_refused() -> None:
    model = Model().start().user("visit").end()
    model.extra = '<bpmn:textAnnotation id="visit"/>'
    assert faults(model) == [("id-duplicate", "visit")]


def test_user_task_id_that_stands_in_another_process_is_refused() -> None:
    one, other = (Model(key).start().user("visit").end(f"{key}_done") for key in ("p", "q"))
    assert faults(files(one, other)) == [("id-duplicate", "visit")]


def test_process_id_that_stands_in_another_file_is_refused() -> None:
    model = Model().start().user("visit").end()
    assert ("id-duplicate", "p") in faults(files(model) | {"again.bpmn": model.xml()})


def test_user_task_without_a_name_is_refused() -> None:
    assert faults(Model().start().user("visit", name="").end()) == [("name-missing", "visit")]
