"""Taking the event log out of the house: an act, since data leave it, though nobody stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import IO

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Invalid
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.cases.rules import EXPORTING_EVENTS
from registers.events import log, ocel, xes

#: {how a file's name ends: (what it is called, what writes it)}
FORMS: dict[str, tuple[str, Callable[[IO[bytes], object], int]]] = {
    "xes": ("XES", xes.write),
    "json": ("OCEL 2.0", ocel.write),
}


@dataclass(frozen=True)
class Exported:
    """How much is in it."""

    form: str
    cases: int
    events: int


def export(actor: Actor, first: date, last: date, form: str, out: IO[bytes]) -> Exported:
    """Writes the event log of the cases that began from `first` to `last` in the actor's areas; `form` is a key of
    FORMS. That it was taken out of the house is in the journal before a byte of it is read.

    Raises Invalid at `form`, `first` or `last`, Refused by the veto (`export_events`)."""
    if form not in FORMS:
        raise Invalid.at("form", "请选择导出的格式：XES 或 OCEL 2.0。")
    if first > clock.today():
        raise Invalid.at("first", "开始日期还没有到，请改成今天或以前。")
    if last < first:
        raise Invalid.at("last", "结束日期不能早于开始日期。")
    name, write = FORMS[form]
    with act(Verb.EVENTS_EXPORTED, actor) as deed:
        veto.require(deed.session, Question("export_events", actor))
        areas = None if actor.is_system else [each.area for each in actor.grants if each.role in EXPORTING_EVENTS]
        count = log.count(deed.session, first, last, areas)
        after = {"form": name, "first": first.isoformat(), "last": last.isoformat(), "count": count}
        deed.record(deed.subject("events"), after=after)
    return Exported(name, count, write(out, log.traces(db.session(), first, last, areas)))
