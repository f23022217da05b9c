"""The session cookie and its limits, by the wall clock: moving the business clock neither keeps nor ends a session."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface

from engine import clock

#: Seconds between two writings of the time of the last act, so that not every answer carries a cookie.
STEP = 60


#: Settings of the cookie; the limits are seconds.
DEFAULTS: dict[str, Any] = {
    "SESSION_COOKIE_NAME": "doudi",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_SECURE": None,
    "SESSION_REFRESH_EACH_REQUEST": False,
    "SESSION_IDLE": 30 * 60,
    "SESSION_ABSOLUTE": 10 * 60 * 60,
}


class Cookies(SecureCookieSessionInterface):
    """Secure as soon as the request came over HTTPS, unless `SESSION_COOKIE_SECURE` was set."""

    def get_cookie_secure(self, app: Flask) -> bool:
        given = app.config["SESSION_COOKIE_SECURE"]
        return request.is_secure if given is None else bool(given)


def install(app: Flask) -> None:
    app.session_interface = Cookies()


def begin(account_id: int, epoch: int) -> None:
    """Starts a fresh session; nothing of an earlier one stays, so none can be planted."""
    session.clear()
    at = _now()
    session.update(account=account_id, epoch=epoch, since=at, seen=at)


def end() -> None:
    session.clear()


def holder() -> tuple[int, int] | None:
    """(account, epoch) of the session when its limits still hold; notes that the person acted. What a page asks by
    itself (`X-Polling`) is no act: an abandoned page does not keep its session."""
    account, at = session.get("account"), _now()
    if account is None:
        return None
    config = current_app.config
    if at - session["since"] > config["SESSION_ABSOLUTE"] or at - session["seen"] > config["SESSION_IDLE"]:
        return None
    if at - session["seen"] >= STEP and "X-Polling" not in request.headers:
        session["seen"] = at
    return account, session["epoch"]


def _now() -> int:
    return int(clock.wall().timestamp())
