"""The first page and the inbox."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.releases import queries as releases
from registers.areas import queries as areas
from registers.cases import inbox as lists
from registers.cases import pool
from registers.cases.inbox import FOLLOWED, LIGHTS, SORTS, TABS, Asked
from registers.copies import queries as copies
from registers.desk import queries as kept
from registers.supervision import watched
from web import shell
from web.desk import live
from web.security import me

blueprint = Blueprint("desk", __name__)
#: Tabs whose rows are items, not cases.
OPEN_TABS = ("work", "pool")
#: Of what may be taken so much stands below one's own work; the tab of its own shows more at once.
BELOW = 20


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first place of somebody's navigation that is theirs by duty."""
    places = [place for place in shell.PLACES if place.verb and shell.may(me(), place.verb)]
    return redirect(url_for(places[0].endpoint if places else "hall.board"))


@blueprint.get("/desk/")
def inbox() -> ResponseReturnValue:
    """What I hold and what I may take, the most pressing first; what I did, began, was shown; what is supervised."""
    session, now = db.session(), clock.now()
    if not request.args:
        first = kept.start(session, me())
        if first is not None:
            return redirect(url_for("desk.inbox", **first.query))
    tab, asked = which_tab(), Asked.read(request.args)
    if asked.person and "person" not in request.args:  # A whole number was in the address: it stays there no longer.
        return redirect(link(tab, asked))
    return make_response(page(tab, asked, now))


@blueprint.post("/desk/find")
def narrow() -> ResponseReturnValue:
    """Narrows a list. Sent by POST, so that a whole ID number stands in no address; what comes of it is a link."""
    return redirect(link(which_tab(request.form), Asked.read(request.form)))


@blueprint.get("/desk/changed")
def changed() -> ResponseReturnValue:
    """Asked for by the page itself: 304 while the list is as it was drawn, else the list anew and what became of the
    items that are no longer in it."""
    session, now, tab, asked = db.session(), clock.now(), which_tab(), Asked.read(request.args)
    held, free = pool.held(session, me(), asked, now), pool.free(session, me(), asked, now, rows(tab))
    mark = live.mark(held, free)
    if request.if_none_match.contains_weak(mark) or tab not in OPEN_TABS:
        answer = make_response("", 304)
    else:
        found = lists.inbox(session, me(), asked, now, rows(tab))
        gone = live.gone(session, me(), request.args.get("seen", ""), found)
        answer = make_response(render_template("desk/changed.html", gone=gone, **work(tab, asked, found)))
    answer.set_etag(mark, weak=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def page(tab: str, asked: Asked, now: Any, **more: Any) -> str:
    """The page of a tab, also once more with a message when something that was typed on it is wrong."""
    session, actor = db.session(), me()
    release = releases.newest(session)
    shared: dict[str, Any] = {
        "tab": tab,
        "tabs": TABS,
        "asked": asked,
        "villages": areas.villages(session),
        "lights_asked": LIGHTS,
        "follows_asked": FOLLOWED,
        "sorts": SORTS,
        "kinds": lists.kinds(release) if release else [],
        "stages": lists.stages(release, asked.process) if release else [],
        "filters": kept.filters(session, actor),
        "here_query": address(tab, asked),
        **more,
    }
    if tab in OPEN_TABS:
        found = lists.inbox(session, actor, asked, now, rows(tab))
        counts = counted(now, found if not asked.narrow else None)
        late = pool.late(session, actor, now)
        return render_template("desk/inbox.html", **{**shared, **work(tab, asked, found)}, late=late, counts=counts)
    skip = (asked.page - 1) * pool.ROWS
    given = (session, actor, asked.of_case(session), pool.ROWS + 1, skip)
    counts = counted(now)
    if tab in ("copies", "watched"):
        found_rows = copies.mine(*given) if tab == "copies" else watched.watched(*given)
        further = len(found_rows) > pool.ROWS
        return render_template(f"desk/{tab}.html", rows=found_rows[: pool.ROWS], more=further, counts=counts, **shared)
    handled = (lists.done if tab == "done" else lists.started)(session, actor, asked)
    return render_template("desk/handled.html", page=handled, counts=counts, **shared)


def work(tab: str, asked: Asked, found: lists.Inbox) -> dict[str, Any]:
    """What the lists of items are drawn from, on the page and when it asks what has changed."""
    return {
        "tab": tab,
        "asked": asked,
        "inbox": found,
        "mark": live.mark(found.held, found.free),
        "together": together(found),
        "today": clock.today(),
    }


def rows(tab: str) -> int:
    """How many items that may be taken stand on a page of a tab."""
    return min(BELOW, pool.ROWS) if tab == "work" else pool.ROWS


def together(found: lists.Inbox) -> set[int]:
    """The items in somebody's hands whose drawing lets several be handed in with one form."""
    session = db.session()
    allowed = {
        (release_id, each.id)
        for release_id in {each.release_id for each in found.mine}
        for each in releases.load(release_id, session).elements.values()
        if each.properties.get("bulk") == "yes"
    }
    return {
        each.item_id
        for each in found.mine
        if (each.release_id, each.element_id) in allowed
        and not (each.suspended_at or each.corrects_for_id or each.awaits_id)
    }


def counted(now: Any, found: lists.Inbox | None = None) -> dict[str, Any]:
    """What stands beside each tab: all of it, however the list is narrowed. Each number is a range of an index."""
    session, actor = db.session(), me()
    held = found.held if found else pool.held(session, actor, Asked(), now)
    free = found.free.total if found else pool.free_total(session, actor)
    return {
        "work": held.total,
        "pool": free,
        "done": lists.done_since(session, actor, clock.instant(clock.today().replace(day=1))),
        "started": lists.started_running(session, actor),
        "copies": copies.unread(session, actor),
        "watched": watched.count(session, actor),
    }


def which_tab(given: Any = None) -> str:
    """The tab of an address; an unknown one is the first."""
    tab = (request.args if given is None else given).get("tab", "work")
    return tab if tab in TABS else "work"


def address(tab: str, asked: Asked, **other: Any) -> dict[str, Any]:
    """The parameters of a list's address. The first tab alone says so, lest it open with somebody's usual filter."""
    found = asked.query(**other)
    return {"tab": tab, **found} if tab != "work" or not found else found


def link(tab: str, asked: Asked, **other: Any) -> str:
    return url_for("desk.inbox", **address(tab, asked, **other))


blueprint.add_app_template_global(link, "desk_link")
blueprint.add_app_template_global(address, "desk_query")

from web.desk import (  # noqa: E402,F401 -- they hang their views on the blueprint
    applications,
    backentry,
    bulk,
    cases,
    copying,
    dossiers,
    duplicates,
    files,
    filters,
    handovers,
    hands,
    identity,
    items,
    linked,
    messages,
    moves,
    notices,
    receipts,
    returns,
    standins,
    tables,
    talk,
    uploads,
    window,
)
