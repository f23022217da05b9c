"""Mandatory steps: skipped in the process itself, in a called one, in parallel, after a loop; never blamed wrongly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.runtime.services import OF_PROCESS, ServiceCall, Services
from engine.statutes import rules
from tests.support.bpmn import Model, boolean, choice, files, form
from tests.support.linting import problems

OURS = {
    "mandatory",
    "mandatory-missing",
    "mandatory-weaker",
    "step-skipped",
    "step-owed",
    "step-again",
    "people-few",
    "people-mixed",
    "letter-plain",
    "seen-by",
    "too-complex",
}
LETTER = "{{#\ntitle: 告知书\nkind: letter\nmark: {mark}\n{more}#}}<p>x</p>"


def _nothing(_: ServiceCall) -> dict[str, Any]:
    return {}


def registry() -> Services:
    known = Services()
    for name, outputs, fixed in (
        ("people.register", {"scheme": "text"}, {"scheme": OF_PROCESS}),
        ("people.accept", {"accepted": "boolean", "shown": "boolean"}, {"accepted": True, "shown": False}),
        ("people.withdraw", {"accepted": "boolean"}, {"accepted": False}),
        ("people.show", {"shown": "boolean"}, {"shown": True}),
        ("people.assess", {"amount": "number"}, {}),
        ("people.confirm", {}, {}),
        ("people.refuse", {}, {}),
        ("notices.issue", {}, {}),
    ):
        known.service(name, name, outputs=outputs, fixed=fixed)(_nothing)
    return known


def rule(**given: Any) -> dict[str, Any]:
    return {"title": "规则", "message": "不能这样办", "clause": "test:1", **given}


VISIT = rule(before=["operation:people.confirm"], needs=["task:visit"])
SERVED = rule(after=["operation:people.refuse"], needs=["task:deliver"])
ONCE = rule(after=["notice:ask"], before=["notice:ask"], needs=[])


def found(given: Model | dict[str, bytes], *, forms: dict[str, bytes] | None = None, **mandatory: Any) -> list[Any]:
    """What the rules (by id, `_` for `-`) find in a release."""
    release = files(given, **(forms or {})) if isinstance(given, Model) else given
    named = {key.replace("_", "-"): each for key, each in mandatory.items()}
    release = {**release, "mandatory.json": json.dumps(named).encode()}
    return [each for each in problems(release, services=registry()) if each.rule in OURS]


def told(given: Model | dict[str, bytes], **mandatory: Any) -> list[tuple[str, str]]:
    """The same as (rule, element), without what is wrong with the names in the rules."""
    return sorted((each.rule, each.element) for each in found(given, **mandatory) if each.rule != "mandatory")


@pytest.fixture(autouse=True)
def no_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """These releases are nobody's rights: what the program asks of real ones is asked where a test says so."""
    monkeypatch.setattr(rules, "floor", rules.Rules)


def confirming(process: str = "q") -> Model:
    return (
        Model(process, start=None).start(f"{process}_begun").service("confirm", "people.confirm").end(f"{process}_done")
    )


# Before


def test_a_step_that_every_way_takes_is_right_and_one_that_a_way_skips_is_shown_with_that_way() -> None:
    assert told(Model().start().user("visit").service("confirm", "people.confirm").end(), r=VISIT) == []
    model = Model().start(name="开始").user("first", name="登记").xor("asked", name="要入户吗？")
    model.user("visit", when="ok", name="入户").xor("merge").service("confirm", "people.confirm").end()
    model.at("asked").to("merge", default=True)
    (problem,) = found(model, r=VISIT)
    assert (problem.rule, problem.element) == ("step-skipped", "confirm")
    assert "规则 r，依据test:1" in problem.message
    assert problem.message.endswith("例如“p”这样走：登记 → 要入户吗？→merge → confirm")


def test_what_a_called_process_skips_is_found_with_the_caller_that_brings_the_case_there() -> None:
    good = Model("good").start("g_begun").user("visit").call("g_call", "q").end("g_done")
    bad = Model("bad").start("b_begun").user("talk").call("b_call", "q").end("b_done")
    assert told(files(good, confirming()), r=VISIT) == []
    (problem,) = found(files(good, bad, confirming()), r=VISIT)
    assert problem.element == "confirm"
    assert "例如“bad”这样走：talk → b_call → confirm" in problem.message


