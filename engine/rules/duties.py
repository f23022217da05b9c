"""Rules that know nothing of assistance: role and area, whose hands an item is in, separation of duties."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.actors import ROLES
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from engine.runtime.models import Signature, WorkItem


@veto.register
def role_and_area(session: Session, question: Question) -> Answer:
    """A work item is for the holders of its role in its area."""
    item = question.item
    if question.verb not in ("claim", "complete", "hand_in") or item is None:
        return ABSTAIN
    if question.facts.get("starting") or question.actor.holds(item.role, item.area):
        return allow()  # Who may start a case may hand in its first form.
    return forbid(f"“{item.name}”由{ROLES.get(item.role, item.role)}办理，您没有这个角色或不在这个地区。")


@veto.register
def back_by_whoever_may_do_it(session: Session, question: Question) -> Answer:
    """Whoever may do an item may send its case back from there, and take their own act back."""
    item = question.item
    if question.verb not in ("return", "take_back") or item is None:
        return ABSTAIN
    return allow() if question.actor.holds(item.role, item.area) else ABSTAIN


@veto.register
def signs_once(session: Session, question: Question) -> Answer:
    """Where two people must sign, one person is not two, and neither are a person and whoever stands in for them."""
    item, me = question.item, question.actor.id
    if question.verb not in ("claim", "complete") or item is None or item.people < 2:
        return ABSTAIN
    instead = and_(Signature.for_id == me, Signature.actor_id != me)
    # Whoever signed may hand in something else, which voids their signature; nobody may do that for them.
    both = question.verb == "claim" or "stand_in" in question.facts
    signed = session.scalar(
        select(Signature.id)
        .where(
            Signature.work_item_id == item.id,
            or_(Signature.actor_id == me, instead) if both else instead,
            Signature.valid.is_(True),
        )
        .limit(1)
    )
    if signed is None:
        return ABSTAIN
    return forbid(f"“{item.name}”您（或替您的人）已经签过字，要由另一人签字。", item.clause)


@veto.register
def channels_in_own_area(session: Session, question: Question) -> Answer:
    """A group robot speaks the messages of an area: only that area's administrators set it up."""
    area = question.facts.get("area")
    if question.verb != "manage_channels" or area is None or question.actor.is_system:
        return ABSTAIN
    if question.actor.holds("admin", area):
        return allow()
    return forbid("这个地区的消息通道由该地区的系统管理员管理。")


@veto.register
def kept_apart_backwards(session: Session, question: Question) -> Answer:
    """A form that is corrected is not filled in by somebody who signed a later step that names it in `separate`: they
    would have judged their own work. A return needs no such rule, since the later step is done anew."""
    item = question.item
    if question.verb not in ("claim", "complete", "sign") or item is None or item.corrects_for_id is None:
        return ABSTAIN
    mine = or_(Signature.actor_id == question.actor.id, Signature.for_id == question.actor.id)
    rows = session.execute(
        select(WorkItem.name, WorkItem.separate)
        .join(Signature, Signature.work_item_id == WorkItem.id)
        .where(WorkItem.instance_id == item.instance_id, WorkItem.state != "cancelled", mine)
    )
    later = next((name for name, separate in rows if item.element_id in (separate or ())), None)
    if later is None:
        return ABSTAIN
    return forbid(f"您办理过“{later}”，不能再补正它所依据的“{item.name}”。请由另一人办理。", item.clause)


@veto.register
def separation_of_duties(session: Session, question: Question) -> Answer:
    """Who signed one of the tasks that an item names in `separate` may not sign this one. A signature that a later
    change of the form voided counts too: its giver did that work all the same; so does one given in one's stead. In a
    sub-case the tasks of the case that it belongs to count as well."""
    item = question.item
    if question.verb not in ("claim", "complete", "return", "sign") or item is None or not item.separate:
        return ABSTAIN
    own = {item.instance_id, getattr(question.instance, "parent_id", None) or item.instance_id}
    signed = session.scalar(
        select(Signature.element_id)
        .where(
            Signature.instance_id.in_(own),
            Signature.element_id.in_(item.separate),
            or_(Signature.actor_id == question.actor.id, Signature.for_id == question.actor.id),
        )
        .limit(1)
    )
    if signed is None:
        return ABSTAIN
    return forbid(f"您办理过同一件的前面环节，不能再办“{item.name}”。请由另一人办理。", item.clause)
