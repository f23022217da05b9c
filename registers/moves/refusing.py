"""终止审核确认 (57号 art. 29): the family refuses to cooperate without good reason, twice, and that is written down."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from engine.runtime.models import Instance
from engine.runtime.moves import ending
from engine.transactions import Deed
from registers.moves import kinds, letters
from registers.moves.kinds import Filled, Kind
from registers.moves.models import Move
from registers.moves.reading import Reading

CLAUSE = "mca-2021-57:29"
WAYS = {"visit": "上门", "phone": "电话", "letter": "书面通知", "village": "经村委会通知"}


def read(session: Session, instance: Instance, reading: Reading) -> Filled:
    """Two attempts on different days, in their order, each by two people where somebody went there."""
    since = instance.started_at.date()
    attempts, days = [], list[date]()
    for number in (1, 2):
        day = reading.day(f"on_{number}", f"第{number}次通知的日期", since, "登记申请的日期")
        days.append(day)
        attempts.append(
            {
                "on": day.isoformat(),
                "way": reading.one_of(f"way_{number}", WAYS, f"第{number}次通知的方式"),
                "who": reading.text(f"who_{number}", "请写明由谁通知（上门的写两人）。", 80),
                "answer": reading.text(f"answer_{number}", "请写明家庭怎样答复。"),
            }
        )
    if days[1] <= days[0] and not reading.problems:
        reading.wrong("on_2", "第二次通知应晚于第一次，并给家庭留出时间。")
    told = {
        "attempts": attempts,
        "asked_for": reading.text("asked_for", "请写明要求家庭配合什么。"),
        "reason": reading.text("reason", "请写明为什么认定没有正当理由。"),
    }
    return Filled(days[1], told)


def effect(deed: Deed, instance: Instance, move: Move) -> str:
    ending.end(deed, instance, "terminated", "申请家庭无正当理由拒不配合调查。")
    told = move.told
    said = "；".join(
        f"{_day(each['on'])}{WAYS[each['way']]}通知，{each['answer'].rstrip('。')}" for each in told["attempts"]
    )
    reasons = [
        letters.reason(f"要求配合{told['asked_for'].rstrip('。')}，两次通知后仍不配合：{said}。", CLAUSE),
        letters.reason(told["reason"], CLAUSE),
    ]
    letters.issue(deed, instance, "termination_notice", f"terminate:{move.id}", {"reasons": reasons})
    return "办件终止，已制发终止审核确认通知书"


def _day(text: str) -> str:
    found = date.fromisoformat(text)
    return f"{found.year}年{found.month}月{found.day}日"


kinds.register(
    Kind(
        "terminate",
        "终止审核确认",
        ("clerk", "investigator", "director"),
        ("deputy", "head"),
        CLAUSE,
        kinds.undecided,
        read,
        effect,
        "确认以后办件立即终止，并向家庭送达写明理由和救济途径的通知书。",
    )
)
