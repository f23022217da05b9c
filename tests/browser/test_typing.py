"""What somebody types while the page waits for an answer is not taken away by it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import test_pages

pytestmark = test_pages.pytestmark
address, opened, settings = test_pages.address, test_pages.opened, test_pages.settings


def test_what_is_typed_while_an_answer_is_on_its_way_stays(opened):
    page = opened("clerk")
    page.goto("/desk/apply/dibao")
    page.locator("input[name=by_agent][value=true]").check()
    name = page.locator("input[name=agent_name]")
    expect(name).to_be_visible()
    held = []
    page.route("**/preview", lambda route: held.append(route))
    with page.expect_request("**/preview"):
        page.locator("select[name=disability]").select_option("1")
    name.press_sequentially("马小")
    (route,) = held
    route.continue_()
    expect(page.locator("select[name=disability_kind]")).to_be_visible()
    expect(name).to_have_value("马小")
    name.press("End")
    page.keyboard.type("花")
    expect(name).to_have_value("马小花")