def test_a_step_in_a_called_process_counts_and_one_that_only_some_of_its_ends_took_does_not() -> None:
    survey = Model("s", start=None).start("s_begun").user("visit").end("s_done")
    whole = Model().start().call("survey", "s").service("confirm", "people.confirm").end()
    assert told(files(whole, survey), r=VISIT) == []
    survey = Model("s", start=None).start("s_begun").user("ask").xor("s_asked").user("visit", when="ok").end("s_done")
    survey.at("s_asked").end("s_without", default=True)
    assert told(files(whole, survey), r=VISIT) == [("step-skipped", "confirm")]


def test_who_enters_at_one_call_never_leaves_at_another() -> None:
    """The visit lies between two calls of one process; a walk that mixed them up would come to `confirm` without it,
    and one that skipped the first call would miss that `early` comes before the visit."""
    shared = Model("s", start=None).start("s_begun").user("talk").end("s_done")
    model = Model().start().call("one", "s").user("visit").call("two", "s").service("confirm", "people.confirm").end()
    assert told(files(model, shared), r=VISIT) == []
    model = Model().start().call("one", "s").service("early", "people.confirm").user("visit").call("two", "s").end()
    assert told(files(model, shared), r=VISIT) == [("step-skipped", "early")]


def test_a_rule_is_asked_of_the_schemes_that_it_binds() -> None:
    bare = Model(scheme="dibao").start().user("talk").service("confirm", "people.confirm").end()
    assert told(bare, r={**VISIT, "schemes": ["dibao"]}) == [("step-skipped", "confirm")]
    assert told(bare, r={**VISIT, "except": ["dibao"]}) == []
    other = Model("o", scheme="tekun").start("o_begun").user("o_talk").end("o_done")
    assert told(files(bare, other), r={**VISIT, "schemes": ["tekun"]}) == []


@pytest.mark.parametrize(("people", "expected"), [("2", []), ("1", [("step-skipped", "confirm")])])
def test_a_step_counts_only_when_so_many_people_sign_it(people: str, expected: list[tuple[str, str]]) -> None:
    model = Model().start().user("visit", people=people).service("confirm", "people.confirm").end()
    assert told(model, r={**VISIT, "people": 2}) == expected


def test_any_one_of_the_needs_will_do() -> None:
    either = rule(before=["operation:people.confirm"], needs=["task:visit", "task:call"])
    model = Model().start().user("ask").xor("asked").user("visit", when="ok").xor("merge")
    model.service("confirm", "people.confirm").end().at("asked").user("call", default=True).to("merge")
    assert told(model, r=either) == []
    assert told(model, r=VISIT) == [("step-skipped", "confirm")]


# What is known on the way


def withdrawn(condition: str) -> dict[str, bytes]:
    called = Model("q", start=None).start("q_begun").user("ask").xor("q_asked")
    called.service("accept", "people.accept", when="ok").end("q_done")
    called.at("q_asked").service("withdraw", "people.withdraw", default=True).end("q_out")
    caller = Model().start().call("sub", "q").xor("accepted_question").end("out", default=True)
    caller.at("accepted_question").service("confirm", "people.confirm", when=condition).end("large")
    return files(caller, called)


def test_what_an_operation_promises_parts_the_ways() -> None:
    accepted = rule(before=["operation:people.confirm"], needs=["operation:people.accept"])
    assert told(withdrawn("accepted"), r=accepted) == []
    assert told(withdrawn("not(accepted)"), r=accepted) == [("step-skipped", "confirm")]


SHOWN = rule(before=["operation:people.confirm"], needs=["operation:people.show"], again=["operation:people.assess"])


