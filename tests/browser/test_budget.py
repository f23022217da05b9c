"""What a page may cost on a phone in a village: a cold visit of at most 250 KB without pictures, nothing that jumps
while it is read, nothing to scroll sideways, nothing too small for a finger, and its main button works before any
script came.

Bytes and shifts are asserted. Times depend on the machine: they are printed (`-s`) and stand in docs/performance.md.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from engine import clock
from engine.database import db
from engine.runtime import operations as runtime
from registers.demonstration.acts import Plan
from registers.demonstration.cast import PASSWORD
from registers.demonstration.people import family
from tests.support.serving import serving
from tests.support.slow import PHONE, phone, weigh
from tests.support.township import Township, family_of_three

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]

#: Bytes on the wire without pictures, and how much of the screen may move (Lighthouse's bound for good).
MOST, SHIFT = 250_000, 0.1
#: Far from any figure that was measured: only what hangs is caught by it.
LAX = 60_000
#: So many applications that lists are as long as their pages.
APPLICATIONS = 25

#: {page: (who, address, its main button, what stands there when it worked)}
PAGES: dict[str, tuple[str, str, str, str]] = {
    "inbox": ("clerk", "/desk/", "[data-main], .dd-rows a[href^='/desk/items/']", r"/desk/items/\d+"),
    "item": ("clerk", "/desk/items/{item}", "button[name=_do][value=save]", r"/desk/items/{item}$"),
    "case": ("clerk", "/cases/{case}", "a[href*='tab=history']", r"tab=history"),
    "search": ("clerk", "/households", "main form button", r"/households"),
    "leaders": ("head", "/leaders/", "main a[href*='/leaders/overdue']", r"/leaders/overdue"),
    "hall": ("", "/board", "main a[href], nav a[href='/sign-in']", r"/"),
    "visit": ("investigator", "/visits/", "", ""),
}


@pytest.fixture
def settings() -> dict[str, Any]:
    return {}


@pytest.fixture
def made(app: Any) -> Iterator[dict[str, Any]]:
    """A served township of many applications: one that the clerk has in hand, one that hangs on the board."""
    township = Township(db.session())
    first = Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    case = township.apply(first)
    township.survey(case, first)
    township.post(case, first)
    for seed in range(APPLICATIONS):
        random = Random(seed + 100)  # noqa: S311 -- synthetic people
        held = township.apply(Plan(family(random, clock.today(), poor=True), random))
    item = township.items(held)["check_completeness"]
    runtime.claim(item.id, township.people["clerk"])
    db.session.commit()
    with serving(app) as address:
        yield {"address": address, "item": item.id, "case": case.id}
    clock.set_offset(timedelta(0))


def signed_in(browser: Any, address: str, username: str) -> Any:
    """The session of somebody, without anything else that a browser keeps."""
    context = browser.new_context(base_url=address, **PHONE)
    page = context.new_page()
    if username:
        page.goto("/sign-in")
        page.get_by_label("账号", exact=True).fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator(".dd-head")).to_be_visible()
        page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    state = context.storage_state()
    context.close()
    return state


def small_targets(page: Page) -> list[str]:
    """What is too small for a finger by WCAG 2.2, 2.5.8: less than 24 px and less than that apart from the next."""
    from axe_playwright_python.sync_playwright import Axe

    asked = {"runOnly": {"type": "rule", "values": ["target-size"]}, "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=asked).response["violations"]
    return [node["html"][:160] for each in found for node in each["nodes"]]


def test_every_page_keeps_its_budget(chromium, made):
    address, broken, told = made["address"], [], []
    states = {who: signed_in(chromium, address, who) for who in {who for who, *_ in PAGES.values()}}
    for name, (who, path, _, _) in PAGES.items():
        page = phone(chromium, address, states[who], bypass_csp=True, service_workers="block")
        cost = weigh(page, path.format(**made))
        told.append(f"{name}: {cost}")
        if cost.weight > MOST:
            broken.append(f"{name} weighs {cost.weight}: {cost.largest[:5]}")
        if cost.shifted > SHIFT:
            broken.append(f"{name} jumps by {cost.shifted:.3f}: {cost.moved}")
        if cost.loaded > LAX:
            broken.append(f"{name} takes {cost.loaded:.0f} ms")
        if page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") != "auto":
            broken.append(f"{name} glides: a press while it is under way lands beside its button")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["viewport"]["width"]:
            broken.append(f"{name} is {wide} px wide")
        broken += [f"{name} has too small a target: {each}" for each in small_targets(page)]
        page.context.close()
    print("", *told, sep="\n")
    assert broken == []


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page[2]])
def test_the_main_button_works_before_any_script_came(chromium, made, name):
    """A script is a help: while it is still on its way, the page is read and its main act is done."""
    who, path, button, after = PAGES[name]
    page = phone(chromium, made["address"], signed_in(chromium, made["address"], who), service_workers="block")
    waiting: list[Route] = []
    page.route(re.compile(r"\.js(\?|$)"), lambda route: waiting.append(route))
    page.goto(path.format(**made), wait_until="commit")
    main = page.locator(button).locator("visible=true").first
    expect(main).to_be_enabled()
    main.click(no_wait_after=True)
    page.wait_for_url(re.compile(after.format(**made)), wait_until="commit")
    expect(page.locator("h1").first).to_be_visible()
    assert waiting, "the page has scripts, and none of them came"
    page.context.close()


def test_too_small_a_target_is_found(chromium):
    """The check itself: two links of ten pixels beside each other."""
    page = chromium.new_page(viewport=PHONE["viewport"])
    link = '<a href="/{}" style="display:inline-block;width:10px;height:10px;background:#000" aria-label="x"></a>'
    page.set_content(f"<main><h1>x</h1><nav>{link.format(1)}{link.format(2)}</nav></main>")
    assert len(small_targets(page)) == 2
    page.set_content(f"<main><h1>x</h1><nav>{link.format(1).replace('10px', '24px')}</nav></main>")
    assert small_targets(page) == []
    page.close()
