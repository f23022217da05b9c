"""Sending back, taking back, giving on, lending and signing through the pages, on the shipped models."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from engine import clock, forms
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, Submission, WorkItem
from engine.runtime.returns.models import Return
from engine.runtime.signers.models import Round, Signer
from registers.demonstration.acts import Plan, values
from registers.filings import operations as filings
from tests.support.township import START, family_of_three

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


def finished(session, instance, element):
    session.rollback()
    asked = select(WorkItem).where(
        WorkItem.instance_id == instance.id, WorkItem.element_id == element, WorkItem.state == "completed"
    )
    return session.scalars(asked.order_by(WorkItem.id.desc()).limit(1)).one()


def posted(session, form, plan, flow=None):
    found = releases.load(releases.current(session).id, session).forms[form]
    return forms.to_posted(found, values(form, plan, clock.now(), flow or {}))


@pytest.fixture
def opinion(township, plan, session):
    """A case that waits for the township's opinion; the director has it in hand."""
    instance = township.apply(plan)
    township.survey(instance, plan, until="opinion")
    item = open_item(session, instance, "opinion")
    runtime.claim(item.id, township.people["director"])
    return instance


def test_a_director_sends_a_case_back_to_the_visit_and_marks_what_is_wrong(visit, township, plan, session, opinion):
    director, investigator = visit("director"), visit("investigator")
    item, done = open_item(session, opinion, "opinion"), finished(session, opinion, "home_visit")
    page = text(director.get(f"/desk/items/{item.id}"))
    assert f"/desk/items/{item.id}/other" in page
    assert f"/desk/items/{item.id}/return" in text(director.get(f"/desk/items/{item.id}/other"))
    page = text(director.get(f"/desk/items/{item.id}/return"))
    assert "入户调查" in page
    assert "受理通知书" in page, "why the application cannot be gone back to stands beside it"
    page = text(director.get(f"/desk/items/{item.id}/return?to={done.id}"))
    field = next(iter(releases.load(opinion.release_id, session).forms["home_visit"].questions))
    assert f'value="{field}"' in page
    given = {"to": done.id, "reason": "", "marks": field, f"mark_{field}": "与笔录不符"}
    answer = director.post(f"/desk/items/{item.id}/return", given)
    assert answer.status_code == 422
    assert "请写明为什么退回" in text(answer)
    assert "与笔录不符" in text(answer)
    assert director.post(f"/desk/items/{item.id}/return", {**given, "reason": "人口数不对"}).status_code == 303
    anew = open_item(session, opinion, "home_visit")
    investigator.get("/desk/")
    investigator.post(f"/desk/items/{anew.id}/claim")
    page = text(investigator.get(f"/desk/items/{anew.id}"))
    assert "退回重办" in page
    assert "人口数不对" in page
    assert "退回时标出。与笔录不符" in page
    kept = session.scalars(select(Submission).where(Submission.work_item_id == done.id)).all()[-1].values
    typed = next(text for text in kept.values() if isinstance(text, str) and len(text) > 3 and not text.isascii())
    assert typed in page, "the form is filled in as it was"
    listed = text(director.get(f"/cases/{opinion.id}/returns"))
    for words in ("退回", "人口数不对", "与笔录不符", "入户调查"):
        assert words in listed
    assert "退回到“入户调查”" in text(director.get(f"/cases/{opinion.id}"))
    again = director.post(f"/desk/items/{item.id}/return", {**given, "reason": "再退一次"})
    assert again.status_code == 422
    assert "已不需要办理" in text(again)


def test_who_may_not_do_the_item_may_not_send_it_back(visit, session, opinion, township, plan):
    clerk = visit("clerk")
    item, done = open_item(session, opinion, "opinion"), finished(session, opinion, "home_visit")
    clerk.get("/desk/")
    given = {"to": done.id, "reason": "捣乱"}
    assert clerk.get(f"/desk/items/{item.id}/return").status_code == 403
    assert clerk.post(f"/desk/items/{item.id}/return", given).status_code == 403
    assert session.scalars(select(Return)).all() == []


def test_ones_last_act_is_taken_back_until_it_is_opened(visit, township, plan, session):
    instance = township.apply(plan)
    clerk = visit("clerk")
    item = open_item(session, instance, "check_completeness")
    clerk.get("/desk/")
    clerk.post(f"/desk/items/{item.id}/claim")
    clerk.get(f"/desk/items/{item.id}")
    given = {**posted(session, item.form, plan), "_do": "submit"}
    assert clerk.post(f"/desk/items/{item.id}", given).status_code == 302
    assert "取回修改" in text(clerk.get(f"/desk/items/{item.id}"))
    answer = clerk.post(f"/desk/items/{item.id}/take-back")
    anew = open_item(session, instance, "check_completeness")
    assert answer.location.endswith(f"/desk/items/{anew.id}")
    assert "已取回" in text(clerk.get(answer.location))
    assert clerk.post(f"/desk/items/{anew.id}", given).status_code == 302
    other = visit("clerk2")
    following = open_item(session, instance, "declare_relatives")
    other.get("/desk/")
    other.post(f"/desk/items/{following.id}/claim")
    other.get(f"/desk/items/{following.id}")
    answer = clerk.post(f"/desk/items/{anew.id}/take-back")
    assert "不能取回" in text(clerk.get(answer.location))
    assert open_item(session, instance, "declare_relatives").id == following.id


