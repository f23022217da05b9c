"""`/why/<kind>/<id>`: a page of its own, or the inside of a dialog when a script asked for it."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.database import db
from engine.rules.veto import Question, veto
from registers.cases import why
from web.security import me, public
from web.words import calendar

blueprint = Blueprint("why", __name__, url_prefix="/why")


@blueprint.get("/<any(item, clock, timer):kind>/<int:key>")
def of_case(kind: str, key: int) -> str:
    """The date of a work item, a clock or a timer, for who may see the case."""
    found = why.of(db.session(), kind, key, calendar())
    veto.require(db.session(), Question("view", me(), instance=found.instance))
    return _page(found)


@blueprint.get("/publicity/<int:key>")
@public
def of_board(key: int) -> str:
    """The date of a publicity: it hangs on the public board, and so does why."""
    return _page(why.of(db.session(), "publicity", key, calendar()))


def _page(found: why.Why) -> str:
    inside = request.headers.get("HX-Request") == "true"
    return render_template("why/inside.html" if inside else "why/page.html", why=found)
