"""Releases: which one was current when, who made it so and why, who still stands on it; proposals; back to an earlier
one; a release as a zip."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.deployments import operations, queries
from engine.deployments.doubts import TICKS, doubts
from engine.deployments.models import ReleaseProposal
from engine.errors import Conflict, Invalid, Refused, ReleaseRefused
from engine.releases import archive, diff
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from web.modeler.drafts import instant
from web.modeler.views import blueprint
from web.security import me


@blueprint.get("/models/releases", endpoint="releases")
def history() -> str:
    """The history, the latest first, with who still stands on what."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    rows, now = queries.activations(session), clock.now()
    found = queries.proposals(session)
    return render_template(
        "modeler/releases.html",
        planned=[each for each in reversed(rows) if each.valid_from > now and each.cancelled_at is None],
        rows=[each for each in rows if each.valid_from <= now or each.cancelled_at is not None],
        current=queries.current_id(session, now),
        now=now,
        beginning=releases.BEGINNING,
        standing=queries.open_cases(session),
        waiting=[each for each in found if each.status == "open"],
        decided=[each for each in found if each.status != "open"],
        states=queries.STATES,
        may_propose=_may("propose_release"),
        may_cancel=_may("cancel_release"),
        problems={},
    )


@blueprint.get("/models/releases/<release_id>/export.zip")
def export_release(release_id: str) -> Response:
    """The files of a release, byte for byte."""
    session = db.session()
    veto.require(session, Question("see_models", me()))
    release = releases.named(session, release_id)
    data = archive.pack(releases.contents(release.id, session), f"{release.id}\n{release.note}")
    answer = Response(data, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="doudi-release-{release.id[:12]}.zip"'
    return answer


@blueprint.route("/models/releases/<release_id>/again", methods=["GET", "POST"])
def again(release_id: str) -> ResponseReturnValue:
    """Proposes that an earlier release becomes current again, after a look at what that changes."""
    session = db.session()
    veto.require(session, Question("propose_release", me()))
    release = releases.named(session, release_id)
    if request.method == "GET":
        return _again(release, {"key": secrets.token_hex(16)})
    form = request.form
    try:
        made = operations.propose_again(
            me(),
            release.id,
            reason=form.get("note", ""),
            key=form.get("key") or secrets.token_hex(16),
            valid_from=instant(form.get("day", ""), form.get("time", "")),
            accepted=form.getlist("accepted"),
        )
    except ReleaseRefused as refused:
        message = "这个版本按现在的规则检查不能通过，不能改回。请在草稿中改正。"
        return _again(release, form, message=message, reports=refused.data["reports"]), 422  # type: ignore[attr-defined]
    except Invalid as error:
        return _again(release, form, problems=error.by_field), 422
    except Conflict as error:
        return _again(release, form, message=error.message), 409
    flash("已提请改回，等待另一人确认。确认之前一切照旧。", "success")
    return redirect(url_for("modeler.proposal", proposal_id=made.id), 303)


@blueprint.post("/models/releases/planned/<int:activation_id>/cancel")
def cancel_planned(activation_id: int) -> ResponseReturnValue:
    """Calls off what was to begin later."""
    try:
        planned = operations.cancel(activation_id, me(), request.form.get("reason", ""))
        flash(f"已取消版本 {planned.release_id[:12]} 的启用，现在的版本继续使用。", "success")
    except (Invalid, Conflict) as error:
        flash(next(iter(error.by_field.values())) if isinstance(error, Invalid) else error.message, "error")
    return redirect(url_for("modeler.releases"), 303)


@blueprint.get("/models/proposals/<int:proposal_id>")
def proposal(proposal_id: int) -> str:
    """A proposal as whoever decides must see it."""
    return _proposal(_one(proposal_id))


@blueprint.post("/models/proposals/<int:proposal_id>/<any(confirm, refuse, withdraw):verb>")
def decide(proposal_id: int, verb: str) -> ResponseReturnValue:
    """Confirms it, sends it back or takes it back."""
    _one(proposal_id)
    remark = request.form.get("remark", "")
    try:
        if verb == "confirm":
            if request.form.get("checked") != "yes":
                raise Invalid.at("checked", "请先看过改了什么，再勾选确认。")
            made = operations.confirm(proposal_id, me())
            planned = made.valid_from is not None and made.valid_from > clock.now()
            when = f"将自 {made.valid_from:%Y-%m-%d %H:%M} 起启用" if planned else "已启用"
            flash(f"已确认，版本 {made.release_id[:12]} {when}。正在办的办件继续用原来的版本。", "success")
        elif verb == "refuse":
            operations.refuse(proposal_id, me(), remark)
            flash("已退回，提请人会收到消息。", "success")
        else:
            operations.withdraw(proposal_id, me(), remark)
            flash("已撤回，可以继续编辑草稿。", "success")
    except Invalid as error:
        return _proposal(_one(proposal_id), problems=error.by_field, remark=remark), 422
    except ReleaseRefused as refused:
        message = "提请之后情况有变，检查没有通过，没有启用。请退回修改。"
        return _proposal(_one(proposal_id), problems={"": message}, reports=refused.data["reports"]), 422  # type: ignore[attr-defined]
    except (Conflict, Refused) as error:
        db.session.rollback()
        status = 409 if isinstance(error, Conflict) else 403
        return _proposal(_one(proposal_id), problems={"": error.message}, remark=remark), status
    return redirect(url_for("modeler.proposal", proposal_id=proposal_id), 303)


def _one(proposal_id: int) -> ReleaseProposal:
    session = db.session()
    veto.require(session, Question("see_models", me()))
    return queries.proposal(session, proposal_id)


def _may(verb: str, **facts: Any) -> bool:
    return bool(veto.ask(db.session(), Question(verb, me(), facts=facts)))


def _again(release: Any, given: Mapping[str, Any], **more: Any) -> str:
    session, now = db.session(), clock.now()
    current = releases.current(session)
    files = releases.contents(release.id, session)
    return render_template(
        "modeler/again.html",
        release=release,
        current=current,
        changes=diff.compare(releases.contents(current.id, session), files),
        kinds={**diff.KINDS, "layout": "排版"},
        doubts=doubts(session, files, release.id, now),
        ticks=TICKS,
        accepted=request.form.getlist("accepted"),
        given=given,
        problems=more.get("problems", {}),
        message=more.get("message", ""),
        reports=[each for each in more.get("reports", []) if not each.ok],
    )


def _proposal(made: ReleaseProposal, **more: Any) -> str:
    session = db.session()
    files = releases.contents(made.release_id, session)
    base = releases.contents(made.base_id, session) if made.base_id is not None else {}
    facts = {"proposed_by_id": made.proposed_by_id}
    answer = veto.ask(session, Question("confirm_release", me(), facts=facts))
    starts = made.valid_from or clock.now()
    return render_template(
        "modeler/proposal.html",
        made=made,
        states=queries.STATES,
        changes=diff.compare(base, files),
        kinds={**diff.KINDS, "layout": "排版"},
        doubts=doubts(session, files, made.release_id, starts) if made.status == "open" else [],
        ticks=TICKS,
        may_confirm=bool(answer),
        barred="" if answer or not _may("confirm_release") else answer.reason,
        may_withdraw=_may("withdraw_release", **facts),
        late=made.valid_from is not None and made.valid_from <= clock.now(),
        problems=more.get("problems", {}),
        remark=more.get("remark", ""),
        reports=[each for each in more.get("reports", []) if not each.ok],
    )
