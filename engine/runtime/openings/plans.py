"""What the system opens by itself on certain days: registers offer the functions that look, the timers let them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.database import db

log = logging.getLogger(__name__)

Plan = Callable[[], object]
_plans: list[Plan] = []


def plan(function: Plan) -> Plan:
    """Adds a function that asks for openings whose day has come (`openings.operations.request`, with a key, so that
    asking again does nothing). It is called every few minutes and must cost next to nothing when nothing is to do.
    Usable as a decorator."""
    if function not in _plans:
        _plans.append(function)
    return function


def look(stop: Callable[[], bool] = lambda: False) -> None:
    """Lets every plan look once. One that fails does not keep the others from looking; it comes again."""
    for each in list(_plans):
        if stop():
            return
        try:
            each()
        except Exception:
            log.exception("the plan %s failed; it comes again", getattr(each, "__qualname__", each))
        finally:
            db.session().rollback()
