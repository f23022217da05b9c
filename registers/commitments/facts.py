"""What a letter may say of a commitment."""

from __future__ import annotations

from sqlalchemy import select

from engine.documents import facts
from engine.runtime.services import ServiceCall
from registers.commitments import proofs, services
from registers.commitments.models import Distrust


def items(call: ServiceCall) -> str:
    """The proofs that were replaced, by name."""
    known = proofs.of(call.release.files)
    return "、".join(known[each].title if each in known else each for each in services.of(call).items)


def _record(call: ServiceCall) -> Distrust:
    return call.session.scalars(select(Distrust).where(Distrust.instance_id == call.instance.id)).one()


def _correct_by(call: ServiceCall) -> str:
    day = _record(call).correct_by
    return day.isoformat() if day else ""


facts.register("commitment_items", items, "以承诺代替的证明")
facts.register("commitment_signed_on", lambda call: str(services.of(call).signed_on or ""), "承诺书签署日期")
facts.register("commitment_correct_by", _correct_by, "责令更正的期限")
facts.register("commitment_repair_from", lambda call: _record(call).repair_from.isoformat(), "可以申请信用修复的日期")
