"""A work item: look at it, take it, do it, sign it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock, forms
from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from engine.forms import FieldProblem
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import forms as item_forms
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.corrections import queries as corrections
from engine.runtime.corrections.models import Correction
from engine.runtime.models import Submission
from engine.runtime.returns import operations as returns
from engine.runtime.returns import queries as behind
from engine.runtime.returns.models import Return
from engine.runtime.signers import rounds
from registers.desk import queries as desk
from registers.visits import queries as visits
from web import clauses
from web.desk import drawing, uploads
from web.desk.asking import Wrong
from web.desk.facts import Facts
from web.desk.views import blueprint
from web.forms import render_values
from web.security import carry, csrf, me


def key(item_id: int) -> str:
    """Under which a draft of the item is kept."""
    return f"item:{item_id}"


carry.keeps_draft("desk.item", key)


@blueprint.route("/desk/items/<int:item_id>", methods=["GET", "POST"])
def item(item_id: int) -> ResponseReturnValue:
    """The page of an item; posting hands in its form."""
    if request.method == "GET":
        return page(item_id)
    if drawing.wants_edit():
        return page(item_id, edited=True)
    given = drawing.posted()
    if request.form.get("_do") == "save":
        runtime.save_draft(key(item_id), me(), given)
        flash("草稿已保存，只有您自己能看到。", "success")
        return redirect(url_for("desk.item", item_id=item_id))
    try:
        if request.form.get("_do") == "sign":
            outcome = countersign(item_id)
        else:
            outcome = runtime.complete(item_id, me(), posted=given, version=seen_version())
    except Invalid as error:
        return page(item_id, given=given, problems=drawing.problems(error)), 422
    except Refused as refused:
        return page(item_id, given=given, message=refused.message), 403
    except Conflict as conflict:
        if done_before(item_id, given):
            flash("这一项刚才已经提交，没有重复办理。", "info")
            return redirect(url_for("desk.inbox"))
        return page(item_id, given=given, message=conflict.message), 409
    tell(outcome)
    return redirect(url_for("desk.inbox"))


@blueprint.post("/desk/items/<int:item_id>/claim")
def claim(item_id: int) -> ResponseReturnValue:
    runtime.claim(item_id, me())
    return redirect(url_for("desk.item", item_id=item_id))


@blueprint.post("/desk/items/<int:item_id>/unclaim")
def unclaim(item_id: int) -> ResponseReturnValue:
    """Back for others; what was typed stays as this person's draft."""
    given = drawing.posted()
    if given:
        runtime.save_draft(key(item_id), me(), given)
    done = runtime.unclaim(item_id, me())
    flash(f"“{done.name}”已放回待领，填过的内容留作您的草稿。", "success")
    return redirect(url_for("desk.inbox"))


@blueprint.post("/desk/items/<int:item_id>/draft")
def item_draft(item_id: int) -> ResponseReturnValue:
    return drawing.keep_draft(key(item_id))


@blueprint.post("/desk/items/<int:item_id>/preview")
def item_preview(item_id: int) -> ResponseReturnValue:
    """The form drawn again with what was typed: conditions, sums and rows."""
    session = db.session()
    found = queries.item(session, item_id)
    veto.require(session, Question("complete", me(), instance=found.instance, item=found))
    release = releases.load(found.instance.release_id, session)
    form = release.forms[found.form]
    given, focus = drawing.pressed(form) or (drawing.posted(), "")
    return str(
        drawing.draw(
            form,
            item_forms.context(session, found.instance, form, clock.today().isoformat()),
            given=given,
            focus=focus,
            values=queries.prefill(session, found, release),
            facts=Facts(session, found.instance),
            marked=marks(behind.behind(session, found), corrections.behind(session, found)),
            preview_url=url_for("desk.item_preview", item_id=item_id),
            files=uploads.of_item(found),
        )
    )


@csrf.redraws("desk.item")
def again(message: str, item_id: int) -> str:
    """After the token ran out: the page with what was typed."""
    return page(item_id, given=drawing.posted(), message=message)


