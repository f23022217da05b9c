"""What the recovery flow asks of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import DoudiError
from engine.runtime.deadlines import last_day
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits.models import Benefit, Decision
from registers.benefits.reasons import yuan
from registers.cases.services import of as of_case
from registers.payments.funds import book
from registers.payments.recovery.models import Recovery, Repayment
from registers.payments.roster.people import homes, payee
from registers.payments.words import GROUNDS, month_name

CLAUSES = {"fraud": "sc-649:68", "commitment": "sc-649:68,commitment-2020-42"}
USUAL_CLAUSE = "sc-649:5"
#: How a recovery may end.
ENDS = ("repaid", "none", "written_off", "enforced")


def of(call: ServiceCall) -> Recovery:
    """The recovery of the instance; DoudiError when the flow has not registered it."""
    found = call.session.scalar(select(Recovery).where(Recovery.instance_id == call.instance.id))
    if found is None:
        raise DoudiError("这件追缴还没有登记，请先运行“登记追缴”。")
    return found


@services.service("recovery.register", "登记追缴", outputs={"found": "number", "ground": "text", "fraud": "boolean"})
def register(call: ServiceCall) -> Outputs:
    """Ties the case to what was asked for and gives it its number."""
    recovery = call.session.get(Recovery, int(call.flow["recovery"]))
    if recovery is None:
        raise DoudiError("没有找到要追缴的款项，请从发放台账重新提出。")
    if recovery.instance_id not in (None, call.instance.id):
        raise DoudiError("这笔款项已有另一件追缴在办，不能重复追缴。")
    recovery.instance_id, recovery.state = call.instance.id, "open"
    benefit = call.session.get(Benefit, recovery.benefit_id)
    people = homes(call.session, [recovery.household_id])[recovery.household_id]
    named, case = payee(benefit, people) or next(iter(people), None), of_case(call)
    case.household_id, case.area = recovery.household_id, recovery.area
    case.applicant = named.name if named else case.applicant
    fraud = recovery.ground in ("fraud", "commitment")
    return {"found": recovery.found, "ground": recovery.ground, "fraud": fraud}


@services.service(
    "recovery.decide",
    "登记追缴决定",
    outputs={"outstanding": "number"},
    repeat="bars return",
    reads=("decide_recovery",),
)
def decide(call: ServiceCall) -> Outputs:
    """Keeps what comes back, until when, in how many parts, and the fine; with the reasons that the letter states."""
    recovery, given = of(call), call.values("decide_recovery")
    amount, fine = int(given.get("amount") or 0), int(given.get("fine") or 0)
    if not 0 < amount <= recovery.found:
        raise DoudiError(f"追缴金额应大于0，且不超过多发的{yuan(recovery.found)}元。")
    if fine and recovery.ground not in ("fraud", "commitment"):
        raise DoudiError("只有骗取救助才能罚款（649号令第68条），不是骗取的只能追回多发的款项。")
    least, most = call.parameters["fraud_fine_min"], call.parameters["fraud_fine_max"]
    if fine and not amount * least <= fine <= amount * most:
        raise DoudiError(f"罚款应在{least:g}倍至{most:g}倍之间（649号令第68条）。")
    recovery.amount, recovery.fine = amount, fine
    recovery.instalments = int(given.get("instalments") or 1)
    recovery.pay_by = _pay_by(call, given)
    made = call.submission("decide_recovery")
    decision = call.session.get(Decision, call.instance.id) or Decision(instance_id=call.instance.id)
    decision.outcome, decision.amount, decision.effective_month = "recover", amount, None
    decision.reasons = reasons(recovery)
    decision.remark = str(given.get("reasons") or "")
    decision.decided_by = made.author_name if made else call.actor.name
    decision.decided_at = made.acted_at if made else call.now
    decision.parameters, decision.release_id = {}, call.instance.release_id
    call.session.add(decision)
    return {"outstanding": amount + fine}


@services.service(
    "recovery.book", "登记还款", outputs={"outstanding": "number"}, repeat="bars return", reads=("record_repayment",)
)
def record(call: ServiceCall) -> Outputs:
    """An instalment: what went to the fund is booked there, once for each submission."""
    recovery, made = of(call), call.submission("record_repayment")
    if made is None or recovery.amount is None:
        raise DoudiError("还没有追缴决定或还款登记，不能记账。")
    given = made.values
    known = call.session.scalar(select(Repayment.id).where(Repayment.submission_id == made.id))
    if given.get("step") == "payment" and known is None:
        amount, fine = int(given.get("repaid") or 0), int(given.get("fine_paid") or 0)
        fault = too_much(call.session, recovery, amount, fine)
        if fault:
            raise DoudiError(fault)
        call.session.add(
            Repayment(
                recovery_id=recovery.id,
                submission_id=made.id,
                amount=amount,
                fine=fine,
                paid_on=date.fromisoformat(given["paid_on"]),
                voucher=given["voucher"],
                recorded_by=made.author_name,
                recorded_at=made.acted_at,
            )
        )
        call.session.flush()
        if amount:
            book.entry(
                call.session,
                f"recovered:{made.id}",
                area="/".join(recovery.area.split("/")[:2]),
                fund=recovery.fund,
                month=f"{call.now:%Y-%m}",
                kind="recovered",
                amount=amount,
                instance_id=call.instance.id,
                voucher=given["voucher"],
                made_by=made.author_name,
                made_at=call.now,
            )
    return {"outstanding": outstanding(call, recovery)}


@services.service("recovery.end", "办结追缴", inputs={"state": "text"}, outputs={})
def end(call: ServiceCall) -> Outputs:
    """How it ended. Repaid is only what was repaid to the fen."""
    recovery, state = of(call), str(call.inputs["state"])
    if state not in ENDS:
        raise DoudiError(f"追缴不能以“{state}”办结。")
    if state == "repaid" and (recovery.amount is None or outstanding(call, recovery)):
        raise DoudiError("款项没有全部追回，不能按追回办结。")
    recovery.state, recovery.ended_at = state, call.now
    return {}


def paid(session: Session, recovery: Recovery) -> tuple[int, int]:
    """What came back so far: (to the fund, of the fine), in fen."""
    back, fined = session.execute(
        select(func.coalesce(func.sum(Repayment.amount), 0), func.coalesce(func.sum(Repayment.fine), 0)).where(
            Repayment.recovery_id == recovery.id
        )
    ).one()
    return int(back), int(fined)


def too_much(session: Session, recovery: Recovery, amount: int, fine: int) -> str:
    """What is wrong with an instalment of so many fen, in words; empty when nothing is."""
    back, fined = paid(session, recovery)
    if amount + fine > 0 and back + amount <= (recovery.amount or 0) and fined + fine <= recovery.fine:
        return ""
    owed = f"追缴款{yuan((recovery.amount or 0) - back)}元、罚款{yuan(recovery.fine - fined)}元"
    return f"还款应大于0，且不超过尚欠的{owed}。"


def outstanding(call: ServiceCall, recovery: Recovery) -> int:
    """What is still owed, the fine included."""
    return (recovery.amount or 0) + recovery.fine - sum(paid(call.session, recovery))


def reasons(recovery: Recovery) -> list[dict[str, Any]]:
    """The reasons of the letter: the ground, then each month with its figures."""
    clause = CLAUSES.get(recovery.ground, USUAL_CLAUSE)
    lines = [
        f"{month_name(each['month'])}已发{yuan(each['paid'])}元，应发{yuan(each['due'])}元，多发{yuan(each['over'])}元。"
        for each in recovery.months
    ]
    return [
        {"code": recovery.ground, "text": f"{GROUNDS[recovery.ground]}。", "clause": clause, "borne_out": None},
        *({"code": "month", "text": text, "clause": clause, "borne_out": True} for text in lines),
    ]


def _pay_by(call: ServiceCall, given: dict[str, Any]) -> date:
    if given.get("pay_by"):
        return date.fromisoformat(given["pay_by"])
    return last_day(call.deadline(str(call.parameters["recovery_limit"])).at)
