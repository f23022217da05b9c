"""Standing in, asking and answering, handing over, in a real browser at the width of a phone; every page accessible."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import test_pages

pytestmark = test_pages.pytestmark
address, opened, settings = test_pages.address, test_pages.opened, test_pages.settings
PHONE = {"width": 390, "height": 800}


def accessible(page: Page) -> None:
    """Fits the screen, and axe finds nothing."""
    from axe_playwright_python.sync_playwright import Axe

    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []


def signed(opened: Any, username: str, **more: Any) -> Page:
    return opened(username, bypass_csp=True, viewport=PHONE, **more)


def test_a_colleague_stands_in_and_takes_over(opened):
    clerk = signed(opened, "clerk")
    clerk.goto("/desk/")
    clerk.get_by_role("button", name="认领：").first.click()
    clerk.goto("/desk/standins")
    clerk.get_by_label("由谁替班").select_option(label="李雪梅（窗口受理员）")
    today = clerk.get_by_label("从哪天起").input_value()
    clerk.get_by_label("原因").fill("年休假")
    clerk.get_by_role("button", name="登记", exact=True).click()
    expect(clerk.get_by_text("请填写到哪天为止")).to_be_visible()
    accessible(clerk)
    expect(clerk.get_by_label("原因")).to_have_value("年休假")
    clerk.get_by_label("到哪天为止").fill(today)
    clerk.get_by_role("button", name="登记", exact=True).click()
    expect(clerk.get_by_text("已登记：李雪梅替王晓芳办理")).to_be_visible()
    accessible(clerk)

    second = signed(opened, "clerk2")
    second.goto("/desk/")
    expect(second.get_by_text("您正在替")).to_be_visible()
    accessible(second)
    second.get_by_role("link", name="接手其手中的事项").click()
    accessible(second)
    second.get_by_role("checkbox").first.check()
    second.get_by_role("button", name="接手选中的事项").click()
    expect(second.get_by_text("接手了 1 件")).to_be_visible()
    second.goto("/desk/")
    second.get_by_role("link", name="办理：").first.click()
    expect(second.get_by_text("您正在替")).to_be_visible()
    accessible(second)
    second.goto("/cases/1")
    expect(second.get_by_text("李雪梅（替王晓芳）", exact=True)).to_be_visible()

    clerk.goto("/desk/standins")
    clerk.get_by_text("提前结束", exact=True).click()
    clerk.get_by_role("button", name="结束替班").click()
    expect(clerk.get_by_text("接手的事项交还本人")).to_be_visible()
    second.goto("/desk/")
    expect(second.get_by_text("您正在替")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_asking_and_answering(opened, script):
    clerk = signed(opened, "clerk", java_script_enabled=script)
    clerk.goto("/cases/1")
    clerk.get_by_role("link", name="讨论", exact=True).click()
    clerk.get_by_role("link", name="向同事提问").click()
    clerk.get_by_label("问谁").select_option(label="李雪梅（窗口受理员）")
    clerk.get_by_role("button", name="提问", exact=True).click()
    expect(clerk.get_by_text("请写明要问什么")).to_be_visible()
    clerk.get_by_label("问什么").fill("户口本复印件收到了吗")
    clerk.get_by_role("button", name="提问", exact=True).click()
    expect(clerk.get_by_text("已向李雪梅提问")).to_be_visible()
    expect(clerk.get_by_text("今天提出，未回答")).to_be_visible()

    other = signed(opened, "clerk2", java_script_enabled=script)
    other.goto("/desk/")
    other.get_by_role("link", name="去回答").click()
    expect(other.get_by_text("户口本复印件收到了吗")).to_be_visible()
    other.get_by_label("您的回答").fill("昨天收到，在一号柜")
    other.get_by_role("button", name="回答", exact=True).click()
    expect(other.get_by_text("没有等您回答的问题")).to_be_visible()

    clerk.goto("/cases/1?tab=talk")
    expect(clerk.get_by_text("昨天收到，在一号柜")).to_be_visible()
    clerk.get_by_label("留言").fill("写错的一句")
    clerk.get_by_role("button", name="留言", exact=True).click()
    mine = clerk.locator(".dd-said > li").last
    mine.get_by_text("划去", exact=True).first.click()
    mine.get_by_label("为什么划去").fill("写到别家去了")
    mine.get_by_role("button", name="划去").click()
    expect(clerk.locator(".dd-said del")).to_have_text("写错的一句")
    if script:
        for path in ("/cases/1?tab=talk", "/cases/1/talk", "/desk/talk"):
            for page in (clerk, other):
                page.goto(path)
                accessible(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_list_of_a_hand_over(opened, width):
    clerk = opened("clerk")
    clerk.goto("/desk/")
    clerk.get_by_role("button", name="认领：").first.click()
    director = opened("director", bypass_csp=True, viewport={"width": width, "height": 900})
    director.goto("/desk/handovers")
    accessible(director)
    director.get_by_role("link", name="王晓芳的交接清单").click()
    expect(director.get_by_role("button", name="打印清单")).to_be_visible()
    accessible(director)
    director.get_by_role("checkbox", name="选择").first.check()
    director.get_by_label("交给谁").select_option(label="李雪梅（窗口受理员）")
    director.get_by_role("button", name="移交选中的").click()
    expect(director.locator("#reason-wrong")).to_be_visible()
    accessible(director)
    director.get_by_label("原因").fill("调到县里")
    director.get_by_role("button", name="移交选中的").click()
    expect(director.get_by_text("改派给李雪梅")).to_be_visible()
    accessible(director)
