"""The whole way of a 低保 case through the browser: a family of three, 780 yuan, the county; a refusal; mode B.

A real Chromium, a real server, every form filled in as a person does. The publicity ends because the demonstration's
time control moves the business clock.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import select

from engine import clock, forms
from engine.actors import SYSTEM
from engine.database import db
from engine.parameters import operations as parameters
from engine.releases import queries as releases
from engine.runtime.models import Instance, WorkItem
from registers.benefits.models import Decision
from registers.demonstration.acts import Plan, values
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"DEMO": True}


@pytest.fixture
def township(app: Any) -> Iterator[Township]:
    yield Township(db.session(), mode="A")
    clock.set_offset(timedelta(0))


@pytest.fixture
def office(app: Any, township: Township, chromium: Browser) -> Iterator[Office]:
    with serving(app) as address:
        made = Office(township, chromium, address)
        yield made
        made.close()


class Office:
    """People at their browsers, each signed in once."""

    def __init__(self, township: Township, browser: Browser, address: str) -> None:
        self.township, self.browser, self.address = township, browser, address
        self.pages: dict[str, Page] = {}
        self.said: list[str] = []

    def page(self, username: str) -> Page:
        if username not in self.pages:
            page = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
            page.on("console", self.listen)
            page.goto(f"{self.address}/sign-in")
            page.fill("#username", username)
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            expect(page.locator(".dd-who")).to_be_visible()
            self.pages[username] = page
        return self.pages[username]

    def listen(self, message: ConsoleMessage) -> None:
        """Keeps errors; a preview that a later one replaced is none (htmx says so of every abort)."""
        if message.type == "error" and not message.text.startswith(("htmx:afterRequest", "htmx:sendAbort")):
            self.said.append(message.text)

    def apply(self, plan: Plan) -> int:
        """The window clerk takes the application; the id of the case."""
        page = self.page("clerk")
        page.goto(f"{self.address}/desk/apply/dibao")
        self.fill(page, "fill_application", values("fill_application", plan, clock.now(), {}))
        page.get_by_role("button", name="提交申请").click()
        page.wait_for_url(re.compile(r"/cases/\d+/intake$"))
        return int(page.url.rsplit("/", 2)[1])

    def sign(self, case: int, element: str, *usernames: str, plan: Plan) -> None:
        """Each of the people finds the item, claims it and signs."""
        db.session.rollback()
        item = db.session.scalars(
            select(WorkItem).where(
                WorkItem.instance_id == case, WorkItem.element_id == element, WorkItem.state == "open"
            )
        ).one()
        given = values(item.form, plan, clock.now(), self.case(case).flow)
        for number, username in enumerate(usernames):
            page = self.page(username)
            page.goto(f"{self.address}/desk/items/{item.id}")
            page.get_by_role("button", name="认领并办理").click()
            if number == 0:
                self.fill(page, item.form, given)
                page.locator("button[name=_do][value=submit]").click()
            else:
                page.get_by_role("button", name="内容属实，签字").click()
            expect(page.locator(".alert-success").first).to_be_visible()

    def fill(self, page: Page, name: str, given: dict[str, Any]) -> None:
        """Types a form's values into its fields, rows added and conditional fields awaited as they come."""
        release = releases.load(releases.current(db.session()).id, db.session())
        for field, texts in forms.to_posted(release.forms[name], given, strict=True).items():
            if not any(texts) or field.startswith("_"):
                continue
            row = re.fullmatch(r"(\w+)\[(\d+)\]\.\w+", field)
            if row and page.locator(f'[name="{field}"]').count() == 0:
                page.locator(f'button[name="_add"][value="{row[1]}"]').click()
            box = page.locator(f'[name="{field}"]')
            expect(box.first).to_be_attached()
            kind = box.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
            if kind in ("radio", "checkbox"):
                for text in texts:
                    page.locator(f'[name="{field}"][value="{text}"]').check()
            elif kind == "select":
                box.select_option(texts[0])
            elif box.is_editable():
                box.fill(texts[0])

    def forward(self) -> None:
        """The time control: to the next timer."""
        page = self.page("clerk")
        page.goto(f"{self.address}/desk/")
        page.get_by_role("button", name="到下一个期限").click()
        expect(page.locator(".dd-demo")).to_contain_text("已拨快")

    def case(self, case: int) -> Instance:
        db.session.rollback()
        return db.session.get(Instance, case, populate_existing=True)

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


def survey(office: Office, case: int, plan: Plan) -> None:
    office.sign(case, "check_completeness", "clerk", plan=plan)
    office.sign(case, "declare_relatives", "clerk", plan=plan)
    office.sign(case, "arrange_survey", "director", plan=plan)
    office.sign(case, "data_check", "check", plan=plan)
    office.sign(case, "home_visit", "investigator", "investigator2", plan=plan)
    office.sign(case, "neighbour_visit", "investigator2", "investigator3", plan=plan)
    office.sign(case, "opinion", "director", plan=plan)


def publicise(office: Office, case: int, plan: Plan) -> None:
    office.sign(case, "draft_notice", "clerk", plan=plan)
    office.sign(case, "check_notice", "director", plan=plan)
    office.sign(case, "post_notice", "hongliu", plan=plan)
    office.forward()
    office.sign(case, "take_down", "hongliu", plan=plan)


def test_a_family_of_three_is_confirmed_by_the_county(office):
    plan = Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    case = office.apply(plan)
    survey(office, case, plan)
    publicise(office, case, plan)
    office.sign(case, "submit_dossier", "clerk", plan=plan)
    office.sign(case, "county_decide", "decide", plan=plan)
    office.sign(case, "deliver_confirmation", "clerk", plan=plan)
    office.sign(case, "post_result", "hongliu", plan=plan)
    assert office.case(case).outcome == "confirmed"
    page = office.page("clerk")
    page.goto(f"{office.address}/cases/{case}")
    expect(page.locator("main")).to_contain_text("780 元/月")
    page.goto(f"{office.address}/cases/{case}?tab=history")
    expect(page.locator("main")).to_contain_text("办结了“县级审核确认”")
    page.goto(f"{office.address}/cases/{case}?tab=diagram")
    expect(page.locator("[data-bpmn-url] svg").first).to_be_visible()
    assert office.said == []


def test_a_family_over_the_line_is_refused_in_writing(office):
    plan = Plan(family_of_three(900), Random(1))  # noqa: S311 -- synthetic people
    case = office.apply(plan)
    survey(office, case, plan)
    office.sign(case, "submit_dossier", "clerk", plan=plan)
    office.sign(case, "county_decide", "decide", plan=plan)
    office.sign(case, "deliver_refusal", "clerk", plan=plan)
    assert office.case(case).outcome == "refused"
    page = office.page("clerk")
    page.goto(f"{office.address}/cases/{case}")
    page.get_by_role("link", name="不予确认告知书").click()
    expect(page.locator("main")).to_contain_text("900元")
    expect(page.locator("main")).to_contain_text("行政复议")


def test_the_township_confirms_where_it_is_delegated(office, township):
    parameters.set_value(SYSTEM, "dibao_mode", "B", clock.today(), "测试：改由乡镇确认")
    plan = Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    case = office.apply(plan)
    survey(office, case, plan)
    publicise(office, case, plan)
    office.sign(case, "township_decide", "head", plan=plan)
    office.sign(case, "deliver_confirmation", "clerk", plan=plan)
    assert db.session.get(Decision, case, populate_existing=True).amount == 78000
