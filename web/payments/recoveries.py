"""Money that must come back: the list, and asking for it by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine import clock
from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from registers.benefits.models import Benefit
from registers.cases.models import Case
from registers.payments.recovery import operations, queries
from registers.payments.rules import SEEING
from registers.payments.words import GROUNDS, fund_name, month_name, moved
from web.payments.money import _fen
from web.payments.views import allowed, blueprint, may
from web.security import me


@blueprint.get("/recoveries")
def recoveries() -> str:
    """What comes back, what does not."""
    return page()


@blueprint.post("/recoveries")
def ask() -> ResponseReturnValue:
    """Asks back a sum of each month from one to another, of the benefit that a case confirmed."""
    given = request.form
    try:
        made = operations.ask(
            me(),
            benefit_id=_benefit(given.get("case", "")),
            months=_months(given),
            ground=given.get("ground", ""),
            note=given.get("note", ""),
        )
    except (Invalid, Conflict, Refused) as error:
        return page(given=given, problems=error.by_field), 422
    flash(f"已提出追缴 {made.found / 100:g} 元，办件即将发起，由调查员核实。", "success")
    return redirect(url_for("payments.recoveries"))


def page(given: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None) -> str:
    session = allowed()
    return render_template(
        "payments/recoveries.html",
        found=queries.recoveries(session, me(), SEEING),
        states=queries.STATES,
        grounds=GROUNDS,
        month_name=month_name,
        fund_name=fund_name,
        may_ask=may("ask_recovery"),
        given=given or {},
        problems=problems or {},
        last=moved(f"{clock.today():%Y-%m}", 0),
    )


def _benefit(number: str) -> int:
    found = db.session().scalar(
        select(Benefit.id)
        .join(Case, Case.instance_id == Benefit.instance_id)
        .where(Case.number == number.strip())
        .order_by(Benefit.id.desc())
        .limit(1)
    )
    if found is None:
        raise Invalid.at("case", "没有找到这个编号确认的救助，请填确认救助的办件编号。")
    return found


def _months(given: Mapping[str, str]) -> dict[str, int]:
    first, last = given.get("first", "").strip(), given.get("last", "").strip() or given.get("first", "").strip()
    if not all(re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", each) for each in (first, last)) or last < first:
        raise Invalid.at("months", "月份请写成 2026-03 的形式，起月不晚于止月。")
    fen, found, at = _fen(given.get("amount", "")), {}, first
    while at <= last and len(found) < 120:
        found[at] = fen
        at = moved(at, 1)
    return found
