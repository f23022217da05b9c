"""What the flow of a commitment asks of its register."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import DoudiError
from engine.outbox.operations import enqueue
from engine.runtime.deadlines import last_day
from engine.runtime.models import Instance
from engine.runtime.services import Outputs, ServiceCall, services
from engine.transactions import afterwards
from registers.benefits import leaving
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.cases.numbers import called
from registers.commitments import proofs, queries
from registers.commitments.models import Commitment, Distrust
from registers.households.models import Person
from registers.payments.recovery import asking

#: How a commitment may be settled without harm.
SETTLED = ("kept", "corrected", "mistake")
#: What a case may still be asked to replace: those that are signed or found true.
STANDING = ("signed", *SETTLED)
CLAUSE = "commitment-2020-42,sc-649:68"
#: The process by which what was granted is left.


def of(call: ServiceCall) -> Commitment:
    """The commitment of the instance; DoudiError when the flow has not registered it."""
    found = call.session.get(Commitment, call.instance.id)
    if found is None:
        raise DoudiError("这份承诺还没有登记，请先运行“登记承诺事项”。")
    return found


@services.service("commitments.register", "登记承诺事项", outputs={"items": "number"}, reads=("offer_commitment",))
def register(call: ServiceCall) -> Outputs:
    """Keeps what may be promised. Refused: a proof that the list does not hold for this scheme on this day, a household
    with a false promise on record, a case that is decided already."""
    parent = call.session.get(Instance, call.instance.parent_id) if call.instance.parent_id else None
    case = call.session.get(Case, parent.id) if parent is not None else None
    if case is None or case.household_id is None:
        raise DoudiError("告知承诺要在一件救助申请中登记。")
    if parent.status != "running":
        raise DoudiError("这件申请已经办结，不能再以承诺代替证明。")
    items = list(call.values("offer_commitment").get("items") or [])
    known = proofs.of(call.release.files)
    closed = [each for each in items if each not in known or not known[each].open_to(case.scheme, call.now.date())]
    if closed or not items:
        named = "、".join(known[each].title if each in known else each for each in closed)
        raise DoudiError(f"不在可承诺目录中的证明不能用承诺代替：{named or '没有选择事项'}。")
    barred = queries.distrusted(call.session, case.household_id)
    if barred is not None and call.parameters["commitment_block_until_repaired"]:
        raise DoudiError(f"{barred.name}有虚假承诺记录，修复之前应当提供证明，不适用告知承诺。")
    made = call.session.get(Commitment, call.instance.id) or Commitment(instance_id=call.instance.id)
    made.parent_id, made.household_id, made.items, made.state = parent.id, case.household_id, items, "offered"
    call.session.add(made)
    return {"items": len(items)}


@services.service("commitments.sign", "承诺书生效", outputs={}, reads=("commit_proof",))
def sign(call: ServiceCall) -> Outputs:
    """The letter holds: each registered proof has its promise, nothing else has. Read aloud, it has a witness."""
    made, given = of(call), call.values("commit_proof")
    promises = [
        {"item": each.get("item"), "fact": str(each.get("fact") or "").strip()} for each in given.get("promises") or []
    ]
    if sorted(each["item"] for each in promises) != sorted(made.items) or not all(each["fact"] for each in promises):
        raise DoudiError("承诺书的事项应与告知时选择的一致，一项一条，每项写清事实。")
    if given.get("assisted") and not (given.get("read_by") and given.get("witness")):
        raise DoudiError("宣读协助应有宣读人和见证人。")
    if not (given.get("consent_to_checks") and given.get("liability")):
        raise DoudiError("申请人应当同意核查并知悉责任，否则应当提供证明。")
    made.promises, made.signer = promises, str(given.get("signer") or "")
    made.signed_on, made.witness = date.fromisoformat(given["signed_on"]), str(given.get("witness") or "")
    made.state = "signed"
    return {}


@services.service("commitments.settle", "登记承诺核查结果", inputs={"state": "text"}, outputs={})
def settle(call: ServiceCall) -> Outputs:
    """True, corrected in time, or an honest mistake: none of them is held against anybody (plan 2.2.2)."""
    made, state = of(call), str(call.inputs["state"])
    if state not in SETTLED:
        raise DoudiError(f"承诺的核查结果不能是“{state}”。")
    made.state, made.settled_at = state, call.now
    return {}


@services.service("commitments.break", "登记失信并处理", outputs={}, repeat="bars return", reads=("decide_untrue",))
def break_(call: ServiceCall) -> Outputs:
    """A false promise: it goes on record with the day from which trust may be repaired; the case may only be ended or
    refused; what was paid on it is asked back; the leaders hear of it."""
    made, found = of(call), call.submission("decide_untrue")
    if found is None or not found.values.get("untrue_confirmed"):
        raise DoudiError("没有认定虚假承诺，不能登记失信。")
    given, who = found.values, found.author_name
    made.state, made.settled_at = "false", call.now
    by = _signer(call.session, made)
    if call.session.scalar(select(Distrust.id).where(Distrust.instance_id == call.instance.id)) is None:
        call.session.add(
            Distrust(
                instance_id=call.instance.id,
                fingerprint=by.fingerprint,
                name=by.name,
                area=call.instance.area,
                items=made.items,
                reason=str(given.get("reasons") or ""),
                logged_at=call.now,
                repair_from=last_day(call.deadline(str(call.parameters["commitment_repair_wait"])).at),
                correct_by=date.fromisoformat(given["correct_by"]) if given.get("correct_by") else None,
            )
        )
    _decision(call, made, given, who, found.acted_at)
    _follow(call, made, who)
    return {}


def _signer(session: Session, made: Commitment) -> Person:
    """Whoever signed, by name in the household; its head when nobody is called so."""
    people = session.scalars(
        select(Person).where(Person.household_id == made.household_id, Person.left_on.is_(None)).order_by(Person.id)
    ).all()
    named = [each for each in people if each.name == made.signer] or [
        each for each in people if each.relation == "head"
    ]
    if not named:
        raise DoudiError("承诺人不在这户家庭中，不能登记失信，请核对承诺书。")
    return named[0]


def _decision(call: ServiceCall, made: Commitment, given: dict[str, Any], who: str, at: Any) -> None:
    """What the letter states: each promise, what was found, the reasons of whoever decided."""
    titles = {code: each.title for code, each in proofs.of(call.release.files).items()}
    seen = str(call.values("verify_commitment").get("facts_found") or "")
    said = [
        *(
            ("promise", f"{titles.get(each['item'], each['item'])}：承诺“{each['fact']}”。")
            for each in made.promises or []
        ),
        ("found", f"核查查明：{seen}"),
        ("false_statement", f"认定理由：{given.get('reasons')}"),
    ]
    decision = call.session.get(Decision, call.instance.id) or Decision(instance_id=call.instance.id)
    decision.outcome, decision.amount, decision.effective_month = "untrue", 0, None
    decision.reasons = [{"code": code, "text": text, "clause": CLAUSE, "borne_out": None} for code, text in said]
    decision.remark, decision.decided_by, decision.decided_at = "", who, at
    decision.parameters, decision.release_id = {}, call.instance.release_id
    call.session.add(decision)


def _follow(call: ServiceCall, made: Commitment, who: str) -> None:
    """What a false promise means for its case: what was paid is asked back, what is received is stopped by a case of
    its own, and an application that nobody has decided is ended right after this step (`operations.follow`)."""
    parent = call.session.get(Instance, made.parent_id)
    number, note = called(call.session, parent), f"{called(call.session, call.instance)}认定虚假承诺"
    asking.ask_all_paid(call.session, instance_id=parent.id, ground="commitment", note=note, who=who, now=call.now)
    received = select(Benefit).where(Benefit.instance_id == parent.id, Benefit.status == "active")
    for benefit in call.session.scalars(received.order_by(Benefit.id)):
        key = f"commitment:{call.instance.id}:{benefit.id}"
        leaving.ask(call.session, benefit, key=key, ground="fraud", by="data", now=call.now)
    afterwards(call.session, following)
    for role in ("director", "discipline"):
        enqueue(
            call.session,
            kind="order",
            role=role,
            area=call.instance.area,
            subject=f"{number}认定有虚假承诺：终止办理；已经确认的，撤销、停发并追回",
            body="终止审核确认通知书、停发和追缴办件由系统发起，请督促送达和办结。",
            instance_id=parent.id,
            urgent=True,
            key=f"commitment:{call.instance.id}:{role}",
            now=call.now,
        )


def following() -> None:
    """Ends at once what a false promise ends; the plan does it again when this failed."""
    from registers.commitments import operations  # It acts, and this module must be there before.

    operations.follow()
