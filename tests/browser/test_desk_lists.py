"""The desk in a real browser: two clerks at one list, keys, every tab at both widths, without a script."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.database import db
from registers.copies import operations as copies
from registers.demonstration import people
from registers.demonstration.acts import Plan
from registers.desk import operations as desk
from registers.supervision import operations as supervision
from tests.browser import test_pages
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = test_pages.pytestmark
opened, settings = test_pages.opened, test_pages.settings

TABS = ("work", "pool", "done", "started", "copies", "watched")


@pytest.fixture
def town(app: Any) -> Township:
    return Township(db.session())


@pytest.fixture
def address(app: Any, town: Township) -> Any:
    """A server with two applications in the township."""
    town.cases = [apply(town, seed) for seed in (1, 2)]
    db.session.commit()
    with serving(app) as address:
        yield address


def apply(town: Township, seed: int) -> Any:
    """One more application, of a family of its own."""
    home = family_of_three()
    for number, person in enumerate([home.head, *(each for each, _ in home.others)]):
        object.__setattr__(person, "id_number", people.id_number(person.birth, seed * 20 + number, True))
    return town.apply(Plan(home, Random(seed)))  # noqa: S311 -- synthetic people


def later(page: Page, until: Any) -> None:
    """Lets a while pass until the page has asked and shows what it should."""
    for _ in range(10):
        page.clock.fast_forward(31_000)
        try:
            return until(1000)
        except AssertionError:
            continue
    return until(5000)


def test_two_clerks_see_an_item_grey_out_and_a_new_one_appear(opened, town):
    first, second = opened("clerk"), opened("clerk2")
    second.clock.install()
    second.goto("/desk/")
    item = town.items(town.cases[0])["check_completeness"].id
    other = town.items(town.cases[1])["check_completeness"].id
    second.evaluate("document.body.dataset.same = 'yes'")
    second.locator(f"tr[data-item='{item}'] input[type=checkbox]").check()
    second.locator(f"tr[data-item='{other}'] input[type=checkbox]").check()
    first.goto("/desk/")
    first.locator(f"tr[data-item='{item}']").get_by_role("button", name="认领").click()
    expect(first.get_by_role("heading", name="核对申请材料")).to_be_visible()
    row = second.locator(f"tr[data-item='{item}']")
    later(second, lambda wait: expect(row).to_contain_text("已由王晓芳认领", timeout=wait))
    expect(row.locator("input[type=checkbox]")).to_be_disabled()
    expect(row.locator("input[type=checkbox]")).not_to_be_checked()
    expect(second.locator(f"tr[data-item='{other}'] input[type=checkbox]")).to_be_checked()
    expect(second.locator("#live-news")).to_contain_text("1 件已不能办理")
    expect(second.locator("#offered .dd-badge")).to_have_text("1")
    new = apply(town, 3)
    fresh = town.items(new)["check_completeness"].id
    db.session.rollback()
    later(second, lambda wait: expect(second.locator(f"tr[data-item='{fresh}']")).to_be_visible(timeout=wait))
    assert second.evaluate("document.body.dataset.same") == "yes", "the page was not loaded anew"
    expect(second.locator("#offered .dd-badge")).to_have_text("2")
    with second.expect_navigation(wait_until="load"):
        second.get_by_role("button", name="认领选中").click()
    expect(second.get_by_text("认领了 1 件")).to_be_visible()


def test_a_hidden_page_does_not_ask(opened, town):
    page = opened("clerk2")
    page.clock.install()
    page.goto("/desk/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/desk/changed" in request.url else None)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.fast_forward(600_000)
    assert asked == []
    with page.expect_response(lambda answer: "/desk/changed" in answer.url) as heard:
        page.evaluate(
            "Object.defineProperty(document, 'hidden', { value: false, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    assert heard.value.status == 304


def test_the_keys_are_told_and_turn_the_lists(opened, town):
    page = opened("clerk")
    page.goto("/desk/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="清单上的按键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="清单上的按键")).to_be_hidden()
    page.keyboard.press("4")
    expect(page.get_by_role("heading", level=1)).to_have_text("我发起", timeout=30_000)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_list_fits_and_is_accessible(opened, town, width):
    from axe_playwright_python.sync_playwright import Axe

    clerk, director = town.people["clerk"], town.people["director"]
    case, item = town.cases[0], town.items(town.cases[0])["check_completeness"]
    copies.send(case.id, director, [clerk.id], "请了解，下周一起去看。")
    supervision.order(case.id, director, to_id=clerk.id, text="三日内报告办理情况")
    supervision.urge(item.id, director)
    from registers.cases.asked import Asked

    made = desk.save(clerk, "红柳村超期", Asked(village="pingluo/gaoren/hongliu"), "work")
    desk.share(made.id, clerk, ("clerk", "pingluo/gaoren"))
    db.session.rollback()
    found = []
    paths = [*(f"/desk/?tab={tab}" for tab in TABS), *(f"/desk/?tab={tab}&q=nobody" for tab in TABS)]
    paths += ["/desk/filters", f"/cases/{case.id}/copies", f"/desk/assign?item={item.id}"]
    signed = {
        name: opened(name, viewport={"width": width, "height": 900}, bypass_csp=True) for name in ("clerk", "director")
    }
    for path in paths:
        page = signed["director" if "assign" in path else "clerk"]
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wider than the screen"))
        for each in Axe().run(page).response["violations"]:
            found += [(path, each["id"], node["html"][:160]) for node in each["nodes"][:2]]
    assert found == []


def test_filtering_and_saving_work_without_a_script(opened, town):
    page = opened("clerk", java_script_enabled=False)
    page.goto("/desk/")
    page.locator("select[name=village]").select_option(label="沙枣村")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("没有符合筛选条件的").first).to_be_visible()
    page.get_by_text("保存这个筛选").click()
    page.get_by_label("名称").fill("沙枣村")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="清除筛选").click()
    page.get_by_role("link", name="沙枣村", exact=True).click()
    expect(page.locator("select[name=village]")).to_have_value("pingluo/gaoren/shazao")
