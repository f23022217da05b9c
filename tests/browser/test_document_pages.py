"""Documents in a real browser: they fit, they can be read by everybody, and the browser's own print makes none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import expect

from engine import clock
from engine.database import db
from registers.demonstration.acts import Plan
from tests.browser import test_pages
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = test_pages.pytestmark
opened, settings = test_pages.opened, test_pages.settings
CASE = "/cases/1"
LETTER = f"{CASE}/notices/1"


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """A server with a township; one application that lacks a paper, and so a letter that must be served."""
    made = Township(db.session())
    plan = Plan(family_of_three(), Random(1), complete=False)  # noqa: S311 -- synthetic people
    made.sign(made.apply(plan), "check_completeness", "clerk", plan=plan)
    db.session.commit()
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


@pytest.mark.parametrize("width", [1440, 390])
def test_documents_fit_and_are_accessible(opened, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened("clerk", viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto(CASE)
    record = page.locator("#documents details a").first.get_attribute("href")
    found = []
    for path in (CASE, LETTER, f"{LETTER}/delivery", f"{LETTER}/receipt", record, f"{CASE}/records/file_index"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('#documents details').forEach((each) => { each.open = true })")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wider than the screen"))
        for each in Axe().run(page).response["violations"]:
            found += [(path, each["id"], node["html"][:160]) for node in each["nodes"][:2]]
    assert found == []


def test_the_browsers_own_print_says_that_it_is_no_document(opened):
    page = opened("clerk")
    page.goto(LETTER)
    warning = page.locator(".dd-doc-screen")
    expect(warning).to_be_hidden()
    page.emulate_media(media="print")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("不能作为文书使用")


def test_a_letter_is_printed_from_the_list_and_served(opened):
    page = opened("clerk", accept_downloads=True)
    page.goto(CASE)
    expect(page.locator("#documents")).to_contain_text("1 份未送达")
    page.goto(LETTER)
    with page.expect_download() as caught:
        page.get_by_role("button", name="下载 PDF").click()
    assert caught.value.suggested_filename == "一次性补正告知书-高仁民救补〔2026〕1号.pdf"
    page.get_by_role("link", name="登记送达").click()
    page.get_by_label("直接送达").check()
    page.get_by_label("签收人", exact=True).fill("马某")
    page.get_by_label("与受送达人的关系").fill("本人")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="登记送达").click()
    expect(page.locator(".dd-doc-served")).to_contain_text("已送达")
    page.goto(LETTER)
    expect(page.get_by_role("button", name="打印副本")).to_be_visible()
