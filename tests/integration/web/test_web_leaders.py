"""The leaders' pages: what they say is what the case pages say; acting from the list; the report as a workbook."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from random import Random

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.clocks.models import Clock, Extension
from engine.outbox.models import Message
from engine.runtime.models import WorkItem
from registers.accounts import operations as accounts
from registers.cases.models import Case
from registers.demonstration.acts import Plan
from registers.demonstration.cast import PASSWORD, TOWNSHIP
from registers.demonstration.people import family
from registers.supervision.models import Order
from tests.support.leading import Led
from web.leaders import workbook

pytestmark = pytest.mark.sqlite
WORDS = re.compile(r"超期 \d+ 天")


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def rows(page):
    """{(kind, id): the row's HTML} of a list."""
    found = re.findall(r'<tr id="row-(\w+)-(\d+)">(.*?)</tr>', page, re.DOTALL)
    return {(kind, int(key)): inside for kind, key, inside in found}


@pytest.fixture
def led(session) -> Led:
    return Led(session)


@pytest.fixture
def item(led):
    return led.items(led.case)["arrange_survey"]


@pytest.fixture
def late(led, at):
    """Monday 9 March: the survey that should have been arranged by the 5th is late."""
    return at("2026-03-09 09:00")


def test_what_is_red_on_the_board_is_red_on_the_page_of_its_case_and_nothing_else(township, visit, session, at):
    random = Random(11)  # noqa: S311 -- synthetic people
    cases = []
    for seed in range(5):
        home = family(Random(seed), clock.today(), poor=True)  # noqa: S311 -- synthetic people
        cases.append(township.apply(Plan(home, Random(seed))))  # noqa: S311
    session.rollback()
    for instance in cases:
        (made,) = township.items(instance).values()
        made.due_at = clock.end_of(date(2026, 3, random.randrange(6, 16)))
        for number in range(random.randrange(3)):
            session.add(Clock(instance_id=instance.id, name=f"c{number}", title="时限", kind="legal", budget="3wd",
                              basis={}, started_at=clock.now(),
                              due_at=clock.end_of(date(2026, 3, random.randrange(6, 16)))))  # fmt: skip
    session.commit()
    at("2026-03-11 09:00")
    head = visit("head")
    listed = Counter()
    for inside in rows(text(head.get("/leaders/overdue?state=red"))).values():
        instance_id = re.search(r"/cases/(\d+)", inside)[1]
        (words,) = WORDS.findall(inside)
        listed[instance_id, words] += 1
    shown = Counter()
    for instance in cases:
        page = text(head.get(f"/cases/{instance.id}"))
        glance = page[page.index("dd-glance") : page.index("</section>")]  # The next date stands there once more.
        for words in WORDS.findall(page.replace(glance, "")):
            shown[str(instance.id), words] += 1
        if any(key == str(instance.id) for key, _ in listed):
            assert "<dt>现在在谁手中</dt><dd><strong>窗口受理员（无人认领）</strong>" in page
    assert listed == shown
    assert sum(listed.values()) > 2
    room = text(head.get("/leaders/"))
    assert f"<span>已超期</span><strong>{sum(listed.values())}</strong>" in room


def test_the_room_leads_to_the_rows_behind_its_numbers(led, late, visit):
    head = visit("head")
    room = text(head.get("/leaders/"))
    assert "卡在哪里" in room
    links = sorted(set(re.findall(r'href="(/leaders/overdue\?[^"]+)">(\d+)<', room)))
    assert len(links) > 4
    for address, number in links:
        assert f"共 {number} 项" in text(head.get(address)), address


def test_only_leaders_come_in(led, visit):
    pages = ("", "overdue", "trends", "trends.json", "load.json", "orders", "extensions", "report")
    for path in (*(f"/leaders/{page}" for page in pages), "/leaders/report.xlsx?month=2026-03"):
        assert visit("clerk").get(path).status_code == 403, path
        assert visit("head").get(path).status_code == 200, path
        assert visit().get(path).status_code == 302, path


def test_charts_and_tables_say_the_same(led, late, visit):
    led.sign(led.case, "arrange_survey", "director", plan=led.plan)
    head = visit("head")
    page = text(head.get("/leaders/trends"))
    figures = json.loads(head.get("/leaders/trends.json").data)
    assert len(figures["weeks"]) == 12
    assert figures["stages"][0]["name"] == "安排家庭经济状况调查"
    for each in figures["stages"]:
        cells = f'<th scope="row">{each["name"]}</th><td>{each["median"]}</td><td>{each["p90"]}</td>'
        assert cells in page
    for each in json.loads(head.get("/leaders/load.json").data)["people"]:
        assert f"<td>{each['held']}</td><td>{each['red']}</td>" in page


def test_a_leader_urges_from_the_list(led, item, late, visit, session):
    head = visit("head")
    panel = text(head.get(f"/leaders/act/item/{item.id}?back=/leaders/overdue?state=red"))
    assert "发出催办" in panel
    given = {"text": "群众催问", "back": "/leaders/overdue?state=red"}
    answer = head.post(f"/leaders/act/item/{item.id}/urge", given)
    assert (answer.status_code, answer.location) == (303, "/leaders/overdue?state=red")
    assert "已催办" in text(head.get("/leaders/overdue"))
    again = head.post(f"/leaders/act/item/{item.id}/urge", {"text": "再催一次"})
    assert again.status_code == 422
    assert "今天已经催办过" in text(again)
    assert "再催一次</textarea>" in text(again)
    assert len(urges(session)) == 1


def test_a_script_is_told_where_to_go_and_gets_the_panel_alone(led, item, late, visit):
    head, asked = visit("head"), {"HX-Request": "true"}
    panel = text(head.get(f"/leaders/act/item/{item.id}", headers=asked))
    assert "<html" not in panel
    refused = head.post(f"/leaders/act/item/{item.id}/order", {"text": "请说明"}, headers=asked)
    assert refused.status_code == 422
    assert "<html" not in text(refused)
    done = head.post(f"/leaders/act/item/{item.id}/urge", {"back": "https://elsewhere.example/"}, headers=asked)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, "/leaders/overdue")


