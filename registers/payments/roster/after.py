"""What may have changed after a roster was frozen, and what must not have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import DoudiError
from registers.benefits.models import Benefit
from registers.payments.accounts import queries as accounts
from registers.payments.models import PayHit, PayPart, PayRow, PayRun
from registers.payments.roster.due import changes_of, chunks, decided, paid_of
from registers.payments.roster.freeze import write_account
from registers.payments.roster.seal import seal
from registers.payments.words import ABOUT_ACCOUNT, MOOT


def rows(session: Session, run: PayRun, states: Sequence[str]) -> list[PayRow]:
    """The rows of a run in some states, by id."""
    asked = select(PayRow).where(PayRow.run_id == run.id, PayRow.state.in_(states)).order_by(PayRow.id)
    return list(session.scalars(asked.execution_options(populate_existing=True)))


def refresh(session: Session, run: PayRun, now: datetime, states: Sequence[str] = ("pending", "kept")) -> int:
    """Rows whose account two people have changed since get the new one; what was asked about the old one is settled
    by that. How many there were."""
    mine = rows(session, run, states)
    current = accounts.current(session, [row.household_id for row in mine])
    changed = 0
    for row in mine:
        own = current.get((row.household_id, row.person_id)) or current.get((row.household_id, None))
        if own is None or own.change_id is None or own.account_hash == row.account_hash:
            continue
        write_account(row, own)
        changed += 1
        about = select(PayHit).where(PayHit.row_id == row.id, PayHit.kind.in_(ABOUT_ACCOUNT), PayHit.decision.is_(None))
        for hit in session.scalars(about):
            hit.decision, hit.reason, hit.decided_by, hit.decided_at = MOOT, "账户已经第二人确认变更", "系统", now
    session.flush()
    return changed


def lowered(session: Session, run: PayRun, mine: Sequence[PayRow]) -> list[tuple[PayRow, str]]:
    """Rows that would pay more than the decisions give now, with the months: somebody was stopped or reduced since."""
    ids = [row.benefit_id for row in mine]
    benefits = {
        each.id: each for some in chunks(ids) for each in session.scalars(select(Benefit).where(Benefit.id.in_(some)))
    }
    changed = changes_of(session, ids)
    parts: dict[int, list[PayPart]] = {}
    for some in chunks([row.id for row in mine]):
        for part in session.scalars(select(PayPart).where(PayPart.row_id.in_(some)).order_by(PayPart.month)):
            parts.setdefault(part.row_id, []).append(part)
    first = min((part.month for each in parts.values() for part in each), default=run.month)
    paid = paid_of(session, ids, first, except_run=run.id)
    found = []
    for row in mine:
        benefit = benefits[row.benefit_id]
        months = [
            part.month
            for part in parts.get(row.id, [])
            if paid.get(benefit.id, {}).get(part.month, 0) + part.amount
            > decided(benefit, changed.get(benefit.id, ()), part.month)[0]
        ]
        if months or sum(part.amount for part in parts.get(row.id, [])) != row.amount:
            found.append((row, "、".join(months) or run.month))
    return found


def unchanged(session: Session, run: PayRun, signed: str) -> None:
    """Raises DoudiError when the rows are not those that were signed: the flow keeps the beginning of their hash."""
    kept = rows(session, run, ("kept",))
    found = seal(kept)
    if found != run.seal or not signed or not found.startswith(signed):
        raise DoudiError("名册与复核签字时不一致（金额、账户或户数被改动过），不能继续发放。请退回会计重新核算。")
    if len(kept) != run.rows or sum(row.amount for row in kept) != run.total:
        raise DoudiError("名册合计与核算时不一致，不能继续发放。请退回会计重新核算。")


def still_due(session: Session, run: PayRun) -> None:
    """Raises DoudiError when a row would pay more than is due now."""
    found = lowered(session, run, rows(session, run, ("kept",)))
    if found:
        named = "、".join(row.name for row, _ in found[:5])
        raise DoudiError(f"冻结后有{len(found)}户已减发、停发或已另行发放（{named}），请退回会计处理后再发放。")
