"""How somebody's own work stands, for the daily digest: counts only, since it leaves the house."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.outbox.digest import standing
from engine.runtime.models import WorkItem


def own_items(session: Session, account_id: int) -> list[str]:
    """超期 2 项 and 临近期限 1 项, of the open items in somebody's hands; nothing when nothing presses."""
    now = clock.now()
    late = WorkItem.due_at <= now
    red, yellow = session.execute(
        select(
            func.count().filter(late),
            func.count().filter(WorkItem.warn_at <= now, ~late),
        ).where(WorkItem.holder_id == account_id, WorkItem.state == "open")
    ).one()
    return [f"{words} {count} 项" for words, count in (("超期", red), ("临近期限", yellow)) if count]


standing.answer = own_items
