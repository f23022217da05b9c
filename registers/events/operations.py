"""Taking the event log out of the house: an act, since data leave it, though nobody stands in them."""

from __future__ import annotations

from datetime import date

from engine.actors import Actor
from engine.errors import Invalid
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.events import log


def export(actor: Actor, first: date, last: date, form: str) -> int:
    """Notes that the cases that began from `first` to `last` are exported as `form` (XES, OCEL); how many they are.
    What follows is reading alone (`log.traces`). Raises Invalid for a period that is none, Refused by the veto."""
    if last < first:
        raise Invalid.at("last", "结束日期不能早于开始日期。")
    with act(Verb.EVENTS_EXPORTED, actor) as deed:
        veto.require(deed.session, Question("export_events", actor))
        count = log.count(deed.session, first, last)
        after = {"form": form, "first": first.isoformat(), "last": last.isoformat(), "count": count}
        deed.record(deed.subject("events"), after=after)
    return count
