"""The decisions of a release: everybody who sees the drawings reads them; owners change, check, try and deploy them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock, feel
from engine.database import db
from engine.decisions import examples, tables
from engine.decisions.examples import Outcome
from engine.decisions.model import Decided, Decision
from engine.deployments import operations as deployments
from engine.drafts import operations as drafts
from engine.errors import Conflict, ExpressionError, Invalid, NotFound, Unparsable
from engine.parameters import queries as parameters
from engine.releases import operations, queries
from engine.releases.lint.report import FileReport
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from web.modeler import typed as typing
from web.modeler.names import words
from web.modeler.typed import Typed
from web.modeler.views import blueprint, wanted
from web.security import me

POLICIES = {
    "UNIQUE": "唯一：各行互斥，只有一行符合",
    "FIRST": "取第一行：从上到下，第一个符合的行",
    "ANY": "任一：可以重叠，结果相同",
    "COLLECT": "汇集：所有符合的行，按次序用逗号连起来",
}


@dataclass
class Findings:
    """What came of checking or trying; `refused` is a sentence that stands before everything else."""

    refused: str = ""
    reports: list[FileReport] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    checked: bool = False
    trying: bool = False
    fields: list[dict[str, Any]] = field(default_factory=list)
    decided: Decided | None = None
    failed: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)


@blueprint.get("/models/decisions/<decision_id>")
def decision(decision_id: str) -> str:
    """One decision as a table to read, with how its test rows go on it."""
    release = wanted()
    _, found = _found(release, decision_id)
    labels = {each.name: each.label for each in parameters.over_time(db.session())}
    today = parameters.on(db.session(), clock.today())
    read = sorted(each.split(".")[1] for each in examples.reads(found) if each.startswith("parameters."))
    return render_template(
        "modeler/decision.html",
        release=release,
        decision=found,
        policy=POLICIES.get(found.policy, found.policy),
        outcomes=[examples.run(found, each) for each in found.examples],
        numbers=[(labels.get(name) or name, name, today.get(name)) for name in read],
        users=_users(release, decision_id),
        words=words(release),
        may_edit=bool(veto.ask(db.session(), Question("deploy", me()))) and _current(release),
        deployed="deployed" in request.args,
    )


@blueprint.get("/models/decisions/<decision_id>.dmn")
def decision_file(decision_id: str) -> Response:
    """The file itself."""
    release = wanted()
    path, _ = _found(release, decision_id)
    return Response(release.files[path], content_type="application/xml; charset=utf-8")


@blueprint.get("/models/decisions/<decision_id>/edit")
def edit_decision(decision_id: str) -> str:
    """The editor, on the current release."""
    release, path, found = _mine(decision_id)
    data = release.files[path]
    return _page(release, found, typing.of_decision(found, data, _hash(data)), Findings())


@blueprint.post("/models/decisions/<decision_id>/check")
def check_decision(decision_id: str) -> ResponseReturnValue:
    """The whole release with this file in it, as deploying would judge it, and every test row."""
    release, path, found = _mine(decision_id)
    given = typing.posted(request.form)
    return _answer(release, found, given, _checked(release, path, decision_id, given))


@blueprint.post("/models/decisions/<decision_id>/try")
def try_decision(decision_id: str) -> ResponseReturnValue:
    """Decides once on values that somebody typed, with the parameters of today."""
    release, _, found = _mine(decision_id)
    given = typing.posted(request.form)
    return _answer(release, found, given, _tried(release, decision_id, given))


@blueprint.post("/models/decisions/<decision_id>/deploy")
def deploy_decision(decision_id: str) -> ResponseReturnValue:
    """A draft with this file in it, proposed: somebody else confirms it. What runs keeps its release."""
    release, path, found = _mine(decision_id)
    given = typing.posted(request.form)
    findings = Findings()
    if given.base != _hash(release.files[path]):
        findings.refused = (
            "您打开以后，别人已经发布了这个决策的新版本。请另开窗口看现在的内容，把您的修改并进去再提请。"
        )
    elif not given.note:
        findings.refused = "请写明这次改了什么、依据是什么，再提请。"
    else:
        try:
            data = typing.file_of(given, decision_id)
        except Unparsable as error:
            findings.refused = error.message
        else:
            reports = operations.judge({**release.files, path: data})
            if all(report.ok for report in reports):
                return _proposed(release, found, path, data, given.note)
            findings = _checked(release, path, decision_id, given)
            findings.refused = "检查没有通过，没有提请。请按下面的清单修改后再提请。"
    return _page(release, found, given, findings, returned=True), 422


def _proposed(release: LoadedRelease, decision: Decision, path: str, data: bytes, note: str) -> ResponseReturnValue:
    """A draft with the one file, proposed at once; what must be answered for first is answered on the draft's page."""
    draft = drafts.begin(me(), f"决策“{decision.name}”"[: drafts.LONGEST_TITLE], release.id, note)
    drafts.save(draft.id, me(), path, data, version=0)
    try:
        deployments.propose(me(), draft.id, note=note, key=secrets.token_hex(16))
    except (Invalid, Conflict) as error:
        problems = error.data.get("problems") or [{"message": error.message}]  # type: ignore[attr-defined]
        flash(f"已存为草稿，还没有提请：{problems[0]['message']}", "warning")
        return redirect(url_for("modeler.draft", draft_id=draft.id))
    flash("已提请发布，等待另一人确认。确认以后，新登记的办件用新版本，正在办的办件继续用原来的版本。", "success")
    return redirect(url_for("modeler.decision", decision_id=decision.id, deployed=1))


