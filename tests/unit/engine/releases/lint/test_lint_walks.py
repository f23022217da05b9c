"""Where tokens walk: reachability, circles, joins that starve or fill twice."""

from __future__ import annotations

from engine.releases.lint import soundness
from engine.releases.lint.model import Process
from tests.support.bpmn import Model, files
from tests.support.linting import faults


def test_element_that_nothing_leads_to_is_refused() -> None:
    model = Model().start().user("visit").end().user("island", name="岛")
    model.flows.pop()
    assert ("unreachable", "island") in faults(model)


def test_way_that_never_ends_is_refused() -> None:
    model = Model().start().user("visit").xor("asked").end(default=True).at("asked").user("stuck", when="ok")
    assert faults(model) == [("no-way-out", "stuck")]


def test_a_branch_that_goes_round_for_ever_is_refused() -> None:
    model = Model().start().user("first").xor("asked").end("early", default=True)
    model.at("asked").parallel("split", when="ok").user("a").end().at("split").xor("again").user("b").to("again")
    assert {rule for rule, _ in faults(model)} == {"never-ends", "no-way-out"}


def test_join_of_alternatives_waits_for_ever_and_is_refused() -> None:
    model = Model().start().user("visit").xor("asked").user("a", when="ok").parallel("join").end()
    model.at("asked").user("b", default=True).to("join")
    assert faults(model) == [("deadlock", "join")]


def test_parallel_branches_joined_by_a_choice_run_on_twice_and_are_refused() -> None:
    model = Model().start().parallel("split").user("a").xor("merge").user("after").end()
    model.at("split").user("b").to("merge")
    assert faults(model) == [("two-tokens", "merge")]


def test_branch_that_leaves_a_parallel_part_starves_the_join() -> None:
    model = Model().start().parallel("split").user("a").xor("asked").parallel("join", default=True).end()
    model.at("split").user("b").to("join").at("asked").end("early", when="ok")
    assert faults(model) == [("deadlock", "join")]


def test_parallel_branches_that_each_end_are_right() -> None:
    model = Model().start().parallel("split").user("a").end("a_done").at("split").user("b").end("b_done")
    assert faults(model) == []


def test_nested_parallel_parts_with_choices_inside_are_right() -> None:
    model = Model().start().parallel("split").user("a").xor("asked").user("a_more", when="ok").xor("merge")
    model.parallel("join").end().at("asked").to("merge", default=True)
    model.at("split").parallel("inner").user("b").parallel("inner_join").to("join")
    model.at("inner").user("c").to("inner_join")
    assert faults(model) == []


def test_loop_of_gateways_is_refused() -> None:
    model = Model().start().user("visit").xor("again").xor("asked").end(default=True).at("asked").to("again", when="ok")
    assert faults(model) == [("loop-without-human", "again")]


def test_loop_of_services_and_timers_is_refused() -> None:
    model = Model().start().user("visit").xor("again").service("step", "people.register").timer("week").xor("asked")
    model.end(default=True).at("asked").to("again", when="ok")
    assert faults(model) == [("loop-without-human", "again")]


def test_loop_through_a_call_counts_what_the_called_process_always_asks() -> None:
    caller = Model().start().user("first").xor("again").call("sub", "q").xor("asked")
    caller.end(default=True).at("asked").to("again", when="ok")
    human = Model("q", start=None).start("q_begun").user("visit").end("q_done")
    assert faults(files(caller, human)) == []
    hasty = Model("q", start=None).start("q_begun").xor("q_asked").user("visit", when="ok").end("q_done")
    hasty.at("q_asked").end("q_out", default=True)
    assert faults(files(caller, hasty)) == [("loop-without-human", "again")]


def test_parallel_part_inside_a_loop_is_refused() -> None:
    model = Model().start().xor("again").parallel("split").user("a").parallel("join").xor("asked").end(default=True)
    model.at("split").user("b").to("join").at("asked").to("again", when="ok")
    assert faults(model) == [("loop-parallel", "split")]


def many(branches: int, *, wrong: bool = False) -> Model:
    model = Model().start().parallel("split")
    for number in range(branches):
        model.at("split").user(f"a_{number}").user(f"b_{number}").user(f"c_{number}")
        model.to("join") if number or not wrong else model.end("early")
    return model.parallel("join", linked=False).user("last").end()


def test_twenty_parallel_branches_are_judged_by_making_the_net_smaller() -> None:
    assert faults(many(20)) == []


def test_fault_is_still_found_in_the_smaller_net() -> None:
    model = many(20)
    model.at("split").user("odd").xor("asked").to("join", when="ok").at("asked").end("early", default=True)
    assert faults(model) == [("deadlock", "join")]


def test_smaller_net_keeps_two_tokens_on_one_place() -> None:
    model = Model().start().parallel("split").user("a").user("b").xor("merge").user("after").end()
    model.at("split").user("c").user("d").to("merge")
    net = soundness.build(_read(model))
    assert soundness.explore(soundness.reduce(net), 100).doubled


def test_too_many_ways_are_said_and_not_hung_on() -> None:
    model = Model().start().parallel("split")
    for number in range(16):
        model.at("split").user(f"a_{number}").xor(f"q_{number}").user(f"b_{number}", when="ok").parallel(f"j_{number}")
        model.end(f"e_{number}").at(f"q_{number}").end(f"f_{number}", default=True)
    for number in range(16):
        model.at(f"b_{(number + 1) % 16}").to(f"j_{number}")
    assert {"too-complex", "deadlock", "two-tokens"} & {rule for rule, _ in faults(model)}


def _read(model: Model) -> Process:
    from engine.releases import xml
    from engine.releases.lint.model import read

    return read("p.bpmn", xml.parse(model.xml()), 0).processes[0]
