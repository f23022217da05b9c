"""Pages in a real browser under the strict policy: sign-in, menus without JavaScript, widths, accessibility, drafts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine import clock
from engine.database import db
from registers.demonstration.acts import Plan
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]

PAGES = (
    ("", "/sign-in"),
    ("", "/board"),
    ("clerk", "/desk/"),
    ("clerk", "/desk/?tab=done"),
    ("clerk", "/desk/?tab=started"),
    ("clerk", "/desk/?q=nobody"),
    ("clerk", "/desk/?tab=copies"),
    ("clerk", "/desk/?tab=watched"),
    ("clerk", "/desk/filters"),
    ("clerk", "/cases/1/copies"),
    ("clerk", "/desk/apply"),
    ("clerk", "/desk/apply/dibao"),
    ("clerk", "/desk/apply/dibao/find"),
    ("clerk", "/desk/apply/dibao/table/members"),
    ("clerk", "/desk/duplicates"),
    ("clerk", "/desk/back-entries"),
    ("clerk", "/cases/1/intake"),
    ("head", "/leaders/back-entries"),
    ("clerk", "/desk/moves"),
    ("clerk", "/cases/1/moves"),
    ("clerk", "/statutes"),
    ("clerk", "/commitments/"),
    ("", "/policies"),
    ("", "/commitments/proofs"),
    ("", "/payments/open"),
    ("", "/checks/published"),
    ("head", "/payments/"),
    ("head", "/payments/funds"),
    ("head", "/complaints/"),
    ("head", "/checks/"),
    ("owner", "/registers/parameters"),
    ("owner", "/registers/parameters/conflicts"),
    ("owner", "/registers/parameters/proposals"),
    ("owner", "/models/decisions/dibao_amount"),
    ("clerk", "/desk/messages"),
    ("clerk", "/households"),
    ("clerk", "/account/password"),
    ("clerk", "/cases/1"),
    ("clerk", "/cases/1?tab=forms"),
    ("clerk", "/cases/1?tab=papers"),
    ("clerk", "/cases/1?tab=history"),
    ("clerk", "/cases/1?tab=diagram"),
    ("clerk", "/cases/1?tab=clocks"),
    ("clerk", "/cases/1?tab=related"),
    ("director", "/desk/items/2"),
    ("director", "/leaders/overdue"),
    ("director", "/admin/kin"),
    ("admin", "/admin/accounts"),
    ("admin", "/admin/incidents"),
    ("admin", "/admin/calendar"),
    ("admin", "/admin/channels"),
    ("owner", "/models/releases"),
    ("owner", "/models/drafts"),
    ("owner", "/models/diff"),
    ("owner", "/models/events"),
    ("owner", "/parameters"),
    ("owner", "/models"),
    ("owner", "/models/publicity"),
    ("clerk", "/nothing"),
)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"DEMO": True}


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """A server with a township, one application in it."""
    made = Township(db.session())
    made.apply(Plan(family_of_three(), Random(1)))  # noqa: S311 -- synthetic people
    db.session.commit()
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Any]:
    """`opened(username, width=…)` is a page of somebody signed in; at the end nothing was refused by the policy."""
    said: list[str] = []
    contexts = []

    def make(username: str = "", **context: Any) -> Page:
        one = chromium.new_context(base_url=address, **context)
        one.set_default_timeout(10000)
        contexts.append(one)
        page = one.new_page()
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        if username:
            page.goto("/sign-in")
            page.get_by_label("账号", exact=True).fill(username)
            page.get_by_label("密码", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            expect(page.locator(".dd-name")).to_be_visible()
        return page

    yield make
    for each in contexts:
        each.close()
    # The browser itself notes every answer of 4xx; those are asked for.
    assert [text for text in said if "Failed to load resource" not in text] == []


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_fits_and_is_accessible(opened, width):
    from axe_playwright_python.sync_playwright import Axe

    found = []
    signed: dict[str, Page] = {}
    for username, path in PAGES:
        if username not in signed:
            signed[username] = opened(username, viewport={"width": width, "height": 900}, bypass_csp=True)
        page = signed[username]
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wider than the screen"))
        for each in Axe().run(page).response["violations"]:
            found += [(path, each["id"], node["html"][:160]) for node in each["nodes"][:2]]
    assert found == []


def test_no_page_breaks_the_policy(opened):
    signed: dict[str, Page] = {}
    for username, path in PAGES:
        if username not in signed:
            signed[username] = opened(username)
        signed[username].goto(path)
        signed[username].wait_for_load_state("networkidle")


def test_a_demonstration_account_signs_in_by_one_press(opened):
    page = opened()
    page.goto("/sign-in")
    page.get_by_role("button", name="陈建国").click()
    expect(page.locator(".dd-name")).to_have_text("陈建国")


def test_wrong_passwords_lock_and_say_so(opened):
    page = opened()
    for _ in range(6):
        page.goto("/sign-in")
        page.get_by_label("账号", exact=True).fill("clerk")
        page.get_by_label("密码", exact=True).fill("wrong")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("账号已锁定到")


def test_the_narrow_menu_works_without_javascript(opened):
    page = opened("clerk", java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto("/desk/")
    page.locator(".dd-who > summary").click()
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="办件查询").click()
    expect(page.get_by_role("heading", name="办件查询")).to_be_visible()


def test_what_is_looked_up_now_and_then_is_in_a_menu_of_its_own(opened):
    page = opened("head")
    page.goto("/desk/")
    menu, more = page.get_by_role("navigation", name="主导航"), page.get_by_text("更多", exact=True)
    assert menu.bounding_box()["height"] < 70, "the daily pages stand in one line"
    more.focus()
    page.keyboard.press("Enter")
    link = menu.get_by_role("link", name="政策参数")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.locator(".dd-more > summary")).to_be_focused()
    more.click()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("政策参数")
    more.click()
    expect(menu.get_by_role("link", name="政策参数")).to_have_attribute("aria-current", "page")
    page.get_by_role("heading", level=1).click()
    expect(menu.get_by_role("link", name="条款登记")).to_be_hidden()


def test_the_head_says_who_somebody_is_on_every_page(opened):
    page = opened("clerk")
    for path in ("/desk/", "/desk/apply"):
        page.goto(path)
        expect(page.locator(".dd-who > summary small")).to_have_text("窗口受理员")


def test_the_inbox_is_walked_by_keys_and_items_are_taken_together(opened):
    page = opened("clerk")
    page.goto("/desk/")
    page.keyboard.press("j")
    expect(page.locator(".dd-row-link").first).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label("选中").first).to_be_checked()
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="认领选中").click()
    expect(page.get_by_text("认领了 1 件")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.type("没有这个人j")
    expect(page.locator("[data-find]")).to_have_value("没有这个人j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有符合筛选条件的").first).to_be_visible()
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name="清除筛选").click()
    page.keyboard.press("j")
    expect(page.locator(".dd-row-link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="核对申请材料")).to_be_visible()


def test_what_is_typed_is_kept_by_itself(opened):
    page = opened("clerk")
    page.goto("/desk/apply/dibao")
    page.get_by_label("家庭住址").fill("一组八号")
    with page.expect_response(lambda answer: answer.url.endswith("/draft")) as kept:
        pass
    assert kept.value.status == 200
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿已保存")
    page.goto("/desk/apply/dibao")
    expect(page.get_by_label("家庭住址")).to_have_value("一组八号")


def test_a_session_that_ran_out_gives_back_what_was_typed(opened):
    page = opened("clerk")
    page.goto("/desk/apply/dibao")
    page.get_by_label("家庭住址").fill("一组九号")
    page.context.clear_cookies()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("alert")).to_contain_text("您填写的内容会带回")
    page.get_by_label("账号", exact=True).fill("clerk")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_label("家庭住址")).to_have_value("一组九号")


def test_an_expired_token_draws_the_page_again(opened):
    page = opened("clerk")
    page.goto("/desk/apply/dibao")
    page.get_by_label("家庭住址").fill("一组十号")
    page.evaluate("document.querySelectorAll('input[name=csrf_token]').forEach((one) => { one.value = 'stale'; })")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("alert").first).to_contain_text("您填写的内容还在")
    expect(page.get_by_label("家庭住址")).to_have_value("一组十号")


def test_the_diagram_shows_where_the_case_stands(opened):
    page = opened("clerk")
    page.goto("/cases/1?tab=diagram")
    expect(page.locator(".djs-element.is-active")).to_have_count(1)


def test_the_time_control_moves_the_clock(opened):
    page = opened("clerk")
    page.goto("/desk/")
    page.get_by_role("button", name="前进一天").click()
    expect(page.get_by_role("status").first).to_contain_text("演示时钟拨到")