def _found(release: LoadedRelease, decision_id: str) -> tuple[str, Decision]:
    """The file of a decision and the decision; NotFound for a stranger."""
    for path, data in release.files.items():
        if path.endswith(".dmn"):
            for each in tables.parse(data):
                if each.id == decision_id:
                    return path, each
    raise NotFound("这个流程版本里没有这个决策。")


def _mine(decision_id: str) -> tuple[LoadedRelease, str, Decision]:
    """The decision of the current release, for somebody who may change it."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    veto.require(session, Question("deploy", me()))
    release = queries.load(queries.current(session).id, session)
    return release, *_found(release, decision_id)


def _current(release: LoadedRelease) -> bool:
    return release.id == queries.current(db.session()).id


def _checked(release: LoadedRelease, path: str, decision_id: str, given: Typed) -> Findings:
    findings = Findings(checked=True)
    try:
        data = typing.file_of(given, decision_id)
        (decision,) = (each for each in tables.parse(data) if each.id == decision_id)
    except (Unparsable, ValueError) as error:
        findings.refused = getattr(error, "message", None) or "文件里应当正好有一个决策，标识不能改。"
        return findings
    reports = operations.judge({**release.files, path: data})
    findings.reports = sorted((each for each in reports if not each.ok), key=lambda each: each.file != path)
    findings.outcomes = [examples.run(decision, each) for each in decision.examples]
    findings.rows = {row.id: number for number, row in enumerate(decision.rows, 1)}
    return findings


def _tried(release: LoadedRelease, decision_id: str, given: Typed) -> Findings:
    findings = Findings(trying=True)
    try:
        data = typing.file_of(given, decision_id)
        (decision,) = (each for each in tables.parse(data) if each.id == decision_id)
    except (Unparsable, ValueError) as error:
        findings.refused = getattr(error, "message", None) or "文件里应当正好有一个决策，标识不能改。"
        return findings
    called, samples = words(release), dict(decision.given)
    for name in sorted(name for name in examples.reads(decision) if "." not in name and name != "today"):
        value = given.tried.get(name, _bare(samples.get(name)))
        findings.fields.append(
            {"name": name, "label": called.get(name, name), "kind": typing.kind(samples.get(name)), "value": value}
        )
    today = parameters.on(db.session(), clock.today())
    read = {name.split(".")[1] for name in examples.reads(decision) if name.startswith("parameters.")}
    findings.numbers = {name: today.get(name) for name in sorted(read)}
    findings.rows = {row.id: number for number, row in enumerate(decision.rows, 1)}
    lacking = [each["label"] for each in findings.fields if not str(each["value"]).strip() and each["kind"] != "text"]
    if lacking:
        findings.failed = f"请填写：{'、'.join(lacking)}。"
        return findings
    try:
        findings.decided = tables.evaluate(decision, _context(findings.fields, today))
    except ExpressionError as error:
        findings.failed = error.message
    return findings


def _context(fields: list[dict[str, Any]], numbers: Mapping[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = {"parameters": dict(numbers), "today": clock.today().isoformat()}
    for each in fields:
        text = str(each["value"])
        context[each["name"]] = text if each["kind"] == "text" else feel.evaluate(typing.constant(text), {})
    return context


def _bare(constant: str | None) -> str:
    """A FEEL constant as somebody would type it."""
    text = constant or ""
    return text[1:-1] if text.startswith('"') else text


def _answer(release: LoadedRelease, found: Decision, given: Typed, findings: Findings) -> ResponseReturnValue:
    """A part of the page when the script asks, the whole page otherwise."""
    if request.headers.get("X-Part") == "1":
        return render_template("modeler/findings.html", findings=findings, decision=found, words=words(release))
    return _page(release, found, given, findings, returned=True)


def _page(release: LoadedRelease, found: Decision, given: Typed, findings: Findings, *, returned: bool = False) -> str:
    return render_template(
        "modeler/decision_edit.html",
        release=release,
        decision=found,
        typed=given,
        findings=findings,
        returned=returned,
        words=words(release),
    )


def _users(release: LoadedRelease, decision_id: str) -> list[Any]:
    """The processes that ask the decision."""
    return [
        process
        for key, process in release.processes.items()
        if any(getattr(spec, "decision", None) == decision_id for spec in release.specs[key][0].task_specs.values())
    ]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
