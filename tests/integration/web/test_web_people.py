"""Stand-ins, talk and hand-over at a browser: what is wrong comes back with what was typed, nothing leaks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.runtime.models import WorkItem
from registers.accounts.models import Account
from registers.filings import operations as filings
from registers.standins.models import StandIn
from registers.talk.models import Remark


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def case(township, plan):
    made = township.apply(plan)
    township.sign(made, "check_completeness", "clerk", plan=plan)
    township.sign(made, "declare_relatives", "clerk", plan=plan)
    return made


def only(session, asked):
    session.rollback()
    session.expire_all()
    return session.scalars(asked).one()


def naming(township, other, **changed):
    today = clock.today()
    return {
        "account_id": str(township.people[other].id), "first_on": today.isoformat(),
        "last_on": (today + timedelta(days=2)).isoformat(), "reason": "年休假", **changed,
    }  # fmt: skip


def kin(township, plan, username):
    filings.register_kin(
        SYSTEM,
        account_id=township.people[username].id,
        staff_name="",
        post="",
        relative_name=plan.family.head.name,
        id_number=plan.family.head.id_number,
        relation="sibling",
    )


def test_naming_confirming_taking_over_and_ending(visit, township, case, session):
    director, second, deputy = visit("director"), visit("director2"), visit("deputy")
    item = township.items(case)["arrange_survey"]
    director.post(f"/desk/items/{item.id}/claim")
    director.get("/desk/standins")
    assert director.post("/desk/standins", naming(township, "director2")).status_code == 303
    made = only(session, select(StandIn))
    assert "等待确认" in text(director.get("/desk/standins"))
    assert "您正在替" not in text(second.get("/desk/"))
    assert "确认或不同意" in text(deputy.get("/desk/standins"))
    assert "不同意的，请写明理由" in text(deputy.post(f"/desk/standins/{made.id}/refuse"))
    assert deputy.post(f"/desk/standins/{made.id}/confirm").status_code == 303
    page = text(second.get("/desk/"))
    assert "您正在替" in page
    assert "陈建国" in page
    listed = text(second.get("/desk/standins"))
    assert f'name="item" value="{item.id}"' in listed
    assert second.post("/desk/standins/take", {"item": str(item.id)}).status_code == 302
    assert "接手了 1 件" in text(second.get("/desk/"))
    assert only(session, select(WorkItem).where(WorkItem.id == item.id)).holder_name == "丁凤霞（替陈建国）"
    assert "丁凤霞（替陈建国）</strong> 接手了陈建国手中的“" in text(second.get(f"/cases/{case.id}"))
    assert director.post(f"/desk/standins/{made.id}/end", {"remark": "提前回来"}).status_code == 303
    assert only(session, select(WorkItem).where(WorkItem.id == item.id)).holder_name == "陈建国"
    assert "您正在替" not in text(second.get("/desk/"))


def test_what_is_wrong_stands_at_its_field_with_what_was_typed(visit, township, case, session):
    clerk = visit("clerk")
    clerk.get("/desk/standins")
    answer = clerk.post("/desk/standins", naming(township, "check", last_on="2030-01-01", reason="参加培训"))
    assert answer.status_code == 422
    page = text(answer)
    for words in (
        "不在同一个乡镇",
        "请填写到哪天为止",
        'value="参加培训"',
        'value="2030-01-01"',
        'aria-invalid="true"',
    ):
        assert words in page
    for bad in ({"first_on": "不是日期"}, {"account_id": "9" * 30}, {"account_id": ""}, {"absent_id": "99999"}):
        assert clerk.post("/desk/standins", naming(township, "clerk2", **bad)).status_code in (404, 422)
    assert session.scalars(select(StandIn)).all() == []


def test_what_one_may_not_take_over_keeps_nothing_else(visit, township, case, session):
    director, second, deputy = visit("director"), visit("director2"), visit("deputy")
    item = township.items(case)["arrange_survey"]
    director.post(f"/desk/items/{item.id}/claim")
    director.get("/desk/standins")
    director.post("/desk/standins", naming(township, "director2"))
    deputy.get("/desk/standins")
    deputy.post(f"/desk/standins/{only(session, select(StandIn)).id}/confirm")
    second.get("/desk/standins")
    second.post("/desk/standins/take", {"item": ["99999", str(item.id), "x" * 40, "²"]})
    page = text(second.get("/desk/"))
    assert "接手了 1 件" in page
    assert "没有接手" in page
    second.get("/desk/standins")
    assert second.post("/desk/standins/take").status_code == 302
    assert "还没有选中事项" in text(second.get("/desk/"))


def test_kin_see_nothing_of_the_case_in_the_hands_of_whom_they_stand_in_for(visit, township, case, plan, session):
    director, second, deputy = visit("director"), visit("director2"), visit("deputy")
    item = township.items(case)["arrange_survey"]
    director.post(f"/desk/items/{item.id}/claim")
    director.get("/desk/standins")
    director.post("/desk/standins", naming(township, "director2"))
    deputy.get("/desk/standins")
    deputy.post(f"/desk/standins/{only(session, select(StandIn)).id}/confirm")
    kin(township, plan, "director2")
    page = text(second.get("/desk/standins"))
    assert f'name="item" value="{item.id}"' not in page
    assert "没有可以接手的事项" in page
    second.post("/desk/standins/take", {"item": str(item.id)})
    assert "没有接手" in text(second.get("/desk/"))


def test_asking_answering_taking_back_and_striking_out(visit, township, case, session):
    clerk, other = visit("clerk"), visit("investigator")
    page = text(clerk.get(f"/cases/{case.id}/talk"))
    assert "张志强（调查员）" in page
    assert "吴小军" not in page
    given = {"to_id": str(township.people["investigator"].id), "text": "上次<b>走访</b>见到谁了"}
    assert clerk.post(f"/cases/{case.id}/talk/ask", given).status_code == 303
    made = only(session, select(Remark))
    assert "1 个问题等待回答" in text(clerk.get(f"/cases/{case.id}?tab=talk"))
    assert "有 1 个同事的问题等您回答" in text(other.get("/desk/"))
    listed = text(other.get("/desk/talk"))
    assert "上次&lt;b&gt;走访&lt;/b&gt;见到谁了" in listed
    assert "今天提出" in listed
    assert text(other.post(f"/talk/{made.id}/answer", {"text": " "})).count("请写您的回答") == 1
    assert other.post(f"/talk/{made.id}/answer", {"text": "见到户主本人", "back": "list"}).status_code == 303
    page = text(clerk.get(f"/cases/{case.id}?tab=talk"))
    assert "见到户主本人" in page
    answer = other.post(f"/talk/{made.id}/answer", {"text": "第二次按下的回答"})
    assert answer.status_code == 422
    assert "这个问题已经回答过" in text(answer)
    assert "第二次按下的回答" in text(answer)  # what was typed survives
    assert clerk.post(f"/talk/{made.id}/withdraw").status_code == 422
    clerk.get(f"/cases/{case.id}?tab=talk")
    assert clerk.post(f"/cases/{case.id}/talk", {"text": "", "back": "case"}).status_code == 422
    assert clerk.post(f"/cases/{case.id}/talk", {"text": "写错的一句", "back": "case"}).status_code == 303
    remark = only(session, select(Remark).where(Remark.kind == "comment"))
    clerk.get(f"/cases/{case.id}?tab=talk")
    assert "请写明为什么划去" in text(clerk.post(f"/talk/{remark.id}/strike", {"text": ""}))
    assert clerk.post(f"/talk/{remark.id}/strike", {"text": "写到别家去了", "back": "case"}).status_code == 303
    page = text(clerk.get(f"/cases/{case.id}?tab=talk"))
    assert "<del>写错的一句</del>" in page
    assert "写到别家去了" in page
    page = text(clerk.get(f"/cases/{case.id}?tab=history"))
    assert "向张志强提了一个问题" in page


def test_at_an_item_it_leads_back_to_the_item(visit, township, case, session):
    director = visit("director")
    item = township.items(case)["arrange_survey"]
    director.post(f"/desk/items/{item.id}/claim")
    assert "提问、回答、留言" in text(director.get(f"/desk/items/{item.id}"))
    director.get(f"/cases/{case.id}/talk?item={item.id}")
    answer = director.post(f"/cases/{case.id}/talk", {"text": "等村里回话", "item": str(item.id)})
    assert f"/desk/items/{item.id}" in answer.headers["Location"]
    assert "等村里回话" in text(director.get(f"/desk/items/{item.id}"))
    assert director.post(f"/cases/{case.id}/talk", {"text": "别的环节", "item": "99999"}).status_code == 404


def test_strangers_and_kin_hear_nothing(visit, township, case, plan, session):
    clerk = visit("clerk")
    clerk.get(f"/cases/{case.id}/talk")
    clerk.post(f"/cases/{case.id}/talk/ask", {"to_id": str(township.people["investigator"].id), "text": "内部的话"})
    made = only(session, select(Remark))
    kin(township, plan, "investigator")
    other = visit("investigator")
    assert "内部的话" not in text(other.get("/desk/talk"))
    assert "等您回答" not in text(other.get("/desk/"))
    assert other.get(f"/cases/{case.id}/talk").status_code == 403
    answer = other.post(f"/talk/{made.id}/answer", {"text": "我看看"})
    assert answer.status_code == 403
    assert "内部的话" not in text(answer)
    for path in (f"/cases/{case.id}/talk", "/desk/talk", "/desk/standins", "/desk/handovers"):
        assert visit().get(path).status_code == 302
    clerk.get("/desk/")
    assert clerk.get("/cases/999/talk").status_code == 404
    assert clerk.post("/talk/999/answer", {"text": "x"}).status_code == 404
    assert clerk.post("/desk/standins/999/end").status_code == 404


def test_handing_over_with_a_result_for_each_and_closing(visit, township, case, session):
    director, deputy, admin = visit("director"), visit("deputy"), visit("admin")
    item = township.items(case)["arrange_survey"]
    director.post(f"/desk/items/{item.id}/claim")
    leaver = township.people["director"].id
    path = f"/desk/handovers/{leaver}"
    assert path in text(deputy.get("/desk/handovers"))
    page = text(deputy.get(path))
    assert f'value="item:{item.id}"' in page
    assert "停用账号</button>" not in page
    answer = deputy.post(path, {"to": str(township.people["director2"].id), "reason": "调岗"})
    assert answer.status_code == 422
    assert "还没有选中" in text(answer)
    answer = deputy.post(path, {"holding": f"item:{item.id}", "to": "", "reason": "调岗"})
    assert "请选择接手的人" in text(answer)
    assert f'value="item:{item.id}" checked' in text(answer)
    given = {"all": "yes", "to": str(township.people["director2"].id), "reason": "调岗"}
    answer = deputy.post(path, given)
    assert answer.status_code == 200
    assert "改派给丁凤霞" in text(answer)
    assert "没有要移交的事项" in text(answer)
    assert only(session, select(WorkItem).where(WorkItem.id == item.id)).holder_name == "丁凤霞"
    assert deputy.post(f"{path}/close", {"sure": "yes"}).status_code == 403
    admin.get(path)
    assert admin.post(f"{path}/close").status_code == 422
    assert admin.post(f"{path}/close", {"sure": "yes"}).status_code == 303
    assert not only(session, select(Account).where(Account.id == leaver)).active
    clerk = visit("clerk")
    assert clerk.get(path).status_code == 403
    assert clerk.get("/desk/handovers").status_code == 403
    assert director.get("/desk/").status_code == 302  # out at once
