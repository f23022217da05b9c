"""How an open list learns that it is no longer what it shows."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.runtime.models import Instance, WorkItem
from registers.cases import pool
from registers.cases.inbox import Inbox

#: A list shows no more rows than this at once, and no item has a longer number.
MOST, DIGITS = 400, 12
AWAY = "已不在您的清单中"


def mark(held: pool.Seen, free: pool.Seen) -> str:
    """What a list shows, in a few letters: its items, in whose hands, and its counts."""
    parts = [*(f"m{each}" for each in held.ids), *(f"c{each}" for each in free.ids), held.told, free.told]
    return hashlib.sha256(".".join(parts).encode()).hexdigest()[:24]


def gone(session: Session, actor: Actor, seen: str, found: Inbox) -> dict[int, str]:
    """{item: what became of it} of the items that a page still shows. Who has one now is told only of items of the
    person's own roles, which they saw as everybody's, and never of a confidential case."""
    texts = seen.split(".")[:MOST]
    ids = {int(each) for each in texts if each.isascii() and each.isdigit() and len(each) <= DIGITS}
    ids -= {each.item_id for each in (*found.mine, *found.claimable, *found.to_assign)}
    if not ids:
        return {}
    # What is only on another page of the list by now is not gone.
    ids -= pool.still_free(session, actor, sorted(ids))
    words = dict.fromkeys(sorted(ids), AWAY)
    rows = session.execute(
        select(WorkItem.id, WorkItem.state, WorkItem.role, WorkItem.area, WorkItem.holder_id, WorkItem.holder_name)
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(WorkItem.id.in_(ids), Instance.seen_by.is_(None))
    )
    for key, state, role, area, holder_id, holder in rows:
        if not actor.holds(role, area):
            continue
        if state != "open":
            words[key] = "已办结" if state == "completed" else "已不需要办理"
        elif holder_id is not None and holder_id != actor.id:
            words[key] = f"已由{holder}认领"
    return words
