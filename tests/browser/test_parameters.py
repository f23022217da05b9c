"""Parameters in a real browser: a proposal with its doubt, its confirmation on a phone, no page sideways, axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine import clock
from engine.database import db
from registers.demonstration.cast import PASSWORD
from tests.support.proposing import NAME, NOW, House
from tests.support.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]
LIST = "/registers/parameters"
PAGES = (
    LIST,
    f"{LIST}?topic=all",
    f"{LIST}?ask=1",
    f"{LIST}/{NAME}",
    f"{LIST}/dibao_single_person",
    f"{LIST}/{NAME}/propose",
    f"{LIST}/dibao_single_person/propose",
    f"{LIST}/publicity_length/propose",
    f"{LIST}/conflicts",
    f"{LIST}/proposals",
    f"{LIST}/proposals/1",
)


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """A server on Monday 2 March 2026 with one accepted case."""
    with clock.at(NOW):
        made = House(db.session())
        made.case()
    db.session.commit()
    clock.set_offset(NOW - clock.now())
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
    assert [each for each in said if "422" not in each] == []  # a form that comes back with its messages


def propose(owner: Page) -> None:
    """Shorter publicity than the rule allows: seen, doubted, ticked, proposed."""
    owner.goto(f"{LIST}/publicity_length")
    owner.get_by_role("link", name="提出修改").click()
    owner.fill("#amount", "3")
    owner.fill("#valid_from", "2026-05-01")
    owner.fill("#reason", "规定修改")
    owner.get_by_role("button", name="查看会改变什么").click()
    expect(owner.locator("#source-wrong")).to_be_visible()
    expect(owner.locator("#amount")).to_have_value("3")
    expect(owner.locator("#reason")).to_have_value("规定修改")
    owner.fill("#source", "民发〔2026〕99号")
    owner.get_by_role("button", name="查看会改变什么").click()
    expect(owner.locator(".dd-p-change")).to_contain_text("3 日")
    expect(owner.locator(".dd-p-touch")).to_contain_text("不受影响")
    owner.get_by_role("button", name="提出修改").click()
    expect(owner.locator(".dd-summary")).to_contain_text("没有勾选")
    owner.get_by_label("规定已经修改").check()
    owner.get_by_role("button", name="提出修改").click()
    expect(owner.locator(".alert-success")).to_contain_text("等待另一人确认")


def test_one_proposes_and_another_confirms_on_a_phone(opened):
    owner = opened("owner", viewport={"width": 1440, "height": 900})
    propose(owner)
    expect(owner.get_by_role("button", name="确认", exact=True)).to_have_count(0)
    head = opened("head", viewport={"width": 390, "height": 800})
    head.goto("/desk/messages")
    head.get_by_role("link", name="请确认政策参数").click()
    head.get_by_role("link", name="查看参数的修改").click()
    head.get_by_role("link", name="核对").click()
    head.get_by_label("我已核对来源").check()
    head.get_by_role("button", name="确认", exact=True).click()
    expect(head.locator(".alert-success")).to_contain_text("已确认")
    head.goto(f"{LIST}/publicity_length")
    expect(head.locator(".dd-p-is-next")).to_contain_text("3 日")
    expect(head.locator(".dd-p-is-next")).to_contain_text("测head")


def test_everything_works_without_a_script(opened):
    owner = opened("owner", java_script_enabled=False, viewport={"width": 1440, "height": 900})
    propose(owner)
    owner.goto(f"{LIST}/proposals/1")
    owner.get_by_role("button", name="撤回").click()
    expect(owner.locator(".alert-success")).to_contain_text("已撤回")


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways_and_all_are_accessible(opened, width):
    owner = opened("owner", viewport={"width": width, "height": 900})
    propose(owner)
    for path in PAGES:
        owner.goto(path)
        owner.wait_for_load_state("networkidle")
        assert owner.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(owner, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
