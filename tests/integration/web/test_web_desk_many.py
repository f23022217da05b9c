"""Several items at once through the pages: each with its result, nothing twice, decisions never; copies, filters and
follow-ups as a browser sends them."""

from __future__ import annotations

import html
import re
from random import Random

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.runtime import operations as runtime
from engine.runtime.models import Submission, WorkItem
from registers.copies.models import CaseCopy
from registers.demonstration.acts import Plan
from registers.desk.models import FollowUp, SavedFilter
from registers.filings.models import Filing
from registers.supervision import operations as supervision
from tests.support.township import family_of_three

pytestmark = pytest.mark.sqlite


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


@pytest.fixture
def three(township):
    """Three applications whose papers wait to be checked; families of their own."""
    from registers.demonstration import people

    made = []
    for seed in (1, 2, 3):
        home = family_of_three()
        for number, person in enumerate([home.head, *(each for each, _ in home.others)]):
            object.__setattr__(person, "id_number", people.id_number(person.birth, seed * 20 + number, True))
        made.append(township.apply(Plan(home, Random(seed))))  # noqa: S311 -- synthetic people
    return made


@pytest.fixture
def items(three, session):
    session.rollback()
    return list(session.scalars(select(WorkItem).where(WorkItem.element_id == "check_completeness")))


def again(session, item):
    session.rollback()
    return session.get(WorkItem, item.id, populate_existing=True)


def kin(township, session, case, name):
    session.rollback()
    session.add(
        Filing(
            instance_id=case.id, source="declared", account_id=township.people[name].id, staff_name="某人",
            relation="sibling", filed_at=clock.now(), confirmed=True,
        )
    )  # fmt: skip
    session.commit()


# ---- giving several to somebody


def test_a_leader_gives_several_and_each_has_its_result(visit, township, three, items, session):
    director, to = visit("director"), township.people["clerk2"]
    kin(township, session, three[1], "clerk2")
    ticked = [str(each.id) for each in items] + ["x", "999999"]
    page = text(director.get("/desk/assign?" + "&".join(f"item={each}" for each in ticked)))
    assert "3 件，逐件指派" in page
    assert "李雪梅（窗口受理员）" in page
    assert "张志强" not in page, "no investigator takes a clerk's work"
    empty = director.post("/desk/assign", {"item": ticked, "to": "", "reason": " "})
    assert empty.status_code == 422
    assert "请选择指派给谁" in text(empty)
    assert "请写明为什么指派" in text(empty)
    done = text(director.post("/desk/assign", {"item": ticked, "to": str(to.id), "reason": "王晓芳请假"}))
    assert "2 件已指派，2 件没有指派" in done
    assert "回避" in done
    assert [again(session, each).holder_id for each in items] == [to.id, None, to.id]
    twice = text(director.post("/desk/assign", {"item": ticked, "to": str(to.id), "reason": "王晓芳请假"}))
    assert "0 件已指派" in twice
    assert "已经在李雪梅手中" in twice
    count = select(func.count()).where(JournalEntry.verb == Verb.ITEM_ASSIGNED.value)
    assert session.scalar(count) == 2


def test_who_may_not_assign_finds_nothing_to_assign(visit, items):
    clerk = visit("clerk")
    page = text(clerk.get("/desk/assign?" + "&".join(f"item={each.id}" for each in items)))
    assert "没有可以指派的事项" in page
    assert items[0].name not in page


# ---- handing in several with one form


@pytest.fixture
def together(monkeypatch):
    """Lets the check of papers be handed in together, as a drawing would."""
    from web.desk import bulk, views

    monkeypatch.setattr(bulk, "allowed", lambda item: item.element_id == "check_completeness")
    monkeypatch.setattr(views, "together", lambda found: {each.item_id for each in found.mine})


def filled(township, three, items):
    """The form of the check as a browser posts it, the same for each."""
    from engine import forms
    from engine.releases import queries as releases
    from registers.demonstration.acts import values

    flow = township.again(three[0]).flow
    given = values(items[0].form, Plan(family_of_three(), Random(1)), clock.now(), flow)  # noqa: S311 -- synthetic people
    form = releases.load(releases.current(township.session).id, township.session).forms[items[0].form]
    posted = {name: list(texts) for name, texts in forms.to_posted(form, given, strict=True).items() if any(texts)}
    township.session.rollback()
    return posted


def test_equal_items_are_handed_in_with_one_form_each_by_itself(visit, township, three, items, session, together):
    for each in items:
        runtime.claim(each.id, township.people["clerk"])
    kin(township, session, three[2], "clerk")
    clerk = visit("clerk")
    assert "合并办理选中" in text(clerk.get("/desk/"))
    page = text(clerk.get("/desk/bulk?" + "&".join(f"item={each.id}" for each in items)))
    assert "逐件提交 2 件" in page, "kin are left out before anything is filled in"
    given = {"_item": [str(each.id) for each in items], **filled(township, three, items)}
    done = text(clerk.post("/desk/bulk", given))
    assert "2 件已办结，1 件没有办结" in done
    assert [again(session, each).state for each in items] == ["completed", "completed", "open"]
    made = session.scalar(select(func.count()).select_from(Submission))
    second = text(clerk.post("/desk/bulk", given))
    assert "刚才已经办结，没有重复办理" in second
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Submission)) == made