def deciding(check: str, hidden: str = "", shadow: bool = False) -> tuple[Model, dict[str, bytes]]:
    """Publicity only when the opinion is good; the decider's form is asked before anything is confirmed."""
    decision = choice("decision", "confirm", "refuse")
    decision["validate"] = {"required": True}
    decision["properties"] |= {"check": check, "message": "没有公示"}
    if hidden:
        decision["conditional"] = {"hide": hidden}
    fields = [decision, {"type": "checkbox", "key": "shown", "label": "已公示"}] if shadow else [decision]
    model = Model().start().user("first").service("accept", "people.accept").user("opinion").xor("asked")
    model.service("show", "people.show", when="ok").xor("merge").user("decide", form="decision").xor("decided")
    model.service("confirm", "people.confirm", when='decision = "confirm"').end("yes")
    model.at("decided").end("no", default=True).at("asked").to("merge", default=True)
    return model, {"decision": form(*fields)}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"check": 'decision = "refuse" or shown'}, []),
        ({"check": "true"}, [("step-skipped", "confirm")]),
        ({"check": 'decision = "confirm" or shown'}, [("step-skipped", "confirm")]),
        ({"check": 'decision = "refuse" or shown', "shadow": True}, [("step-skipped", "confirm")]),
    ],
    ids=["checked", "unchecked", "the wrong way round", "against a field of the form's own"],
)
def test_the_check_of_a_form_guards_what_its_answer_leads_to(given: dict[str, Any], expected: list[Any]) -> None:
    model, forms = deciding(**given)
    assert told(model, forms=forms, r=SHOWN) == expected


def test_what_was_done_before_a_loop_does_not_count_for_what_was_assessed_anew() -> None:
    """A returned case is assessed again and decided without being shown again: `shown` is still true from before."""
    again = choice("decision", "confirm", "refuse", "return")
    again["properties"] |= {"check": 'decision != "confirm" or shown', "message": "没有公示"}
    model = (
        Model().start().user("first").service("accept", "people.accept").xor("again").service("assess", "people.assess")
    )
    model.user("opinion").xor("asked").service("show", "people.show", when="ok").xor("merge")
    model.user("decide", form="decision").xor("decided").service(
        "confirm", "people.confirm", when='decision = "confirm"'
    )
    model.end("yes").at("decided").end("no", when='decision = "refuse"').at("decided").to("again", default=True)
    model.at("asked").to("merge", default=True)
    forms = {"decision": form(again)}
    (problem,) = found(model, forms=forms, r=SHOWN)
    assert (problem.rule, problem.element) == ("step-skipped", "confirm")
    assert problem.message.count("decide") >= 2
    assert told(model, forms=forms, r={**SHOWN, "again": []}) == []


def test_a_rule_with_a_condition_is_asked_where_it_is_not_known_to_be_false() -> None:
    filed = {**VISIT, "when": "filed or ok"}
    model = Model().start().user("first", form="filing").xor("asked")
    model.user("visit", when="filed or ok").xor("merge").service("confirm", "people.confirm").end()
    model.at("asked").to("merge", default=True)
    forms = {"filing": form(boolean("filed"), boolean("ok"))}
    assert told(model, forms=forms, r=filed) == []
    assert told(model, forms=forms, r=VISIT) == [("step-skipped", "confirm")]
    half = Model().start().user("first", form="filing").xor("asked")
    half.user("visit", when="filed").xor("merge").service("confirm", "people.confirm").end()
    half.at("asked").to("merge", default=True)
    assert told(half, forms=forms, r=filed) == [("step-skipped", "confirm")]
    late = Model().start().user("first", form="filing").xor("asked").user("visit", when="filed or ok").xor("merge")
    late.user("later").service("confirm", "people.confirm").end().at("asked").to("merge", default=True)
    assert told(late, forms=forms, r=filed) == [("step-skipped", "confirm")]  # `later` may set `ok` anew.


def test_an_amount_is_remembered_as_the_answer_to_its_question() -> None:
    large = {**VISIT, "when": "amount > 100"}
    model = Model().start().user("first").service("assess", "people.assess").xor("asked")
    model.user("visit", when="amount > 100").xor("merge").service("confirm", "people.confirm").end()
    model.at("asked").to("merge", default=True)
    assert told(model, r=large) == []
    assert told(model, r={**large, "when": "amount > 50"}) == [("step-skipped", "confirm")]


