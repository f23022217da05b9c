"""Settling doubts, one by one or several of a kind with one reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from registers.areas import queries as areas
from registers.payments import operations, queries
from registers.payments.words import DECISIONS, HITS, MOOT, fund_name, month_name
from web.payments.views import blueprint, may, of
from web.security import me


@blueprint.get("/<int:run_id>/doubts")
def doubts(run_id: int) -> str:
    """What is doubtful about a run: what is open first."""
    return page(run_id)


@blueprint.post("/<int:run_id>/doubts")
def settle(run_id: int) -> ResponseReturnValue:
    """Keeps or excludes the ticked ones, with a reason."""
    given = request.form
    ids = [int(each) for each in given.getlist("hit") if each.isdecimal() and len(each) < 12]
    try:
        count = operations.settle(me(), run_id, ids, decision=given.get("decision", ""), reason=given.get("reason", ""))
    except (Invalid, Conflict, Refused) as error:
        return page(run_id, message=error.message, given={"ids": ids, **given}), (
            403 if isinstance(error, Refused) else 422
        )
    flash(f"已处理{count}条疑点：{DECISIONS[given['decision']]}。", "success")
    return redirect(url_for("payments.doubts", run_id=run_id))


@blueprint.post("/<int:run_id>/compare")
def compare(run_id: int) -> ResponseReturnValue:
    """Looks at the roster once more."""
    try:
        left = operations.compare_again(me(), run_id)
    except Conflict as error:
        return page(run_id, message=error.message), 409
    flash(f"已重新比对，还有{left}条疑点没有处理。" if left else "已重新比对，没有待处理的疑点。", "success")
    return redirect(url_for("payments.doubts", run_id=run_id))


def page(run_id: int, message: str = "", given: dict[str, object] | None = None) -> str:
    run, instance = of(run_id)
    session = db.session()
    kind = request.args.get("kind", "") if request.args.get("kind") in HITS else ""
    everything = request.args.get("all") == "1"
    return render_template(
        "payments/doubts.html",
        run=run,
        title=f"{month_name(run.month)}{fund_name(run.fund)}",
        doubts=queries.doubts(session, run_id, only_open=not everything, kind=kind),
        kinds=queries.kinds(session, run_id),
        kind=kind,
        everything=everything,
        hits=HITS,
        decisions={**DECISIONS, MOOT: "账户已变更"},
        names=areas.names(session),
        may_settle=may("settle_hits", instance)
        and any(each.element_id == operations.SETTLES for each in queries.waiting(session, instance.id)),
        message=message,
        given=given or {},
    )
