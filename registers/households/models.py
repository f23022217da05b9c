"""Households, the people in them, and what they live on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from engine import secrets
from engine.database import Base, Instant, Json, Sealed
from engine.forms import kinds

_STANDS = sa.text("ended_at IS NULL")


class Household(Base):
    """People who live together (57号 art. 7)."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    rural: Mapped[bool]
    #: {"address", "phone", "bank_account"}
    contact: Mapped[Any] = mapped_column(Sealed)
    #: Keyed hashes of the three, so that two households with the same can be found; empty for what is not known, None
    #: for a row from before there were any.
    phone_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    account_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    address_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    @validates("contact")
    def _keyed(self, _name: str, contact: Any) -> Any:
        """Whoever writes the contact writes its keys: no writer can forget them."""
        self.phone_key, self.account_key, self.address_key = contact_keys(contact or {})
        return contact


def contact_keys(contact: dict[str, Any]) -> tuple[str, str, str]:
    """The keyed hashes of phone, account and address, each in its normal form; empty for what is not known."""

    def keyed(what: str, text: str) -> str:
        return secrets.fingerprint(f"{what}:{text}") if text else ""

    phone = kinds.phone(str(contact.get("phone") or ""))[0]
    account = kinds.bank_account(str(contact.get("bank_account") or ""))[0]
    address = "".join(kinds.narrow(str(contact.get("address") or "")).split())
    return keyed("phone", phone), keyed("account", account), keyed("address", address)


class Person(Base):
    """A member of a household; a row stays when the person leaves, with the day."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    id_number: Mapped[Any] = mapped_column(Sealed)
    #: Keyed hash of the ID number: found without being readable.
    fingerprint: Mapped[str] = mapped_column(sa.String(64), index=True)
    masked: Mapped[str] = mapped_column(sa.String(18), index=True)
    birth: Mapped[date]
    male: Mapped[bool]
    #: head, spouse, child …
    relation: Mapped[str] = mapped_column(sa.String(20))
    #: Health, disability grade, work: sensitive (个保法 art. 28), so sealed.
    circumstances: Mapped[Any] = mapped_column(Sealed)
    left_on: Mapped[date | None]
    #: The day of death, which is the day on which they left.
    died_on: Mapped[date | None]


class IncomeStatement(Base):
    """Income, expenses and assets of a household at one time: as declared, or as the survey found them. In fen."""

    __tablename__ = "income_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"), index=True)
    instance_id: Mapped[int] = mapped_column(index=True)
    #: declared or verified
    source: Mapped[str] = mapped_column(sa.String(10))
    figures: Mapped[Any] = mapped_column(Sealed)
    made_at: Mapped[datetime] = mapped_column(Instant)


class HouseholdChange(Base):
    """Something that changed in a household (57号 art. 30), as it was registered; never changed itself."""

    __tablename__ = "household_change"
    __table_args__ = (sa.Index("ix_household_change_of", "household_id", "registered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("household.id"))
    #: joined, left, died, income, assets, moved, corrected, other
    kind: Mapped[str] = mapped_column(sa.String(12))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: What changed, in words and figures.
    told: Mapped[Any] = mapped_column(Sealed)
    happened_on: Mapped[date]
    reported_on: Mapped[date]
    #: Whether it can change what a case decides: then the case is surveyed anew.
    material: Mapped[bool] = mapped_column(default=True)
    #: The case at which it was registered.
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    registered_at: Mapped[datetime] = mapped_column(Instant)
    registered_by: Mapped[str] = mapped_column(sa.String(80))
    #: The last submission that there was: a survey with a later number saw the change, whatever the clock says.
    after_submission: Mapped[int] = mapped_column(default=0)


class DuplicateDecision(Base):
    """What somebody decided of two records of people that may be one: with the reason, kept for good. A decision is not
    changed; it is ended, with who ended it and why, and another may follow."""

    __tablename__ = "duplicate_decision"
    __table_args__ = (
        # One decision of a pair stands at a time.
        sa.Index(
            "uq_duplicate_decision_stands",
            "low_id",
            "high_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        sa.Index("ix_duplicate_decision_waits", "answer", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The smaller and the larger id of the two persons.
    low_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    high_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: same, different, unclear (the director decides)
    answer: Mapped[str] = mapped_column(sa.String(10))
    #: Why they may be one: same_id, same_birth, phone, account, address.
    grounds: Mapped[Any] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(sa.Text)
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(sa.String(80))
    ended_reason: Mapped[str] = mapped_column(sa.Text, default="")


class PersonAlias(Base):
    """A number under which a person is known in another record, because somebody decided that both are one: written
    from the decisions that stand, so that the rules find it by an index."""

    __tablename__ = "person_alias"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)
