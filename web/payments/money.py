"""The separate accounts of the funds: balances, what is carried over, lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine import clock
from engine.actors import cut
from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from engine.parameters import queries as parameters
from registers.areas import queries as areas
from registers.areas.models import Area
from registers.payments.funds import operations, queries
from registers.payments.funds.models import FundEntry, FundProposal
from registers.payments.words import ENTRY_KINDS, fund_name
from web.payments.views import allowed, blueprint, may, township
from web.security import me


@blueprint.get("/funds")
def funds() -> str:
    """The accounts of a township, each with what should make somebody look."""
    return page()


@blueprint.post("/funds")
def enter() -> ResponseReturnValue:
    given = request.form
    try:
        operations.propose(
            me(),
            area=_area(),
            fund=given.get("fund", ""),
            kind=given.get("kind", ""),
            amount=_fen(given.get("amount", "")),
            voucher=given.get("voucher", ""),
            note=given.get("note", ""),
        )
    except (Invalid, Refused) as error:
        return page(given=given, problems=error.by_field), 422
    flash("已提出，由县财政核对后入账。", "success")
    return redirect(url_for("payments.funds"))


@blueprint.post("/funds/<int:proposal_id>")
def confirm(proposal_id: int) -> ResponseReturnValue:
    yes = request.form.get("do") == "confirm"
    try:
        operations.decide(me(), proposal_id, confirm=yes)
    except Conflict as error:
        return page(problems=error.by_field), 409
    flash("已核对入账。" if yes else "没有同意入账。", "success")
    return redirect(url_for("payments.funds"))


def page(given: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None) -> str:
    session, area = allowed(), _area()
    month = f"{clock.today():%Y-%m}"
    chosen = request.args.get("fund", "")
    found = queries.funds(session, area, max(month, _last(area)), parameters.on(session, clock.today()))
    keys = {each.key for each in found}
    waiting = select(FundProposal).where(FundProposal.area == area, FundProposal.state == "proposed")
    return render_template(
        "payments/funds.html",
        funds=found,
        area=areas.name(session, area),
        chosen=chosen if chosen in keys else "",
        fund_name=fund_name,
        entries=queries.entries(session, area, chosen) if chosen in keys else [],
        kinds=ENTRY_KINDS,
        by_hand=operations.BY_HAND,
        waiting=list(session.scalars(waiting.order_by(FundProposal.id))),
        may_propose=may("enter_fund", area=area),
        may_confirm=may("confirm_fund", area=area),
        given=given or {},
        problems=problems or {},
    )


def _area() -> str:
    """The township that is looked at: one's own, or the county's first (or the one that is asked for)."""
    own = township()
    if own:
        return own
    session = db.session()
    counties = {cut(grant.area, "county") for grant in me().grants}
    paths = session.scalars(select(Area.path).where(Area.level == "township").order_by(Area.path)).all()
    mine = [path for path in paths if cut(path, "county") in counties]
    asked = request.values.get("area", "")
    if not mine:
        raise Refused("没有您负责的乡镇。")
    return asked if asked in mine else mine[0]


def _last(area: str) -> str:
    """The last month with a line: what is paid ahead counts too."""
    asked = select(FundEntry.month).where(FundEntry.area == area).order_by(FundEntry.month.desc()).limit(1)
    return db.session().scalar(asked) or ""


def _fen(text: str) -> int:
    try:
        cents = Decimal(text.strip()) * 100
    except InvalidOperation:
        raise Invalid.at("amount", "金额请填元，最多两位小数，例如 120000 或 -350.50。") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) >= operations.MOST:
        raise Invalid.at("amount", "金额请填元，最多两位小数，例如 120000 或 -350.50。")
    return int(cents)
