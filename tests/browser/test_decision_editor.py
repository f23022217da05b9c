"""The editor of a decision in a real browser, under the policy of the page: drawn, checked, tried, kept, deployed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine import clock
from engine.database import db
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]
PAGE = "/models/decisions/dibao_amount"
#: Checking judges the whole release.
expect.set_options(timeout=40_000)
CELLS = '.dd-dmn td[data-row-id="dibao_amount_none"]'


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"DEMO": True}


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    Township(db.session())
    db.session.commit()
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Any]:
    """`opened(username)` is a page of somebody signed in; at the end nothing was refused by the policy."""
    said: list[str] = []
    contexts = []

    def make(username: str, **context: Any) -> Page:
        one = chromium.new_context(base_url=address, **context)
        one.set_default_timeout(30000)
        contexts.append(one)
        page = one.new_page()
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
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


def write(page: Page, value: str) -> None:
    """Types into the first cell of the first row."""
    cell = page.locator(CELLS).nth(1)
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(value)


def test_an_owner_breaks_a_table_reads_why_and_proposes_a_right_one(opened):
    page = opened("owner", viewport={"width": 1440, "height": 1000})
    page.goto(f"{PAGE}/edit")
    expect(page.locator(".dd-dmn")).to_contain_text("命中策略")
    expect(page.locator("#xml")).to_be_hidden()

    page.get_by_role("button", name="试算").click()
    page.locator("#try-income_per_head").fill("30000")
    page.locator("#try-members").fill("3")
    page.get_by_role("button", name="试算").click()
    expect(page.locator(".dd-outputs")).to_have_text("金额（分）：78000")
    expect(page.locator(".dd-dmn td.is-hit").first).to_be_visible()

    write(page, "true")
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.locator("#findings")).to_contain_text("第1行与第2行会同时符合")
    expect(page.locator(".dd-dmn td.is-wrong").first).to_be_visible()

    page.get_by_label("改了什么，依据是什么").fill("试着改")
    page.get_by_role("button", name="提请发布").click()
    expect(page.locator("#findings")).to_contain_text("检查没有通过，没有提请")
    expect(page.get_by_label("改了什么，依据是什么")).to_have_value("试着改")
    expect(page.locator(CELLS).nth(1)).to_have_text("true")

    # Somebody closes the page; the browser has kept what was done.
    page.goto(f"{PAGE}/edit")
    page.get_by_role("button", name="恢复").click()
    expect(page.locator(CELLS).nth(1)).to_have_text("true")
    write(page, "false")
    page.get_by_role("button", name="增加一个测试行").click()
    row = page.locator("[data-test-row]").last
    row.get_by_label("名称").fill("两口人")
    row.get_by_label("与共同输入不同的").fill("members = 2")
    row.get_by_label("应得的结果").fill("amount = 52000")
    page.get_by_label("改了什么，依据是什么").fill("多一个测试行")
    page.get_by_role("button", name="提请发布").click()
    expect(page.get_by_text("已提请发布，等待另一人确认")).to_be_visible()
    page.goto(f"{PAGE}/edit")
    expect(page.locator(".dd-dmn")).to_contain_text("命中策略")
    expect(page.locator("[data-offer]")).to_be_hidden()


def test_every_word_of_the_editor_is_chinese(opened):
    page = opened("owner", viewport={"width": 1440, "height": 1000})
    page.goto(f"{PAGE}/edit")
    expect(page.locator(".dd-dmn")).to_contain_text("命中策略")
    page.locator(".dd-dmn th.input-cell").first.dblclick()
    expect(page.locator(".dms-context-menu, .context-menu-container").first).to_be_visible()
    shown = page.evaluate(
        """() => [...document.querySelectorAll('.dd-dmn, .dms-context-menu, .context-menu-container')]
            .flatMap((box) => [...box.querySelectorAll('label, button, th, option, [title], [placeholder]')])
            .flatMap((e) => [e.children.length ? '' : e.textContent, e.title, e.placeholder])
            .filter((text) => text && /[A-Za-z]{3,} [A-Za-z]+|^(When|And|Then|Edit|Add|Type|Unique)\\b/.test(text))"""
    )
    code = ("parameters", "income_per_head", "floor", "members", "eligible", "list contains", "if rural")
    english = [text for text in shown if not any(word in text for word in code)]
    assert [text for text in english if text != "Powered by bpmn.io"] == []


def test_a_narrow_screen_and_a_browser_without_scripts_read_it_too(opened):
    narrow = opened("owner", viewport={"width": 390, "height": 900})
    narrow.goto(PAGE)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    expect(narrow.locator("tr#row-dibao_amount_top_up_rural")).to_contain_text("农村补差")
    narrow.goto(f"{PAGE}/edit")
    expect(narrow.get_by_text("屏幕太窄")).to_be_visible()
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390

    plain = opened("owner", java_script_enabled=False)
    plain.goto(f"{PAGE}/edit")
    expect(plain.locator("#xml")).to_be_visible()
    plain.get_by_role("button", name="试算").click()
    expect(plain.locator(".dd-outputs")).to_have_text("金额（分）：78000")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_are_accessible(opened, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened("owner", viewport={"width": width, "height": 900}, bypass_csp=True)
    found = []
    for path in (PAGE, "/models/decisions/income", f"{PAGE}/edit"):
        page.goto(path)
        page.wait_for_timeout(1500)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wider than the screen"))
        # Inside the table it is dmn-js's own markup.
        for each in Axe().run(page, context={"include": [["main"]], "exclude": [[".dd-dmn"]]}).response["violations"]:
            found += [(path, each["id"], node["html"][:160]) for node in each["nodes"]][:2]
    assert found == []
