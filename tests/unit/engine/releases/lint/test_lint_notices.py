"""Templates of documents: their head, their markup, what they read."""

from __future__ import annotations

import pytest

from engine.documents import facts
from tests.support.bpmn import Model, files
from tests.support.linting import faults, problems

HEAD = "title: 告知书\nmark: 告"


def template(body: str, head: str = HEAD) -> dict[str, bytes]:
    return {"notices/letter.html": f"{{#\n{head}\n#}}\n{body}".encode()}


def rules(body: str, head: str = HEAD) -> list[str]:
    return [rule for rule, _ in faults(template(body, head))]


def test_a_good_template_has_no_fault():
    loop = "{% for each in facts.reasons %}{{ each.text }}{% endfor %}"
    assert rules(f"<p>{{{{ applicant }}}}：{{{{ facts.members }}}}人，{loop}</p>") == []


@pytest.mark.parametrize(
    ("body", "head", "rule"),
    [
        ("<p></p>", "kind: letter", "notice-head"),
        ('<p style="color:#fff">{{ date }}</p>', HEAD, "notice-markup"),
        ("<!-- {{ date }} -->", HEAD, "notice-markup"),
        ("{% include 'other' %}", HEAD, "notice-block"),
        ("{% autoescape false %}{{ applicant }}{% endautoescape %}", HEAD, "notice-block"),
        ("<p>{{ aplicant }}</p>", HEAD, "notice-name"),
        ("<p>{{ date }}</p>", f"{HEAD}\nto: {{{{ petitionr }}}}", "notice-name"),
        ("<p>{{ form.nobody.name }}</p>", "title: 单\nkind: list\npublic: yes", "notice-public"),
        ("<p>{{ handler }}</p>", "title: 单\nkind: list\npublic: yes", "notice-public"),
        ("<p>{% if %}</p>", HEAD, "notice-content"),
    ],
)
def test_each_fault_is_found(body, head, rule):
    assert rule in rules(body, head)


def test_a_sheet_for_the_board_says_only_what_is_public(monkeypatch):
    monkeypatch.setattr(facts, "_known", {})
    facts.register("members", lambda _: 3, "人数", public=True)
    facts.register("illness", lambda _: "病", "病情")
    head = "title: 公示单\nkind: list\npublic: yes"
    assert rules("<p>{{ facts.members }}</p>", head) == []
    assert rules("<p>{{ facts.illness }}</p>", head) == ["notice-public"]
    assert rules("<p>{{ facts['illness'] }}</p>", head) == ["notice-public"]


def test_a_fact_that_nobody_registers_is_found_with_the_one_that_looks_like_it(monkeypatch):
    monkeypatch.setattr(facts, "_known", {})
    assert rules("<p>{{ facts.membres }}</p>") == []  # nobody registered anything: a lone file is not judged
    facts.register("members", lambda _: 3, "人数", public=True)
    (problem,) = problems(template("<p>{{ facts.membres }}</p>"))
    assert (problem.rule, "是不是“members”" in problem.message) == ("notice-fact", True)


def test_a_record_or_a_receipt_hangs_on_a_task_that_is_there():
    given = files(Model().start().user("visit").end())
    assert faults(given | template("<p></p>", "title: 表\nkind: record\nof: visit,visits")) == []
    assert faults(given | template("<p></p>", "title: 表\nkind: record\nof: visits")) == [
        ("notice-task", "notices/letter.html")
    ]
    assert faults(given | template("<p></p>", f"{HEAD}\nserved_by: bring")) == [("notice-task", "notices/letter.html")]


def test_two_templates_cannot_share_a_mark():
    other = {"notices/other.html": f"{{#\n{HEAD}\n#}}".encode()}
    assert sorted(faults(template("<p></p>") | other)) == [
        ("notice-mark", "notices/letter.html"),
        ("notice-mark", "notices/other.html"),
    ]


def test_a_field_that_the_form_does_not_have_is_found():
    model = Model().start().user("visit").end()
    given = files(model)
    assert faults(given | template("<p>{{ form.visit.all }}</p>")) == []
    assert faults(given | template("<p>{{ form.visit.colour }}</p>")) == [("notice-form", "notices/letter.html")]
    assert faults(given | template("<p>{{ form.visits.all }}</p>")) == [("notice-form", "notices/letter.html")]


def test_what_a_record_reads_of_its_submission_is_asked_for_by_one_of_its_tasks():
    given = files(Model().start().user("visit").end())
    head = "title: 表\nkind: record\nof: visit"
    assert faults(given | template("<p>{{ source.note }}{{ source.all }}</p>", head)) == []
    assert faults(given | template("<p>{{ source.colour }}</p>", head)) == [("notice-form", "notices/letter.html")]
    assert faults(given | template("<p></p>", f"{head}\nonly: colour=red")) == [("notice-form", "notices/letter.html")]
