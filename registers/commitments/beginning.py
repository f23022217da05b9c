"""Whether a commitment may be offered at a case at all."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.parameters import queries as parameters
from registers.cases import starts
from registers.cases.models import Case
from registers.commitments import queries

PROCESS = "commitment"
CLAUSE = "commitment-2020-42"


def trusted(session: Session, asked: starts.Asked) -> None:
    """Refused at a case that is decided, and for a household with a false promise on record until trust is repaired."""
    if asked.parent is None or asked.parent.status != "running":
        raise Refused("这件申请已经办结，不能再以承诺代替证明。", clause=CLAUSE)
    case = session.get(Case, asked.parent.id)
    if case is None or case.household_id is None:
        raise Refused("这件申请还没有登记家庭，不能告知承诺。", clause=CLAUSE)
    if not parameters.on(session, asked.now.date()).get("commitment_block_until_repaired", True):
        return
    barred = queries.distrusted(session, case.household_id)
    if barred is not None:
        raise Refused(f"{barred.name}有虚假承诺记录，修复之前应当提供证明，不适用告知承诺。", clause=CLAUSE)


starts.register(PROCESS, check=trusted)
