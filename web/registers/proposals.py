"""Proposing a change of a parameter, seeing what it would do, confirming it or sending it back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.lengths import Length
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.parameters import conflicts, operations, queries
from engine.parameters.choices import choice_of, codes
from engine.parameters.doubts import TICKS, value_on
from engine.parameters.models import Parameter, ParameterProposal
from engine.parameters.timeline import DAY
from engine.parameters.values import MONEY
from engine.parameters.wishes import Judged, Wish, judge
from engine.parameters.words import CONFIDENCE, said, span
from engine.rules.veto import Question, veto
from registers.parameters.queries import Touch, touched
from registers.parameters.readers import readers_of
from web.registers.parameters import in_force, may, places, seeing
from web.registers.views import blueprint
from web.security import csrf, me

FIELDS = ("value", "amount", "length_unit", "valid_from", "valid_to", "clause", "source", "reason", "key")
LENGTHS = {"wd": "工作日", "d": "日（自然日）", "m": "个月"}
#: How many decided proposals the list shows.
EARLIER = 50


@blueprint.route("/registers/parameters/<name>/propose", methods=["GET", "POST"])
def parameters_propose(name: str) -> ResponseReturnValue:
    """The form, what it would do, and the proposal itself: nothing is proposed that was not seen first."""
    session = _proposing()
    rows = _rows(session, name)
    if request.method == "GET":
        return _form(session, rows, _first(rows))
    given, step = _given(), request.form.get("do", "look")
    if step == "back":
        return _form(session, rows, given)
    wish = _wish(rows, given)
    try:
        if step == "send":
            made = operations.propose(me(), wish, key=given.get("key") or secrets.token_hex(16))
            flash(f"已提出修改“{made.label}”，等待另一人确认。确认之前一切照旧。", "success")
            return redirect(url_for("registers.parameters_proposal", proposal_id=made.id), 303)
        wanted = judge(session, wish, clock.today())
    except Invalid as error:
        problems = error.by_field
        if all(field.startswith("accepted.") for field in problems):
            return _preview(session, judge(session, wish, clock.today()), given, problems), 422
        return _form(session, rows, given, problems), 422
    except Conflict as error:
        return _form(session, rows, given, message=error.message), 409
    return _preview(session, wanted, given, {})


@csrf.redraws("registers.parameters_propose")
def propose_again(message: str, name: str) -> str:
    """The form with what was typed, when its token ran out."""
    flash(message, "warning")
    session = _proposing()
    return _form(session, _rows(session, name), _given())


@blueprint.get("/registers/parameters/proposals")
def parameters_proposals() -> str:
    """What waits for a second person, and what became of the others."""
    session = seeing()
    found = queries.proposals(session)
    return render_template(
        "registers/parameters_waiting.html",
        open=[_told(each) for each in found if each.status == "open"],
        earlier=[_told(each) for each in found if each.status != "open"][:EARLIER],
        states=operations.STATES,
        may_confirm=may("confirm_parameter"),
        **places(session),
    )


@blueprint.get("/registers/parameters/proposals/<int:proposal_id>")
def parameters_proposal(proposal_id: int) -> str:
    """One proposal as whoever decides must see it."""
    return _proposal(seeing(), _one(proposal_id))


@blueprint.post("/registers/parameters/proposals/<int:proposal_id>/<any(confirm, refuse, withdraw):verb>")
def parameters_decide(proposal_id: int, verb: str) -> ResponseReturnValue:
    """Confirms it, sends it back or takes it back."""
    session, remark = seeing(), request.form.get("remark", "")
    try:
        if verb == "confirm":
            if request.form.get("checked") != "yes":
                raise Invalid.at("checked", "请先核对来源文件，再勾选确认。")
            made = operations.confirm(proposal_id, me())
            flash(f"已确认：“{made.label}”{span(made.valid_from, made.valid_to)}的新值已登记。", "success")
        elif verb == "refuse":
            made = operations.refuse(proposal_id, me(), remark)
            flash(f"已退回“{made.label}”的修改，提出人会收到消息。", "success")
        else:
            made = operations.withdraw(proposal_id, me(), remark)
            flash(f"已撤回“{made.label}”的修改。", "success")
    except Invalid as error:
        return _proposal(session, _one(proposal_id), error.by_field, remark), 422
    except (Conflict, Refused) as error:
        session.rollback()
        status = 409 if isinstance(error, Conflict) else 403
        return _proposal(session, _one(proposal_id), {"": error.message}, remark), status
    return redirect(url_for("registers.parameters_proposal", proposal_id=proposal_id), 303)


@csrf.redraws("registers.parameters_decide")
def decide_again(message: str, proposal_id: int, verb: str) -> str:
    """The proposal with what was typed, when its token ran out."""
    flash(message, "warning")
    return _proposal(seeing(), _one(proposal_id), {}, request.form.get("remark", ""))


def _proposing() -> Session:
    session = db.session()
    veto.require(session, Question("propose_parameter", me()))
    return session


def _rows(session: Session, name: str) -> list[Parameter]:
    rows = queries.timeline(session, name)
    if not rows:
        raise NotFound(f"没有名为“{name}”的参数，请从政策参数列表进入。")
    return rows


def _given() -> dict[str, Any]:
    """What was posted, as it was typed."""
    given: dict[str, Any] = {name: request.form.get(name, "") for name in FIELDS}
    given["values"] = request.form.getlist("value")
    given["accepted"] = [each for each in request.form.getlist("accepted") if each in TICKS]
    return given


def _first(rows: list[Parameter]) -> dict[str, Any]:
    """What the form begins with: today's value and its clause, no day and no source."""
    held = value_on(rows, clock.today())
    row = rows[-1]
    given: dict[str, Any] = dict.fromkeys(FIELDS, "")
    given |= {"accepted": [], "values": [], "key": secrets.token_hex(16), "clause": row.clause or ""}
    choice = choice_of(row.name)
    if held is None:
        given["length_unit"] = "wd"
    elif row.unit == "length":
        length = Length.parse(held)
        given |= {"amount": str(length.amount), "length_unit": length.unit}
    elif row.unit == "boolean":
        given["value"] = "true" if held else "false"
    elif choice is not None:
        given |= {"value": str(held), "values": codes(held, choice)}
    else:
        given["value"] = str(held)
    return given


