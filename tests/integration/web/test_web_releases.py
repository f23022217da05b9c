"""Drafts, releases and comparisons on the page: two people, words, no way around."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

import pytest

from engine.deployments import queries as deployments
from engine.drafts import operations, queries
from engine.releases import operations as release_operations
from engine.releases import queries as releases
from engine.releases.archive import pack, unpack
from engine.runtime.models import Instance

# Pages and what they post; what is stored is tested on both databases elsewhere.
pytestmark = pytest.mark.sqlite

PATH = "publicity.bpmn"
OLD, NEW = 'name="拟定公示内容"', 'name="拟定公示单"'


def text(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def shipped(township: Any) -> dict[str, bytes]:
    return dict(releases.contents(releases.current(township.session).id, township.session))


@pytest.fixture
def owner(township, visit):
    return visit("owner")


@pytest.fixture
def draft(township) -> int:
    """A draft in which a step has another name."""
    made = operations.begin(township.people["owner"], "公示环节改名")
    data = shipped(township)[PATH].decode().replace(OLD, NEW).encode()
    operations.save(made.id, township.people["owner"], PATH, data, version=0)
    return made.id


def key_of(page: str) -> str:
    return re.search(r'name="key" value="([0-9a-f]{32})"', page)[1]


def propose(owner: Any, draft: int, **given: str) -> Any:
    page = text(owner.get(f"/models/drafts/{draft}"))
    return owner.post(f"/models/drafts/{draft}/propose", {"note": "按省里的称呼", "key": key_of(page), **given})


def test_a_draft_is_begun_and_says_what_it_changes(township, owner, draft):
    answer = owner.post("/models/drafts", {"title": ""})
    assert answer.status_code == 422
    assert "请给草稿起个名字" in text(answer)
    answer = owner.post("/models/drafts", {"title": "另一份"})
    assert answer.status_code == 303
    assert "没有改动" in text(owner.get(answer.location))
    page = text(owner.get(f"/models/drafts/{draft}"))
    assert "用户任务“拟定公示内容”改名为“拟定公示单”" in page
    assert "改动的文件各自没有发现问题" in page
    listed = text(owner.get("/models/drafts"))
    assert "公示环节改名" in listed
    assert "另一份" in listed


def test_from_a_draft_to_the_release_by_two_people(township, owner, visit, draft, plan, at):
    instance = township.apply(plan)
    answer = propose(owner, draft)
    assert answer.status_code == 303
    head = visit("head")
    page = text(head.get(answer.location))
    assert "用户任务“拟定公示内容”改名为“拟定公示单”" in page
    assert "按省里的称呼" in page
    assert 'name="checked"' in page
    assert 'name="checked"' not in text(owner.get(answer.location)), "never the proposer"
    refused = owner.post(f"{answer.location}/confirm", {"checked": "yes"})
    assert refused.status_code == 403
    assert head.post(f"{answer.location}/confirm", {}).status_code == 422
    assert head.post(f"{answer.location}/confirm", {"checked": "yes"}).status_code == 303
    township.session.rollback()
    current = releases.current(township.session)
    assert NEW.encode() in releases.contents(current.id, township.session)[PATH]
    old = township.session.get(Instance, instance.id, populate_existing=True).release_id
    assert old != current.id, "an open case keeps its release"
    history = text(owner.get("/models/releases"))
    assert re.search(r"1 件<small", history)
    assert "流程负责人" in history or township.people["owner"].name in history
    assert current.id[:12] in history


def test_it_is_sent_back_with_a_reason(township, owner, visit, draft):
    answer = propose(owner, draft)
    head = visit("head")
    assert head.post(f"{answer.location}/refuse", {"remark": ""}).status_code == 422
    assert head.post(f"{answer.location}/refuse", {"remark": "请写依据"}).status_code == 303
    assert "请写依据" in text(owner.get(f"/models/drafts/{draft}"))


def test_what_the_lint_finds_is_listed_and_nothing_is_proposed(township, owner, draft):
    data = shipped(township)[PATH].decode().replace('name="form" value="draft_notice"', 'name="form" value="nobody"')
    operations.save(draft, township.people["owner"], PATH, data.encode(), version=1)
    page = text(owner.get(f"/models/drafts/{draft}"))
    assert "nobody" in page, "said at once"
    answer = propose(owner, draft)
    assert answer.status_code == 422
    assert "没有提请" in text(answer)
    assert not deployments.proposals(township.session)


def test_a_planned_release_is_shown_and_called_off(township, owner, visit, draft):
    past = propose(owner, draft, day="2026-03-01")
    assert past.status_code == 422
    assert "启用时间应晚于现在" in text(past)
    answer = propose(owner, draft, day="2026-04-01", time="08:00")
    head = visit("head")
    head.post(f"{answer.location}/confirm", {"checked": "yes"})
    page = text(head.get("/models/releases"))
    assert "排定启用" in page
    action = re.search(r'action="(/models/releases/planned/\d+/cancel)"', page)[1]
    assert head.post(action, {"reason": "推迟"}).status_code == 303
    page = text(head.get("/models/releases"))
    assert "已取消" in page
    assert "推迟" in page


def test_back_to_the_earlier_release(township, owner, visit, draft, at):
    old = releases.current(township.session).id
    head = visit("head")
    head.post(f"{propose(owner, draft).location}/confirm", {"checked": "yes"})
    page = text(owner.get(f"/models/releases/{old}/again"))
    assert "用户任务“拟定公示单”改名为“拟定公示内容”" in page
    assert owner.post(f"/models/releases/{old}/again", {"note": "", "key": key_of(page)}).status_code == 422
    answer = owner.post(f"/models/releases/{old}/again", {"note": "窗口不习惯", "key": key_of(page)})
    assert answer.status_code == 303
    head.post(f"{answer.location}/confirm", {"checked": "yes"})
    township.session.rollback()
    assert releases.current(township.session).id == old
    assert "改回" in text(head.get("/models/releases"))


def test_discarding_asks_and_can_be_undone(township, owner, draft):
    assert 'data-confirm="放弃草稿' in text(owner.get(f"/models/drafts/{draft}"))
    owner.post(f"/models/drafts/{draft}/discard")
    page = text(owner.get("/models/drafts"))
    assert f"/models/drafts/{draft}/restore" in page
    owner.post(f"/models/drafts/{draft}/restore")
    assert "提请发布" in text(owner.get(f"/models/drafts/{draft}"))


def test_a_side_copy_is_looked_at_and_decided(township, owner, visit, draft):
    admin = township.people["admin"]
    with pytest.raises(Exception, match="已经保存过"):
        operations.save(
            draft, admin, PATH, shipped(township)[PATH].replace("拟定公示内容".encode(), "拟公示".encode()), version=0
        )
    page = text(owner.get(f"/models/drafts/{draft}"))
    where = re.search(rf"/models/drafts/{draft}/copies/\d+", page)[0]
    assert "由保存副本的" in text(owner.get(where))
    other = visit("admin")
    page = text(other.get(where))
    assert "用户任务“拟定公示单”改名为“拟公示”" in page
    assert other.post(where, {"answer": "mine", "version": "0"}).location == where
    assert other.post(where, {"answer": "mine", "version": "1"}).location == f"/models/drafts/{draft}"
    township.session.rollback()
    assert "拟公示".encode() in queries.content(township.session, queries.one(township.session, draft), PATH).data


def test_a_release_goes_out_as_a_zip_and_comes_in(township, owner, draft):
    current = releases.current(township.session).id
    answer = owner.get(f"/models/releases/{current}/export.zip")
    assert answer.mimetype == "application/zip"
    assert release_operations.identity(unpack(answer.data)) == current
    sent = {"file": (io.BytesIO(answer.data), "release.zip"), "instead": "yes"}
    answer = owner.post(f"/models/drafts/{draft}/zip", sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "没有改动" in text(owner.get(f"/models/drafts/{draft}"))


def test_a_zip_from_elsewhere_is_refused_whole(township, owner, draft):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../evil.bpmn", "x")
    for data in (out.getvalue(), b"no zip", pack({"a.bpmn": b"0" * 3_000_000})):
        answer = owner.post(
            f"/models/drafts/{draft}/zip", {"file": (io.BytesIO(data), "x.zip")}, content_type="multipart/form-data"
        )
        assert answer.status_code == 422
        assert "压缩包" in text(answer)
    assert owner.post(f"/models/drafts/{draft}/zip", {}).status_code == 422


def test_a_draft_is_moved_onto_what_was_released_meanwhile(township, owner, visit, draft):
    head, files = visit("head"), shipped(township)
    other = operations.begin(township.people["admin"], "另一处").id
    data = files[PATH].replace("复核公示内容".encode(), "复核公示单".encode())
    operations.save(other, township.people["admin"], PATH, data, version=0)
    head.post(f"{propose(visit('admin'), other).location}/confirm", {"checked": "yes"})
    page = text(owner.get(f"/models/drafts/{draft}"))
    assert "把草稿并到那一版" in page
    assert propose(owner, draft).status_code == 409
    page = text(owner.get(f"/models/drafts/{draft}/rebase"))
    assert "用户任务“复核公示内容”改名为“复核公示单”" in page
    township.session.rollback()
    onto = releases.current(township.session).id
    assert owner.post(f"/models/drafts/{draft}/rebase", {"onto": onto}).status_code == 422
    answer = owner.post(f"/models/drafts/{draft}/rebase", {"onto": onto, f"answers.{PATH}": "mine"})
    assert answer.status_code == 303
    assert propose(owner, draft).status_code == 303


def test_two_sides_beside_each_other(township, owner, draft):
    base = releases.current(township.session).id
    page = text(owner.get(f"/models/diff?a={base[:10]}&b=draft-{draft}&process=publicity"))
    assert page.count("data-bpmn-url") == 2
    assert '{"draft_notice": "changed"}' in page
    assert f"/models/releases/{base}/files/{PATH}" in page
    assert f"/models/drafts/{draft}/files/{PATH}" in page
    assert "用户任务“拟定公示内容”改名为“拟定公示单”" in page
    assert owner.get(f"/models/releases/{base}/files/{PATH}").data == shipped(township)[PATH]
    assert "没有不同" in text(owner.get(f"/models/diff?a={base}&b={base}"))


@pytest.mark.parametrize("query", ["a=zzzz", "a=draft-999", "b=%27", "a=0000", "a=draft-99999999999"])
def test_a_side_that_is_none(owner, query):
    assert owner.get(f"/models/diff?{query}").status_code == 404


def test_who_only_reads(township, visit, draft):
    clerk = visit("clerk")
    for path in ("/models/drafts", f"/models/drafts/{draft}", "/models/releases", "/models/diff"):
        page = clerk.get(path)
        assert page.status_code == 200, path
        assert "提请发布</button>" not in text(page)
    for path in ("/models/drafts", f"/models/drafts/{draft}/discard", f"/models/drafts/{draft}/propose"):
        assert clerk.post(path, {"title": "x", "note": "x"}).status_code == 403, path
    assert visit().get("/models/releases").status_code == 302


def test_the_old_address_leads_to_the_new(owner):
    answer = owner.get("/admin/releases")
    assert (answer.status_code, answer.location) == (301, "/models/releases")