def test_a_wrong_form_is_handed_in_for_none_and_keeps_what_was_typed(visit, township, items, session, together):
    for each in items:
        runtime.claim(each.id, township.people["clerk"])
    clerk = visit("clerk")
    clerk.get("/desk/")
    answer = clerk.post("/desk/bulk", {"_item": [str(each.id) for each in items], "note": "没有填完"})
    assert answer.status_code == 422
    assert "没有填完" in text(answer)
    assert {again(session, each).state for each in items} == {"open"}


def test_what_the_drawing_does_not_allow_is_done_one_by_one(visit, township, three, items, session):
    for each in items:
        runtime.claim(each.id, township.people["clerk"])
    clerk = visit("clerk")
    assert "合并办理选中" not in text(clerk.get("/desk/"))
    assert clerk.get(f"/desk/bulk?item={items[0].id}").status_code == 302
    assert "要逐件办理" in text(clerk.get("/desk/"))
    done = text(clerk.post("/desk/bulk", {"_item": str(items[0].id), **filled(township, three, items)}))
    assert "不能合并办理" in done
    assert again(session, items[0]).state == "open"


def test_only_the_posting_of_results_is_handed_in_together_in_what_is_shipped(township, session):
    from engine.releases import queries as releases

    elements = releases.load(releases.current(session).id, session).elements.values()
    assert [each.id for each in elements if each.properties.get("bulk")] == ["post_result"]


# ---- copies


def test_a_copy_appears_at_its_reader_and_is_read_when_opened(visit, township, three, session):
    clerk, head = visit("clerk"), visit("head")
    case, to = three[0], township.people["head"]
    assert "抄送" in text(clerk.get(f"/cases/{case.id}"))
    assert "何少华" in text(clerk.get(f"/cases/{case.id}/copies"))
    wrong = clerk.post(f"/cases/{case.id}/copies", {"note": "写了说明"})
    assert wrong.status_code == 422
    assert "请选择抄送给谁" in text(wrong)
    assert "写了说明" in text(wrong)
    clerk.post(f"/cases/{case.id}/copies", {"to": str(to.id), "note": "请了解"})
    page = text(head.get("/desk/?tab=copies"))
    assert "请了解" in page
    assert "<strong>1</strong> 件未读" in page
    session.rollback()
    (made,) = session.scalars(select(CaseCopy)).all()
    assert clerk.get(f"/desk/copies/{made.id}").status_code == 404, "somebody else's"
    assert head.get(f"/desk/copies/{made.id}").location.endswith(f"/cases/{case.id}")
    assert "<strong>0</strong> 件未读" in text(head.get("/desk/?tab=copies"))
    assert "看过" in text(clerk.get(f"/cases/{case.id}/copies"))
    kin(township, session, case, "head")
    assert "请了解" not in text(head.get("/desk/?tab=copies"))
    assert head.get(f"/desk/copies/{made.id}").status_code == 403


def test_a_copy_of_an_item_leads_to_the_item(visit, township, items, session):
    clerk, head = visit("clerk"), visit("head")
    where = f"/cases/{items[0].instance_id}/copies"
    assert items[0].name in text(clerk.get(f"{where}?item={items[0].id}"))
    clerk.post(where, {"to": str(township.people["head"].id), "item": str(items[0].id)})
    session.rollback()
    (made,) = session.scalars(select(CaseCopy)).all()
    assert head.get(f"/desk/copies/{made.id}").location.endswith(f"/desk/items/{items[0].id}")
    assert clerk.post(where, {"to": str(township.people["deputy"].id), "item": str(items[1].id)}).status_code == 404


# ---- under supervision


def test_supervision_is_listed_for_leader_and_clerk_until_it_is_over(visit, township, three, items, session):
    director, clerk = township.people["director"], township.people["clerk"]
    runtime.claim(items[0].id, clerk)
    supervision.urge(items[0].id, director, "快办")
    made = supervision.order(three[1].id, director, to_id=clerk.id, text="三日内报告")
    for name in ("director", "clerk", "head"):
        page = text(visit(name).get("/desk/?tab=watched"))
        assert f"督办单 {made.number}" in page, name
        assert f"催办：{items[0].name}" in page, name
        assert "<strong>2</strong> 项未了" in page, name
    assert "没有在督办的办件" in text(visit("investigator").get("/desk/?tab=watched")), "nothing of theirs"
    kin(township, session, three[1], "head")
    assert made.number not in text(visit("head").get("/desk/?tab=watched"))
    supervision.close(made.id, director, "口头已说明")
    township.sign(three[0], "check_completeness", "clerk", plan=Plan(family_of_three(), Random(1)))  # noqa: S311
    assert "没有在督办的办件" in text(visit("director").get("/desk/?tab=watched"))


