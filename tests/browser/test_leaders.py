"""The leaders' room in a real browser: charts under the strict policy, the panel, urging, an order, a phone, axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine import clock
from engine.database import db
from registers.demonstration.cast import PASSWORD
from tests.support.leading import Led
from tests.support.serving import serving
from tests.support.township import START

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]
PAGES = ("", "overdue?state=red", "orders", "extensions", "trends", "report?month=2026-03")


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """A server with one case whose survey is late: Monday 9 March 2026, nine o'clock, moves on with the real time."""
    made = Led(db.session())
    with clock.at(START):
        made.sign(made.case, "arrange_survey", "director", plan=made.plan)
    db.session.commit()
    clock.set_offset(datetime(2026, 3, 16, 9, tzinfo=clock.ZONE) - clock.now())
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Any]:
    """`opened(username)` is a page of somebody signed in; at the end the policy refused nothing."""
    said: list[str] = []
    contexts = []

    def make(username: str, **context: Any) -> Page:
        one = chromium.new_context(base_url=address, locale="zh-CN", **context)
        one.set_default_timeout(10000)
        contexts.append(one)
        page = one.new_page()
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_load_state()
        return page

    yield make
    for one in contexts:
        one.close()
    # A form that comes back with its messages is a 422, one that came too late a 401: the browser notes both.
    assert [each for each in said if "422" not in each and "401" not in each] == []


def test_charts_are_drawn_and_have_their_tables(opened):
    page = opened("head", viewport={"width": 1440, "height": 900})
    page.goto("/leaders/")
    page.locator(".dd-charts").scroll_into_view_if_needed()
    expect(page.locator("[data-chart=stages] canvas")).to_be_visible()
    assert page.locator("[data-chart=stages] [data-canvas]").get_attribute("aria-label")
    page.locator("[data-chart=stages] summary").click()
    expect(page.locator("[data-chart=stages] table")).to_contain_text("安排家庭经济状况调查")
    # Something was painted, not only a canvas made.
    painted = page.evaluate(
        """() => { const c = document.querySelector('[data-chart=stages] canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return d.some((v, i) => i % 4 === 3 && v > 0); }"""
    )
    assert painted


def test_from_a_number_to_an_order_and_its_answer(opened):
    head = opened("head", viewport={"width": 1440, "height": 900})
    head.goto("/leaders/")
    head.locator(".dd-causes a.dd-count-red").first.click()
    expect(head.get_by_role("heading", level=1)).to_contain_text("已超期")
    head.get_by_role("link", name="督办：").first.click()
    panel = head.locator("#act")
    expect(panel).to_be_visible()
    panel.locator("summary", has_text="签发督办单").click()
    panel.locator("#order-text").fill("请本周完成入户调查")
    panel.get_by_role("button", name="签发", exact=True).click()
    expect(panel.locator("#order-to_id-wrong")).to_have_text("请选择被督办人。")
    expect(panel.locator("#order-text")).to_have_value("请本周完成入户调查")
    panel.locator("#order-to_id").select_option(label="张志强（调查员）")
    panel.locator("#order-sure").check()
    panel.get_by_role("button", name="签发", exact=True).click()
    expect(head.locator(".alert-success")).to_contain_text("高仁民救督〔2026〕1号")
    head.goto("/leaders/orders")
    expect(head.locator("table")).to_contain_text("张志强")

    clerk = opened("investigator", viewport={"width": 390, "height": 800})
    clerk.goto("/orders/1")
    clerk.locator("#text").fill("周三入户，周五交表")
    clerk.once("dialog", lambda dialog: dialog.accept())
    clerk.get_by_role("button", name="提交答复").click()
    expect(clerk.locator(".dd-order")).to_contain_text("周三入户，周五交表")
    assert clerk.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_was_typed_in_the_dialog_outlives_the_session(opened, app):
    head = opened("head", viewport={"width": 390, "height": 800})
    head.goto("/leaders/overdue?state=red")
    head.get_by_role("link", name="督办：").first.click()
    panel = head.locator("#act")
    panel.locator("summary", has_text="签发督办单").click()
    panel.locator("#order-to_id").select_option(label="张志强（调查员）")
    panel.locator("#order-text").fill("请本周完成入户调查\n并说明为什么晚了")
    panel.locator("#order-sure").check()
    kept, app.config["SESSION_IDLE"] = app.config["SESSION_IDLE"], -1
    panel.get_by_role("button", name="签发", exact=True).click()
    expect(head.get_by_role("alert")).to_contain_text("您填写的内容会带回来")
    app.config["SESSION_IDLE"] = kept
    head.fill("#username", "head")
    head.fill("#password", PASSWORD)
    head.get_by_role("button", name="登录", exact=True).click()
    expect(head.locator(".dd-wrote")).to_have_text("请本周完成入户调查\n并说明为什么晚了")
    assert head.evaluate("document.documentElement.scrollWidth") <= 390
    head.get_by_role("button", name="继续提交").click()
    expect(head.locator(".alert-success")).to_contain_text("高仁民救督〔2026〕1号")


def test_ticked_rows_are_urged_after_a_question(opened):
    head = opened("head", viewport={"width": 1440, "height": 900})
    head.goto("/leaders/overdue?state=red")
    head.locator("input[name=item]").first.check()
    head.once("dialog", lambda dialog: dialog.dismiss())
    head.get_by_role("button", name="催办勾选的环节").click()
    expect(head.get_by_role("heading", level=1)).to_contain_text("已超期")
    head.once("dialog", lambda dialog: dialog.accept())
    head.get_by_role("button", name="催办勾选的环节").click()
    expect(head.get_by_role("heading", level=1)).to_have_text("催办结果")
    expect(head.locator("table")).to_contain_text("已催办")


def test_the_panel_works_without_a_script(opened):
    head = opened("head", java_script_enabled=False, viewport={"width": 1440, "height": 900})
    head.goto("/leaders/overdue?state=red")
    head.get_by_role("link", name="督办：").first.click()
    head.get_by_role("button", name="发出催办").click()
    expect(head.locator(".alert-success")).to_contain_text("已催办")
    head.goto("/leaders/")
    head.get_by_role("link", name="只看数据表").click()
    expect(head.locator("body")).to_contain_text("安排家庭经济状况调查")


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways_and_all_are_accessible(opened, width):
    page = opened("deputy", viewport={"width": width, "height": 900})
    page.goto("/leaders/overdue")
    panel = page.get_by_role("link", name="督办：").first.get_attribute("href")
    for path in (*(f"/leaders/{each}" for each in PAGES), panel):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
