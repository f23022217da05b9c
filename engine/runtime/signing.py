"""Submissions and the signatures under them: who signed what, and when a signature still counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from engine import clock, forms, secrets
from engine.actors import Actor
from engine.errors import Conflict
from engine.runtime.models import Signature, Submission, WorkItem
from engine.transactions import Deed


def earlier(deed: Deed, item: WorkItem) -> list[Signature]:
    """Who signed this item before; nobody is asked for when nobody can have."""
    if item.submission_id is None:
        return []
    return list(deed.session.scalars(select(Signature).where(Signature.work_item_id == item.id)))


def standing(deed: Deed, item: WorkItem, given: forms.Submission, before: list[Signature]) -> Submission | None:
    """The submission that earlier signers signed, when this signer hands in the very same values."""
    if item.submission_id is None:
        return None
    kept = deed.session.get(Submission, item.submission_id)
    if kept is not None and kept.values == given.values:
        if any(each.actor_id == deed.actor.id and each.valid for each in before):
            raise Conflict("您已经签过字，还需要其他人签字。")
        return kept
    for signature in before:
        signature.valid = False  # They signed something else; they must look again.
    return None


def submit(
    deed: Deed,
    item: WorkItem,
    given: forms.Submission,
    release_id: str,
    *,
    author: Actor | None = None,
    acted_at: datetime | None = None,
) -> Submission:
    """A new submission of the item: immutable, with the release of the form it was made on. What was done on paper and
    is entered later has its own author and its own instant (`acted_at`)."""
    author = author or deed.actor
    submission = Submission(
        instance_id=item.instance_id,
        work_item_id=item.id,
        element_id=item.files_under,
        form=item.form,
        release_id=release_id,
        values=given.values,
        author_id=author.id,
        author_name=author.name,
        acted_at=acted_at or deed.now,
        entered_at=clock.wall().astimezone(clock.ZONE),
    )
    deed.session.add(submission)
    deed.session.flush()
    item.submission_id = submission.id
    return submission


def digest(submission: Submission) -> str:
    """A keyed hash of what was handed in: the journal vouches for it without naming anybody."""
    return secrets.fingerprint(json.dumps(submission.values, ensure_ascii=False, sort_keys=True))


def sign(
    deed: Deed,
    item: WorkItem,
    submission: Submission,
    *,
    signer: Actor | None = None,
    at: datetime | None = None,
    before: Sequence[Signature] = (),
) -> None:
    """The actor's signature under a submission; one on paper is its signer's, of its own instant. Whoever had signed
    the very same (`before`) and whose signature counted no more gives it anew."""
    signer = signer or deed.actor
    for each in before:
        if (each.submission_id, each.actor_id) == (submission.id, signer.id):
            each.valid, each.signed_at, each.for_id = True, at or deed.now, signer.stead
            return
    deed.session.add(
        Signature(
            work_item_id=item.id,
            instance_id=item.instance_id,
            element_id=item.element_id,
            submission_id=submission.id,
            actor_id=signer.id,
            actor_name=signer.name,
            for_id=signer.stead,
            signed_at=at or deed.now,
            valid=True,
        )
    )
