"""Carrying out what the system was asked to open: one act each, tried again later and later when it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.database import db
from engine.errors import Conflict, DoudiError, NotFound
from engine.outbox.operations import enqueue
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, Opening
from engine.runtime.openings import ask, queries
from engine.runtime.running import NothingToDo
from engine.transactions import Deed, scratch

log = logging.getLogger(__name__)

#: It is tried again after 1, 2, 4 … minutes, at most an hour.
BACKOFF, LONGEST_BACKOFF = timedelta(minutes=1), timedelta(hours=1)
#: After so many failures the administrators are told; until then it may have been a moment's trouble.
TELL_AFTER = 3


def request(*, key: str, process_id: str, area: str, flow: Mapping[str, Any], parent_id: int | None = None) -> Opening:
    """`ask` for whoever is in no operation, as a schedule that opens the reviews of a month."""
    with scratch() as session:
        given = {"key": key, "process_id": process_id, "area": area, "flow": flow, "parent_id": parent_id}
        return ask(session, **given, now=clock.now())


def carry_out(opening_id: int) -> Instance | None:
    """Opens what was asked for. None when that was done already, is not due, is in another process's hands, or failed:
    then it is written down why, and tried again later."""
    waiting = db.session().get(Opening, opening_id, populate_existing=True)
    if waiting is None or waiting.instance_id is not None:
        return None

    def done(deed: Deed, instance: Instance) -> None:
        opening = deed.session.scalar(
            select(Opening)
            .where(Opening.id == opening_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if opening is None or opening.instance_id is not None:
            raise NothingToDo
        opening.instance_id, opening.error = instance.id, None

    try:
        return runtime.open(
            waiting.process_id,
            area=waiting.area,
            flow=waiting.flow,
            parent_id=waiting.parent_id,
            on_opened=done,
        )
    except NothingToDo:
        return None
    except Exception as error:
        db.session().rollback()
        said = error.message if isinstance(error, DoudiError) else f"{type(error).__name__}"
        log.warning("opening %s could not be carried out", opening_id, exc_info=not isinstance(error, DoudiError))
        _failed(opening_id, said)
        return None


def carry_out_due(stop: Callable[[], bool] = lambda: False, limit: int = 100) -> int:
    """Carries out whatever waits, the oldest first; how many came of it. One small query when nothing is to do."""
    done = 0
    session, now = db.session(), clock.now()
    for opening_id in queries.due(session, now, limit):
        if stop():
            break
        done += carry_out(opening_id) is not None
    session.rollback()
    return done


def try_again(opening_id: int, actor: Actor) -> Instance | None:
    """An administrator lets it be tried at once, not when its turn comes."""
    session = db.session()
    waiting = session.get(Opening, opening_id, populate_existing=True)
    if waiting is None:
        raise NotFound("没有找到这件自动发起的办件，请刷新后再试。")
    veto.require(session, Question("see_incidents", actor))
    if waiting.instance_id is not None:
        raise Conflict("这件办件已经发起，不用再试。")
    return carry_out(opening_id)


def _failed(opening_id: int, said: str) -> None:
    with scratch() as session:
        opening = session.get(Opening, opening_id, with_for_update=True, populate_existing=True)
        if opening is None or opening.instance_id is not None:
            return
        now: datetime = clock.now()
        opening.not_before = now + min(BACKOFF * 2 ** min(opening.attempts, 10), LONGEST_BACKOFF)
        opening.attempts += 1
        opening.error = said[:2000]
        if opening.attempts >= TELL_AFTER:
            enqueue(
                session,
                kind="incident",
                role="admin",
                area=opening.area,
                subject=f"系统没有能够发起“{opening.process_id}”办件",
                body=f"{said}系统会继续重试；请在“流程异常”中查看。",
                sender=SYSTEM,
                key=f"opening:{opening.id}",
                now=now,
            )
