"""The runs of a month and the page of one: progress, sums, rows."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import cut
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound
from engine.parameters import queries as parameters
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.payments import operations, queries
from registers.payments.funds import queries as funds
from registers.payments.models import PayRow, PayRun
from registers.payments.rules import DUTIES
from registers.payments.words import HITS, REMEDIES, ROW_STATES, RUN_STATES, fund_name, month_name, moved
from web.desk.facts import OFFERED
from web.payments.facts import VIEWS
from web.security import me

blueprint = Blueprint("payments", __name__, url_prefix="/payments")


def allowed(verb: str = "see_payments") -> Session:
    """The session of somebody who may; Refused for anybody else."""
    session = db.session()
    veto.require(session, Question(verb, me()))
    return session


def may(verb: str, instance: Instance | None = None, area: str | None = None) -> bool:
    """Whether to offer something; the operation asks again."""
    return bool(veto.ask(db.session(), Question(verb, me(), instance=instance, facts={"area": area} if area else {})))


def township() -> str:
    """The township whose payments somebody deals with first; empty for the county."""
    roles = {role for verb in ("start_payments", "propose_account", "see_payments") for role in DUTIES[verb][0]}
    found = [grant.area for grant in me().grants if grant.role in roles and "/" in grant.area]
    return cut(found[0], "township") if found else ""


def of(run_id: int, verb: str = "see_payments") -> tuple[PayRun, Instance]:
    """A run and its instance; NotFound or Refused."""
    session = db.session()
    run = session.get(PayRun, run_id)
    instance = session.get(Instance, run.instance_id) if run is not None else None
    if run is None or instance is None:
        raise NotFound("没有找到这次发放，请从发放台账重新打开。")
    veto.require(session, Question(verb, me(), instance=instance))
    veto.require(session, Question("view", me(), instance=instance))
    return run, instance


@blueprint.get("/")
def runs() -> str:
    """Every run that somebody may see, by month."""
    return page()


@blueprint.post("/")
def start() -> ResponseReturnValue:
    """An accountant asks for a run before the system does."""
    given = request.form
    try:
        operations.start(me(), area=township(), fund=given.get("fund", ""), month=given.get("month", ""))
    except (Invalid, Conflict) as error:
        return page(message=error.message), 422
    flash("已提出发放，名册即将冻结。请稍候刷新。", "success")
    return redirect(url_for("payments.runs"))


def page(message: str = "") -> str:
    session, month = allowed(), request.values.get("month", "")
    known = parameters.on(session, clock.today())
    wanted = month if re.fullmatch(r"\d{4}-\d{2}", month) else ""
    return render_template(
        "payments/runs.html",
        runs=queries.runs(session, me(), wanted if request.method == "GET" else ""),
        month=wanted,
        names=areas.names(session),
        funds={key: fund_name(key) for key in funds.keys(known)},
        months=[moved(f"{clock.today():%Y-%m}", by) for by in (1, 0, -1)],
        month_name=month_name,
        states=RUN_STATES,
        steps=queries.STEPS,
        may_start=bool(township()) and may("start_payments", area=township()),
        message=message,
    )


@blueprint.get("/<int:run_id>")
def run(run_id: int) -> str:
    """One run: what is to do, what agrees with what, every row."""
    found, instance = of(run_id)
    session, asked = db.session(), request.args
    state = asked.get("state", "") if asked.get("state") in ROW_STATES else ""
    number = max(1, int(asked["page"])) if asked.get("page", "").isdecimal() and len(asked["page"]) < 6 else 1
    area, text = asked.get("area", "")[:120], asked.get("q", "").strip()[:30]
    rows, count = queries.rows(session, run_id, state=state, area=area, text=text, page=number)
    return render_template(
        "payments/run.html",
        run=found,
        instance=instance,
        case=session.get(Case, instance.id),
        title=f"{month_name(found.month)}{fund_name(found.fund)}",
        steps=queries.STEPS,
        sums=queries.sums(session, found),
        by_state=queries.states(session, run_id),
        kinds=queries.kinds(session, run_id),
        open_hits=len(queries.doubts(session, run_id, only_open=True)),
        items=queries.waiting(session, instance.id),
        files=queries.files(session, found),
        failed=queries.rows(session, run_id, state="failed")[0],
        rows=rows,
        count=count,
        number=number,
        pages=-(-count // queries.PAGE),
        wanted={"state": state, "area": area, "q": text},
        villages=queries.villages(session, run_id),
        names=areas.names(session),
        hits=HITS,
        row_states=ROW_STATES,
        remedies=REMEDIES,
        may_export=may("export_payments", instance),
        may_take=may("take_bank_file", instance),
        may_import=may("import_return", instance),
        may_remedy=may("handle_failures", instance),
    )


@blueprint.get("/rows/<int:row_id>/why")
def why(row_id: int) -> str:
    """Why a row is this amount; the inside of a dialog when a script asks."""
    session = db.session()
    row = session.get(PayRow, row_id)
    if row is None:
        raise NotFound("没有找到这一行，请从发放页重新打开。")
    found, _ = of(row.run_id)
    inside = bool(request.headers.get("HX-Request"))
    return render_template(
        "payments/why_inside.html" if inside else "payments/why.html",
        row=row,
        run=found,
        said=queries.why(session, row),
        doubts=queries.doubts_of(session, row_id),
        hits=HITS,
        states=ROW_STATES,
        month_name=month_name,
        past=queries.household(session, row.household_id, 13),
    )


@blueprint.get("/<int:run_id>/list")
def listing(run_id: int) -> str:
    """The monthly list of each village, to print: names, sizes and amounts of what was paid."""
    found, _ = of(run_id)
    session, names = db.session(), areas.names(db.session())
    rows = queries.rows(session, run_id, state="paid", size=100_000)[0]
    villages: dict[str, list[PayRow]] = {}
    for row in rows:
        villages.setdefault(names.get(row.area, row.area), []).append(row)
    return render_template(
        "payments/listing.html", run=found, title=f"{month_name(found.month)}{fund_name(found.fund)}", villages=villages
    )


from web.payments import accounts, bank, doubts, exports, marks, money, opened, recoveries  # noqa: E402,F401 -- they hang their views on the blueprint

OFFERED.update(VIEWS)
