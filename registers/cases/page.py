"""Everything that the page of one case shows. Whether somebody may see it is a question to the veto (`view`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.clocks.models import Clock
from engine.errors import NotFound
from engine.forms import mask
from engine.journal.models import JournalEntry
from engine.journal.verbs import SENTENCES, Verb
from engine.runtime import queries as runtime
from engine.runtime.models import Incident, Instance, WaitingTimer, WorkItem
from registers.areas.models import Area
from registers.assessments import queries as assessments
from registers.assessments.models import Assessment
from registers.benefits.models import Decision
from registers.cases.models import Case
from registers.filings.models import Filing
from registers.households import queries as households
from registers.households.queries import Member
from registers.notices import queries as notices
from registers.notices.models import Notice
from registers.notices.queries import Delivery
from registers.objections.models import Objection
from registers.publicity.models import Publicity


@dataclass(frozen=True)
class Happened:
    """One entry of the journal as a sentence; `entered_at` differs from `at` when it was entered later."""

    at: datetime
    entered_at: datetime
    who: str
    text: str
    reason: str | None
    clause: str | None


@dataclass(frozen=True)
class CasePage:
    """A case with all that hangs on it. Numbers of people are masked; who objected is not part of it."""

    instance: Instance
    case: Case | None
    village: str
    members: list[Member]
    #: Address in full, phone and account masked.
    contact: dict[str, Any]
    #: {"declared": figures, "verified": figures} in fen.
    statements: dict[str, dict[str, Any]]
    assessment: Assessment | None
    decision: Decision | None
    filings: Sequence[Filing]
    publicity: Sequence[Publicity]
    objections: Sequence[Objection]
    notices: list[Notice]
    deliveries: list[Delivery]
    items: Sequence[WorkItem]
    timers: Sequence[WaitingTimer]
    clocks: Sequence[Clock]
    incidents: list[Incident]
    children: Sequence[Instance]
    history: list[Happened]


def case_page(session: Session, instance_id: int) -> CasePage:
    """The case that an instance runs; NotFound when there is none. A sub-case shows its parent's household."""
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    case = session.get(Case, instance_id)
    household = case.household_id if case else None
    known = households.contact(session, household) if household else {}

    issued = notices.of_case(session, instance_id)

    def own(kind: Any) -> Sequence[Any]:
        return session.scalars(select(kind).where(kind.instance_id == instance_id).order_by(kind.id)).all()

    return CasePage(
        instance=instance,
        case=case,
        village=session.scalar(select(Area.name).where(Area.path == instance.area)) or instance.area,
        members=households.members(session, household, clock.today()) if household else [],
        contact={key: mask.value(key, text) for key, text in known.items()},
        statements=households.statements(session, instance_id),
        assessment=assessments.latest(session, instance_id),
        decision=session.get(Decision, instance_id),
        filings=own(Filing),
        publicity=own(Publicity),
        objections=session.scalars(
            select(Objection).where(Objection.parent_id == instance_id).order_by(Objection.instance_id)
        ).all(),
        notices=issued,
        deliveries=notices.deliveries(session, instance_id, issued),
        items=own(WorkItem),
        timers=own(WaitingTimer),
        clocks=own(Clock),
        incidents=own(Incident),
        children=runtime.children(session, instance_id),
        history=history(session, instance_id),
    )


def history(session: Session, instance_id: int) -> list[Happened]:
    """The journal of a case in sentences, oldest first."""
    entries = session.scalars(
        select(JournalEntry).where(JournalEntry.instance_id == instance_id).order_by(JournalEntry.seq)
    )
    return [
        Happened(
            each.acted_at, each.entered_at, each.actor_name, sentence(each.verb, each.after), each.reason, each.clause
        )
        for each in entries
    ]


def sentence(verb: str, after: dict[str, Any] | None) -> str:
    """What happened, in words; a key that an entry does not have shows as an ellipsis."""
    return SENTENCES[Verb(verb)].format_map(_Said(after or {}))


class _Said(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "……"
