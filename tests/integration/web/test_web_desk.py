"""A case through the pages: apply, take, fill in, sign, object, read."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from engine import clock, forms
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime.models import Draft, Instance, Submission, WorkItem
from registers.demonstration.acts import values
from registers.demonstration.people import id_number
from registers.filings import operations as filings

pytestmark = pytest.mark.sqlite


def text(answer):
    return answer.get_data(as_text=True)


def posted(session, form, plan, flow=None):
    """What a browser sends for a plan's values."""
    found = releases.load(releases.current(session).id, session).forms[form]
    return forms.to_posted(found, values(form, plan, clock.now(), flow or {}))


def item_of(session, instance, element):
    session.rollback()
    return session.scalars(
        select(WorkItem).where(
            WorkItem.instance_id == instance.id, WorkItem.element_id == element, WorkItem.state == "open"
        )
    ).one()


@pytest.fixture
def surveyed(township, plan, session):
    """A case whose survey has just been arranged."""
    instance = township.apply(plan)
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    township.sign(instance, "declare_relatives", "clerk", plan=plan)
    township.sign(instance, "arrange_survey", "director", plan=plan)
    return instance


def test_an_application_starts_a_case_and_a_second_press_does_not(visit, township, plan, session):
    clerk = visit("clerk")
    assert "最低生活保障" in text(clerk.get("/desk/apply"))
    clerk.get("/desk/apply/dibao")
    given = {**posted(session, "fill_application", plan), "_do": "submit"}
    first = clerk.post("/desk/apply/dibao", given)
    second = clerk.post("/desk/apply/dibao", given)
    assert first.location == second.location
    assert first.location.startswith("/cases/")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Instance)) == 1
    page = text(clerk.get(first.location))
    assert "没有重复登记" in page
    assert plan.family.head.name in page
    assert plan.family.head.id_number not in page


def test_a_wrong_application_comes_back_with_every_problem_and_what_was_typed(visit, township, session):
    clerk = visit("clerk")
    clerk.get("/desk/apply/dibao")
    answer = clerk.post("/desk/apply/dibao", {"name": "马建国", "_do": "submit"})
    assert answer.status_code == 422
    assert 'value="马建国"' in text(answer)
    assert text(answer).count("请填写") > 5
    assert "请选择" in text(answer)


def test_only_the_window_takes_applications(visit, township):
    answer = visit("investigator").get("/desk/apply/dibao")
    assert answer.status_code == 403
    assert "窗口受理员" in text(answer)


def test_two_people_take_and_sign_one_item(visit, surveyed, township, plan, session):
    item = item_of(session, surveyed, "home_visit")
    first, second = visit("investigator"), visit("investigator2")
    assert "入户调查" in text(first.get("/desk/"))
    assert "认领并办理" in text(first.get(f"/desk/items/{item.id}"))
    first.post(f"/desk/items/{item.id}/claim")
    assert "data-draft" in text(first.get(f"/desk/items/{item.id}"))
    assert "张志强办理中" in text(second.get(f"/desk/items/{item.id}"))
    given = posted(session, "home_visit", plan)
    version = item_of(session, surveyed, "home_visit").version
    answer = first.post(f"/desk/items/{item.id}", {**given, "_do": "submit", "_version": str(version)})
    assert answer.location == "/desk/"
    assert "还需要其他人签字" in text(first.get("/desk/"))
    assert "您已在这一项上签字" in text(first.get(f"/desk/items/{item.id}"))
    second.post(f"/desk/items/{item.id}/claim")
    page = text(second.get(f"/desk/items/{item.id}"))
    assert "内容属实，签字" in page
    assert "申请人家中" in page
    answer = second.post(f"/desk/items/{item.id}", {"_do": "sign"})
    assert answer.location == "/desk/"
    assert "已办结" in text(second.get("/desk/"))
    session.rollback()
    assert session.scalar(select(func.count()).where(Submission.work_item_id == item.id)) == 1


