"""Every clause by its instrument, with what rests on it; what is repealed or only a draft is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from engine.statutes import uses
from engine.statutes.register import DRAFT, REPEALED, Clause, Instrument
from engine.statutes.uses import Use
from web.security import me

blueprint = Blueprint("statutes", __name__)

#: How an instrument's standing is shown: the word and its light.
LIGHTS = {REPEALED: "red", DRAFT: "yellow"}


@dataclass(frozen=True)
class Row:
    """A clause with what rests on it, by kind."""

    clause: Clause
    lapse: str | None
    uses: Mapping[str, list[Use]]


@dataclass(frozen=True)
class Section:
    """An instrument with those of its clauses that are shown."""

    instrument: Instrument
    light: str
    rows: list[Row]


@blueprint.get("/statutes")
def register() -> str:
    """The register of the current release, or of another one (`release`); `q` finds by name, number or content."""
    session, today = db.session(), clock.today()
    veto.require(session, Question("see_parameters", me()))
    release = releases.load(request.args.get("release") or releases.current(session).id, session)
    found = resting(session, release, today)
    text = request.args.get("q", "").strip()[:60]
    sections = [_section(release, each, found, today, text) for each in release.statutes.instruments.values()]
    shown = [each for each in sections if each.rows]
    return render_template(
        "statutes/register.html",
        release=release,
        sections=shown,
        every=[each.instrument for each in sections if each.rows],
        kinds=uses.KINDS,
        q=text,
        total=sum(len(each.rows) for each in shown),
        unused=sum(not row.uses for each in shown for row in each.rows),
    )


def resting(session: Session, release: LoadedRelease, today: date) -> dict[str, list[Use]]:
    """{clause: what rests on it}: of the release, and of the parameters that hold today or later."""
    rows = [
        (each.name, each.label, each.clause)
        for each in parameters.over_time(session)
        if each.valid_to is None or each.valid_to >= today
    ]
    found: dict[str, list[Use]] = {clause: list(some) for clause, some in _of_release(release.id).items()}
    for clause, some in uses.of_parameters(rows).items():
        found.setdefault(clause, []).extend(some)
    return found


@lru_cache(maxsize=4)
def _of_release(key: str) -> Mapping[str, tuple[Use, ...]]:
    return uses.of_release(releases.load(key, db.session()))


def _section(
    release: LoadedRelease, instrument: Instrument, found: Mapping[str, list[Use]], today: date, text: str
) -> Section:
    rows = []
    for clause in release.statutes.of(instrument.id):
        resting_on = found.get(clause.id, [])
        words = (clause.id, clause.title, clause.gist, *(use.name for use in resting_on))
        if text and not any(text in each for each in words):
            continue
        by_kind: dict[str, list[Use]] = {}
        for use in sorted(resting_on, key=lambda each: list(uses.KINDS).index(each.kind)):
            by_kind.setdefault(use.kind, []).append(use)
        rows.append(Row(clause, clause.lapse(today), by_kind))
    return Section(instrument, LIGHTS.get(instrument.status, "green"), rows)


from web.statutes import public  # noqa: E402,F401 -- it hangs its view on the blueprint