# ---- filters and follow-ups


def test_a_filter_is_saved_used_by_its_link_and_opens_the_desk(visit, township, three, session):
    clerk, other = visit("clerk"), visit("clerk2")
    clerk.get("/desk/")
    answer = clerk.post("/desk/filters", {"light": "red", "name": ""})
    assert answer.status_code == 422
    assert "起个名字" in text(answer)
    clerk.post("/desk/filters", {"village": "pingluo/gaoren/shazao", "name": "沙枣村"})
    assert ">沙枣村<" in text(clerk.get("/desk/"))
    session.rollback()
    (made,) = session.scalars(select(SavedFilter)).all()
    clerk.post(f"/desk/filters/{made.id}/share", {"unit": "clerk@pingluo/gaoren"})
    assert "王晓芳共享" in text(other.get("/desk/"))
    other.post("/desk/filters/start", {"filter": str(made.id)})
    assert other.get("/desk/").location.endswith("?village=pingluo/gaoren/shazao")
    assert other.get("/desk/?tab=work").status_code == 200, "the whole list stays within reach"
    assert clerk.get("/desk/").status_code == 200
    assert other.post(f"/desk/filters/{made.id}/remove").status_code == 404
    wrong = clerk.post(f"/desk/filters/{made.id}/share", {"unit": "head@pingluo/gaoren"})
    assert wrong.status_code == 422
    clerk.post(f"/desk/filters/{made.id}/name", {"name": "沙枣"})
    clerk.post(f"/desk/filters/{made.id}/remove")
    assert other.get("/desk/").status_code == 200
    assert "还没有保存筛选" in text(clerk.get("/desk/filters"))


@pytest.mark.parametrize("given", [{"filter": "x"}, {"filter": "9" * 30}, {}])
def test_nonsense_is_no_default(visit, township, given):
    clerk = visit("clerk")
    clerk.get("/desk/")
    assert clerk.post("/desk/filters/start", given).status_code == 302
    assert clerk.get("/desk/").status_code == 200


def test_a_whole_id_number_finds_its_case_and_stands_in_no_address(visit, township, three, session):
    from registers.cases.models import Case
    from registers.households.models import Person

    session.rollback()
    person = session.scalars(
        select(Person).join(Case, Case.household_id == Person.household_id).where(Case.instance_id == three[1].id)
    ).first()
    number, case = person.id_number, session.get(Case, three[1].id).number
    clerk = visit("clerk")
    clerk.get("/desk/")
    for tab in ("work", "started"):
        answer = clerk.post("/desk/find", {"q": number, "tab": tab})
        assert number not in answer.location
        page = text(clerk.get(answer.location))
        found = set(re.findall(r"高仁低保2026-\d{4}", page))
        assert found == {case}, tab
        assert number not in page
    assert number not in clerk.get(f"/desk/?q={number}").location
    masked = text(clerk.get(f"/desk/?q={person.masked}"))
    assert case in masked
    village = text(clerk.get("/desk/?q=红柳"))
    assert case in village, "the village's name finds its cases, too"


def test_the_day_of_a_follow_up_is_set_on_the_page_of_the_item(visit, township, items, session):
    runtime.claim(items[0].id, township.people["clerk"])
    clerk = visit("clerk")
    where = f"/desk/items/{items[0].id}"
    clerk.get(where)
    for typed, said in (("2026-03-01", "不能早于今天"), ("明天", "这样的日期")):
        answer = clerk.post(f"{where}/follow", {"on": typed})
        assert answer.status_code == 422
        assert said in text(answer)
    clerk.post(f"{where}/follow", {"on": "2026-03-05"})
    assert "跟进 3月5日" in text(clerk.get("/desk/"))
    assert "3月5日" in text(visit("director").get(where)), "the office sees it"
    assert visit("clerk2").post(f"{where}/follow", {"on": "2026-03-06"}).status_code in (400, 403)
    clerk.post(f"{where}/follow", {"on": ""})
    session.rollback()
    assert session.scalars(select(FollowUp)).all() == []


def test_the_tabs_say_how_much_is_in_each(visit, township, three, items):
    runtime.claim(items[0].id, township.people["clerk"])
    page = text(visit("clerk").get("/desk/?q=没有这个人"))
    tabs = dict(
        re.findall(r'\?tab=(\w+)"[^>]*>[^<]*<span class="dd-tab-count"[^>]*>(?:<span[^>]*>[^<]*</span>)?(\d+)', page)
    )
    assert tabs == {"work": "1", "pool": "2", "started": "3", "done": "3"}, "whatever the list is narrowed to"
