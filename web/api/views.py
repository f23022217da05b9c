"""Whether the service can work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.database import db
from engine.errors import NotFound
from engine.releases import queries as releases
from web.security import public

blueprint = Blueprint("api", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """200 when the database answers and a release is deployed, else 503; says no more than that."""
    found = {"database": False, "release": False}
    try:
        db.session.execute(text("select 1"))
        found["database"] = True
        found["release"] = bool(releases.current(db.session()).id)
    except (SQLAlchemyError, NotFound):
        db.session.rollback()
    ok = all(found.values())
    return jsonify(ok=ok, **found), 200 if ok else 503
