"""Every form carries a token. One that ran out does not cost anybody what they typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from web.security import carry
from web.security.people import ask

protect = CSRFProtect()
#: endpoint → draws the page again with what was posted and a message.
_redraws: dict[str, Callable[..., ResponseReturnValue]] = {}
MESSAGE = "页面打开太久，提交凭证已过期。您填写的内容还在，请核对后再提交一次。"


def redraws(endpoint: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks what draws the page of an endpoint again: called with the message and the address's arguments."""

    def keep(draw: Callable[..., Any]) -> Callable[..., Any]:
        _redraws[endpoint] = draw
        return draw

    return keep


def install(app: Flask) -> None:
    """A token lives as long as its session may."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", app.config["SESSION_ABSOLUTE"])
    app.config.setdefault("WTF_CSRF_SSL_STRICT", True)
    protect.init_app(app)
    app.register_error_handler(CSRFError, expired)


def expired(error: CSRFError) -> ResponseReturnValue:
    """The page once more with its values, sign-in first where it is needed, else a page that says what to do."""
    endpoint = request.endpoint or ""
    if endpoint == "security.sign_in":
        from web.security.views import sign_in_page

        return sign_in_page(message="页面已过期，请重新输入密码。"), 400
    if not current_user.is_authenticated:
        return ask()
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return "页面已过期，请先复制未提交的内容，再刷新页面。", 400
    if endpoint in _redraws:
        return _redraws[endpoint](MESSAGE, **(request.view_args or {})), 400
    posted = carry.carried()
    if posted:
        return carry.again(request.path, posted), 400
    return render_template(
        "error.html", title="页面已过期", message="请返回上一页，刷新后再做一次。", status=400, back=request.referrer
    ), 400
