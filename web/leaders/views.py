"""The leaders' room, the list behind its numbers, trends and load."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import render_template, request

from engine.actors import ROLES
from registers.board import lists, load, queries, trends
from registers.board.lists import Filter
from registers.board.rows import AHEAD, KINDS, STATES
from registers.board.scope import villages
from registers.cases.ball import ADVICE, CAUSES
from registers.cases.numbers import SHORT
from web.leaders.blueprints import View, blueprint, view

#: How many rows a tally shows before the rest is folded away.
SHOWN = 8


@blueprint.get("/")
def room() -> str:
    """What is red, what turns red this week, by cause first."""
    seen = view()
    board = queries.board(seen.session, seen.scope, seen.now, seen.staff)
    return render_template(
        "leaders/room.html",
        board=board,
        advice=ADVICE,
        ahead=AHEAD,
        most=max([each.red + each.week for each in board.causes], default=1) or 1,
        areas=_areas(seen),
        shown=SHOWN,
    )


@blueprint.get("/overdue")
def overdue() -> str:
    """The rows behind a number: drilled down by cause, hands, village, scheme, stage."""
    seen, wanted = view(), Filter.read(request.args)
    page = lists.page(seen.session, seen.scope, seen.now, seen.staff, wanted)
    names = villages(seen.session, seen.scope)
    return render_template(
        "leaders/overdue.html",
        page=page,
        wanted=wanted,
        states=STATES,
        kinds=KINDS,
        causes=CAUSES,
        schemes=SHORT,
        villages={path: name for path, name in names.items() if path.count("/") > 1},
        who=_who(seen, wanted.who),
        now=seen.now,
    )


@blueprint.get("/trends")
def tables() -> str:
    """Trends and load as tables, for those without a script."""
    seen = view()
    return render_template("leaders/trends.html", **_trends(seen), people=_load(seen))


@blueprint.get("/trends.json")
def trends_json() -> dict[str, Any]:
    """What the charts draw, asked for after the page is there."""
    found = _trends(view())
    return {
        "weeks": [{**asdict(each), "monday": f"{each.monday:%m-%d}"} for each in found["weeks"]],
        "stages": [asdict(each) for each in found["stages"]],
        "clocks": [asdict(each) for each in found["clocks"]],
    }


@blueprint.get("/load.json")
def load_json() -> dict[str, Any]:
    return {"people": [asdict(each) for each in _load(view())]}


def _trends(seen: View) -> dict[str, Any]:
    given = (seen.session, seen.scope, seen.now)
    return {"weeks": trends.weeks(*given), "stages": trends.stages(*given), "clocks": trends.clocks(*given)}


def _load(seen: View) -> list[load.Load]:
    return load.load(seen.session, seen.scope, seen.now, seen.staff)


def _areas(seen: View) -> str:
    names = villages(seen.session, seen.scope)
    return "、".join(names.get(area, area) for area in seen.scope.areas)


def _who(seen: View, key: str) -> str:
    """The name behind a key of hands; empty for none or a made-up one."""
    if key.startswith("p") and key[1:].isdecimal():
        return seen.staff.names.get(int(key[1:]), "")
    if key.startswith("r:"):
        role = key[2:].partition("@")[0]
        return f"{ROLES[role]}（无人认领）" if role in ROLES else ""
    return CAUSES.get(key, "")


from web.leaders import acts, backentries, orders, reports  # noqa: E402,F401 -- they hang their views on the blueprint
