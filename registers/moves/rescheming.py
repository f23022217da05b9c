"""改办其他救助: the family goes on under another scheme, with what it has handed in already."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.releases import queries as releases
from engine.runtime import openings
from engine.runtime.models import Instance
from engine.runtime.moves import ending
from engine.transactions import Deed
from registers.cases.models import Case
from registers.moves import kinds, letters
from registers.moves.kinds import Filled, Kind
from registers.moves.models import Move
from registers.moves.reading import Reading
from registers.moves.withdrawing import SIGNERS

CLAUSE = "opinion-2020:23"
OUTCOME = "changed"


def schemes(session: Session, instance: Instance) -> dict[str, str]:
    """What a case may go on as: the other applications of the current release."""
    release = releases.load(releases.current(session).id, session)
    return {
        each.id: each.name
        for each in release.processes.values()
        if each.start and each.group == "relief" and each.id != instance.process_id and not each.opens_with
    }


def read(session: Session, instance: Instance, reading: Reading) -> Filled:
    day = reading.day("signed_on", "申请人同意的日期", instance.started_at.date(), "登记申请的日期")
    told = {
        "target": reading.one_of("target", schemes(session, instance), "改办哪一项救助"),
        "reason": reading.text("reason", "请写明为什么改办。"),
        "signer": reading.one_of("signer", SIGNERS, "谁签的字"),
        "signed": reading.ticked("signed", "改办须申请人书面同意，请取得签字后勾选。"),
    }
    return Filled(day, told)


def effect(deed: Deed, instance: Instance, move: Move) -> str:
    title = schemes(deed.session, instance)[move.told["target"]]
    case = deed.session.get(Case, instance.id)
    ending.end(deed, instance, OUTCOME, f"改办{title}：{move.told['reason']}")
    given = {"move_on": move.happened_on.isoformat(), "move_words": f"改为申请{title}"}
    letters.issue(deed, instance, "withdrawal_notice", f"scheme:{move.id}", given)
    openings.ask(
        deed.session,
        key=f"changed:{instance.id}",
        process_id=move.told["target"],
        area=instance.area,
        flow={"household_id": case.household_id if case and case.household_id else 0},
        parent_id=instance.id,
        now=deed.now,
    )
    return f"办件终止，改办{title}，沿用已交的材料"


kinds.register(
    Kind(
        "scheme",
        "改办其他救助",
        ("clerk", "director"),
        ("director", "deputy"),
        CLAUSE,
        kinds.undecided,
        read,
        effect,
        "确认以后本件终止，按新的救助项目另立办件，期限从新的受理日起算；已交的材料沿用，不再要求提供。",
    )
)
