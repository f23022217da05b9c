"""Entering what was done on paper, and confirming what somebody else entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.forms import FieldProblem
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import forms as item_forms
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.backentry import operations, times
from engine.runtime.backentry import queries as entries
from engine.runtime.backentry.models import BackEntry
from engine.runtime.models import Instance, WorkItem
from registers.backentry import queries as lists
from registers.cases.models import Case
from registers.files import operations as filing
from registers.files import queries as files
from web import clauses
from web.desk import drawing, items
from web.desk import uploads as drawn
from web.desk.facts import Facts
from web.desk.views import blueprint
from web.forms import render_values
from web.security import carry, csrf, me, uploads

for _endpoint in ("desk.back_entry", "desk.back_entry_file"):
    carry.keeps_draft(_endpoint, operations.draft_key)
    uploads.takes(_endpoint)
#: The scan that was taken already, when the page comes back; and the field that takes one.
SCANNED, SCAN = "_back.attachment", "_back.scan"
#: What the page itself asks beside the form, each under a name that no form can have.
OWN = ("_back.on", "_back.time", "_back.reason", "_back.number", "_back.place", SCANNED)
STATES = {"asked": "等待确认", "confirmed": "已生效", "refused": "没有确认", "taken_back": "已撤回"}
LIGHTS = {"asked": "yellow", "confirmed": "done", "refused": "idle", "taken_back": "idle"}


@blueprint.app_template_global("back_entries_of")
def back_entries_of(instance_id: int) -> list[BackEntry]:
    """For the pages of a case and of its items; whoever sees those has been asked for already."""
    return entries.of_case(db.session(), instance_id)


@blueprint.app_template_global("back_states")
def back_states() -> tuple[dict[str, str], dict[str, str]]:
    return STATES, LIGHTS


@blueprint.route("/desk/items/<int:item_id>/back", methods=["GET", "POST"])
def back_entry(item_id: int) -> ResponseReturnValue:
    """The item's form with when it was done, why not here, and where the paper is; posting enters it."""
    if request.method == "GET":
        return page(item_id)
    if drawing.wants_edit():
        return page(item_id, edited=True)
    given = dict(drawing.posted())
    if request.form.get("_do") == "save":
        runtime.save_draft(operations.draft_key(item_id), me(), given)
        flash("草稿已保存，只有您自己能看到。", "success")
        return redirect(url_for("desk.back_entry", item_id=item_id))
    try:
        enter(item_id, given)
    except Invalid as error:
        return page(item_id, given=given, problems=drawing.problems(error)), 422
    except (Refused, Conflict) as error:
        return page(item_id, given=given, message=error.message), 409 if isinstance(error, Conflict) else 403
    flash("补录已提交。另一人核对纸质材料并确认以后生效，确认之前办件停在这一步。", "success")
    return redirect(url_for("desk.item", item_id=item_id), 303)


def enter(item_id: int, given: dict[str, list[str]]) -> BackEntry:
    """Judges what the page itself asks, all of it at once, then enters. `given` names the scan from then on, so that
    the page that comes back has it."""
    own = {name: next(iter(given.get(name, [])), "") for name in OWN}
    problems: list[dict[str, str]] = []
    acted_at, proof = None, {}
    scan = scanned(item_id, own, problems)
    given[SCANNED] = [own[SCANNED]]
    try:
        acted_at = instant(own["_back.on"], own["_back.time"])
    except Invalid as error:
        problems += error.data["problems"]  # type: ignore[arg-type]
    try:
        proof = operations.evidence(own["_back.number"], own["_back.place"], scan)
    except Invalid as error:
        wrong = {each["field"] for each in problems}
        problems += [each for each in error.data["problems"] if each["field"] not in wrong]  # type: ignore[attr-defined]
    if not own["_back.reason"].strip():
        problems.append({"field": "_back.reason", "message": "请写明为什么当时没有在系统里办理。"})
    if problems or acted_at is None:
        raise Invalid(problems=problems)
    return operations.enter(
        item_id,
        me(),
        acted_at=acted_at,
        reason=own["_back.reason"],
        proof=proof,
        posted={name: texts for name, texts in given.items() if not name.startswith("_back.")},
        version=items.seen_version(),
    )


