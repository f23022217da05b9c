"""Cases and the numbers they get."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class Case(Base):
    """A matter of one household: the instance that runs it, its number, and what lists show of it."""

    __tablename__ = "case_file"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    scheme: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(80))
    household_id: Mapped[int | None] = mapped_column(sa.ForeignKey("household.id"), index=True)
    applicant: Mapped[str] = mapped_column(sa.String(80), index=True)
    #: Path of the village.
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    #: T0: the day from which the law counts (57号 art. 22).
    accepted_on: Mapped[date | None]
    filed: Mapped[bool] = mapped_column(default=False)
    complaint: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class NumberSeries(Base):
    """The last number given out in a series; its row is locked while the next is taken, so there is no gap."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class CaseTerm(Base):
    """A word by which a case is looked for (registers.cases.terms writes them with the case)."""

    __tablename__ = "case_term"

    #: Compared letter by letter on both databases, so that "begins with" is a range of the index.
    term: Mapped[str] = mapped_column(
        sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql"), primary_key=True
    )
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.instance_id"), primary_key=True, index=True)
