"""Opening accounts, signing in, changing passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, secrets
from engine.actors import ROLES, SYSTEM, Actor
from engine.errors import Invalid, NotFound, Refused
from engine.forms.kinds import id_number as read_id_number
from engine.journal.verbs import Verb
from engine.outbox.settings import ADDRESS
from engine.rules.veto import Question, veto
from engine.runtime.hands import operations as hands
from engine.transactions import act, afterwards, scratch
from registers.accounts import queries
from registers.accounts.models import Account
from registers.filings import staff


@dataclass(frozen=True)
class Settings:
    """How sign-in behaves; an installation may set its own."""

    #: Failures in a row until an account is locked, and for how long.
    failures: int = 5
    lock: timedelta = timedelta(minutes=15)
    shortest_password: int = 8


settings = Settings()
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Verified when the username is unknown, so that the answer takes as long.
_NOBODY = hasher.hash("nobody's password")


def create(
    actor: Actor,
    *,
    username: str,
    name: str,
    password: str,
    grants: Sequence[dict[str, str]],
    id_number: str | None = None,
    must_change_password: bool = False,
) -> Account:
    """Opens an account; the username is kept in small letters. `id_number` lets recusal know its holder.

    Raises Invalid for a taken username, an unknown role, a short password, a wrong ID number.
    """
    problems, username = [], username.strip().lower()
    number, fault, _ = read_id_number(id_number or "")
    if id_number and fault:
        problems.append({"field": "id_number", "message": f"身份证号{fault}。"})
    if not username.isascii() or not username.isidentifier():
        problems.append({"field": "username", "message": "账号名请用字母、数字和下划线，以字母开头。"})
    if len(password) < settings.shortest_password:
        problems.append({"field": "password", "message": f"密码至少{settings.shortest_password}位。"})
    problems += _unknown(grants)
    if problems:
        raise Invalid(problems=problems)
    with act(Verb.ACCOUNT_CREATED, actor) as deed:
        veto.require(deed.session, Question("manage_accounts", actor))
        head = deed.subject("accounts")
        if deed.session.scalar(select(Account.id).where(Account.username == username)) is not None:
            raise Invalid(problems=[{"field": "username", "message": f"账号名“{username}”已被使用，请换一个。"}])
        account = Account(
            username=username,
            name=name,
            password_hash=hasher.hash(password),
            grants=[dict(grant) for grant in grants],
            person=secrets.fingerprint(number) if id_number else None,
            active=True,
            must_change_password=must_change_password,
            failures=0,
            epoch=1,
            created_at=deed.now,
        )
        deed.session.add(account)
        deed.session.flush()
        staff.welcome(deed.session, account)
        deed.record(head, after={"username": username, "grants": list(grants)})
    return account


def sign_in(session: Session, username: str, password: str) -> Account:
    """The account whose password this is, its signing in journaled. Raises Refused with the same words, and after the
    same time, for whatever is wrong; counts failures and locks the account after too many, by the wall clock."""
    account = queries.by_username(session, username)
    wrong = Refused("账号或密码不对，请重新输入。")
    if account is None or not account.active:
        _matches(_NOBODY, password)
        raise wrong
    if account.locked_until is not None and account.locked_until > clock.wall():
        until = account.locked_until.astimezone(clock.ZONE)
        raise Refused(f"多次输错密码，账号已锁定到{until:%H:%M}，请稍后再试或联系管理员。")
    hash_ = account.password_hash
    if not _matches(hash_, password):
        _failed(account.id)
        raise wrong
    with act(Verb.ACCOUNT_SIGNED_IN, queries.actor(account)) as deed:
        fresh = deed.session.get(Account, account.id, with_for_update=True, populate_existing=True)
        locked = fresh.locked_until is not None and fresh.locked_until > clock.wall()
        if locked or not fresh.active or fresh.password_hash != hash_:
            raise wrong  # Somebody guessed in parallel and locked it, or it was changed meanwhile.
        fresh.failures, fresh.locked_until = 0, None
        deed.record(deed.subject("accounts"), after={"username": fresh.username})
    return fresh


def _failed(account_id: int) -> None:
    with scratch() as session:
        account = session.get(Account, account_id, with_for_update=True)
        account.failures += 1
        locks = account.failures >= settings.failures
    if locks:
        _lock(account_id)


def _lock(account_id: int) -> None:
    with act(Verb.ACCOUNT_LOCKED, SYSTEM) as deed:
        account = deed.session.get(Account, account_id, with_for_update=True)
        account.failures, account.locked_until = 0, clock.wall() + settings.lock
        deed.record(deed.subject("accounts"), after={"username": account.username})


def change_password(actor: Actor, old: str, new: str) -> None:
    """A person's own password; every other session of theirs ends."""
    with act(Verb.ACCOUNT_PASSWORD_CHANGED, actor) as deed:
        account = deed.session.get(Account, actor.id, with_for_update=True)
        if not _matches(account.password_hash, old):
            raise Invalid(problems=[{"field": "old", "message": "原密码不对。"}])
        if len(new) < settings.shortest_password or new == old:
            raise Invalid(
                problems=[{"field": "new", "message": f"新密码至少{settings.shortest_password}位，且与原密码不同。"}]
            )
        account.password_hash, account.must_change_password = hasher.hash(new), False
        account.epoch += 1
        deed.record(deed.subject("accounts"), after={"username": account.username})


