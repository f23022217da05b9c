"""Whether the service can work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.database import db
from engine.errors import NotFound
from engine.pulse import queries as pulse
from engine.releases import queries as releases
from web.security import public

blueprint = Blueprint("api", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """200 when the database answers and a release is deployed, else 503. Whether any timers process lives is said
    beside it: pages work without one, deadlines do not."""
    found = {"database": False, "release": False, "timers": False}
    try:
        db.session.execute(text("select 1"))
        found["database"] = True
        found["timers"] = any(each.alive for each in pulse.processes(db.session()))
        found["release"] = bool(releases.current(db.session()).id)
    except (SQLAlchemyError, NotFound):
        db.session.rollback()
    ok = found["database"] and found["release"]
    return jsonify(ok=ok, **found), 200 if ok else 503
