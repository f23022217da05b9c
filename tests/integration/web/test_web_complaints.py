"""The ledger of complaints, what stands beside a complaint, draws and their published results, at a browser."""

from __future__ import annotations

import hashlib
import html
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine import clock
from engine.journal.models import JournalEntry
from engine.runtime import operations as runtime
from engine.runtime.models import Instance
from registers.cases import operations as starting
from registers.cases.models import Case
from registers.complaints.models import Accused, Report
from registers.samples import queries as samples
from registers.samples.models import Sample

pytestmark = pytest.mark.sqlite
SECRET = "他收了一条烟才给登记"


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def complain(township, by="clerk", **changed) -> Instance:
    given = {
        "received_on": f"{clock.today():%Y-%m-%d}", "channel": "visit", "group_visit": False, "named": True,
        "name": "马信访", "phone": "13000000009", "village": "hongliu", "help_wanted": False, "kind": "report",
        "about": "recipient", "subject": "dibao", "content": SECRET, "request": "=请查清楚",
    }  # fmt: skip
    return starting.begin("petition", township.people[by], values={**given, **changed})


@pytest.fixture
def reported(township):
    """A complaint against 李雪梅 (clerk2) and the report that it became."""
    accused = [{"name": "李雪梅", "post": "clerk", "unit": "民生服务中心"}]
    petition = complain(township, about="staff", subject="conduct", accused=accused)
    report = township.session.scalars(select(Report).where(Report.source_id == petition.id)).one()
    return petition, township.session.get(Instance, report.instance_id)


def number(township, instance):
    return township.session.get(Case, instance.id).number


# The ledger


def test_the_ledger_lists_clues_without_a_name_or_a_word(township, visit, reported):
    plain = complain(township)
    page = text(visit("discipline").get("/complaints/"))
    assert number(township, reported[1]) in page
    assert number(township, plain) in page
    for told in (SECRET, "马信访", "13000000009", "李雪梅"):
        assert told not in page


def test_whom_it_does_not_concern_finds_neither_page_nor_number(township, visit, reported):
    for name in ("clerk2", "investigator", "secretary", "hongliu", "owner"):
        assert visit(name).get("/complaints/").status_code == 403, name
    page = text(visit("head").get("/complaints/?state=all&clues=0"))
    assert number(township, reported[1]) not in page
    assert "全部 0" in page
    assert 'href="/complaints/"' in text(visit("head").get("/desk/"))
    assert 'href="/complaints/"' not in text(visit("clerk2").get("/desk/"))


@pytest.mark.parametrize("who", ["clerk2", "clerk", "head", "director", "secretary"])
def test_a_hidden_case_is_not_there_as_if_it_had_never_been(township, visit, reported, who):
    visitor = visit(who)
    absent = visitor.get("/cases/999999")
    for each in reported:
        page = visitor.get(f"/cases/{each.id}")
        assert page.status_code == absent.status_code == 404
        assert "没有找到这件办件" in text(page)
        assert "保密" not in text(page)
    item = township.items(reported[1])["take_report"]
    assert visitor.get(f"/desk/items/{item.id}").status_code == 404
    assert visitor.get(f"/why/item/{item.id}").status_code in (403, 404)


def test_search_does_not_find_it(township, visit, reported):
    page = text(visit("clerk2").get(f"/search?q={number(township, reported[1])}"))
    assert f"/cases/{reported[1].id}" not in page


def test_filters_narrow_and_unknown_words_read_as_none(township, visit):
    letter = complain(township, channel="letter", subject="payment")
    complain(township, channel="phone")
    visitor = visit("director")
    page = text(visitor.get("/complaints/?channel=letter"))
    assert number(township, letter) in page
    assert "正在办理 1 件" in page
    month = f"{clock.today():%Y-%m}"
    assert "正在办理 2 件" in text(visitor.get(f"/complaints/?month={month}"))
    assert "正在办理 0 件" in text(visitor.get("/complaints/?month=2020-01"))
    assert "正在办理 2 件" in text(visitor.get("/complaints/?kind=%27&state=nothing&month=2026-99&page=-1&village="))


