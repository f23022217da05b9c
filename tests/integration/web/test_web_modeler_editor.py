"""What the editors ask of the server: what may be chosen, foreign drawings, previews, scenarios on a draft."""

from __future__ import annotations

import contextvars
import json
from base64 import b64decode
from typing import Any

import pytest

from engine.actors import ROLES
from engine.drafts import operations, queries
from engine.runtime.services import services
from web.modeler import telling

pytestmark = pytest.mark.sqlite


@pytest.fixture
def draft(township):
    return operations.begin(township.people["owner"], "公示期调整")


@pytest.fixture
def ask(visit, draft):
    def asked(who: str, method: str, path: str, **given: Any) -> Any:
        visitor = visit(who)
        headers = {"X-CSRFToken": visitor.token}
        address = f"/models/drafts/{draft.id}/{path}"
        # A context of its own, as behind a server: nobody stays signed in in the next one's.
        return contextvars.Context().run(lambda: visitor.client.open(address, method=method, headers=headers, **given))

    return asked


def test_the_panel_chooses_from_what_the_draft_and_the_registries_have(township, ask, draft):
    told = ask("owner", "GET", "catalogue.json").json
    assert {each["id"] for each in told["roles"]} == set(ROLES)
    assert {each["id"] for each in told["operations"]} == {each.name for each in services.all()}
    assert "dibao" in {each["id"] for each in told["processes"]}
    assert {"id": "home_visit", "name": "入户调查", "process": "verification", "form": "home_visit"} in told["tasks"]
    assert next(each for each in told["forms"] if each["id"] == "home_visit")["name"] == "入户调查"
    assert next(each for each in told["clocks"] if each["id"] == "total")["name"] == "全程办理时限"
    assert not [each for each in told["clauses"] if each["id"].startswith("mca-2012-220")]
    assert told["places"]["wait"] == ["intermediateCatchEvent"]
    assert {"name": "survey_start_limit", "unit": "length"}.items() <= next(
        each for each in told["parameters"] if each["name"] == "survey_start_limit"
    ).items()

    # A new form is there at once; one that cannot be read takes nothing else away.
    operations.save(draft.id, township.people["owner"], "forms/neu.form", b'{"components": []}', version=0)
    operations.save(draft.id, township.people["owner"], "forms/home_visit.form", b"{", version=0)
    forms = {each["id"] for each in ask("owner", "GET", "catalogue.json").json["forms"]}
    assert "neu" in forms
    assert "home_visit" not in forms


@pytest.mark.parametrize(
    "path",
    ["dibao.bpmn", "decisions/dibao_amount.dmn", "forms/home_visit.form", "notices/refusal_notice.html", "clocks.json"],
)
def test_each_kind_of_file_has_a_page_that_only_owners_change(ask, path):
    page = ask("owner", "GET", f"edit/{path}")
    assert page.status_code == 200
    assert "style-src-attr 'unsafe-inline'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "data-readonly" not in page.text
    assert "data-readonly" in ask("clerk", "GET", f"edit/{path}").text
    assert ask("owner", "GET", "edit/nothing.bpmn").status_code == 404


def test_from_a_drawing_of_the_release_into_the_draft_at_hand(visit, draft, township):
    owner, clerk = visit("owner"), visit("clerk")
    assert "修改</button>" in owner.get("/models/dibao").text
    assert "修改</button>" not in clerk.get("/models/dibao").text
    answer = owner.post("/models/change", {"path": "dibao.bpmn"})
    assert answer.location == f"/models/drafts/{draft.id}/edit/dibao.bpmn"
    answer = clerk.post("/models/change", {"path": "dibao.bpmn"})
    assert answer.status_code == 403
    operations.discard(draft.id, township.people["owner"])
    owner.post("/models/change", {"path": "dibao.bpmn"})
    (made,) = queries.drafts(township.session, "open")
    assert made.title == "2026年03月02日的修改"


def test_a_foreign_drawing_comes_in_with_a_report_and_nothing_is_saved(ask, draft, township):
    text = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><bpmn:process id="p"><bpmn:userTask id="t" '
        'camunda:candidateGroups="clerk" camunda:formKey="home_visit" camunda:assignee="${x}"/></bpmn:process>'
        "</bpmn:definitions>"
    )
    told = ask("owner", "POST", "import", json={"text": text}).json
    assert 'name="role" value="clerk"' in told["text"]
    assert [each["taken"] for each in told["remarks"]] == [True, True, False]
    assert queries.rows(township.session, draft.id) == []
    assert ask("owner", "POST", "import", json={"text": "kein XML"}).status_code == 422
    assert ask("clerk", "POST", "import", json={"text": text}).status_code == 403


def test_a_form_is_shown_as_the_server_draws_it(ask):
    field = {"type": "textfield", "id": "a", "key": "a", "label": "姓名"}
    text = json.dumps({"type": "default", "id": "neu", "components": [field]})
    assert "姓名" in ask("owner", "POST", "preview", json={"path": "forms/neu.form", "text": text}).json["html"]
    broken = ask("owner", "POST", "preview", json={"path": "forms/neu.form", "text": '{"components": [{"type": "x"}]}'})
    assert "画不出来" in broken.json["message"]


def test_a_letter_is_shown_as_it_is_printed_with_names_for_what_a_case_gives(ask):
    head = "{#\ntitle: 告知书\nkind: letter\nmark: 告\nclause: mca-2021-57:21\n#}\n"
    text = f"{head}<p>{{{{ applicant }}}}：{{{{ form.home_visit.note }}}}</p>"
    (page,) = ask("owner", "POST", "preview", json={"path": "notices/neu.html", "text": text}).json["pages"]
    assert b64decode(page).startswith(b"\x89PNG")
    wrong = ask(
        "owner", "POST", "preview", json={"path": "notices/neu.html", "text": text.replace("applicant", "nobody")}
    )
    assert "无法生成" in wrong.json["message"]


def test_scenarios_are_told_on_the_draft_with_the_text_of_the_page(ask, monkeypatch):
    asked: list[Any] = []
    monkeypatch.setattr(telling, "_asked", lambda folder: asked.append(folder) or {"problems": [], "told": []})
    found = ask("owner", "GET", "scenarios?process=dibao").json
    assert found[0]["process"] == "dibao"
    given = {"path": "dibao.bpmn", "text": "<x/>", "scenarios": [found[0]["id"]]}
    assert ask("owner", "POST", "try", json=given).json == {"problems": [], "told": []}
    assert len(asked) == 1
    assert ask("owner", "POST", "try", json={**given, "scenarios": ["../../etc/passwd"]}).status_code == 422
    assert ask("owner", "POST", "try", json={**given, "path": "../x.bpmn"}).status_code == 422
    assert ask("clerk", "POST", "try", json=given).status_code == 403
    with telling._turn:
        assert ask("owner", "POST", "try", json=given).status_code == 409
