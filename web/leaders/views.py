"""The list of a leader: what is red, what turns red within three days."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template

from engine import clock
from engine.database import db
from engine.rules.veto import Question, veto
from registers.cases import queries
from web.leaders.queries import soon
from web.security import me

blueprint = Blueprint("leaders", __name__, url_prefix="/leaders")
AHEAD = 3


@blueprint.get("/overdue")
def overdue() -> str:
    session, now = db.session(), clock.now()
    veto.require(session, Question("see_overdue", me()))
    late = queries.overdue(session, me(), now)
    items = [each for each in late if each.kind == "item"]
    return render_template(
        "leaders/overdue.html",
        items=items,
        clocks=[each for each in late if each.kind == "clock"],
        soon=soon(session, me(), now, AHEAD),
        ahead=AHEAD,
        by_village=Counter(each.village for each in items).most_common(),
        by_holder=Counter(each.holder for each in items).most_common(6),
    )
