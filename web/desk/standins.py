"""Stand-ins (替班): who stands in for me, for whom I stand in, who for whom in my office; taking over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import ROLES, Actor
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.rules.veto import Question, veto
from engine.runtime import queries as runtime
from registers.accounts import queries as accounts
from registers.cases.inbox import names
from registers.standins import operations, queries, rules
from registers.standins.models import StandIn
from web.desk.bulk import DIGITS, MOST
from web.desk.views import blueprint
from web.security import me

STATES = {"asked": "等待确认", "valid": "有效", "refused": "没有同意", "ended": "已提前结束"}


@blueprint.app_template_global("standing_in_for")
def standing_in_for() -> list[StandIn]:
    """For the banner: those for whom the signed-in person stands in now. Costs nothing while there is nobody."""
    return queries.now_for(db.session(), current_user.id) if current_user.actor.lenders else []


@blueprint.get("/desk/standins")
def standins() -> str:
    return page()


@blueprint.post("/desk/standins")
def name_standin() -> ResponseReturnValue:
    """Names one; what is wrong comes back at its field with everything that was typed."""
    given = request.form
    try:
        made = operations.name(
            me(),
            absent_id=_number(given.get("absent_id", "")) or me().id or 0,
            account_id=_number(given.get("account_id", "")),
            first_on=_day(given.get("first_on", "")),
            last_on=_day(given.get("last_on", "")),
            reason=given.get("reason", ""),
        )
    except (Invalid, Refused, Conflict) as error:
        return page(given, error), 422
    waits = "，等待上一级领导确认后生效" if made.state == "asked" else ""
    flash(f"已登记：{made.name}替{made.absent_name}办理{waits}。", "success")
    return redirect(url_for("desk.standins"), 303)


@blueprint.post("/desk/standins/<int:stand_in_id>/<any(confirm, refuse, end):answer>")
def settle_standin(stand_in_id: int, answer: str) -> ResponseReturnValue:
    """A leader's answer, or an end before the last day."""
    remark = request.form.get("remark", "")
    try:
        if answer == "end":
            operations.end(stand_in_id, me(), remark=remark)
            flash("替班已结束，接手的事项交还本人。", "success")
        else:
            operations.decide(stand_in_id, me(), confirmed=answer == "confirm", remark=remark)
            flash("已确认，替班到期自动结束。" if answer == "confirm" else "已答复不同意。", "success")
    except (Invalid, Refused, Conflict) as error:
        return page({"remark": remark}, error, wrong=stand_in_id), 422
    return redirect(url_for("desk.standins"), 303)


@blueprint.post("/desk/standins/take")
def take_over() -> ResponseReturnValue:
    """Takes over what was ticked, each by itself, with a result for each that could not be taken."""
    taken, failed = [], []
    for text in dict.fromkeys(request.form.getlist("item")[:MOST]):
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
            continue
        try:
            taken.append(operations.take_over(int(text), me()).id)
        except DoudiError as error:
            failed.append((int(text), error.message))
    if taken:
        flash(f"接手了 {len(taken)} 件，已在“我的待办”里。", "success")
    named = names(db.session(), [key for key, _ in failed])
    for key, why in failed:
        flash(f"{named.get(key, '这一项')}没有接手：{why}", "warning")
    if not taken and not failed:
        flash("还没有选中事项。请先勾选要接手的。", "info")
    if len(taken) == 1 and not failed and request.form.get("open") == "1":
        return redirect(url_for("desk.item", item_id=taken[0]))
    return redirect(url_for("desk.standins"))


def page(given: Mapping[str, str] | None = None, error: Any = None, wrong: int = 0) -> str:
    session, actor, now = db.session(), me(), clock.now()
    problems = {each["field"]: each["message"] for each in error.data.get("problems", [])} if error else {}
    own = queries.mine(session, actor.id or 0)
    people = {each.id: accounts.actor(each) for each in accounts.everyone(session) if each.active}
    for_others = [each for each in people.values() if each.id != actor.id and _asks(session, actor, each, "name")]
    return render_template(
        "desk/standins.html",
        own=[(each, _asks(session, actor, people.get(each.absent_id), "end", each)) for each in own],
        office=_office(session, actor),
        held=[(each, _items(session, actor, each.absent_id)) for each in queries.now_for(session, actor.id or 0)],
        people=[
            (each.id, titled(each))
            for each in sorted(people.values(), key=lambda each: each.name)
            if each.id != actor.id
        ],
        for_others=[(each.id, titled(each)) for each in sorted(for_others, key=lambda each: each.name)],
        must_confirm=bool(rules.leading(actor)),
        states=STATES,
        state=lambda made: _state(made, now),
        given=given or {},
        problems=problems,
        message="" if problems or error is None else error.message,
        wrong=wrong,
        today=clock.today(),
        now=now,
    )


def _office(session: Session, actor: Actor) -> list[tuple[StandIn, bool, bool]]:
    """(one, whether I may confirm it, whether I may end it) of those that concern my office."""
    found = []
    for made, one, two in queries.open_(session):
        absent, other = accounts.actor(one), accounts.actor(two)
        leads = any(
            actor.holds(role, grant.area) for role in rules.LEADING for grant in (*absent.grants, *other.grants)
        )
        may_end = _asks(session, actor, absent, "end", made)
        may_confirm = made.state == "asked" and _asks(session, actor, absent, "confirm", made)
        if actor.id not in (made.absent_id, made.account_id) and (leads or may_end or may_confirm):
            found.append((made, may_confirm, may_end))
    return found


def _items(session: Session, actor: Actor, absent_id: int) -> list[dict[str, Any]]:
    """What somebody who is away holds, as far as the stand-in may do it; the rest is counted by nobody."""
    found = []
    for held in queries.held(session, absent_id):
        item = runtime.item(session, held.id)
        facts = {"in_stead_of": absent_id}
        answer = veto.ask(session, Question("claim", actor, instance=item.instance, item=item, facts=facts))
        if answer.stead is not None:
            found.append(item)
    called = names(session, [each.id for each in found])
    return [{"item": each, "called": called.get(each.id, "")} for each in found]


def _asks(session: Session, actor: Actor, absent: Actor | None, step: str, made: StandIn | None = None) -> bool:
    if absent is None:
        return False
    facts: dict[str, Any] = {"step": step, "absent": absent}
    if made is not None:
        facts |= {"account_id": made.account_id, "named_by_id": made.named_by_id}
    return bool(veto.ask(session, Question("stand_in", actor, facts=facts)))


def _state(made: StandIn, now: Any) -> tuple[str, str]:
    """(colour, words) of how one stands now."""
    if made.state != "valid":
        return ("yellow" if made.state == "asked" else "idle"), STATES[made.state]
    if made.starts_at > now:
        return "idle", "还没有开始"
    return ("green", "正在替班") if made.ends_at > now else ("done", "已结束")


def titled(person: Actor) -> str:
    roles = "、".join(dict.fromkeys(ROLES.get(grant.role, grant.role) for grant in person.grants))
    return f"{person.name}（{roles}）" if roles else person.name


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
