"""A township and people at browsers."""

from __future__ import annotations

import contextvars
import re
from typing import Any

import pytest

from registers.demonstration.acts import Plan
from registers.demonstration.cast import PASSWORD
from tests.support.township import START, Township, family_of_three

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """Somebody at a browser: cookies are kept, forms carry the token of the page last seen.

    Every request runs in a context of its own, as it does behind a server; the test's context stays the test's.
    """

    def __init__(self, app: Any, **base: Any) -> None:
        self.client = app.test_client()
        self.base = base
        self.token = ""

    def get(self, path: str, **more: Any) -> Any:
        answer = contextvars.Context().run(lambda: self.client.get(path, **{**self.base, **more}))
        self._see(answer)
        return answer

    def post(self, path: str, data: Any = None, token: str | None = None, **more: Any) -> Any:
        given = {"csrf_token": self.token if token is None else token, **(data or {})}
        answer = contextvars.Context().run(lambda: self.client.post(path, data=given, **{**self.base, **more}))
        self._see(answer)
        return answer

    def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        self.get("/sign-in")
        answer = self.post("/sign-in", {"username": username, "password": password})
        if answer.status_code == 302:
            self.get("/account/password")  # Any page: its forms carry the new session's token.
        return answer

    def _see(self, answer: Any) -> None:
        found = TOKEN.search(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else None
        if found:
            self.token = found.group(1)


@pytest.fixture
def visit(app):
    """`visit()` is a visitor, `visit("clerk")` one who signed in."""

    def make(username: str = "", **base: Any) -> Visitor:
        visitor = Visitor(app, **base)
        if username:
            assert visitor.sign_in(username).status_code == 302
        return visitor

    return make


@pytest.fixture
def township(session, at):
    """The shipped models and everybody who works with them, on a Monday morning."""
    at(f"{START:%Y-%m-%d %H:%M}")
    return Township(session)


@pytest.fixture
def plan():
    from random import Random

    return Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
