"""Registering relatives of staff."""

from __future__ import annotations

from engine import secrets
from engine.actors import Actor
from engine.errors import NotFound
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.accounts.models import Account
from registers.filings.models import StaffKin


def register_kin(
    actor: Actor, *, account_id: int, post: str, relative_name: str, id_number: str, relation: str
) -> StaffKin:
    """Registers a near relative of a staff member, who from now on keeps out of every case of that person."""
    with act(Verb.KIN_REGISTERED, actor) as deed:
        veto.require(deed.session, Question("register_kin", actor))
        account = deed.session.get(Account, account_id)
        if account is None:
            raise NotFound("没有这个账号，请刷新后重选。")
        head = deed.subject("kin")
        kin = StaffKin(
            account_id=account.id,
            staff_name=account.name,
            post=post,
            relative_name=relative_name,
            fingerprint=secrets.fingerprint(id_number),
            relation=relation,
            registered_at=deed.now,
        )
        deed.session.add(kin)
        deed.record(head, after={"staff": account.name, "relation": relation}, clause="mca-2021-57:11")
    return kin