def test_the_workbook_says_text_as_text_and_leaves_a_trace(township, visit, reported):
    plain = complain(township, case_number=None)
    visitor = visit("discipline")
    visitor.get("/complaints/")
    answer = visitor.post("/complaints/export.xlsx", {"state": "all"})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    sheet = load_workbook(BytesIO(answer.data)).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert {number(township, plain), number(township, reported[1])} <= set(cells)
    assert not any(told in cell for cell in cells for told in (SECRET, "马信访", "李雪梅"))
    township.session.rollback()
    entry = township.session.scalars(select(JournalEntry).where(JournalEntry.verb == "actor:ledger:exported")).one()
    assert entry.after == {"count": 2}


def test_nobody_exports_what_they_may_not_see(visit, township):
    visitor = visit("clerk2")
    visitor.get("/desk/")
    assert visitor.post("/complaints/export.xlsx", {"state": "all"}).status_code == 403


# Beside a complaint


def test_whoever_verifies_a_report_reads_what_was_reported_on_its_page_and_its_task(township, visit, reported):
    petition, report = reported
    visitor, item = visit("discipline"), township.items(report)["take_report"]
    for path in (f"/cases/{report.id}", f"/desk/items/{item.id}"):
        page = text(visitor.get(path))
        assert SECRET in page
        assert f'href="/cases/{petition.id}"' in page
        assert "13000000009" not in page
    assert visitor.get(f"/cases/{petition.id}").status_code == 200


def test_the_discipline_office_sees_whom_it_speaks_against_and_says_who_else(township, visit, reported):
    report = reported[1]
    visitor = visit("discipline")
    page = text(visitor.get(f"/cases/{report.id}"))
    assert "被反映的人" in page
    assert "已对应账号" in page
    director = township.people["director"]
    answer = visitor.post(f"/complaints/{report.id}/accused", {"account_id": str(director.id)})
    assert answer.status_code == 302
    township.session.rollback()
    accounts = set(township.session.scalars(select(Accused.account_id).where(Accused.instance_id == report.id)))
    assert accounts == {township.people["clerk2"].id, director.id}
    for wrong in ("", "x", "9" * 40):
        assert visitor.post(f"/complaints/{report.id}/accused", {"account_id": wrong}).status_code == 302
    township.session.rollback()
    assert township.session.query(Accused).filter(Accused.instance_id == report.id).count() == 2


@pytest.mark.parametrize("who", ["head", "clerk2", "director"])
def test_nobody_else_says_who_is_meant(township, visit, reported, who):
    visitor = visit(who)
    visitor.get("/desk/")
    given = {"account_id": str(township.people["discipline"].id)}
    visitor.post(f"/complaints/{reported[1].id}/accused", given)
    township.session.rollback()
    assert township.session.query(Accused).filter(Accused.instance_id == reported[1].id).count() == 1


def test_a_repeat_leads_to_the_earlier_matter(township, visit):
    first = complain(township)
    second = complain(township)
    page = text(visit("director").get(f"/cases/{second.id}"))
    assert f'href="/cases/{first.id}">{number(township, first)}' in page


def test_a_delay_that_was_not_granted_is_not_told(township, visit):
    petition = complain(township)
    visitor = visit("clerk")
    page = text(visitor.get(f"/cases/{petition.id}"))
    assert "延期告知" not in page
    answer = visitor.post(f"/complaints/{petition.id}/delay")
    assert answer.status_code == 302
    assert "没有延长过" in text(visitor.get(f"/cases/{petition.id}"))


def test_the_window_takes_a_complaint_and_says_what_is_wrong_at_its_field(township, visit):
    visitor = visit("clerk")
    page = text(visitor.get("/desk/apply/petition"))
    assert "登记信访事项" in page
    given = {
        "received_on": f"{clock.today():%Y-%m-%d}", "channel": "phone", "named": "true", "name": "马信访",
        "phone": "13000000009", "village": "hongliu", "help_wanted": "false", "kind": "request", "about": "other",
        "subject": "dibao", "content": SECRET, "request": "请查清楚", "case_number": "高仁低保2026-0099",
    }  # fmt: skip
    answer = visitor.post("/desk/apply/petition", given)
    assert answer.status_code == 422
    assert "没有编号为“高仁低保2026-0099”的办件" in text(answer)
    assert SECRET in text(answer)
    answer = visitor.post("/desk/apply/petition", {**given, "case_number": ""})
    assert answer.status_code == 302
    township.session.rollback()
    assert township.session.query(Case).filter(Case.scheme == "petition").count() == 1


