"""Decisions on the page: all staff read them, owners change them, nothing typed is lost, nothing broken is released."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.decisions.tables import parse
from engine.deployments import operations, queries
from engine.releases import queries as releases
from engine.releases.models import Release
from engine.runtime.models import Instance
from tests.support.township import START
from web.modeler import typed

# Pages and what they post; what is stored is tested on both databases elsewhere.
pytestmark = pytest.mark.sqlite

PAGE = "/models/decisions/tekun_amount"


def form_of(page: str) -> dict[str, str]:
    """What the editor's form holds, as a browser without scripts would send it."""
    found = {
        name: html.unescape(text)
        for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', page)
        if "NUMBER" not in name
    }
    (found["base"],) = re.findall(r'name="base" value="([0-9a-f]{64})"', page)
    return found


def text(answer: Any) -> str:
    return answer.get_data(as_text=True)


def released(session: Any) -> int:
    return session.scalar(select(func.count()).select_from(Release))


def confirm(session: Any, township: Any) -> None:
    """The head confirms what waits."""
    (waiting,) = (each for each in queries.proposals(session) if each.status == "open")
    operations.confirm(waiting.id, township.people["head"])


@pytest.fixture
def owner(township, visit):
    return visit("owner")


@pytest.fixture
def form(owner) -> dict[str, str]:
    return form_of(text(owner.get(f"{PAGE}/edit")))


def test_all_staff_read_a_decision_and_how_its_test_rows_go(township, visit):
    clerk = visit("clerk")
    assert "决策" in text(clerk.get("/models"))
    page = text(clerk.get("/models/decisions/dibao_amount"))
    assert "（560−300）×3＝780元" in page
    assert "不符合</span>" not in page
    assert page.count('class="dd-light dd-green">符合') >= 12
    assert "农村低保标准（每人每月）" in page
    assert f"{PAGE}/edit" not in page


def test_a_literal_expression_is_read_too(township, visit):
    assert "income_total - income_exempt" in text(visit("clerk").get("/models/decisions/income"))


@pytest.mark.parametrize("verb", ["edit", "check", "try", "deploy"])
def test_only_owners_change_decisions(township, visit, verb):
    clerk = visit("clerk")
    answer = clerk.get(f"{PAGE}/{verb}") if verb == "edit" else clerk.post(f"{PAGE}/{verb}", {"xml": "x"})
    assert answer.status_code == 403


def test_nobody_reads_them_without_signing_in(township, visit):
    assert visit().get(PAGE).status_code == 302


def test_stranger_is_not_found(owner):
    for path in ("/models/decisions/gone", "/models/decisions/gone.dmn", "/models/decisions/gone/edit"):
        assert owner.get(path).status_code == 404


def test_the_file_is_the_one_of_the_release(owner, session):
    release = releases.load(releases.current(session).id, session)
    assert owner.get(f"{PAGE}.dmn").data == release.files["decisions/tekun_amount.dmn"]


def test_values_are_tried_with_the_parameters_of_today(owner, form):
    given = {**form, "try-eligible": "是", "try-rural": "true", "try-care_grade": "none"}
    answer = owner.post(f"{PAGE}/try", given, headers={"X-Part": "1"})
    part = text(answer)
    assert "<html" not in part
    assert "78800" in part, part  # 560 yuan at 1.3, and 60 for whoever cares for oneself.
    assert 'data-row="tekun_amount_none_rural" data-hit="1"' in part


def test_value_that_is_not_allowed_is_told_and_the_whole_page_keeps_it(owner, form):
    answer = owner.post(f"{PAGE}/try", {**form, "try-eligible": "true", "try-rural": "true", "try-care_grade": "some"})
    assert answer.status_code == 200
    assert "不允许“some”" in text(answer)
    assert 'value="some"' in text(answer)


