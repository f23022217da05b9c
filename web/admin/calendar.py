"""The working calendar: a year at a glance, local days, loading a year's schedule, how far the recount has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.explain import read_date
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.holidays import file, operations, queries
from engine.rules.veto import Question, veto
from web.admin.months import SIGNS, months
from web.admin.views import blueprint
from web.security import me

#: More running cases than this are not counted for a preview.
COUNTED = 1000


@blueprint.get("/calendar")
def calendar() -> str:
    """The year that was asked for, else this one."""
    return page(allowed())


@blueprint.get("/calendar/progress")
def calendar_progress() -> str:
    """How far the recount has come; a page with a recount under way asks every two seconds."""
    return render_template("admin/calendar_progress.html", recount=queries.last_recount(allowed()))


@blueprint.post("/calendar/days")
def calendar_add() -> ResponseReturnValue:
    """Enters local days."""
    session, given = allowed(), request.form
    try:
        first, last = read_days(given)
        off, name = given.get("kind") != "work", given.get("name", "")
        made = operations.add_local(me(), first, last, off=off, name=name, source=given.get("source", ""))
    except Invalid as error:
        return page(session, given=given, problems=error.by_field), 422
    flash(f"已登记“{made[0].name}”{len(made)}天。在办的期限将重新计算。", "success")
    return redirect(url_for("admin.calendar", year=first.year))


@blueprint.route("/calendar/days/<day>", methods=["GET", "POST"])
def calendar_remove(day: str) -> ResponseReturnValue:
    """Asks for the reason, then takes a local day out."""
    session, wanted = allowed(), read(day)
    row = next((each for each in queries.local_days(session, wanted.year) if each.day == wanted), None)
    if row is None:
        raise NotFound(f"{wanted}没有登记地方日历，可能已经删除。")
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            operations.remove_local(me(), wanted, request.form.get("reason", ""))
        except Invalid as error:
            problems = error.by_field
        else:
            flash(f"已删除{wanted}“{row.name}”。在办的期限将重新计算。", "success")
            return redirect(url_for("admin.calendar", year=wanted.year))
    return render_template("admin/calendar_remove.html", row=row, problems=problems), 422 if problems else 200


@blueprint.post("/calendar/year")
def calendar_load() -> ResponseReturnValue:
    """A schedule as a file: first what it would change, then, confirmed, the loading itself."""
    session, given = allowed(), request.form
    sent = request.files.get("file")
    data = given.get("text", "").encode() or (sent.read(file.LARGEST + 1) if sent else b"")
    try:
        if not data:
            raise Invalid(problems=[{"field": "file", "message": "请选择放假安排文件（JSON）。"}])
        year = file.read(data, given.get("source", ""))
        if not given.get("confirm"):
            change = queries.change(session, year)
            if change.nothing:
                flash(f"{year.year}年的放假安排已有，与文件相同，没有改动。", "info")
                return redirect(url_for("admin.calendar", year=year.year))
            return preview(session, year, change)
        done = operations.load_year(me(), data, given.get("source", ""), replace=bool(given.get("replace")))
    except Invalid as error:
        wrong = [each["message"] for each in error.problems]  # type: ignore[attr-defined]
        return page(session, given=given, wrong=wrong), 422
    said = "在办的期限将重新计算。" if done.changed else "与已有的相同，没有改动。"
    flash(f"{done.year}年的放假安排已载入。{said}", "success")
    return redirect(url_for("admin.calendar", year=done.year))


def preview(session: Session, year: file.Year, change: queries.Change) -> str:
    """What loading would change, with the schedule carried along for the confirmation."""
    days = [{"name": name, "date": str(day), "isOffDay": True} for day, name in year.off.items()]
    days += [{"name": name, "date": str(day), "isOffDay": False} for day, name in year.work.items()]
    text = json.dumps({"year": year.year, "papers": [year.source], "days": days}, ensure_ascii=False)
    new = queries.with_year(session, year)
    moved, all_ = queries.affected(session, new, COUNTED)
    return render_template(
        "admin/calendar_preview.html",
        year=year,
        change=change,
        text=text,
        moved=moved,
        all_counted=all_,
        months=months(new, year.year),
        signs=SIGNS,
        today=clock.today(),
    )


def page(
    session: Session,
    *,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    wrong: list[str] | None = None,
) -> str:
    """The page, with what was typed and what is wrong with it when a form was refused."""
    today, in_force = clock.today(), queries.current(session)
    loaded = {each.year: each for each in queries.years(session)}
    local = queries.local_days(session)
    years = sorted({today.year, today.year + 1, *loaded, *(each.day.year for each in local)})
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= 2100 else today.year
    return render_template(
        "admin/calendar.html",
        year=year,
        years=sorted({*years, year}),
        months=months(in_force, year),
        signs=SIGNS,
        published=in_force.published(year),
        loaded=loaded.get(year),
        local=[each for each in local if each.day.year == year],
        missing=queries.missing(in_force, today),
        recount=queries.last_recount(session),
        today=today,
        given=given or {},
        problems=problems or {},
        wrong=wrong or [],
    )


def allowed() -> Session:
    """The session of who may edit the calendar; Refused for everybody else."""
    session = db.session()
    veto.require(session, Question("edit_calendar", me()))
    return session


def read_days(given: Mapping[str, str]) -> tuple[date, date]:
    """The first and the last day of a form; the last may be left empty."""
    days = {}
    problems = []
    for field, text in (("first", given.get("first", "")), ("last", given.get("last") or given.get("first", ""))):
        try:
            days[field] = read_date(text)
        except Invalid:
            said = "请填写日期，例如 2026-03-20，并确认这一天存在。"
            problems.append({"field": field, "message": said})
    if problems:
        raise Invalid(problems=problems[:1] if given.get("last", "") in ("", given.get("first")) else problems)
    return days["first"], days["last"]


def read(text: str) -> date:
    """The day of an address."""
    try:
        return read_date(text)
    except Invalid:
        raise NotFound("没有这一天，请返回工作日历重选。") from None
