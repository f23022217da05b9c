"""The drawings of a release, to look at."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request

from engine.database import db
from engine.errors import NotFound
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from web.security import me
from web.words import length

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
    labels = {each.name: each.label for each in parameters.over_time(db.session())}
    limits = {each.id: limit(each.properties.get("due"), labels) for each in tasks}
    return render_template("modeler/model.html", release=release, process=process, tasks=tasks, limits=limits)


@blueprint.get("/models/<process_id>.bpmn")
def xml(process_id: str) -> Response:
    """The drawing itself, as the viewer loads it."""
    release = wanted()
    process = release.processes.get(process_id)
    if process is None:
        raise NotFound("这个流程版本里没有这张流程图。")
    return Response(process.xml, content_type="application/xml; charset=utf-8")


def limit(due: str | None, labels: Mapping[str, str]) -> str:
    """A task's deadline in words: a length, or the parameter that gives it."""
    if due and due.startswith("parameters."):
        name = due.removeprefix("parameters.")
        return f"按参数“{labels.get(name) or name}”"
    return length(due)


def wanted() -> LoadedRelease:
    """The release that the address names, else the current one."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    return releases.load(request.args.get("release") or releases.current(session).id, session)


from web.modeler import decisions  # noqa: E402,F401 -- they hang their views on the blueprint
