"""Starting an application at the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import forms
from engine.actors import cut
from engine.database import db
from engine.errors import Invalid, NotFound, Refused
from engine.forms import FieldProblem, Form
from engine.releases import queries as releases
from engine.releases.loaded import ElementInfo, LoadedRelease, ProcessInfo
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from registers.cases import operations as cases
from web import shell
from web.desk import drawing, once
from web.desk.views import blueprint
from web.security import carry, csrf, me


def key(process_id: str) -> str:
    """Under which a draft of the application is kept; the runtime forgets it when the case starts."""
    return f"start:{process_id}"


carry.keeps_draft("desk.application", key)


@blueprint.get("/desk/apply")
def apply() -> ResponseReturnValue:
    """What one can apply for."""
    window()
    release = releases.load(releases.current(db.session()).id, db.session())
    return render_template("desk/apply.html", processes=[p for p in release.processes.values() if p.start])


@blueprint.route("/desk/apply/<process_id>", methods=["GET", "POST"])
def application(process_id: str) -> ResponseReturnValue:
    """The form of an application; posting starts the case."""
    if request.method == "GET" or drawing.wants_edit():
        return page(process_id, edited=request.method == "POST")
    given = drawing.posted()
    if request.form.get("_do") == "save":
        runtime.save_draft(key(process_id), me(), given)
        flash("草稿已保存，只有您自己能看到。", "success")
        return redirect(url_for("desk.application", process_id=process_id))
    form = of(process_id)[3]
    with once.one_at_a_time(me()):
        before = once.started(form, me(), given, drawing.first_context(form))
        if before is not None:
            flash("这份申请刚才已经登记，没有重复登记。", "info")
            return redirect(url_for("desk.case", instance_id=before))
        try:
            instance = cases.apply(process_id, me(), township=window(), posted=given)
        except Invalid as error:
            return page(process_id, given=given, problems=everything(form, given, error)), 422
    flash("申请已登记。请按下面的提示继续办理。", "success")
    return redirect(url_for("desk.case", instance_id=instance.id))


@blueprint.post("/desk/apply/<process_id>/draft")
def application_draft(process_id: str) -> ResponseReturnValue:
    return drawing.keep_draft(key(process_id))


@blueprint.post("/desk/apply/<process_id>/preview")
def application_preview(process_id: str) -> ResponseReturnValue:
    form = of(process_id)[3]
    given, focus = drawing.pressed(form) or (drawing.posted(), "")
    url = url_for("desk.application_preview", process_id=process_id)
    return str(drawing.draw(form, drawing.first_context(form), given=given, focus=focus, preview_url=url))


@csrf.redraws("desk.application")
def again(message: str, process_id: str) -> str:
    return page(process_id, given=drawing.posted(), message=message)


def page(
    process_id: str,
    *,
    given: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[FieldProblem] = (),
    message: str = "",
    edited: bool = False,
) -> str:
    _, process, element, form = of(process_id)
    focus, draft = "", None
    if edited:
        given, focus = drawing.pressed(form) or (drawing.posted(), "")
    if given is None:
        given = draft = drawing.draft(key(process_id))
    inside = drawing.draw(
        form,
        drawing.first_context(form),
        given=given,
        found=problems,
        focus=focus,
        preview_url=url_for("desk.application_preview", process_id=process_id),
    )
    return render_template(
        "desk/application.html",
        process=process,
        element=element,
        form=inside,
        message=message,
        draft=draft is not None,
    )


def of(process_id: str) -> tuple[LoadedRelease, ProcessInfo, ElementInfo, Form]:
    """The process that people may start here and its first form; Refused for whom the window is not."""
    window()
    release = releases.load(releases.current(db.session()).id, db.session())
    process = release.processes.get(process_id)
    if process is None or not process.start:
        raise NotFound("没有这种申请，请从“登记申请”重新选择。")
    element = release.first_task(process_id)
    return release, process, element, release.forms[element.properties["form"]]


def window() -> str:
    """The area at whose window the person sits."""
    counters = shell.townships(me())
    if not counters:
        raise Refused("只有窗口受理员可以登记申请。")
    veto.require(db.session(), Question("start", me(), facts={"area": counters[0]}))
    return cut(counters[0], "township")


def everything(form: Form, given: Mapping[str, Sequence[str]], error: Invalid) -> list[FieldProblem]:
    """All problems at once: the form's, and what the register said before it looked at the form."""
    found = forms.submit(form, given, drawing.first_context(form)).problems
    named = {each.field for each in found}
    return [*found, *(each for each in drawing.problems(error) if each.field not in named)]