def test_the_scheme_of_the_case_is_known_where_the_operation_promises_it() -> None:
    shared = Model("s", start=None).start("s_begun").xor("asked").user("visit", when='scheme = "tekun"').xor("merge")
    shared.service("confirm", "people.confirm").end("s_done").at("asked").to("merge", default=True)
    tekun = Model("a", scheme="tekun").start("a_begun").user("a_first").service("a_register", "people.register")
    tekun.call("a_call", "s").end("a_done")
    dibao = Model("b", scheme="dibao").start("b_begun").user("b_first").service("b_register", "people.register")
    dibao.call("b_call", "s").end("b_done")
    assert told(files(tekun, dibao, shared), r={**VISIT, "schemes": ["tekun"]}) == []
    assert told(files(tekun, dibao, shared), r=VISIT) == [("step-skipped", "confirm")]


# After


def test_what_must_follow_follows_on_every_way_to_an_end() -> None:
    model = Model().start().user("decide").service("refuse", "people.refuse").user("deliver").end()
    assert told(model, r=SERVED) == []
    model = Model().start().user("decide").service("refuse", "people.refuse").user("ask").xor("asked")
    model.user("deliver", when="ok").end("served").at("asked").end("forgotten", default=True)
    (problem,) = found(model, r=SERVED)
    assert (problem.rule, problem.element) == ("step-owed", "refuse")
    assert "asked→forgotten" in problem.message


def test_what_must_follow_may_follow_in_the_caller_and_a_second_time_needs_a_second() -> None:
    called = Model("q", start=None).start("q_begun").user("decide").service("refuse", "people.refuse").end("q_done")
    assert told(files(Model().start().call("sub", "q").user("deliver").end(), called), r=SERVED) == []
    assert told(files(Model().start().call("sub", "q").end(), called), r=SERVED) == [("step-owed", "refuse")]
    twice = Model().start().call("one", "q").user("deliver").call("two", "q").end()
    assert told(files(twice, called), r=SERVED) == [("step-owed", "refuse")]


def test_nothing_is_owed_by_a_case_that_never_came_there() -> None:
    model = Model().start().user("decide").xor("decided").service("refuse", "people.refuse", when="ok").user("deliver")
    model.end("no").at("decided").service("confirm", "people.confirm", default=True).end("yes")
    assert told(model, r=SERVED) == []


def test_a_letter_by_its_class_and_its_delivery() -> None:
    letters = {
        "notices/refusal.html": LETTER.format(mark="拒", more="adverse: yes\nserved_by: deliver\n").encode(),
        "notices/praise.html": LETTER.format(mark="奖", more="").encode(),
    }
    owed = rule(after=["operation:people.refuse"], needs=["letter:adverse"])
    served = rule(after=["letter:adverse"], needs=["delivery:adverse"])

    def model(notice: str, task: str) -> dict[str, bytes]:
        drawn = Model().start().user("decide").service("refuse", "people.refuse")
        drawn.service("issue", "notices.issue", notice=notice).user(task).end()
        return {**files(drawn), **letters}

    assert told(model("refusal", "deliver"), a=owed, b=served) == []
    assert told(model("praise", "deliver"), a=owed, b=served) == [("step-owed", "refuse")]
    assert told(model("refusal", "keep"), a=owed, b=served) == [("step-owed", "issue")]


def test_what_may_happen_only_once_is_found_in_a_loop_and_in_a_second_call() -> None:
    letter = {"notices/ask.html": LETTER.format(mark="补", more="").encode()}
    called = (
        Model("q", start=None).start("q_begun").user("look").service("ask", "notices.issue", notice="ask").end("q_done")
    )
    once = files(Model().start().call("one", "q").end(), called) | letter
    assert told(once, r=ONCE) == []
    twice = files(Model().start().call("one", "q").call("two", "q").end(), called) | letter
    assert told(twice, r=ONCE) == [("step-again", "ask")]
    loop = (
        Model()
        .start()
        .xor("again")
        .user("look")
        .service("ask", "notices.issue", notice="ask")
        .xor("asked")
        .end(default=True)
    )
    loop.at("asked").to("again", when="ok")
    assert told(files(loop) | letter, r=ONCE) == [("step-again", "ask")]


