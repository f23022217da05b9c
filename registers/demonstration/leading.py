"""What the leaders of the demonstration did in its last days: read, urged, ordered, asked for and granted more time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.clocks import operations as clocks
from engine.clocks.models import Clock
from engine.errors import Conflict, Invalid, Refused
from engine.outbox import operations as outbox
from engine.outbox.models import Copy, Message
from engine.runtime.models import WorkItem
from registers.supervision import operations as supervision

#: Messages older than this have been read by those who read their messages.
READ = timedelta(days=2)
TEXT = "该件已超期，请说明原因，并在答复期限内提出办结时间。"
ANSWER = "申请人外出务工，已约定本周五入户，入户后三日内提出初审意见。"


def lead(session: Session, actors: dict[str, list[Actor]], end: datetime) -> None:
    """Acts of the deputy, the head and the directors on what is late; a refusal of the rules is left at that."""
    head, deputy, (director, second, *_) = actors["head"][0], actors["deputy"][0], actors["director"]
    late = list(
        session.execute(
            select(WorkItem.id, WorkItem.instance_id)
            .where(WorkItem.state == "open", WorkItem.due_at <= end - timedelta(days=3))
            .order_by(WorkItem.due_at)
            .limit(6)
        )
    )
    for number, (item_id, instance_id) in enumerate(late):
        with clock.at(end - timedelta(days=2, hours=number)):
            _try(lambda item_id=item_id: supervision.urge(item_id, deputy, "请今天办理或说明原因。"))
        if number < 2:
            with clock.at(end - timedelta(days=2 - number, hours=1)):
                order = _try(
                    lambda instance_id=instance_id, item_id=item_id: supervision.order(
                        instance_id, head, to_id=director.id, text=TEXT, reply="3wd", item_id=item_id
                    )
                )
            if order is not None and number == 0:
                with clock.at(end - timedelta(hours=3)):
                    _try(lambda order=order: supervision.reply(order.id, director, ANSWER))
    running = session.scalars(
        select(Clock.id)
        .where(Clock.name == "total", Clock.ended_at.is_(None), Clock.due_at > end)
        .order_by(Clock.due_at)
        .limit(3)
    ).all()
    for clock_id in running[2:]:
        with clock.at(end - timedelta(days=1, hours=5)):
            _try(
                lambda clock_id=clock_id: clocks.pause(
                    clock_id, head, cause="force_majeure", note="连日暴雪，通村道路封闭，无法入户。"
                )
            )
    for number, clock_id in enumerate(running[:2]):
        with clock.at(end - timedelta(days=1, hours=number)):
            asked = _try(
                lambda clock_id=clock_id: clocks.ask_extension(
                    clock_id, second, reason="hard_survey", note="户主在外地住院，需异地核实。"
                )
            )
        if asked is not None and number == 0:
            with clock.at(end - timedelta(hours=20)):
                _try(lambda asked=asked: clocks.decide_extension(asked.id, deputy, granted=True))
    _read(session, end)


def _read(session: Session, end: datetime) -> None:
    """Everybody has read what is older than two days."""
    session.rollback()
    with clock.at(end - READ + timedelta(hours=8)):
        rows = session.execute(
            select(Copy.account_id, Copy.id)
            .join(Message, Message.id == Copy.message_id)
            .where(Copy.channel == "app", Message.created_at <= end - READ)
        )
        mine: dict[int, list[int]] = {}
        for account_id, copy_id in rows:
            mine.setdefault(account_id, []).append(copy_id)
        for account_id, copies in mine.items():
            outbox.read(account_id, copies)


def _try(attempt):  # type: ignore[no-untyped-def]
    """What came of an act; None when the rules or the state of the case refuse it."""
    try:
        return attempt()
    except (Refused, Conflict, Invalid):
        return None
