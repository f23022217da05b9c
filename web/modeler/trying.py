"""Trying a draft: scenarios are told on its files, in a process of their own, and their ways painted on the drawing."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.drafts import paths, queries
from engine.errors import Conflict, DoudiError, Invalid
from engine.rules.veto import Question, veto
from web.modeler import telling
from web.modeler.views import blueprint
from web.security import me

#: More of them take longer than anybody waits for.
MOST = 12


@blueprint.get("/models/drafts/<int:draft_id>/scenarios")
def draft_scenarios(draft_id: int) -> ResponseReturnValue:
    """The scenarios that can be told, those of `?process=` first."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    queries.one(session, draft_id)
    found = telling.stories(request.args.get("process"))
    return jsonify([{"id": each.file, "name": each.name, "process": each.process} for each in found])


@blueprint.post("/models/drafts/<int:draft_id>/try")
def try_draft(draft_id: int) -> ResponseReturnValue:
    """Tells the named scenarios on the draft with the text of the page in the place of its file."""
    session = db.session()
    veto.require(session, Question("deploy", me()))
    files = queries.files(session, queries.one(session, draft_id))
    given = request.get_json(silent=True)
    try:
        if not isinstance(given, dict) or not isinstance(given.get("scenarios"), list):
            raise Invalid('请求应当是 {"path": …, "text": …, "scenarios": […]}。')
        files[paths.check(str(given.get("path")))] = paths.text(str(given.get("text")).encode())
        db.session.rollback()
        return jsonify(telling.tell(files, [str(each) for each in given["scenarios"][:MOST]]))
    except Conflict as error:
        return jsonify(message=error.message), 409
    except DoudiError as error:
        return jsonify(message=error.message), 422
