"""Moving a case at a browser: asked for by one, confirmed by another; what is wrong comes back with what was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.runtime.models import Instance, Opening
from engine.runtime.openings import operations as openings
from registers.moves.models import Move
from registers.notices.models import Notice


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def case(township, plan):
    return township.apply(plan)


def only(session, asked):
    """The one row, as the requests left it."""
    session.rollback()  # what this session read before is over
    session.expire_all()
    return session.scalars(asked).one()


def statement(plan, **changed):
    return {
        "signed_on": clock.today().isoformat(), "statement": "本人已就业。", "signer": "applicant",
        "signer_name": plan.family.head.name, "evidence": "入卷", "signed": "yes", **changed,
    }  # fmt: skip


def test_a_clerk_asks_and_a_director_confirms(visit, township, case, plan, session):
    clerk, director = visit("clerk"), visit("director")
    page = text(clerk.get(f"/cases/{case.id}/moves"))
    for title in ("撤回申请", "登记死亡", "终止审核确认", "改办其他救助", "更正登记"):
        assert title in page
    assert clerk.post(f"/cases/{case.id}/moves/withdraw", statement(plan)).status_code == 303
    move = only(session, select(Move))
    assert "等待另一人核实确认" in text(clerk.get(f"/cases/{case.id}"))
    assert "不予确认" not in text(clerk.get(f"/cases/{case.id}/moves"))  # the asker has no buttons
    assert clerk.post(f"/moves/{move.id}/confirm", {"sure": "yes"}).status_code == 422
    listed = text(director.get("/desk/moves"))
    assert "撤回申请" in listed
    assert "核实" in listed
    answer = director.post(f"/moves/{move.id}/confirm", {"remark": "电话核实"})
    assert answer.status_code == 422
    assert "请核对后勾选" in text(answer)
    assert "电话核实" in text(answer)
    assert director.post(f"/moves/{move.id}/confirm", {"sure": "yes", "remark": "电话核实"}).status_code == 303
    page = text(clerk.get(f"/cases/{case.id}"))
    assert "已撤回" in page
    assert "确认了“撤回申请”：办件终止，已制发撤回申请确认书" in page
    assert "撤回申请确认书" in page
    assert only(session, select(Notice).where(Notice.template == "withdrawal_notice"))


def test_what_is_wrong_comes_back_at_its_field_with_what_was_typed(visit, case, plan, session):
    clerk = visit("clerk")
    given = statement(plan, signed_on="2026-03-09", statement="", evidence="放在二号柜")
    answer = clerk.post(f"/cases/{case.id}/moves/withdraw", given)
    assert answer.status_code == 422
    page = text(answer)
    for words in ("书面声明的日期不能晚于今天", "请写明声明的内容", "放在二号柜", 'value="2026-03-09"'):
        assert words in page
    assert session.scalars(select(Move)).all() == []


def test_the_director_says_why_not(visit, case, plan, session):
    clerk, director = visit("clerk"), visit("director")
    clerk.post(f"/cases/{case.id}/moves/withdraw", statement(plan))
    move = only(session, select(Move))
    assert "不予确认的，请写明理由" in text(director.post(f"/moves/{move.id}/refuse", {"remark": ""}))
    assert director.post(f"/moves/{move.id}/refuse", {"remark": "本人否认"}).status_code == 303
    assert "本人否认" in text(clerk.get(f"/cases/{case.id}/moves"))
    assert session.get(Instance, case.id, populate_existing=True).status == "running"


def test_a_case_rests_and_goes_on(visit, township, case, session):
    deputy, clerk = visit("deputy"), visit("clerk")
    assert "中止办理</summary>" not in text(clerk.get(f"/cases/{case.id}/moves"))
    given = {"cause": "hospital", "reason": "申请人住院"}
    assert "请核对后勾选" in text(deputy.post(f"/cases/{case.id}/rest", given))
    wrong = deputy.post(f"/cases/{case.id}/rest", {**given, "sure": "yes", "until": "2030-01-01"})
    assert "恢复的日期应在明天到" in text(wrong)
    until = (clock.today() + timedelta(days=10)).isoformat()
    assert deputy.post(f"/cases/{case.id}/rest", {**given, "sure": "yes", "until": until}).status_code == 303
    assert "中止办理" in text(clerk.get(f"/cases/{case.id}"))
    item = township.items(case)["check_completeness"]
    assert "恢复以后才能认领和提交" in text(clerk.get(f"/desk/items/{item.id}"))
    assert "中止办理" in text(clerk.get("/desk/"))
    assert clerk.post(f"/desk/items/{item.id}/claim").status_code == 403
    assert "申请人住院" in text(deputy.get("/desk/moves"))
    assert clerk.post(f"/cases/{case.id}/wake").status_code == 422
    assert deputy.post(f"/cases/{case.id}/wake", {"remark": "已出院"}).status_code == 303
    assert clerk.post(f"/desk/items/{item.id}/claim").status_code == 302


def test_what_was_typed_before_the_case_ended_stays_readable(visit, township, case, plan, session):
    clerk, director = visit("clerk"), visit("director")
    item = township.items(case)["check_completeness"]
    clerk.post(f"/desk/items/{item.id}/claim")
    clerk.get(f"/desk/items/{item.id}")
    clerk.post(f"/desk/items/{item.id}", {"_do": "save", "complete": "true", "note": "材料放在一号柜"})
    clerk.post(f"/cases/{case.id}/moves/withdraw", statement(plan))
    move = only(session, select(Move))
    director.get(f"/cases/{case.id}/moves")
    director.post(f"/moves/{move.id}/confirm", {"sure": "yes"})
    page = text(clerk.get(f"/desk/items/{item.id}"))
    assert "已不需要办理" in page
    assert "您填写过的内容" in page


def test_strangers_see_and_move_nothing(visit, case):
    for path in (f"/cases/{case.id}/moves", "/desk/moves"):
        assert visit().get(path).status_code == 302
    owner = visit("owner")
    assert owner.get(f"/cases/{case.id}/moves").status_code == 403
    assert owner.get("/desk/moves").status_code == 403
    clerk = visit("clerk")
    clerk.get("/desk/")
    assert clerk.get("/cases/999/moves").status_code == 404
    assert clerk.post("/moves/999/confirm", {"sure": "yes"}).status_code == 404
    assert clerk.post(f"/cases/{case.id}/moves/vanish").status_code == 404


def test_what_can_be_started_is_grouped_and_linked_ones_stand_at_the_case(visit, case):
    page = text(visit("clerk").get("/desk/apply"))
    assert "救助申请" in page
    assert "最低生活保障" in page
    assert "没有可以登记的事项" in text(visit("check").get("/desk/apply"))
    shown = text(visit("clerk").get(f"/cases/{case.id}"))
    assert "相关办理" in shown
    assert "公示异议<small>这件办件不在公示期内" in shown
    assert visit("clerk").get(f"/cases/{case.id}/start/dibao").status_code == 404
    refused = text(visit("clerk").get(f"/cases/{case.id}/objections/new"))
    assert "现在不能登记" in refused


def test_what_the_system_could_not_open_is_shown_to_administrators_and_tried_again(visit, township, case, session):
    given = {"benefit_id": case.id}
    openings.request(key="review:1", process_id="expiry", area=case.area, flow={}, parent_id=case.id)
    session.rollback()
    openings.carry_out_due()
    admin = visit("admin")
    page = text(admin.get("/admin/incidents"))
    assert "没有发起成功的办件" in page
    assert "认定到期" in page
    assert "benefit_id" in page
    failed = only(session, select(Opening))
    assert text(admin.post(f"/admin/openings/{failed.id}/retry", follow_redirects=True)).count("仍未成功") == 1
    assert visit("clerk").post(f"/admin/openings/{failed.id}/retry").status_code in (403, 404)
    failed = only(session, select(Opening))
    assert failed.instance_id is None
    failed.flow = given
    session.commit()
    assert "已经发起" in text(admin.post(f"/admin/openings/{failed.id}/retry", follow_redirects=True))
    assert only(session, select(Opening)).instance_id is not None
    assert "没有发起成功的办件" not in text(admin.get("/admin/incidents"))
