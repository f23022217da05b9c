"""Accounts that money goes to: proposing, confirming; the cards of the staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine import clock
from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from engine.parameters import queries as parameters
from registers.accounts import queries as staff
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.payments.accounts import operations, queries
from registers.payments.rules import DUTIES
from web.payments.views import blueprint, may, township
from web.security import me

ROLES = (*DUTIES["propose_account"][0], *DUTIES["confirm_account"][0], "discipline", "county_review")
STATES = {"proposed": "等待确认", "confirmed": "已确认", "refused": "没有同意"}


@blueprint.get("/accounts")
def accounts() -> str:
    """Changes that wait, changes that were; the staff's own cards."""
    return page()


@blueprint.post("/accounts")
def propose() -> ResponseReturnValue:
    """Somebody proposes another account for the household of a case."""
    given = request.form
    number = given.get("case", "").strip()
    household = db.session().scalar(select(Case.household_id).where(Case.number == number)) if number else None
    try:
        if household is None:
            raise Invalid.at("case", "没有找到这个办件编号，请从办件页核对，例如：高仁低保2026-0001。")
        operations.propose(
            me(),
            household_id=household,
            holder=given.get("holder", ""),
            number=given.get("number", ""),
            bank=given.get("bank", ""),
            reason=given.get("reason", ""),
        )
    except (Invalid, Conflict, Refused) as error:
        return page(given=given, problems=error.by_field), 422
    flash("已提出账户变更，由另一人确认后生效。", "success")
    return redirect(url_for("payments.accounts"))


@blueprint.post("/accounts/<int:change_id>")
def decide(change_id: int) -> ResponseReturnValue:
    """Somebody else confirms, typing the number once more, or does not."""
    given = request.form
    confirm = given.get("do") == "confirm"
    try:
        operations.decide(
            me(), change_id, confirm=confirm, reason=given.get("reason", ""), number=given.get("number", "")
        )
    except (Invalid, Conflict, Refused) as error:
        return page(wrong={change_id: error.message}, typed=given.get("reason", "")), 422
    flash("账户变更已确认，下次发放起使用，并会作为疑点核对一次。" if confirm else "没有同意这项变更。", "success")
    return redirect(url_for("payments.accounts"))


@blueprint.post("/cards")
def card() -> ResponseReturnValue:
    """Registers an account of the staff, or a card that is kept for a family."""
    given = request.form
    account = given.get("account_id", "")
    try:
        operations.register_card(
            me(),
            kind=given.get("kind", ""),
            number=given.get("card_number", ""),
            area=township(),
            account_id=int(account) if account.isdecimal() and len(account) < 12 else None,
            staff_name=given.get("staff_name", ""),
            agreement=given.get("agreement", ""),
            filed_on=_day(given.get("filed_on", "")),
        )
    except (Invalid, Refused) as error:
        problems = error.by_field
        if "number" in problems:
            problems["card_number"] = problems.pop("number")
        return page(given=given, problems=problems), 422
    flash("已登记。名册上用到这个账户时会作为疑点。", "success")
    return redirect(url_for("payments.accounts"))


def page(
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    wrong: Mapping[int, str] | None = None,
    typed: str = "",
) -> str:
    session = db.session()
    area = township()
    may_see = may("propose_account") or may("confirm_account") or may("see_payments")
    if not may_see:
        raise Refused("您的角色不能查看账户变更。")
    known = parameters.on(session, clock.today())
    may_card = bool(area) and may("register_card", area=area)
    return render_template(
        "payments/accounts.html",
        changes=queries.changes(session, me(), ROLES),
        states=STATES,
        banks=operations.banks(str(known["paying_banks"])),
        names=areas.names(session),
        may_propose=bool(area) and may("propose_account", area=area),
        may_confirm=bool(area) and may("confirm_account", area=area),
        may_card=may_card,
        cards=queries.cards(session) if may_card else [],
        kinds=operations.KINDS,
        staff=staff.everyone(session) if may_card else [],
        given=given or {},
        problems=problems or {},
        wrong=wrong or {},
        typed=typed,
        mine=me().id,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise Invalid.at("filed_on", "备案日期请写成 2026-03-01 的形式。") from None