def set_password(actor: Actor, account_id: int, password: str) -> None:
    """An administrator's new password for somebody who forgot theirs: it unlocks the account, ends its sessions and
    must be changed at the next signing in."""
    if len(password) < settings.shortest_password:
        raise Invalid(problems=[{"field": "password", "message": f"密码至少{settings.shortest_password}位。"}])
    with act(Verb.ACCOUNT_PASSWORD_SET, actor) as deed:
        veto.require(deed.session, Question("manage_accounts", actor))
        account = _locked(deed.session, account_id)
        account.password_hash, account.must_change_password = hasher.hash(password), True
        account.failures, account.locked_until = 0, None
        account.epoch += 1
        deed.record(deed.subject("accounts"), after={"username": account.username})


def set_email(actor: Actor, account_id: int, email: str) -> Account:
    """Where somebody's messages go beside the desk; empty for nowhere. One's own, or anybody's for an administrator.
    The journal has no address. Invalid for what is no address."""
    email = email.strip()
    if email and (len(email) > 120 or not ADDRESS.fullmatch(email)):
        raise Invalid(problems=[{"field": "email", "message": "邮箱地址写法不对，例如 name@example.com。"}])
    with act(Verb.ACCOUNT_EMAIL_SET, actor) as deed:
        if actor.id is None or actor.id != account_id:
            veto.require(deed.session, Question("manage_accounts", actor))
        account = _locked(deed.session, account_id)
        before = {"set": account.email is not None}
        account.email = email or None
        after = {"username": account.username, "set": bool(email)}
        deed.record(deed.subject("accounts"), before=before, after=after)
    return account


def set_grants(actor: Actor, account_id: int, grants: Sequence[dict[str, str]], *, active: bool = True) -> Account:
    """What somebody may do from now on; `active=False` closes the account. Its sessions end. Raises Invalid for an
    unknown role. What they had in hand and may not do any more goes back to those who may."""
    problems = _unknown(grants)
    if problems:
        raise Invalid(problems=problems)
    with act(Verb.ACCOUNT_CHANGED, actor) as deed:
        veto.require(deed.session, Question("manage_accounts", actor))
        account = _locked(deed.session, account_id)
        before = {"grants": account.grants, "active": account.active}
        account.grants, account.active = [dict(grant) for grant in grants], active
        account.epoch += 1
        after = {"username": account.username, "grants": account.grants, "active": active}
        deed.record(deed.subject("accounts"), before=before, after=after)
        afterwards(deed.session, hands.put_back_stranded)
    return account


def _unknown(grants: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {"field": "grants", "message": f"没有“{grant.get('role')}”这个角色，或没有写明地区。"}
        for grant in grants
        if grant.get("role") not in ROLES or not grant.get("area")
    ]


def _locked(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise NotFound("没有这个账号，请刷新后重选。")
    return account


def _matches(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
