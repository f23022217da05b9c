"""What everybody may read: standards, deadlines, how to apply, the instruments (plan 二（二）4; 649号令 art. 62)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.errors import NotFound
from engine.parameters import queries as parameters
from engine.parameters.models import Parameter
from engine.parameters.words import said
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease, ProcessInfo
from engine.statutes.register import IN_FORCE, Instrument
from web.security import public
from web.statutes.views import blueprint

#: The units of a standard, and the names by which the deadlines that people ask for are known.
MONEY = frozenset({"yuan", "yuan_per_month"})
DEADLINES = ("_total_limit", "publicity_length", "delivery_limit", "relief_fast_limit")
#: Which kind of process people apply by.
RELIEF = "relief"
#: Nobody vouches for these; they are not published.
UNSURE = frozenset({"M", "synthetic"})


@dataclass(frozen=True)
class Value:
    """A parameter in force, in words; `sure` when its source was read."""

    row: Parameter
    words: str
    sure: bool


@blueprint.get("/policies")
@public
def policies() -> str:
    """Standards, deadlines and procedures in force today, without a name of anybody."""
    session = db.session()
    rows = in_force(session)
    return render_template(
        "statutes/policies.html",
        standards=[each for each in rows if each.row.unit in MONEY],
        deadlines=[each for each in rows if any(part in each.row.name for part in DEADLINES)],
        procedures=procedures(session),
        instruments=instruments(session),
        phone=next((each.row.value for each in rows if each.row.name == "complaint_phone"), ""),
    )


def in_force(session: Session) -> list[Value]:
    """The values of today, by label."""
    today = clock.today()
    rows = [
        each
        for each in parameters.over_time(session)
        if each.valid_from <= today and (each.valid_to is None or each.valid_to >= today)
    ]
    found = [
        Value(each, said(each.value, each.unit, each.name), each.confidence in ("C", "C-sec", "S", "set"))
        for each in rows
        if each.confidence not in UNSURE or each.name == "complaint_phone"
    ]
    return sorted(found, key=lambda each: each.row.label)


def procedures(session: Session) -> list[tuple[str, list[str]]]:
    """What can be applied for, each with its stages in the order of the drawing."""
    release = _current(session)
    if release is None:
        return []
    offered = [each for each in release.processes.values() if each.start and each.group == RELIEF]
    return [(each.name, _stages(each)) for each in sorted(offered, key=lambda each: each.name)]


def instruments(session: Session) -> list[Instrument]:
    """What is in force."""
    release = _current(session)
    return [each for each in release.statutes.instruments.values() if each.status == IN_FORCE] if release else []


def _current(session: Session) -> LoadedRelease | None:
    try:
        return releases.load(releases.current(session).id, session)
    except NotFound:
        return None


def _stages(process: ProcessInfo) -> list[str]:
    """The user tasks and called stages of the process itself, as one comes to them."""
    following: dict[str, list[str]] = {}
    for source, target, _ in process.flows:
        following.setdefault(source, []).append(target)
    at = [each.id for each in process.elements.values() if each.kind == "startEvent"]
    seen = dict.fromkeys(at)
    while at:
        for each in following.get(at.pop(0), ()):
            if each not in seen:
                seen[each] = None
                at.append(each)
    kinds = ("userTask", "callActivity")
    return list(dict.fromkeys(process.elements[each].name for each in seen if process.elements[each].kind in kinds))
