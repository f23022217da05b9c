"""The drawings of a release, to look at."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request

from engine.database import db
from engine.errors import NotFound
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease, ProcessInfo
from engine.releases.starts import GROUPS
from engine.rules.veto import Question, veto
from web.security import me
from web.words import length

blueprint = Blueprint("modeler", __name__)
#: The heading of processes that are parts of others.
CALLED = "共用流程（由其他流程调用）"
#: How a process begins, in a few words.
BEGINS = {"case": "可登记申请", "linked": "在办件上登记", "system": "系统自动发起"}


@blueprint.get("/models")
def models() -> str:
    """Every process of the current release."""
    release = wanted()
    return render_template("modeler/models.html", release=release, groups=_grouped(release), begins=BEGINS)


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
    return render_template(
        "modeler/model.html",
        release=release,
        process=process,
        tasks=tasks,
        limits=limits,
        may_change=bool(veto.ask(db.session(), Question("deploy", me()))),
    )


@blueprint.get("/models/<process_id>.bpmn")
def xml(process_id: str) -> Response:
    """The drawing itself, as the viewer loads it."""
    release = wanted()
    process = release.processes.get(process_id)
    if process is None:
        raise NotFound("这个流程版本里没有这张流程图。")
    return Response(process.xml, content_type="application/xml; charset=utf-8")


def _grouped(release: LoadedRelease) -> dict[str, list[ProcessInfo]]:
    """The processes by heading: what begins by itself or by people in its group, then what only others call."""
    found: dict[str, list[ProcessInfo]] = {title: [] for title in (*GROUPS.values(), CALLED)}
    for each in sorted(release.processes.values(), key=lambda each: (not each.start, each.begins or "", each.id)):
        found[GROUPS.get(each.group, CALLED) if each.begins else CALLED].append(each)
    return {title: some for title, some in found.items() if some}


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


from web.modeler import (  # noqa: E402,F401 -- they hang their views on the blueprint
    decisions,
    diff,
    drafts,
    editor,
    eventlog,
    files,
    imports,
    previews,
    trying,
)
from web.modeler import releases as deployed  # noqa: E402,F401