# Parallel branches


def parallel(first: str, second: str, behind: str = "people.confirm") -> Model:
    model = Model().start().user("begin").parallel("split").user(first).parallel("join").service("last", behind)
    return model.end().at("split").user(second).to("join")


def test_what_one_parallel_branch_does_is_done_behind_the_join_and_not_in_the_other_branch() -> None:
    assert told(parallel("visit", "check"), r=VISIT) == []
    assert told(parallel("look", "check"), r=VISIT) == [("step-skipped", "last")]
    model = Model().start().user("begin").parallel("split").user("visit").parallel("join").end()
    model.at("split").service("confirm", "people.confirm").to("join")
    assert told(model, r=VISIT) == [("step-skipped", "confirm")]


def test_what_one_parallel_branch_owes_is_not_paid_by_the_other() -> None:
    model = Model().start().user("begin").parallel("split").service("refuse", "people.refuse").parallel("join").end()
    model.at("split").user("deliver").to("join")
    assert told(model, r=SERVED) == [("step-owed", "refuse")]
    model = Model().start().user("begin").service("refuse", "people.refuse").parallel("split").user("deliver")
    model.parallel("join").end().at("split").user("other").to("join")
    assert told(model, r=SERVED) == []
    model = Model().start().user("begin").parallel("split").service("refuse", "people.refuse").user("deliver")
    model.parallel("join").end().at("split").user("other").to("join")
    assert told(model, r=SERVED) == []


def test_a_value_that_one_branch_sets_is_known_behind_the_join_and_never_an_older_one() -> None:
    shown = rule(before=["operation:people.confirm"], needs=["operation:people.show"])
    model = Model().start().user("first").service("accept", "people.accept").parallel("split")
    model.service("show", "people.show").parallel("join").xor("asked").service(
        "confirm", "people.confirm", when="shown"
    )
    model.end("yes").at("asked").end("no", default=True).at("split").user("other").to("join")
    assert told(model, r=shown) == []
    model = Model().start().user("first").service("show", "people.show").parallel("split")
    model.service("accept", "people.accept").parallel("join").xor("asked").end("yes", when="shown")
    model.at("asked").service("confirm", "people.confirm", default=True).end("no").at("split").user("other").to("join")
    visit = rule(before=["operation:people.confirm"], needs=["task:never"])
    assert told(model, r=visit)[-1] == ("step-skipped", "confirm")


# The drawing alone


def test_how_many_sign_and_who_may_not_sign_too() -> None:
    two = rule(tasks=["visit", "check"], people=2)
    apart = rule(tasks=["opinion"], apart=["visit", "check"])
    model = Model().start().user("visit", people="2").user("check", people="2")
    model.user("opinion", separate="visit, check").end()
    assert told(model, a=two, b=apart) == []
    model = Model().start().user("visit").user("check", people="2").user("opinion", separate="visit").end()
    assert told(model, a=two, b=apart) == [("people-few", "visit"), ("people-mixed", "opinion")]
    (mixed,) = [each for each in found(model, b=apart) if each.rule == "people-mixed"]
    assert "separate 里补上 check" in mixed.message


def test_a_letter_against_somebody_says_so() -> None:
    named = rule(notices=["refusal"])
    model = Model().start().user("a").service("issue", "notices.issue", notice="refusal").end()
    plain = {**files(model), "notices/refusal.html": LETTER.format(mark="拒", more="").encode()}
    adverse = {**files(model), "notices/refusal.html": LETTER.format(mark="拒", more="adverse: yes\n").encode()}
    assert told(plain, r=named) == [("letter-plain", "issue")]
    assert told(adverse, r=named) == []


def test_a_confidential_process_is_not_seen_and_not_done_by_whom_it_may_be_about() -> None:
    hidden = rule(processes=["p"], hidden_from=["village", "secretary"])
    model = Model().start().user("a").end()
    assert told(model, r=hidden) == [("seen-by", "p")]
    model.properties["seen_by"] = "discipline,village"
    assert told(model, r=hidden) == [("seen-by", "p")]
    model.properties["seen_by"] = "discipline,head"
    assert told(model, r=hidden) == []
    called = Model("q", start=None).start("q_begun").user("b", role="village", area="village").end("q_done")
    caller = Model().start().user("a").call("sub", "q").end()
    caller.properties["seen_by"] = "discipline"
    assert told(files(caller, called), r=hidden) == [("seen-by", "b")]


