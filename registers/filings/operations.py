"""Registering relatives of staff, and clearing up what an applicant declared."""

from __future__ import annotations

from sqlalchemy import select

from engine import secrets
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.forms.kinds import id_number as read_id_number
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from engine.transactions import act
from registers.accounts.models import Account
from registers.filings.models import Filing, StaffKin


def register_kin(
    actor: Actor,
    *,
    post: str,
    relative_name: str,
    id_number: str,
    relation: str,
    account_id: int | None = None,
    staff_name: str = "",
) -> StaffKin:
    """Registers a near relative of a staff member, who from now on keeps out of every case of that person.

    A village cadre without an account is registered by `staff_name`. Raises Invalid for a wrong ID number or when
    nobody is named, NotFound for an unknown account.
    """
    number, fault, _ = read_id_number(id_number)
    problems = [{"field": "id_number", "message": f"身份证号{fault}。"}] if fault else []
    if account_id is None and not staff_name.strip():
        problems.append({"field": "staff_name", "message": "请选择账号，或填写村干部姓名。"})
    if problems:
        raise Invalid(problems=problems)
    with act(Verb.KIN_REGISTERED, actor) as deed:
        veto.require(deed.session, Question("register_kin", actor))
        account = deed.session.get(Account, account_id) if account_id is not None else None
        if account_id is not None and account is None:
            raise NotFound("没有这个账号，请刷新后重选。")
        head = deed.subject("kin")
        kin = StaffKin(
            account_id=account_id,
            staff_name=account.name if account else staff_name.strip(),
            post=post,
            relative_name=relative_name,
            fingerprint=secrets.fingerprint(number),
            relation=relation,
            registered_at=deed.now,
        )
        deed.session.add(kin)
        deed.record(head, after={"staff": kin.staff_name, "relation": relation}, clause="mca-2021-57:11")
    return kin


def clarify(actor: Actor, filing_id: int, *, related: bool, reason: str) -> Filing:
    """Says whether the account that bears a declared relative's name is that relative. Until then it may not touch the
    case; a yes bars it for good. Nobody clears up what concerns themselves: the recusal rule refuses it."""
    if not reason.strip():
        raise Invalid(problems=[{"field": "reason", "message": "请写明怎样核实的。"}])
    with act(Verb.FILING_CLARIFIED, actor) as deed:
        instance = deed.session.scalar(
            select(Instance)
            .join(Filing, Filing.instance_id == Instance.id)
            .where(Filing.id == filing_id)
            .with_for_update(of=Instance)
        )
        if instance is None:
            raise NotFound("没有找到这条备案，请刷新后再试。")
        veto.require(deed.session, Question("clarify", actor, instance=instance))
        filing = deed.session.get(Filing, filing_id, populate_existing=True)
        if filing.confirmed is not None:
            raise Conflict(f"这条备案已由{filing.clarified_by}核实。")
        filing.confirmed, filing.clarified_by, filing.clarified_at = related, actor.name, deed.now
        after = {"staff": filing.staff_name, "related": "是" if related else "不是"}
        deed.record(instance, after=after, reason=reason.strip(), clause="mca-2021-57:11")
    return filing
