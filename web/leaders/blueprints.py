"""The leaders' blueprint, what every page of it needs first, and the order's own address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.rules.veto import Question, veto
from registers.board.scope import Scope
from registers.cases import ball
from registers.cases.ball import Roster
from web.security import me

blueprint = Blueprint("leaders", __name__, url_prefix="/leaders")


@dataclass(frozen=True)
class View:
    """A leader's request: one instant, one roster, one scope for all that the page says."""

    session: Session
    scope: Scope
    now: datetime
    staff: Roster


def view() -> View:
    """Raises Refused for whoever leads nothing."""
    session = db.session()
    veto.require(session, Question("see_overdue", me()))
    return View(session, Scope(me()), clock.now(), ball.roster(session))
