"""Takes the README's pictures from a running demonstration: `.venv/bin/python script/pictures.py [ADDRESS]`.

Start `script/server` first. Needs the test extras (a Chromium).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from registers.demonstration.cast import PASSWORD

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}


def main(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def signed_in(username: str, size: dict[str, int]) -> Page:
            page = browser.new_context(viewport=size, locale="zh-CN").new_page()
            page.goto(f"{address}/sign-in")
            page.fill("#username", username)
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_load_state()
            return page

        def keep(page: Page, name: str) -> None:
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"{name}.png")

        clerk = signed_in("clerk", WIDE)
        keep(clerk, "inbox")
        director = signed_in("director", WIDE)
        director.goto(f"{address}/leaders/overdue")
        keep(director, "overdue")
        director.goto(f"{address}/desk/")
        director.locator(".dd-opens").first.click()
        director.locator("#why[open]").wait_for()
        keep(director, "why")
        director.goto(f"{address}/desk/messages")
        keep(director, "messages")
        admin = signed_in("admin", WIDE)
        admin.goto(f"{address}/admin/calendar")
        keep(admin, "calendar")
        head = signed_in("head", WIDE)
        leaders(head, address)
        keep(head, "leaders")
        small = signed_in("head", PHONE)
        leaders(small, address)
        keep(small, "leaders-phone")
        director.goto(f"{address}/desk/")
        director.locator("a", has_text="提出初审意见").first.click()
        if director.get_by_role("button", name="认领并办理").count():
            director.get_by_role("button", name="认领并办理").click()
        keep(director, "task")
        director.locator(".dd-crumbs a").last.click()
        director.locator("[data-bpmn-url] svg").first.wait_for()
        keep(director, "case")
        clerk.goto(f"{address}/desk/apply")
        keep(clerk, "apply")
        owner = signed_in("owner", WIDE)
        owner.goto(f"{address}/models/tekun")
        owner.locator("[data-bpmn-url] svg").first.wait_for()
        keep(owner, "model")
        owner.get_by_text("修改", exact=True).first.click()
        shape = owner.locator('.djs-shape[data-element-id="fill_application"]')
        shape.wait_for()
        shape.click()
        owner.locator(".djs-context-pad").wait_for()
        keep(owner, "modeler")
        owner.goto(f"{address}/models/decisions/dibao_amount")
        owner.wait_for_load_state("networkidle")
        keep(owner, "decision")
        owner.goto(f"{address}/statutes")
        keep(owner, "statutes")
        head.goto(f"{address}/payments/")
        keep(head, "payments")
        public = browser.new_context(viewport=WIDE, locale="zh-CN").new_page()
        public.goto(f"{address}/board")
        keep(public, "board")
        keep(signed_in("clerk", PHONE), "phone")
        browser.close()


def leaders(page: Page, address: str) -> None:
    """Opens the leaders' room with its charts drawn."""
    page.goto(f"{address}/leaders/")
    page.locator(".dd-charts").scroll_into_view_if_needed()
    page.locator("[data-chart] canvas").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
