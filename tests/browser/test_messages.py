"""Messages in a real browser: a new one appears by itself, and everything works without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.outbox import operations as outbox
from engine.outbox import queries
from engine.transactions import scratch
from registers.accounts import queries as accounts
from tests.browser import test_pages

pytestmark = test_pages.pytestmark
address, opened, settings = test_pages.address, test_pages.opened, test_pages.settings


@pytest.fixture
def send(address: str) -> Any:
    def make(subject: str) -> Actor:
        with scratch() as session:
            clerk = accounts.actor(accounts.by_username(session, "clerk"))
            director = accounts.actor(accounts.by_username(session, "director"))
            outbox.enqueue(
                session, kind="urge", subject=subject, body="请今天办理。", to=[clerk], sender=director, instance_id=1,
                now=clock.now(),
            )  # fmt: skip
        return director

    return make


def half_a_minute_later(page: Any, words: str) -> None:
    """Lets half minutes pass until the page has asked: one may pass before htmx has set its next question."""
    for _ in range(10):
        page.clock.fast_forward(31_000)
        try:
            return expect(page.locator(".dd-unread")).to_have_text(words, timeout=1000)
        except AssertionError:
            continue
    return expect(page.locator(".dd-unread")).to_have_text(words)


def test_a_new_message_appears_without_a_reload(opened, send):
    page = opened("clerk")
    page.clock.install()
    page.goto("/desk/messages")
    expect(page.locator("#message-list")).to_contain_text("没有消息")
    page.evaluate("document.body.dataset.same = 'yes'")
    send("高仁低保2026-0001 催办")
    half_a_minute_later(page, "1 条未读")
    expect(page.locator("#message-list")).to_contain_text("高仁低保2026-0001 催办")
    assert page.evaluate("document.body.dataset.same") == "yes"
    send("高仁低保2026-0001 再催")
    half_a_minute_later(page, "2 条未读")


def test_a_broken_line_is_not_complained_of_every_half_minute(chromium, address):
    context = chromium.new_context(base_url=address)  # Not `opened`: htmx itself notes the failure on the console.
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="王晓芳").click()
    page.clock.install()
    page.goto("/desk/")
    page.route("**/desk/messages/unread*", lambda route: route.abort())
    for _ in range(2):  # It is asked for again, and nobody is told.
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(31_000)
    expect(page.locator("#messages .alert")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_reading_and_answering_without_javascript(opened, send, width):
    director = send("高仁低保2026-0001 催办")
    page = opened("clerk", java_script_enabled=False, viewport={"width": width, "height": 800})
    page.get_by_role("link", name="消息 1 条未读").click()
    page.get_by_role("link", name="高仁低保2026-0001 催办").click()
    expect(page.get_by_text("请今天办理。")).to_be_visible()
    page.get_by_label("说明办理情况").fill("今天下午办")
    page.get_by_role("button", name="回复").click()
    expect(page.get_by_text("今天下午办")).to_be_visible()
    page.get_by_role("link", name="查看办件").click()
    page.get_by_role("link", name="全部经过").click()
    expect(page.get_by_role("heading", name="催办与提醒记录")).to_be_visible()
    expect(page.get_by_text("回复：今天下午办")).to_be_visible()
    db.session.rollback()
    assert queries.unread(db.session(), director.id) == 1
