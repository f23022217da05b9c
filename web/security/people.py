"""The person at the other end: every page asks for one unless it says that it is public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user

from engine.actors import Actor
from engine.database import db
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from web.security import sessions

View = TypeVar("View", bound=Callable[..., Any])
manager = LoginManager()


class Person(UserMixin):
    """A signed-in account and the actor that it is."""

    def __init__(self, account: Account) -> None:
        self.id = account.id
        self.username = account.username
        #: With the grants of those for whom they stand in now.
        self.actor = accounts.present(db.session(), account)
        #: An administrator set the password: the person chooses their own before anything else.
        self.must_change_password = account.must_change_password


class Nobody(AnonymousUserMixin):
    """Somebody who did not sign in."""

    id = None
    username = ""
    actor = Actor(None, "访客")


def public(view: View) -> View:
    """Marks a view that needs no sign-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def me() -> Actor:
    """The signed-in person as the actor of an operation."""
    return current_user.actor


def install(app: Flask) -> None:
    """Flask-Login finds the person; closed is the rule, open the exception."""
    manager.init_app(app)
    manager.session_protection = None  # Ours is the epoch and the limits of web.security.sessions.
    manager.anonymous_user = Nobody
    app.before_request(closed)


@manager.request_loader
def load(_: Any) -> Person | None:
    """The session's account with those for whom it stands in; None when the session ran out, ended or was closed."""
    held = sessions.holder()
    if held is None:
        g.ran_out = session.get("account") is not None
        return None
    account = accounts.by_id(db.session(), held[0])
    if account is None or not account.active or account.epoch != held[1]:
        g.ran_out = True
        return None
    return Person(account)


def closed() -> ResponseReturnValue | None:
    """Sends whoever is not signed in to sign in; what they typed goes with them (web.security.carry)."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "is_public", False):
        return None
    if not current_user.is_authenticated:
        return ask()
    if current_user.must_change_password and request.endpoint != "security.password":
        return redirect(url_for("security.password"))
    return None


def ask() -> ResponseReturnValue:
    """The sign-in page, by redirect for a page and in place for a form that was sent."""
    from web.security import carry
    from web.security.views import sign_in_page

    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return "登录已过期，请保留此页，在新窗口重新登录后再继续。", 401
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("security.sign_in", next=request.full_path.rstrip("?")))
    said = "登录已过期，请重新登录。" + (
        "您填写的内容会带回来。" if carry.packed()[0] else "刚才的内容没有提交，请登录后重新填写。"
    )
    return sign_in_page(message=said, carry=True), 401
