"""Reading commitments and what stands against making one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from registers.areas.queries import within
from registers.commitments.models import Commitment, Distrust
from registers.households import ties
from registers.households.models import Person

STATES = {
    "offered": "已告知",
    "signed": "已承诺，待核查",
    "kept": "属实",
    "corrected": "已更正",
    "mistake": "属于误差",
    "false": "虚假承诺",
}
TRUST = {"logged": "失信未修复", "asked": "申请修复中", "repaired": "已修复"}


def of_case(session: Session, parent_id: int) -> list[Commitment]:
    """The commitments made at a case, oldest first."""
    asked = select(Commitment).where(Commitment.parent_id == parent_id).order_by(Commitment.instance_id)
    return list(session.scalars(asked))


def distrusted(session: Session, household_id: int) -> Distrust | None:
    """A false promise of somebody who lives in a household, not repaired yet."""
    people = select(Person.fingerprint).where(Person.household_id == household_id, Person.left_on.is_(None))
    return session.scalar(
        select(Distrust)
        .where(Distrust.fingerprint.in_(ties.numbers(people)), Distrust.state != "repaired")
        .order_by(Distrust.id)
        .limit(1)
    )


def records(session: Session, actor: Actor, roles: Sequence[str], limit: int = 200) -> list[Distrust]:
    """False promises in the areas where somebody holds one of the roles, the newest first."""
    areas = [within(Distrust.area, grant.area) for grant in actor.grants if grant.role in roles]
    if not areas:
        return []
    return list(session.scalars(select(Distrust).where(or_(*areas)).order_by(Distrust.id.desc()).limit(limit)))