def test_check_names_rows_and_releases_nothing(owner, form, session):
    before = released(session)
    broken = form["xml"].replace("<text>false</text>", "<text>true</text>", 1)
    part = text(owner.post(f"{PAGE}/check", {**form, "xml": broken}, headers={"X-Part": "1"}))
    assert "decision-overlap" in part
    assert 'data-row="tekun_amount_full_urban"' in part
    assert "不符合" in part
    assert released(session) == before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("xml", "<a", "不是有效的XML文件"),
        ("xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
        ("xml", "<a/>", "没有标识为“tekun_amount”的决策"),
        ("given", "rural true", "第1行“rural true”写法有误"),
        ("test-0-expect", "= 1", "写法有误"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept(owner, form, session, field, value, words):
    before = released(session)
    answer = owner.post(f"{PAGE}/deploy", {**form, "note": "改一改", field: value})
    assert answer.status_code == 422
    assert words in html.unescape(text(answer))
    kept = form_of(text(answer))
    assert kept[field].strip() == value
    assert kept["note"] == "改一改"
    assert released(session) == before


def test_a_release_needs_a_reason(owner, form, session):
    before = released(session)
    answer = owner.post(f"{PAGE}/deploy", form)
    assert answer.status_code == 422
    assert "写明这次改了什么" in text(answer)
    assert released(session) == before


def test_a_failing_test_row_is_not_released_and_what_was_typed_stays(owner, form, session):
    before = released(session)
    answer = owner.post(f"{PAGE}/deploy", {**form, "note": "改一改", "test-0-expect": "amount = 1"})
    assert answer.status_code == 422
    assert "应是 1，算出来是 72800" in text(answer)
    assert form_of(text(answer))["test-0-expect"] == "amount = 1"
    assert released(session) == before


def test_released_change_is_for_new_cases_only(owner, form, session, township, plan, at):
    instance = township.apply(plan)
    at(f"{START:%Y-%m-%d} 15:00")
    old = releases.current(session).id
    more = {**form, "note": "多一个测试行", "test-90-name": "又一个", "test-90-expect": "amount = 72800"}
    answer = owner.post(f"{PAGE}/deploy", more)
    assert answer.status_code == 302
    session.rollback()  # What it had read belongs to the time before.
    assert releases.current(session).id == old, "proposed, and nobody has confirmed it"
    confirm(session, township)
    current = releases.current(session)
    assert current.id != old
    assert current.note == "多一个测试行"
    loaded = releases.load(current.id, session)
    assert loaded.decisions["tekun_amount"].examples[-1].name == "又一个"
    assert session.get(Instance, getattr(instance, "id", instance)).release_id == old
    same = {path for path, data in loaded.files.items() if releases.load(old, session).files.get(path) != data}
    assert same == {"decisions/tekun_amount.dmn"}


def test_somebody_elses_change_is_not_overwritten(owner, form, session, township, at):
    at(f"{START:%Y-%m-%d} 15:00")
    assert owner.post(f"{PAGE}/deploy", {**form, "note": "第一次", "test-0-name": "改名"}).status_code == 302
    session.rollback()
    confirm(session, township)
    answer = owner.post(f"{PAGE}/deploy", {**form, "note": "第二次"})
    assert answer.status_code == 422
    assert "别人已经发布了这个决策的新版本" in text(answer)
    assert form_of(text(answer))["base"] == form["base"], "a second press must not overwrite it either"


def test_removed_and_blank_test_rows_are_no_rows(owner, form, session):
    removed = {key: "" for key in form if key.startswith("test-0-")}
    part = text(owner.post(f"{PAGE}/check", {**form, **removed}, headers={"X-Part": "1"}))
    assert "没有一个测试行用到" in part
    assert "第 " in part


def test_test_rows_survive_the_form(owner, form, session):
    release = releases.load(releases.current(session).id, session)
    for path, data in release.files.items():
        if not path.endswith(".dmn"):
            continue
        (before,) = parse(data)
        again = typed.file_of(typed.of_decision(before, data, ""), before.id)
        (after,) = parse(again)
        assert after == before, path
