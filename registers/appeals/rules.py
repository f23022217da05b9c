"""Nobody decides on an appeal against what they themselves decided or investigated."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from engine.runtime.models import Signature
from registers.appeals.services import DECIDING, taken_away

TASKS = ("reexamine", "township_decide_appeal", "county_decide_appeal")
#: What somebody who did it may not look at again on appeal.
DONE = (
    "home_visit",
    "neighbour_visit",
    "opinion",
    "new_opinion",
    "county_decide",
    "township_decide",
    "propose_exit",
    "county_decide_exit",
    "township_decide_exit",
    "data_check",
    "recheck",
)


@veto.register
def fresh_eyes(session: Session, question: Question) -> Answer:
    """An appeal is examined and decided by people who had no hand in what it is against (57号 art. 37)."""
    item = question.item
    if question.verb not in ("claim", "complete", "assign") or item is None or item.element_id not in TASKS:
        return ABSTAIN
    instance = question.instance
    if instance is None or instance.process_id != "appeal" or instance.parent_id is None:
        return ABSTAIN
    had = session.scalar(
        select(Signature.element_id)
        .where(
            Signature.instance_id == instance.parent_id,
            Signature.actor_id == question.actor.id,
            Signature.element_id.in_(DONE),
        )
        .limit(1)
    )
    if had is None:
        return ABSTAIN
    return forbid("您办理过被申诉的办件，申诉要由没有参加过的人复查和决定。", "mca-2021-57:37")


@veto.register
def something_to_restore(session: Session, question: Question) -> Answer:
    """What was never given cannot be given back: said to whoever decides, not found when it is carried out."""
    item, given = question.item, question.facts.get("values") or {}
    if question.verb != "hand_in" or item is None or item.element_id not in DECIDING:
        return ABSTAIN
    if given.get("appeal_result") != "changed" or taken_away(session, question.instance.parent_id or 0) is not None:
        return ABSTAIN
    return forbid("被申诉的办件没有停发或减发待遇，没有可以恢复的；原决定不当的，请选择“重新办理”。", "mca-2021-57:37")
