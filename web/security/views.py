"""Signing in and out, and one's own password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine.actors import ROLES
from engine.database import db
from engine.errors import Invalid, Refused
from engine.outbox import settings
from registers.accounts import operations as accounts
from registers.accounts import queries
from web.security import carry, sessions
from web.security.people import me, public

blueprint = Blueprint("security", __name__)


@blueprint.get("/sign-in", endpoint="sign_in_form")
@public
def form() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(inside(request.args.get("next", "")))
    ended = request.args.get("next") and session.get("account")
    return sign_in_page(message="登录已过期，请重新登录。" if ended else "")


@blueprint.post("/sign-in", endpoint="sign_in")
@public
def sign_in() -> ResponseReturnValue:
    """Signs in and goes on where the person was stopped, with what they had typed."""
    try:
        account = accounts.sign_in(db.session(), request.form.get("username", ""), request.form.get("password", ""))
    except Refused as refused:
        return sign_in_page(message=refused.message), 401
    sessions.begin(account.id, account.epoch)
    to = request.form.get("carried_to", "")
    posted = carry.read(queries.actor(account), to, request.form.get("carried", ""))
    if posted:
        if not carry.keep(queries.actor(account), to, posted):
            return carry.again(to, posted)
        flash("已重新登录，刚才填写的内容已带回，请核对后提交。", "success")
        return redirect(inside(to))
    if posted is None:
        flash("换了人登录，前一位填写的内容没有带过来。", "warning")
    return redirect(inside(request.form.get("next", "")))


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    sessions.end()
    flash("已安全退出。", "success")
    return redirect(url_for("security.sign_in"))


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """A change of password ends every other session of the account."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            new = request.form.get("new", "")
            if new != request.form.get("again", ""):
                raise Invalid(problems=[{"field": "again", "message": "两次输入的新密码不一样。"}])
            accounts.change_password(me(), request.form.get("old", ""), new)
        except Invalid as error:
            problems = {each["field"]: each["message"] for each in error.problems}  # type: ignore[attr-defined]
        else:
            sessions.end()
            flash("密码已修改，请用新密码登录。", "success")
            return redirect(url_for("security.sign_in"))
    return own_page(problems), 422 if problems else 200


@blueprint.post("/account/email")
def email() -> ResponseReturnValue:
    """Where somebody's own messages go beside the desk."""
    given = request.form.get("email", "")
    try:
        account = accounts.set_email(me(), current_user.id, given)
    except Invalid as error:
        problems = {each["field"]: each["message"] for each in error.problems}  # type: ignore[attr-defined]
        return own_page(problems, given), 422
    flash("邮箱已保存。" if account.email else "邮箱已清除，消息只在系统内显示。", "success")
    return redirect(url_for("security.password"))


def own_page(problems: dict[str, str], given: str | None = None) -> str:
    """The person's own account; only the password while they must choose one."""
    account = queries.by_id(db.session(), current_user.id)
    return render_template(
        "security/password.html",
        problems=problems,
        forced=current_user.must_change_password,
        email=given if given is not None else (account.email or "") if account else "",
        mail=settings.current().smtp is not None,
    )


def sign_in_page(message: str = "", carry: bool = False) -> str:
    """The page itself. With `carry` it keeps this request's fields until somebody has signed in."""
    to, carried = _packed() if carry else (request.form.get("carried_to", ""), request.form.get("carried", ""))
    wanted = request.args.get("next") or request.form.get("next", "")
    return render_template(
        "security/sign_in.html",
        message=message,
        username=request.form.get("username", "") if request.endpoint == "security.sign_in" else "",
        next=wanted,
        carried_to=to,
        carried=carried,
        cast=_cast() if current_app.config["DEMO"] else (),
    )


def _packed() -> tuple[str, str]:
    return carry.packed()


def _cast() -> list[dict[str, str]]:
    """The accounts of a demonstration with their shared password."""
    from registers.demonstration.cast import CAST, PASSWORD

    return [
        {"username": each.username, "name": each.name, "role": ROLES[each.role], "password": PASSWORD} for each in CAST
    ]


def inside(to: str) -> str:
    """Only an address of this site; anything else becomes the first page."""
    parts = urlsplit(to)
    safe = to.startswith("/") and not to.startswith(("//", "/\\")) and not parts.netloc and "\\" not in to
    return to if safe and not to.startswith("/sign-") else url_for("desk.home")
