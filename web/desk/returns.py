"""Sending a case back to an earlier step, taking one's own act back, taking a finished case up again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import queries as runtime
from engine.runtime.corrections import offers
from engine.runtime.corrections import operations as corrections
from engine.runtime.corrections import queries as asked
from engine.runtime.models import Instance, WorkItem
from engine.runtime.returns import operations, queries
from registers.cases import starts
from registers.cases.models import Case
from web.desk.asking import Wrong, typed_in
from web.desk.views import blueprint
from web.security import me

MARK = "mark_"
#: In `how`: the case goes back there, or only the form is corrected and the flow stays where it is.
BACK, CORRECT = "back", "correct"


@blueprint.get("/desk/items/<int:item_id>/return")
def return_item(item_id: int) -> str:
    """First where to, then why and what is wrong there."""
    return _page(runtime.item(db.session(), item_id))


@blueprint.post("/desk/items/<int:item_id>/return")
def send_back(item_id: int) -> ResponseReturnValue:
    """Sends it back, or (`how`) has the form corrected; what is wrong comes back at its field with everything that was
    typed."""
    typed, to = typed_in(), request.form.get("to", "")
    ticked = request.form.getlist("marks")
    marks = {key: typed.get(MARK + key, "") for key in ticked}
    try:
        if not to.isdecimal():
            raise Invalid.at("to", "请选择要退回到的环节。")
        reason, key = typed.get("reason", ""), int(to[:12])
        if typed.get("how") == CORRECT:
            sought = corrections.ask(item_id, me(), of_item_id=key, reason=reason, marks=marks)
        else:
            made = operations.send_back(item_id, me(), to_item_id=key, reason=reason, marks=marks)
    except (Invalid, Conflict, Refused) as error:
        typed |= {f"ticked_{key}": "yes" for key in ticked}
        return _page(runtime.item(db.session(), item_id), Wrong.of("return", error, typed)), 422
    if typed.get("how") == CORRECT:
        flash(f"已请人补正“{sought.of_name}”，改好直接送回您这里；等待期间这一项留在您手中。", "success")
        return redirect(url_for("desk.item", item_id=item_id), 303)
    flash(f"已退回到“{made.to_name}”，原办理人会收到通知，表单已按原内容填好。", "success")
    return redirect(url_for("desk.inbox"), 303)


@blueprint.post("/desk/corrections/<int:correction_id>/cancel")
def cancel_correction(correction_id: int) -> ResponseReturnValue:
    """Waits for it no longer."""
    try:
        made = corrections.cancel(correction_id, me())
    except Conflict as error:
        flash(error.message, "warning")
        return redirect(url_for("desk.inbox"), 303)
    flash(f"“{made.of_name}”的补正已撤回，可以继续办理。", "success")
    return redirect(url_for("desk.item", item_id=made.for_item_id), 303)


@blueprint.post("/desk/items/<int:item_id>/take-back")
def take_back(item_id: int) -> ResponseReturnValue:
    """One's last act, while nobody has opened what follows."""
    try:
        made = operations.take_back(item_id, me())
    except (Conflict, Refused) as error:
        flash(error.message, "warning")
        return redirect(url_for("desk.item", item_id=item_id), 303)
    flash(f"已取回“{made.to_name}”，请改正后重新提交。", "success")
    return redirect(url_for("desk.item", item_id=made.new_item_id), 303)


@blueprint.post("/desk/items/<int:item_id>/withdraw-signature")
def withdraw_signature(item_id: int) -> ResponseReturnValue:
    """Takes one's signature off while others still have to sign."""
    operations.withdraw_signature(item_id, me())
    flash("已撤回签字，内容没有改动。", "success")
    return redirect(url_for("desk.item", item_id=item_id), 303)


@blueprint.get("/cases/<int:instance_id>/returns")
def case_returns(instance_id: int) -> str:
    """What was returned and why, as one list that prints."""
    session = db.session()
    instance = runtime.instance(session, instance_id)
    veto.require(session, Question("view", me(), instance=instance))
    return _list(instance)


@blueprint.post("/cases/<int:instance_id>/reopen")
def reopen(instance_id: int) -> ResponseReturnValue:
    """Takes a finished case up again."""
    typed = typed_in()
    try:
        if typed.get("sure") != "yes":
            raise Invalid.at("sure", "请核对后勾选。")
        made = operations.reopen(instance_id, me(), reason=typed.get("reason", ""))
    except (Invalid, Conflict, Refused) as error:
        instance = runtime.instance(db.session(), instance_id)
        veto.require(db.session(), Question("view", me(), instance=instance))
        return _list(instance, Wrong.of("reopen", error, typed)), 422
    flash(f"已重新办理，回到“{made.to_name}”。", "success")
    return redirect(url_for("desk.case", instance_id=instance_id), 303)


def _list(instance: Instance, wrong: Wrong | None = None) -> str:
    session = db.session()
    over = instance.status == "completed"
    may = veto.ask(session, Question("reopen", me(), instance=instance)) if over else None
    # What was served or paid is not undone: what follows then is a case of its own, linked to this one.
    offers = starts.linked(session, me(), instance) if over else []
    return render_template(
        "cases/returns.html",
        instance=instance,
        case=session.get(Case, instance.id),
        made=sorted(
            (*queries.of_case(session, instance.id), *asked.of_case(session, instance.id)), key=lambda each: each.at
        ),
        may=may,
        offers=[each for each in offers if not each.refusal],
        wrong=wrong or Wrong(),
    )


def _page(item: WorkItem, wrong: Wrong | None = None) -> str:
    session = db.session()
    veto.require(session, Question("return", me(), instance=item.instance, item=item))
    ways = queries.ways(session, item) if item.state == "open" else []
    to = (wrong.typed if wrong else request.args).get("to", "")
    mine = item.holder_id == me().id
    chosen = next((each for each in ways if str(each.item.id) == to and (mine or not each.why_not)), None)
    offer = offers.of(session, item, chosen.item, me()) if chosen else None
    release = releases.load(item.instance.release_id, session)
    return render_template(
        "desk/return.html",
        item=item,
        case=session.get(Case, item.instance_id),
        ways=ways,
        chosen=chosen,
        offer=offer,
        mine=mine,
        how=_how((wrong.typed if wrong else request.args).get("how", ""), chosen, offer),
        fields=release.forms[chosen.item.form].questions if chosen else {},
        wrong=wrong or Wrong(),
    )


def _how(wanted: str, chosen: queries.Way | None, offer: offers.Offer | None) -> str:
    """Which of the two ways is ticked first: what was wanted, else what can be; empty when neither can."""
    if chosen is None or offer is None:
        return ""
    back, correct = not chosen.why_not, not offer.why_not
    if correct and (wanted == CORRECT or not back):
        return CORRECT
    return BACK if back else ""