def scanned(item_id: int, own: dict[str, str], problems: list[dict[str, str]]) -> int | None:
    """The scan of the paper: the one that came now, else the one that came before and still is this case's. It is kept
    whatever else is wrong with the form; `own` is told, so that the page names it when it comes back."""
    item = queries.item(db.session(), item_id)
    veto.require(db.session(), Question("back_enter", me(), instance=item.instance, item=item))
    given = request.files.get(SCAN)
    if given is not None and given.filename:
        try:
            row = filing.attach(
                item.instance_id,
                me(),
                name=given.filename,
                stream=given.stream,
                kind="record",
                item_id=item_id,
                field=SCAN,
            )
        except Invalid as error:
            problems += [{**each, "field": SCAN} for each in error.data["problems"]]  # type: ignore[union-attr]
        else:
            own[SCANNED] = str(row.id)
    kept = files.usable(db.session(), me(), item.instance, [own[SCANNED]])
    own[SCANNED] = str(kept[0].id) if kept else ""
    return kept[0].id if kept else None


def instant(day: str, time: str) -> datetime:
    """The day and the minute as they were typed. Invalid at the one that is none."""
    try:
        on = datetime.strptime(day.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        raise Invalid.at("_back.on", "请填写办理的日期，例如 2026-03-04。") from None
    try:
        at = datetime.strptime(time.strip(), "%H:%M")  # noqa: DTZ007 -- nor has a time of day
    except ValueError:
        raise Invalid.at("_back.time", "请填写办理的时间，例如 09:30。") from None
    return clock.instant(on, at.hour, at.minute)


@blueprint.post("/desk/items/<int:item_id>/back/draft")
def back_draft(item_id: int) -> ResponseReturnValue:
    return drawing.keep_draft(operations.draft_key(item_id))


@blueprint.route("/desk/items/<int:item_id>/back/files", methods=["GET", "POST"])
def back_entry_file(item_id: int) -> ResponseReturnValue:
    """A file for a field of the form. A browser without a script gets this page back with all that was typed; a scan of
    the paper that was chosen beside it is kept with it, since no browser sends it again."""
    if request.method == "GET":
        return redirect(url_for("desk.back_entry", item_id=item_id))
    item = queries.item(db.session(), item_id)
    veto.require(db.session(), Question("complete", me(), instance=item.instance, item=item))
    veto.require(db.session(), Question("back_enter", me(), instance=item.instance, item=item))
    form = releases.load(item.instance.release_id, db.session()).forms[item.form]

    def redraw(given: dict[str, list[str]], problems: list[FieldProblem]) -> str:
        own, wrong = {name: next(iter(given.get(name, [])), "") for name in OWN}, []
        scanned(item_id, own, wrong)
        given[SCANNED] = [own[SCANNED]]
        told = [FieldProblem(each["field"], each["message"]) for each in wrong]
        return page(item_id, given=given, problems=[*problems, *told])

    return drawn.take(form, drawn.kept_at(item), redraw)


@csrf.redraws("desk.back_entry_file")
@csrf.redraws("desk.back_entry")
def back_again(message: str, item_id: int) -> str:
    return page(item_id, given=drawing.posted(), message=message)


def page(
    item_id: int,
    *,
    given: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[FieldProblem] = (),
    message: str = "",
    edited: bool = False,
) -> str:
    """The page of the entry; who may not enter one reads why on the item's page."""
    session, actor = db.session(), me()
    item = queries.item(session, item_id)
    veto.require(session, Question("view", actor, instance=item.instance, item=item))
    veto.require(session, Question("complete", actor, instance=item.instance, item=item))
    veto.require(session, Question("back_enter", actor, instance=item.instance, item=item))
    if item.state != "open":
        raise NotFound(f"“{item.name}”已经办结，不能补录。请返回办件查看。")
    release = releases.load(item.instance.release_id, session)
    clauses.turn_to(release)
    form, focus = release.forms[item.form], ""
    if edited:
        given, focus = drawing.pressed(form) or (drawing.posted(), "")
    draft = drawing.draft(operations.draft_key(item_id)) if given is None else None
    typed = given if given is not None else draft
    own = {name: next(iter((typed or {}).get(name, [])), "") for name in OWN}
    wrong = {each.field: each.message for each in problems if each.field in (*OWN, SCAN)}
    taken = files.usable(session, actor, item.instance, [own[SCANNED]])
    limit = parameters.on(session, clock.today()).get(times.LIMIT)
    return render_template(
        "desk/back_entry.html",
        item=item,
        case=session.get(Case, item.instance_id),
        own=own,
        wrong=wrong,
        limit=limit,
        first=item.arose_at,
        draft=draft is not None,
        message=message or ("请先改正上面标出的内容。" if wrong and len(wrong) == len(problems) else ""),
        waits=entries.waiting(session, item_id),
        form=drawing.draw(
            form,
            item_forms.context(session, item.instance, form, own["_back.on"] or clock.today().isoformat()),
            given=typed,
            values=queries.prefill(session, item, release),
            found=[each for each in problems if each.field not in wrong],
            focus=focus,
            facts=Facts(session, item.instance),
            preview_url=url_for("desk.item_preview", item_id=item_id),
            files=drawn.of_item(item, "desk.back_entry_file"),
        ),
        scan=drawn.shown(taken[0]) if taken else None,
    )


@blueprint.get("/desk/back-entries")
def back_entries() -> str:
    """What this person may confirm, and what they entered and nobody settled."""
    session, actor = db.session(), me()
    return render_template(
        "desk/back_entries.html", waiting=lists.to_confirm(session, actor), own=lists.own(session, actor)
    )


@blueprint.route("/desk/back-entries/<int:entry_id>", methods=["GET", "POST"])
def back_entry_one(entry_id: int) -> ResponseReturnValue:
    """One entry: what was done, when, on what paper; another person confirms it or says why not."""
    if request.method == "GET":
        return one(entry_id)
    remark, do = request.form.get("remark", ""), request.form.get("_do", "")
    try:
        if do == "take_back":
            operations.take_back(entry_id, me())
            flash("已撤回补录。", "success")
        elif do == "refuse":
            operations.refuse(entry_id, me(), remark)
            flash("已答复不予确认，录入人会收到通知。", "success")
        else:
            if request.form.get("sure") != "yes":
                raise Invalid.at("sure", "确认以后立即生效，不能撤回。请核对纸质材料后勾选。")
            done = operations.confirm(entry_id, me(), remark)
            flash("补录已生效。" if done.finished else "已签字，还需要其他人核对签字。", "success")
            if done.incidents:
                flash("后面的自动环节没有成功，已通知管理员处理；补录已经保存。", "warning")
    except Invalid as error:
        return one(entry_id, problems={each.field: each.message for each in drawing.problems(error)}), 422
    except (Refused, Conflict) as error:
        return one(entry_id, message=error.message), 409 if isinstance(error, Conflict) else 403
    return redirect(url_for("desk.back_entry_one", entry_id=entry_id), 303)


@csrf.redraws("desk.back_entry_one")
def one_again(message: str, entry_id: int) -> str:
    return one(entry_id, message=message)


def one(entry_id: int, *, problems: dict[str, str] | None = None, message: str = "") -> str:
    session, actor = db.session(), me()
    entry = session.get(BackEntry, entry_id)
    if entry is None:
        raise NotFound("没有找到这件补录，请刷新后查看。")
    instance, item = session.get_one(Instance, entry.instance_id), session.get_one(WorkItem, entry.work_item_id)
    veto.require(session, Question("view", actor, instance=instance, item=item))
    facts = {"entered_by_id": entry.entered_by_id, "confirmed": [each["id"] for each in entry.confirmed_by]}
    question: dict[str, Any] = {"instance": instance, "item": item, "facts": facts}
    open_ = entry.state == "asked" and item.state == "open"
    release = releases.load(instance.release_id, session)
    return render_template(
        "desk/back_entry_one.html",
        entry=entry,
        item=item,
        instance=instance,
        case=session.get(Case, instance.id),
        html=render_values(release.forms[item.form], entry.values),
        answer=veto.ask(session, Question("confirm_back_entry", actor, **question)) if open_ else None,
        own=open_ and entry.entered_by_id == actor.id,
        void=entry.state == "asked" and item.state != "open",
        problems=problems or {},
        message=message,
        typed=request.form if request.method == "POST" else {},
    )
