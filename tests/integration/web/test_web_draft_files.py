"""The files of a draft over HTTP: versions, what comes second, what is no file, who may."""

from __future__ import annotations

from typing import Any

import pytest

from engine.drafts import operations
from engine.releases import queries as releases

# The addresses; what is stored is tested on both databases elsewhere.
pytestmark = pytest.mark.sqlite

PATH = "publicity.bpmn"


class Editor:
    """A script of a signed-in person that loads and saves files."""

    def __init__(self, visitor: Any, draft_id: int) -> None:
        self.visitor, self.root = visitor, f"/models/drafts/{draft_id}"

    def ask(self, method: str, path: str, version: int | None = None, **given: Any) -> Any:
        headers = {"X-CSRFToken": self.visitor.token}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.visitor.client.open(f"{self.root}/{path}", method=method, headers=headers, **given)

    def get(self, path: str) -> Any:
        return self.ask("GET", f"files/{path}")

    def put(self, path: str, data: bytes, version: int | None = 0) -> Any:
        return self.ask("PUT", f"files/{path}", version, data=data, content_type="text/plain")

    def check(self, path: str, text: str, query: str = "") -> Any:
        return self.ask("POST", f"check{query}", json={"path": path, "text": text})


@pytest.fixture
def draft(township):
    return operations.begin(township.people["owner"], "公示期调整")


@pytest.fixture
def owner(visit, draft):
    return Editor(visit("owner"), draft.id)


@pytest.fixture
def admin(visit, draft):
    return Editor(visit("admin"), draft.id)


def shipped(township: Any, path: str = PATH) -> bytes:
    return releases.contents(releases.current(township.session).id, township.session)[path]


def test_a_file_is_the_base_until_it_is_saved(township, owner):
    answer = owner.get(PATH)
    assert (answer.status_code, answer.headers["ETag"], answer.data) == (200, '"0"', shipped(township))
    saved = owner.put(PATH, b"<half")
    assert saved.json["version"] == 1
    assert saved.json["saved_at"].startswith("2026-03-02T09:00")
    answer = owner.get(PATH)
    assert (answer.headers["ETag"], answer.data) == ('"1"', b"<half")
    assert answer.mimetype == "text/plain"


def test_the_second_of_two_hears_who_was_first_and_keeps_a_copy(township, owner, admin, draft):
    assert owner.put(PATH, b"<one/>").status_code == 200
    answer = admin.put(PATH, b"<two/>")
    assert answer.status_code == 412
    assert {key: answer.json[key] for key in ("by", "version")} == {"by": township.people["owner"].name, "version": 1}
    assert "副本" in answer.json["message"]
    assert owner.get(PATH).data == b"<one/>"
    (aside,) = operations.queries.side_copies(township.session, draft.id)
    assert operations.queries.side_copy(township.session, draft.id, aside.id)[1] == b"<two/>"


def test_the_same_save_twice_is_one(owner):
    assert owner.put(PATH, b"<one/>").json["version"] == 1
    assert owner.put(PATH, b"<one/>").json["version"] == 1, "the answer was lost on its way"
    assert owner.put(PATH, b"<one/>", version=1).json["version"] == 1


@pytest.mark.parametrize(
    "path",
    ["../passwd.bpmn", "/etc/x.bpmn", "a/../b.bpmn", "x.py", "a\\b.bpmn", "C:x.bpmn", "x.bpmn/", "Publicity.bpmn"],
)
def test_a_foreign_path_is_refused(owner, path):
    answer = owner.put(path.replace("..", "%2e%2e"), b"x")
    assert answer.status_code in (308, 404, 422)
    assert owner.get("publicity.bpmn").headers["ETag"] == '"0"'


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a\0b", b"x" * (2 * 1024 * 1024 + 1), b"x" * (5 * 1024 * 1024)])
def test_what_is_no_text_of_a_bearable_size_is_refused(owner, data):
    answer = owner.put(PATH, data)
    assert answer.status_code == 422
    assert "没有保存" in answer.json["message"]


def test_a_save_says_on_which_version(owner):
    assert owner.put(PATH, b"x", version=None).status_code == 422


def test_who_may_not_deploy_reads_and_does_not_save(visit, draft, owner):
    clerk = Editor(visit("clerk"), draft.id)
    assert clerk.get(PATH).status_code == 200
    answer = clerk.put(PATH, b"x")
    assert (answer.status_code, answer.json["message"]) == (403, "您的角色不能发布流程。")
    assert clerk.ask("DELETE", f"files/{PATH}", 0).status_code == 403


def test_a_save_without_a_token_is_none(owner):
    owner.visitor.token = ""
    assert owner.put(PATH, b"x").status_code == 400


def test_a_file_is_deleted_and_put_back(township, owner):
    assert owner.ask("DELETE", f"files/{PATH}", 0).json["version"] == 1
    assert owner.get(PATH).status_code == 404
    assert owner.ask("DELETE", f"files/{PATH}", 1).status_code == 404
    assert owner.ask("DELETE", f"files/{PATH}?to=base", 1).json["version"] == 2
    answer = owner.get(PATH)
    assert (answer.headers["ETag"], answer.data) == ('"2"', shipped(township))


def test_an_old_version_never_fits_again(owner, admin):
    owner.put(PATH, b"<one/>")
    owner.ask("DELETE", f"files/{PATH}?to=base", 1)
    owner.put(PATH, b"<two/>", version=2)
    assert admin.put(PATH, b"<three/>", version=1).status_code == 412


def test_a_closed_draft_is_not_changed(township, owner, draft):
    operations.discard(draft.id, township.people["owner"])
    answer = owner.put(PATH, b"x")
    assert (answer.status_code, answer.json["message"]) == (409, "这份草稿已放弃，不能再改。")
    operations.restore_draft(draft.id, township.people["owner"])
    assert owner.put(PATH, b"x").status_code == 200


def test_a_stranger_is_not_found(owner):
    owner.root = "/models/drafts/999"
    assert owner.get(PATH).status_code == 404
    assert owner.put(PATH, b"x").status_code == 404


def test_the_check_says_what_the_deploy_would(township, owner):
    text = shipped(township).decode()
    answer = owner.check(PATH, text)
    assert answer.json["problems"] == []
    answer = owner.check(PATH, text.replace('name="role" value="village"', 'name="role" value="nobody"'))
    (problem, *_) = answer.json["problems"]
    assert (problem["file"], problem["level"]) == (PATH, "problem")
    assert set(problem) == {"file", "element", "name", "rule", "message", "level"}
    assert owner.get(PATH).headers["ETag"] == '"0"', "checking is not saving"
    assert owner.check(PATH, "<half").json["problems"][0]["rule"] == "unreadable"


def test_the_check_takes_no_nonsense(owner):
    assert owner.ask("POST", "check", json=[1]).status_code == 422
    assert owner.ask("POST", "check", data=b"{", content_type="application/json").status_code == 422
    assert owner.check("../x.bpmn", "x").status_code == 422
    assert owner.ask("POST", "check", json={"path": PATH, "text": "\ud800"}).status_code == 422
