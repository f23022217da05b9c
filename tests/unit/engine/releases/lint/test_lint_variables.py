"""Names that have a value, or have none, where they are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.runtime.services import Services
from tests.support.bpmn import Model, boolean, files, form, number
from tests.support.linting import faults, problems

SATISFIED = {"clock": "satisfy total"}
OTHER = form(boolean("agreed"))


def test_name_that_nobody_sets_is_refused() -> None:
    model = Model().start().user("visit").xor("asked").end(default=True).at("asked").end("no", when="rejected")
    assert faults(model) == [("name-unset", "asked_to_no")]


def test_name_that_is_set_on_one_way_only_is_refused_with_the_other_way() -> None:
    model = Model().start().user("visit").xor("asked").user("more", form="other", when="ok").xor("merge")
    model.xor("second").end(default=True).at("second").end("no", when="agreed")
    model.at("asked").to("merge", default=True)
    (problem,) = problems(files(model, other=OTHER))
    assert (problem.rule, problem.element) == ("name-unsure", "second_to_no")
    assert "asked → merge" in problem.message


def test_what_both_ways_set_is_known() -> None:
    model = Model().start().user("visit").xor("asked").user("more", form="other", when="ok").xor("merge")
    model.xor("second").end(default=True).at("second").end("no", when="agreed")
    model.at("asked").user("less", form="other", default=True).to("merge")
    assert faults(files(model, other=OTHER)) == []


def test_what_either_parallel_branch_sets_is_known_after_the_join() -> None:
    model = Model().start().parallel("split").user("a").parallel("join").xor("asked").end(default=True)
    model.at("asked").end("no", when="ok and agreed").at("split").user("b", form="other").to("join")
    assert faults(files(model, other=OTHER)) == []


def test_what_a_called_process_sets_at_all_its_ends_is_known_to_the_caller() -> None:
    called = Model("q", start=None).start("q_begun").user("more", form="other").end("q_done")
    caller = Model().start().call("sub", "q").xor("asked").end(default=True).at("asked").end("no", when="agreed")
    assert faults(files(caller, called, other=OTHER)) == []
    called = Model("q", start=None).start("q_begun").user("first").xor("q_asked").user("more", form="other", when="ok")
    called.end("q_done").at("q_asked").end("q_out", default=True)
    assert faults(files(caller, called, other=OTHER)) == [("name-unsure", "asked_to_no")]


def test_what_a_called_process_reads_must_be_there_at_each_call() -> None:
    called = (
        Model("q", start=None).start("q_begun").user("more", form="other").xor("q_asked").end("q_done", default=True)
    )
    called.at("q_asked").end("q_no", when="ok")
    caller = Model().start().user("visit").call("sub", "q").end()
    assert faults(files(caller, called, other=OTHER)) == []
    hasty = Model("r").start("r_begun").call("hasty_sub", "q").end("r_done")
    assert faults(files(caller, called, hasty, other=OTHER)) == [("name-unsure", "q_asked_to_q_no")]


def test_form_reads_what_the_flow_must_have() -> None:
    field = {"type": "textfield", "key": "x", "label": "x", "properties": {"prefill": "amount"}}
    model = Model().start().user("visit", form="reads").end()
    assert faults(files(model, reads=form(field))) == [("name-unset", "visit")]


def test_clock_of_a_service_task_may_read_what_its_operation_gives() -> None:
    model = (
        Model()
        .start()
        .user("visit")
        .service("accept", "people.accept", clock="start total limit")
        .end(properties=SATISFIED)
    )
    assert faults(model) == []
    model = (
        Model()
        .start()
        .user("visit", clock="start total limit")
        .service("accept", "people.accept")
        .end(properties=SATISFIED)
    )
    assert faults(model) == [("name-unsure", "visit")]


def test_today_and_parameters_are_always_known() -> None:
    model = Model().start().user("visit").xor("asked").end(default=True)
    model.at("asked").end("no", when='today > "2026-01-01" and parameters.open')
    assert faults(model, parameters=frozenset({"open"})) == []
    assert faults(model, parameters=frozenset({"shut"})) == [("parameter-unknown", "asked_to_no")]


def test_name_with_two_kinds_is_refused() -> None:
    model = Model().start().user("a", form="one").user("b", form="two").end()
    release = files(model, one=form(boolean("answer")), two=form(number("answer")))
    assert faults(release) == [("name-kinds", "a"), ("name-kinds", "b")]


def test_loop_does_not_make_a_name_known_on_the_first_round() -> None:
    model = Model().start().xor("again").user("visit", due="limit").user("more", form="other").xor("asked")
    model.end(default=True).at("asked").to("again", when="agreed")
    limit = form({"type": "textfield", "key": "limit", "label": "x", "properties": {"flow": "true"}}, boolean("agreed"))
    assert faults(files(model, other=limit)) == [("name-unsure", "visit")]


@dataclass(frozen=True)
class Declared:
    """An operation that declares the values it always gives."""

    name: str
    outputs: dict[str, str]
    fixed: dict[str, object] = field(default_factory=dict)
    title: str = "受理"
    inputs: dict[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    repeat: str = "yes"


def early_end(condition: str) -> tuple[Model, Model]:
    called = (
        Model("q", start=None).start("q_begun").user("visit").xor("q_asked").service("accept", "x.accept", when="ok")
    )
    called.end("q_done").at("q_asked").service("withdraw", "x.withdraw", default=True).end("q_out")
    caller = Model().start().call("sub", "q").xor("accepted_question").end("out", default=True)
    caller.at("accepted_question").xor("second", when=condition).end("small", default=True)
    return caller.at("second").end("large", when='mode = "A"'), called


def registry(**fixed: dict[str, object]) -> Services:
    known = Services()
    known._by_name["x.accept"] = Declared(  # type: ignore[assignment]
        "x.accept", {"accepted": "boolean", "mode": "text"}, fixed.get("accept", {})
    )
    known._by_name["x.withdraw"] = Declared(  # type: ignore[assignment]
        "x.withdraw", {"accepted": "boolean"}, fixed.get("withdraw", {})
    )
    return known


def test_choice_on_a_declared_value_parts_the_cases_that_went_on_from_those_that_ended() -> None:
    known = registry(accept={"accepted": True}, withdraw={"accepted": False})
    assert faults(files(*early_end("accepted")), services=known) == []
    assert faults(files(*early_end("not(accepted)")), services=known) == [("name-unsure", "second_to_large")]


def test_choice_on_values_that_are_not_declared_blames_nobody() -> None:
    assert faults(files(*early_end("accepted")), services=registry()) == []


def test_without_a_choice_the_case_that_ended_early_is_seen() -> None:
    _, called = early_end("accepted")
    hasty = Model().start().call("sub", "q").xor("second").end("small", default=True)
    hasty.at("second").end("large", when='mode = "A"')
    assert faults(files(hasty, called), services=registry()) == [("name-unsure", "second_to_large")]


def test_doubt_about_one_choice_excuses_nothing_that_comes_later() -> None:
    _, called = early_end("accepted")
    later = Model().start().call("sub", "q").xor("accepted_question").end("out", default=True)
    later.at("accepted_question").xor("second", when="accepted").user("more", form="other", default=True).xor("merge")
    later.xor("third").end("small", default=True).at("third").end("large", when="agreed")
    later.at("second").to("merge", when='mode = "A"')
    assert faults(files(later, called, other=OTHER), services=registry()) == [("name-unsure", "third_to_large")]


def test_operation_whose_form_is_filled_on_one_way_only_is_refused() -> None:
    model = Model().start().user("first").xor("asked").user("visit", when="ok").xor("merge")
    model.service("step", "people.read").end().at("asked").to("merge", default=True)
    assert faults(model) == [("reads-unsure", "step")]


def test_clock_that_still_runs_at_an_end_is_refused() -> None:
    model = Model().start().user("visit", clock="start total 30wd").xor("asked").end("one", default=True)
    model.at("asked").end("other", when="ok", properties=SATISFIED)
    assert faults(model) == [("clock-open", "one")]
