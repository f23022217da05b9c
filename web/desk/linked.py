"""Starting something at a case: an objection, an appeal, whatever its process says belongs there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Invalid, Refused
from engine.runtime import operations as runtime
from registers.cases.models import Case
from registers.publicity import queries as publicity
from web.desk import drawing, starting
from web.desk.starting import Start
from web.desk.views import blueprint
from web.security import carry, csrf, me

TEMPLATE = "cases/linked.html"
carry.keeps_draft("desk.linked", lambda instance_id, process_id: runtime.start_key(process_id, instance_id))


@blueprint.route("/cases/<int:instance_id>/start/<process_id>", methods=["GET", "POST"])
@blueprint.route(
    "/cases/<int:instance_id>/objections/new", methods=["GET", "POST"], defaults={"process_id": "objection"}
)
def linked(instance_id: int, process_id: str) -> ResponseReturnValue:
    """The first form of what is started here; posting starts it."""
    start = starting.at_a_case(process_id, instance_id)
    if request.method == "GET" or drawing.wants_edit():
        return page(start, edited=request.method == "POST")
    given = drawing.posted()
    if request.form.get("_do") == "save":
        runtime.save_draft(start.key, me(), given)
        flash("草稿已保存，只有您自己能看到。", "success")
        return redirect(start.url())
    try:
        child, before = starting.begin(start, given)
    except Invalid as error:
        return page(start, given=given, problems=starting.everything(start, given, error)), 422
    except Refused as refused:
        return page(start, given=given, message=refused.message), 403
    if before:
        flash("刚才已经登记，没有重复登记。", "info")
    else:
        flash(f"“{start.process.name}”已登记。", "success")
    return redirect(url_for("desk.case", instance_id=child))


@blueprint.post("/cases/<int:instance_id>/start/<process_id>/draft")
def linked_draft(instance_id: int, process_id: str) -> ResponseReturnValue:
    return drawing.keep_draft(runtime.start_key(process_id, instance_id))


@blueprint.post("/cases/<int:instance_id>/start/<process_id>/preview")
def linked_preview(instance_id: int, process_id: str) -> ResponseReturnValue:
    start = starting.at_a_case(process_id, instance_id)
    given, focus = drawing.pressed(start.form) or (drawing.posted(), "")
    return str(start.draw(given=given, focus=focus))


@csrf.redraws("desk.linked")
def again(message: str, instance_id: int, process_id: str) -> str:
    return page(starting.at_a_case(process_id, instance_id), given=drawing.posted(), message=message)


def page(start: Start, **given: Any) -> str:
    session, parent = db.session(), start.parent
    assert parent is not None  # noqa: S101 -- what is started at a case has one
    posted = publicity.latest(session, parent.id) if start.process.id == "objection" else None
    return starting.page(TEMPLATE, start, parent=parent, case=session.get(Case, parent.id), posted=posted, **given)
