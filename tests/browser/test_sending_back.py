"""Sending back, signing, giving on, taking back in a real browser at both widths; every page on the way accessible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import clock
from engine.database import db
from engine.runtime import operations as runtime
from registers.demonstration.acts import Plan
from tests.browser import test_pages
from tests.browser.test_people import accessible
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = test_pages.pytestmark
opened, settings = test_pages.opened, test_pages.settings


@pytest.fixture
def office(app: Any) -> SimpleNamespace:
    """A case that waits for the township's opinion, in the director's hands."""
    town, plan = Township(db.session()), Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    case = town.apply(plan)
    town.survey(case, plan, until="opinion")
    item = town.items(case)["opinion"].id
    runtime.claim(item, town.people["director"])
    db.session.commit()
    return SimpleNamespace(town=town, case=case, plan=plan, item=item)


@pytest.fixture
def address(app: Any, office: SimpleNamespace) -> Iterator[str]:
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


def signed_in(opened: Any, username: str, width: int) -> Page:
    return opened(username, bypass_csp=True, viewport={"width": width, "height": 900})


@pytest.mark.parametrize("width", [1440, 390])
def test_a_case_is_signed_objected_to_and_sent_back_with_marks(opened, office, width):
    director = signed_in(opened, "director", width)
    director.goto(f"/desk/items/{office.item}")
    director.get_by_role("link", name="其他办理方式").click()
    accessible(director)
    director.get_by_text("请人会签", exact=True).click()
    director.get_by_role("checkbox", name="周学军").check()
    director.get_by_label("什么时候签").select_option(label="提交前会签")
    director.get_by_label("怎样算通过").select_option(label="全部同意")
    director.get_by_role("button", name="发出").click()
    expect(director.get_by_text("请写明请他们看什么")).to_be_visible()
    expect(director.get_by_role("checkbox", name="周学军")).to_be_checked()
    accessible(director)
    director.get_by_label("请他们看什么").fill("请核对人口")
    director.get_by_role("button", name="发出").click()
    expect(director.get_by_text("已请周学军会签")).to_be_visible()

    deputy = signed_in(opened, "deputy", width)
    deputy.goto("/desk/")
    deputy.get_by_role("link", name="去签字").click()
    accessible(deputy)
    deputy.get_by_role("link", name="查看并签字").click()
    accessible(deputy)
    deputy.get_by_role("button", name="不同意").click()
    expect(deputy.get_by_text("不同意的，请写明意见")).to_be_visible()
    deputy.get_by_label("意见（不同意的必须填写）").fill("少一口人")
    deputy.get_by_role("button", name="不同意").click()
    expect(deputy.get_by_text("没有等您会签的事项")).to_be_visible()

    director.goto(f"/desk/items/{office.item}/return")
    accessible(director)
    expect(director.locator(".dd-way-no").first).to_contain_text("受理通知书")
    director.get_by_role("link", name=re.compile("^入户调查")).click()
    director.get_by_label("为什么退回、要改什么").fill("人口数与户口簿不符")
    director.get_by_role("checkbox", name="共同生活成员是否与申请一致").check()
    director.get_by_label("共同生活成员是否与申请一致：怎么改").fill("按户口簿改")
    accessible(director)
    director.get_by_role("button", name="发出").click()
    expect(director.get_by_text("已退回到“入户调查”")).to_be_visible()
    director.goto(f"/cases/{office.case.id}/returns")
    expect(director.get_by_text("按户口簿改")).to_be_visible()
    accessible(director)

    visitor = signed_in(opened, "investigator", width)
    visitor.goto(f"/desk/items/{office.town.items(office.case)['home_visit'].id}")
    visitor.get_by_role("button", name="认领并办理").click()
    expect(visitor.get_by_text("退回时标出。按户口簿改")).to_be_visible()
    expect(visitor.get_by_label("见到的家庭成员")).to_have_value(office.plan.family.head.name)
    accessible(visitor)


@pytest.mark.parametrize("width", [1440, 390])
def test_an_item_is_lent_given_back_and_an_act_is_taken_back_until_it_is_opened(opened, office, width):
    director, second = signed_in(opened, "director", width), signed_in(opened, "director2", width)
    director.goto(f"/desk/items/{office.item}/other")
    director.get_by_text("委派", exact=True).first.click()
    director.get_by_label("委派给谁").select_option(label="丁凤霞")
    director.get_by_label("请对方办什么").fill("请代拟意见")
    director.get_by_role("button", name="委派").click()
    expect(director.get_by_text("已委派给丁凤霞")).to_be_visible()
    second.goto(f"/desk/items/{office.item}")
    expect(second.get_by_text("委派您代填")).to_be_visible()
    second.get_by_label("同意给予救助").first.check()
    second.get_by_label("理由").fill("人均收入低于标准")
    second.get_by_role("button", name="提交").click()
    director.goto(f"/desk/items/{office.item}")
    expect(director.get_by_label("理由")).to_have_value("人均收入低于标准")
    director.get_by_role("button", name="提交").click()
    expect(director.get_by_text("已办结")).to_be_visible()
    director.goto(f"/desk/items/{office.item}")
    accessible(director)
    director.get_by_role("button", name="取回修改").click()
    expect(director.get_by_text("已取回“提出初审意见”，请改正后重新提交。")).to_be_visible()
    expect(director.get_by_label("理由")).to_have_value("人均收入低于标准")
    director.get_by_role("button", name="提交").click()
    expect(director.get_by_text("已办结")).to_be_visible()

    clerk = signed_in(opened, "clerk", width)
    following = office.town.items(office.case)["draft_notice"].id
    clerk.goto(f"/desk/items/{following}")
    clerk.get_by_role("button", name="认领并办理").click()
    expect(clerk.get_by_role("button", name="放回待领")).to_be_visible()
    done = max(each.id for each in office.town.session.scalars(_done(office.case)))
    director.goto(f"/desk/items/{done}")
    director.get_by_role("button", name="取回修改").click()
    expect(director.get_by_text("不能取回")).to_be_visible()


def _done(case: Any) -> Any:
    from sqlalchemy import select

    from engine.runtime.models import WorkItem

    return select(WorkItem).where(
        WorkItem.instance_id == case.id, WorkItem.element_id == "opinion", WorkItem.state == "completed"
    )
