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
from registers.filings import staff
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
    staff_number: str = "",
) -> list[StaffKin]:
    """Registers a near relative of a staff member, who from now on keeps out of every case of that person.

    A village cadre without an account is registered by `staff_name`, with their own ID number where it is known. When
    only the name is that of accounts, each of them keeps out until somebody found out (`identify`): the rows are not
    `certain`. Gives what was written, nothing when all of it stood there. Raises Invalid for a wrong ID number or when
    nobody is named, NotFound for an unknown account.
    """
    number, fault, _ = read_id_number(id_number)
    problems = [{"field": "id_number", "message": f"身份证号{fault}。"}] if fault else []
    own, fault, _ = read_id_number(staff_number)
    if staff_number and fault:
        problems.append({"field": "staff_number", "message": f"身份证号{fault}。"})
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
        if account is not None:
            meant = staff.Staff(account.name, account.person, (account.id,))
        else:
            meant = staff.who(deed.session, staff_name.strip(), secrets.fingerprint(own) if staff_number else None)
        kin = staff.keep(
            deed.session,
            meant,
            post=post,
            relative=relative_name,
            fingerprint=secrets.fingerprint(number),
            relation=relation,
            now=deed.now,
        )
        after: dict[str, object] = {"staff": meant.name, "relation": relation}
        if not meant.certain:
            after["namesakes"] = len(meant.accounts)
        deed.record(head, after=after, clause="mca-2021-57:11")
    return kin


def identify(actor: Actor, account_id: int, staff_name: str, post: str, *, same: bool, reason: str) -> None:
    """Says whether an account is that of the staff member whom filings name. A yes bars it for good and frees the
    others of the name; a no frees it. Raises Invalid without a reason, NotFound when nothing is in doubt (any more),
    Refused by the veto: nobody finds out about themselves."""
    if not reason.strip():
        raise Invalid.at("reason", "请写明怎样核实的。")
    with act(Verb.STAFF_IDENTIFIED, actor) as deed:
        veto.require(deed.session, Question("identify_staff", actor, facts={"account_id": account_id}))
        head = deed.subject("kin")
        for doubt in staff.doubts(deed.session):
            if (doubt.account.id, doubt.staff_name, doubt.post) == (account_id, staff_name, post):
                break
        else:
            raise NotFound("没有待核实的同名人员，可能已经有人核实，请刷新后查看。")
        staff.settle(deed.session, doubt, same=same)
        said = {"staff": staff_name, "username": doubt.account.username, "answer": "是本人" if same else "不是本人"}
        deed.record(head, after=said, reason=reason.strip(), clause="mca-2021-57:11")


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