def test_ticked_rows_are_urged_each_with_its_result(led, item, late, visit, session):
    head = visit("head")
    head.get("/leaders/overdue")
    page = text(head.post("/leaders/urge", {"item": [str(item.id), str(item.id), "999", "x"]}))
    assert "1 项已催办，1 项没有催办" in page
    page = text(head.post("/leaders/urge", {"item": [str(item.id)]}))
    assert "0 项已催办，1 项没有催办" in page
    assert "今天已经催办过" in page
    assert "没有勾选环节" in text(head.post("/leaders/urge"))
    assert len(urges(session)) == 1


def test_an_order_is_issued_answered_and_closed(led, item, late, visit, session):
    head, director = visit("head"), visit("director")
    address = f"/leaders/act/item/{item.id}/order"
    wrong = text(head.post(address, {"text": "请说明原因", "to_id": "999", "reply": "2wd"}))
    for said in ("请选择被督办人。", "请勾选确认。", "请说明原因</textarea>", '<option value="2wd" selected>'):
        assert said in wrong, said
    session.rollback()
    assert session.scalars(select(Order)).all() == []
    given = {"text": "请说明原因，\n<b>本周办完</b>", "to_id": str(led.people["director"].id), "sure": "yes"}
    given |= {"reply": "2wd"}
    assert head.post(address, given).status_code == 303
    assert "高仁民救督〔2026〕1号" in text(head.get("/leaders/orders"))
    for path in (f"/cases/{led.case.id}", f"/desk/items/{item.id}"):
        assert "请您打开答复" in text(director.get(path))
        assert "请您打开答复" not in text(head.get(path))
    paper = director.get("/orders/1").get_data(as_text=True)
    assert "&lt;b&gt;本周办完" in paper
    assert "提交答复" in paper
    assert "提交答复" not in text(head.get("/orders/1"))
    assert visit("check").get("/orders/1").status_code == 200
    empty = director.post("/orders/1/reply", {"text": "  "})
    assert empty.status_code == 422
    assert "请写明内容" in text(empty)
    assert director.post("/orders/1/reply", {"text": "已安排，周三入户"}).status_code == 303
    assert director.post("/orders/1/reply", {"text": "再答"}).status_code == 422
    assert "周三入户" in text(head.get("/orders/1"))
    assert "高仁民救督〔2026〕1号" in text(head.get("/leaders/orders?state=answered"))
    assert head.post("/orders/1/close", {"remark": ""}).status_code == 303
    assert "高仁民救督〔2026〕1号" in text(head.get("/leaders/orders?state=closed"))
    assert head.get("/orders/99").status_code == 404


