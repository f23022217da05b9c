"""Ending a running case before its time, inside an act: every item, timer, clock and incident of it comes to rest.

The state is left as it was: where the tokens stood is part of the record, and nothing of it can go on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from engine.clocks import ledger
from engine.clocks import queries as clocks
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.runtime.corrections import settling
from engine.runtime.models import Incident, Instance, Suspension, WaitingTimer, WorkItem
from engine.transactions import Deed


def end(deed: Deed, instance: Instance, outcome: str, reason: str) -> dict[str, Any]:
    """Ends a locked, running instance; returns what the journal keeps of it. Whoever had something in hand is told."""
    session, now, who = deed.session, deed.now, deed.actor.name
    items = list(
        session.scalars(
            select(WorkItem).where(WorkItem.instance_id == instance.id, WorkItem.state == "open").order_by(WorkItem.id)
        )
    )
    for item in items:
        item.state, item.completed_at, item.rung_at = "cancelled", now, None
    settling.overtaken(session, instance.id, now, who, reason, lambda _: False)
    session.execute(delete(WaitingTimer).where(WaitingTimer.instance_id == instance.id))
    session.execute(
        update(Incident)
        .where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=who)
    )
    for each in clocks.of_case(session, instance.id):
        ledger.end(session, each, "lapsed", now, who, note=reason)
    for standing in session.scalars(
        select(Suspension).where(Suspension.instance_id == instance.id, Suspension.ended_at.is_(None))
    ):
        standing.ended_at, standing.ended_by, standing.remark = now, who, "办件已终止。"
    kept = {"stage": instance.stage, "outcome": outcome, "items": [each.name for each in items]}
    instance.status, instance.outcome, instance.ended_at = "cancelled", outcome, now
    instance.stage, instance.suspended_at = "", None
    _tell_holders(deed, instance, items, "办件已终止，不用再办", reason)
    _tell_linked(deed, instance, reason)
    return kept


def _tell_linked(deed: Deed, instance: Instance, reason: str) -> None:
    """Whoever works on what was started at this case hears that it is over."""
    children = deed.session.scalars(
        select(Instance).where(Instance.parent_id == instance.id, Instance.status == "running").order_by(Instance.id)
    )
    for child in children:
        items = deed.session.scalars(
            select(WorkItem).where(WorkItem.instance_id == child.id, WorkItem.state == "open").order_by(WorkItem.id)
        )
        called = naming["of"](deed.session, instance)
        _tell_holders(deed, child, list(items), f"所属办件{called}已终止", reason)


def _tell_holders(deed: Deed, instance: Instance, items: list[WorkItem], what: str, reason: str) -> None:
    """One message a holder, however many items they have; nobody who must not hear of the case."""
    held = {item.holder_id: item for item in items if item.holder_id not in (None, deed.actor.id)}
    for holder_id, item in held.items():
        holder = directory.actor(deed.session, holder_id)
        if holder is None or not recipients.free(deed.session, holder, instance):
            continue
        enqueue(
            deed.session,
            kind="move",
            subject=f"{naming['of'](deed.session, instance)}：“{item.name}”{what}",
            body=reason,
            to=[holder],
            instance_id=instance.id,
            work_item_id=item.id,
            sender=deed.actor,
            urgent=True,
            now=deed.now,
        )
