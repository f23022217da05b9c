"""Whoever waits for a decision is told in writing when it will come later (83号 四(一): the extension has a reason)."""

from __future__ import annotations

from engine.clocks.models import Clock
from engine.clocks.operations import after_extension
from engine.releases import queries as releases
from engine.transactions import Deed
from registers.cases.models import Case
from registers.notices import operations

#: The clock of the whole case, on which the applicant waits; petitions have letters of their own.
WHOLE, TEMPLATE = "total", "extension_notice"


def tell(deed: Deed, clock: Clock, extension_id: int) -> None:
    """Issues the letter in the act that grants the extension: what cannot be told is not granted."""
    session, instance = deed.session, clock.instance
    if clock.name != WHOLE or session.get(Case, instance.id) is None:
        return
    if TEMPLATE in releases.load(instance.release_id, session).notices:
        session.flush()
        operations.issue(session, instance, TEMPLATE, actor=deed.actor, now=deed.now, key=f"extension:{extension_id}")


if tell not in after_extension:
    after_extension.append(tell)
