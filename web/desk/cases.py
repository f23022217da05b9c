"""The page of a case: everything about it that this person may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Invalid, NotFound
from engine.releases import queries as releases
from engine.releases.loaded import ElementInfo
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.cases import ball
from registers.cases.page import CasePage, case_page
from registers.filings import operations as filings
from registers.moves import carrying, kinds
from registers.moves import queries as moved
from web import clauses
from web.desk.case_tabs import FIRST, TABS, Seen
from web.desk.views import blueprint
from web.security import me

#: How a case ended before its time.
ENDED = {
    "withdrawn": "已撤回",
    "deceased": "成员死亡，已终止",
    "terminated": "已终止审核确认",
    "changed": "已改办其他救助",
    "parent_ended": "随所属办件终止",
}


@blueprint.get("/cases/<int:instance_id>")
def case(instance_id: int) -> str:
    """Everything about one case that this person may see, a part at a time."""
    asked = request.args.get("tab", "")
    if "process" in request.args and not asked:
        asked = "diagram"  # An older address of a drawing.
    return page(instance_id, asked)


def page(instance_id: int, tab: str, **more: Any) -> str:
    """A tab of a case; `more` is what a refused form on it brings back."""
    session, actor = db.session(), me()
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    veto.require(session, Question("view", actor, instance=instance))
    found = case_page(session, instance_id)
    release = releases.load(instance.release_id, session)
    clauses.turn_to(release)
    seen = Seen(session, actor, found, release)
    here = TABS.get(tab) or TABS[FIRST]
    asked = [each for each in moved.of_case(session, instance_id) if each.state == "asked"]
    shared = {
        "tabs": TABS.values(),
        "here_tab": here,
        "page": found,
        "instance": instance,
        "case": found.case,
        "status": status(found, release.processes[instance.process_id].elements),
        "now_with": ball.of_case(session, instance_id, seen.staff),
        "next_due": next_due(found),
        "rests": moved.suspension_of(session, instance_id),
        "asked": [(each, kinds.all_()[each.kind].title) for each in asked],
        "first_accepted": carrying.first_accepted(session, instance_id),
        "open_incidents": seen.incidents,
        "may_copy": bool(veto.ask(session, Question("copy", actor, instance=instance))),
        "may_retry": bool(seen.incidents and veto.ask(session, Question("retry", actor, instance=instance))),
    }
    return render_template(here.template, **shared, **here.look(seen), **more)


def next_due(found: CasePage) -> Any:
    """The date that comes next of whatever runs: an open item, a timer, a clock."""
    dated = [("item", each.due_at, each.warn_at, each.id, each.name) for each in found.items if each.state == "open"]
    dated += [("timer", each.due_at, None, each.id, each.name) for each in found.timers]
    dated += [
        ("clock", each.due_at, each.warn_at, each.id, each.title)
        for each in found.clocks
        if each.ended_at is None and each.paused_at is None and each.kind != "advisory"
    ]
    known = [each for each in dated if each[1] is not None]
    return min(known, key=lambda each: each[1]) if known and found.instance.status == "running" else None


@blueprint.post("/cases/<int:instance_id>/filings/<int:filing_id>")
def clarify(instance_id: int, filing_id: int) -> ResponseReturnValue:
    """Says whether a colleague really is the relative whom the applicant declared."""
    related = {"yes": True, "no": False}.get(request.form.get("related", ""))
    if related is None:
        raise Invalid(problems=[{"field": "related", "message": "请选择“是”或“不是”。"}])
    filings.clarify(me(), filing_id, related=related, reason=request.form.get("reason", ""))
    flash("已记录核实结果。", "success")
    return redirect(url_for("desk.case", instance_id=instance_id))


def status(page: CasePage, elements: Mapping[str, ElementInfo]) -> str:
    """How the case stands, in a few words."""
    instance = page.instance
    if instance.status == "running":
        return instance.stage or "办理中"
    if instance.status == "cancelled":
        return ENDED.get(instance.outcome or "", "已终止")
    ended = elements.get(instance.outcome or "")
    return ended.name if ended else "已办结"
