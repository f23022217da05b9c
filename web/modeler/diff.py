"""Two releases, or a release and a draft, side by side: the drawings with what changed marked, and the words beside."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template, request

from engine.database import db
from engine.deployments import queries as deployments
from engine.drafts import queries as drafts
from engine.errors import NotFound
from engine.parameters import comparing
from engine.releases import diff, queries
from engine.releases.diff import Diff, FileChanges
from engine.rules.veto import Question, veto
from web.modeler.sides import Side, side
from web.modeler.views import blueprint
from web.security import me

#: What each kind of change is called where a drawing marks it.
MARKS = {"added": "新", "removed": "删", "changed": "改", "renamed": "改", "moved": "移"}
ORDER = {"changed": 0, "added": 1, "removed": 2, "layout": 3}


@blueprint.get("/models/diff")
def compare() -> str:
    """`a` and `b` name the sides, `process` the file of the drawing to look at."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    newest = [each.release_id for each in deployments.activations(session)]
    b = side(session, request.args.get("b") or (newest[0] if newest else ""))
    earlier = next((each for each in newest if each != b.key), b.key)
    a = side(session, request.args.get("a") or (b.draft.base_id if b.draft is not None else earlier))
    found = diff.compare(a.files, b.files)
    shown = _chosen(found, request.args.get("process", ""))
    return render_template(
        "modeler/diff.html",
        a=a,
        b=b,
        diff=found,
        files=sorted(found.files, key=lambda each: (ORDER[each.kind], each.path)),
        kinds={**diff.KINDS, "layout": "排版"},
        shown=shown,
        drawings=_drawings(a, b, shown) if shown is not None and shown.path.endswith(".bpmn") else None,
        parameters=comparing.between(session, a.since.date(), b.since.date()),
        sides=_offered(),
    )


@blueprint.get("/models/releases/<release_id>/files/<path:path>")
def release_file(release_id: str, path: str) -> Response:
    """A file of any release as it is, for the drawings beside each other."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    data = queries.contents(queries.named(session, release_id).id, session).get(path)
    if data is None:
        raise NotFound("这个流程版本里没有这个文件。")
    return Response(data, content_type="text/plain; charset=utf-8")


def _chosen(found: Diff, wanted: str) -> FileChanges | None:
    """The file that is asked for by its path or its process, else the first drawing that changed."""
    for each in found.files:
        if wanted and wanted in (each.path, each.path.removesuffix(".bpmn")):
            return each
    changed = [each for each in found.files if each.kind != "layout"]
    drawn = [each for each in changed if each.path.endswith(".bpmn")]
    return next(iter(drawn or changed or list(found.files)), None)


def _drawings(a: Side, b: Side, shown: FileChanges) -> list[dict[str, Any]]:
    """What each of the two places draws and marks; a side that lacks the file has no drawing."""
    marks: dict[str, str] = {}
    for change in shown.changes:
        if change.element:
            marks[change.element] = "changed" if change.kind == "renamed" else change.kind
    for _, element in shown.moved:
        marks.setdefault(element, "moved")
    return [
        {
            "title": each.title,
            "what": what,
            "url": each.address(shown.path) if shown.path in each.files else "",
            "marks": json.dumps({key: kind for key, kind in marks.items() if kind != other}, ensure_ascii=False),
        }
        for each, what, other in ((a, "原来", "added"), (b, "现在", "removed"))
    ]


def _offered() -> list[tuple[str, str]]:
    """What may be chosen as a side: open drafts, then releases, the latest first."""
    session = db.session()
    open_ = [(f"draft-{each.id}", f"草稿“{each.title}”") for each in drafts.drafts(session, "open", "proposed")]
    known = [(each.id, f"版本 {each.id[:12]}（{each.deployed_at:%Y-%m-%d}）") for each in queries.history(session)]
    return open_ + known
