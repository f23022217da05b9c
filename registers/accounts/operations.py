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
from engine.errors import Invalid, Refused
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.transactions import act, scratch
from registers.accounts import queries
from registers.accounts.models import Account


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
) -> Account:
    """Opens an account. Raises Invalid for a taken username, an unknown role, a short password."""
    problems = []
    if not username.isascii() or not username.isidentifier():
        problems.append({"field": "username", "message": "账号名请用字母、数字和下划线，以字母开头。"})
    if len(password) < settings.shortest_password:
        problems.append({"field": "password", "message": f"密码至少{settings.shortest_password}位。"})
    for grant in grants:
        if grant.get("role") not in ROLES or not grant.get("area"):
            problems.append({"field": "grants", "message": f"没有“{grant.get('role')}”这个角色，或没有写明地区。"})
    if problems:
        raise Invalid(problems=problems)
    with act(Verb.ACCOUNT_CREATED, actor) as deed:
        if not actor.is_system:
            veto.require(deed.session, Question("manage_accounts", actor))
        head = deed.subject("accounts")
        if deed.session.scalar(select(Account.id).where(Account.username == username)) is not None:
            raise Invalid(problems=[{"field": "username", "message": f"账号名“{username}”已被使用，请换一个。"}])
        account = Account(
            username=username,
            name=name,
            password_hash=hasher.hash(password),
            grants=[dict(grant) for grant in grants],
            person=secrets.fingerprint(id_number) if id_number else None,
            active=True,
            failures=0,
            epoch=1,
            created_at=deed.now,
        )
        deed.session.add(account)
        deed.record(head, after={"username": username, "grants": list(grants)})
    return account


def sign_in(session: Session, username: str, password: str) -> Account:
    """The account whose password this is. Raises Refused with the same words for whatever is wrong; counts failures
    and locks the account after too many, by the wall clock."""
    account = queries.by_username(session, username)
    wrong = Refused("账号或密码不对，请重新输入。")
    if account is None or not account.active:
        _matches(_NOBODY, password)
        raise wrong
    if account.locked_until is not None and account.locked_until > clock.wall():
        until = account.locked_until.astimezone(clock.ZONE)
        raise Refused(f"多次输错密码，账号已锁定到{until:%H:%M}，请稍后再试或联系管理员。")
    if not _matches(account.password_hash, password):
        _failed(account.id)
        raise wrong
    if account.failures:
        with scratch() as writing:
            fresh = writing.get(Account, account.id)
            fresh.failures, fresh.locked_until = 0, None
    return account


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
        account.password_hash = hasher.hash(new)
        account.epoch += 1
        deed.record(deed.subject("accounts"), after={"username": account.username})


def _matches(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
