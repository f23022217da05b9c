"""Near-relative filing (近亲属备案)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant


class StaffKin(Base):
    """A near relative of somebody who handles or leads cases, or of a village cadre (57号 art. 11; policy.md §6)."""

    __tablename__ = "staff_kin"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The account of the staff member; None for a cadre who has none.
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"), index=True)
    #: Whether that account is known to be theirs; it is not when it only bears the name, until somebody found out.
    certain: Mapped[bool] = mapped_column(default=True)
    #: Keyed hash of the staff member's own ID number, when it was said.
    staff_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    staff_name: Mapped[str] = mapped_column(sa.String(80))
    post: Mapped[str] = mapped_column(sa.String(80))
    relative_name: Mapped[str] = mapped_column(sa.String(80))
    #: Keyed hash of the relative's ID number.
    fingerprint: Mapped[str] = mapped_column(sa.String(64), index=True)
    relation: Mapped[str] = mapped_column(sa.String(20))
    registered_at: Mapped[datetime] = mapped_column(Instant)


class Filing(Base):
    """A relation that bears on a case: declared by the applicant, or found in the register of relatives."""

    __tablename__ = "filing"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: declared, register (of relatives) or self (a member of the household is staff)
    source: Mapped[str] = mapped_column(sa.String(10))
    #: The account concerned, when one is known.
    account_id: Mapped[int | None] = mapped_column(index=True)
    staff_name: Mapped[str] = mapped_column(sa.String(80))
    post: Mapped[str] = mapped_column(sa.String(80), default="")
    relation: Mapped[str] = mapped_column(sa.String(20))
    filed_at: Mapped[datetime] = mapped_column(Instant)
    #: Whether the account is really that relative: None until somebody found out, then yes or no.
    confirmed: Mapped[bool | None]
    clarified_by: Mapped[str | None] = mapped_column(sa.String(80))
    clarified_at: Mapped[datetime | None] = mapped_column(Instant)


class KinFiling(Base):
    """A relative of staff who receives assistance, on file (备案登记; policy.md §6.2)."""

    __tablename__ = "kin_filing"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    staff_name: Mapped[str] = mapped_column(sa.String(80))
    unit: Mapped[str] = mapped_column(sa.String(80), default="")
    post: Mapped[str] = mapped_column(sa.String(80), default="")
    #: From this day the month for filing runs.
    appointed_on: Mapped[date]
    relative_name: Mapped[str] = mapped_column(sa.String(80))
    relation: Mapped[str] = mapped_column(sa.String(20))
    benefit_id: Mapped[int] = mapped_column(sa.ForeignKey("benefit.id"), index=True)
    filed_on: Mapped[date | None]
    visited_on: Mapped[date | None]
    #: Whether the family is still entitled, as the last visit found.
    entitled: Mapped[bool | None]
    rechecked_on: Mapped[date | None]
