"""Having an earlier form corrected, and handing it in straight back, in a real browser at both widths."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import test_sending_back
from tests.browser.test_people import accessible
from tests.browser.test_sending_back import signed_in

pytestmark = test_sending_back.pytestmark
opened, settings = test_sending_back.opened, test_sending_back.settings
office, address = test_sending_back.office, test_sending_back.address


@pytest.mark.parametrize("width", [1440, 390])
def test_a_form_is_corrected_and_comes_straight_back(opened, office, width):
    director = signed_in(opened, "director", width)
    director.goto(f"/desk/items/{office.item}")
    director.get_by_role("link", name="其他办理方式").click()
    director.get_by_role("link", name="退回重办，或者请人补正").click()
    accessible(director)
    director.get_by_role("link", name=re.compile("^信息核对|^经济状况|^核对")).first.click()
    back = director.get_by_role("radio", name="退回（从那一步重新走）")
    correct = director.get_by_role("radio", name="请其补正，改好直接送回我（流程不动）")
    expect(back).to_be_checked()
    back.focus()
    director.keyboard.press("ArrowDown")
    expect(correct).to_be_checked()
    expect(director.get_by_text("已用过，改它要退回")).to_have_count(1)
    accessible(director)
    director.get_by_role("button", name="发出").click()
    expect(director.get_by_text("请写明要补正什么")).to_be_visible()
    expect(correct).to_be_checked()
    director.get_by_label("为什么退回、要改什么").fill("报告编号少一位")
    director.get_by_role("checkbox", name=re.compile("编号")).check()
    director.get_by_label(re.compile("编号.*怎么改")).fill("按报告原件")
    director.get_by_role("button", name="发出").click()
    expect(director.get_by_text("已请人补正")).to_be_visible()
    expect(director.get_by_text("正在等待补正")).to_be_visible()
    accessible(director)
    director.goto("/desk/")
    expect(director.get_by_text("等待补正").first).to_be_visible()

    checker = signed_in(opened, "check", width)
    checker.goto("/desk/")
    checker.get_by_role("link", name=re.compile("^补正：")).click()
    expect(checker.get_by_text("请补正。按报告原件")).to_be_visible()
    accessible(checker)
    checker.get_by_label(re.compile("编号")).first.fill("HD-2026-0007")
    checker.get_by_role("button", name="改好，送回").click()
    expect(checker.get_by_text("已送回")).to_be_visible()

    director.goto(f"/desk/items/{office.item}")
    expect(director.get_by_text("已补正送回")).to_be_visible()
    expect(director.get_by_role("button", name="提交", exact=True)).to_be_visible()
    accessible(director)
    director.goto(f"/cases/{office.case.id}/returns")
    expect(director.get_by_text("请其补正")).to_be_visible()
    accessible(director)
