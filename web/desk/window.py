"""The counter: who is this, what is known of them, and what they came for; before anything is entered anew."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import forms
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.forms import mask
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from registers.households import operations as households
from registers.households import window
from web.desk import drawing, starting
from web.desk.starting import Start
from web.desk.views import blueprint
from web.security import csrf, me


@blueprint.route("/desk/apply/<process_id>/find", methods=["GET", "POST"])
def find(process_id: str) -> ResponseReturnValue:
    """Asks for a number or a name, and shows what is known. Nothing typed: on to an empty form, with one key."""
    start = starting.at_the_window(process_id)
    veto.require(db.session(), Question("search", me()))
    if request.method == "GET":
        return page(start)
    text = request.form.get("text", "").strip()
    if not text:
        return redirect(start.url())
    try:
        found = window.find(db.session(), me(), text)
    except Invalid as error:
        return page(start, text=text, problem=drawing.problems(error)[0].message), 422
    return page(start, text=text, found=found)


@blueprint.post("/desk/apply/<process_id>/carry")
def carry(process_id: str) -> ResponseReturnValue:
    """A new application with what is known of the household: it becomes the clerk's draft. A draft of somebody else
    is not written over unasked."""
    start = starting.at_the_window(process_id)
    person = request.form.get("person", "")
    if not (person.isascii() and person.isdigit() and len(person) < 10):
        raise NotFound("没有找到您可以查看的这户登记。")
    there = _draft(start)
    if there and request.form.get("replace") != "yes":
        flash(f"您有一份没有提交的草稿（{there['name']}）。要换成这户的信息，请勾选“替换草稿”。", "warning")
        return redirect(url_for("desk.find", process_id=process_id))
    known = households.carry(me(), int(person), start.process.name)
    values = {key: value for key, value in known.items() if key in start.form.keys}
    shown = forms.initial(start.form, start.context) | values
    runtime.save_draft(start.key, me(), forms.to_posted(start.form, shown))
    flash("已带入这户登记过的信息，请逐项向申请人核实；收入、财产和理由须重新申报。", "info")
    return redirect(start.url(), 303)


@csrf.redraws("desk.find")
def find_again(message: str, process_id: str) -> str:
    return page(starting.at_the_window(process_id), text=request.form.get("text", ""), problem=message)


def page(start: Start, *, text: str = "", found: list[window.Hit] | None = None, problem: str = "") -> str:
    """The page: the question, and the answer when something was asked. A whole number is not shown again."""
    number = sum(each.isdigit() for each in text) >= 15
    return render_template(
        "desk/find.html",
        start=start,
        process=start.process,
        text=text if problem or not number else "",
        asked=mask.id_number(text.upper()) if number else text,
        found=found,
        problem=problem,
        draft=_draft(start),
    )


def _draft(start: Start) -> dict[str, Any] | None:
    """Whose draft lies there: {"name"}; None when there is none."""
    posted = drawing.draft(start.key)
    if posted is None:
        return None
    name = next(iter(posted.get("name", [])), "").strip()
    return {"name": name or "还没有填写姓名"}
