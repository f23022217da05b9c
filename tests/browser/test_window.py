"""The counter in a real browser: search, a new application, its receipt; by keyboard, at both widths, with axe."""

from __future__ import annotations

import json
from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from engine import clock
from engine.database import db
from engine.forms.kinds import check_digit
from registers.demonstration.acts import Plan, values
from tests.browser import test_pages
from tests.support.township import family_of_three

pytestmark = test_pages.pytestmark
address, opened, settings = test_pages.address, test_pages.opened, test_pages.settings


def id_of(sequence: int) -> str:
    body = f"64022219850301{sequence:03d}"
    return body + check_digit(body)


def fits(page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == [], page.url


@pytest.mark.parametrize("width", [1440, 390])
def test_from_the_search_to_the_printed_receipt(opened, width):
    page = opened("clerk", viewport={"width": width, "height": 900}, bypass_csp=True)
    page.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; };")
    page.goto("/desk/apply")
    page.get_by_role("link", name="最低生活保障").click()
    box = page.get_by_label("申请人或家庭成员的身份证号，或者姓名")
    expect(box).to_be_focused()
    fits(page, width)
    page.keyboard.type(id_of(2))
    expect(page.locator("#text-read")).to_contain_text("陶乐县")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有您可以查看的登记")).to_be_visible()
    fits(page, width)
    expect(page.get_by_role("link", name="登记新户", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("最低生活保障")
    plan = Plan(family_of_three(), Random(3))  # noqa: S311 -- synthetic people
    plan.family.head.id_number, plan.family.others = id_of(2), []
    fill(page, values("fill_application", plan, clock.now(), {}))
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="收 件 回 执")).to_be_visible()
    fits(page, width)
    expect(page.get_by_role("button", name="打印回执")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已登记发给申请人：正本")).to_be_visible()
    expect(page.get_by_role("link", name="下一位")).to_be_focused()
    fits(page, width)
    assert page.evaluate("window.printed") == 1
    page.reload()
    expect(page.get_by_text("收件人：")).to_be_visible()
    assert not page.evaluate("window.printed"), "coming back prints nothing"
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印", exact=True)).to_be_hidden()
    expect(page.get_by_text("收件人：")).to_be_visible()


def fill(page, given):
    """Fills in the plain fields by their names, as a clerk does."""
    for name, value in given.items():
        box = page.locator(f'[name="{name}"]')
        if name == "members" or value is None:
            continue
        kind = box.first.evaluate("each => each.tagName + ':' + each.type") if box.count() else ""
        if isinstance(value, bool) and kind.endswith("checkbox"):
            box.set_checked(value)
        elif kind.endswith(("radio", "checkbox")):
            for each in value if isinstance(value, list) else [value]:
                text = json.dumps(each) if isinstance(each, bool) else str(each)
                page.locator(f'[name="{name}"][value="{text}"]').check()
        elif kind.startswith("SELECT"):
            box.select_option(str(value))
        elif kind:
            money = isinstance(value, int) and name.startswith(
                ("income", "job", "basic", "elderly", "expense", "assets")
            )
            box.fill(str(value // 100 if money else value))
        # What conditions draw has come: a faster hand would cut the page's question off, and htmx says so.
        page.wait_for_function("!document.querySelector('.htmx-request')")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_known_household_is_shown_and_carried(opened, width):
    page = opened("clerk", viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto("/desk/apply/tekun/find")
    page.keyboard.type("马玉柱")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="登记家庭变化")).to_be_visible()
    fits(page, width)
    page.get_by_role("button", name="以马玉柱为申请人新登记").click()
    expect(page.locator("[name=name]")).to_have_value("马玉柱")
    expect(page.locator("#form-body-id_number-read")).to_contain_text("出生")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_table_with_merged_cells_is_pasted_by_keyboard(opened, width):
    page = opened("clerk", viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto("/desk/apply/tekun")
    page.get_by_label("家庭住址").fill("一组8号")
    page.get_by_role("button", name="粘贴表格：家庭成员").click()
    box = page.locator("textarea[data-table]")
    expect(box).to_be_focused()
    rows = f"<tr><td>李秀兰</td><td>{id_of(2)}</td><td>妻子</td><td rowspan=2>务农</td></tr>"
    rows += f"<tr><td>马小军</td><td>{id_of(3)[:17]}?</td><td>长子</td></tr>"
    html = f"<table><tr><td>姓名</td><td>身份证号</td><td>关系</td><td>职业</td></tr>{rows}</table>"
    box.evaluate(
        """(box, html) => { const data = new DataTransfer(); data.setData('text/html', html);
        box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }""",
        html,
    )
    page.get_by_role("button", name="读取并核对").press("Enter")
    expect(page.get_by_role("heading", name="读到 2 行")).to_be_visible()
    expect(page.get_by_text("最后一位是数字或 X")).to_be_visible()
    assert page.get_by_role("cell", name="务农", exact=True).count() == 2
    fits(page, width)
    expect(page.get_by_role("button", name="带入勾选的行")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("家庭住址")).to_have_value("一组8号")
    expect(page.locator('[name="members[1].name"]')).to_have_value("马小军")


@pytest.mark.parametrize("width", [1440, 390])
def test_double_records_and_a_back_entry_fit_and_are_accessible(opened, width):
    from sqlalchemy import select

    from registers.households.models import Household, Person

    session = db.session()
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    home = Household(area="pingluo/gaoren/shazao", rural=True, contact={"address": "二组"}, created_at=clock.now())
    session.add(home)
    session.flush()
    other = Person(
        household_id=home.id, name=head.name, id_number=id_of(9), fingerprint="x" * 64, masked="640222********0009",
        birth=head.birth, male=True, relation="head", circumstances={},
    )  # fmt: skip
    session.add(other)
    session.commit()
    page = opened("clerk", viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto(f"/desk/duplicates/{head.id}/{other.id}")
    fits(page, width)
    page.get_by_label("暂不能确定").check()
    page.get_by_label("依据").fill("照片不清")
    page.get_by_role("button", name="保存核定").click()
    expect(page.get_by_text("等待核定")).to_be_visible()
    page.goto("/desk/items/2")
    page.get_by_role("button", name="认领并办理").click()
    page.get_by_role("link", name="补录纸质办理").click()
    fits(page, width)
    page.get_by_role("button", name="提交补录").click()
    expect(page.get_by_text("请填写办理的日期")).to_be_visible()
    fits(page, width)
