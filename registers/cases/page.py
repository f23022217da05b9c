"""Everything that the page of one case shows. Whether somebody may see it is a question to the veto (`view`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
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
from registers.areas import queries as areas
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


class CasePage:
    """A case with all that hangs on it, each read when a page first asks, so that a tab costs only what it shows.
    Numbers of people are masked; who objected is not part of it."""

    def __init__(self, session: Session, instance: Instance) -> None:
        self.instance = instance
        self._session = session

    def _own(self, kind: Any) -> Sequence[Any]:
        mine = select(kind).where(kind.instance_id == self.instance.id).order_by(kind.id)
        return self._session.scalars(mine).all()

    @cached_property
    def case(self) -> Case | None:
        return self._session.get(Case, self.instance.id)

    @cached_property
    def village(self) -> str:
        return areas.name(self._session, self.instance.area)

    @cached_property
    def household_id(self) -> int | None:
        return self.case.household_id if self.case else None

    @cached_property
    def members(self) -> list[Member]:
        return households.members(self._session, self.household_id, clock.today()) if self.household_id else []

    @cached_property
    def contact(self) -> dict[str, Any]:
        """Address in full, phone and account masked."""
        known = households.contact(self._session, self.household_id) if self.household_id else {}
        return {key: mask.value(key, text) for key, text in known.items()}

    @cached_property
    def statements(self) -> dict[str, dict[str, Any]]:
        """{"declared": figures, "verified": figures} in fen."""
        return households.statements(self._session, self.instance.id)

    @cached_property
    def assessment(self) -> Assessment | None:
        return assessments.latest(self._session, self.instance.id)

    @cached_property
    def decision(self) -> Decision | None:
        return self._session.get(Decision, self.instance.id)

    @cached_property
    def filings(self) -> Sequence[Filing]:
        return self._own(Filing)

    @cached_property
    def publicity(self) -> Sequence[Publicity]:
        return self._own(Publicity)

    @cached_property
    def objections(self) -> Sequence[Objection]:
        mine = select(Objection).where(Objection.parent_id == self.instance.id).order_by(Objection.instance_id)
        return self._session.scalars(mine).all()

    @cached_property
    def notices(self) -> list[Notice]:
        return notices.of_case(self._session, self.instance.id)

    @cached_property
    def deliveries(self) -> list[Delivery]:
        return notices.deliveries(self._session, self.instance.id, self.notices)

    @cached_property
    def items(self) -> Sequence[WorkItem]:
        return self._own(WorkItem)

    @cached_property
    def timers(self) -> Sequence[WaitingTimer]:
        return self._own(WaitingTimer)

    @cached_property
    def clocks(self) -> Sequence[Clock]:
        return self._own(Clock)

    @cached_property
    def incidents(self) -> Sequence[Incident]:
        return self._own(Incident)

    @cached_property
    def children(self) -> Sequence[Instance]:
        return runtime.children(self._session, self.instance.id)

    @cached_property
    def history(self) -> list[Happened]:
        return history(self._session, self.instance.id)


def case_page(session: Session, instance_id: int) -> CasePage:
    """The case that an instance runs; NotFound when there is none."""
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    return CasePage(session, instance)


def history(session: Session, instance_id: int, last: int | None = None) -> list[Happened]:
    """The journal of a case in sentences, oldest first; the `last` few, when a number is given."""
    mine = select(JournalEntry).where(JournalEntry.instance_id == instance_id).order_by(JournalEntry.seq.desc())
    entries = list(session.scalars(mine.limit(last)))[::-1]
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
