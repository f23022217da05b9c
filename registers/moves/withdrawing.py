"""撤回申请: the applicant does not want to go on. Their signed statement, recorded by one, confirmed by another."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.releases import queries as releases
from engine.runtime.models import Instance
from engine.runtime.moves import ending
from engine.transactions import Deed
from registers.benefits import leaving
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.moves import kinds, letters
from registers.moves.kinds import Filled, Kind
from registers.moves.models import Move
from registers.moves.reading import Reading

CLAUSE = "mca-2021-57:4"
SIGNERS = {"applicant": "申请人本人", "agent": "受委托的代办人", "guardian": "监护人"}
#: The ground on which what was granted already is left.
VOLUNTARY = "voluntary"


def fits(session: Session, instance: Instance) -> None:
    """As long as nobody decided; what was granted is left instead, what was refused needs no withdrawal."""
    process = releases.load(instance.release_id, session).processes[instance.process_id]
    if not process.start or process.group != "relief":
        raise Refused("只有救助申请可以撤回；信访、异议等事项请在原流程中办结。")
    decision = session.get(Decision, instance.id)
    if decision is None and instance.status != "running":
        raise Refused("这件办件已经结束，没有可以撤回的申请。")
    if decision is not None and decision.outcome != "confirm":
        raise Refused("已经作出不予确认的决定，不用撤回；情况变化后可以重新申请。")
    if decision is not None and not _received(session, instance):
        raise Refused("这项救助已经停止，没有可以放弃的待遇。")


def _received(session: Session, instance: Instance) -> list[Benefit]:
    """What the case granted and somebody still receives."""
    active = select(Benefit).where(Benefit.instance_id == instance.id, Benefit.status == "active")
    return list(session.scalars(active.order_by(Benefit.id)))


def read(session: Session, instance: Instance, reading: Reading) -> Filled:
    day = reading.day("signed_on", "书面声明的日期", instance.started_at.date(), "登记申请的日期")
    told = {
        "statement": reading.text("statement", "请写明声明的内容。"),
        "signer": reading.one_of("signer", SIGNERS, "谁签的字"),
        "signer_name": reading.text("signer_name", "请写明签字人的姓名。", 40),
        "evidence": reading.text("evidence", "请写明声明原件怎样留存。"),
        "signed": reading.ticked("signed", "没有书面声明不能登记撤回，请取得签字后勾选。"),
    }
    case = session.get(Case, instance.id)
    if told["signer"] == "applicant" and case is not None and told["signer_name"] not in ("", case.applicant):
        reading.wrong("signer_name", f"申请人是{case.applicant}，与签字人不一致；由他人代签的请选择代办人或监护人。")
    return Filled(day, told)


def effect(deed: Deed, instance: Instance, move: Move) -> str:
    if deed.session.get(Decision, instance.id) is not None:
        for benefit in _received(deed.session, instance):
            key = f"leave:{benefit.id}:{move.id}"
            on = move.happened_on
            leaving.ask(deed.session, benefit, key=key, ground=VOLUNTARY, by="family", now=deed.now, on=on)
        return "救助已经确认，转为自愿退出办理"
    ending.end(deed, instance, "withdrawn", f"申请人撤回申请（{SIGNERS[move.told['signer']]}签字）。")
    given = {"move_on": move.happened_on.isoformat(), "move_words": "撤回申请"}
    letters.issue(deed, instance, "withdrawal_notice", f"withdraw:{move.id}", given)
    return "办件终止，已制发撤回申请确认书"


kinds.register(
    Kind(
        "withdraw",
        "撤回申请",
        ("clerk", "director"),
        ("director", "deputy"),
        CLAUSE,
        fits,
        read,
        effect,
        "确认以后办件立即终止，不能恢复；申请人可以重新申请。",
    )
)
