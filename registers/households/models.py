"""Households, the people in them, and what they live on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Sealed


class Household(Base):
    """People who live together (57号 art. 7)."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    rural: Mapped[bool]
    #: {"address", "phone", "bank_account"}
    contact: Mapped[Any] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)


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
