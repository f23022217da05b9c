"""Incidents, accounts, relatives of staff, releases."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine import clock
from engine.actors import ROLES
from engine.database import db
from engine.errors import Invalid
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Incident, Instance
from engine.runtime.openings import operations as opening
from engine.runtime.openings import queries as waiting
from registers.accounts import queries as accounts
from registers.areas import queries as areas
from registers.areas.models import Area
from registers.cases.models import Case
from registers.filings import operations as filings
from registers.filings import queries as filed
from registers.filings import staff
from registers.filings.models import StaffKin
from web.help.how import how_told
from web.security import me

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
KINDS = {
    "service": "自动服务",
    "expression": "条件计算",
    "timer": "定时",
    "decision": "决策表",
    "loop": "循环",
    "clock": "期限计算",
    "engine": "流程引擎",
}
#: The relations that a near-relative filing knows, without what a form alone offers.
KIN = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild", "in_law", "uncle_aunt", "other")


@blueprint.get("/incidents")
def incidents() -> str:
    """Where cases are parked, oldest first."""
    session = db.session()
    veto.require(session, Question("see_incidents", me()))
    rows = session.execute(
        select(Incident, Instance, Case.number, Case.applicant, Area.name)
        .join(Instance, Instance.id == Incident.instance_id)
        .outerjoin(Case, Case.instance_id == Incident.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(Incident.resolved_at.is_(None))
        .order_by(Incident.id)
        .limit(200)
    )
    found = [
        {
            "incident": incident,
            "number": number,
            "applicant": applicant if instance.seen_by is None else "保密",
            "village": village,
            "may_retry": bool(veto.ask(session, Question("retry", me(), instance=instance))),
        }
        for incident, instance, number, applicant, village in rows
    ]
    openings = waiting.failed(session)
    release = releases.load(releases.current(session).id, session) if openings else None
    titles = {key: each.name for key, each in release.processes.items()} if release else {}
    return render_template("admin/incidents.html", rows=found, kinds=KINDS, openings=openings, titles=titles)


@blueprint.post("/openings/<int:opening_id>/retry")
def open_again(opening_id: int) -> ResponseReturnValue:
    """Tries at once to open what the system could not open."""
    made = opening.try_again(opening_id, me())
    if made is not None:
        flash("已经发起，办件可以办理了。", "success")
    else:
        flash("仍未成功，原因见下表；系统会继续重试。", "error")
    return redirect(url_for("admin.incidents"))


@blueprint.post("/incidents/<int:incident_id>/retry")
def retry(incident_id: int) -> ResponseReturnValue:
    """Runs a parked element again and says what came of it."""
    old = runtime.retry(incident_id, me())
    left = db.session.scalar(
        select(Incident.cause).where(
            Incident.instance_id == old.instance_id,
            Incident.element_id == old.element_id,
            Incident.resolved_at.is_(None),
        )
    )
    if left is None:
        flash(f"“{old.name}”已重试成功，流程继续。", "success")
    else:
        flash(f"“{old.name}”重试后仍未成功：{left}", "error")
    back = request.form.get("back", "")
    to = url_for("desk.case", instance_id=old.instance_id) if back == "case" else url_for("admin.incidents")
    return redirect(to)


@blueprint.get("/accounts", endpoint="accounts")
def accounts_() -> str:
    return accounts_page()


def accounts_page(edited: int = 0, given: str = "", problems: Mapping[str, str] | None = None) -> str:
    """All accounts; the one whose address was refused with what was typed."""
    session = db.session()
    veto.require(session, Question("manage_accounts", me()))
    found = accounts.everyone(session)
    paths = {grant["area"] for each in found for grant in each.grants}
    return render_template(
        "admin/accounts.html",
        accounts=found,
        names={path: areas.name(session, path) for path in paths},
        now=clock.wall(),
        roles=ROLES,
        edited=edited,
        given=given,
        problems=problems or {},
    )


@blueprint.route("/kin", methods=["GET", "POST"])
def kin() -> ResponseReturnValue:
    """The register of relatives of staff, and adding to it."""
    session = db.session()
    veto.require(session, Question("register_kin", me()))
    problems: dict[str, str] = {}
    given = request.form
    if request.method == "POST":
        try:
            if given.get("relation") not in KIN:
                raise Invalid(problems=[{"field": "relation", "message": "请选择关系。"}])
            if not given.get("relative_name", "").strip():
                raise Invalid(problems=[{"field": "relative_name", "message": "请填写亲属姓名。"}])
            account = given.get("account_id", "")
            made = filings.register_kin(
                me(),
                account_id=int(account) if account.isdecimal() and len(account) < 10 else None,
                staff_name=given.get("staff_name", ""),
                staff_number=given.get("staff_number", "").strip().upper(),
                post=given.get("post", "").strip(),
                relative_name=given.get("relative_name", "").strip(),
                id_number=given.get("id_number", "").strip().upper(),
                relation=given.get("relation", ""),
            )
        except Invalid as error:
            problems = {each["field"]: each["message"] for each in error.problems}  # type: ignore[attr-defined]
        else:
            flash(_kin_said(made), "success")
            return redirect(url_for("admin.kin"))
    page = render_template(
        "admin/kin.html",
        kin=filed.kin(session),
        doubts=staff.doubts(session),
        limit=how_told("{parameters.kin_filing_limit}"),
        may_identify=bool(veto.ask(session, Question("identify_staff", me()))),
        accounts=accounts.everyone(session),
        relations=filed.RELATIONS,
        offered=KIN,
        given=given,
        problems=problems,
    )
    return page, 422 if problems else 200


def _kin_said(made: list[StaffKin]) -> str:
    if not made:
        return "这条近亲属关系已经登记过，没有重复登记。"
    name = made[0].staff_name
    if made[0].certain:
        return f"已登记{name}的近亲属。从现在起，{name}不能办理这位亲属家的任何办件。"
    said = f"有 {len(made)} 个账号与{name}同名，核实以前都不能办理这位亲属家的办件，请在下面核实。"
    return f"已登记{name}的近亲属。{said}"


@blueprint.post("/kin/namesakes")
def identify() -> ResponseReturnValue:
    """Says whether an account is that of the staff member whom a filing names."""
    given = request.form
    account = given.get("account_id", "")
    same = {"yes": True, "no": False}.get(given.get("same", ""))
    if same is None or not account.isdecimal() or len(account) > 9:
        raise Invalid.at("same", "请选择“是本人”或“不是本人”。")
    named = (given.get("staff_name", ""), given.get("post", ""))
    filings.identify(me(), int(account), *named, same=same, reason=given.get("reason", ""))
    flash("已记录核实结果。", "success")
    return redirect(url_for("admin.kin"))


@blueprint.get("/releases", endpoint="releases")
def releases_() -> ResponseReturnValue:
    """Where the releases were before they had a history of their own."""
    return redirect(url_for("modeler.releases"), 301)


from web.admin import calendar, channels  # noqa: E402,F401 -- they hang their views on the blueprint
