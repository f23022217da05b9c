"""Lists that would be carried across a parallel split."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import Model, files, form
from tests.support.dmn import table
from tests.support.linting import problems

PEOPLE = {
    "type": "dynamiclist",
    "path": "people",
    "label": "成员",
    "components": [{"type": "textfield", "key": "n", "label": "n"}],
}


def parted(*, parallel: bool = True) -> Model:
    model = Model().start().user("visit", form="list")
    if not parallel:
        return model.end()
    model.parallel("split").user("a").parallel("join").end()
    return model.at("split").user("b").to("join")


def found(release: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(each.element, each.message) for each in problems(release) if each.rule == "list-across-split"]


@pytest.mark.parametrize(
    "field",
    [
        PEOPLE,
        {"type": "checklist", "key": "people", "label": "x", "values": [{"label": "a", "value": "a"}]},
        {"type": "expression", "key": "people", "expression": "=[1, 2]"},
    ],
    ids=["list", "checklist", "expression"],
)
def test_a_list_of_a_form_that_goes_to_the_flow_is_refused_where_branches_part(field: dict[str, Any]) -> None:
    marked = {**field, "properties": {"flow": "true"}}
    ((element, message),) = found(files(parted(), list=form(marked)))
    assert element == "visit"
    assert "“people”" in message
    assert "并行网关“split”" in message
    assert found(files(parted(parallel=False), list=form(marked))) == []
    assert found(files(parted(), list=form(field))) == []


def test_a_split_in_a_called_process_counts() -> None:
    called = Model("q", start=None).start("q_begun").parallel("q_split").user("a").parallel("q_join").end("q_done")
    called.at("q_split").user("b").to("q_join")
    caller = Model().start().user("visit", form="list").call("sub", "q").end()
    release = files(caller, called, list=form({**PEOPLE, "properties": {"flow": "true"}}))
    assert [element for element, _ in found(release)] == ["visit"]


@pytest.mark.parametrize(
    ("result", "lists"),
    [
        ('["a", "b"]', True),
        ("{code: 1}", True),
        ("for i in 1..3 return i", True),
        ("sort([3, 1])", True),
        ('"[a]"', False),
        ("{ total: 1 + 2 }.total", False),
        ("[3, 1][1]", False),
        ("true", False),
        ("if 5 in [1..9] then 1 else 2", False),
    ],
)
def test_a_decision_that_gives_a_list_is_refused_where_branches_part(result: str, lists: bool) -> None:
    model = Model().start().rule("judge", "d").parallel("split").user("a").parallel("join").end()
    model.at("split").user("b").to("join")
    release = {**files(model), "d.dmn": table(["today"], [(["-"], [result])], key="d")}
    assert [element for element, _ in found(release)] == (["judge"] if lists else [])
