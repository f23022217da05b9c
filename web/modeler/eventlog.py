"""The event log for process mining, from the browser."""

from __future__ import annotations

from datetime import date
from tempfile import SpooledTemporaryFile

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import Invalid
from engine.rules.veto import Question, veto
from registers.events import operations
from web import shell
from web.modeler.views import blueprint
from web.security import me

#: Beyond so many bytes it lies on the disk while it is written.
IN_MEMORY = 8 * 1024 * 1024
TYPES = {"xes": "application/xml", "json": "application/json"}


@blueprint.context_processor
def tabs() -> dict[str, bool]:
    """Whether the tab of this page stands beside the others."""
    return {"exports_events": shell.may(me(), "export_events")}


@blueprint.get("/models/events")
def event_log() -> str:
    """Which period, which form."""
    veto.require(db.session(), Question("export_events", me()))
    today = clock.today()
    return _page({"first": today.replace(month=1, day=1).isoformat(), "last": today.isoformat(), "form": "xes"}, {})


@blueprint.post("/models/events")
def export_events() -> ResponseReturnValue:
    """The file; that somebody took it is in the journal."""
    given = {name: request.form.get(name, "") for name in ("first", "last", "form")}
    out = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    try:
        operations.export(me(), _day(given, "first"), _day(given, "last"), given["form"], out)
    except Invalid as error:
        out.close()
        return _page(given, error.by_field), 422
    except BaseException:
        out.close()
        raise
    out.seek(0)
    name = f"过程数据 {given['first']} 至 {given['last']}.{given['form']}"
    return send_file(out, TYPES[given["form"]], as_attachment=True, download_name=name)


def _day(given: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        raise Invalid.at(name, "请填写日期，例如 2026-01-31。") from None


def _page(given: dict[str, str], problems: dict[str, str]) -> str:
    forms = {key: name for key, (name, _) in operations.FORMS.items()}
    return render_template("modeler/eventlog.html", given=given, problems=problems, forms=forms)
