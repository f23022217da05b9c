"""How a list of the desk is narrowed: read from an address, written into one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from engine import secrets
from engine.runtime.models import Instance, WorkItem
from registers import address
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import terms
from registers.desk.models import FollowUp

LIGHTS = {"red": "已超期", "yellow": "快到期"}
FOLLOWED = {"due": "今天该跟进", "set": "填了跟进日期"}
SORTS = {"due": "按期限", "follow": "按跟进日期"}
#: A page number beyond any that somebody turns to.
LAST_PAGE = 2_000
_PERSON = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Asked:
    """A part of the number, the applicant's name or the village, or a masked ID number; the keyed hash of a whole one;
    a village, a kind of case, a stage, a light, a follow-up; in which order; which page."""

    text: str = ""
    #: The number itself stands in no address: an address is kept in logs and bookmarks.
    person: str = ""
    village: str = ""
    process: str = ""
    stage: str = ""
    light: str = ""
    follow: str = ""
    sort: str = "due"
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From an address; what makes no sense narrows nothing. A whole ID number becomes its keyed hash."""
        text = given.get("q", "").strip()[:40]
        person = given.get("person", "")
        if terms.is_id_number(text):
            text, person = "", secrets.fingerprint(terms.normal(text).upper())
        return cls(
            text=text,
            person=person if _PERSON.fullmatch(person) else "",
            village=given.get("village", "")[:120],
            process=given.get("process", "")[:80],
            stage=given.get("stage", "")[:120],
            light=address.one_of(given.get("light", ""), LIGHTS),
            follow=address.one_of(given.get("follow", ""), FOLLOWED),
            sort=address.one_of(given.get("sort", ""), SORTS) or "due",
            page=address.page_number(given.get("page", "1"), LAST_PAGE),
        )

    def query(self, **other: Any) -> dict[str, Any]:
        """The parameters of an address, with some set otherwise; without what is empty."""
        said = {
            "q": self.text,
            "person": self.person,
            "village": self.village,
            "process": self.process,
            "stage": self.stage,
            "light": self.light,
            "follow": self.follow,
            "sort": self.sort if self.sort != "due" else "",
            "page": self.page,
        }
        return address.parts({**said, **other})

    @property
    def narrow(self) -> bool:
        return self.by_case or bool(self.light or self.follow)

    def names_few(self, session: Session) -> bool:
        """Whether so few cases have what is looked for that a list had better begin with them."""
        return bool(self.person) or (bool(self.text) and not terms.common(session, self.text))

    @property
    def by_case(self) -> bool:
        """Whether rows of cases must be looked at, not of items alone."""
        return bool(self.text or self.person or self.village or self.process or self.stage)

    def of_case(self, session: Session) -> list[ColumnElement[bool]]:
        """The conditions on `Instance` and `Case`, which the statement joins."""
        # A page asks several times; which way is the shorter one is found out once.
        known = session.info.setdefault("asked", {})
        if self not in known:
            known.clear()
            known[self] = self._of_case(session)
        return known[self]

    def _of_case(self, session: Session) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.text:
            found.append(or_(terms.matches(session, self.text), *_in_village(session, self.text)))
        if self.person:
            found.append(terms.of_number(self.person))
        if self.village:
            found.append(within(Instance.area, self.village))
        if self.process:
            found.append(Instance.process_id == self.process)
        if self.stage:
            found.append(Instance.stage == self.stage)
        return found

    def of_item(self, now: datetime | None) -> list[ColumnElement[bool]]:
        """The conditions on `WorkItem`; `now` is needed for those that speak of today."""
        found: list[ColumnElement[bool]] = []
        if now is not None and self.light == "red":
            found.append(WorkItem.due_at <= now)
        if now is not None and self.light == "yellow":
            found += [WorkItem.due_at > now, WorkItem.warn_at <= now]
        if self.follow and now is not None:
            found.append(_followed(now.date() if self.follow == "due" else None))
        return found


def _followed(until: date | None) -> ColumnElement[bool]:
    kept = aliased(FollowUp)  # The list may be ordered by the very table.
    # A value asked for row by row: as a join, a database may begin with every item that was ever followed up.
    on = select(kept.on_date).where(kept.work_item_id == WorkItem.id).correlate(WorkItem).scalar_subquery()
    return on.is_not(None) if until is None else on <= until


def _in_village(session: Session, text: str) -> list[ColumnElement[bool]]:
    """Areas whose name the text is a part of; there are some twenty, so they are looked up first."""
    named = session.scalars(select(Area.path).where(Area.name.contains(text.strip(), autoescape=True))).all()
    return [Instance.area.in_(named)] if named else []
