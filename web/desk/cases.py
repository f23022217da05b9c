"""The page of a case: everything about it that this person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.clocks.catalogue import KINDS as CLOCK_KINDS
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.outbox import queries as outbox
from engine.outbox.words import KINDS
from engine.releases import queries as releases
from engine.releases.loaded import ElementInfo
from engine.rules.veto import Question, veto
from engine.runtime.models import Incident, Instance
from registers.cases import ball, starts
from registers.cases.models import Case
from registers.cases.page import CasePage, case_page
from registers.filings import operations as filings
from registers.filings import queries as filed
from registers.households import changes
from registers.moves import carrying, kinds
from registers.moves import queries as moved
from registers.publicity import queries as publicity
from web import clauses
from web.desk import facts, items, notices
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
    """Everything about one case that this person may see."""
    session, actor = db.session(), me()
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    veto.require(session, Question("view", actor, instance=instance))
    page = case_page(session, instance_id)
    staff = ball.roster(session)
    release = releases.load(instance.release_id, session)
    clauses.turn_to(release)
    open_incidents = [each for each in page.incidents if each.resolved_at is None]
    position: dict[str, Any] = instance.position or {}
    shown = request.args.get("process", "")
    if shown not in position:
        shown = standing(position, instance.process_id)
    posted = page.publicity[-1] if page.publicity else None
    offers = starts.linked(session, actor, instance)
    rests = moved.suspension_of(session, instance_id)
    asked = [each for each in moved.of_case(session, instance_id) if each.state == "asked"]
    return render_template(
        "cases/case.html",
        rests=rests,
        asked=[(each, kinds.all_()[each.kind].title) for each in asked],
        moves=moved.of_case(session, instance_id),
        first_accepted=carrying.first_accepted(session, instance_id),
        changes=changes.of_household(session, page.case.household_id) if page.case and page.case.household_id else [],
        change_kinds=changes.KINDS,
        page=page,
        instance=instance,
        case=page.case,
        status=status(page, release.processes[instance.process_id].elements),
        assessed=facts.assessed(page.assessment) if page.assessment else [],
        income=income(page),
        open_items=[each for each in page.items if each.state == "open"],
        open_incidents=open_incidents,
        said=outbox.about(session, instance_id),
        message_kinds=KINDS,
        clock_kinds=CLOCK_KINDS,
        balls=ball.of_items(session, instance_id, staff),
        now_with=ball.of_case(session, instance_id, staff),
        posted=posted,
        posted_end=clock.end_of(posted.until) if posted else None,
        is_open=publicity.is_open(posted, clock.now()),
        offers=[each for each in offers if not each.refusal],
        not_now=[each for each in offers if each.refusal],
        children=related(session, actor, page.children),
        may_copy=bool(veto.ask(session, Question("copy", actor, instance=instance))),
        may_retry=bool(veto.ask(session, Question("retry", actor, instance=instance))),
        may_clarify=bool(veto.ask(session, Question("clarify", actor, instance=instance))),
        papers=items.papers(instance_id),
        relations=filed.RELATIONS,
        sources=filed.SOURCES,
        documents=notices.documents(session, release, page),
        tabs=[(key, release.processes[key].name) for key in position if key in release.processes],
        shown=shown,
        active=position.get(shown, {}).get("active", []) if instance.status == "running" else [],
        done=passed(position.get(shown, {}), release.processes[shown].flows),
        parked=stopped(instance, position.get(shown, {}), shown, open_incidents),
    )


@blueprint.post("/cases/<int:instance_id>/filings/<int:filing_id>")
def clarify(instance_id: int, filing_id: int) -> ResponseReturnValue:
    """Says whether a colleague really is the relative whom the applicant declared."""
    related = {"yes": True, "no": False}.get(request.form.get("related", ""))
    if related is None:
        raise Invalid(problems=[{"field": "related", "message": "请选择“是”或“不是”。"}])
    filings.clarify(me(), filing_id, related=related, reason=request.form.get("reason", ""))
    flash("已记录核实结果。", "success")
    return redirect(url_for("desk.case", instance_id=instance_id))


def stopped(instance: Instance, position: Mapping[str, Any], shown: str, incidents: Sequence[Incident]) -> list[str]:
    """Where the case is parked; of one that was ended before its time where it stood then: that scar stays."""
    if instance.status == "cancelled":
        return list(position.get("active", []))
    return [each.element_id for each in incidents if each.process_id == shown]


def related(session: Session, actor: Actor, children: Sequence[Instance]) -> list[tuple[Instance, Case | None]]:
    """What was started at a case, as far as this person may know of it."""
    seen = [each for each in children if veto.ask(session, Question("view", actor, instance=each))]
    return [(each, session.get(Case, each.id)) for each in seen]


def standing(position: Mapping[str, Any], own: str) -> str:
    """The process whose diagram says most: the innermost one with a token, else the case's own."""
    active = [key for key, each in position.items() if each.get("active") and key != own]
    return active[-1] if active else own


def passed(position: Mapping[str, Any], flows: Sequence[tuple[str, str, str]]) -> list[str]:
    """The elements and the arrows that the case went over."""
    taken = {tuple(pair) for pair in position.get("flows", [])}
    return [*position.get("done", []), *(key for source, target, key in flows if key and (source, target) in taken)]


def status(page: CasePage, elements: Mapping[str, ElementInfo]) -> str:
    """How the case stands, in a few words."""
    instance = page.instance
    if instance.status == "running":
        return instance.stage or "办理中"
    if instance.status == "cancelled":
        return ENDED.get(instance.outcome or "", "已终止")
    ended = elements.get(instance.outcome or "")
    return ended.name if ended else "已办结"


def income(page: CasePage) -> list[dict[str, str]]:
    """Declared and verified figures side by side."""
    declared, verified = page.statements.get("declared", {}), page.statements.get("verified", {})
    return [
        {
            "name": name,
            "declared": facts.yuan(declared.get(key)) if declared else "—",
            "verified": facts.yuan(verified.get(key)) if verified else "—",
            "differs": "yes" if verified and declared and verified.get(key) != declared.get(key) else "",
        }
        for key, name in facts.INCOME.items()
        if declared.get(key) or verified.get(key)
    ]