# The rules themselves


def test_strangers_in_rules_are_problems_of_their_file() -> None:
    odd = rule(before=["operation:people.confrim"], needs=["task:visit"], schemes=["dbiao"], when="1 +")
    given = found(Model().start().user("visit").service("confirm", "people.confirm").end(), r=odd)
    assert {(each.rule, each.element) for each in given} == {("mandatory", "r")}
    said = " ".join(each.message for each in given)
    assert "“operation:people.confrim”在流程版本里没有，是不是“operation:people.confirm”？" in said
    assert "没有救助种类“dbiao”" in said
    assert "条件（when）“1 +”写法有误" in said


def test_a_condition_that_cannot_be_read_frees_nobody() -> None:
    bare = Model().start().user("talk").service("confirm", "people.confirm").end()
    needs = rule(before=["operation:people.confirm"], needs=["operation:people.accept"], when="1 +")
    assert ("step-skipped", "confirm") in told(bare, r=needs)


@pytest.fixture
def floor(no_floor: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor of one rule about the operations of these tests, and one about what they do not have."""
    data = {
        "visit-first": rule(before=["operation:people.confirm", "operation:gone.away"], needs=["task:visit"], people=2),
        "elsewhere": rule(before=["operation:gone.away"], needs=["task:visit"]),
        "never-drawn": rule(tasks=["gone"], people=2),
    }
    least, faults = rules.read(json.dumps(data).encode())
    assert faults == []
    monkeypatch.setattr(rules, "floor", lambda: least)


def good() -> dict[str, bytes]:
    statutes = {
        "instruments": {"test": {"title": "测试", "status": "现行", "source": "x", "coverage": "全文"}},
        "clauses": {"test:1": {"label": "第1条", "gist": "要做。"}},
    }
    model = Model().start().user("visit", people="2").service("confirm", "people.confirm").end()
    return {**files(model), "statutes.json": json.dumps(statutes).encode()}


def test_a_release_that_does_what_the_floor_speaks_of_has_its_rule_and_asks_no_less(floor: None) -> None:
    whole = {**VISIT, "people": 2}
    assert told(good(), visit_first=whole) == []
    assert told(good()) == [("mandatory-missing", "visit-first")]
    assert told(good(), visit_first=VISIT) == [("mandatory-weaker", "visit-first")]
    assert told(good(), visit_first={**whole, "when": "ok"}) == [("mandatory-weaker", "visit-first")]
    assert told(good(), visit_first={**whole, "needs": ["task:visit", "task:gone"]})[-1] == (
        "mandatory-weaker",
        "visit-first",
    )
    waiting = {**whole, "before": ["operation:people.confirm", "operation:gone.away"]}
    assert told(good(), visit_first=waiting) == []


def test_a_release_that_decides_has_rules_and_a_register_at_all(floor: None) -> None:
    bare = {path: data for path, data in good().items() if path.endswith((".bpmn", ".form"))}
    (problem,) = [each for each in problems(bare, services=registry()) if each.rule in OURS]
    assert (problem.rule, problem.element) == ("mandatory-missing", "confirm")
    assert "mandatory.json、statutes.json" in problem.message
    harmless = Model().start().user("visit").end()
    assert [each for each in problems(harmless, services=registry()) if each.rule in OURS] == []


def test_a_release_with_a_thousand_ways_is_looked_at_in_time_and_said_when_it_cannot_be() -> None:
    model = Model().start().user("first")
    for number in range(40):
        model.xor(f"x{number}").user(f"a{number}", when="ok").xor(f"m{number}")
        model.at(f"x{number}").user(f"b{number}", default=True).to(f"m{number}").at(f"m{number}")
    model.service("confirm", "people.confirm").end()
    assert told(model, r=VISIT) == [("step-skipped", "confirm")]
    assert told(model, r=rule(before=["operation:people.confirm"], needs=["task:first"])) == []
