"""The working calendar's page: what it shows, both forms, the preview, the confirmation, the progress."""

from __future__ import annotations

import contextvars
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.actors import SYSTEM
from engine.database import db
from engine.holidays import operations, queries
from engine.holidays.models import CalendarDay, CalendarYear
from engine.journal.models import JournalEntry
from tests.support.calendars import DAYS_2027, as_file

FILES = Path(__file__).parents[2] / "fixtures" / "calendar"
FEAST = {
    "first": "2026-03-20",
    "last": "2026-03-21",
    "kind": "off",
    "name": "开斋节",
    "source": "宁政办发〔2026〕1号",
}


def text(answer: Any) -> str:
    """What a person reads: without tags, spaces folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def upload(visitor: Any, data: bytes) -> Any:
    """Sends a file as a browser does. Written out by hand: the test client leaves large bodies in an open file."""
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token}\r\n--x\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="2027.json"\r\n\r\n'
    body, kind = head.encode() + data + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
    client = visitor.client
    return contextvars.Context().run(lambda: client.post("/admin/calendar/year", data=body, content_type=kind))


def hidden(answer: Any) -> dict[str, str]:
    """The fields that the preview carries along."""
    found = re.findall(r'<input type="hidden" name="(text|confirm)" value="([^"]*)"', answer.get_data(as_text=True))
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def admin(township, visit):
    visitor = visit("admin")
    visitor.get("/admin/calendar")
    return visitor


def test_a_year_at_a_glance(admin):
    answer = admin.get("/admin/calendar")
    said = text(answer)
    assert answer.status_code == 200
    for fact in (
        "2026年1月 工作日 21 天",
        "15–23日 春节（休）",
        "14日 春节（班）",
        "9日 劳动节（班）",
        "地方放假",
        "班 调休上班",
    ):
        assert fact in said
    assert 'aria-current="date">2</td>' in answer.get_data(as_text=True)  # 2 March, the township's day
    assert "还没有载入" not in said


def test_next_year_is_provisional_and_from_november_on_asked_for(admin, at):
    assert "暂定 还没有这一年的放假安排" in text(admin.get("/admin/calendar?year=2027"))
    at("2026-11-02 09:00")
    assert "还没有载入2027年的放假安排。" in text(admin.get("/admin/calendar"))
    for strange in ("", "x", "1", "99999"):
        assert "2026年放假与上班" in text(admin.get(f"/admin/calendar?year={strange}"))


@pytest.mark.parametrize("username", ["clerk", "director", "head", "owner"])
def test_others_neither_see_nor_change_it(township, visit, session, username):
    visitor = visit(username)
    assert "工作日历" not in text(visitor.get("/account/password"))
    for path in ("/admin/calendar", "/admin/calendar/progress", "/admin/calendar/days/2026-03-20"):
        assert visitor.get(path).status_code == 403
    assert visitor.post("/admin/calendar/days", FEAST).status_code == 403
    assert visitor.post("/admin/calendar/days/2026-03-20", {"reason": "x"}).status_code == 403
    assert upload(visitor, as_file()).status_code == 403
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == 0


def test_local_days_are_entered_shown_and_taken_out(admin, session):
    assert admin.post("/admin/calendar/days", FEAST).location.endswith("/admin/calendar?year=2026")
    said = text(admin.get("/admin/calendar"))
    for fact in (
        "已登记“开斋节”2天",
        "20–21日 开斋节（地休）",
        "2026-03-20（周五） 开斋节 放假 宁政办发〔2026〕1号 吴小军",
    ):
        assert fact in said
    assert "2026-03-20（周五）" in text(admin.get("/admin/calendar/days/2026-03-20"))
    refused = admin.post("/admin/calendar/days/2026-03-20", {"reason": " "})
    assert refused.status_code == 422
    assert "请写明删除的原因" in text(refused)
    assert admin.post("/admin/calendar/days/2026-03-20", {"reason": "通知改期"}).status_code == 302
    session.expire_all()
    assert [row.day for row in queries.local_days(session)] == [date(2026, 3, 21)]
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "admin:day:removed")).one()
    assert (entry.actor_name, entry.reason) == ("吴小军", "通知改期")
    assert admin.get("/admin/calendar/days/2026-03-20").status_code == 404
    assert admin.get("/admin/calendar/days/2026-02-30").status_code == 404
    assert admin.get("/admin/calendar/days/x").status_code == 404


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"first": ""}, "first", "请填写日期"),
        ({"first": "2026-02-30", "last": ""}, "first", "请填写日期"),
        ({"last": "三月"}, "last", "请填写日期"),
        ({"last": "2026-03-19"}, "last", "结束日期不能早于开始日期"),
        ({"last": "2026-04-30"}, "last", "一次最多登记15天"),
        ({"name": " "}, "name", "请填写名称"),
        ({"source": ""}, "source", "请填写依据"),
        ({"first": "1926-03-20", "last": "1926-03-20"}, "first", "请核对年份"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(admin, session, given, field, said):
    answer = admin.post("/admin/calendar/days", {**FEAST, **given})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert re.search(rf'id="{field}-error">{said}|id="{field}-error">[^<]*{said}', page), field
    kept = {**FEAST, **given}
    assert f'value="{kept["first"]}"' in page
    if kept["name"].strip():
        assert f'value="{kept["name"]}"' in page
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == 0


def test_a_year_is_shown_before_it_is_loaded(admin, session, at):
    at("2026-12-20 09:00")
    admin.get("/account/password")
    answer = upload(admin, as_file())
    said = text(answer)
    assert answer.status_code == 200
    for fact in (
        "还没有载入",
        "放假 28 天",
        "调休上班 7 天",
        "2026-12-31（周四）上班 → 休息",
        "0 件的日期会变",
        "5–11日 春节（休）",
    ):
        assert fact in said
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 0
    assert admin.post("/admin/calendar/year", hidden(answer)).location.endswith("/admin/calendar?year=2027")
    session.rollback()
    assert queries.current(session).published(2027)
    shown = text(admin.get("/admin/calendar?year=2027"))
    assert "由吴小军于 2026-12-20 09:00 载入" in shown
    again = upload(admin, as_file())
    assert again.status_code == 302
    assert "与文件相同，没有改动" in text(admin.get("/admin/calendar"))


def test_a_known_year_is_corrected_only_by_who_says_so(admin, session):
    given = json.loads((FILES / "2026.json").read_text())
    given["days"] = [each for each in given["days"] if each["date"] != "2026-10-10"]
    answer = upload(admin, json.dumps(given).encode())
    assert "我已核对通知，确要更正" in text(answer)
    refused = admin.post("/admin/calendar/year", hidden(answer))
    assert refused.status_code == 422
    assert "2026-10-10由上班改为休息" in text(refused)
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 0
    assert admin.post("/admin/calendar/year", {**hidden(answer), "replace": "1"}).status_code == 302
    session.rollback()
    assert not queries.current(session).is_workday(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "请选择放假安排文件"),
        (b"PK\x03\x04", "不是有效的 JSON 文件"),
        (as_file(2027, papers=[]), "没有写明依据"),
        (as_file(2027, days=[*DAYS_2027, {"name": "<b>", "date": "<i>", "isOffDay": True}]), "日期“<i>”不存在"),
        (b" " * (1024 * 1024 + 1), "文件超过 1 MB"),
    ],
)
def test_a_wrong_file_is_explained(admin, session, data, said):
    answer = upload(admin, data)
    assert answer.status_code == 422
    assert said in unescape(answer.get_data(as_text=True))
    assert "<i>" not in answer.get_data(as_text=True).split("<main")[1].split("还没有重新计算过")[0]
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 0


def test_a_file_far_too_large_is_refused_before_it_is_read(admin):
    assert upload(admin, b" " * (3 * 1024 * 1024)).status_code == 413


def test_the_progress_is_asked_for_until_it_is_done(admin, township, plan, session):
    township.apply(plan)
    session.rollback()
    admin.post("/admin/calendar/days", {**FEAST, "first": "2026-03-03", "last": ""})
    page = admin.get("/admin/calendar").get_data(as_text=True)
    assert 'hx-get="/admin/calendar/progress"' in page
    assert "已核对 0/1 件" in text(admin.get("/admin/calendar/progress"))
    while operations.go_on() is not None:
        pass
    done = admin.get("/admin/calendar/progress")
    assert "核对在办 1 件，1 件的期限有变化" in text(done)
    assert "hx-trigger" not in done.get_data(as_text=True)
    operations.begin_recount(SYSTEM, "核对")
    operations.begin_recount(SYSTEM, "再核对")
    db.session.rollback()
    assert "再核对" in text(admin.get("/admin/calendar/progress"))
