"""Talk (沟通与讨论): on a case, at an item, and the list of what waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.cases.models import Case
from registers.talk import operations, queries
from registers.talk.models import Remark
from registers.talk.queries import Said
from web.desk import case_tabs
from web.desk.asking import Wrong
from web.desk.bulk import DIGITS
from web.desk.case_tabs import Tab
from web.desk.standins import titled
from web.desk.views import blueprint
from web.security import csrf, me


@dataclass(frozen=True)
class Talk:
    """What the partial `cases/talk.html` needs: what was said, newest last, and what this person may do about it."""

    said: list[Said]
    waiting: int
    mine: int
    may_answer: frozenset[int]
    may_strike: frozenset[int]


@blueprint.app_template_global("talk_of")
def talk_of(instance_id: int) -> Talk:
    """For the pages of a case and of its items; whoever sees those has been asked for already."""
    actor, said, now = me(), queries.of_case(db.session(), instance_id), clock.now()
    theirs = {actor.id, *(each.id for each in actor.lenders)}
    every = [row for each in said for row in (each.it, *each.answers)]
    return Talk(
        said=said,
        waiting=sum(each.it.waits for each in said),
        mine=actor.id or 0,
        may_answer=frozenset(row.id for row in every if row.waits and row.asked_id in theirs),
        may_strike=frozenset(
            row.id
            for row in every
            if row.by_id == actor.id and row.struck_at is None and now < clock.end_of(row.at.date())
        ),
    )


@blueprint.app_template_global("questions_for_me")
def questions_for_me() -> int:
    """How many questions wait for the signed-in person."""
    return len(queries.to_answer(db.session(), me()))


@blueprint.app_template_global("waited")
def waited(made: Remark) -> str:
    """How long a question has waited."""
    days = (clock.today() - made.at.date()).days
    return f"已等 {days} 天" if days else "今天提出"


@blueprint.get("/desk/talk")
def talk() -> str:
    """What I am asked, and what I asked and wait for."""
    session, actor = db.session(), me()
    return render_template(
        "desk/talk.html", to_answer=queries.to_answer(session, actor), asked=queries.asked_by(session, actor)
    )


@blueprint.get("/cases/<int:instance_id>/talk")
def case_talk(instance_id: int) -> str:
    """Everything said about a case, with the form to ask a colleague."""
    return page(instance_id)


@blueprint.post("/cases/<int:instance_id>/talk")
def say(instance_id: int) -> ResponseReturnValue:
    text = request.form.get("text", "")
    try:
        operations.say(instance_id, me(), text, item_id=_item())
    except Invalid as error:
        return page(instance_id, _wrong("say", error)), 422
    flash("已留言，能查看这件办件的人都能看到。", "success")
    return _back(instance_id)


@blueprint.post("/cases/<int:instance_id>/talk/ask")
def ask(instance_id: int) -> ResponseReturnValue:
    """Asks a colleague; the case stays where it is."""
    to = request.form.get("to_id", "")
    try:
        made = operations.ask(
            instance_id,
            me(),
            to_id=int(to) if to.isascii() and to.isdigit() and len(to) <= 9 else 0,
            text=request.form.get("text", ""),
            item_id=_item(),
        )
    except Invalid as error:
        return page(instance_id, _wrong("ask", error)), 422
    flash(f"已向{made.asked_name}提问，办件照常办理，期限照常计算。", "success")
    return _back(instance_id)


@blueprint.post("/talk/<int:remark_id>/<any(answer, withdraw, strike):what>")
def talk_act(remark_id: int, what: str) -> ResponseReturnValue:
    """Answers, takes back or strikes out one of them."""
    known = db.session().get(Remark, remark_id)
    if known is None:
        raise NotFound("没有找到这一条，请刷新后查看。")
    instance_id, text = known.instance_id, request.form.get("text", "")
    try:
        if what == "answer":
            operations.answer(remark_id, me(), text)
            flash("已回答，提问的人马上收到。", "success")
        elif what == "withdraw":
            operations.withdraw(remark_id, me())
            flash("已撤回提问。", "success")
        else:
            operations.strike(remark_id, me(), text)
            flash("已划去，原文和理由仍能看到。", "success")
    except (Invalid, Conflict, Refused) as error:
        return page(instance_id, _wrong(f"{what}-{remark_id}", error)), 422
    if request.form.get("back") == "list":
        return redirect(url_for("desk.talk"), 303)
    return _back(instance_id)


@csrf.redraws("desk.say")
@csrf.redraws("desk.ask")
def again(message: str, instance_id: int) -> str:
    """The page with what was typed, when its token ran out."""
    flash(message, "warning")
    form = "ask" if request.endpoint == "desk.ask" else "say"
    return page(instance_id, Wrong(form, "", {}, dict(request.form)))


def page(instance_id: int, wrong: Wrong | None = None) -> str:
    session, actor = db.session(), me()
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    veto.require(session, Question("view", actor, instance=instance))
    people: list[Actor] = queries.colleagues(session, actor, instance)
    return render_template(
        "desk/talk_of_case.html",
        instance=instance,
        case=session.get(Case, instance_id),
        people=[(each.id, titled(each)) for each in people],
        item_id=_item(),
        wrong=wrong or Wrong(),
    )


def _back(instance_id: int) -> ResponseReturnValue:
    item_id = _item()
    if item_id is not None:
        return redirect(url_for("desk.item", item_id=item_id, _anchor="talk"), 303)
    if request.form.get("back") == "case":
        return redirect(url_for("desk.case", instance_id=instance_id, tab="talk"), 303)
    return redirect(url_for("desk.case_talk", instance_id=instance_id), 303)


def _item() -> int | None:
    text = request.values.get("item", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def _wrong(form: str, error: Any) -> Wrong:
    problems = {each["field"]: each["message"] for each in error.data.get("problems", [])}
    if problems and form.startswith("strike"):  # Its one field is the reason.
        problems = {"text": " ".join(problems.values())}
    return Wrong(form, "" if problems else error.message, problems, dict(request.form))


case_tabs.register(Tab("talk", "讨论", "cases/talk_tab.html", lambda _seen: {}))
