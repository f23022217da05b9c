"""A second press of the button must not start a second case: the same person, the same form, the same words."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine import clock, forms
from engine.actors import Actor
from engine.database import db
from engine.forms import Form
from engine.runtime.models import Instance, Submission

#: How long the same words count as the same act, by the wall clock.
SPAN = timedelta(minutes=10)
_locks = [threading.Lock() for _ in range(64)]


@contextmanager
def one_at_a_time(actor: Actor) -> Iterator[None]:
    """Lets two requests of one person come one after the other, the second seeing what the first wrote."""
    with _locks[(actor.id or 0) % len(_locks)]:
        db.session.rollback()  # Ends the read transaction: what was committed meanwhile must be seen.
        yield


def started(
    form: Form,
    actor: Actor,
    posted: Mapping[str, Sequence[str]],
    context: Mapping[str, Any],
    parent_id: int | None = None,
) -> int | None:
    """The case that this person started a moment ago with the very same form, if there is one."""
    given = forms.submit(form, posted, context).values
    lately = db.session.scalars(
        select(Submission)
        .join(Instance, Instance.id == Submission.instance_id)
        .where(
            Submission.form == form.name,
            Submission.author_id == actor.id,
            Submission.entered_at >= clock.wall() - SPAN,
            Instance.parent_id.is_(None) if parent_id is None else Instance.parent_id == parent_id,
        )
        .order_by(Submission.id.desc())
        .limit(20)
    )
    return next((each.instance_id for each in lately if each.values == given), None)
