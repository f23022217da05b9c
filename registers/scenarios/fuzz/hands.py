"""What a walk does to an item besides completing it: sends its case back, takes an act back, gives it into other hands,
has colleagues sign it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.runtime import operations as runtime
from engine.runtime.corrections import operations as corrections
from engine.runtime.hands import operations as hands
from engine.runtime.models import Instance, WorkItem
from engine.runtime.returns import operations as returns
from engine.runtime.returns import queries as ways
from engine.runtime.signers import operations as signers
from engine.runtime.signers import rounds
from engine.runtime.signers.models import Signer
from registers.scenarios import seeing

if TYPE_CHECKING:
    from registers.scenarios.fuzz.walk import Walk

Choice = tuple[float, str, Callable[[], object]]


def choices(walk: Walk, items: list[WorkItem]) -> list[Choice]:
    """What may be tried now, each with its weight."""
    random = walk.random
    found: list[Choice] = [(0.15, "重新办理", lambda: _reopen(walk))]
    if items:
        item = random.choice(items)
        found += [
            (0.7, f"退回 {item.element_id}", lambda: _send_back(walk, item)),
            (0.6, f"请人补正 {item.element_id}", lambda: _correct(walk, item)),
            (0.4, "取回", lambda: _take_back(walk)),
            (0.3, f"换人办 {item.element_id}", lambda: _give(walk, item, random)),
            (0.3, f"会签 {item.element_id}", lambda: _signers(walk, item, random)),
        ]
    return found


def _send_back(walk: Walk, item: WorkItem) -> None:
    session, random = walk.world.session, walk.random
    able = [each for each in walk.able(item, 1) if item.holder_id in (None, each.id)]
    offered = ways.ways(session, item)
    if not offered:
        return
    way = random.choice(offered)
    walk.log[-1] += f" 到 {way.item.element_id}"
    by = random.choice(able) if able and random.random() < 0.9 else random.choice(walk.staff)
    session.rollback()
    made = returns.send_back(item.id, by, to_item_id=way.item.id, reason="有误，请改正。")
    if way.why_not:
        raise walk.broken(f"“{item.name}”退回到“{made.to_name}”本来不行（{way.why_not}），却办成了")


def _correct(walk: Walk, item: WorkItem) -> None:
    """Has an earlier form corrected; what waits already mostly goes on waiting, else it is taken back."""
    session, random = walk.world.session, walk.random
    staff = {each.id: each for each in walk.staff}
    waits = seeing.corrections(session, item.instance_id)
    if waits and random.random() < 0.3:
        made = random.choice(waits)
        holder = session.get_one(WorkItem, made.for_item_id).holder_id
        corrections.cancel(made.id, staff.get(holder or 0, random.choice(walk.staff)))
        return
    if item.holder_id is None:
        able = walk.able(item, 1)
        if able:
            runtime.claim(item.id, able[0])
        return
    done = select(WorkItem.id).where(WorkItem.instance_id == item.instance_id, WorkItem.state == "completed")
    targets = list(session.scalars(done.order_by(WorkItem.id)))
    if targets:
        by = staff.get(item.holder_id, random.choice(walk.staff))
        corrections.ask(item.id, by, of_item_id=random.choice(targets), reason="有误，请补正。")


def _take_back(walk: Walk) -> None:
    done = walk.world.session.scalars(
        select(WorkItem).where(WorkItem.state == "completed").order_by(WorkItem.completed_at.desc(), WorkItem.id.desc())
    ).first()
    holder = next((each for each in walk.staff if done is not None and each.id == done.holder_id), None)
    if done is not None and holder is not None:
        walk.log[-1] += f" {done.element_id}"
        returns.take_back(done.id, holder)


def _reopen(walk: Walk) -> None:
    over = list(walk.world.session.scalars(select(Instance.id).where(Instance.status != "running")))
    if over:
        returns.reopen(walk.random.choice(over), walk.random.choice(walk.staff), reason="漏办一项。")


def _give(walk: Walk, item: WorkItem, random: Random) -> None:
    holder = next((each for each in walk.staff if each.id == item.holder_id), random.choice(walk.staff))
    to = random.choice(walk.staff)
    if item.lent_by_id is not None:
        hands.give_back(item.id, holder, "退还。")
    elif random.random() < 0.5:
        hands.transfer(item.id, holder, to, "轮换。")
    else:
        hands.delegate(item.id, holder, to, "请代填。")


def _signers(walk: Walk, item: WorkItem, random: Random) -> None:
    session = walk.world.session
    standing = [each for each in rounds.of_item(session, item.id) if each.state in ("open", "objected")]
    staff = {each.id: each for each in walk.staff}
    if not standing:
        holder = staff.get(item.holder_id or 0, random.choice(walk.staff))
        people = random.sample(walk.staff, random.randint(1, 3))
        mode = random.choice(list(rounds.MODES))
        place = random.choice(list(rounds.PLACES))
        signers.ask(item.id, holder, people, place=place, mode=mode, needed=1, reason="请看。")
        return
    round_ = standing[0]
    if round_.state == "objected":
        signers.answer(round_.id, staff[item.holder_id], "已改。")
        return
    signer: Signer = random.choice(rounds.turn(round_))
    if random.random() < 0.2:
        by = staff.get(round_.asked_by_id or 0, random.choice(walk.staff))
        signers.replace(signer.id, by, random.choice(walk.staff), "换人。")
    else:
        signers.opine(signer.id, staff[signer.account_id], agree=random.random() < 0.8, opinion="看过。")
