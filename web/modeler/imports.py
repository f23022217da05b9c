"""A drawing from another program comes into a draft: with ours beside what it says, and with a report."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.drafts import paths, queries
from engine.errors import DoudiError, Invalid
from engine.releases import foreign
from engine.rules.veto import Question, veto
from engine.runtime.services import services
from web.modeler.views import blueprint
from web.security import me


@blueprint.post("/models/drafts/<int:draft_id>/import")
def import_drawing(draft_id: int) -> ResponseReturnValue:
    """The text as the editor shows it, and what became of the attributes of other engines. Nothing is saved here."""
    session = db.session()
    veto.require(session, Question("deploy", me()))
    known = queries.files(session, queries.one(session, draft_id))
    given = request.get_json(silent=True)
    try:
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            raise Invalid('请求应当是 {"text": …}。')
        data = paths.text(given["text"].encode())
        forms = {path.rpartition("/")[2].removesuffix(".form") for path in known if path.endswith(".form")}
        made = foreign.translate(data, forms=forms, operations={each.name for each in services.all()})
    except (DoudiError, UnicodeEncodeError) as error:
        return jsonify(message=getattr(error, "message", "文件里有不成对的字符，不是有效的文本。")), 422
    return jsonify(text=made.data.decode(), remarks=[vars(each) for each in made.remarks])
