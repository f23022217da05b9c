"""Recording an objection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.actors import Actor
from engine.database import db
from engine.errors import NotFound, Refused
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed
from registers.cases.models import Case
from registers.cases.numbers import case_number
from registers.objections.models import Objection
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
    parent = db.session.get(Instance, parent_id)
    if parent is None:
        raise NotFound("没有找到被提异议的办件，请核对编号后再登记。")

    def keep(deed: Deed, instance: Instance, submission: Submission) -> None:
        # The parent is locked, so that an objection and the end of its publicity come one after the other.
        deed.session.get(Instance, parent_id, with_for_update=True, populate_existing=True)
        veto.require(deed.session, Question("object", actor, instance=parent))
        posting = publicity.latest(deed.session, parent_id)
        if not publicity.is_open(posting, deed.now):
            raise Refused("这件办件不在公示期内，异议请按信访或举报登记。", clause="mca-2021-57:19")
        given = submission.values
        deed.session.add(
            Objection(
                instance_id=instance.id,
                parent_id=parent_id,
                publicity_id=posting.id,
                told={key: given.get(key) for key in ("objector_name", "objector_phone", "content")},
                recorded_at=deed.now,
            )
        )
        case = deed.session.get(Case, parent_id)
        deed.session.add(
            Case(
                instance_id=instance.id,
                number=case_number(deed.session, parent.area, "objection", deed.now.year),
                scheme="objection",
                title="公示异议",
                household_id=case.household_id,
                applicant=case.applicant,
                area=case.area,
                created_at=deed.now,
                filed=False,
                complaint=False,
            )
        )

    return runtime.start(
        "objection",
        area=parent.area,
        actor=actor,
        posted=posted,
        values=values,
        verb=Verb.OBJECTION_RECORDED,
        parent_id=parent_id,
        on_started=keep,
    )
