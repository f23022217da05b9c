"""Recording an objection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import Refused
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed
from registers.cases import operations as cases
from registers.cases import starts
from registers.cases.starts import Asked
from registers.objections.models import Objection
from registers.objections.rules import PROCESS
from registers.publicity import queries as publicity


def record(
    parent_id: int,
    actor: Actor,
    *,
    posted: Mapping[str, Sequence[str]] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Instance:
    """Starts the sub-case of an objection to a case in publicity; possible to 24:00 of the last day (57号 art. 19).

    Raises Refused when nothing of this case is in publicity any more or when the actor is kin of the household,
    Invalid with the form's problems.
    """
    return cases.begin(PROCESS, actor, parent_id=parent_id, posted=posted, values=values)


def in_publicity(session: Session, asked: Asked) -> None:
    """An objection is to what hangs on the board now."""
    veto.require(session, Question("object", asked.actor, instance=asked.parent))
    if not publicity.is_open(publicity.latest(session, asked.parent.id), asked.now):
        raise Refused("这件办件不在公示期内，异议请按信访或举报登记。", clause="mca-2021-57:19")


def keep(deed: Deed, instance: Instance, submission: Submission) -> None:
    """Who objects to what, sealed, with the posting that it is about."""
    posting = publicity.latest(deed.session, instance.parent_id)
    given = submission.values
    deed.session.add(
        Objection(
            instance_id=instance.id,
            parent_id=instance.parent_id,
            publicity_id=posting.id,
            told={key: given.get(key) for key in ("objector_name", "objector_phone", "content")},
            recorded_at=deed.now,
        )
    )


starts.register(PROCESS, check=in_publicity, keep=keep)
