"""Changing what was confirmed: stopping, reducing, increasing, letting it taper off. Each is decided by a person on a
proposal of another, with reasons, from the month after the decision on (57号 art. 32, 33; 特困办法 art. 24–26)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine import clock
from engine.calendar.lengths import Length
from engine.errors import DoudiError
from engine.runtime import openings
from engine.runtime.models import Submission
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits import leaving, months
from registers.benefits.ledger import change
from registers.benefits.models import Benefit, Decision
from registers.benefits.reasons import failed_of, reasons
from registers.publicity import queries as publicity

PROPOSING = "propose_exit"
#: The tasks at which a change is decided, in the two operating modes.
DECIDING = ("county_decide_exit", "township_decide_exit")
READS = (PROPOSING, *DECIDING)
#: Grounds on which one person's share is changed without figures of the household.
PERSONAL = ("refused_jobs", "death", "moved", "prison", "members_fewer")
DONE = {"changed_benefit": "boolean"}


@services.service(
    "benefits.stop", "停发", outputs=DONE, fixed={"changed_benefit": True}, repeat="bars return", reads=READS
)
def stop(call: ServiceCall) -> Outputs:
    """Ends a benefit from the month after the decision. Where the termination must be publicised first it has been
    (特困办法 art. 26). What rests on it is asked to end with it (宁民规发〔2025〕6号)."""
    benefit, decision = _benefit(call), _decided(call, "stop")
    if call.flow.get("exit_publicity_needed"):
        posted = publicity.latest(call.session, call.instance.id)
        if posted is None or posted.closed_at is None or call.now < clock.end_of(posted.until):
            raise DoudiError("终止前没有公示期满，不能停发（特困人员认定办法第26条）。")
    month = months.after(decision.decided_at)
    change(call, benefit, "stop", month, 0, benefit.persons, decision.reasons, by=decision.decided_by)
    benefit.status, benefit.to_month = "ended", months.previous(month)
    decision.effective_month = month
    resting = select(Benefit).where(Benefit.rests_on_id == benefit.id, Benefit.status == "active")
    for each in call.session.scalars(resting):
        leave(call, each, "family_left", "review")
    return {"changed_benefit": True}


@services.service(
    "benefits.reduce", "减发", outputs=DONE, fixed={"changed_benefit": True}, repeat="bars return", reads=READS
)
def reduce(call: ServiceCall) -> Outputs:
    """Pays less from the month after the decision."""
    return _resized(call, "decrease", lambda new, old: 0 < new < old, "减发后的金额应当少于现在的金额、多于0")


@services.service(
    "benefits.increase", "增发", outputs=DONE, fixed={"changed_benefit": True}, repeat="bars return", reads=READS
)
def increase(call: ServiceCall) -> Outputs:
    """Pays more from the month after the decision."""
    return _resized(call, "increase", lambda new, old: new > old, "增发后的金额应当多于现在的金额")


@services.service(
    "benefits.taper",
    "渐退",
    outputs={**DONE, "taper_from": "text", "taper_until": "text"},
    fixed={"changed_benefit": True},
    repeat="bars return",
    reads=READS,
)
def taper(call: ServiceCall) -> Outputs:
    """Lets a benefit run on for some months and then stop (57号 art. 33; 83号: in principle at most six)."""
    benefit, decision = _benefit(call), _decided(call, "taper")
    asked = int(_proposal(call).get("taper_months") or 0)
    most = Length.parse(str(call.parameters["fade_out_limit"]))
    if most.unit != "m" or not 0 < asked <= most.amount:
        raise DoudiError(f"渐退期应为1至{most.amount}个月，请重新提出意见。")
    first, last = months.after(decision.decided_at), months.after(decision.decided_at, asked)
    amount = _new_amount(call, benefit)
    change(call, benefit, "taper", first, amount, benefit.persons, decision.reasons, by=decision.decided_by)
    end = months.after(decision.decided_at, asked + 1)
    change(call, benefit, "stop", end, 0, benefit.persons, decision.reasons, by=decision.decided_by)
    benefit.to_month, benefit.amount = last, amount
    decision.amount, decision.effective_month = amount, first
    openings.ask(
        call.session,
        key=f"tapering:{benefit.id}:{call.instance.id}",
        process_id="tapering",
        area=benefit.area,
        flow={"benefit_id": benefit.id},
        parent_id=benefit.instance_id,
        now=call.now,
    )
    return {"changed_benefit": True, "taper_from": first, "taper_until": last}


@services.service("tapering.look", "调取渐退的待遇", outputs={"taper_ends": "text"})
def look(call: ServiceCall) -> Outputs:
    """The day on which a tapering benefit is paid for the last time: the last of its last month."""
    benefit = benefit_of(call)
    if benefit.to_month is None:
        raise DoudiError("这项待遇没有在渐退，不用等期满。")
    return {"taper_ends": months.last_day(benefit.to_month).isoformat()}


@services.service("benefits.fade", "渐退期满", outputs={}, repeat="bars return")
def fade(call: ServiceCall) -> Outputs:
    """The tapering is over: what was decided when it began happens, no earlier (57号 art. 33)."""
    benefit = benefit_of(call)
    if benefit.to_month is None or call.now.date() < months.last_day(benefit.to_month):
        raise DoudiError("渐退期还没有满，不能提前停止。")
    benefit.status = "ended"
    return {}


def leave(call: ServiceCall, benefit: Benefit, ground: str, by: str) -> None:
    """Asks that the end of a benefit be looked at, in a case of its own: one person proposes, another decides."""
    key = f"leaving:{benefit.id}:{ground}:{call.instance.id}"
    leaving.ask(call.session, benefit, key=key, ground=ground, by=by, now=call.now)


def benefit_of(call: ServiceCall) -> Benefit:
    """The benefit that the case is about (`benefit_id` of the flow)."""
    benefit = call.session.get(Benefit, int(call.flow.get("benefit_id") or 0))
    if benefit is None:
        raise DoudiError("没有找到要变更的待遇，请从享受待遇的办件重新发起。")
    return benefit


def _benefit(call: ServiceCall) -> Benefit:
    benefit = benefit_of(call)
    if benefit.status != "active" and call.session.get(Decision, call.instance.id) is None:
        raise DoudiError("这项待遇已经停止，不能再变更。")
    return benefit


def _resized(call: ServiceCall, kind: str, fits: Any, words: str) -> Outputs:
    benefit, decision = _benefit(call), _decided(call, kind)
    new = _new_amount(call, benefit)
    old = int(call.flow.get("current_amount") or benefit.amount)
    if not fits(new, old):
        raise DoudiError(f"{words}，请重新提出意见。")
    persons = int(_proposal(call).get("new_persons") or benefit.persons)
    month = months.after(decision.decided_at)
    change(call, benefit, kind, month, new, persons, decision.reasons, by=decision.decided_by)
    benefit.amount, benefit.persons = new, persons
    decision.amount, decision.effective_month = new, month
    return {"changed_benefit": True}


def _new_amount(call: ServiceCall, benefit: Benefit) -> int:
    """The proposed amount. Where figures of the household were worked out in this very case they are what counts."""
    proposed = int(_proposal(call).get("new_amount") or 0)
    figured = call.flow.get("reviewed_amount")
    grounds = set(_proposal(call).get("grounds") or [])
    if figured is not None and figured >= 0 and not grounds & set(PERSONAL) and proposed != figured:
        raise DoudiError("提出的金额与复核算出的金额不一致，请按核算结果重新提出意见（57号第32条）。")
    return proposed


def _proposal(call: ServiceCall) -> dict[str, Any]:
    return call.values(PROPOSING)


def _made(call: ServiceCall) -> Submission:
    made = [found for found in (call.submission(task) for task in DECIDING) if found is not None]
    if not made:
        raise DoudiError("没有找到变更或退出的决定，请先由有权决定的人作出决定。")
    return max(made, key=lambda each: each.id)


def _decided(call: ServiceCall, outcome: str) -> Decision:
    """The decision with its reasons: what the figures say, and the grounds that were proposed. Without one nothing is
    taken away from anybody (649号令 art. 13)."""
    made = _made(call)
    decision = call.session.get(Decision, call.instance.id) or Decision(instance_id=call.instance.id)
    grounds = list(dict.fromkeys([*(_proposal(call).get("grounds") or []), *(made.values.get("grounds") or [])]))
    decision.outcome, decision.amount = outcome, 0
    decision.reasons = reasons(grounds, failed_of(call.flow), call.flow, call.parameters, call.release)
    if not decision.reasons and outcome != "increase":
        raise DoudiError("停发、减发和渐退必须写明理由，请重新提出意见。")
    decision.remark = str(made.values.get("reasons") or "")
    decision.decided_by, decision.decided_at = made.author_name, made.acted_at
    decision.parameters, decision.release_id = {}, call.instance.release_id
    call.settle()
    call.session.add(decision)
    return decision
