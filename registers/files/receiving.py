"""A form that names files is handed in: they must be this case's own, or this person's own of its draft, and live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.forms import FieldProblem
from engine.runtime.forms import receiver
from engine.runtime.models import Instance, WorkItem
from engine.runtime.step import Step
from engine.transactions import note
from registers.files.models import Attachment

#: Fields of forms that say on which day it was that the photos show.
DAYS = ("visited_on", "posted_on", "confirmed_on", "delivered_on", "taken_down_on")
#: One answer for whatever is wrong: what belongs to another case is not even said to exist.
WORDS = "这里有附件不能用：已经撤回，或者不属于这件办件。它们已从表单上去掉，请核对后重新上传。"


@receiver
def own_files(
    session: Session, item: WorkItem, step: Step, named: Mapping[str, Sequence[str]], values: Mapping[str, Any]
) -> Sequence[FieldProblem]:
    """What is wrong with the files that a form names; what was uploaded for the draft becomes the case's. The entry of
    the act vouches for their content."""
    if not named:
        return []
    wanted = {each for references in named.values() for each in references}
    rows = {str(each.id): each for each in _rows(session, wanted)}
    wrong = [
        FieldProblem(name, WORDS)
        for name, references in named.items()
        if not all(fits(rows.get(each), step.instance, step.actor.id) for each in references)
    ]
    if wrong:
        return wrong
    happened = _day(values)
    for name, references in named.items():
        for row in (rows[each] for each in references):
            if row.handed_in_at is None:
                row.handed_in_at, row.happened_on = step.now, happened
                row.field = row.field or name
            if row.instance_id is None:
                row.instance_id, row.draft_key = step.instance.id, None
            if row.item_id is None:
                row.item_id = item.id
    note(session, files={key: rows[key].sha256 for key in sorted(rows, key=int)})
    return []


def fits(row: Attachment | None, instance: Instance | None, actor_id: int | None) -> bool:
    """Whether somebody may name a file in a form of a case (`instance`) or of one that does not exist yet (None)."""
    if row is None or row.withdrawn_at is not None:
        return False
    if row.instance_id is None:
        return actor_id is not None and row.added_by_id == actor_id
    return instance is not None and row.instance_id == instance.id


def numbers(references: set[str]) -> Iterator[int]:
    """The references that can be numbers of rows at all."""
    return (int(each) for each in references if each.isascii() and each.isdigit() and len(each) < 10)


def _rows(session: Session, references: set[str]) -> Sequence[Attachment]:
    return session.scalars(select(Attachment).where(Attachment.id.in_(list(numbers(references))))).all()


def _day(values: Mapping[str, Any]) -> date | None:
    """The first of the days that the form names."""
    for name in DAYS:
        text = values.get(name)
        if isinstance(text, str):
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                continue
    return None
