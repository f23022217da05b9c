"""Files of forms: chosen in a field, taken at once, named by the field from then on. Without a script the button beside
the field sends the whole form, which comes back with the file listed and everything else as it was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from engine import forms
from engine.actors import Actor
from engine.database import db
from engine.errors import DoudiError, Invalid
from engine.forms import FieldProblem, Form
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import Instance, WorkItem
from registers.files import limits, operations
from registers.files import queries as files
from registers.files.models import Attachment
from registers.files.words import KINDS, SHOWS_NUMBERS, doubt, size, taken
from web.desk import drawing
from web.desk.views import blueprint
from web.forms import Files, Shown
from web.forms.page import Page
from web.security import carry, csrf, me, uploads

#: What a script hears, by kind of refusal; the others are 422.
STATUS = {"Refused": 403, "NotFound": 404, "Conflict": 409}
NOTHING = "请先选择文件，再按“上传”。"
Keep = Callable[[FileStorage, str], Attachment]
for _endpoint in ("desk.item_file", "desk.application_file", "desk.linked_file"):
    uploads.takes(_endpoint)
carry.keeps_draft("desk.item_file", lambda item_id: f"item:{item_id}")
carry.keeps_draft("desk.application_file", runtime.start_key)
carry.keeps_draft("desk.linked_file", lambda instance_id, process_id: runtime.start_key(process_id, instance_id))


def of_item(item: WorkItem, endpoint: str = "desk.item_file") -> Files:
    """The file fields of a task's form; `endpoint` takes a file and gives the page back on which they are drawn."""
    return _files(url_for(endpoint, item_id=item.id), item.instance)


def of_start(url: str) -> Files:
    """Those of a form that begins a case."""
    return _files(url, None)


def _files(url: str, instance: Instance | None) -> Files:
    def look(references: Sequence[str]) -> list[Shown]:
        return [shown(each) for each in files.usable(db.session(), me(), instance, references)]

    return Files(url, look, limits.current().size)


def shown(given: Attachment) -> Shown:
    """A file as a form lists it. One on which whole numbers can be read shows no picture of itself."""
    sub = " · ".join(filter(None, (KINDS.get(given.kind, given.kind), size(given.size), taken(given))))
    open_ = given.kind not in SHOWS_NUMBERS
    return Shown(
        str(given.id),
        given.name,
        sub,
        url=url_for("desk.file" if given.is_image else "desk.file_download", file_id=given.id) if open_ else "",
        thumb=url_for("desk.file", file_id=given.id, small=1) if open_ and given.thumb else "",
        doubt=doubt(given),
    )


@blueprint.route("/desk/items/<int:item_id>/files", methods=["GET", "POST"])
def item_file(item_id: int) -> ResponseReturnValue:
    """A file for a field of a task's form."""
    from web.desk import items

    if request.method == "GET":
        return redirect(url_for("desk.item", item_id=item_id))
    found = queries.item(db.session(), item_id)
    veto.require(db.session(), Question("complete", me(), instance=found.instance, item=found))
    form = releases.load(found.instance.release_id, db.session()).forms[found.form]
    return take(form, kept_at(found), lambda given, problems: items.page(item_id, given=given, problems=problems))


@blueprint.route("/desk/apply/<process_id>/files", methods=["GET", "POST"])
def application_file(process_id: str) -> ResponseReturnValue:
    """A file for a field of an application that is still being filled in."""
    from web.desk import starting

    start = starting.at_the_window(process_id)
    if request.method == "GET":
        return redirect(start.url())
    return take(
        start.form,
        staging(me(), start.key),
        lambda given, problems: starting.page("desk/application.html", start, given=given, problems=problems),
    )


@blueprint.route("/cases/<int:instance_id>/start/<process_id>/files", methods=["GET", "POST"])
def linked_file(instance_id: int, process_id: str) -> ResponseReturnValue:
    """The same for what is started at a case."""
    from web.desk import linked, starting

    start = starting.at_a_case(process_id, instance_id)
    if request.method == "GET":
        return redirect(start.url())
    return take(
        start.form,
        staging(me(), start.key),
        lambda given, problems: linked.page(start, given=given, problems=problems),
    )


def kept_at(item: WorkItem) -> Keep:
    """Keeps a file for a field of an item's form."""
    actor, instance_id, item_id = me(), item.instance_id, item.id

    def keep(given: FileStorage, field: str) -> Attachment:
        name, stream = given.filename or "", given.stream
        return operations.attach(instance_id, actor, name=name, stream=stream, item_id=item_id, field=field)

    return keep


def staging(actor: Actor, key: str) -> Keep:
    """Keeps a file for a draft."""
    return lambda given, field: operations.stage(
        actor, key, name=given.filename or "", stream=given.stream, field=field
    )


def take(form: Form, keep: Keep, redraw: Callable[[Any, Any], str]) -> ResponseReturnValue:
    """Keeps what was sent for a field. A script gets the new rows of the list or one line of what is wrong; a browser
    without one gets the form back, with what was wrong at the field."""
    field = request.form.get("_upload", "")
    by_script = request.headers.get("X-Requested-With") == "fetch"
    one = field_of(form, field)
    if one is None:
        raise Invalid("表单中没有这个附件栏，请刷新页面后重新上传。")
    sent = [each for each in request.files.getlist(f"_file.{field}") if each.filename]
    kept, problems, status = [], [], 200
    for each in sent:
        try:
            kept.append(keep(each, field))
        except DoudiError as error:
            status = max(status, STATUS.get(type(error).__name__, 422))
            name = f"{each.filename}：" if len(sent) > 1 else ""
            problems.append(FieldProblem(field, f"{name}{told(error)}"))
    if not sent:
        problems, status = [FieldProblem(field, NOTHING)], 422
    if by_script:
        if problems:
            return "；".join(each.message for each in problems), status, {"Content-Type": "text/plain; charset=utf-8"}
        return "".join(row(field, each) for each in kept)
    given = drawing.posted()
    own = [*(given.get(field, []) if one.multiple else []), *(str(each.id) for each in kept)]
    if own:
        given[field] = list(dict.fromkeys(own if one.multiple else own[-1:]))
    return redraw(given, problems), status


def row(field: str, given: Attachment) -> str:
    """A new row of a field's list; its button is drawn as plain HTML, which the script knows."""
    page = Page(Form("", "", ()), [], (), (), None, "", "", "form-body")
    return render_template("forms/file.html", page=page, name=field, each=shown(given))


def field_of(form: Form, name: str) -> forms.Field | None:
    """The file field that a posted name stands for, in whatever row."""
    key = re.sub(r"\[\d+\]", "", name).rsplit(".", 1)[-1]
    return next((each for each in form.walk() if each.type == "filepicker" and each.key == key), None)


def told(error: DoudiError) -> str:
    """What is wrong, in the words of the problem itself."""
    problems = error.data.get("problems") or []
    return str(problems[0]["message"]) if problems else error.message  # type: ignore[index]


@csrf.redraws("desk.item_file")
def item_again(message: str, item_id: int) -> str:
    from web.desk import items

    return items.page(item_id, given=drawing.posted(), message=message)
