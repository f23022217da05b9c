"""Who starts a case, where, with what: what the lint asks of a process's own properties."""

from __future__ import annotations

import pytest

from engine.releases.loaded import load
from tests.support.bpmn import Model, files
from tests.support.linting import faults, problems


def model(process: str = "p", start: str | None = "case", **properties: str) -> Model:
    made = Model(process, start=start).start().user(f"visit_{process}").end()
    made.properties.update(properties)
    return made


def test_each_way_to_begin_is_known_and_no_other() -> None:
    assert faults(model(start="case")) == []
    assert faults(model(start="system")) == []
    assert faults(model(start="linked", parents="*")) == []
    assert faults(model(start=None)) == []
    assert faults(model(start="yes")) == [("start", "p")]


def test_a_process_needs_no_scheme_since_its_id_stands_for_it() -> None:
    made = model()
    made.properties["scheme"] = None
    assert faults(made) == []


def test_what_only_a_beginning_has_is_refused_without_one() -> None:
    assert faults(model(start=None, starters="clerk")) == [("start", "p")]
    assert faults(model(start=None, opens_with="ground:text")) == [("start", "p")]


def test_a_linked_process_names_parents_that_there_are() -> None:
    assert faults(model(start="linked")) == [("start-parents", "p")]
    assert faults(model(start="case", parents="*")) == [("start-parents", "p")]
    (problem,) = problems(files(model("other"), model(start="linked", parents="othr")))
    assert problem.rule == "start-parents"
    assert "other" in problem.message


def test_roles_of_starters_and_of_those_who_see_are_known() -> None:
    assert faults(model(starters="clerk,discipline", seen_by="discipline,head")) == []
    assert faults(model(starters="clerk,disciplin")) == [("start-role", "p")]
    assert faults(model(seen_by="mayor")) == [("start-role", "p")]


def test_whoever_starts_it_may_do_its_first_task() -> None:
    (problem,) = problems(model(starters="discipline"))
    assert problem.rule == "start-role"
    assert "clerk" in problem.message


def test_people_begin_with_a_form_also_inside_a_called_process() -> None:
    inner = Model("inner", start=None).start().user("visit").end()
    outer = Model("outer", start="case").start().call("stage", "inner").end()
    assert faults(files(outer, inner)) == []
    engine_first = Model(start="case").start().service("count", "people.register").user("visit").end()
    assert faults(engine_first) == [("start-form", "p")]
    circle = Model("a", start="case").start().call("to_b", "b").end(), Model("b", start=None).start().call("to_a", "a")
    assert ("start-form", "a") in faults(files(*circle))


def test_the_heading_and_what_follows_a_parent_are_of_a_closed_list() -> None:
    assert faults(model(group="complaint", with_parent="tell")) == []
    assert faults(model(group="misc")) == [("start-group", "p")]
    assert faults(model(with_parent="forget")) == [("start", "p")]


@pytest.mark.parametrize("text", ["ground", "ground:word", "1st:text", "today:text", "a:text,a:text"])
def test_what_it_begins_with_is_names_with_kinds(text: str) -> None:
    assert {rule for rule, _ in faults(model(opens_with=text))} == {"opens-with"}


def test_what_a_case_begins_with_may_be_read_from_its_first_element_on() -> None:
    def asked(**properties: str) -> Model:
        made = Model(start="system").start().xor("asked").user("visit", default=True).end()
        made.at("asked").end("dead", when='ground = "death"')
        made.properties.update(properties)
        return made

    assert faults(asked()) == [("name-unset", "asked_to_dead")]
    assert faults(asked(opens_with="ground:text")) == []


def test_a_process_that_is_also_called_has_only_what_every_caller_gives() -> None:
    inner = Model("inner", start="system").start().xor("asked").user("visit", default=True).end("over")
    inner.at("asked").end("dead", when='ground = "death"')
    inner.properties["opens_with"] = "ground:text"
    outer = Model("outer", start="case").start().user("first").call("stage", "inner").end()
    assert ("name-unsure", "asked_to_dead") in faults(files(outer, inner))


def test_the_loaded_release_says_the_same() -> None:
    made = model(start="linked", parents="dibao, tekun", starters="clerk,director", seen_by="head", group="change")
    made.properties.update(opens_with="household_id:number, ground:text", with_parent="end")
    process = load("x", files(made)).processes["p"]
    assert (process.begins, process.start, process.starters) == ("linked", False, ("clerk", "director"))
    assert (process.parents, process.seen_by, process.group) == (("dibao", "tekun"), ("head",), "change")
    assert process.opens_with == {"household_id": "number", "ground": "text"}
    assert process.ends_with_parent
    plain = load("y", files(model())).processes["p"]
    assert (plain.starters, plain.seen_by, plain.group, plain.opens_with) == (("clerk",), (), "relief", {})
