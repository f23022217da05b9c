"""The editors of a draft: the page of each kind of file, and what they may choose from (docs/modeler.md)."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.drafts import operations, paths, queries
from engine.drafts.models import ModelDraft
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from web.modeler.catalogue import catalogue
from web.modeler.views import blueprint
from web.security import me

#: {suffix: (kind of editor, what a person calls the file)}
KINDS = {
    ".bpmn": ("bpmn", "流程图"),
    ".dmn": ("dmn", "决策"),
    ".form": ("form", "表单"),
    ".html": ("html", "文书模板"),
    ".json": ("json", "业务目录"),
}


@blueprint.get("/models/drafts/<int:draft_id>/edit/<path:path>")
def edit_draft_file(draft_id: int, path: str) -> str:
    """The editor; whoever may see drafts but not change them, or a draft that is over, gets the file to read."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    draft = queries.one(session, draft_id)
    content = queries.content(session, draft, paths.check(path))
    kind, word = KINDS[PurePosixPath(path).suffix]
    may = draft.state == "open" and bool(veto.ask(session, Question("deploy", me())))
    return render_template(
        "modeler/edit.html",
        draft=draft,
        path=path,
        kind=kind,
        word=word,
        title=_title(path, content.data),
        may=may,
        state=queries.STATES[draft.state],
    )


@blueprint.get("/models/drafts/<int:draft_id>/catalogue.json")
def draft_catalogue(draft_id: int) -> Response:
    """What a file of the draft may name; `?fields=1`: with every field of every form."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    draft = queries.one(session, draft_id)
    known = {each.name: (each.label or each.name, each.unit) for each in parameters.over_time(session)}
    names = [(name, *rest) for name, rest in sorted(known.items())]
    told = catalogue(queries.files(session, draft), names, clock.today(), fields=request.args.get("fields") == "1")
    return Response(json.dumps(told, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


@blueprint.post("/models/change")
def change_model() -> ResponseReturnValue:
    """From a page of the release into an editor: the draft that one has at hand, else a new one."""
    path = paths.check(request.form.get("path", ""))
    draft = _at_hand(me()) or operations.begin(me(), f"{clock.today():%Y年%m月%d日}的修改")
    return redirect(url_for("modeler.edit_draft_file", draft_id=draft.id, path=path))


def _at_hand(actor: Actor) -> ModelDraft | None:
    """The latest open draft on the current release that this person began."""
    session = db.session()
    current = releases.current(session).id
    mine = (each for each in queries.drafts(session, "open") if each.begun_by_id == actor.id)
    return next((each for each in mine if each.base_id == current), None)


def _title(path: str, data: bytes) -> str:
    """What the file is called: a drawing by its pool, anything else by its file's name."""
    told = catalogue({path: data}, (), clock.today())
    for kind in ("processes", "decisions", "notices"):
        for each in told[kind]:
            return str(each["name"])
    return PurePosixPath(path).stem
