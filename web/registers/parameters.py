"""Parameters on the screen: by topic, one over the years, and the questions on which the sources disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.errors import NotFound
from engine.parameters import conflicts, queries, topics
from engine.parameters.doubts import value_on
from engine.parameters.models import Parameter
from engine.parameters.values import MONEY, fen
from engine.parameters.words import CONFIDENCE, must_ask, said
from engine.rules.veto import Question, veto
from registers.parameters.readers import readers_of
from web import clauses
from web.registers.views import blueprint
from web.security import me

ALL = "all"


@dataclass(frozen=True)
class Shown:
    """A value as the page shows it."""

    row: Parameter
    words: str
    now: bool
    past: bool
    trust: tuple[str, str]
    ask: bool
    #: How much a bar is filled (0 to 100) and how it compares with the value before; for money only.
    share: float = 0.0
    change: str = ""


@dataclass(frozen=True)
class Line:
    """A parameter in the list: what holds today, what comes next."""

    name: str
    label: str
    now: Shown | None
    following: Shown | None
    ask: bool
    waiting: bool


@blueprint.get("/parameters")
def old_parameters() -> ResponseReturnValue:
    """Where the page used to be."""
    return redirect(url_for("registers.parameters", **request.args.to_dict()), 308)


@blueprint.get("/registers/parameters")
def parameters() -> str:
    """The values in force by topic; a search looks through all of them."""
    session = seeing()
    text, only_ask = request.args.get("q", "").strip(), request.args.get("ask") == "1"
    chosen = request.args.get("topic", "")
    lines = every(session, clock.today())
    known = {topic.key: topic for topic in topics.topics()}
    if chosen not in (*known, ALL):
        chosen = ALL if text or only_ask else next(iter(known))
    found = [line for line in lines if (not only_ask or line.ask) and (not text or _fits(line, text))]
    counts = {key: sum(topics.topic_of(line.name) == key for line in found) for key in known}
    groups = [
        (topic, [line for line in found if topics.topic_of(line.name) == topic.key])
        for topic in known.values()
        if chosen in (topic.key, ALL)
    ]
    return render_template(
        "registers/parameters.html",
        groups=[(topic, rows) for topic, rows in groups if rows],
        topics=known.values(),
        counts=counts,
        chosen=chosen,
        q=text,
        only_ask=only_ask,
        asking=sum(line.ask for line in lines),
        total=len(found),
        loaded=bool(lines),
        **places(session),
    )


@blueprint.get("/registers/parameters/<name>")
def parameters_one(name: str) -> str:
    """One parameter over the years, who set it, what reads it, and the changes that were proposed."""
    session, today = seeing(), clock.today()
    rows = queries.timeline(session, name)
    if not rows:
        raise NotFound(f"没有名为“{name}”的参数，请从政策参数列表进入。")
    values = show(rows, today)
    return render_template(
        "registers/parameters_one.html",
        name=name,
        label=rows[-1].label,
        unit=rows[-1].unit,
        topic=next(each for each in topics.topics() if each.key == topics.topic_of(name)),
        values=list(reversed(values)),
        now=next((each for each in values if each.now), None),
        money=rows[-1].unit in MONEY,
        voided=[(row, said(row.value, row.unit, name)) for row in queries.voided(session, name)],
        proposals=queries.proposals(session, name=name),
        conflicts=conflicts.of(name, in_force(session, today)),
        readers=readers_of(session, name),
        may_propose=may("propose_parameter"),
        **places(session),
    )


@blueprint.get("/registers/parameters/conflicts")
def parameters_conflicts() -> str:
    """The questions of the policy page: the answers, where they stand, which is in force, what it does."""
    session = seeing()
    labels = {row.name: (row.label, row.unit) for row in queries.over_time(session)}
    return render_template(
        "registers/parameters_conflicts.html",
        conflicts=conflicts.conflicts(in_force(session, clock.today())),
        labels=labels,
        held=in_force(session, clock.today()),
        may_propose=may("propose_parameter"),
        said=said,
        **places(session),
    )


def seeing() -> Session:
    """The session of whoever may see parameters; Refused for everybody else."""
    session = db.session()
    veto.require(session, Question("see_parameters", me()))
    return session


def may(verb: str, **facts: Any) -> bool:
    """Whether the person may; the operation asks again."""
    return bool(veto.ask(db.session(), Question(verb, me(), facts=facts)))


def places(session: Session) -> dict[str, Any]:
    """What the tabs of all these pages show."""
    return {"waiting": len(queries.proposals(session, status="open"))}


def in_force(session: Session, day: date) -> dict[str, Any]:
    """{name: stored value} of a day."""
    found = {}
    for name, rows in groupby(queries.over_time(session), key=lambda row: row.name):
        value = value_on(list(rows), day)
        if value is not None:
            found[name] = value
    return found


def every(session: Session, today: date) -> list[Line]:
    """All parameters, by label within their topic as the seed orders them."""
    waiting = {each.name for each in queries.proposals(session, status="open")}
    lines = []
    for name, rows in groupby(queries.over_time(session), key=lambda row: row.name):
        values = show(list(rows)[::-1], today)
        now = next((each for each in values if each.now), None)
        following = next((each for each in values if not each.now and not each.past), None)
        ask = (now or values[-1]).ask
        lines.append(Line(name, values[-1].row.label, now, following, ask, name in waiting))
    return lines


def show(rows: Sequence[Parameter], today: date) -> list[Shown]:
    """Values in their order, the oldest first."""
    money = bool(rows) and rows[0].unit in MONEY
    most = max((fen(row.value) for row in rows), default=0) if money else 0
    found = []
    for number, row in enumerate(rows):
        before = rows[number - 1] if number else None
        found.append(
            Shown(
                row,
                said(row.value, row.unit, row.name),
                row.valid_from <= today and (row.valid_to is None or row.valid_to >= today),
                row.valid_to is not None and row.valid_to < today,
                CONFIDENCE.get(row.confidence, (row.confidence or "未注明", "idle")),
                must_ask(row.confidence, row.note),
                round(100 * fen(row.value) / most, 1) if most else 0.0,
                _change(before, row) if money and before is not None else "",
            )
        )
    return found


def _change(before: Parameter, row: Parameter) -> str:
    was, is_ = fen(before.value), fen(row.value)
    if was == is_:
        return "不变"
    words = said(str(abs(is_ - was) / 100), "yuan").removesuffix(" 元")
    part = f"，{'+' if is_ > was else '−'}{abs(is_ - was) * 100 / was:.1f}%" if was else ""
    return f"{'增' if is_ > was else '减'} {words} 元{part}"


def _fits(line: Line, text: str) -> bool:
    """Whether a search finds it: by label, name, value, source or clause."""
    shown = [each for each in (line.now, line.following) if each is not None]
    words = [line.label, line.name]
    for each in shown:
        words += [each.words, each.row.source, each.row.clause or ""]
        words += [clause.title for clause in clauses.read(each.row.clause)]
    return all(any(part.lower() in word.lower() for word in words) for part in text.split())