def page(
    item_id: int,
    *,
    given: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[FieldProblem] = (),
    message: str = "",
    edited: bool = False,
    follow_problem: str = "",
    follow_typed: str = "",
) -> str:
    """The form beside the facts, or why it cannot be filled in now."""
    session, actor = db.session(), me()
    found = queries.item(session, item_id)
    instance = found.instance
    veto.require(session, Question("view", actor, instance=instance, item=found))
    release = releases.load(instance.release_id, session)
    clauses.turn_to(release)
    form, element = release.forms[found.form], release.elements.get(found.element_id)
    facts = Facts(session, instance)
    mine = found.state == "open" and found.holder_id == actor.id
    if mine and found.opened_at is None and not returns.opened(found.id, actor):
        session.refresh(found)
        mine, message = found.state == "open" and found.holder_id == actor.id, "这一项刚刚被上一环节的办理人取回。"
    waiting = bool(mine and found.handed_in_at is not None)
    standing = queries.standing(session, found)
    signed = [each for each in found.signatures if each.valid]
    second = bool(mine and standing and signed and not waiting)
    amend = second and (request.args.get("amend") == "1" or request.form.get("_amend") == "1")
    seen: dict[str, Any] = {
        "item": found,
        "instance": instance,
        "case": facts.case,
        "facts": facts,
        "asked": asked(form),
        "signed": signed,
        "standing": standing,
        "standing_html": render_values(form, standing.values) if standing else "",
        "second": second,
        "amend": amend,
        "mine": mine,
        "message": message,
        "earlier": papers(found.instance_id, without=found.id),
        "waiting": waiting,
        "rounds": rounds.of_item(session, found.id),
        "modes": rounds.MODES,
        "moments": rounds.PLACES,
        "wrong": Wrong(),
        "behind": behind.behind(session, found),
        "correction": corrections.behind(session, found),
        "awaited": corrections.awaited(session, found),
        "came_back": corrections.came_back(session, found) if found.state == "open" else [],
        "may_return": bool(
            found.state == "open"
            and found.corrects_for_id is None
            and (mine or found.holder_id is None)
            and veto.ask(session, Question("return", actor, instance=instance, item=found))
        ),
        "how": element.help if element else "",
        "along": mine and element is not None and element.properties.get("offline") == "true",
        "brought": visits.last(session, found.id, actor.id or 0) if mine else None,
        "follow": desk.follow_up(session, found.id),
        "follow_problem": follow_problem,
        "follow_typed": follow_typed,
        "today": clock.today(),
        "may_copy": bool(veto.ask(session, Question("copy", actor, instance=instance))),
    }
    if waiting:
        return render_template("desk/item.html", **seen)
    if mine and seen["awaited"] is not None:
        given = given or drawing.draft(key(item_id))
    if not mine or seen["awaited"] is not None:
        if found.state == "open":
            seen["answer"] = veto.ask(session, Question("claim", actor, instance=instance, item=found))
            seen["already"] = any(each.actor_id == actor.id for each in signed)
        if given is None and found.state != "open":
            given = drawing.draft(key(item_id))  # What was typed stays readable, whatever became of the item.
        if given:
            seen["typed"] = render_values(form, forms.submit(form, given, instance.flow or {}).values)
        return render_template("desk/item.html", **seen)
    focus, draft = "", None
    if edited:
        given, focus = drawing.pressed(form) or (drawing.posted(), "")
    if given is None and not (second and not amend):
        given = draft = drawing.draft(key(item_id)) or queries.left_behind(session, found, actor.id)
    filled = standing is not None and (amend or not signed)  # Who lent it finds what came back.
    values = standing.values if filled else queries.prefill(session, found, release)
    seen["form"] = drawing.draw(
        form,
        item_forms.context(session, instance, form, clock.today().isoformat()),
        given=given,
        values=values,
        found=problems,
        marked=marks(seen["behind"], seen["correction"]),
        focus=focus,
        facts=facts,
        preview_url=url_for("desk.item_preview", item_id=item_id),
        files=uploads.of_item(found),
    )
    seen["draft"] = draft is not None
    seen["amend"] = amend or (second and given is not None)
    return render_template("desk/item.html", **seen)


