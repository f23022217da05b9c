"""What people do with complaints beside the tasks of a flow; what is asked when one begins."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor, cut
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed, act
from registers.accounts.models import Account
from registers.cases import starts
from registers.cases.models import Case
from registers.cases.starts import Asked
from registers.complaints import ledger, people, queries
from registers.complaints.ledger import Row, Wanted
from registers.complaints.models import Accused, Review, Seal
from registers.notices import operations as notices
from registers.notices.models import Notice

DELAY = "petition_extension"
#: More rows than this are not written into a workbook; it says so.
LONGEST = 5000


def tell_delay(instance_id: int, actor: Actor) -> Notice:
    """Issues the letter that tells somebody why the answer to their complaint takes longer (art. 34). Until it has been
    served, the answer cannot be. Conflict when nothing was extended, or the letter is there."""
    with act(Verb.DELAY_TOLD, actor) as deed:
        instance = locks.instance(deed, instance_id)
        if instance is None or instance.process_id != "petition":
            raise NotFound("没有找到这件信访，请核对编号后再查。")
        veto.require(deed.session, Question("view", actor, instance=instance))
        veto.require(deed.session, Question("tell_delay", actor, instance=instance))
        if not queries.extended(deed.session, instance_id):
            raise Conflict("这件信访没有延长过办理期限，不用告知延期。")
        key = f"delay:{instance_id}"
        if deed.session.scalar(select(Notice.id).where(Notice.task_id == key)) is not None:
            raise Conflict("延期办理告知书已经制发，请登记送达。")
        made = notices.issue(deed.session, instance, DELAY, actor=actor, now=deed.now, key=key)
        deed.record(instance, after={"number": made.number}, clause="petition-2022:34")
    return made


def identify(instance_id: int, actor: Actor, *, account_id: int) -> Accused:
    """The discipline office says which colleague a matter speaks against, when the name on it is no name of an account.
    From then on that person keeps out; when it is the township's own officer or head, the township keeps out."""
    with act(Verb.ACCUSED_IDENTIFIED, actor) as deed:
        instance = locks.instance(deed, instance_id)
        if instance is None:
            raise NotFound("没有找到这件办件，请核对编号后再查。")
        veto.require(deed.session, Question("view", actor, instance=instance))
        veto.require(deed.session, Question("identify", actor, instance=instance))
        account = deed.session.get(Account, account_id)
        if account is None:
            raise Invalid.at("account_id", "请选择一位工作人员。")
        if account.id == actor.id:
            raise Refused("涉及您本人的，请由县纪委监委核定。", clause="petition-2022:28")
        known = {each.account_id for each in people.accused_of(deed.session, instance_id)}
        if account_id in known:
            raise Conflict("这位工作人员已经核定过。")
        role = (account.grants[0]["role"] if account.grants else "") or "other"
        post = "county" if role.startswith("county_") else role if role in people.POSTS else "other"
        made = Accused(
            instance_id=instance_id,
            told={"name": account.name, "unit": ""},
            name_key=people.name_key(account.name),
            post=post,
            account_id=account_id,
        )
        deed.session.add(made)
        deed.session.flush()
        _raise_seals(deed, instance)
        deed.record(instance, clause="petition-2022:30")
    return made


def _raise_seals(deed: Deed, instance: Instance) -> None:
    """The seal of a report, and of the complaint that it came from, as high as its accused ask for."""
    accused = people.accused_of(deed.session, instance.id)
    if people.level(deed.session, accused, instance.area) != "county":
        return
    source = queries.of_instance(deed.session, instance)
    own = {instance.id, source.instance_id if source is not None else instance.id}
    for seal in deed.session.scalars(select(Seal).where(Seal.instance_id.in_(own))):
        seal.level = "county"


def export(actor: Actor, wanted: Wanted) -> list[Row]:
    """The rows of the ledger for a workbook. Who took them out of the house is written down, not what they say."""
    with act(Verb.LEDGER_EXPORTED, actor) as deed:
        veto.require(deed.session, Question("see_clues", actor))
        rows = ledger.read(deed.session, actor, replace(wanted, page=1), deed.now, size=LONGEST).rows
        deed.record(deed.subject("complaints"), after={"count": len(rows)}, clause="plan:2.3.3b")
    return rows


def known_case(deed: Deed, instance: Instance, submission: Submission) -> None:
    """A case's number on the form must be one of this county: a complaint that is tied to no case by a slip of the pen
    would force no visit."""
    given = str(submission.values.get("case_number") or "").strip()
    if not given:
        return
    county = cut(instance.area, "county")
    found = deed.session.scalar(
        select(Case.instance_id).where(Case.number == given, Case.area.startswith(county, autoescape=True))
    )
    if found is None:
        raise Invalid.at("case_number", f"没有编号为“{given}”的办件，请核对后再填；不清楚的请留空。")


def of_an_answer(session: Session, asked: Asked) -> None:
    """A review is asked for once, of an answer that was delivered; a recheck of a review; nothing of a recheck."""
    parent = asked.parent
    if parent is None:
        raise Refused("复查、复核要从已经答复的信访件登记。", clause="petition-2022:35")
    if session.scalar(select(Review.instance_id).where(Review.parent_id == parent.id)) is not None:
        raise Refused("这份答复已经申请过复查、复核，不能重复申请。", clause="petition-2022:35")
    answer = queries.answered(session, parent)
    if answer is None:
        raise Refused("信访人还没有收到书面答复，不能申请复查、复核。", clause="petition-2022:35")
    if answer.final:
        raise Refused("复核意见是终结意见，同一事实和理由不再受理。", clause="petition-2022:36")


starts.register("petition", keep=known_case)
starts.register("petition_review", check=of_an_answer)
