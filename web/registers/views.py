"""Finding a household; the pages of parameters hang on the same blueprint."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.database import db
from engine.rules.veto import Question, veto
from registers.cases import queries
from web.security import me

blueprint = Blueprint("registers", __name__)


@blueprint.route("/households", methods=["GET", "POST"])
def search() -> str:
    """By name, case number or a whole ID number. Sent by POST, so that no number stands in an address or a log."""
    session = db.session()
    veto.require(session, Question("search", me()))
    text = request.form.get("text", "").strip()
    found = queries.search(session, me(), text) if text else []
    masked = text if not text[:15].isdigit() or len(text) < 15 else f"{text[:6]}********{text[-4:]}"
    return render_template("registers/search.html", found=found, text=masked, asked=bool(text))


from web.registers import parameters, proposals  # noqa: E402,F401 -- they hang their views on the blueprint
