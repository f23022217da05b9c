"""Rows that belong to an instance, read anew with the instance locked: the instance first, so nobody deadlocks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer
from sqlalchemy.orm.attributes import set_committed_value

from engine.errors import Conflict, NotFound, Refused
from engine.runtime.models import Instance, Suspension, WorkItem
from engine.transactions import Deed


def instance(deed: Deed, instance_id: int, *, state: bool = False, skip_locked: bool = False) -> Instance | None:
    """The instance, locked and as it is now; None when there is none, or (`skip_locked`) when somebody has it."""
    asked = select(Instance).where(Instance.id == instance_id)
    if state:
        asked = asked.options(undefer(Instance.state))
    return deed.session.scalar(asked.with_for_update(skip_locked=skip_locked).execution_options(populate_existing=True))


def row_of(deed: Deed, kind: type[Any], key: int, skip_locked: bool = False) -> Any:
    """A row that belongs to an instance, and that instance locked with its state.

    The row in a statement of its own after the wait, because the lock would bring the instance up to date and leave
    the joined row as it was before.
    """
    found = deed.session.scalar(
        select(Instance)
        .where(Instance.id == select(kind.instance_id).where(kind.id == key).scalar_subquery())
        .options(undefer(Instance.state))
        .with_for_update(skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )
    if found is None:
        return None
    row = deed.session.scalar(select(kind).where(kind.id == key).execution_options(populate_existing=True))
    if row is not None:
        set_committed_value(row, "instance", found)
    return row


def open_item(deed: Deed, item_id: int) -> WorkItem:
    """The open item, read anew under the lock of its instance; Conflict when it is no longer open."""
    item = row_of(deed, WorkItem, item_id)
    if item is None:
        raise NotFound("没有找到这一项，它可能已被撤回，请返回待办列表。")
    if item.state == "completed":
        raise Conflict(
            f"“{item.name}”已由{item.holder_name}于{item.completed_at:%m月%d日 %H:%M}办结。您填写的内容已保留。"
        )
    if item.state != "open":
        ended = item.instance.ended_at
        if item.instance.status == "cancelled" and ended is not None:
            raise Conflict(f"这件办件已于{ended:%m月%d日 %H:%M}终止，“{item.name}”不用再办。您填写的内容已保留。")
        raise Conflict(f"“{item.name}”已不需要办理。您填写的内容已保留。")
    return item


def not_suspended(deed: Deed, found: Instance) -> None:
    """Raises Refused, with why and since when, while the case is suspended: nothing of it goes on meanwhile."""
    if found.suspended_at is None:
        return
    standing = deed.session.scalar(
        select(Suspension).where(Suspension.instance_id == found.id, Suspension.ended_at.is_(None)).limit(1)
    )
    why = f"（{standing.reason}），最迟到{standing.until:%Y年%m月%d日}恢复" if standing is not None else ""
    raise Refused(f"这件办件自{found.suspended_at:%Y年%m月%d日}起中止办理{why}。恢复以后才能办理。")
