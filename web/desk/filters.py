"""Filters under a name: saving, opening with one, sharing, renaming, deleting."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.actors import ROLES
from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from engine.releases import queries as releases
from registers.areas import queries as areas
from registers.cases import inbox as lists
from registers.cases.inbox import TABS, Asked
from registers.desk import operations as desk
from registers.desk import queries
from web.desk.views import blueprint, link, page, which_tab
from web.security import me


@blueprint.get("/desk/filters")
def filters() -> str:
    """One's own filters and those that one's units share."""
    return _page()


@blueprint.post("/desk/filters")
def save_filter() -> ResponseReturnValue:
    """Keeps the list as it is narrowed now."""
    tab, asked, name = which_tab(request.form), Asked.read(request.form), request.form.get("name", "")
    try:
        made = desk.save(me(), name, asked, tab)
    except Invalid as error:
        return page(tab, asked, clock.now(), filter_problem=error.message, filter_name=name), 422
    flash(f"已保存筛选“{made.name}”，在清单上方一点就用。", "success")
    return redirect(link(tab, asked))


@blueprint.post("/desk/filters/<int:filter_id>/name")
def rename_filter(filter_id: int) -> ResponseReturnValue:
    name = request.form.get("name", "")
    try:
        desk.rename(filter_id, me(), name)
    except (Invalid, Conflict) as error:
        return _page(wrong=filter_id, message=error.message, typed=name), 422
    flash("已改名。", "success")
    return redirect(url_for("desk.filters"))


@blueprint.post("/desk/filters/<int:filter_id>/share")
def share_filter(filter_id: int) -> ResponseReturnValue:
    """To whoever holds one of the person's own roles in its area, or to nobody."""
    role, _, area = request.form.get("unit", "").partition("@")
    try:
        made = desk.share(filter_id, me(), (role, area) if role else None)
    except Refused as error:
        return _page(wrong=filter_id, message=error.message), 422
    flash(f"已共享“{made.name}”。对方看到的仍是其本人有权看的办件。" if made.role else "已停止共享。", "success")
    return redirect(url_for("desk.filters"))


@blueprint.post("/desk/filters/<int:filter_id>/remove")
def remove_filter(filter_id: int) -> ResponseReturnValue:
    flash(f"已删除筛选“{desk.remove(filter_id, me())}”。", "success")
    return redirect(url_for("desk.filters"))


@blueprint.post("/desk/filters/start")
def begin_filter() -> ResponseReturnValue:
    """With which filter the inbox opens."""
    text = request.form.get("filter", "")
    desk.begin_with(int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None, me())
    flash("已设为打开待办时的默认筛选。" if text else "打开待办时显示全部。", "success")
    return redirect(url_for("desk.filters"))


def _page(**more: Any) -> str:
    session, actor = db.session(), me()
    names = areas.names(session)
    units = {
        f"{each.role}@{each.area}": f"{names.get(each.area, each.area)}{ROLES.get(each.role, each.role)}"
        for each in actor.grants
    }
    start = queries.start(session, actor)
    kept, release = queries.filters(session, actor), releases.newest(session)
    return render_template(
        "desk/filters.html",
        kept=[(each, Asked.read(each.query), TABS.get(each.query.get("tab", "work"), TABS["work"])) for each in kept],
        units=units,
        start=start.id if start else None,
        names=names,
        kinds=dict(lists.kinds(release)) if release else {},
        **more,
    )