def test_a_changed_item_shows_what_was_typed(visit, township, plan, session):
    instance = township.apply(plan)
    item = item_of(session, instance, "check_completeness")
    clerk = visit("clerk")
    clerk.post(f"/desk/items/{item.id}/claim")
    given = {**posted(session, "check_completeness", plan), "_do": "submit", "_version": "1"}
    answer = clerk.post(f"/desk/items/{item.id}", given)
    assert answer.status_code == 409
    assert "有了变化" in text(answer)
    assert 'value="true"' in text(answer)


def test_a_second_press_on_an_item_is_no_conflict(visit, township, plan, session):
    instance = township.apply(plan)
    item = item_of(session, instance, "check_completeness")
    clerk = visit("clerk")
    clerk.post(f"/desk/items/{item.id}/claim")
    given = {**posted(session, "check_completeness", plan), "_do": "submit"}
    assert clerk.post(f"/desk/items/{item.id}", given).location == "/desk/"
    assert clerk.post(f"/desk/items/{item.id}", given).location == "/desk/"
    assert "没有重复办理" in text(clerk.get("/desk/"))


def test_what_was_typed_outlives_the_session(visit, township, plan, session):
    instance = township.apply(plan)
    item = item_of(session, instance, "check_completeness")
    clerk = visit("clerk")
    clerk.post(f"/desk/items/{item.id}/claim")
    given = {**posted(session, "check_completeness", plan), "_do": "submit"}
    given["_who"] = str(township.people["clerk"].id)
    clerk.client.delete_cookie("doudi")
    answer = clerk.post(f"/desk/items/{item.id}", given)
    assert answer.status_code == 401
    assert 'name="carried"' in text(answer)
    carried = html.unescape(re.search(r'name="carried" value="([^"]*)"', text(answer)).group(1))
    signed = clerk.post(
        "/sign-in",
        {"username": "clerk", "password": "doudi-2026", "carried_to": f"/desk/items/{item.id}", "carried": carried},
    )
    assert signed.location == f"/desk/items/{item.id}"
    page = text(clerk.get(signed.location))
    assert "刚才填写的内容已带回" in page
    assert "已恢复您上次没有提交的草稿" in page
    session.rollback()
    assert session.get(WorkItem, item.id, populate_existing=True).state == "open"


def test_nothing_is_carried_for_another_person_or_from_another_site(visit, township, plan, session):
    clerk = visit()
    given = {"name": "甲", "_who": str(township.people["clerk"].id)}
    clerk.get("/sign-in")
    elsewhere = clerk.post("/desk/apply/dibao", given, headers={"Sec-Fetch-Site": "cross-site"})
    assert 'name="carried"' not in text(elsewhere)
    clerk.post(
        "/sign-in",
        {
            "username": "clerk2",
            "password": "doudi-2026",
            "carried_to": "/desk/apply/dibao",
            "carried": json.dumps({"name": ["甲"], "_who": [given["_who"]]}),
        },
    )
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_an_expired_token_costs_nothing_that_was_typed(visit, township):
    clerk = visit("clerk")
    answer = clerk.post("/desk/apply/dibao", {"name": "马建国"}, token="stale")
    assert answer.status_code == 400
    assert "您填写的内容还在" in text(answer)
    assert 'value="马建国"' in text(answer)


def test_drafts_are_kept_and_come_back(visit, township):
    clerk = visit("clerk")
    answer = clerk.post("/desk/apply/dibao/draft", {"name": "马建国", "_row.members": "0", "members[0].name": "李梅"})
    assert answer.status_code == 200
    assert "草稿" in text(answer)
    page = text(clerk.get("/desk/apply/dibao"))
    assert 'value="马建国"' in page
    assert 'value="李梅"' in page
    assert 'value="马建国"' not in text(visit("clerk2").get("/desk/apply/dibao"))


