"""Reading attachments: those of a case, and one that somebody may look at."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NotFound
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.files.models import Attachment
from registers.files.operations import NO_FILE
from registers.files.receiving import fits, numbers


def of_case(session: Session, instance_id: int) -> list[Attachment]:
    """All that was uploaded to a case, also what was taken back, oldest first. Whether somebody may see the case is the
    caller's question."""
    return list(
        session.scalars(select(Attachment).where(Attachment.instance_id == instance_id).order_by(Attachment.id))
    )


def usable(session: Session, actor: Actor, instance: Instance | None, references: Sequence[str]) -> list[Attachment]:
    """Those of some references that the actor may name in a form of the case (None: of one not begun yet), in their
    order; any other is as if it did not exist."""
    wanted = list(numbers(set(references)))
    if not wanted:
        return []
    rows = {str(each.id): each for each in session.scalars(select(Attachment).where(Attachment.id.in_(wanted)))}
    found = [rows[each] for each in dict.fromkeys(references) if each in rows]
    return [each for each in found if fits(each, instance, actor.id)]


def seen(session: Session, actor: Actor, file_id: int) -> tuple[Attachment, Instance | None]:
    """A file that the actor may look at, with its case. What was not handed in yet is its owner's alone; what was taken
    back is shown no more. NotFound in the same words for all that is hidden or does not exist."""
    row = session.get(Attachment, file_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound(NO_FILE)
    if row.instance_id is None:
        if row.added_by_id != actor.id:
            raise NotFound(NO_FILE)
        return row, None
    instance = session.get(Instance, row.instance_id)
    if instance is None or not veto.ask(session, Question("view", actor, instance=instance)):
        raise NotFound(NO_FILE)
    return row, instance