def marks(returned: Return | None, correction: Correction | None = None) -> list[FieldProblem]:
    """What whoever returned it, or asked for its correction, marked, at its fields."""
    found = [(each, "退回时标出。") for each in (returned.marks if returned is not None else ())]
    found += [(each, "请补正。") for each in (correction.marks if correction is not None else ())]
    return [FieldProblem(each["field"], f"{said}{each['remark']}") for each, said in found]


def countersign(item_id: int) -> runtime.Outcome:
    """Signs the very values that the signers before signed."""
    found = queries.item(db.session(), item_id)
    standing = queries.standing(db.session(), found)
    if standing is None:
        raise Conflict("前一位的签字已经失效，请核对后重新填写。")
    return runtime.complete(item_id, me(), values=dict(standing.values), version=seen_version())


def seen_version() -> int | None:
    """The version of the item that the person saw."""
    text = request.form.get("_version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def done_before(item_id: int, given: Mapping[str, Sequence[str]]) -> bool:
    """Whether a second press of the button met what the first one did: same person, same values."""
    session = db.session()
    found = queries.item(session, item_id)
    standing = queries.standing(session, found)
    mine = any(each.actor_id == me().id and each.valid for each in found.signatures)
    if not mine or standing is None:
        return False
    if request.form.get("_do") == "sign":
        return True
    form = releases.load(found.instance.release_id, session).forms[found.form]
    kept = {name: texts for name, texts in forms.to_posted(form, standing.values).items() if any(texts)}
    plain = {name: list(texts) for name, texts in given.items() if any(texts)}
    own = {name: texts for name, texts in plain.items() if not name.startswith("_") and name != "csrf_token"}
    return own == {name: texts for name, texts in kept.items() if not name.startswith("_")}


def papers(instance_id: int, without: int | None = None) -> list[dict[str, Any]]:
    """What was handed in on this case (but for one item), the newest first, as read-only text."""
    made = queries.submissions(db.session(), instance_id)
    return [shown(each) for each in reversed(latest(made)) if each.work_item_id != without]


def latest(made: list[Submission]) -> list[Submission]:
    """The last submission of each work item; what was corrected stands there as it is now."""
    gone = {each.supersedes_id for each in made}
    made = [each for each in made if each.id not in gone]
    return list({each.work_item_id: each for each in made}.values())


def shown(made: Submission) -> dict[str, Any]:
    """A submission for reading."""
    release = releases.load(made.release_id, db.session())
    element = release.elements.get(made.element_id)
    return {
        "name": f"{element.name if element else made.element_id}{'（补正后）' if made.supersedes_id else ''}",
        "by": made.author_name,
        "at": made.acted_at,
        "html": render_values(release.forms[made.form], made.values),
    }


def asked(form: forms.Form) -> frozenset[str]:
    """The facts views that the form shows itself, so that they do not stand beside it once more."""
    return form.views


def tell(outcome: runtime.Outcome) -> None:
    """What came of it, in one line."""
    name, instance = outcome.item.name, outcome.instance
    if outcome.finished and outcome.item.corrects_for_id is not None:
        flash(f"“{name}”已送回，等待的环节可以继续办理。", "success")
    elif not outcome.finished:
        flash(f"您已在“{name}”上签字，还需要其他人签字后才办结。", "success")
    elif instance.status != "running":
        flash(f"“{name}”已办结，这件办件全部完成。", "success")
    else:
        flash(f"“{name}”已办结，现在到“{instance.stage}”。", "success")
    if outcome.incidents:
        flash("后面的自动环节没有成功，已通知管理员处理；您的办理已经保存，不用重做。", "warning")
