"""Takes the pictures of the clerks' manual (docs/pictures/manual) in a township made for it, as the browser tests make
theirs: `.venv/bin/python script/manual_pictures.py`. Needs the test extras (a Chromium)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine import migrations
from engine.database import db
from engine.runtime import operations as runtime
from registers.demonstration.acts import Plan
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township, family_of_three
from web.app import create_app

PICTURES = Path(__file__).parents[1] / "docs" / "pictures" / "manual"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 780}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/manual.db"
        migrations.upgrade(url)
        app = create_app({"DOUDI_INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": url, "DEMO": True})
        with app.app_context():
            places = township()
            with serving(app) as address, sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                walk(browser, address, places)
                browser.close()
            db.session.remove()
            db.engine.dispose()


def township() -> dict[str, int]:
    """Cases at the steps that the manual shows; the items' numbers by step."""
    town, places = Township(db.session()), {}

    def case(seed: int, until: str) -> None:
        plan = Plan(family_of_three(), Random(seed))  # noqa: S311 -- synthetic people
        for who in [plan.family.head, *(person for person, _ in plan.family.others)]:
            who.id_number = other_number(who, seed)
        instance = town.apply(plan)
        places.setdefault("case", instance.id)
        if until == "check_completeness":
            places[until] = town.items(instance)[until].id
            return
        if until in ("home_visit",):
            town.sign(instance, "check_completeness", "clerk", plan=plan)
            if "receive_corrections" in town.items(instance):
                town.sign(instance, "receive_corrections", "clerk", plan=plan)
            town.sign(instance, "declare_relatives", "clerk", plan=plan)
            town.sign(instance, "arrange_survey", "director", plan=plan)
        elif until == "opinion":
            town.survey(instance, plan, until="opinion")
        elif until == "draft_notice":
            town.survey(instance, plan)
        elif until == "publicity":
            town.survey(instance, plan)
            town.post(instance, plan)
            places["published"] = instance.id
            return
        places[until] = town.items(instance)[until].id

    for seed, until in enumerate(("check_completeness", "home_visit", "opinion", "draft_notice", "publicity"), 1):
        case(seed, until)
    runtime.claim(places["check_completeness"], town.people["clerk"])
    runtime.claim(places["home_visit"], town.people["investigator"])
    runtime.claim(places["opinion"], town.people["director"])
    runtime.claim(places["draft_notice"], town.people["clerk"])
    db.session.commit()
    return places


def other_number(who: Any, seed: int) -> str:
    from registers.demonstration.people import id_number

    return id_number(who.birth, 100 + seed * 4 + (1 if who.male else 0), who.male)


def walk(browser: Browser, address: str, places: dict[str, int]) -> None:
    def signed_in(username: str, size: dict[str, int] = WIDE) -> Page:
        page = browser.new_context(base_url=address, viewport=size, locale="zh-CN").new_page()
        page.goto("/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_load_state()
        return page

    def keep(page: Page, name: str, path: str = "") -> None:
        if path:
            page.goto(path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{name}.png")

    keep(browser.new_context(base_url=address, viewport=WIDE, locale="zh-CN").new_page(), "sign-in", "/sign-in")
    clerk = signed_in("clerk")
    keep(clerk, "inbox", "/desk/")
    keep(clerk, "messages", "/desk/messages")
    keep(clerk, "apply", "/desk/apply")
    keep(clerk, "application", "/desk/apply/dibao")
    keep(clerk, "completeness", f"/desk/items/{places['check_completeness']}")
    keep(clerk, "publicity", f"/desk/items/{places['draft_notice']}")
    keep(clerk, "moves", f"/cases/{places['case']}/moves")
    clerk.goto(f"/cases/{places['published']}")
    clerk.locator("[data-bpmn-url] svg").first.wait_for()
    keep(clerk, "case")
    letters = clerk.locator('a[href*="/notices/"]')
    if letters.count():
        keep(clerk, "notice", letters.first.get_attribute("href") or "")
    keep(browser.new_context(base_url=address, viewport=WIDE, locale="zh-CN").new_page(), "board", "/board")
    keep(signed_in("director"), "opinion", f"/desk/items/{places['opinion']}")
    investigator = signed_in("investigator")
    keep(investigator, "visit", f"/desk/items/{places['home_visit']}")
    phone = signed_in("investigator", NARROW)
    phone.goto("/visits/")
    phone.get_by_role("button", name="带走").first.wait_for()
    keep(phone, "phone-list")
    phone.get_by_role("button", name="带走").first.click()
    phone.get_by_label("吃穿用情况").wait_for()
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.reload()
    phone.get_by_label("吃穿用情况").wait_for()
    phone.get_by_label("地点", exact=False).first.fill("红柳村三组家中")
    phone.get_by_text("已存在手机上，待同步").wait_for()
    phone.evaluate("scrollTo(0, 0)")
    phone.screenshot(path=PICTURES / "phone-form.png")
    runtime.save_draft(f"item:{places['home_visit']}", _person("investigator"), {"place": ["红柳村村委会"]})
    phone.context.set_offline(False)
    phone.reload()
    phone.get_by_role("button", name="同步").click()
    phone.get_by_role("region", name="两处填写不一样").wait_for()
    phone.evaluate("scrollTo(0, 0)")
    keep(phone, "phone-clash")


def _person(username: str) -> Any:
    from sqlalchemy import select

    from registers.accounts import queries
    from registers.accounts.models import Account

    return queries.actor(db.session().scalars(select(Account).where(Account.username == username)).one())


if __name__ == "__main__":
    main()