def test_a_relative_neither_sees_nor_does_the_case(visit, township, plan, session):
    instance = township.apply(plan)
    filings.register_kin(
        township.people["director"],
        account_id=township.people["clerk"].id,
        post="窗口受理员",
        relative_name=plan.family.head.name,
        id_number=plan.family.head.id_number,
        relation="sibling",
    )
    clerk = visit("clerk")
    for path in (f"/cases/{instance.id}", f"/desk/items/{item_of(session, instance, 'check_completeness').id}"):
        answer = clerk.get(path)
        assert answer.status_code == 403
        assert "近亲属" in text(answer)
        assert "第11条" in text(answer)


def test_a_posted_item_costs_few_statements_and_one_commit(visit, township, plan, session, statements):
    instance = township.apply(plan)
    item = item_of(session, instance, "check_completeness")
    clerk = visit("clerk")
    clerk.post(f"/desk/items/{item.id}/claim")
    given = {**posted(session, "check_completeness", plan), "_do": "submit"}
    with statements.counted() as count:
        assert clerk.post(f"/desk/items/{item.id}", given).status_code == 302
    writing = [line for line in count.sql if not line.lstrip().upper().startswith("SELECT")]
    assert writing
    assert len(count.sql) <= 15, str(count)


def test_the_case_is_read_objected_to_and_its_notices_printed(visit, surveyed, township, plan, session, at):
    for element, people in (
        ("data_check", ["check"]),
        ("home_visit", ["investigator", "investigator2"]),
        ("neighbour_visit", ["investigator2", "investigator3"]),
        ("opinion", ["director"]),
    ):
        township.sign(surveyed, element, *people, plan=plan)
    township.post(surveyed, plan)
    board = text(visit().get("/board"))
    assert plan.family.head.name in board
    assert plan.family.head.id_number[:6] not in board
    clerk = visit("clerk")
    page = text(clerk.get(f"/cases/{surveyed.id}"))
    assert "登记异议" in page
    assert "为什么是这一天" in page
    assert "data-bpmn-url" in text(clerk.get(f"/cases/{surveyed.id}?tab=diagram"))
    notice = page.split(f"/cases/{surveyed.id}/notices/")[1].split('"')[0]
    assert "公示单" in text(clerk.get(f"/cases/{surveyed.id}/notices/{notice}"))
    assert clerk.get(f"/cases/{surveyed.id + 1}/notices/{notice}").status_code == 404
    clerk.get(f"/cases/{surveyed.id}/objections/new")
    given = {**posted(session, "record_objection", plan), "_do": "submit"}
    first = clerk.post(f"/cases/{surveyed.id}/objections/new", given)
    second = clerk.post(f"/cases/{surveyed.id}/objections/new", given)
    assert first.location == second.location
    assert "白占江" not in text(clerk.get(f"/cases/{surveyed.id}"))
    # Who objected is confidential: to the village there is no such case.
    assert visit(plan.family.village).get(first.location).status_code == 404
    at(f"{clock.now() + timedelta(days=8):%Y-%m-%d %H:%M}")
    assert "登记异议</a>" not in text(clerk.get(f"/cases/{surveyed.id}"))
    late = {**given, "content": "反映该户在县城还有一处住房。"}
    assert clerk.post(f"/cases/{surveyed.id}/objections/new", late).status_code == 403


def test_a_leader_sees_what_is_late_and_in_whose_hands(visit, township, plan, at):
    township.apply(plan)
    at("2026-03-12 09:00")
    page = text(visit("head").get("/leaders/overdue"))
    assert "核对申请材料" in page
    assert "窗口受理员（无人认领）" in page
    assert "超期" in page
    assert visit("clerk").get("/leaders/overdue").status_code == 403


