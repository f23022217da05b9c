"""Putting an item into other hands inside an act: they must be free to have it, and both sides hear of it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.actors import Actor
from engine.errors import Conflict, Refused
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.rules.veto import Question, veto
from engine.runtime.models import WorkItem
from engine.transactions import Deed


def require_free(deed: Deed, item: WorkItem, to: Actor, what: str, *, led: bool = False) -> None:
    """Raises Refused, with the reason, when somebody may not have the item; Conflict when they have it. `led`: a leader
    gives it, who sees what the other one does not."""
    if item.holder_id == to.id:
        raise Conflict(f"“{item.name}”已经在{to.name}手中。")
    facts = {"assigned": True} if led else {}
    free = veto.ask(deed.session, Question("claim", to, instance=item.instance, item=item, facts=facts))
    if not free:
        raise Refused(f"不能{what}给{to.name}：{free.reason}", clause=free.clause)


def tell(deed: Deed, item: WorkItem, people: Iterable[Actor | None], what: str, words: str) -> None:
    """One message to each who may hear of the case."""
    told = [each for each in people if each is not None and recipients.free(deed.session, each, item.instance)]
    enqueue(
        deed.session,
        kind="assign",
        subject=f"{naming['of'](deed.session, item.instance)}：“{item.name}”{what}",
        body=words,
        to=told,
        instance_id=item.instance_id,
        work_item_id=item.id,
        sender=deed.actor,
        urgent=True,
        now=deed.now,
    )
