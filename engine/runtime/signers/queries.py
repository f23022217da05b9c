"""Reading rounds of signers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.runtime.models import Instance, WorkItem
from engine.runtime.signers import rounds
from engine.runtime.signers.models import Round, Signer


def asked_of(session: Session, account_id: int) -> Sequence[tuple[Signer, Round, WorkItem, Instance]]:
    """What waits for somebody's signature, oldest first; of a round in order only when it is their turn."""
    rows = session.execute(
        select(Signer, Round, WorkItem, Instance)
        .join(Round, Round.id == Signer.round_id)
        .join(WorkItem, WorkItem.id == Round.work_item_id)
        .join(Instance, Instance.id == Round.instance_id)
        .where(
            Signer.account_id == account_id,
            Signer.state == "waiting",
            Round.state == "open",
            WorkItem.state == "open",
        )
        .order_by(Round.asked_at, Signer.id)
    ).all()
    return [tuple(row) for row in rows if row[0] in rounds.turn(row[1]) and _readable(row[1], row[2])]


def count_of(session: Session, account_id: int) -> int:
    """How many rows somebody is asked for, whether it is their turn or not; one index lookup."""
    return session.scalar(
        select(func.count())
        .select_from(Signer)
        .join(Round, Round.id == Signer.round_id)
        .join(WorkItem, WorkItem.id == Round.work_item_id)
        .where(
            Signer.account_id == account_id,
            Signer.state == "waiting",
            Round.state == "open",
            WorkItem.state == "open",
            or_(Round.place == "before", WorkItem.handed_in_at.is_not(None)),
        )
    )


def _readable(round_: Round, item: WorkItem) -> bool:
    """Who signs afterwards has nothing to read before it was handed in."""
    return round_.place == "before" or item.handed_in_at is not None
