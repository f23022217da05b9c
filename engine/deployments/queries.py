"""Reading deployments: what waits for a second person, which release was or will be current when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clocks.models import Clock
from engine.deployments.models import Activation, ReleaseProposal
from engine.errors import NotFound
from engine.releases.queries import standing
from engine.runtime.models import Instance

STATES = {"open": "待确认", "confirmed": "已确认", "refused": "已退回", "withdrawn": "已撤回"}
#: How many decided proposals a list shows.
EARLIER = 50


@dataclass(frozen=True)
class Standing:
    """Open cases that still run on a release: how many at which stage, since when the oldest, until when the last of
    them is to be done by the clocks that run."""

    cases: int
    stages: tuple[tuple[str, int], ...]
    oldest: datetime
    until: datetime | None


def current_id(session: Session, instant: datetime) -> str | None:
    """The id of the release that is current at an instant."""
    return session.scalar(standing(instant))


def predecessor(session: Session, starts: datetime) -> str | None:
    """What a release that comes into force then takes the place of."""
    return session.scalar(standing(starts))


def activations(session: Session) -> list[Activation]:
    """Everything that was and is to be, the latest first."""
    return list(session.scalars(select(Activation).order_by(Activation.valid_from.desc(), Activation.id.desc())))


def after(session: Session, instant: datetime) -> list[Activation]:
    """What is planned after an instant, the next first."""
    return list(
        session.scalars(
            select(Activation)
            .where(Activation.valid_from > instant, Activation.cancelled_at.is_(None))
            .order_by(Activation.valid_from, Activation.id)
        )
    )


def activation(session: Session, activation_id: int) -> Activation:
    """One of them, read anew; NotFound for a stranger."""
    found = session.get(Activation, activation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("没有这次启用，请返回流程版本。")
    return found


def proposal(session: Session, proposal_id: int) -> ReleaseProposal:
    """A proposal as the database has it now; NotFound for a stranger."""
    found = session.get(ReleaseProposal, proposal_id, populate_existing=True)
    if found is None:
        raise NotFound("没有这次提请，请返回流程版本。")
    return found


def proposals(session: Session, *, draft_id: int | None = None) -> list[ReleaseProposal]:
    """Proposals, those that wait first, then the latest; of one draft when it is named."""
    wanted = (
        select(ReleaseProposal).order_by(ReleaseProposal.status != "open", ReleaseProposal.id.desc()).limit(EARLIER)
    )
    if draft_id is not None:
        wanted = wanted.where(ReleaseProposal.draft_id == draft_id)
    return list(session.scalars(wanted))


def open_cases(session: Session, release_ids: Sequence[str] | None = None) -> dict[str, Standing]:
    """{release: who still stands on it}; three statements however many releases and cases there are. Cases of a
    confidential kind are not counted: whoever draws need not know that there is one."""
    running = (Instance.status == "running") & Instance.seen_by.is_(None)
    if release_ids is not None:
        running &= Instance.release_id.in_(release_ids)
    counts = session.execute(
        select(Instance.release_id, func.count(), func.min(Instance.started_at))
        .where(running)
        .group_by(Instance.release_id)
    ).all()
    stages: dict[str, list[tuple[str, int]]] = {}
    per_stage = select(Instance.release_id, Instance.stage, func.count().label("cases")).where(running)
    for release_id, stage, cases in session.execute(
        per_stage.group_by(Instance.release_id, Instance.stage).order_by(func.count().desc(), Instance.stage)
    ):
        stages.setdefault(release_id, []).append((stage, cases))
    until = session.execute(
        select(Instance.release_id, func.max(Clock.due_at))
        .join(Clock, Clock.instance_id == Instance.id)
        .where(running, Clock.due_at.is_not(None), Clock.ended_at.is_(None))
        .group_by(Instance.release_id)
    )
    ends = dict(until.all())
    return {key: Standing(cases, tuple(stages.get(key, ())), oldest, ends.get(key)) for key, cases, oldest in counts}
