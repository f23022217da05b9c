"""Two records that may be one person, side by side; deciding, and taking a decision back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.rules.veto import Question, veto
from registers.areas import queries as areas
from registers.households import duplicates, operations, ties
from registers.households.models import Person
from web.desk.views import blueprint
from web.security import csrf, me


@blueprint.get("/desk/duplicates")
def duplicate_list() -> str:
    """What waits for a director, and what was decided."""
    session, actor = db.session(), me()
    veto.require(session, Question("search", actor))
    return render_template(
        "desk/duplicates.html",
        waiting=duplicates.waiting(session, actor),
        decided=duplicates.decided(session, actor),
        answers=duplicates.ANSWERS,
    )


@blueprint.route("/desk/duplicates/<int:one>/<int:other>", methods=["GET", "POST"])
def duplicate(one: int, other: int) -> ResponseReturnValue:
    """The two records; posting decides."""
    if request.method == "GET":
        return page(one, other)
    answer, reason = request.form.get("answer", ""), request.form.get("reason", "")
    try:
        operations.decide(me(), one, other, answer, reason)
    except Invalid as error:
        problems = {each["field"]: each["message"] for each in error.data.get("problems", [])}  # type: ignore[attr-defined]
        return page(one, other, problems=problems), 422
    except (Conflict, Refused) as error:
        return page(one, other, message=error.message), 409
    flash(f"已核定：{duplicates.ANSWERS[answer]}。", "success")
    return redirect(url_for("desk.duplicate", one=one, other=other), 303)


@blueprint.post("/desk/duplicates/decisions/<int:decision_id>/end")
def end_duplicate(decision_id: int) -> ResponseReturnValue:
    """Takes a decision back; the page of the pair says what is wrong with what was typed."""
    known = db.session().get(operations.DuplicateDecision, decision_id)
    if known is None:
        raise NotFound("没有找到这条核定，请刷新后查看。")
    one, other = known.low_id, known.high_id
    try:
        operations.end_decision(me(), decision_id, request.form.get("ended_reason", ""))
    except Invalid as error:
        return page(one, other, problems={"ended_reason": error.message}), 422
    except (Conflict, Refused) as error:
        return page(one, other, message=error.message), 409
    flash("已撤销核定，两条登记恢复为两个人。", "success")
    return redirect(url_for("desk.duplicate", one=one, other=other), 303)


@csrf.redraws("desk.duplicate")
def duplicate_again(message: str, one: int, other: int) -> str:
    return page(one, other, message=message)


def page(one_id: int, other_id: int, *, problems: dict[str, str] | None = None, message: str = "") -> str:
    session, actor = db.session(), me()
    low, high = (session.get(Person, each) for each in sorted((one_id, other_id)))
    if low is None or high is None or low is high:
        raise NotFound("没有找到您可以查看的这户登记。")
    facts = {"households": [low.household_id, high.household_id]}
    veto.require(session, Question("see_household", actor, facts=facts))
    stands = ties.standing(session, low.id, high.id)
    waits = stands is not None and stands.answer == "unclear"
    grounds = duplicates.grounds_of(session, low, high)
    verb = "settle_duplicate" if waits else "decide_duplicate"
    may = veto.ask(session, Question(verb, actor, facts=facts)) if stands is None or waits else None
    ends = stands is not None and not waits
    facts_end = {**facts, "decided_by_id": stands.decided_by_id if stands is not None else None}
    return render_template(
        "desk/duplicate.html",
        one=low,
        other=high,
        lines=duplicates.beside(session, low, high, areas.names(session)),
        grounds=[duplicates.GROUNDS[each] for each in grounds],
        same_id="same_id" in grounds,
        stands=stands,
        waits=waits,
        history=ties.of_pair(session, low.id, high.id),
        answers=duplicates.ANSWERS,
        may=may if grounds else None,
        may_end=ends and bool(veto.ask(session, Question("end_duplicate", actor, facts=facts_end))),
        problems=problems or {},
        message=message,
        typed=request.form if request.method == "POST" else {},
    )
