"""What every page shares: navigation by role, the demonstration's clock, addresses of built files, filters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from engine import clock
from engine.actors import ROLES, Actor
from engine.database import db
from engine.outbox import queries as outbox
from engine.rules.veto import Question, veto
from registers.cases import starts
from registers.cases.rules import SEEING
from registers.handovers.rules import HANDING
from web import clauses, words


@dataclass(frozen=True)
class Place:
    """A page in the navigation: shown to whom the veto allows its verb. What is looked up now and then (`aside`) stands
    in a menu of its own, so that the daily pages fit in one line."""

    label: str
    endpoint: str
    verb: str
    aside: bool = False


PLACES = (
    Place("待办", "desk.inbox", "work"),
    Place("登记申请", "desk.apply", "start"),
    Place("办件变动", "desk.moves", "see_moves"),
    Place("沟通", "desk.talk", "work", aside=True),
    Place("替班", "desk.standins", "work", aside=True),
    Place("工作交接", "desk.handovers", "see_handovers", aside=True),
    Place("督办室", "leaders.room", "see_overdue"),
    Place("信访台账", "complaints.index", "see_clues"),
    Place("监督检查", "checks.index", "see_samples"),
    Place("资金发放", "payments.runs", "see_payments"),
    Place("办件查询", "registers.search", "search"),
    Place("公示栏", "hall.board", ""),
    Place("近亲属备案", "admin.kin", "register_kin"),
    Place("承诺信用", "commitments.records", "see_commitments", aside=True),
    Place("流程异常", "admin.incidents", "see_incidents"),
    Place("工作日历", "admin.calendar", "edit_calendar", aside=True),
    Place("政策参数", "registers.parameters", "see_parameters", aside=True),
    Place("条款登记", "statutes.register", "see_parameters", aside=True),
    Place("流程图", "modeler.models", "see_models", aside=True),
    Place("流程版本", "modeler.releases", "deploy"),
    Place("账号", "admin.accounts", "manage_accounts"),
    Place("消息通道", "admin.channels", "manage_channels", aside=True),
)


#: So many pages fit beside one another on the screen of an office.
IN_A_LINE = 8


def install(app: Flask) -> None:
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.filters["clauses"] = clauses.read
    app.jinja_env.globals.update(asset=asset, lights=words.LIGHTS)
    app.jinja_env.globals["why_url"] = why_url
    app.jinja_env.globals["identity_url"] = identity_url
    app.context_processor(shared)


def shared() -> dict[str, Any]:
    """Names of every template; nothing here asks the database, but `unread` does when the head calls it."""
    actor = current_user.actor
    signed_in = current_user.is_authenticated
    places = [place for place in PLACES if may(actor, place.verb)] if signed_in else []
    return {
        "places": places,
        "daily": [place for place in places if not place.aside or len(places) <= IN_A_LINE],
        "now_and_then": [place for place in places if place.aside and len(places) > IN_A_LINE],
        "here": request.endpoint or "",
        "actor": actor,
        "own_roles": "、".join(dict.fromkeys(ROLES.get(g.role, g.role) for g in actor.grants if g.of is None)),
        "signed_in": signed_in,
        "unread": unread,
        "demo": current_app.config["DEMO"],
        "business_now": clock.now(),
        "moved": bool(clock.offset()),
    }


def may(actor: Actor, verb: str) -> bool:
    """Whether somebody may do what goes with a role alone; the page itself asks again."""
    if verb == "":
        return True
    if verb == "see_handovers":
        return any(actor.holds(role) for role in HANDING)
    if verb == "work":
        return any(actor.holds(role) for role in SEEING)
    if verb == "start":
        may_start = starts.starters()
        return any(grant.role in may_start for grant in actor.grants)
    return bool(veto.ask(db.session(), Question(verb, actor)))


def unread() -> int:
    """How many messages wait for whoever looks at the page; 0 when that cannot be found out on a page of failure."""
    try:
        return outbox.unread(db.session(), current_user.id)
    except SQLAlchemyError:
        db.session.rollback()
        return 0


def why_url(kind: str, key: int) -> str:
    """Where a date opens to why it is that date."""
    if kind == "publicity":
        return url_for("why.of_board", key=key)
    # A list asks for a hundred of them: the address is built once a request and the number put behind it.
    known = g.setdefault("why_urls", {})
    if kind not in known:
        known[kind] = url_for("why.of_case", kind=kind, key=0)[:-1]
    return f"{known[kind]}{key}"


def identity_url() -> str:
    """Where a form asks what an ID number says."""
    return url_for("desk.identity")


def asset(name: str) -> str:
    """The address of a file under static/, with its version so that browsers may keep it; empty when not built."""
    path = Path(current_app.static_folder or "", name)
    if not path.is_file():
        return ""
    return url_for("static", filename=name, v=_version(str(path), path.stat().st_mtime_ns))


@cache
def _version(path: str, _: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
