"""The channels on which messages leave the house: mail, group robots, what failed; and the addresses of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.outbox import digest, queries, settings
from engine.outbox import operations as outbox
from engine.outbox import robots as channel
from engine.outbox.group import operations as group
from engine.outbox.models import Robot
from engine.outbox.words import KINDS
from engine.rules.veto import Question, veto
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.areas import queries as areas
from web.admin.views import accounts_page, blueprint
from web.security import me

#: What a new robot is offered to say.
OFFERED: dict[str, Any] = {"kinds": ("incident", "order", "urge", "rung"), "digest": True, "active": True}


@blueprint.get("/channels")
def channels() -> str:
    """Mail, robots, what failed."""
    return page()


@blueprint.post("/channels/again")
def try_again() -> ResponseReturnValue:
    """Sends again what was given up: one copy, or `all`."""
    given = request.form.get("copy", "")
    if given != "all" and not (given.isdecimal() and len(given) < 10):
        raise NotFound("没有这条消息，请刷新后重选。")
    count = outbox.try_again(me(), None if given == "all" else [int(given)])
    flash(f"{count} 条消息已排队，一分钟内重新发送。", "success")
    return redirect(url_for("admin.channels"))


@blueprint.post("/channels/robots")
def add_robot() -> ResponseReturnValue:
    """Takes a work group in."""
    given = read()
    try:
        made = group.add(me(), given)
    except Invalid as error:
        return page(given=vars(given), problems=problems(error)), 422
    flash(f"已接入“{made.name}”。请按“测试”确认群里能收到。", "success")
    return redirect(url_for("admin.channels"))


@blueprint.route("/channels/robots/<int:robot_id>", methods=["GET", "POST"])
def robot(robot_id: int) -> ResponseReturnValue:
    """Changes one robot; its address and secret stay when their fields are left empty."""
    if request.method == "GET":
        there = editable(robot_id)
        return page(given=vars(there), editing=there)
    given = read(active=request.form.get("active") == "1")
    try:
        changed = group.change(me(), robot_id, given)
    except Invalid as error:
        return page(given=vars(given), problems=problems(error), editing=editable(robot_id)), 422
    flash(f"“{changed.name}”的设置已保存。", "success")
    return redirect(url_for("admin.channels"))


@blueprint.post("/channels/robots/<int:robot_id>/test")
def test_robot(robot_id: int) -> ResponseReturnValue:
    """Lets a robot speak once, and says what came of it."""
    wrong = group.test(me(), robot_id)
    if wrong is None:
        flash("测试消息已发出，请到群里查看。", "success")
    else:
        flash(f"测试消息没有发出：{wrong}", "error")
    return redirect(url_for("admin.channels"))


@blueprint.post("/accounts/<int:account_id>/email")
def email(account_id: int) -> ResponseReturnValue:
    """Where somebody's mail goes."""
    given = request.form.get("email", "")
    try:
        account = accounts.set_email(me(), account_id, given)
    except Invalid as error:
        return accounts_page(account_id, given, problems(error)), 422
    flash(f"{account.name}的邮箱已{'保存' if account.email else '清除'}。", "success")
    return redirect(url_for("admin.accounts"))


def page(
    given: Mapping[str, Any] = OFFERED, problems: Mapping[str, str] | None = None, editing: Robot | None = None
) -> str:
    """The page, with a robot's form as it stands. A form never carries an address or a secret back."""
    session, actor = db.session(), me()
    veto.require(session, Question("manage_channels", actor))
    at = digest.digest_time(session, clock.wall())
    known = areas.names(session)
    everyone = account_queries.everyone(session)
    return render_template(
        "admin/channels.html",
        settings=settings.current(),
        backlog=queries.backlog(session, clock.wall()),
        failed=queries.failed(session),
        nobody=queries.nobody(session),
        robots=[each for each in queries.robots(session) if actor.holds("admin", each.area)],
        hint=queries.hint,
        kinds=KINDS,
        types=channel.ROBOTS,
        names=known,
        areas=sorted((path, name) for path, name in known.items() if actor.holds("admin", path)),
        digest_at=f"{at:%H:%M}" if at else "",
        digest_wrong=at is None,
        accounts=len(everyone),
        with_mail=sum(bool(each.email) for each in everyone),
        given=given,
        problems=problems or {},
        editing=editing,
    )


def read(active: bool = True) -> group.Given:
    """A robot's form as it was sent."""
    form = request.form
    texts = {name: form.get(name, "") for name in ("kind", "name", "area", "url", "secret")}
    return group.Given(**texts, kinds=form.getlist("kinds"), digest=form.get("digest") == "1", active=active)


def editable(robot_id: int) -> Robot:
    """A robot that this person may change."""
    session = db.session()
    found = session.get(Robot, robot_id)
    if found is None:
        raise NotFound("没有这个群机器人，请刷新后重选。")
    veto.require(session, Question("manage_channels", me(), facts={"area": found.area}))
    return found


def problems(error: Invalid) -> dict[str, str]:
    """{field: message}"""
    return {each["field"]: each["message"] for each in error.problems}  # type: ignore[attr-defined]
