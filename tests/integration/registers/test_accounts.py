"""Accounts: who signs in, and who does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, secrets
from engine.actors import SYSTEM, Actor
from engine.errors import Invalid, Refused
from engine.journal.models import JournalEntry
from registers.accounts import operations, queries
from tests.integration.registers.conftest import PASSWORD


def verbs(session):
    return list(session.scalars(select(JournalEntry.verb).where(JournalEntry.stream == "accounts")))


def test_the_username_is_kept_in_small_letters(town):
    town.person("ZhangSan", "clerk")
    assert operations.sign_in(town.session, "ZHANGSAN ", PASSWORD).username == "zhangsan"
    assert verbs(town.session)[-1] == "account:session:opened"


def test_everything_that_is_wrong_with_an_account_is_said_at_once(town):
    with pytest.raises(Invalid) as refused:
        operations.create(
            SYSTEM, username="张三", name="张三", password="kurz", grants=[{"role": "king", "area": "x"}], id_number="1"
        )
    assert {each["field"] for each in refused.value.problems} == {"username", "password", "grants", "id_number"}


def test_a_taken_username_is_refused(town):
    town.person("li", "clerk")
    with pytest.raises(Invalid):
        town.person("LI", "clerk")


@pytest.mark.parametrize(("username", "password"), [("nobody", PASSWORD), ("li", "wrong password")])
def test_unknown_and_wrong_are_the_same_words(town, username, password):
    town.person("li", "clerk")
    with pytest.raises(Refused, match="账号或密码不对"):
        operations.sign_in(town.session, username, password)


def test_an_unknown_username_costs_a_hash_too(town, monkeypatch):
    asked = []
    monkeypatch.setattr(operations, "_matches", lambda *given: asked.append(given))
    with pytest.raises(Refused):
        operations.sign_in(town.session, "nobody", PASSWORD)
    assert len(asked) == 1


def test_too_many_failures_lock_by_the_wall_clock(town, monkeypatch):
    town.person("li", "clerk")
    for _ in range(operations.settings.failures):
        with pytest.raises(Refused, match="账号或密码不对"):
            operations.sign_in(town.session, "li", "wrong password")
    assert verbs(town.session)[-1] == "system:account:locked"
    with clock.at(clock.now() + timedelta(days=30)), pytest.raises(Refused, match="锁定"):
        operations.sign_in(town.session, "li", PASSWORD)
    later = clock.wall() + operations.settings.lock
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert operations.sign_in(town.session, "li", PASSWORD).failures == 0


def test_a_closed_account_does_not_sign_in(town):
    admin, li = town.person("root", "admin", "pingluo"), town.person("li", "clerk")
    operations.set_grants(admin, li.id, [], active=False)
    with pytest.raises(Refused, match="账号或密码不对"):
        operations.sign_in(town.session, "li", PASSWORD)


def test_a_new_password_ends_the_sessions_of_the_old_one(town):
    li = town.person("li", "clerk", must_change_password=True)
    operations.change_password(li, PASSWORD, "another horse")
    account = queries.by_username(town.session, "li")
    assert (account.epoch, account.must_change_password) == (2, False)
    with pytest.raises(Invalid):
        operations.change_password(li, PASSWORD, "a third horse")


def test_a_forgotten_password_is_set_by_an_administrator_only(town):
    admin, li = town.person("root", "admin", "pingluo"), town.person("li", "clerk")
    with pytest.raises(Refused):
        operations.set_password(li, admin.id, "my own horse")
    operations.set_password(admin, li.id, "given by admin")
    assert operations.sign_in(town.session, "li", "given by admin").must_change_password


def test_a_visitor_is_not_the_system(town):
    visitor = Actor(None, "访客")
    with pytest.raises(Refused):
        operations.create(visitor, username="eve", name="夏娃", password=PASSWORD, grants=[])


def test_no_password_and_no_id_number_is_readable(town):
    number = town.family().head.id_number
    account = queries.by_id(town.session, town.person("li", "clerk", id_number=number).id)
    assert account.password_hash.startswith("$argon2id$")
    assert account.person == secrets.fingerprint(number)
    assert number not in repr(vars(account))
