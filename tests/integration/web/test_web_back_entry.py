"""Back-entry through its pages: typed, refused at its fields, confirmed by another, seen everywhere."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from engine import clock, forms
from engine.releases import queries as releases
from registers.demonstration.acts import values
from registers.files.models import Attachment
from tests.support import scans

pytestmark = pytest.mark.sqlite
OWN = {
    "_back.on": "2026-03-02", "_back.time": "11:00", "_back.number": "登记簿12号", "_back.place": "2号柜",
    "_back.reason": "停电",
}  # fmt: skip


def scanned(name="登记簿.jpg", data=None):
    """A photo of the paper, as a browser sends it."""
    return {"_back.scan": (io.BytesIO(scans.photo() if data is None else data), name)}


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def case(township, plan, session, at, visit):
    """An application of Monday morning; it is Thursday, and the clerk has the first item in hand."""
    instance = township.apply(plan)
    item = township.items(instance)["check_completeness"]
    at("2026-03-05 15:00")
    form = releases.load(releases.current(session).id, session).forms[item.form]
    posted = forms.to_posted(form, values(item.form, plan, clock.now(), instance.flow))
    clerk = visit("clerk")
    clerk.get(f"/desk/items/{item.id}")
    clerk.post(f"/desk/items/{item.id}/claim")
    return clerk, item.id, posted


def test_it_is_entered_confirmed_and_seen(case, visit, township):
    clerk, item, posted = case
    assert f"/desk/items/{item}/back" in text(clerk.get(f"/desk/items/{item}"))
    clerk.get(f"/desk/items/{item}/back")
    answer = clerk.post(f"/desk/items/{item}/back", {**posted, **OWN, **scanned(), "_do": "submit"})
    assert answer.status_code == 303
    assert "等待确认" in text(clerk.get("/desk/back-entries"))
    director = visit("director")
    page = text(director.get("/desk/back-entries/1"))
    for said in ("2026-03-02 11:00", "2026-03-05 15:00", "登记簿12号", "2号柜", "停电"):
        assert said in page, said
    answer = director.post("/desk/back-entries/1", {"remark": "看过原件", "_do": "confirm"})
    assert answer.status_code == 422
    assert "看过原件" in text(answer)
    answer = director.post("/desk/back-entries/1", {"remark": "看过原件", "sure": "yes", "_do": "confirm"})
    assert answer.status_code == 303
    assert "已生效" in text(director.get("/desk/back-entries/1"))
    assert "补录" in text(clerk.get("/cases/1"))
    inside = text(clerk.get(f"/why/item/{item}"))
    assert "2026-03-02 11:00 的纸质办理，2026-03-05 15:00 录入" in inside
    assert "2026-03-02 11:00" in text(visit("head").get("/leaders/back-entries"))
    assert visit("clerk").get("/leaders/back-entries").status_code == 403
    again = director.post("/desk/back-entries/1", {"remark": "看过", "sure": "yes", "_do": "confirm"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("_back.on", "", "请填写办理的日期"),
        ("_back.on", "31日", "请填写办理的日期"),
        ("_back.on", "0000-00-00", "请填写办理的日期"),
        ("_back.on", "2027-01-01", "不能晚于现在"),
        ("_back.on", "2026-02-27", "才到这个环节"),
        ("_back.time", "25:00", "请填写办理的时间"),
        ("_back.number", " ", "请填写纸质材料的编号"),
        ("_back.place", "", "存放在哪里"),
        ("_back.reason", "", "为什么当时没有在系统里办理"),
    ],
)
def test_bad_input_is_told_at_its_field_and_stays(case, name, value, told):
    clerk, item, posted = case
    clerk.get(f"/desk/items/{item}/back")
    answer = clerk.post(f"/desk/items/{item}/back", {**posted, **OWN, **scanned(), name: value, "_do": "submit"})
    page = text(answer)
    assert answer.status_code == 422
    assert told in page
    assert page.count('aria-invalid="true"') == 1
    kept = next(each for each in OWN if each != name and each not in ("_back.on", "_back.time"))
    assert OWN[kept] in page


def test_the_paper_is_scanned_and_its_scan_outlives_what_is_wrong_with_the_rest(case, visit, session):
    clerk, item, posted = case
    clerk.get(f"/desk/items/{item}/back")
    without = clerk.post(f"/desk/items/{item}/back", {**posted, **OWN, "_do": "submit"})
    assert without.status_code == 422
    assert "请上传纸质材料的照片或扫描件" in text(without)
    bad = {**posted, **OWN, **scanned("原件.jpg", b"MZ" + bytes(300)), "_do": "submit"}
    answer = clerk.post(f"/desk/items/{item}/back", bad)
    assert answer.status_code == 422
    assert 'id="_back-scan-wrong"' in text(answer)
    answer = clerk.post(f"/desk/items/{item}/back", {**posted, **OWN, **scanned(), "_back.reason": "", "_do": "submit"})
    assert answer.status_code == 422
    session.rollback()
    row = session.scalars(select(Attachment)).one()
    assert f'name="_back.attachment" value="{row.id}"' in text(answer)
    assert "已上传：登记簿.jpg" in text(answer)
    kept = {**posted, **OWN, "_back.attachment": str(row.id), "_do": "submit"}
    strange = clerk.post(f"/desk/items/{item}/back", {**kept, "_back.attachment": "99999"})
    assert strange.status_code == 422
    assert clerk.post(f"/desk/items/{item}/back", kept).status_code == 303
    assert f"/files/{row.id}/download" in text(visit("director").get("/desk/back-entries/1"))


def test_everything_that_is_missing_is_told_at_once(case):
    clerk, item, _ = case
    clerk.get(f"/desk/items/{item}/back")
    answer = clerk.post(f"/desk/items/{item}/back", {"_do": "submit"})
    assert text(answer).count('aria-invalid="true"') >= 4


def test_a_draft_keeps_what_stands_beside_the_form(case):
    clerk, item, _ = case
    clerk.get(f"/desk/items/{item}/back")
    clerk.post(f"/desk/items/{item}/back", {**OWN, "_do": "save"})
    assert "登记簿12号" in text(clerk.get(f"/desk/items/{item}/back"))


def test_who_may_not_do_the_item_may_not_enter_it(case, visit):
    _, item, _ = case
    assert visit("investigator").get(f"/desk/items/{item}/back").status_code == 403
    assert visit("clerk").get("/desk/back-entries/77").status_code == 404


@pytest.fixture
def visiting(township, plan, at, visit):
    """A survey that was made on paper on Monday; its investigator has it in hand on Thursday. Its form takes photos."""
    instance = township.apply(plan)
    for element, who in (
        ("check_completeness", "clerk"),
        ("declare_relatives", "clerk"),
        ("arrange_survey", "director"),
    ):
        township.sign(instance, element, who, plan=plan)
    item = township.items(instance)["home_visit"].id
    at("2026-03-05 15:00")
    someone = visit("investigator")
    someone.get(f"/desk/items/{item}")
    someone.post(f"/desk/items/{item}/claim")
    return someone, f"/desk/items/{item}/back"


def test_a_file_sent_without_a_script_leads_back_to_the_entry_with_all_that_was_typed(visiting, session):
    """The button beside the field posts the whole page, the paper's scan with it: no browser sends that one again."""
    someone, address = visiting
    assert f'formaction="{address}/files"' in text(someone.get(address))
    typed = {**OWN, "visited_on": "2026-03-02", "visited_at": "10:00", "_upload": "photos"}
    photo = {"_file.photos": (io.BytesIO(scans.photo()), "屋里.jpg")}
    answer = someone.post(f"{address}/files", {**typed, **photo, **scanned()})
    assert answer.status_code == 200
    page = text(answer)
    session.rollback()
    rows = {each.field: each.id for each in session.scalars(select(Attachment))}
    assert f'name="photos" value="{rows["photos"]}"' in page
    assert f'name="_back.attachment" value="{rows["_back.scan"]}"' in page
    for said in ("登记簿12号", "2号柜", "停电", 'value="11:00"', 'value="10:00"', f'action="{address}"'):
        assert said in page, said
    bad = someone.post(
        f"{address}/files",
        {**typed, "photos": str(rows["photos"]), "_file.photos": (io.BytesIO(b"MZ" + bytes(300)), "照片.jpg"),
         **scanned("原件.jpg", b"MZ" + bytes(300))},
    )  # fmt: skip
    assert bad.status_code == 422
    page = text(bad)
    assert 'id="_back-scan-wrong"' in page
    assert page.count("这是程序") >= 2, "each at its own field"
    for said in (f'name="photos" value="{rows["photos"]}"', "登记簿12号", 'value="11:00"', f'action="{address}"'):
        assert said in page, said
    assert "请先选择文件" in text(someone.post(f"{address}/files", typed))
    assert someone.get(f"{address}/files").location.endswith(address)


def test_a_file_is_taken_only_of_whoever_may_enter(visiting, visit, session):
    _, address = visiting
    photo = {"_upload": "photos", "_file.photos": (io.BytesIO(scans.photo()), "屋里.jpg")}
    assert visit("clerk").post(f"{address}/files", photo).status_code in (403, 404)
    session.rollback()
    assert session.scalars(select(Attachment)).all() == []
