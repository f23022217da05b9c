"""登记死亡: somebody of the household died. Nobody is left: the case ends. Others are: it goes on, is surveyed anew,
and what hung on the board with the wrong people is taken off it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.releases import queries as releases
from engine.runtime.models import Instance, WaitingTimer
from engine.runtime.moves import ending
from engine.transactions import Deed
from registers.benefits import leaving
from registers.benefits.models import Benefit
from registers.cases.models import Case
from registers.households import changes
from registers.households.models import Person
from registers.moves import kinds, letters
from registers.moves.kinds import Filled, Kind
from registers.moves.models import Move
from registers.moves.reading import Reading
from registers.publicity.models import Publicity

CLAUSE = "mca-2022-83:1.3"
OUTCOME, GROUND = "deceased", "death"
SOURCES = {
    "hospital": "医院死亡证明",
    "police": "公安户籍注销",
    "funeral": "殡葬数据",
    "village": "村委会证明",
    "court": "法院宣告死亡",
}
#: Who reported it, as the case of leaving calls them.
REPORTED = {"hospital": "family", "police": "data", "funeral": "data", "village": "village", "court": "data"}
#: The process whose timer is the publicity itself.
PUBLICITY = "publicity"
ADULT = 18


def fits(session: Session, instance: Instance) -> None:
    """At every stage, and afterwards too: whoever receives a benefit may die long after their case."""
    case = session.get(Case, instance.id)
    if case is None or case.household_id is None:
        raise Refused("这件办件没有登记家庭，不能登记死亡。")
    if not changes.living(session, case.household_id):
        raise Refused("这户已经没有在册的成员。")


def read(session: Session, instance: Instance, reading: Reading) -> Filled:
    case = session.get(Case, instance.id)
    members = {each.id: each for each in changes.living(session, case.household_id)}
    person = members.get(reading.number("person_id", "是哪位成员"))
    if person is None and not reading.problems:
        reading.wrong("person_id", "请从现在的家庭成员中选择。")
    day = reading.day("died_on", "死亡日期", person.birth if person else None, "出生日期")
    told = {
        "source": reading.one_of("source", SOURCES, "依据什么登记"),
        "evidence": reading.text("evidence", "请写明证明的编号或怎样核实的。"),
        "new_head_id": 0,
        "guardian": "",
    }
    others = [each for each in members.values() if person is not None and each.id != person.id]
    if person is not None and person.relation == "head" and others:
        told["new_head_id"] = head_id = reading.number("new_head_id", "由谁继续作户主和申请人")
        head = next((each for each in others if each.id == head_id), None)
        if head is None and head_id:
            reading.wrong("new_head_id", "请从其余家庭成员中选择新的户主。")
        if head is not None and _age(head, reading.today) < ADULT:
            told["guardian"] = reading.text("guardian", "新的户主未成年，请写明监护人的姓名和关系。", 80)
    return Filled(day, told, person.id if person else None)


def effect(deed: Deed, instance: Instance, move: Move) -> str:
    session = deed.session
    person = session.get(Person, move.person_id, with_for_update=True)
    if person.left_on is not None:
        raise Refused(f"{person.name}已经不是这户的成员，请刷新后核对。")
    changes.leave(session, person, move.happened_on, died=True)
    changes.register(
        session,
        household_id=person.household_id,
        kind="died",
        happened_on=move.happened_on,
        reported_on=move.asked_at.date(),
        person_id=person.id,
        told={"name": person.name, "source": SOURCES[move.told["source"]]},
        instance_id=instance.id,
        now=deed.now,
        who=deed.actor.name,
    )
    said = []
    left = changes.living(session, person.household_id)
    if left and person.relation == "head":
        head = next((each for each in left if each.id == move.told["new_head_id"]), None)
        if head is None:
            raise Refused("登记的新户主已经不在这户，请不予确认后重新登记。")
        changes.lead(session, person.household_id, head, deed.now)
        said.append("户主已变更")
    said += _exits(deed, person, move)
    if instance.status == "running" and not left:
        end(deed, instance, move.id, person.name, move.happened_on, deed.now)
        said.append("家庭已无成员，办件终止")
    elif instance.status == "running":
        said += ["公示已撤下，须重新调查后再公示"] if take_down(deed, instance) else ["须重新调查后再决定"]
    return "；".join(said) or "已登记"


def _exits(deed: Deed, person: Person, move: Move) -> list[str]:
    """Whatever the household, or this person, still receives is checked and changed by a case of its own."""
    active = deed.session.scalars(
        select(Benefit)
        .where(Benefit.household_id == person.household_id, Benefit.status == "active")
        .order_by(Benefit.id)
    )
    found = [each for each in active if each.person_id in (None, person.id)]
    for benefit in found:
        leaving.ask(
            deed.session,
            benefit,
            key=f"death:{person.id}:{benefit.id}",
            ground=GROUND,
            by=REPORTED[move.told["source"]],
            now=deed.now,
            who=person,
            on=move.happened_on,
        )
    return [f"已发起{len(found)}件待遇变更或退出"] if found else []


def end(deed: Deed, instance: Instance, move_id: int, name: str, died_on: date, now: datetime) -> None:
    """Ends an application of which nobody is left, with its letter. Cases of another kind go on to their own end."""
    process = releases.load(instance.release_id, deed.session).processes[instance.process_id]
    if process.group != "relief" or not process.start:
        return
    ending.end(deed, instance, OUTCOME, "申请家庭的成员均已死亡。")
    said = f"{name}已于{died_on.year}年{died_on.month}月{died_on.day}日死亡，申请家庭已无成员。"
    given = {"reasons": [letters.reason(said, CLAUSE)]}
    letters.issue(deed, instance, "termination_notice", f"death:{move_id}:{instance.id}", given)


def take_down(deed: Deed, instance: Instance) -> bool:
    """Takes what hangs of a locked case off the board, since its people are not those any more; the flow goes on at
    once to the taking down, and from there back to the survey. Whether anything hung."""
    posted = deed.session.scalar(
        select(Publicity)
        .where(Publicity.instance_id == instance.id, Publicity.closed_at.is_(None))
        .order_by(Publicity.id.desc())
        .limit(1)
    )
    if posted is None:
        return False
    posted.closed_at, posted.superseded = deed.now, True
    timers = select(WaitingTimer).where(WaitingTimer.instance_id == instance.id, WaitingTimer.process_id == PUBLICITY)
    for timer in deed.session.scalars(timers):
        if timer.due_at > deed.now:
            timer.basis = {"given": True, "due": deed.now.date().isoformat(), "why": ["家庭成员死亡，公示提前撤下。"]}
            timer.due_at = deed.now
    return True


def _age(person: Person, today: date) -> int:
    before = (today.month, today.day) < (person.birth.month, person.birth.day)
    return today.year - person.birth.year - before


kinds.register(
    Kind(
        "death",
        "登记死亡",
        ("clerk", "village", "director"),
        ("director", "deputy"),
        CLAUSE,
        fits,
        read,
        effect,
        "确认以后这位成员立即从家庭中减去；没有其他成员的，办件终止；正在公示的，立即撤下。",
    )
)