# Draws


@pytest.fixture
def check(township, plan):
    """A spot check that waits for its witness, one application to draw from."""
    case = township.apply(plan)
    township.sign(case, "check_completeness", "clerk", plan=plan)
    township.sign(case, "declare_relatives", "clerk", plan=plan)
    given = {
        "title": "一季度抽查", "way": "random", "population": "cases", "where": "all", "reason": "看公示",
        "how": "size", "size": 1,
    }  # fmt: skip
    return starting.begin("spot_check", township.people["head"], values=given)


def sample(township) -> Sample:
    return township.session.scalars(select(Sample).execution_options(populate_existing=True)).one()


def finish(township, check) -> None:
    """From the witness to the published summary."""
    people, today = township.people, f"{clock.today():%Y-%m-%d}"

    def sign(instance, element, by, **values):
        runtime.complete(township.items(instance)[element].id, people[by], values=values)

    sign(check, "witness_draw", "discipline", words="骰子三五一", present="两人")
    child = township.session.scalars(select(Instance).where(Instance.parent_id == check.id)).one()
    seen = {"visited_on": today, "met": "户主", "said": "一致", "wrong": False, "misconduct": False}
    sign(child, "check_visit", "discipline", **seen)
    sign(child, "check_visit", "discipline2", **seen)
    sign(check, "summarise_check", "discipline", summary="抽查一件，没有问题。\n<b>粗</b>", inside="内部的话")
    sign(check, "approve_summary", "discipline2", approved=True)


def test_the_register_of_draws_is_for_those_who_check(township, visit, check):
    page = text(visit("discipline").get("/checks/"))
    assert "一季度抽查" in page
    assert "等待见证" in page
    for name in ("director", "clerk", "secretary"):
        assert visit(name).get("/checks/").status_code == 403, name
        assert visit(name).get(f"/checks/{sample(township).id}").status_code == 403, name


def test_a_draw_shows_its_promise_and_keeps_its_seed(township, visit, check):
    visitor, kept = visit("discipline"), sample(township)
    page = text(visitor.get(f"/checks/{kept.id}"))
    assert kept.promise in page
    assert kept.seed not in page
    assert visitor.get("/checks/999").status_code == 404
    item = township.items(check)["witness_draw"]
    runtime.claim(item.id, township.people["discipline"])
    assert kept.promise in text(visitor.get(f"/desk/items/{item.id}"))


def test_before_it_is_published_nobody_outside_knows_of_it(township, visit, check):
    stranger = visit()
    assert "一季度抽查" not in text(stranger.get("/checks/published"))
    assert stranger.get(f"/checks/published/{sample(township).id}").status_code == 404
    assert stranger.get(f"/checks/published/{sample(township).id}/keys.txt").status_code == 404


def test_anybody_works_a_published_draw_out_without_signing_in(township, visit, check):
    finish(township, check)
    kept, stranger = sample(township), visit()
    assert "一季度抽查" in text(stranger.get("/checks/published"))
    page = text(stranger.get(f"/checks/published/{kept.id}"))
    for told in (kept.seed, kept.promise, kept.digest, "骰子三五一", "抽查一件，没有问题。"):
        assert told in page
    assert "内部的话" not in page
    assert "<b>粗</b>" not in stranger.get(f"/checks/published/{kept.id}").get_data(as_text=True)
    keys = stranger.get(f"/checks/published/{kept.id}/keys.txt")
    assert hashlib.sha256(keys.data).hexdigest() == kept.digest
    assert samples.holds(township.session, kept)
    inside = text(visit("head").get(f"/checks/{kept.id}"))
    assert "复算一致" in inside
    assert kept.seed in inside


def test_a_draw_that_was_tampered_with_says_so(township, visit, check):
    finish(township, check)
    kept = sample(township)
    kept.seed = "11" * 32
    township.session.commit()
    assert "复算不一致" in text(visit("discipline").get(f"/checks/{kept.id}"))
