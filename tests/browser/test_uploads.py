"""Files in a real browser: chosen on a phone, in the list at once, kept by the draft; every tab of a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import expect

from engine import clock
from engine.database import db
from engine.runtime import operations as runtime
from registers.demonstration.acts import Plan
from registers.files import operations as files
from tests.browser import test_pages
from tests.support import scans
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = test_pages.pytestmark
opened = test_pages.opened
PHONE = {"width": 390, "height": 844}
TABS = ("", "forms", "papers", "history", "diagram", "clocks", "related")


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"DEMO": True, "DOUDI_FILE_MB": "1"}


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """A server with a case whose survey waits for its photos."""
    import io

    made = Township(db.session())
    plan = Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    case = made.apply(plan)
    made.sign(case, "check_completeness", "clerk", plan=plan)
    made.sign(case, "declare_relatives", "clerk", plan=plan)
    made.sign(case, "arrange_survey", "director", plan=plan)
    item = made.items(case)["home_visit"]
    runtime.claim(item.id, made.people["investigator"])
    clerk = made.people["clerk"]
    photo = scans.photo(600, 400, taken="2026:01:05 10:00:00", place=True)
    files.attach(case.id, clerk, name="大门.jpg", stream=io.BytesIO(photo), kind="photo")
    files.attach(case.id, clerk, name="身份证.jpg", stream=io.BytesIO(scans.photo(90, 60)), kind="id_card")
    files.attach(case.id, clerk, name="证明.pdf", stream=io.BytesIO(scans.pdf(2)), kind="proof")
    db.session.commit()
    app.item_id = item.id
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


def photo(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def test_photos_go_up_at_once_and_the_draft_keeps_them(app, opened):
    page = opened("investigator", viewport=PHONE)
    page.goto(f"/desk/items/{app.item_id}")
    page.get_by_label("调查时间").or_(page.locator("[name=visited_at]")).first.fill("10:00")
    field = page.locator("input[type=file]")
    expect(page.locator("button[name=_upload]")).to_be_hidden()
    field.set_input_files(
        [
            photo("屋里.jpg", scans.photo(300, 200, taken="2026:03:02 08:30:00")),
            photo("程序.jpg", b"MZ" + bytes(300)),
            photo("大.jpg", b"\xff\xd8\xff" + bytes(1_200_000)),
        ]
    )
    rows = page.locator(".dd-file-row")
    expect(rows).to_have_count(1)
    expect(rows.first.locator("img")).to_be_visible()
    rows.first.scroll_into_view_if_needed()
    expect(rows.first.locator("img")).to_have_js_property("naturalWidth", 300)
    expect(rows.first).to_contain_text("拍摄于 2026-03-02 08:30")
    wrong = page.locator(".dd-file-wrong")
    expect(wrong).to_contain_text("程序.jpg：这是程序")
    expect(wrong).to_contain_text("大.jpg：文件超过 1 MB")
    expect(page.locator("[name=visited_at]")).to_have_value("10:00")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿已保存")
    page.reload()
    expect(page.locator(".dd-file-row")).to_have_count(1)
    expect(page.locator("[name=visited_at]")).to_have_value("10:00")
    page.get_by_role("button", name="移除：屋里.jpg").click()
    expect(page.locator(".dd-file-row")).to_have_count(0)
    expect(page.locator("input[type=file]")).to_be_focused()
    expect(page.locator("[name=visited_at]")).to_have_value("10:00")


def test_without_a_script_a_photo_goes_up_by_the_button(app, opened):
    page = opened("investigator", viewport=PHONE, java_script_enabled=False)
    page.goto(f"/desk/items/{app.item_id}")
    page.locator("[name=visited_at]").fill("10:00")
    page.locator("input[type=file]").set_input_files(photo("屋里.jpg", scans.photo(300, 200)))
    page.locator("button[name=_upload]").click()
    expect(page.locator(".dd-file-row")).to_have_count(1)
    expect(page.locator("[name=visited_at]")).to_have_value("10:00")
    page.get_by_role("button", name="移除：屋里.jpg").click()
    expect(page.locator(".dd-file-row")).to_have_count(0)
    expect(page.locator("[name=visited_at]")).to_have_value("10:00")


@pytest.mark.parametrize("width", [1440, 390])
def test_tabs_and_file_fields_fit_and_are_accessible(app, opened, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened("clerk", viewport={"width": width, "height": 900}, bypass_csp=True)
    found = []
    for path in [f"/cases/1?tab={tab}" for tab in TABS]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wider than the screen"))
        for each in Axe().run(page).response["violations"]:
            found += [(path, each["id"], node["html"][:160]) for node in each["nodes"][:2]]
    assert found == []


def test_the_dossier_is_watched_and_fetched(opened):
    page = opened("clerk", accept_downloads=True)
    page.goto("/cases/1?tab=papers")
    page.get_by_role("button", name="制作案卷 PDF").click()
    expect(page.get_by_role("link", name="下载")).to_be_visible(timeout=60_000)
    with page.expect_download() as loaded:
        page.get_by_role("link", name="下载").click()
    assert loaded.value.suggested_filename.startswith("案卷-高仁低保2026-0001")
    page.goto("/cases/1?tab=history")
    expect(page.locator(".dd-history")).to_contain_text("制作了案卷 PDF")
