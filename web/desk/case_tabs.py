"""The tabs of a case's page: each reads only what it shows. Another room adds one with `register`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.clocks.catalogue import KINDS as CLOCK_KINDS
from engine.clocks.models import ClockEntry
from engine.outbox import queries as outbox
from engine.outbox.words import KINDS
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from engine.runtime.models import Incident, Instance
from registers.cases import ball, relations, starts
from registers.cases.models import Case
from registers.cases.page import CasePage, history
from registers.dossiers.operations import KEPT
from registers.files import limits, words
from registers.files import queries as files
from registers.filings import queries as filed
from registers.households import changes
from registers.moves import queries as moved
from registers.publicity import queries as publicity
from web.desk import facts, notices

#: So many of the last events stand on the first tab.
LATELY = 10


class Seen:
    """A case as one person looks at it; what several tabs need is read once."""

    def __init__(self, session: Session, actor: Actor, page: CasePage, release: LoadedRelease) -> None:
        self.session, self.actor, self.page, self.release = session, actor, page, release
        self.instance = page.instance

    @cached_property
    def staff(self) -> ball.Roster:
        return ball.roster(self.session)

    @cached_property
    def incidents(self) -> list[Incident]:
        return [each for each in self.page.incidents if each.resolved_at is None]

    @cached_property
    def offers(self) -> list[starts.Offer]:
        return list(starts.linked(self.session, self.actor, self.instance))

    def may(self, verb: str) -> bool:
        return bool(veto.ask(self.session, Question(verb, self.actor, instance=self.instance)))


@dataclass(frozen=True)
class Tab:
    """One tab: its key in the address, its title, its template (which extends `cases/case.html`), what it reads."""

    key: str
    title: str
    template: str
    look: Callable[[Seen], Mapping[str, Any]]


FIRST = "overview"
TABS: dict[str, Tab] = {}


def register(tab: Tab, before: str = "") -> Tab:
    """Adds a tab: last, or before another. The same key replaces."""
    known = [each for each in TABS.values() if each.key != tab.key]
    at = next((number for number, each in enumerate(known) if each.key == before), len(known))
    known.insert(at, tab)
    TABS.clear()
    TABS.update((each.key, each) for each in known)
    return tab


def overview(seen: Seen) -> Mapping[str, Any]:
    """What is to do, what was decided, what happened lately, the facts beside it."""
    page, session = seen.page, seen.session
    posted = page.publicity[-1] if page.publicity else None
    return {
        "open_items": [each for each in page.items if each.state == "open"],
        "balls": ball.of_items(session, seen.instance.id, seen.staff),
        "lately": history(session, seen.instance.id, LATELY),
        "assessed": facts.assessed(page.assessment) if page.assessment else [],
        "income": income(page),
        "clock_kinds": CLOCK_KINDS,
        "posted": posted,
        "posted_end": clock.end_of(posted.until) if posted else None,
        "is_open": publicity.is_open(posted, clock.now()),
        "moves": moved.of_case(session, seen.instance.id),
        "changes": changes.of_household(session, page.household_id) if page.household_id else [],
        "change_kinds": changes.KINDS,
        "may_clarify": bool(page.filings) and seen.may("clarify"),
        "relations": filed.RELATIONS,
        "sources": filed.SOURCES,
        "documents": notices.documents(session, seen.release, page),
        **linked(seen),
    }


def linked(seen: Seen) -> Mapping[str, Any]:
    """What was started at the case and what may be."""
    return {
        "offers": [each for each in seen.offers if not each.refusal],
        "not_now": [each for each in seen.offers if each.refusal],
        "children": related(seen.session, seen.actor, seen.page.children),
    }


def forms(seen: Seen) -> Mapping[str, Any]:
    """What was handed in."""
    from web.desk import items

    return {"papers": items.papers(seen.instance.id)}


def papers(seen: Seen) -> Mapping[str, Any]:
    """Documents and attachments."""
    page, session = seen.page, seen.session
    rows = files.of_case(session, seen.instance.id)
    return {
        "documents": notices.documents(session, seen.release, page),
        "files": [each for each in rows if each.withdrawn_at is None],
        "withdrawn": [each for each in rows if each.withdrawn_at is not None],
        "kinds": words.KINDS,
        "numbered": words.SHOWS_NUMBERS,
        "taken": words.taken,
        "doubt": words.doubt,
        "size": words.size,
        "largest": limits.current().megabytes,
        "steps": {each.id: each.name for each in page.items},
        "may_attach": seen.may("attach"),
        "may_unmask": seen.may("unmask"),
        "may_withdraw": {
            each.id
            for each in rows
            if veto.ask(session, Question("detach", seen.actor, instance=seen.instance, facts={"file": each}))
        },
        "may_export": seen.may("export"),
        "kept_minutes": int(KEPT.total_seconds() // 60),
    }


def story(seen: Seen) -> Mapping[str, Any]:
    """The whole history, and who was told of what."""
    return {"said": outbox.about(seen.session, seen.instance.id), "message_kinds": KINDS}


def diagram(seen: Seen) -> Mapping[str, Any]:
    """The drawing with the way taken and its scars."""
    instance, release = seen.instance, seen.release
    position: dict[str, Any] = instance.position or {}
    shown = request.args.get("process", "")
    if shown not in position:
        shown = standing(position, instance.process_id)
    return {
        "drawings": [(key, release.processes[key].name) for key in position if key in release.processes],
        "shown": shown,
        "active": position.get(shown, {}).get("active", []) if instance.status == "running" else [],
        "done": passed(position.get(shown, {}), release.processes[shown].flows),
        "parked": stopped(instance, position.get(shown, {}), shown, seen.incidents),
    }


def deadlines(seen: Seen) -> Mapping[str, Any]:
    """Every date of the case and what happened to it."""
    from sqlalchemy import select

    own = [each.id for each in seen.page.clocks]
    found: dict[int, list[ClockEntry]] = {}
    for each in seen.session.scalars(select(ClockEntry).where(ClockEntry.clock_id.in_(own)).order_by(ClockEntry.id)):
        found.setdefault(each.clock_id, []).append(each)
    return {
        "clock_kinds": CLOCK_KINDS,
        "entries": found,
        "open_items": [each for each in seen.page.items if each.state == "open"],
    }


def others(seen: Seen) -> Mapping[str, Any]:
    """What was started here, and other cases of the same people."""
    household = seen.page.household_id
    found = relations.others(seen.session, seen.actor, seen.instance, household) if household else []
    return {"same": found, **linked(seen)}


for _tab in (
    Tab(FIRST, "概况", "cases/overview.html", overview),
    Tab("forms", "表单", "cases/forms.html", forms),
    Tab("papers", "材料与文书", "cases/papers.html", papers),
    Tab("history", "经过", "cases/history.html", story),
    Tab("diagram", "流程图", "cases/diagram.html", diagram),
    Tab("clocks", "期限", "cases/clocks.html", deadlines),
    Tab("related", "相关办件", "cases/others.html", others),
):
    register(_tab)


def stopped(instance: Instance, position: Mapping[str, Any], shown: str, incidents: Sequence[Incident]) -> list[str]:
    """Where the case is parked; of one that was ended before its time where it stood then: that scar stays."""
    if instance.status == "cancelled":
        return list(position.get("active", []))
    return [each.element_id for each in incidents if each.process_id == shown]


def related(session: Session, actor: Actor, children: Sequence[Instance]) -> list[tuple[Instance, Case | None]]:
    """What was started at a case, as far as this person may know of it."""
    seen = [each for each in children if veto.ask(session, Question("view", actor, instance=each))]
    return [(each, session.get(Case, each.id)) for each in seen]


def standing(position: Mapping[str, Any], own: str) -> str:
    """The process whose diagram says most: the innermost one with a token, else the case's own."""
    active = [key for key, each in position.items() if each.get("active") and key != own]
    return active[-1] if active else own


def passed(position: Mapping[str, Any], flows: Sequence[tuple[str, str, str]]) -> list[str]:
    """The elements and the arrows that the case went over."""
    taken = {tuple(pair) for pair in position.get("flows", [])}
    return [*position.get("done", []), *(key for source, target, key in flows if key and (source, target) in taken)]


def income(page: CasePage) -> list[dict[str, str]]:
    """Declared and verified figures side by side."""
    declared, verified = page.statements.get("declared", {}), page.statements.get("verified", {})
    return [
        {
            "name": name,
            "declared": facts.yuan(declared.get(key)) if declared else "—",
            "verified": facts.yuan(verified.get(key)) if verified else "—",
            "differs": "yes" if verified and declared and verified.get(key) != declared.get(key) else "",
        }
        for key, name in facts.INCOME.items()
        if declared.get(key) or verified.get(key)
    ]
