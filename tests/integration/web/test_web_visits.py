"""What the page for visits asks the server, and what it may be told."""

from __future__ import annotations

import contextvars
import json
import re

import pytest

from engine.runtime import operations as runtime

PUBLIC = ("/visits/", "/visits/manifest.webmanifest", "/visits/worker.js", "/visits/feel.js")


@pytest.fixture
def item(township, plan):
    instance = township.apply(plan)
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    if "receive_corrections" in township.items(instance):
        township.sign(instance, "receive_corrections", "clerk", plan=plan)
    township.sign(instance, "declare_relatives", "clerk", plan=plan)
    township.sign(instance, "arrange_survey", "director", plan=plan)
    return runtime.claim(township.items(instance)["home_visit"].id, township.people["investigator"])


def ask(visitor, path, **given):
    token = visitor.get("/visits/state").get_json().get("csrf", "")
    headers = {"X-CSRFToken": token, "X-Requested-With": "fetch"}
    return contextvars.Context().run(lambda: visitor.client.post(path, json=given, headers=headers))


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_kept_on_phones_is_the_same_for_everybody(visit, township, path):
    out, in_ = visit().get(path), visit("investigator").get(path)
    assert out.status_code == in_.status_code == 200
    assert out.data == in_.data
    assert "Set-Cookie" not in out.headers


def test_the_worker_is_told_every_file_of_the_page(visit, township):
    first = visit().get("/visits/worker.js").get_data(as_text=True).splitlines()[0]
    told = json.loads(first.removeprefix("self.KEPT = ").removesuffix(";"))
    page = visit().get("/visits/").get_data(as_text=True)
    for path in told["files"]:
        with visit().get(path) as answer:
            assert answer.status_code == 200, path
    for address in re.findall(r'(?:href|src|data-feel)="(/(?:static|visits)/[^"]*)"', page):
        assert address in told["files"] or address == "/visits/", address


def test_the_policy_of_the_page_allows_its_manifest_and_nothing_inline(visit, township):
    policy = visit().get("/visits/").headers["Content-Security-Policy"]
    assert "manifest-src 'self'" in policy
    assert "unsafe" not in policy
    assert "manifest-src" not in visit("clerk").get("/desk/").headers["Content-Security-Policy"]


def test_a_session_that_rested_keeps_the_key_one_that_was_ended_does_not(visit, township, app):
    one = visit("investigator")
    assert one.get("/visits/state").get_json()["signed_in"]
    app.config["SESSION_IDLE"] = -1
    assert one.get("/visits/state").get_json() == {"signed_in": False, "ended": False}
    app.config["SESSION_IDLE"] = 1800
    one.post("/sign-out")
    assert one.get("/visits/state").get_json() == {"signed_in": False, "ended": True}


def test_a_packet_names_no_whole_number_of_anybody_and_only_what_the_form_reads(visit, item, township, plan):
    one = visit("investigator")
    phone = ask(one, "/visits/phones").get_json()
    answer = ask(one, f"/visits/items/{item.id}/take", phone=phone["phone"])
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    packet = answer.get_json()
    text = json.dumps(packet, ensure_ascii=False)
    for who in [plan.family.head, *(person for person, _ in plan.family.others)]:
        assert who.id_number not in text
    assert set(packet["context"]) <= {"scheme", "parameters"}
    assert packet["item"]["help"]
    assert packet["item"]["clauses"][0]["gist"]


def test_keys_and_packets_are_nobody_else_s(visit, item, township):
    one, other = visit("investigator"), visit("investigator2")
    phone = ask(one, "/visits/phones").get_json()
    assert ask(other, f"/visits/phones/{phone['phone']}/key").status_code == 404
    assert ask(one, f"/visits/phones/{phone['phone']}/key").get_json()["key"] == phone["key"]
    packet = ask(one, f"/visits/items/{item.id}/take", phone=phone["phone"]).get_json()
    given = {"key": "0123456789abcdef", "acted": 1, "phone_now": 1, "posted": {"living": ["x"]}}
    assert ask(other, f"/visits/packets/{packet['id']}/draft", **given).status_code == 404
    assert visit().client.post(f"/visits/packets/{packet['id']}/draft", json=given).status_code in (400, 401)
    one.get("/visits/phones")
    one.post(f"/visits/phones/{phone['phone']}/close")
    assert ask(one, f"/visits/phones/{phone['phone']}/key").status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"posted": []},
        {"posted": {"living": "x"}},
        {"posted": {"living": [1]}},
        {"posted": {"living": ["x"]}, "acted": "soon"},
        {"posted": {"living": ["x"]}, "acted": 10**30},
        {"posted": {"living": ["\0"]}},
    ],
)
def test_what_no_phone_sends_is_refused_in_words(visit, item, township, given):
    one = visit("investigator")
    phone = ask(one, "/visits/phones").get_json()
    packet = ask(one, f"/visits/items/{item.id}/take", phone=phone["phone"]).get_json()
    sent = {"key": "0123456789abcdef", "acted": 1, "phone_now": 1, **given}
    answer = ask(one, f"/visits/packets/{packet['id']}/draft", **sent)
    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith(("。", "入"))
    assert ask(one, f"/visits/packets/{packet['id']}/photos").status_code == 422
