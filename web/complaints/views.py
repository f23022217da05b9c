"""The ledger (台账) of complaints and real-name clues: listed, on paper, as a workbook; what stands beside one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.actors import ROLES
from engine.database import db
from engine.errors import Conflict, Invalid, Refused
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.accounts import queries as accounts
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.complaints import ledger, operations, people, queries
from registers.complaints.ledger import Wanted
from registers.complaints.models import Accused, Complaint, Report
from registers.complaints.rules import KINDS as MATTERS
from registers.complaints.words import CHANNELS, KINDS, STATES
from registers.notices import queries as notices
from web.complaints import workbook
from web.security import me

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")


@dataclass(frozen=True)
class Beside:
    """What the page of a complaint shows beside it, and what this person may do there."""

    #: Of a report: what was said, and the case that it came from.
    told: str
    source: tuple[int, str] | None
    earlier: tuple[int, str] | None
    outreach: tuple[int, str] | None
    accused: list[Accused]
    posts: dict[str, str]
    may_identify: bool
    staff: list[tuple[int, str]]
    tests: dict[str, str]
    #: The longer time was granted and the letter that says why is not there yet.
    may_tell_delay: bool
    untold: bool


@blueprint.get("/")
def index() -> str:
    """The ledger, narrowed by the address."""
    session, actor = db.session(), me()
    veto.require(session, Question("see_clues", actor))
    wanted = Wanted.read(request.args)
    return render_template(
        "complaints/ledger.html",
        found=ledger.read(session, actor, wanted, clock.now()),
        wanted=wanted,
        states=STATES,
        kinds=KINDS,
        channels=CHANNELS,
        villages={each.path: each.name for each in areas.villages(session)},
        now=clock.now(),
    )


@blueprint.post("/export.xlsx")
def export() -> ResponseReturnValue:
    """The rows that the page shows, all of its pages, as an Excel workbook; who took them is in the journal."""
    wanted = Wanted.read(request.form)
    return workbook.answer(operations.export(me(), wanted), STATES[wanted.state], clock.now())


@blueprint.post("/<int:instance_id>/delay")
def delay(instance_id: int) -> ResponseReturnValue:
    """Issues the letter that says why an answer takes longer."""
    try:
        made = operations.tell_delay(instance_id, me())
        flash(f"已制发延期办理告知书{made.number}，请送达信访人并登记送达回证。", "success")
    except (Conflict, Refused) as error:
        flash(error.message, "warning")
    return redirect(url_for("desk.case", instance_id=instance_id))


@blueprint.post("/<int:instance_id>/accused")
def identify(instance_id: int) -> ResponseReturnValue:
    """The discipline office says which colleague is meant."""
    given = request.form.get("account_id", "")
    try:
        if not given.isdecimal() or len(given) > 9:
            raise Invalid.at("account_id", "请选择一位工作人员。")
        operations.identify(instance_id, me(), account_id=int(given))
        flash("已核定，这位工作人员从现在起不能查看、办理这件事项。", "success")
    except (Invalid, Conflict, Refused) as error:
        flash(error.message, "warning")
    return redirect(url_for("complaints.index" if given == str(me().id) else "desk.case", instance_id=instance_id))


@blueprint.app_template_global("complaint_beside")
def beside(instance: Instance) -> Beside | None:
    """For the page of a case; whoever sees that has been asked for already. None for what is no such matter."""
    if instance.process_id not in MATTERS:
        return None
    session, actor = db.session(), me()
    complaint, report = session.get(Complaint, instance.id), session.get(Report, instance.id)

    def asks(verb: str) -> bool:
        return bool(veto.ask(session, Question(verb, actor, instance=instance)))

    may_identify = instance.status == "running" and asks("identify")
    told = any(each.template == operations.DELAY for each in notices.of_case(session, instance.id))
    untold = queries.extended(session, instance.id) and not told
    return Beside(
        told=str(report.told.get("content") or "") if report is not None else "",
        source=_linked(session, actor, report.source_id if report is not None else None),
        earlier=_linked(session, actor, complaint.repeats_id if complaint is not None else None),
        outreach=_linked(session, actor, queries.outreach_of(session, instance.id)),
        accused=people.accused_of(session, instance.id) if may_identify or asks("identify") else [],
        posts=people.POSTS,
        may_identify=may_identify,
        staff=_staff(session) if may_identify else [],
        tests=dict(complaint.tests or {}) if complaint is not None else {},
        may_tell_delay=untold and asks("tell_delay"),
        untold=untold,
    )


def _linked(session: Any, actor: Any, instance_id: int | None) -> tuple[int, str] | None:
    """Another case and its number, when this person may see it."""
    other = session.get(Instance, instance_id) if instance_id is not None else None
    case = session.get(Case, instance_id) if other is not None else None
    if other is None or case is None or not veto.ask(session, Question("view", actor, instance=other)):
        return None
    return other.id, case.number


def _staff(session: Any) -> list[tuple[int, str]]:
    """Everybody who may be meant, with what they are."""
    found = []
    for each in accounts.everyone(session):
        roles = "、".join(dict.fromkeys(ROLES.get(grant["role"], grant["role"]) for grant in each.grants))
        found.append((each.id, f"{each.name}（{roles or '没有角色'}）"))
    return found
