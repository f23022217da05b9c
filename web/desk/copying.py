"""Showing a case to colleagues, opening what one was shown, and the day on which one looks at an item again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem
from registers.cases.models import Case
from registers.copies import operations as copies
from registers.copies import queries
from registers.desk import operations as desk
from web.desk.bulk import ticked
from web.desk.items import page as item_page
from web.desk.views import blueprint
from web.security import me


@blueprint.get("/cases/<int:instance_id>/copies")
def copy(instance_id: int) -> str:
    """To whom the case was shown, and whom it may be shown to."""
    return _page(instance_id)


@blueprint.post("/cases/<int:instance_id>/copies")
def send_copy(instance_id: int) -> ResponseReturnValue:
    """Shows it."""
    note, to, item_id = request.form.get("note", ""), ticked(request.form, "to"), _number("item")
    try:
        made = copies.send(instance_id, me(), to, note, item_id)
    except (Invalid, Conflict) as error:
        problems = {each["field"]: each["message"] for each in error.data.get("problems", [])}  # type: ignore[attr-defined]
        return _page(instance_id, note=note, to=to, problems=problems or {"to": error.message}), 422
    flash(f"已抄送{'、'.join(each.to_name for each in made)}，对方在“抄送”里能看到。", "success")
    if item_id is not None:
        return redirect(url_for("desk.item", item_id=item_id))
    return redirect(url_for("desk.case", instance_id=instance_id))


@blueprint.get("/desk/copies/<int:copy_id>")
def open_copy(copy_id: int) -> ResponseReturnValue:
    """Opens a copy of one's own, read from now on; the veto is asked as for anybody."""
    session, actor = db.session(), me()
    found = queries.one(session, actor, copy_id)
    if found is None:
        raise NotFound("没有这份抄送，请返回待办。")
    veto.require(session, Question("view", actor, instance=session.get(Instance, found.instance_id)))
    copies.read(copy_id, actor.id or 0)
    if found.work_item_id is not None:
        return redirect(url_for("desk.item", item_id=found.work_item_id))
    return redirect(url_for("desk.case", instance_id=found.instance_id))


@blueprint.post("/desk/items/<int:item_id>/follow")
def follow(item_id: int) -> ResponseReturnValue:
    """Sets or takes away the day of the follow-up."""
    text = request.form.get("on", "").strip()
    try:
        on = date.fromisoformat(text) if text else None
    except ValueError:
        return item_page(item_id, follow_problem="请写成 2026-03-05 这样的日期。", follow_typed=text), 422
    try:
        desk.follow_up(item_id, me(), on)
    except Invalid as error:
        return item_page(item_id, follow_problem=error.message, follow_typed=text), 422
    flash(f"已定于{on.month}月{on.day}日跟进，不影响办理期限。" if on else "已取消跟进日期。", "success")
    return redirect(url_for("desk.item", item_id=item_id))


def _page(
    instance_id: int, note: str = "", to: list[int] | None = None, problems: Mapping[str, str] | None = None
) -> str:
    session, actor = db.session(), me()
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    for verb in ("view", "copy"):
        veto.require(session, Question(verb, actor, instance=instance))
    item_id = _number("item")
    item = session.get(WorkItem, item_id) if item_id is not None else None
    return render_template(
        "desk/copy.html",
        instance=instance,
        case=session.get(Case, instance_id),
        item=item if item is not None and item.instance_id == instance_id else None,
        readers=queries.readers(session, actor, instance),
        sent=queries.of_case(session, instance_id),
        note=note,
        to=to or [],
        problems=problems or {},
        longest=copies.LONGEST_NOTE,
        today=clock.today(),
    )


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
