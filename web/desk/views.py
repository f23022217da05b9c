"""The first page and the inbox."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from registers.cases import queries
from web import shell
from web.security import me

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first place of somebody's navigation that is theirs by duty."""
    places = [place for place in shell.PLACES if place.verb and shell.may(me(), place.verb)]
    return redirect(url_for(places[0].endpoint if places else "hall.board"))


@blueprint.get("/desk/")
def inbox() -> str:
    """What I hold, what I may take; the most pressing first."""
    found = queries.inbox(db.session(), me())
    now = clock.now()
    late = sum(each.light(now) == "red" for each in found.mine)
    return render_template("desk/inbox.html", inbox=found, late=late)


from web.desk import applications, cases, items, linked, messages, moves, notices  # noqa: E402,F401 -- they hang their views on the blueprint
