"""A form as the server draws it, a template as it is printed: shown beside the text while somebody writes it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.drafts import paths, queries
from engine.errors import DoudiError, Invalid
from engine.forms.schema import load
from engine.parameters import queries as parameters
from engine.rules.veto import Question, veto
from registers.notices import paper, pictures, sample
from web.forms import render_form
from web.modeler.catalogue import catalogue
from web.modeler.views import blueprint
from web.security import me


@blueprint.post("/models/drafts/<int:draft_id>/preview")
def preview(draft_id: int) -> ResponseReturnValue:
    """What the text of a form or a template looks like; a sentence instead when it cannot be drawn."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    draft = queries.one(session, draft_id)
    given = request.get_json(silent=True)
    try:
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            raise Invalid('请求应当是 {"path": …, "text": …}。')
        text = paths.text(given["text"].encode()).decode()
        if str(given.get("path")).endswith(".form"):
            return jsonify(html=_form(text, PurePosixPath(str(given["path"])).stem))
        return jsonify(pages=_pages(text, queries.files(session, draft)))
    except DoudiError as error:
        return jsonify(message=error.message)


def _form(text: str, stem: str) -> str:
    form, faults = load(text.encode(), stem)
    if form is None:
        raise Invalid(f"表单还画不出来：{faults[0].message if faults else '内容有误'}")
    return str(render_form(form, context={"parameters": {}, "today": clock.today().isoformat()}))


def _pages(text: str, files: Mapping[str, bytes]) -> list[str]:
    given = parameters.on(db.session(), clock.today())
    title, page = sample.html(text, _labels(files), given, files)
    return [b64encode(each).decode() for each in pictures.pages(paper.pdf(page, title))]


def _labels(files: Mapping[str, bytes]) -> dict[str, tuple[str, dict[str, str]]]:
    """The names of the tasks and of the fields of their forms."""
    told = catalogue(files, (), clock.today())
    fields = {PurePosixPath(path).stem: _fields(data) for path, data in files.items() if path.endswith(".form")}
    return {task["id"]: (task["name"], fields.get(task["form"], {})) for task in told["tasks"]}


def _fields(data: bytes) -> dict[str, str]:
    try:
        schema = json.loads(data)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    waiting: list[Any] = [schema]
    while waiting:
        each = waiting.pop()
        inside = each.get("components") if isinstance(each, dict) else None
        waiting += inside if isinstance(inside, list) else []
        if isinstance(each, dict) and isinstance(each.get("key"), str):
            found[each["key"]] = str(each.get("label") or each["key"])
    return found
