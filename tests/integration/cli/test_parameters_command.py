"""`doudi parameters`: seeing values, proposing, confirming; whoever acts signs in."""

from __future__ import annotations

import io

import pytest

from registers.demonstration.cast import PASSWORD
from tests.support.proposing import NAME, NOW, House

CHANGE = ("--from", "2026-04-01", "--source", "宁民发〔2026〕12号", "--reason", "提高标准")


@pytest.fixture
def house(installed, session, at):
    at(f"{NOW:%Y-%m-%d %H:%M}")
    made = House(session)
    session.commit()
    return made


@pytest.fixture
def typing(monkeypatch):
    """`typing(password)`: what comes down the pipe."""

    def put(word: str = PASSWORD) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{word}\n"))

    put()
    return put


def test_list_and_show(house, doudi):
    rows = {row["name"]: row for row in doudi("parameters", "list", "--json").lines}
    assert (rows[NAME]["said"], rows[NAME]["topic"]) == ("560 元/月", "standards")
    asked = [row["name"] for row in doudi("parameters", "list", "--ask", "--json").lines]
    assert "tekun_care_full" in asked
    assert NAME not in asked
    assert "没有主题" in doudi("parameters", "list", "--topic", "x").err
    found = doudi("parameters", "show", NAME, "--json").json
    assert [value["value"] for value in found["values"]] == ["460", "510", "510", "560"]
    assert "560 元/月" in doudi("parameters", "show", NAME).out
    assert doudi("parameters", "show", "nothing").code == 1


def test_two_people_change_a_value(house, doudi, typing):
    made = doudi("parameters", "propose", NAME, "600", *CHANGE, "--by", "owner", "--json").json
    assert (made["status"], made["before"], made["proposed_by"]) == ("open", "560", "测owner")
    assert doudi("parameters", "proposals", "--json").json["id"] == made["id"]
    typing()
    refused = doudi("parameters", "confirm", str(made["id"]), "--by", "owner")
    assert refused.code == 1
    assert "不能" in refused.err
    typing()
    assert doudi("parameters", "confirm", str(made["id"]), "--by", "head", "--json").json["status"] == "confirmed"
    assert doudi("parameters", "proposals", "--json").lines == []
    values = doudi("parameters", "show", NAME, "--json").json["values"]
    assert (values[-1]["value"], values[-1]["confirmed_by"]) == ("600", "测head")


def test_nobody_acts_without_their_password(house, doudi, typing):
    typing("wrong password")
    refused = doudi("parameters", "propose", NAME, "600", *CHANGE, "--by", "owner")
    assert refused.code == 1
    assert "密码不对" in refused.err
    assert doudi("parameters", "proposals", "--json").lines == []


def test_doubts_are_named_and_answered(house, doudi, typing):
    refused = doudi("parameters", "propose", NAME, "500", *CHANGE, "--by", "owner")
    assert "比原来低" in refused.err
    typing()
    made = doudi("parameters", "propose", NAME, "500", *CHANGE, "--accept", "falls", "--by", "owner", "--json").json
    assert made["accepted"] == ["falls"]
    typing()
    back = doudi("parameters", "refuse", str(made["id"]), "--remark", "查无此文", "--by", "head", "--json").json
    assert (back["status"], back["remark"]) == ("refused", "查无此文")


def test_withdraw(house, doudi, typing):
    made = doudi("parameters", "propose", NAME, "600", *CHANGE, "--by", "owner", "--json").json
    typing()
    assert "已撤回" in doudi("parameters", "withdraw", str(made["id"]), "--by", "owner").out
    assert doudi("parameters", "proposals", "--all", "--json").json["status"] == "withdrawn"
