"""The drawings of a release, to look at."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from engine.database import db
from engine.errors import NotFound
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from web.security import me

blueprint = Blueprint("modeler", __name__)


@blueprint.get("/models")
def models() -> str:
    """Every process of the current release."""
    release = wanted()
    return render_template("modeler/models.html", release=release)


@blueprint.get("/models/<process_id>")
def model(process_id: str) -> str:
    """One drawing with its tasks in words."""
    release = wanted()
    process = release.processes.get(process_id)
    if process is None:
        raise NotFound("这个流程版本里没有这张流程图。")
    tasks = [each for each in process.elements.values() if each.kind == "userTask"]
    return render_template("modeler/model.html", release=release, process=process, tasks=tasks)


@blueprint.get("/models/<process_id>.bpmn")
def xml(process_id: str) -> Response:
    """The drawing itself, as the viewer loads it."""
    release = wanted()
    process = release.processes.get(process_id)
    if process is None:
        raise NotFound("这个流程版本里没有这张流程图。")
    return Response(process.xml, content_type="application/xml; charset=utf-8")


def wanted() -> LoadedRelease:
    """The release that the address names, else the current one."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    return releases.load(request.args.get("release") or releases.current(session).id, session)