def test_an_item_is_given_on_lent_and_comes_back(visit, township, plan, session):
    instance = township.apply(plan)
    clerk, other = visit("clerk"), visit("clerk2")
    item = open_item(session, instance, "check_completeness")
    runtime.claim(item.id, township.people["clerk"])
    page = text(clerk.get(f"/desk/items/{item.id}/other"))
    colleague = township.people["clerk2"]
    assert f'value="{colleague.id}"' in page
    assert f'<option value="{township.people["director"].id}"' not in page
    answer = clerk.post(f"/desk/items/{item.id}/delegate", {"to": "", "reason": "请代填"})
    assert answer.status_code == 422
    assert "请选择一个人" in text(answer)
    assert clerk.post(f"/desk/items/{item.id}/delegate", {"to": colleague.id, "reason": "请代填"}).status_code == 303
    assert "委派您代填" in text(other.get(f"/desk/items/{item.id}"))
    given = {**posted(session, item.form, plan), "_do": "submit"}
    assert other.post(f"/desk/items/{item.id}", given).status_code == 302
    assert open_item(session, instance, "check_completeness").holder_id == township.people["clerk"].id
    assert clerk.post(f"/desk/items/{item.id}/transfer", {"to": colleague.id, "reason": "休假"}).status_code == 303
    assert open_item(session, instance, "check_completeness").holder_id == colleague.id
    assert clerk.post(f"/desk/items/{item.id}/transfer", {"to": colleague.id, "reason": "再转"}).status_code == 422


def test_colleagues_sign_on_their_own_page_and_who_is_kin_is_not_offered(visit, township, plan, session, opinion):
    director, deputy = visit("director"), visit("deputy")
    item = open_item(session, opinion, "opinion")
    people = township.people
    page = text(director.get(f"/desk/items/{item.id}/other"))
    assert f'id="who-{people["deputy"].id}"' in page
    assert f'id="who-{people["head"].id}"' in page
    head = plan.family.head
    filings.register_kin(
        people["discipline"], post="head", relative_name=head.name, id_number=head.id_number, relation="sibling",
        account_id=people["head"].id,
    )  # fmt: skip
    page = text(director.get(f"/desk/items/{item.id}/other"))
    assert f'id="who-{people["head"].id}"' not in page
    asked = {"people": people["head"].id, "place": "before", "mode": "all", "reason": "请看金额"}
    answer = director.post(f"/desk/items/{item.id}/signers", asked)
    assert answer.status_code == 422
    assert "回避" in text(answer)
    asked["people"] = people["deputy"].id
    assert director.post(f"/desk/items/{item.id}/signers", asked).status_code == 303
    session.rollback()
    signer = session.scalars(select(Signer)).one()
    assert "请看金额" in text(deputy.get("/desk/signing"))
    sheet = text(deputy.get(f"/desk/signing/{signer.id}"))
    assert plan.family.head.id_number not in sheet
    given = {**posted(session, item.form, plan, dict(opinion.flow)), "_do": "submit"}
    assert director.post(f"/desk/items/{item.id}", given).status_code == 409
    answer = deputy.post(f"/desk/signing/{signer.id}", {"_do": "object", "opinion": ""})
    assert answer.status_code == 422
    assert "不同意的，请写明意见" in text(answer)
    assert deputy.post(f"/desk/signing/{signer.id}", {"_do": "object", "opinion": "少算一人"}).status_code == 303
    page = text(director.get(f"/desk/items/{item.id}"))
    assert "少算一人" in page
    assert "有不同意见" in page
    session.rollback()
    director.post(f"/desk/rounds/{signer.round_id}/answer", {"answer": "已核对，人数无误。"})
    assert "已答复" in text(director.get(f"/desk/items/{item.id}"))
    one, two = people["deputy"].id, people["clerk2"].id
    asked |= {"people": [one, two], "mode": "order", "place": "after"}
    answer = director.post(f"/desk/items/{item.id}/signers", {**asked, f"order_{one}": "1"})
    assert "请给每个人写上不同的次序" in text(answer)
    given = {**asked, f"order_{one}": "2", f"order_{two}": "1"}
    assert director.post(f"/desk/items/{item.id}/signers", given).status_code == 303
    session.rollback()
    last = session.scalars(select(Round).order_by(Round.id.desc())).first()
    assert [each.account_id for each in last.signers] == [two, one], "in the order that was written, not of the list"
    stranger = visit("clerk")
    assert stranger.get(f"/desk/signing/{signer.id}").status_code == 403


def test_what_was_served_is_not_reopened_and_a_linked_case_is_offered(visit, township, session):
    """A refusal reached the family: what can be done is an appeal or a correction, each a case of its own."""
    ours = Plan(family_of_three(560), Random(1))  # noqa: S311 -- synthetic people
    with clock.at(START):
        case = township.apply(ours)
        township.survey(case, ours)
        township.sign(case, "submit_dossier", "clerk", plan=ours)
        township.sign(case, "county_decide", "decide", plan=ours)
        township.sign(case, "deliver_refusal", "clerk", plan=ours)
        session.commit()
        director = visit("director")
        page = text(director.get(f"/cases/{case.id}/returns"))
        assert f"/cases/{case.id}/start/appeal" in page
        answer = director.post(f"/cases/{case.id}/reopen", data={"reason": "家属不服", "sure": "yes"})
        assert answer.status_code == 422, answer.location
        assert "效力已经发生" in text(answer)
        assert f"/cases/{case.id}/start/appeal" in text(answer)
        session.rollback()
        assert session.get(Instance, case.id, populate_existing=True).status == "completed"
        assert session.scalars(select(Return)).all() == []
        assert director.get(f"/cases/{case.id}/start/appeal").status_code == 200
