"""A reason that stands nowhere, or lacks its clause or its figures, does not deploy."""

from __future__ import annotations

import json
from typing import Any

from engine.releases.lint import lint
from tests.support.bpmn import Model, files, form
from tests.support.dmn import table
from tests.support.linting import services

GROUND = {"title": "收入高", "uses": ["refuse"], "text": "人均{{ members }}元，标准{{ parameters.standard|yuan }}元。",
          "clause": "test:1"}  # fmt: skip
OPTIONS = {
    "type": "checklist", "id": "why", "key": "grounds", "label": "理由",
    "values": [{"label": "收入高", "value": "income"}, {"label": "其他", "value": "other"}],
}  # fmt: skip


def found(catalogue: Any = None, **more: bytes) -> list[tuple[str, str, str]]:
    """(file, rule, element) of what is said of reasons and parameters."""
    release = files(Model().start().service("register", "people.register").user("first").end()) | more
    if catalogue is not None:
        release["grounds.json"] = json.dumps(catalogue).encode()
    reports = lint(release, services, parameters=frozenset({"standard"}))
    return [
        (report.file, problem.rule, problem.element)
        for report in reports
        for problem in report.problems
        if problem.rule.startswith("ground") or problem.rule == "parameter-unknown"
    ]


def gathering(code: str) -> bytes:
    return table(
        ["members"], [(["> 3"], [f'"{code}"'])], types=["number"], policy="COLLECT", outputs=["failed_tests"],
        tests=[("a", {"members": "4"}, {"failed_tests": f'"{code}"'}), ("b", {"members": "3"}, {"failed_tests": '""'})],
    )  # fmt: skip


def test_codes_that_stand_in_the_catalogue_are_right() -> None:
    assert found({"income": GROUND}, **{"x.dmn": gathering("income")}) == []


def test_code_of_a_failed_test_that_stands_nowhere_is_named_with_its_row() -> None:
    assert found({"income": GROUND}, **{"x.dmn": gathering("incme")}) == [("x.dmn", "ground-unknown", "r1")]
    assert found(None, **{"x.dmn": gathering("income")}) == [("x.dmn", "ground-unknown", "r1")]


def test_option_that_stands_nowhere_is_named() -> None:
    other = form({"type": "group", "id": "g", "label": "组", "components": [OPTIONS]})
    assert found({"income": GROUND}, **{"forms/x.form": other}) == [("forms/x.form", "ground-unknown", "why")]


def test_sentence_reads_only_what_the_release_gives() -> None:
    strange = {**GROUND, "text": "{{ membres }}{{ parameters.norm }}", "refuted_by": "objections = 0"}
    assert found({"income": strange}) == [
        ("grounds.json", "ground-content", "income"),
        ("grounds.json", "ground-content", "income"),
        ("grounds.json", "parameter-unknown", "income"),
    ]


def test_entry_without_a_clause_is_refused() -> None:
    entry = {key: value for key, value in GROUND.items() if key != "clause"}
    assert ("grounds.json", "ground-content", "income") in found({"income": entry})


def test_tables_that_gather_something_else_need_no_ground() -> None:
    data = gathering("income").replace(b"failed_tests", b"kinds")
    assert found({}, **{"x.dmn": data}) == []
