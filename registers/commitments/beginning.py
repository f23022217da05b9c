"""Whether a commitment may be offered at a case at all."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.errors import Invalid, Refused
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed
from registers.cases import starts
from registers.cases.models import Case
from registers.commitments import proofs, queries

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


def replaceable(deed: Deed, instance: Instance, submission: Submission) -> None:
    """Only what the published list holds for this scheme today: said at the field, while the applicant is there."""
    case = deed.session.get(Case, instance.parent_id or 0)
    if case is None:
        return
    known = proofs.of(releases.load(instance.release_id, deed.session).files)
    chosen = list(submission.values.get("items") or [])
    closed = [each for each in chosen if each not in known or not known[each].open_to(case.scheme, deed.now.date())]
    if closed:
        named = "、".join(known[each].title if each in known else each for each in closed)
        raise Invalid.at("items", f"这类救助不能用承诺代替：{named}。请取消选择，或请申请人提供证明。")


starts.register(PROCESS, check=trusted, keep=replaceable)
