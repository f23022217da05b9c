"""The first page and the inbox."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import DoudiError
from engine.runtime import operations as runtime
from registers.areas import queries as areas
from registers.cases import inbox as lists
from registers.cases.inbox import LIGHTS, TABS, Asked
from web import shell
from web.security import me

blueprint = Blueprint("desk", __name__)
#: So many items are taken at once; no item has a longer number.
MOST, DIGITS = 50, 12


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first place of somebody's navigation that is theirs by duty."""
    places = [place for place in shell.PLACES if place.verb and shell.may(me(), place.verb)]
    return redirect(url_for(places[0].endpoint if places else "hall.board"))


@blueprint.get("/desk/")
def inbox() -> str:
    """What I hold, what I may take, the most pressing first; what I did and began, the latest first."""
    tab = request.args.get("tab", "work")
    tab = tab if tab in TABS else "work"
    asked, session, now = Asked.read(request.args), db.session(), clock.now()
    shared = {"tab": tab, "tabs": TABS, "asked": asked, "villages": areas.villages(session), "lights_asked": LIGHTS}
    if tab != "work":
        page = (lists.done if tab == "done" else lists.started)(session, me(), asked)
        return render_template("desk/handled.html", page=page, kinds=[], **shared)
    found = lists.inbox(session, me(), asked, now)
    late = sum(each.light(now) == "red" for each in found.mine)
    offered = lists.kinds(session, me()) if found.mine or found.claimable or asked.narrow else []
    return render_template("desk/inbox.html", inbox=found, late=late, kinds=offered, mark=mark(found), **shared)


@blueprint.get("/desk/changed")
def changed() -> ResponseReturnValue:
    """Asked for by itself every half minute: nothing while the list is as it was drawn, else what is different."""
    asked = Asked.read(request.args)
    found = lists.inbox(db.session(), me(), asked, clock.now())
    seen = set(request.args.get("mark", "").split("."))
    now = set(mark(found).split("."))
    if seen == now:
        return "", 204
    new, gone = len(now - seen - {""}), len(seen - now - {""})
    return render_template("desk/changed.html", new=new, gone=gone, asked=asked)


@blueprint.post("/desk/claim")
def claim_many() -> ResponseReturnValue:
    """Takes what was ticked, each by itself: what cannot be taken says why and keeps nothing else from being taken."""
    taken, failed = [], []
    for text in dict.fromkeys(request.form.getlist("item")[:MOST]):
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
            continue
        try:
            taken.append(runtime.claim(int(text), me()).name)
        except DoudiError as error:
            failed.append((int(text), error.message))
    if taken:
        flash(f"认领了 {len(taken)} 件，已在“我的待办”里。", "success")
    named = lists.names(db.session(), [key for key, _ in failed])
    for key, why in failed:
        flash(f"{named.get(key, '这一项')}没有认领：{why}", "warning")
    if not taken and not failed:
        flash("还没有选中事项。请先勾选要认领的，再按“认领选中”。", "info")
    return redirect(url_for("desk.inbox", **Asked.read(request.args).query(page="")))


def mark(found: lists.Inbox) -> str:
    """What a list shows, to be compared: the items by id, those in one's own hands marked."""
    return ".".join([*(f"m{each.item_id}" for each in found.mine), *(f"c{each.item_id}" for each in found.claimable)])


from web.desk import (  # noqa: E402 -- they hang their views on the blueprint
    applications,  # noqa: F401
    cases,  # noqa: F401
    handovers,  # noqa: F401
    items,  # noqa: F401
    linked,  # noqa: F401
    messages,  # noqa: F401
    moves,  # noqa: F401
    notices,  # noqa: F401
    standins,  # noqa: F401
    talk,  # noqa: F401
)