def test_work_is_given_to_somebody_who_may_do_it(led, item, late, visit, session):
    deputy = visit("deputy")
    panel = text(deputy.get(f"/leaders/act/item/{item.id}"))
    assert "丁凤霞（民生服务中心主任）" in panel
    address = f"/leaders/act/item/{item.id}/assign"
    wrong = deputy.post(address, {"to": str(led.people["clerk"].id), "reason": "忙"})
    assert wrong.status_code == 422
    assert "请选择改派给谁。" in text(wrong)
    assert deputy.post(address, {"to": str(led.people["director2"].id), "reason": "陈主任出差"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.get(WorkItem, item.id).holder_name == "丁凤霞"


def test_an_extension_is_asked_for_and_decided_by_another(led, visit, at, session):
    at("2026-03-10 09:00")
    total = led.clock("total")
    director, deputy = visit("director"), visit("deputy")
    address = f"/leaders/act/clock/{total.id}/extend"
    wrong = director.post(address, {"why": "", "note": "住在外地"})
    assert wrong.status_code == 422
    assert "请选择一个延期理由" in text(wrong)
    assert "住在外地</textarea>" in text(wrong)
    assert director.post(address, {"why": "other_place", "note": "住在外地"}).status_code == 303
    session.rollback()
    (asked,) = session.scalars(select(Extension)).all()
    waiting = text(director.get("/leaders/extensions"))
    assert "全程办理时限" in waiting
    assert f'href="/why/clock/{total.id}"' in waiting
    assert f'href="/why/clock/{total.id}"' in text(deputy.get(f"/leaders/act/clock/{total.id}"))
    assert "批准延期</button>" not in waiting
    assert "批准延期</button>" in text(deputy.get("/leaders/extensions"))
    no_reason = deputy.post(f"/leaders/extensions/{asked.id}", {"decision": "refuse", "remark": ""})
    assert no_reason.status_code == 422
    assert "请写明理由" in text(no_reason)
    assert deputy.post(f"/leaders/extensions/{asked.id}", {"decision": "grant"}).status_code == 303
    decided = text(deputy.get("/leaders/extensions")).partition('id="decided"')[2]
    assert f'href="/why/clock/{total.id}"' in decided
    assert deputy.post(f"/leaders/extensions/{asked.id}", {"decision": "grant"}).status_code == 422
    session.rollback()
    session.expire_all()
    assert session.get(Clock, total.id).lap == 1
    assert "全程办理时限" in text(deputy.get("/leaders/overdue?state=extended"))


def test_a_clock_is_paused_and_runs_on(led, visit, at, session):
    at("2026-03-10 09:00")
    total, deputy = led.clock("total"), visit("deputy")
    address = f"/leaders/act/clock/{total.id}"
    assert "暂停计时" in text(deputy.get(address))
    wrong = deputy.post(f"{address}/pause", {"cause": "force_majeure", "pause_note": ""})
    assert wrong.status_code == 422
    assert "请写明为什么暂停" in text(wrong)
    assert deputy.post(f"{address}/pause", {"cause": "force_majeure", "pause_note": "洪水"}).status_code == 303
    assert "全程办理时限" in text(deputy.get("/leaders/overdue?state=paused"))
    assert "暂停计时" in text(deputy.get(f"/cases/{led.case.id}"))
    assert deputy.post(f"{address}/resume", {}).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.get(Clock, total.id).paused_at is None


def test_a_relative_is_counted_not_shown_and_not_acted_on(led, item, late, visit, session):
    led.make_kin("head")
    applicant = session.get(Case, led.case.id).applicant
    number = session.get(Case, led.case.id).number
    head = visit("head")
    assert "<span>已超期</span><strong>0</strong>" not in text(head.get("/leaders/"))
    for path in ("/leaders/overdue?state=red", "/leaders/overdue?state=week", "/leaders/orders"):
        page = text(head.get(path))
        assert applicant not in page
        assert number not in page
        assert f"/cases/{led.case.id}" not in page
    assert "须回避，不显示" in text(head.get("/leaders/overdue?state=red"))
    assert head.get(f"/leaders/act/item/{item.id}").status_code == 403
    urged = text(head.post("/leaders/urge", {"item": [str(item.id)]}))
    assert number not in urged
    assert urges(session) == []
    book = load_workbook(BytesIO(head.get("/leaders/report.xlsx?month=2026-03").data))
    assert all(number not in [cell.value for cell in row] for row in book["超期清单"].iter_rows())


@pytest.mark.parametrize("path", ["/leaders/act/item/99999", "/leaders/act/clock/99999", "/leaders/act/item/1/erase"])
def test_what_is_not_there_is_said(led, visit, path):
    head = visit("head")
    assert (head.post(path) if path.endswith("erase") else head.get(path)).status_code == 404


def test_the_secretary_sees_the_village_only(led, late, visit):
    for name in ("hongliu", "shazao"):
        accounts.create(SYSTEM, username=f"sec_{name}", name=f"书记{name}", password=PASSWORD,
                        grants=[{"role": "secretary", "area": f"{TOWNSHIP}/{name}"}])  # fmt: skip
    number = text(visit("head").get("/leaders/overdue")).count("row-item-")
    assert number == text(visit("sec_hongliu").get("/leaders/overdue")).count("row-item-") > 0
    elsewhere = visit("sec_shazao")
    assert text(elsewhere.get("/leaders/overdue")).count("row-item-") == 0
    item = led.items(led.case)["arrange_survey"]
    assert elsewhere.get(f"/leaders/act/item/{item.id}").status_code == 404
    assert elsewhere.post(f"/leaders/act/item/{item.id}/urge").status_code == 404


def test_a_month_is_shown_printed_and_downloaded(led, late, visit, session):
    head = visit("head")
    page = text(head.get("/leaders/report?month=2026-03"))
    assert "红柳村" in page
    assert "本月未完" in page
    answer = head.get("/leaders/report.xlsx?month=2026-03")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="doudi-2026-03.xlsx"'
    book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["月报", "超期清单"]
    sheet = book["月报"]
    heads = [cell.value for cell in sheet[3]]
    line = dict(zip(heads, [cell.value for cell in sheet[4]], strict=True))
    assert (line["村"], line["救助类别"]) == ("红柳村", "低保")
    assert (line["收到申请"], line["受理"], line["月末在办"]) == (1, 1, 1)
    assert sheet["C4"].number_format == "#,##0"
    assert sheet.column_dimensions["A"].width == 14
    assert sheet.freeze_panes == "C4"
    listed = [[cell.value for cell in row] for row in book["超期清单"].iter_rows(min_row=4)]
    assert [row[0] for row in listed] == [session.get(Case, led.case.id).number] * len(listed)
    assert listed[0][2:4] == ["安排家庭经济状况调查", "民生服务中心主任（无人认领）"]
    assert listed[0][5] == (clock.today() - led_due(led)).days


def urges(session):
    session.rollback()
    return session.scalars(select(Message).where(Message.kind == "urge")).all()


def led_due(led):
    due = led.items(led.case)["arrange_survey"].due_at
    return (due - timedelta(microseconds=1)).date()


@pytest.mark.parametrize(
    ("month", "said"), [("2026-13", "月份请写成年-月"), ("x", "月份请写成年-月"), ("2027-01", "还没有开始")]
)
def test_a_wrong_month_is_said(led, visit, month, said):
    head = visit("head")
    for path in ("/leaders/report", "/leaders/report.xlsx"):
        answer = head.get(f"{path}?month={month}")
        assert answer.status_code == 422
        assert said in text(answer)


def test_an_empty_month_is_said(led, visit):
    assert "2026-01 没有办件" in text(visit("head").get("/leaders/report?month=2026-01"))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(value):
    from registers.board.report import Line, Report

    day = date(2026, 3, 1)
    found = Report("2026-03", day, day, False, [Line(value, value)], Line("合计", ""))
    out = BytesIO()
    workbook.build(found, [(value, value, value, value, value, 3)], clock.now(), value).save(out)
    book = load_workbook(out)
    for sheet, cell in (("月报", "A4"), ("超期清单", "A4"), ("超期清单", "D4")):
        made = book[sheet][cell]
        assert (made.value, made.data_type, made.quotePrefix) == (value, "s", True)
    assert book["超期清单"]["F4"].value == 3


ORDER = {"text": "请三日内上门\n并说明原因", "reply": "3wd", "sure": "yes"}


def resumed(answer) -> dict[str, str]:
    """The hidden fields of the page that shows once more what was typed."""
    page = answer.get_data(as_text=True)
    form = re.search(r'<form method="post" action="/leaders/[^"]*">(.*?)</form>', page, re.DOTALL)
    found = re.findall(r'name="(\w+)" value="([^"]*)"', form.group(1))
    return {name: html.unescape(given) for name, given in found if name != "csrf_token"}


@pytest.fixture
def ran_out(led, item, late, visit, session, app):
    """A leader's order that was posted after the session had run out: (the leader, the address, the sign-in page)."""
    head = visit("head")
    to = session.scalar(select(accounts.Account.id).where(accounts.Account.username == "director"))
    app.config["SESSION_IDLE"] = -1
    address = f"/leaders/act/item/{item.id}/order"
    answer = head.post(address, {**ORDER, "to_id": str(to)})
    app.config["SESSION_IDLE"] = 1800
    assert answer.status_code == 401
    assert "会带回来" in text(answer)
    return head, address, html.unescape(re.search(r'name="carried" value="([^"]*)"', answer.get_data(as_text=True))[1])


def test_an_order_outlives_the_session_and_is_made_when_its_writer_says_so(ran_out, session):
    head, address, carried = ran_out
    signing = {"username": "head", "password": PASSWORD, "carried_to": address, "carried": carried}
    page = head.post("/sign-in", signing)
    assert "请三日内上门" in text(page)
    assert "何少华" in text(page)
    session.rollback()
    assert session.scalar(select(Order)) is None
    given = resumed(page)
    assert set(given) == {"text", "reply", "sure", "to_id"}
    assert head.post(address, given).status_code == 303
    session.rollback()
    made = session.scalar(select(Order))
    assert made.text == "请三日内上门\n并说明原因"
    for page in ("/leaders/orders", f"/orders/{made.id}"):
        assert f'href="/why/clock/{made.clock_id}"' in text(head.get(page))


def test_an_order_is_not_brought_to_somebody_else(ran_out, session):
    head, address, carried = ran_out
    signing = {"username": "deputy", "password": PASSWORD, "carried_to": address, "carried": carried}
    assert head.post("/sign-in", signing).status_code == 302
    assert "请三日内上门" not in text(head.get("/desk/"))
    session.rollback()
    assert session.scalar(select(Order)) is None


def test_an_order_outlives_the_pages_token(led, item, late, visit, session):
    head = visit("head")
    to = session.scalar(select(accounts.Account.id).where(accounts.Account.username == "director"))
    address = f"/leaders/act/item/{item.id}/order"
    page = head.post(address, {**ORDER, "to_id": str(to)}, token="stale")
    assert page.status_code == 400
    session.rollback()
    assert session.scalar(select(Order)) is None
    assert head.post(address, resumed(page)).status_code == 303
    session.rollback()
    assert session.scalar(select(Order)).text == "请三日内上门\n并说明原因"
    elsewhere = head.post(address, ORDER, token="stale", headers={"Sec-Fetch-Site": "cross-site"})
    assert "请三日内上门" not in text(elsewhere)


def test_no_secret_waits_in_a_page_for_somebody_to_sign_in(visit, township, app):
    admin = visit("admin")
    app.config["SESSION_IDLE"] = -1
    answer = admin.post("/account/password", {"old": PASSWORD, "new": "x" * 12, "again": "x" * 12})
    assert answer.status_code == 401
    assert "x" * 12 not in text(answer)
    assert "没有提交" in text(answer)
