"""What a model refers to."""

from __future__ import annotations

import json

from tests.support.bpmn import Model, choice, files, form
from tests.support.linting import faults

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
AMOUNT = f"""<definitions xmlns="{DMN}"><decision id="amount_of" name="金额"><extensionElements
xmlns:doudi="https://doudi.example/schema/dmn"><doudi:test name="三口"><doudi:given name="members" value="3"/>
<doudi:given name="parameters.standard" value="10"/><doudi:expect name="amount" value="30"/></doudi:test>
</extensionElements><variable name="amount" typeRef="number"/>
<literalExpression><text>members * parameters.standard</text></literalExpression></decision></definitions>""".encode()


def with_service(operation: str, **more: object) -> list[tuple[str, str]]:
    return faults(Model().start().user("first").service("step", operation, **more).end())


def test_service_task_without_an_operation_is_refused() -> None:
    model = Model().start().user("first").node("serviceTask", "step").end()
    assert faults(model) == [("operation-missing", "step")]


def test_unknown_operation_is_refused() -> None:
    assert with_service("people.registr") == [("operation-unknown", "step")]


def test_undeclared_missing_and_double_inputs_are_refused() -> None:
    assert with_service("people.register", inputs={"why": "1"}) == [("input-unknown", "step")]
    assert with_service("people.withdraw") == [("input-missing", "step")]
    assert with_service("people.withdraw", inputs=[("reason", '"a"')] * 2) == [("input-twice", "step")]


def test_input_that_is_not_feel_is_refused() -> None:
    assert with_service("people.withdraw", inputs={"reason": "'a'"}) == [("feel", "step")]
    assert with_service("people.withdraw", inputs={"reason": ""}) == [("feel", "step")]


def test_operation_that_reads_a_form_which_nobody_fills_is_refused() -> None:
    assert with_service("people.read") == [("reads-missing", "step")]
    assert faults(Model().start().user("visit").service("step", "people.read").end()) == []


def test_notice_without_a_template_is_refused() -> None:
    assert with_service("notices.issue") == [("notice-missing", "step")]
    assert with_service("notices.issue", notice="letter") == [("notice-unknown", "step")]
    model = Model().start().user("first").service("step", "notices.issue", notice="letter").end()
    assert (
        faults(files(model) | {"notices/letter.html": "{#\ntitle: 告知书\nmark: 告\n#}\n<p>{{ date }}</p>".encode()})
        == []
    )


def test_notice_template_that_cannot_be_read_is_refused() -> None:
    assert faults({"notices/letter.html": "{#\ntitle: 告知书\nmark: 告\n#}\n{% if %}".encode()}) == [
        ("notice-content", "notices/letter.html")
    ]


def test_business_rule_task_without_a_decision_is_refused() -> None:
    model = Model().start().user("first").rule("step", "").end()
    assert faults(model) == [("decision-missing", "step")]
    model = Model().start().user("first").rule("step", "amount_of").end()
    assert faults(model) == [("decision-unknown", "step")]


def test_decision_reads_what_the_flow_has() -> None:
    model = Model().start().service("register", "people.register").user("first").rule("step", "amount_of")
    release = files(model.end()) | {"amount.dmn": AMOUNT}
    assert faults(release, parameters=frozenset({"standard"})) == []
    assert faults(release, parameters=frozenset()) == [
        ("parameter-unknown", "amount_of"),
        ("parameter-unknown", "step"),
    ]
    model = Model().start().user("first").rule("step", "amount_of").end()
    assert faults(files(model) | {"amount.dmn": AMOUNT}) == [("name-unset", "step")]


def test_user_task_without_a_form_is_refused() -> None:
    assert faults(Model().start().user("visit", form=None).end()) == [("form-missing", "visit")]
    assert faults(Model().start().user("visit", form="gone").end()) == [("form-unknown", "visit")]


def test_form_with_a_fault_is_reported_in_its_own_file() -> None:
    bad = form({"type": "textfield", "label": "备注", "key": "typename"})
    assert faults(files(Model().start().user("visit", form="bad").end(), bad=bad)) == [("form-content", "typename")]


def test_form_prefilled_from_a_task_or_field_that_is_not_there_is_refused() -> None:
    field = {"type": "textfield", "key": "x", "label": "x", "properties": {"from": "gone.note"}}
    model = Model().start().user("visit").user("second", form="second").end()
    assert faults(files(model, second=form(field))) == [("form-source", "second")]
    field["properties"] = {"from": "visit.gone"}
    assert faults(files(model, second=form(field))) == [("form-source", "second")]
    field["properties"] = {"from": "visit.note"}
    assert faults(files(model, second=form(field))) == []


def test_call_of_nothing_is_refused() -> None:
    assert faults(Model().start().user("visit").call("sub", "").end()) == [("call-missing", "sub")]
    assert faults(Model().start().user("visit").call("sub", "gone").end()) == [("call-unknown", "sub")]


def test_processes_that_call_one_another_in_a_circle_are_refused() -> None:
    one = Model("p").start("p_begun").user("a").call("to_q", "q").end("p_done")
    other = Model("q", start=None).start("q_begun").user("b").call("to_p", "p").end("q_done")
    assert faults(files(one, other)) == [("call-cycle", "to_p"), ("call-cycle", "to_q")]
    assert ("call-cycle", "again") in faults(Model().start().user("a").call("again", "p").end())


def test_two_forms_of_one_name_and_two_decisions_of_one_id_are_refused() -> None:
    assert faults({"a/x.form": form(), "b/x.form": form()}) == [("file-twice", "b/x.form")]
    assert faults({"a.dmn": AMOUNT, "b.dmn": AMOUNT}) == [("file-twice", "amount_of")]


def test_form_field_that_the_flow_names_differently_is_found_by_its_kind() -> None:
    model = Model().start().user("a", form="one").user("b", form="two").end()
    kinds = files(model, one=form(choice("answer", "x")), two=form(json.loads(json.dumps(_number("answer")))))
    assert faults(kinds) == [("name-kinds", "a"), ("name-kinds", "b")]


def _number(key: str) -> dict[str, object]:
    return {"type": "number", "key": key, "label": key, "properties": {"flow": "true"}}
