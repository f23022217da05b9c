"""The notice board on the web: the whitelist that hangs in the village, nothing else."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template

from engine import clock
from engine.database import db
from registers.areas import queries as areas
from registers.publicity import queries
from web.security import public

blueprint = Blueprint("hall", __name__)


@blueprint.get("/board")
@public
def board() -> str:
    session = db.session()
    names = {each.path: each.name for each in areas.villages(session)}
    posted = queries.board(session, clock.now())
    villages = [(names.get(area, area), list(rows)) for area, rows in groupby(posted, key=lambda each: each.area)]
    return render_template("hall/board.html", villages=villages, count=len(posted))
