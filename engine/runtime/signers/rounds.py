"""What a round amounts to, and how it stands in an item's way. Pure but for the queries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Conflict
from engine.runtime.models import WorkItem
from engine.runtime.signers.models import Round, Signer

MODES = {"all": "全部同意", "order": "依次同意", "any": "一人同意即可", "quorum": "达到人数即可"}
PLACES = {"before": "提交前会签", "after": "提交后会签"}


def of_item(session: Session, item_id: int) -> list[Round]:
    """The rounds of an item, oldest first."""
    asked = select(Round).where(Round.work_item_id == item_id, Round.state != "withdrawn").order_by(Round.id)
    return list(session.scalars(asked))


def turn(round_: Round) -> list[Signer]:
    """Who may sign now: everybody who has not, in order only the first of them."""
    waiting = [each for each in round_.signers if each.state == "waiting"]
    return waiting[:1] if round_.mode == "order" else waiting


def verdict(mode: str, needed: int, states: Sequence[str]) -> str:
    """`open`, `agreed` or `objected`, from what the signers said who were not taken out.

    all and order: one objection is one; any and quorum: while enough can still agree it is open."""
    kept = [each for each in states if each != "removed"]
    agreed, waiting, objected = (kept.count(each) for each in ("agreed", "waiting", "objected"))
    if mode in ("all", "order"):
        if objected:
            return "objected"
        return "open" if waiting else "agreed"
    enough = 1 if mode == "any" else needed
    if agreed >= enough:
        return "agreed"
    return "open" if agreed + waiting >= enough else "objected"


def settle(session: Session, item: WorkItem, round_: Round) -> None:
    """Writes what a round amounts to now, and how many stand in the item's way."""
    round_.state = verdict(round_.mode, round_.needed, [each.state for each in round_.signers])
    session.flush()
    item.rounds_open = sum(each.stands_in_the_way for each in of_item(session, item.id))


def before_handing_in(session: Session, item: WorkItem) -> None:
    """Raises Conflict while colleagues who were asked first have not signed, an objection has no answer, or what was
    handed in already waits for those who sign after it."""
    if not item.rounds_open:
        return
    if item.handed_in_at is not None:
        raise Conflict(
            f"“{item.name}”已于{item.handed_in_at:%m月%d日 %H:%M}提交，正在等会签。要改内容的，请先撤回签字。"
        )
    for each in of_item(session, item.id):
        if each.state == "objected":
            names = "、".join(one.name for one in each.signers if one.state == "objected")
            raise Conflict(f"{names}对“{item.name}”有不同意见，请先在“会签意见”中答复。您填写的内容已保留。")
        if each.state == "open" and each.place == "before":
            names = "、".join(one.name for one in each.signers if one.state == "waiting")
            raise Conflict(f"“{item.name}”还在等{names}会签，会签完才能提交。您填写的内容已保留。")


def waits_after(session: Session, item: WorkItem) -> bool:
    """Whether what was handed in now waits for colleagues. Whoever agreed to something else must look again."""
    found = False
    for each in of_item(session, item.id):
        if each.place != "after" or each.state in ("objected", "answered"):
            continue
        for one in each.signers:
            if one.state == "agreed" and one.submission_id != item.submission_id:
                one.state, one.decided_at = "waiting", None
        settle(session, item, each)
        found = found or each.state == "open"
    return found
