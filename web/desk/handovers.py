"""Hand-over (工作交接): what hangs on somebody who leaves, to whom it goes, the list to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.people import directory
from engine.rules.veto import Question, veto
from registers.accounts import operations as accounts
from registers.accounts import queries
from registers.accounts.models import Account
from registers.areas import queries as areas
from registers.handovers import operations
from registers.handovers.operations import Result
from registers.handovers.queries import GIVEN, KINDS, holdings
from web.desk.standins import titled
from web.desk.views import blueprint
from web.security import me


@blueprint.get("/desk/handovers")
def handovers() -> str:
    """Whose work this person may hand over."""
    session = db.session()
    people = [each for each in queries.everyone(session) if _may(session, each)]
    if not people and not any(me().holds(role) for role in ("director", "deputy", "head", "county_decide", "admin")):
        veto.require(session, Question("hand_over", me(), facts={"leaver": Actor(-1, "")}))
    return render_template("desk/handovers.html", people=[(each, titled(queries.actor(each))) for each in people])


@blueprint.get("/desk/handovers/<int:account_id>")
def handover(account_id: int) -> str:
    return page(_leaver(account_id))


@blueprint.post("/desk/handovers/<int:account_id>")
def hand_over(account_id: int) -> ResponseReturnValue:
    """Hands over what was ticked, or everything; each with its own result."""
    session, leaver = db.session(), _leaver(account_id)
    there = [each for each in holdings(session, account_id, me()) if each.kind in GIVEN]
    ticked = set(request.form.getlist("holding"))
    chosen = there if request.form.get("all") == "yes" else [e for e in there if f"{e.kind}:{e.key}" in ticked]
    to_id = request.form.get("to", "")
    to = directory.actor(session, int(to_id)) if to_id.isascii() and to_id.isdigit() and len(to_id) <= 9 else None
    try:
        if not chosen:
            raise Invalid.at("holding", "还没有选中要移交的事项，请先勾选。")
        if to is None and to_id != "pool":
            raise Invalid.at("to", "请选择接手的人，或选“放回待领”。")
        results = operations.hand_over(
            chosen,
            me(),
            leaver=queries.actor(leaver),
            to=to.own() if to else None,
            reason=request.form.get("reason", ""),
        )
    except Invalid as error:
        problems = {each["field"]: each["message"] for each in error.data.get("problems", [])}  # type: ignore[union-attr]
        return page(leaver, problems=problems, given=request.form, ticked=ticked), 422
    return page(leaver, results=results)


@blueprint.post("/desk/handovers/<int:account_id>/close")
def close_account(account_id: int) -> ResponseReturnValue:
    """The administrator closes the account; what is still in its hands goes back to those who can take it."""
    leaver = _leaver(account_id)
    if request.form.get("sure") != "yes":
        return page(leaver, problems={"sure": "停用后这个账号不能再登录，请核对后勾选。"}), 422
    accounts.set_grants(me(), account_id, leaver.grants, active=False)
    flash(f"{leaver.name}的账号已停用；手中剩下的事项收回待领，已告知中心主任。", "success")
    return redirect(url_for("desk.handover", account_id=account_id), 303)


def page(
    leaver: Account,
    *,
    results: Sequence[Result] = (),
    problems: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    ticked: set[str] | None = None,
) -> str:
    session, actor = db.session(), me()
    session.expire_all()  # What was just handed over is read anew.
    found = holdings(session, leaver.id, actor)
    people = [queries.actor(each) for each in queries.everyone(session) if each.active and each.id != leaver.id]
    offices = {"/".join(grant["area"].split("/")[:2]) for grant in leaver.grants}
    near = [p for p in people if not offices or any("/".join(g.area.split("/")[:2]) in offices for g in p.grants)]
    grouped = [(key, KINDS[key], [each for each in found if each.kind == key]) for key in KINDS]
    return render_template(
        "desk/handover.html",
        leaver=leaver,
        title=titled(queries.actor(leaver)),
        office=areas.name(session, next(iter(sorted(offices)), "")) if offices else "",
        groups=[each for each in grouped if each[2]],
        given_kinds=GIVEN,
        anything=any(each.kind in GIVEN for each in found),
        people=[(each.id, titled(each)) for each in sorted(near, key=lambda each: each.name)],
        results=results,
        problems=problems or {},
        given=given or {},
        ticked=ticked or set(),
        may_close=leaver.active and bool(veto.ask(session, Question("manage_accounts", actor))),
        now=clock.now(),
    )


def _leaver(account_id: int) -> Account:
    session: Session = db.session()
    account: Any = session.get(Account, account_id)
    if account is None:
        raise NotFound("没有这个账号，请返回重选。")
    veto.require(session, Question("hand_over", me(), facts={"leaver": queries.actor(account)}))
    return account


def _may(session: Session, account: Account) -> bool:
    return bool(veto.ask(session, Question("hand_over", me(), facts={"leaver": queries.actor(account)})))
