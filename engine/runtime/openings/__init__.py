"""Cases that the system opens: asked for inside an operation, carried out right after its commit, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.database import first_of
from engine.errors import DoudiError
from engine.runtime.models import Opening
from engine.transactions import afterwards

LONGEST_KEY = 160


def ask(
    session: Session,
    *,
    key: str,
    process_id: str,
    area: str,
    flow: Mapping[str, Any],
    now: datetime,
    parent_id: int | None = None,
) -> Opening:
    """Asks that the system open a case of a process, in the open transaction (or its savepoint): when that is rolled
    back, nothing was asked.

    `key` makes it happen once, whoever asks again and whenever (`death:12:34`); the opening that is there is returned.
    `flow` are the scalars that it begins with; the process takes those that it declares (`opens_with`). Raises
    DoudiError for what is no scalar or a key that is none.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise DoudiError(f"自动发起办件的标识应有1至{LONGEST_KEY}个字符，请检查发起它的环节。")
    for name, value in flow.items():
        if not isinstance(value, str | int | float | bool):
            raise DoudiError(f"自动发起“{process_id}”给出的“{name}”不是文字、数字或是否。")
    session.flush()
    first_of(
        session,
        Opening,
        key=key,
        process_id=process_id,
        area=area,
        flow=dict(flow),
        parent_id=parent_id,
        asked_at=now,
        attempts=0,
        not_before=now,
    )
    made = session.scalars(select(Opening).where(Opening.key == key)).one()
    if made.instance_id is None:
        afterwards(session, lambda: _carry_out(made.id))
    return made


def _carry_out(opening_id: int) -> None:
    from engine.runtime.openings import operations  # It starts instances, whose services may ask for openings.

    operations.carry_out(opening_id)
