"""Which proofs a promise may stand for (for everybody), false promises on record, and repairing trust."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from registers.areas import queries as areas
from registers.cases.schemes import short
from registers.commitments import operations, proofs, queries
from registers.commitments.rules import DUTIES
from web.security import me, public

blueprint = Blueprint("commitments", __name__, url_prefix="/commitments")
CHECKS = {"exempt": "免核查", "online": "信息核对", "onsite": "实地核查"}


@blueprint.get("/proofs")
@public
def catalogue() -> str:
    """The list that the law wants published: what may be replaced, what it proves, on which clause."""
    session = db.session()
    try:
        found = proofs.of(releases.load(releases.current(session).id, session).files)
    except DoudiError:
        found = {}
    today = clock.today()
    shown = [each for each in found.values() if any(each.open_to(scheme, today) for scheme in each.schemes)]
    return render_template("commitments/proofs.html", proofs=shown, title=short, checks=CHECKS)


@blueprint.get("/")
def records() -> str:
    """False promises in one's area, the newest first."""
    return page()


@blueprint.post("/<int:distrust_id>")
def repair(distrust_id: int) -> ResponseReturnValue:
    """Asks for a repair, or grants it or not."""
    do, reason = request.form.get("do", ""), request.form.get("reason", "")
    try:
        if do == "ask":
            operations.ask_repair(me(), distrust_id, reason)
        else:
            operations.decide_repair(me(), distrust_id, repair=do == "repair", reason=reason)
    except (Invalid, Conflict, Refused) as error:
        return page(wrong={distrust_id: error.message}, typed=reason), 422
    said = {"ask": "已提出，由中心主任确认。", "repair": "已修复，可以重新适用告知承诺。"}
    flash(said.get(do, "没有同意修复。"), "success")
    return redirect(url_for("commitments.records"))


def page(wrong: dict[int, str] | None = None, typed: str = "") -> str:
    session = db.session()
    veto.require(session, Question("see_commitments", me()))
    known = proofs.of(releases.load(releases.current(session).id, session).files)
    return render_template(
        "commitments/records.html",
        found=queries.records(session, me(), DUTIES["see_commitments"][0]),
        states=queries.TRUST,
        titles={code: each.title for code, each in known.items()},
        names=areas.names(session),
        may_ask=bool(veto.ask(session, Question("ask_repair", me()))),
        may_repair=bool(veto.ask(session, Question("repair_trust", me()))),
        today=clock.today(),
        mine=me().id,
        wrong=wrong or {},
        typed=typed,
    )
