"""An item that its holder gave to somebody to do for them: what comes back is theirs to hand in."""

from __future__ import annotations

from engine import forms
from engine.journal.verbs import Verb
from engine.people import directory
from engine.runtime import signing
from engine.runtime.finishing import Outcome
from engine.runtime.hands.giving import tell
from engine.runtime.models import Signature, WorkItem
from engine.transactions import Deed


def come_back(deed: Deed, item: WorkItem, given: forms.Submission, release_id: str) -> Outcome:
    """What was filled in stands on the item for its owner to read and hand in. Whoever filled it in did that work: a
    step that must be done by somebody else is not theirs."""
    submission = signing.submit(deed, item, given, release_id)
    deed.session.add(
        Signature(
            work_item_id=item.id,
            instance_id=item.instance_id,
            element_id=item.element_id,
            submission_id=submission.id,
            actor_id=deed.actor.id,
            actor_name=deed.actor.name,
            signed_at=deed.now,
            valid=False,
        )
    )
    owner = directory.actor(deed.session, item.lent_by_id) if item.lent_by_id is not None else None
    item.holder_id, item.holder_name, item.claimed_at = item.lent_by_id, item.lent_by_name, deed.now
    to, item.lent_by_id, item.lent_by_name = item.lent_by_name, None, None
    if owner is not None:
        tell(deed, item, [owner], "委派的已经办好，请核对后提交", f"{deed.actor.name}已填好。")
    deed.verb = Verb.ITEM_CAME_BACK
    after = {"item": item.name, "to": to, "form": signing.digest(submission)}
    deed.record(item.instance, after=after, clause=item.clause)
    return Outcome(item, item.instance, finished=False)
