"""How a step is done, as a page shows it: with the numbers that hold for the case, else those of today."""

from __future__ import annotations

from engine import clock
from engine.database import db
from engine.parameters import queries as parameters
from engine.releases import howto
from engine.runtime.models import Instance


def how_told(text: str, instance: Instance | None = None) -> str:
    """The words of the drawing; parameters are read only where it speaks of some."""
    if not howto.names(text):
        return text
    session = db.session()
    seen = parameters.of(session, instance) if instance is not None else parameters.on(session, clock.today())
    return howto.told(text, seen)
