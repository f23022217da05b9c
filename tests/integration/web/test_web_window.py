"""The counter through its pages: search, carrying in, tables, the receipt, double records."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from random import Random

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from engine import clock, forms
from engine.forms.kinds import check_digit
from engine.journal.models import JournalEntry
from engine.releases import queries as releases
from engine.runtime.models import Draft, Instance
from registers.demonstration.acts import Plan, values
from registers.filings.models import StaffKin
from registers.households.models import Person
from registers.notices.models import DocumentPrint
from tests.support.township import START, family_of_three

pytestmark = pytest.mark.sqlite


def text(answer):
    return answer.get_data(as_text=True)


def posted(session, plan):
    found = releases.load(releases.current(session).id, session).forms["fill_application"]
    return forms.to_posted(found, values("fill_application", plan, clock.now(), {}))


@pytest.fixture
def clerk(visit, township, plan):
    township.apply(plan)
    return visit("clerk")


def test_the_tile_leads_to_the_search_and_enter_alone_goes_on(clerk):
    assert "/desk/apply/dibao/find" in text(clerk.get("/desk/apply"))
    clerk.get("/desk/apply/dibao/find")
    answer = clerk.post("/desk/apply/dibao/find", {"text": "  "})
    assert (answer.status_code, answer.location) == (302, "/desk/apply/dibao")


def test_a_number_finds_the_household_masked_with_its_running_case(clerk, plan, session):
    number = plan.family.head.id_number
    page = text(clerk.post("/desk/apply/dibao/find", {"text": number}))
    assert plan.family.head.name in page
    assert number not in page
    assert "********" in page
    assert "/cases/1" in page
    assert "/cases/1/start/household_change" in page
    for _, relation in plan.family.others:
        assert relation


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("64029819", "现在是 8 位"),
        ("马", "至少两个字"),
        ("640298197503151011", "校验不通过"),
        ("张不存在", "没有您可以查看的登记"),
    ],
)
def test_what_finds_nothing_says_what_to_do(clerk, typed, told):
    answer = clerk.post("/desk/apply/dibao/find", {"text": typed})
    assert told in text(answer)
    if answer.status_code == 422:
        assert f'value="{typed}"' in text(answer)


def test_kin_are_not_found_and_nothing_says_that_they_are_there(clerk, township, plan, session):
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    session.add(
        StaffKin(
            account_id=township.people["clerk"].id, staff_name="某", post="", relative_name=head.name,
            fingerprint=head.fingerprint, relation="sibling", registered_at=START,
        )
    )  # fmt: skip
    session.commit()
    for typed in (plan.family.head.id_number, head.name):
        page = text(clerk.post("/desk/apply/dibao/find", {"text": typed}))
        assert "没有您可以查看的登记" in page
        assert "/cases/1" not in page
    answer = clerk.post("/desk/apply/dibao/carry", {"person": str(head.id)})
    assert answer.status_code == 404


def test_known_data_become_the_draft_with_an_entry_in_the_journal(clerk, plan, session):
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    clerk.get("/desk/apply/tekun/find")
    answer = clerk.post("/desk/apply/tekun/carry", {"person": str(head.id)})
    assert answer.status_code == 303
    page = text(clerk.get(answer.location))
    assert plan.family.head.id_number in page
    assert plan.family.phone in page
    session.rollback()
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "clerk:household:carried")).one()
    assert entry.after["process"]
    assert head.id_number not in str(entry.after)


def test_a_draft_of_somebody_else_is_not_written_over_unasked(clerk, session):
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    clerk.get("/desk/apply/tekun")
    clerk.post("/desk/apply/tekun", {"name": "白有福", "_do": "save"})
    answer = clerk.post("/desk/apply/tekun/carry", {"person": str(head.id)})
    assert answer.location.endswith("/find")
    assert "白有福" in text(clerk.get(answer.location))
    clerk.post("/desk/apply/tekun/carry", {"person": str(head.id), "replace": "yes"})
    session.rollback()
    assert session.get(Draft, ("start:tekun", session.scalars(select(Draft.actor_id)).first())).posted["name"] == [
        head.name
    ]


@pytest.mark.parametrize("person", ["", "x", "9999999", "-1", "1" * 30])
def test_carrying_nobody_is_no_error_of_ours(clerk, person):
    assert clerk.post("/desk/apply/dibao/carry", {"person": person}).status_code == 404


def test_registering_leads_to_the_receipt(visit, township, plan, session):
    clerk = visit("clerk")
    clerk.get("/desk/apply/dibao")
    answer = clerk.post("/desk/apply/dibao", {**posted(session, plan), "_do": "submit"})
    assert re.fullmatch(r"/cases/\d+/intake", answer.location)
    page = text(clerk.get(answer.location))
    for said in ("收 件 回 执", "诚信承诺书", "前告知您是否受理", "内作出决定", "打印回执（回车）", "0952-0000001"):
        assert said in page, said
    assert plan.family.head.id_number not in page
    assert visit("finance").get(answer.location).status_code in (403, 404)


def test_the_identity_of_a_number_is_answered(clerk):
    clerk.get("/desk/apply/dibao")
    number = "640222195503010" + "01"
    right = number + check_digit(number)
    found = clerk.post("/desk/identity", {"number": right}).get_json()
    assert found["birth"] == "1955-03-01"
    assert found["sex"] == "女" if int(right[16]) % 2 == 0 else "男"
    assert "陶乐县" in found["home"]
    wrong = clerk.post("/desk/identity", {"number": right[:17] + ("0" if right[17] != "0" else "1")}).get_json()
    assert "校验不通过" in wrong["fault"]
    assert clerk.post("/desk/identity", {}).get_json()["fault"]


def id_of(sequence: int) -> str:
    body = f"64022119850301{sequence:03d}"
    return body + check_digit(body)


TABLE = "姓名\t关系\t身份证号\n李秀兰\t妻子\t{}\n马小军\t干儿子\t{}\n"


def test_a_table_is_previewed_and_taken_over_and_the_form_keeps_what_it_had(clerk, session):
    clerk.get("/desk/apply/tekun")
    answer = clerk.post("/desk/apply/tekun", {"name": "白有福", "address": "一组8号", "_paste": "members"})
    assert answer.location == "/desk/apply/tekun/table/members"
    table = TABLE.format(id_of(2), id_of(3))
    clerk.get(answer.location)
    page = text(clerk.post(answer.location, {"table": table, "_do": "preview"}))
    assert "里没有“干儿子”这一项" in page
    assert "表里没有这些列" in page
    done = clerk.post(answer.location, {"table": table, "_do": "take", "row": ["2", "3"]})
    assert (done.status_code, done.location) == (303, "/desk/apply/tekun")
    form = text(clerk.get(done.location))
    for said in ("白有福", "一组8号", "李秀兰", id_of(2), "马小军", id_of(3)):
        assert f'value="{said}"' in form, said
    again = clerk.post(answer.location, {"table": table, "_do": "preview"})
    assert text(again).count("表单里已经有这个人") == 2


def test_more_rows_than_the_form_holds_are_not_taken_in_part(clerk):
    rows = "".join(f"马小花\t长女\t{id_of(n)}\n" for n in range(60))
    clerk.get("/desk/apply/tekun/table/members")
    given = {"table": "姓名\t关系\t身份证号\n" + rows, "_do": "take", "row": [str(n) for n in range(2, 62)]}
    answer = clerk.post("/desk/apply/tekun/table/members", given)
    assert answer.status_code == 422
    assert "请少选" in text(answer)
    assert "没有带入任何一行" in text(answer)
    assert id_of(59) in text(answer)


def test_nothing_ticked_and_no_table_and_no_list_are_told(clerk):
    path = "/desk/apply/tekun/table/members"
    clerk.get(path)
    assert "还没有勾选" in text(clerk.post(path, {"table": TABLE.format(id_of(1), id_of(2)), "_do": "take"}))
    assert "没有找到标题行" in text(clerk.post(path, {"table": "乱\t写\n", "_do": "preview"}))
    assert clerk.get("/desk/apply/tekun/table/nothing").status_code == 404


def test_a_workbook_is_read_and_what_is_none_is_told(clerk):
    path = "/desk/apply/tekun/table/members"
    clerk.get(path)
    book, out = Workbook(), io.BytesIO()
    book.active.append(["姓名", "身份证号", "关系", "就业状况"])
    book.active.append(["李秀兰", id_of(2), "妻子", "务农"])
    book.active.append(["马小梅", id_of(4), "女儿", None])
    book.active.merge_cells("D2:D3")
    book.save(out)
    sent = {"file": (io.BytesIO(out.getvalue()), "家庭.exe"), "_do": "preview"}
    page = text(clerk.post(path, sent, content_type="multipart/form-data"))
    assert page.count("务农") >= 2
    assert "2:3" in page
    sent = {"file": (io.BytesIO(b"MZ" * 99), "家庭.xlsx"), "_do": "preview"}
    answer = clerk.post(path, sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "无法读取这个文件" in text(answer)


def test_double_records_are_decided_side_by_side(visit, township, plan, session):
    from registers.households.models import Household

    township.apply(plan)
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    home = Household(area="pingluo/gaoren/shazao", rural=True, contact={"phone": "1"}, created_at=START)
    session.add(home)
    session.flush()
    other = Person(
        household_id=home.id, name=head.name, id_number=id_of(9), fingerprint="x" * 64, masked="640221********0009",
        birth=head.birth, male=True, relation="head", circumstances={},
    )  # fmt: skip
    session.add(other)
    session.commit()
    clerk = visit("clerk")
    clerk.get("/desk/apply/dibao/find")
    page = text(clerk.post("/desk/apply/dibao/find", {"text": head.name}))
    path = f"/desk/duplicates/{head.id}/{other.id}"
    assert path in page
    page = text(clerk.get(path))
    assert "姓名和出生日期相同" in page
    assert head.id_number not in page
    answer = clerk.post(path, {"reason": "看过了"})
    assert answer.status_code == 422
    assert "看过了" in text(answer)
    assert clerk.post(path, {"answer": "unclear", "reason": "照片不清"}).status_code == 303
    assert "等待核定" in text(visit("director").get("/desk/duplicates"))
    director = visit("director")
    director.get(path)
    assert director.post(path, {"answer": "same", "reason": "派出所证明"}).status_code == 303
    assert "派出所证明" in text(clerk.get(path))
    assert clerk.get("/desk/duplicates/1/1").status_code == 404
    assert clerk.get("/desk/duplicates/1/99999").status_code == 404


def test_two_applications_still_make_two_cases(visit, township, session):
    clerk = visit("clerk")
    for seed in (1, 2):
        plan = Plan(family_of_three(), Random(seed))  # noqa: S311 -- synthetic people
        if seed == 2:
            plan.family.head.id_number, plan.family.others = id_of(7), []
        clerk.get("/desk/apply/dibao")
        assert clerk.post("/desk/apply/dibao", {**posted(session, plan), "_do": "submit"}).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Instance)) == 2


def issued(session):
    """The entries that prove a receipt was given, and its rows."""
    session.rollback()
    entries = select(JournalEntry).where(JournalEntry.verb == "actor:receipt:issued").order_by(JournalEntry.id)
    return session.scalars(entries).all(), session.scalars(select(DocumentPrint).order_by(DocumentPrint.id)).all()


def test_looking_at_a_receipt_writes_nothing_and_printing_it_is_proved(clerk, session, statements):
    clerk.get("/cases/1/intake")
    with statements.counted() as count:
        page = text(clerk.get("/cases/1/intake"))
    assert not [each for each in count.sql if not each.lstrip().startswith(("SELECT", "WITH"))], count
    assert issued(session) == ([], [])
    assert "还没有打印" in page
    assert "没有登记发给申请人，不能作为回执使用" in page, "what the browser prints of the preview is no receipt"
    assert clerk.get("/cases/1/intake/print").status_code in (404, 405)
    answer = clerk.post("/cases/1/intake/print")
    assert answer.status_code == 303
    (entry,), (row,) = issued(session)
    assert (entry.instance_id, entry.after) == (1, {"to": "申请人", "copy": "正本"})
    assert answer.location.endswith(f"/cases/1/intake/{row.id}")
    paper = text(clerk.get(answer.location))
    assert '<p class="dd-copy">正本</p>' in paper
    assert f'data-print-now="{row.id}"' in paper
    assert "不能作为回执使用" not in paper
    assert "打印收件回执交给申请人（正本）" in text(clerk.get("/cases/1?tab=history"))
    assert len(issued(session)[0]) == 1, "looking at the paper again is no other print"


def test_a_second_press_is_one_print_and_a_later_one_is_marked(clerk, session, monkeypatch):
    first = clerk.post("/cases/1/intake/print").location
    assert clerk.post("/cases/1/intake/print").location == first
    later = clock.wall() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "wall", lambda: later)
    again = clerk.post("/cases/1/intake/print").location
    assert again != first
    assert '<p class="dd-copy">补打第1份</p>' in text(clerk.get(again))
    assert '<p class="dd-copy">正本</p>' in text(clerk.get(first))
    entries, _ = issued(session)
    assert [each.after["copy"] for each in entries] == ["正本", "补打第1份"]
    page = text(clerk.get("/cases/1/intake"))
    assert "补打回执" in page
    assert "再打印的会标明“补打第2份”" in page


def test_a_paper_is_fetched_by_its_printer_and_while_it_is_fresh(clerk, visit, session, monkeypatch):
    paper = clerk.post("/cases/1/intake/print").location
    assert visit("director").get(paper).status_code == 404
    assert visit("finance").post("/cases/1/intake/print").status_code in (403, 404)
    later = clock.wall() + timedelta(minutes=20)
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert "重新打印的会标明“补打”" in text(clerk.get(paper))
    assert len(issued(session)[0]) == 1


def test_the_file_of_a_case_leads_to_its_receipt(clerk):
    assert "/cases/1/intake" in text(clerk.get("/cases/1?tab=papers"))