def test_a_search_never_stands_in_an_address(visit, township, plan, session):
    instance = township.apply(plan)
    clerk = visit("clerk")
    clerk.get("/households")
    page = text(clerk.post("/households", {"text": plan.family.head.id_number}))
    assert f"/cases/{instance.id}" in page
    assert plan.family.head.id_number not in page
    assert "/cases/" not in text(clerk.post("/households", {"text": plan.family.head.id_number[:17]}))


def test_pages_of_the_ledgers_open(visit, township):
    for username, path, words in (
        ("owner", "/registers/parameters", "农村"),
        ("owner", "/models", "最低生活保障"),
        ("owner", "/models/publicity", "张贴公示"),
        ("owner", "/models/releases", "正在用"),
        ("admin", "/admin/accounts", "窗口受理员"),
        ("admin", "/admin/incidents", "没有异常"),
        ("discipline", "/admin/kin", "还没有登记"),
    ):
        answer = visit(username).get(path)
        assert answer.status_code == 200, path
        assert words in text(answer), path
    drawing = visit("owner").get("/models/publicity.bpmn")
    assert drawing.mimetype == "application/xml"
    assert visit().get("/healthz").status_code == 200


def test_kin_are_registered_on_the_page(visit, township):
    admin = visit("admin")
    admin.get("/admin/kin")
    given = {"staff_name": "马有才", "post": "村主任", "relation": "child", "relative_name": "马小", "id_number": "1"}
    answer = admin.post("/admin/kin", given)
    assert answer.status_code == 422
    assert "身份证号" in text(answer)
    answer = admin.post("/admin/kin", {**given, "id_number": "64029819900307001X"})
    if answer.status_code == 302:
        assert "马有才" in text(admin.get("/admin/kin"))


def test_an_incident_is_retried_from_the_screen(visit, township, plan, session):
    from engine.runtime.services import services

    instance = township.apply(plan)
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    with services.failing("notices.issue", "登记簿无法写入"):
        township.sign(instance, "declare_relatives", "clerk", plan=plan)
    admin = visit("admin")
    page = text(admin.get("/admin/incidents"))
    assert "登记簿无法写入" in page
    number = page.split("/admin/incidents/")[1].split("/")[0]
    assert admin.post(f"/admin/incidents/{number}/retry").status_code == 302
    assert "重试成功" in text(admin.get("/admin/incidents"))


def test_unclaimed_items_go_back_with_their_draft(visit, township, plan, session):
    instance = township.apply(plan)
    item = item_of(session, instance, "check_completeness")
    runtime.claim(item.id, township.people["clerk"])
    clerk = visit("clerk")
    clerk.get(f"/desk/items/{item.id}")
    given = {"complete": "true", "_do": "submit"}
    assert clerk.post(f"/desk/items/{item.id}/unclaim", given).location == "/desk/"
    assert "认领并办理" in text(visit("clerk2").get(f"/desk/items/{item.id}"))


def test_a_namesake_is_identified_on_the_page(visit, township, session):
    director = visit("director")
    name = township.people["clerk"].name
    director.get("/admin/kin")
    given = {
        "staff_name": name, "post": "村委会委员", "relation": "child", "relative_name": "马小", "account_id": "",
        "id_number": id_number(date(1990, 3, 7), 1, True),
    }  # fmt: skip
    assert director.post("/admin/kin", given).status_code == 302
    page = text(director.get("/admin/kin"))
    for said in ("同名待核实", "个账号与", "是本人，须回避"):
        assert said in page, said
    asked = {"account_id": str(township.people["clerk"].id), "staff_name": name, "post": "村委会委员"}
    assert director.post("/admin/kin/namesakes", {**asked, "same": "perhaps", "reason": "x"}).status_code == 422
    assert director.post("/admin/kin/namesakes", {**asked, "same": "no", "reason": "另有其人"}).status_code == 302
    assert "同名待核实" not in text(director.get("/admin/kin"))
    assert director.post("/admin/kin/namesakes", {**asked, "same": "no", "reason": "另有其人"}).status_code == 404
