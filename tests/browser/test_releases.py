"""Drafts and releases in a real browser: two drawings that move together, a proposal, its confirmation on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine import clock
from engine.database import db
from engine.drafts import operations
from engine.releases import queries as releases
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]
PATH = "publicity.bpmn"
DESK, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
#: Proposing judges the whole release.
expect.set_options(timeout=40_000)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"DEMO": True}


@pytest.fixture
def place(app: Any) -> Iterator[tuple[str, int]]:
    """The address, and a draft with another name on a step, another deadline, a shape elsewhere and a new line."""
    town = Township(db.session())
    owner = town.people["owner"]
    made = operations.begin(owner, "公示环节改名")
    text = releases.contents(made.base_id, town.session)[PATH].decode()
    text = text.replace('name="拟定公示内容"', 'name="拟定公示单"')
    text = re.sub(
        r'(bpmnElement="take_down".*?<dc:Bounds x=")([\d.]+)',
        lambda found: f"{found[1]}{float(found[2]) + 20}",
        text,
        count=1,
        flags=re.DOTALL,
    )
    operations.save(made.id, owner, PATH, text.encode(), version=0)
    db.session.commit()
    with serving(app) as address:
        yield address, made.id
    clock.set_offset(timedelta(0))


@pytest.fixture
def opened(chromium: Browser, place: tuple[str, int]) -> Iterator[Any]:
    """`opened(username)` is a page of somebody signed in; at the end nothing was refused by the policy."""
    said: list[str] = []
    contexts = []

    def make(username: str, **context: Any) -> Page:
        one = chromium.new_context(base_url=place[0], **context)
        one.set_default_timeout(30_000)
        contexts.append(one)
        page = one.new_page()
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/sign-in")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator(".dd-name")).to_be_attached()
        return page

    yield make
    for each in contexts:
        each.close()
    assert [text for text in said if "Failed to load resource" not in text] == []


def view(page: Page, number: int) -> list[int]:
    """How large a drawing is and where it stands, to a pixel."""
    text = page.evaluate(
        "n => document.querySelectorAll('[data-bpmn-url]')[n].querySelector('.viewport').getAttribute('transform')",
        number,
    )
    numbers = [float(each) for each in re.findall(r"-?[\d.]+", text)]
    return [round(numbers[0] * 1000), round(numbers[4]), round(numbers[5])]


def test_two_drawings_are_marked_and_move_together(opened, place):
    page = opened("owner", viewport=DESK)
    page.goto(f"/models/diff?b=draft-{place[1]}&process=publicity")
    drawings = page.locator("[data-bpmn-url]")
    for number in (0, 1):
        one = drawings.nth(number)
        expect(one.locator('[data-element-id="draft_notice"].is-changed')).to_be_visible()
        expect(one.locator(".dd-badge-mark", has_text="改").first).to_be_visible()
        expect(one.locator('[data-element-id="take_down"].is-moved')).to_have_count(1)
    assert view(page, 0) == view(page, 1)
    before = view(page, 1)
    drawings.nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    expect(drawings.nth(1)).to_be_visible()
    assert view(page, 0) != before
    assert view(page, 0) == view(page, 1)
    page.get_by_role("link", name="用户任务“拟定公示内容”改名为“拟定公示单”").first.click()
    for number in (0, 1):
        expect(drawings.nth(number).locator('[data-element-id="draft_notice"].is-chosen')).to_be_visible()
    assert view(page, 0) == view(page, 1)


def test_an_owner_proposes_and_the_head_confirms_on_a_phone(opened, place):
    page = opened("owner", viewport=DESK)
    page.goto(f"/models/drafts/{place[1]}")
    expect(page.get_by_text("用户任务“拟定公示内容”改名为“拟定公示单”")).to_be_visible()
    page.get_by_label("改了什么，依据是什么").fill("按省里的称呼")
    page.get_by_role("button", name="提请发布").click()
    expect(page.get_by_text("已提请发布，等待另一人确认")).to_be_visible()
    head = opened("head", viewport=PHONE)
    head.goto(page.url)
    head.get_by_label("我已看过改了什么").check()
    head.get_by_role("button", name="确认", exact=True).click()
    expect(head.get_by_text("正在办的办件继续用原来的版本").first).to_be_visible()
    head.goto("/models/releases")
    expect(head.get_by_text("正在用")).to_have_count(1)
    expect(head.get_by_text("按省里的称呼").first).to_be_visible()
    page.goto("/models/publicity")
    expect(page.get_by_text("拟定公示单").first).to_be_visible()


def test_without_a_script_all_but_the_drawings_is_there(opened, place):
    page = opened("owner", viewport=DESK, java_script_enabled=False)
    page.goto(f"/models/diff?b=draft-{place[1]}&process=publicity")
    expect(page.get_by_text("看图需要浏览器脚本").first).to_be_visible()
    expect(page.get_by_text("用户任务“拟定公示内容”改名为“拟定公示单”").first).to_be_visible()
    page.goto(f"/models/drafts/{place[1]}")
    page.get_by_role("button", name="放弃", exact=True).click()
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.get_by_text("编辑中")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_pages_are_accessible_and_do_not_run_sideways(opened, place, size):
    from axe_playwright_python.sync_playwright import Axe

    page = opened("owner", viewport=size)
    paths = ("drafts", f"drafts/{place[1]}", f"drafts/{place[1]}/rebase", "releases", f"diff?b=draft-{place[1]}")
    for path in paths:
        page.goto(f"/models/{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
