"""An earlier form is corrected and comes straight back, through the pages, on the shipped models."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import clock, forms
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime.corrections.models import Correction
from engine.runtime.models import Submission, WorkItem
from registers.demonstration.acts import values

pytestmark = pytest.mark.sqlite


def text(answer):
    return answer.get_data(as_text=True)


def open_item(session, instance, element):
    session.rollback()
    return session.scalars(
        select(WorkItem).where(
            WorkItem.instance_id == instance.id, WorkItem.element_id == element, WorkItem.state == "open"
        )
    ).one()


def done(session, instance, element):
    session.rollback()
    asked = select(WorkItem.id).where(
        WorkItem.instance_id == instance.id, WorkItem.element_id == element, WorkItem.state == "completed"
    )
    return session.scalar(asked.order_by(WorkItem.id).limit(1))


def posted(session, form, plan, **changed):
    found = releases.load(releases.current(session).id, session).forms[form]
    return forms.to_posted(found, {**values(form, plan, clock.now(), {}), **changed})


@pytest.fixture
def opinion(township, plan, session):
    """A case that waits for the township's opinion; the director has it in hand."""
    instance = township.apply(plan)
    township.survey(instance, plan, until="opinion")
    runtime.claim(open_item(session, instance, "opinion").id, township.people["director"])
    return instance


@pytest.fixture
def asked(visit, session, opinion):
    """The director has had the data check's form sent for correction."""
    director, item = visit("director"), open_item(session, opinion, "opinion")
    director.get("/desk/")
    given = {"to": done(session, opinion, "data_check"), "how": "correct", "reason": "报告编号少一位"}
    marks = {"marks": "report_number", "mark_report_number": "按报告原件"}
    assert director.post(f"/desk/items/{item.id}/return", {**given, **marks}).status_code == 303
    session.rollback()
    return session.scalars(select(Correction)).one()


def test_both_ways_are_offered_and_what_was_used_is_named(visit, session, opinion):
    director, item = visit("director"), open_item(session, opinion, "opinion")
    director.get("/desk/")
    assert "退回重办，或者请人补正" in text(director.get(f"/desk/items/{item.id}/other"))
    page = text(director.get(f"/desk/items/{item.id}/return?to={done(session, opinion, 'data_check')}"))
    for words in ("退回（从那一步重新走）", "请其补正，改好直接送回我（流程不动）"):
        assert words in page
    assert page.count("已用过，改它要退回") == 1, "the operation read whether the check passed, and nothing else"
    page = text(director.get(f"/desk/items/{item.id}/return?to={done(session, opinion, 'fill_application')}"))
    assert 'value="back" id="how-back" aria-describedby="how-back-what" disabled' in page
    assert 'value="correct" id="how-correct" aria-describedby="how-correct-what" disabled' in page
    assert "都用过了" in page


def test_a_form_is_corrected_and_both_sides_see_how_far_it_is(visit, township, plan, session, opinion, asked):
    director, checker = visit("director"), visit("check")
    page = text(director.get(f"/desk/items/{asked.for_item_id}"))
    for words in ("等待补正", "报告编号少一位", "还没有打开", "撤回补正请求", "不等了，改为退回"):
        assert words in page
    assert 'name="_do" value="submit"' not in page
    assert "等待补正" in text(director.get("/desk/"))
    listed = text(checker.get("/desk/"))
    assert "补正：" in listed
    assert "改好直接送回" in listed
    page = text(checker.get(f"/desk/items/{asked.item_id}"))
    for words in ("改好，送回", "报告编号少一位", "请补正。按报告原件"):
        assert words in page
    assert "在纸上办过" not in page
    assert "已打开" in text(director.get(f"/desk/items/{asked.for_item_id}"))
    given = {**posted(session, "data_check", plan, report_number="HD-2026-0007"), "_do": "submit"}
    answer = checker.post(f"/desk/items/{asked.item_id}", given)
    assert answer.status_code == 302, text(answer)
    assert "已送回" in text(checker.get("/desk/"))
    page = text(director.get(f"/desk/items/{asked.for_item_id}"))
    assert "已补正送回" in page
    assert 'name="_do" value="submit"' in page
    assert "HD-2026-0007" in page
    assert "（补正后）" in page
    listed = text(director.get(f"/cases/{opinion.id}/returns"))
    for words in ("请其补正", "报告编号少一位", "按报告原件", "送回", "改了："):
        assert words in listed
    assert "取回修改" not in text(checker.get(f"/desk/items/{asked.item_id}"))
    session.rollback()
    last = session.scalars(select(Submission).where(Submission.element_id == "data_check")).all()
    assert len(last) == 2
    assert last[-1].supersedes_id == last[0].id


def test_what_cannot_come_straight_back_says_why_and_keeps_what_was_typed(visit, plan, session, opinion, asked):
    director, checker = visit("director"), visit("check")
    checker.get("/desk/")
    given = posted(session, "data_check", plan, report_number="HD-9", data_check_passed=False, hits="名下有车")
    answer = checker.post(f"/desk/items/{asked.item_id}", {**given, "_do": "submit"})
    assert answer.status_code == 403
    page = text(answer)
    assert "改动不能直接送回" in page
    assert "HD-9" in page
    assert "HD-9" in text(checker.get(f"/desk/items/{asked.item_id}")), "the draft stays"
    page = text(director.get(f"/desk/items/{asked.for_item_id}"))
    assert "没有能直接送回" in page
    target = done(session, opinion, "data_check")
    back = {"to": target, "how": "back", "reason": "重新核对"}
    answer = director.post(f"/desk/items/{asked.for_item_id}/return", back)
    assert answer.status_code == 303
    anew = open_item(session, opinion, "data_check")
    assert anew.corrects_for_id is None
    assert "HD-9" in text(checker.get(f"/desk/items/{anew.id}"))
    assert "已撤回" in text(director.get(f"/cases/{opinion.id}/returns"))


def test_it_is_taken_back_and_a_mark_at_what_was_used_is_refused_at_its_field(visit, session, opinion, asked):
    director, checker = visit("director"), visit("check")
    director.get("/desk/")
    assert director.post(f"/desk/corrections/{asked.id}/cancel").status_code == 303
    session.rollback()
    assert session.get(Correction, asked.id).state == "cancelled"
    assert "已不需要办理" in text(checker.get(f"/desk/items/{asked.item_id}"))
    again = director.post(f"/desk/corrections/{asked.id}/cancel")
    assert "已经撤回" in text(director.get(again.location))
    given = {"to": done(session, opinion, "data_check"), "how": "correct", "reason": "结论不对"}
    marks = {"marks": "data_check_passed", "mark_data_check_passed": "应为否"}
    answer = director.post(f"/desk/items/{asked.for_item_id}/return", {**given, **marks})
    assert answer.status_code == 422
    assert "改它要从那一步重新走" in text(answer)
    assert 'id="how-correct" aria-describedby="how-correct-what" checked' in text(answer)


def test_who_may_not_send_it_back_takes_no_correction_back(visit, session, opinion, asked):
    clerk = visit("clerk")
    clerk.get("/desk/")
    assert clerk.post(f"/desk/corrections/{asked.id}/cancel").status_code == 403
    session.rollback()
    assert session.get(Correction, asked.id).state == "asked"
