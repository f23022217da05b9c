"""Changing where money goes: one person proposes, another one confirms; and the accounts of the staff themselves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from engine import clock, secrets
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.forms.kinds import bank_account as read_account
from engine.forms.kinds import person_name as read_name
from engine.forms.mask import bank_account as mask
from engine.journal.verbs import Verb
from engine.parameters import queries as parameters
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import Deed, act
from registers.accounts.models import Account
from registers.households.models import Household, Person
from registers.payments.accounts import queries
from registers.payments.accounts.models import AccountChange, PayAccount, StaffCard
from registers.payments.kin import near

CLAUSE = "plan:2.1.2"
LONGEST = 300
#: What a card of the staff may be, in words.
KINDS = {"own": "本人账户", "kept": "代管银行卡"}


def propose(
    actor: Actor,
    *,
    household_id: int,
    holder: str,
    number: str,
    bank: str,
    reason: str,
    person_id: int | None = None,
) -> AccountChange:
    """Wants a household's (or one person's) money to go to another account. Nothing changes until somebody else says
    yes. Raises Invalid with every wrong field, Refused for kin, Conflict when one waits or nothing would change."""
    problems = []
    name, fault, _ = read_name(holder)
    problems += [{"field": "holder", "message": f"户名{fault}。"}] if fault else []
    digits, fault, _ = read_account(number)
    problems += [{"field": "number", "message": f"账号{fault}。"}] if fault else []
    reason = reason.strip()
    if not 2 <= len(reason) <= LONGEST:
        problems.append({"field": "reason", "message": f"请写明变更原因，2至{LONGEST}个字。"})
    with act(Verb.ACCOUNT_PROPOSED, actor) as deed:
        known = parameters.on(deed.session, clock.today())
        if bank not in banks(str(known["paying_banks"])):
            problems.append({"field": "bank", "message": "请选择代发银行。"})
        if problems:
            raise Invalid(problems=problems)
        household = deed.session.get(Household, household_id, with_for_update=True)
        person = deed.session.get(Person, person_id) if person_id is not None else None
        if household is None or (person_id is not None and (person is None or person.household_id != household.id)):
            raise NotFound("没有找到这户家庭，请重新查询。")
        veto.require(deed.session, Question("propose_account", actor, facts={"area": household.area}))
        _no_kin(deed, actor, household_id)
        before, key = queries.of(deed.session, household_id, person_id), secrets.fingerprint(digits)
        if before is not None and before.account_hash == key and before.change_id is not None:
            raise Conflict("这就是现在使用的账户，不用变更。")
        if deed.session.scalar(_waiting(household_id, person_id)) is not None:
            raise Conflict("这户已有一项账户变更等待确认，请先处理那一项。")
        made = AccountChange(
            household_id=household_id,
            person_id=person_id,
            area=household.area,
            wanted={"holder": name, "number": digits},
            account_hash=key,
            masked=mask(digits),
            bank=bank,
            before_masked=before.masked if before else "",
            reason=reason,
            proposed_by_id=actor.id,
            proposed_by=actor.name,
            proposed_at=deed.now,
        )
        deed.session.add(made)
        after = {"who": _who(deed, household_id, person), "bank": bank, "account": made.masked}
        deed.record(deed.subject("pay_accounts"), after=after, reason=reason, clause=CLAUSE)
    return made


def decide(actor: Actor, change_id: int, *, confirm: bool, reason: str, number: str = "") -> AccountChange:
    """Somebody else says yes or no, and how they made sure. To say yes they type the number once more from the card
    itself; it must be the one that was proposed. The old account stays in the register with its last day."""
    reason = written(
        "reason", reason, longest=LONGEST, empty="请写明怎样核实的，例如：已电话核实本人，已看银行卡原件。"
    )
    with act(Verb.ACCOUNT_CONFIRMED if confirm else Verb.ACCOUNT_REFUSED, actor) as deed:
        made = deed.session.get(AccountChange, change_id, with_for_update=True, populate_existing=True)
        if made is None:
            raise NotFound("没有找到这项账户变更，请刷新后再试。")
        facts = {"area": made.area, "proposed_by_id": made.proposed_by_id}
        veto.require(deed.session, Question("confirm_account", actor, facts=facts))
        _no_kin(deed, actor, made.household_id)
        if made.state != "proposed":
            raise Conflict(f"这项变更已由{made.decided_by}处理。")
        if confirm and secrets.fingerprint(read_account(number)[0]) != made.account_hash:
            raise Invalid.at("number", "与提出变更时填写的账号不一致。请对照银行卡原件再填一遍；确有出入的，不予同意。")
        made.state = "confirmed" if confirm else "refused"
        made.decided_by, made.decided_at, made.decided_reason = actor.name, deed.now, reason
        if confirm:
            _take_place(deed, made)
        person = deed.session.get(Person, made.person_id) if made.person_id is not None else None
        after = {"who": _who(deed, made.household_id, person), "bank": made.bank, "account": made.masked}
        deed.record(deed.subject("pay_accounts"), after=after, reason=reason, clause=CLAUSE)
    return made


def register_card(
    actor: Actor,
    *,
    kind: str,
    number: str,
    area: str,
    account_id: int | None = None,
    staff_name: str = "",
    agreement: str = "",
    filed_on: date | None = None,
) -> StaffCard:
    """Registers an account of somebody on the staff (`own`), or a family's card that they keep (`kept`, with its
    written agreement): a roster that pays to it is flagged from then on (57号 art. 26)."""
    digits, fault, _ = read_account(number)
    problems = [{"field": "number", "message": f"账号{fault}。"}] if fault else []
    if kind not in KINDS:
        problems.append({"field": "kind", "message": "请选择本人账户或代管银行卡。"})
    if kind == "kept" and not agreement.strip():
        problems.append({"field": "agreement", "message": "代管银行卡要有书面协议，请填写协议编号。"})
    if account_id is None and not staff_name.strip():
        problems.append({"field": "staff_name", "message": "请选择账号，或填写村干部姓名。"})
    if problems:
        raise Invalid(problems=problems)
    with act(Verb.STAFF_CARD_REGISTERED, actor) as deed:
        veto.require(deed.session, Question("register_card", actor, facts={"area": area}))
        account = deed.session.get(Account, account_id) if account_id is not None else None
        if account_id is not None and account is None:
            raise NotFound("没有这个账号，请刷新后重选。")
        if filed_on is not None and filed_on > deed.now.date():
            raise Invalid.at("filed_on", "备案日期不能晚于今天。")
        made = StaffCard(
            kind=kind,
            account_id=account_id,
            staff_name=account.name if account else staff_name.strip()[:80],
            account_hash=secrets.fingerprint(digits),
            masked=mask(digits),
            agreement=agreement.strip()[:120],
            filed_on=filed_on,
            registered_by=actor.name,
            registered_at=deed.now,
        )
        deed.session.add(made)
        deed.record(deed.subject("pay_accounts"), after={"staff": made.staff_name, "kind": KINDS[kind]}, clause=CLAUSE)
    return made


def banks(text: str) -> list[str]:
    """The paying banks of the parameter."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _take_place(deed: Deed, made: AccountChange) -> None:
    before = queries.of(deed.session, made.household_id, made.person_id)
    if before is not None:
        before.ended_at = deed.now
    deed.session.add(
        PayAccount(
            household_id=made.household_id,
            person_id=made.person_id,
            account=made.wanted,
            account_hash=made.account_hash,
            masked=made.masked,
            bank=made.bank,
            change_id=made.id,
            since=deed.now,
        )
    )


def _no_kin(deed: Deed, actor: Actor, household_id: int) -> None:
    if near(deed.session, deed.actor, household_id):
        raise Refused("您与本户存在近亲属关系，依规回避。请由其他人员办理。", clause="mca-2021-57:11")


def _waiting(household_id: int, person_id: int | None) -> object:
    whose = AccountChange.person_id.is_(None) if person_id is None else AccountChange.person_id == person_id
    return select(AccountChange.id).where(
        AccountChange.household_id == household_id, whose, AccountChange.state == "proposed"
    )


def _who(deed: Deed, household_id: int, person: Person | None) -> str:
    if person is not None:
        return person.name
    head = select(Person.name).where(
        Person.household_id == household_id, Person.relation == "head", Person.left_on.is_(None)
    )
    return deed.session.scalar(head.limit(1)) or f"第{household_id}户"
