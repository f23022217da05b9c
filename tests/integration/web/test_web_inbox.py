"""The desk's lists: narrowed, turned, what was done and begun, many items taken at once, news of a changed list."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from engine.runtime import operations as runtime
from engine.runtime.models import WorkItem
from registers.cases.inbox import Asked
from registers.demonstration.acts import Plan
from tests.support.township import family_of_three

pytestmark = pytest.mark.sqlite


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def numbers(answer):
    return list(dict.fromkeys(re.findall(r"高仁低保2026-\d{4}", text(answer))))


def plan_of(seed):
    return Plan(family_of_three(), Random(seed))  # noqa: S311 -- synthetic people


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


def test_several_are_taken_at_once_and_each_has_its_result(visit, township, items, session):
    runtime.claim(items[1].id, township.people["clerk2"])
    clerk = visit("clerk")
    clerk.get("/desk/")
    answer = clerk.post("/desk/claim", {"item": [str(each.id) for each in items] + ["x", "999999"]})
    assert answer.status_code == 302
    page = text(clerk.get("/desk/"))
    assert "认领了 2 件" in page
    assert f"“{items[1].name}”没有认领：" in page
    assert "已由" in page
    session.rollback()
    holders = [session.get(WorkItem, each.id, populate_existing=True).holder_id for each in items]
    assert holders == [township.people[name].id for name in ("clerk", "clerk2", "clerk")]


def test_nothing_ticked_says_what_to_do(visit, items):
    clerk = visit("clerk")
    clerk.get("/desk/")
    clerk.post("/desk/claim", {})
    assert "请先勾选" in text(clerk.get("/desk/"))


def test_a_list_is_narrowed_by_number_village_kind_and_light(visit, three, items, at):
    clerk = visit("clerk")
    whole = numbers(clerk.get("/desk/"))
    assert len(whole) == 3
    assert numbers(clerk.get(f"/desk/?q={whole[1][-4:]}")) == [whole[1]]
    assert numbers(clerk.get("/desk/?q=%25")) == [], "a sign of search is a letter like others"
    village = three[0].area
    assert numbers(clerk.get(f"/desk/?village={village}")) == whole
    assert numbers(clerk.get("/desk/?village=pingluo/gaoren/none")) == []
    assert numbers(clerk.get("/desk/?process=dibao")) == whole
    assert numbers(clerk.get("/desk/?process=tekun")) == []
    assert numbers(clerk.get("/desk/?light=red")) == []
    late = max(each.due_at for each in items) + timedelta(hours=1)
    at(f"{late:%Y-%m-%d %H:%M}")
    assert numbers(clerk.get("/desk/?light=red")) == whole
    assert "没有符合筛选条件的" in text(clerk.get("/desk/?q=没有这个人"))


def test_what_i_did_and_what_i_began_are_lists_of_their_own(visit, township, three):
    township.sign(three[0], "check_completeness", "clerk2", plan=plan_of(1))
    began, did = visit("clerk"), visit("clerk2")
    assert len(numbers(began.get("/desk/?tab=started"))) == 3
    assert numbers(did.get("/desk/?tab=started")) == []
    (only,) = numbers(did.get("/desk/?tab=done"))
    assert "核对申请材料" in text(did.get("/desk/?tab=done"))
    assert numbers(did.get(f"/desk/?tab=done&q={only[-4:]}")) == [only]
    assert "还没有办过事项" in text(visit("investigator2").get("/desk/?tab=done"))


def test_a_long_list_is_turned(visit, three, monkeypatch):
    monkeypatch.setattr("registers.cases.pool.ROWS", 2)
    clerk = visit("clerk")
    first, second = clerk.get("/desk/"), clerk.get("/desk/?page=2")
    assert len(numbers(first)) == 2
    assert len(numbers(second)) == 1
    assert not set(numbers(first)) & set(numbers(second))
    assert '<span class="dd-badge">3</span>' in text(first), "the number of all of them, not of the page"
    assert "下一页" in text(first)
    assert "下一页" not in text(second)


@pytest.fixture
def listening(visit):
    """`listening(visitor)` asks as the page does: what it shows, and with the mark that it was drawn with."""

    def make(visitor, path="/desk/"):
        page = visitor.get(path).get_data(as_text=True)
        (address,) = re.findall(r'data-live="([^"]*)"', page)
        (mark,) = re.findall(r'data-mark="([^"]*)"', page)
        seen = ".".join(re.findall(r'data-item="(\d+)"', page))
        where = html.unescape(address) + ("&" if "?" in html.unescape(address) else "?") + f"seen={seen}"
        return lambda: visitor.get(where, headers={"If-None-Match": f'W/"{mark}"', "X-Polling": "1"})

    return make


def test_a_list_hears_that_it_has_changed(visit, township, three, items, listening):
    ask = listening(visit("clerk"))
    assert ask().status_code == 304
    runtime.claim(items[0].id, township.people["clerk2"])
    answer = ask()
    assert answer.status_code == 200
    assert f'data-gone="{items[0].id}">已由李雪梅认领' in text(answer)
    assert text(answer).count("data-gone") == 1
    assert f'data-item="{items[0].id}"' not in text(answer)


def test_what_becomes_of_items_of_other_roles_is_not_told(visit, township, three, items, listening):
    township.sign(three[0], "check_completeness", "clerk", plan=plan_of(1))
    investigator = visit("investigator")
    answer = investigator.get(f"/desk/changed?seen={items[0].id}.{items[1].id}.x.{'9' * 400}")
    assert answer.status_code == 200
    assert "已办结" not in text(answer)
    assert "认领" not in text(answer).split("data-gone", 1)[1]


def test_who_holds_more_than_is_shown_is_told_so(visit, township, items, monkeypatch):
    monkeypatch.setattr("registers.cases.pool.HELD", 2)
    for each in items:
        runtime.claim(each.id, township.people["clerk"])
    page = text(visit("clerk").get("/desk/"))
    assert "<strong>3</strong> 件在您手中" in page, "the number of all of them, not of those shown"
    assert "只列出期限最近的 2 件" in page


def test_a_number_that_no_item_has_takes_nothing(visit, items):
    clerk = visit("clerk")
    clerk.get("/desk/")
    assert clerk.post("/desk/claim", {"item": "9" * 40}).status_code == 302
    assert "请先勾选" in text(clerk.get("/desk/"))


NONSENSE = (
    "page=0", "page=-1", "page=x", "page=" + "9" * 5000, "page=９",
    "tab=zzz", "light=blue", "village=zzz", "q=" + "长" * 500,
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_what_makes_no_sense_narrows_nothing(visit, township, query):
    assert visit("clerk").get(f"/desk/?{query}").status_code == 200


def test_an_address_keeps_what_narrows_and_nothing_else():
    asked = Asked.read({"q": " 马 ", "light": "red", "page": "3", "nonsense": "1"})
    assert asked.query() == {"q": "马", "light": "red", "page": 3}
    assert asked.query(page="") == {"q": "马", "light": "red"}
