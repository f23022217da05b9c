"""A second press of the button must not make a second case."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from engine import clock
from engine.errors import Conflict
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed
from registers.accounts.models import Account

#: How long the same form by the same person counts as the same act, by the wall clock.
SPAN = timedelta(minutes=10)


def handed_in_once(deed: Deed, instance: Instance, submission: Submission) -> None:
    """Inside the act that starts a case: raises Conflict (with `instance_id`) when this person handed in the very same
    form a moment ago. The person's account row is locked, so two requests at once come one after the other."""
    deed.session.get(Account, deed.actor.id, with_for_update=True)
    lately = deed.session.scalars(
        select(Submission).where(
            Submission.form == submission.form,
            Submission.author_id == deed.actor.id,
            Submission.entered_at >= clock.wall() - SPAN,
            Submission.id != submission.id,
            Submission.instance_id != instance.id,
        )
    )
    for each in lately:
        if each.values == submission.values:
            raise Conflict("这份申请刚才已经登记，没有重复登记。", instance_id=each.instance_id)
