"""Reading saved filters and follow-up dates."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NotFound
from registers.desk.models import DeskStart, FollowUp, SavedFilter


def filters(session: Session, actor: Actor) -> list[SavedFilter]:
    """Somebody's own filters, then those that their units share."""
    asked = select(SavedFilter).where(_seen(actor))
    return list(session.scalars(asked.order_by(SavedFilter.account_id != actor.id, SavedFilter.name, SavedFilter.id)))


def seen(session: Session, actor: Actor, filter_id: int) -> SavedFilter | None:
    """A filter that somebody sees; None for any other."""
    return session.scalar(select(SavedFilter).where(SavedFilter.id == filter_id, _seen(actor)))


def own(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    """A filter of somebody's own; NotFound for any other."""
    found = session.get(SavedFilter, filter_id)
    if found is None or found.account_id != actor.id:
        raise NotFound("没有这个筛选，它可能已被删除。")
    return found


def start(session: Session, actor: Actor) -> SavedFilter | None:
    """The filter with which somebody's inbox opens, while they still see it."""
    asked = select(SavedFilter).join(DeskStart, DeskStart.filter_id == SavedFilter.id)
    return session.scalar(asked.where(DeskStart.account_id == actor.id, _seen(actor)))


def follow_up(session: Session, item_id: int) -> FollowUp | None:
    """The day on which the holder of an item looks at it again."""
    return session.get(FollowUp, item_id)


def _seen(actor: Actor) -> ColumnElement[bool]:
    mine = SavedFilter.account_id == actor.id
    units = [and_(SavedFilter.role == each.role, SavedFilter.area == each.area) for each in actor.grants]
    return or_(mine, *(units or [false()]))
