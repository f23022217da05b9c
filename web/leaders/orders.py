"""Orders (督办单) and extensions: what is open, the page to print, the page to answer, the page to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from engine import clock
from engine.clocks import operations as clocks
from engine.clocks.ledger import cause_words
from engine.clocks.models import Clock, Extension
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem
from registers.areas import queries as areas
from registers.areas.models import Area
from registers.board.scope import barred
from registers.cases.models import Case
from registers.supervision import operations as supervision
from registers.supervision import queries
from registers.supervision.models import Order
from web.leaders.blueprints import View, blueprint, view
from web.security import me

#: The page of an order belongs to whoever it concerns, leader or not.
order_blueprint = Blueprint("orders", __name__, url_prefix="/orders")
STATES = {"open": "等待答复", "answered": "已答复", "closed": "已办结"}
SHOWN = 200


@dataclass(frozen=True)
class Line:
    """An order or an extension with its case; `barred` ones are counted, not opened."""

    it: Any
    number: str
    village: str
    what: str
    due_at: Any
    warn_at: Any
    barred: bool


@blueprint.app_template_global("orders_of")
def orders_of(instance_id: int) -> list[Order]:
    """For the pages of a case and of its items; whoever sees those has been asked for already."""
    return queries.of_case(db.session(), instance_id)


@blueprint.get("/orders")
def orders() -> str:
    """The orders of the leader's areas, by state."""
    seen, state = view(), request.args.get("state", "open")
    state = state if state in STATES else "open"
    conditions = {
        "open": (Order.closed_at.is_(None), Order.replied_at.is_(None)),
        "answered": (Order.closed_at.is_(None), Order.replied_at.is_not(None)),
        "closed": (Order.closed_at.is_not(None),),
    }
    counts = {key: _count(seen, *where) for key, where in conditions.items()}
    lines = _lines(seen, Order, *conditions[state], latest=Order.id.desc())
    return render_template("leaders/orders.html", state=state, states=STATES, counts=counts, lines=lines)


@blueprint.get("/extensions")
def extensions() -> str:
    """Extensions that wait for a decision, and those decided lately."""
    seen = view()
    return _extensions_page(seen)


@blueprint.post("/extensions/<int:extension_id>")
def decide(extension_id: int) -> ResponseReturnValue:
    """Grants or refuses."""
    seen = view()
    said, remark = request.form.get("decision", ""), request.form.get("remark", "")
    try:
        if said not in ("grant", "refuse"):
            raise Invalid(problems=[{"field": "decision", "message": "请选择批准或不批准。"}])
        made = clocks.decide_extension(extension_id, me(), granted=said == "grant", remark=remark)
    except (Invalid, Refused, Conflict) as error:
        problems = error.data.get("problems") or [{"message": error.message}]  # type: ignore[attr-defined]
        message = " ".join(each["message"] for each in problems)
        return _extensions_page(seen, wrong=extension_id, message=message, remark=remark), 422
    flash("已批准延期，新的到期日已生效。" if made.granted else "已答复不批准延期。", "success")
    return redirect(url_for("leaders.extensions"), 303)


@order_blueprint.get("/<int:order_id>")
def page(order_id: int) -> str:
    """An order, for whom it is addressed to, who issued it and who may see the case; it prints as 督办单."""
    return _order_page(order_id)


@order_blueprint.post("/<int:order_id>/reply")
def reply(order_id: int) -> ResponseReturnValue:
    try:
        supervision.reply(order_id, me(), request.form.get("text", ""))
    except (Invalid, Conflict) as error:
        return _order_page(order_id, field="text", message=error.message, typed=request.form.get("text", "")), 422
    flash("已答复，签发人会收到通知。", "success")
    return redirect(url_for("orders.page", order_id=order_id), 303)


@order_blueprint.post("/<int:order_id>/close")
def close(order_id: int) -> ResponseReturnValue:
    remark = request.form.get("remark", "")
    try:
        supervision.close(order_id, me(), remark)
    except (Invalid, Conflict) as error:
        return _order_page(order_id, field="remark", message=error.message, typed=remark), 422
    flash("督办单已办结。", "success")
    return redirect(url_for("orders.page", order_id=order_id), 303)


def _order_page(order_id: int, field: str = "", message: str = "", typed: str = "") -> str:
    session, actor = db.session(), me()
    order = session.get(Order, order_id)
    instance = session.get(Instance, order.instance_id) if order is not None else None
    if order is None or instance is None:
        raise NotFound("没有找到这份督办单，请从消息或督办室重新打开。")
    veto.require(session, Question("view", actor, instance=instance))
    case = session.get(Case, instance.id)

    def asks(verb: str) -> bool:
        return bool(veto.ask(session, Question(verb, actor, instance=instance, facts={"to_id": order.to_id})))

    return render_template(
        "leaders/order.html",
        order=order,
        instance=instance,
        case=case,
        village=areas.name(session, instance.area),
        office=areas.name(session, "/".join(instance.area.split("/")[:2])),
        item=session.get(WorkItem, order.work_item_id) if order.work_item_id else None,
        due=session.get(Clock, order.clock_id) if order.clock_id else None,
        may_reply=order.replied_at is None and order.closed_at is None and asks("reply"),
        may_close=order.closed_at is None and order.to_id != actor.id and asks("order"),
        field=field,
        message=message,
        typed=typed,
    )


def _extensions_page(seen: View, wrong: int = 0, message: str = "", remark: str = "") -> str:
    waiting = _lines(seen, Extension, Extension.decided_at.is_(None), latest=Extension.id)
    may = {line.it.id: not line.barred and _may_decide(seen, line.it) for line in waiting}
    return render_template(
        "leaders/extensions.html",
        waiting=waiting,
        decided=_lines(seen, Extension, Extension.decided_at.is_not(None), latest=Extension.decided_at.desc()),
        may=may,
        reason=cause_words,
        wrong=wrong,
        message=message,
        remark=remark,
        now=clock.now(),
    )


def _may_decide(seen: View, asked: Extension) -> bool:
    instance = seen.session.get(Instance, asked.instance_id)
    facts = {"asked_by_id": asked.asked_by_id}
    return bool(veto.ask(seen.session, Question("extend", me(), instance=instance, facts=facts)))


def _count(seen: View, *where: Any) -> int:
    counted = select(func.count()).select_from(Order).join(Instance, Instance.id == Order.instance_id)
    return seen.session.scalar(counted.where(seen.scope.condition(), *where)) or 0


def _lines(seen: View, table: Any, *where: Any, latest: Any) -> list[Line]:
    """Rows with their case and clock, in one statement."""
    rows = seen.session.execute(
        select(
            table,
            func.coalesce(Case.number, "未编号"),
            func.coalesce(Area.name, Instance.area),
            func.coalesce(Clock.title, ""),
            Clock.due_at,
            Clock.warn_at,
            barred(seen.scope.actor),
        )
        .join(Instance, Instance.id == table.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
        .outerjoin(Clock, Clock.id == table.clock_id)
        .where(seen.scope.condition(), *where)
        .order_by(latest)
        .limit(SHOWN)
    )
    return [Line(*row[:6], bool(row[6])) for row in rows]
