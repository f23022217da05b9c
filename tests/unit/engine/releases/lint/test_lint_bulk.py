"""Which tasks may be handed in together."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import Model, boolean, files, form
from tests.support.linting import problems

NOTE = {"type": "textfield", "key": "note", "label": "备注"}


def faults(*fields: dict[str, Any], **properties: str) -> list[str]:
    model = Model().start().user("post", form="sheet", **{"bulk": "yes", **properties}).end()
    found = problems(files(model, sheet=form(*fields)))
    return [each.message for each in found if each.rule == "bulk"]


def test_a_form_that_says_the_same_of_every_case_may_be_filled_in_once() -> None:
    assert faults(NOTE) == []


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (boolean("agreed"), "决定办件往哪里走"),
        ({**NOTE, "properties": {"kind": "person_name"}}, "写的是某一个人"),
        ({**NOTE, "properties": {"prefill": "scheme"}}, "从办件带出"),
        ({"type": "table", "label": "家庭情况", "properties": {"show": "household"}}, "要看办件"),
        ({"type": "dynamiclist", "path": "rows", "label": "各户", "components": [NOTE]}, "逐行填写"),
        ({**NOTE, "key": "grounds"}, "决定办件往哪里走"),
    ],
)
def test_what_is_said_of_one_case_or_decides_it_is_refused(field: dict[str, Any], why: str) -> None:
    (message,) = faults(NOTE | {"key": "other"}, field)
    assert why in message


def test_a_task_that_several_people_sign_is_refused() -> None:
    assert faults(NOTE, people="2") == ["要几个人签字的环节不能合并办理，请去掉 bulk"]


def test_another_value_than_yes_is_refused() -> None:
    (message,) = faults(NOTE, bulk="true")
    assert "只能写 yes" in message