def _wish(rows: list[Parameter], given: Mapping[str, Any]) -> Wish:
    """The controls of the unit, put together to the text of a value."""
    row = rows[-1]
    choice, value = choice_of(row.name), given["value"]
    if row.unit == "length":
        value = f"{given['amount'].strip()}{given['length_unit']}"
    elif choice is not None and choice.several:
        value = ",".join(given["values"])
    texts = {name: given[name] for name in ("valid_from", "valid_to", "clause", "source", "reason")}
    return Wish(name=row.name, value=value, accepted=tuple(given["accepted"]), **texts)


def _form(
    session: Session,
    rows: list[Parameter],
    given: Mapping[str, Any],
    problems: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    row, held = rows[-1], value_on(rows, clock.today())
    return render_template(
        "registers/parameters_form.html",
        name=row.name,
        label=row.label,
        unit=row.unit,
        held=said(held, row.unit, row.name),
        given=given,
        problems=problems or {},
        message=message,
        choice=choice_of(row.name),
        lengths=LENGTHS,
        money=row.unit in MONEY,
        conflicts=conflicts.of(row.name, in_force(session, clock.today())),
        **places(session),
    )


def _preview(session: Session, wanted: Judged, given: Mapping[str, Any], problems: Mapping[str, str]) -> str:
    return render_template(
        "registers/parameters_preview.html",
        wanted=wanted,
        given=given,
        problems=problems,
        accepted=given["accepted"],
        fields=[(name, given[name]) for name in FIELDS if name != "value"],
        values=given["values"],
        **_effect(session, wanted),
        **places(session),
    )


def _effect(session: Session, wanted: Judged) -> dict[str, Any]:
    """What a change does: the value before and after, the timeline, the cases."""
    today = clock.today()
    counts: Touch = touched(session, wanted.name, wanted.first, wanted.ends, today)
    return {
        "before": said(wanted.before, wanted.unit, wanted.name),
        "after": said(wanted.value, wanted.unit, wanted.name),
        "span": span(wanted.first, wanted.ends),
        "pieces": [
            (said(piece.value, wanted.unit, wanted.name), span(piece.first, piece.last), piece.row is None)
            for piece in wanted.pieces
            if piece.last is None or piece.last >= min(today, wanted.first) - DAY
        ],
        "touch": counts,
        "read": bool(readers_of(session, wanted.name)),
    }


def _one(proposal_id: int) -> ParameterProposal:
    made = db.session.get(ParameterProposal, proposal_id, populate_existing=True)
    if made is None:
        raise NotFound("没有这条修改，请返回待确认列表。")
    return made


def _proposal(
    session: Session, made: ParameterProposal, problems: Mapping[str, str] | None = None, remark: str = ""
) -> str:
    facts = {"name": made.name, "proposed_by_id": made.proposed_by_id}
    wanted, changed = None, ""
    if made.status == "open":
        try:
            wanted = judge(session, operations.wish_of(made), clock.today())
        except Invalid as error:
            changed = "".join(error.by_field.values())
        else:
            changed = "".join(each.message for each in wanted.unanswered)
    barred = veto.ask(session, Question("confirm_parameter", me(), facts=facts))
    return render_template(
        "registers/parameters_proposal.html",
        made=made,
        told=_told(made),
        states=operations.STATES,
        wanted=wanted,
        changed=changed,
        effect=_effect(session, wanted) if wanted is not None else None,
        doubts=[(code, TICKS.get(code, code)) for code in made.accepted],
        problems=problems or {},
        remark=remark,
        may_confirm=bool(barred),
        barred="" if barred or not may("confirm_parameter") else barred.reason,
        may_withdraw=may("withdraw_parameter", **facts),
        **places(session),
    )


def _told(made: ParameterProposal) -> dict[str, Any]:
    """A proposal in words."""
    return {
        "row": made,
        "before": said(made.before, made.unit, made.name),
        "after": said(made.value, made.unit, made.name),
        "span": span(made.valid_from, made.valid_to),
        "trust": CONFIDENCE["set"],
    }
