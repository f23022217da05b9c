"""A promise instead of a proof: chosen freely, verified like everything else, and remembered when it was false."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.outbox.models import Message
from engine.releases import files
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, Opening
from engine.runtime.services import services
from engine.statutes import register as statutes
from registers.benefits.models import Benefit, Decision
from registers.cases import starts
from registers.commitments import beginning, operations, proofs, queries
from registers.commitments.models import Commitment, Distrust
from registers.households.models import Person
from registers.notices.models import Notice

MODELS = Path(__file__).parents[3] / "bpmn"
OFFER = {"items": ["rent"], "choice": "commitment"}
LETTER = {
    "signed": True,
    "promises": [{"item": "rent", "fact": "租住红柳村三组，每月200元。"}],
    "consent_to_checks": True,
    "liability": True,
    "signer": "",
    "signed_on": "2026-03-10",
    "assisted": False,
}


@pytest.fixture
def case(town):
    """A dibao case, and a commitment begun at it."""
    parent = town.registered()
    town.release = replace(town.release, files={**town.release.files, proofs.FILE: (MODELS / proofs.FILE).read_bytes()})
    return parent, town.instance("commitment", parent_id=parent.id)


def signed(town, child, **changed):
    town.submit(child, "offer_commitment", OFFER)
    town.call("commitments.register", child)
    town.submit(child, "commit_proof", {**LETTER, **changed})
    town.call("commitments.sign", child)


def broken(town, child):
    signed(town, child)
    town.submit(child, "verify_commitment", {"facts_found": "租金每月50元。"})
    given = {"untrue_confirmed": True, "reasons": "隐瞒实际租金。", "correct_by": "2026-03-20"}
    town.submit(child, "decide_untrue", given, town.person("director", "director"))
    town.session.info["afterwards"] = []  # What follows the step is looked at by the tests themselves.
    town.call("commitments.break", child)
    town.session.info.pop("afterwards")


def state(town, child):
    return town.session.get(Commitment, child.id, populate_existing=True).state


def test_the_shipped_list_is_sound_and_rests_on_the_register_of_clauses():
    data = (MODELS / proofs.FILE).read_bytes()
    assert proofs.problems(data) == []
    assert files.OFFERED[proofs.FILE](b"{}") != []
    known = statutes.read((MODELS / statutes.FILE).read_bytes())[0]
    cited = {clause for each in json.loads(data).values() for clause in each["clause"].split(",")}
    assert [each for each in cited if known.find(each) is None] == []


def test_the_forms_offer_what_is_in_the_list_and_call_it_the_same():
    listed = {code: each["title"] for code, each in json.loads((MODELS / proofs.FILE).read_bytes()).items()}

    def options(form, key):
        found = []

        def walk(components):
            for each in components:
                if each.get("key") == key:
                    found.append({one["value"]: one["label"] for one in each["values"]})
                walk(each.get("components", []))

        walk(json.loads((MODELS / "forms" / f"{form}.form").read_text())["components"])
        return found

    assert options("offer_commitment", "items") == [listed]
    assert options("commit_proof", "item") == [listed]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[", "JSON"),
        (b"[]", "对象"),
        (b"{}", "至少一项"),
        (b'{"a b": {}}', "英文标识"),
        (b'{"a": {"title": "x"}}', "应写明"),
        (b'{"a": {"title":"x","proves":"y","clause":"z","schemes":["dibao"],"check":"never"}}', "check"),
        (b'{"a": {"title":"x","proves":"y","clause":"z","schemes":[],"check":"online"}}', "schemes"),
        (b'{"a": {"title":"x","proves":"y","clause":"z","schemes":["d"],"check":"online","from":"1/2"}}', "日期"),
        (
            b'{"a": {"title":"x","proves":"y","clause":"z","schemes":["d"],"check":"online",'
            b'"from":"2026-02-01","to":"2026-01-01"}}',
            "早于",
        ),
    ],
)
def test_a_broken_list_says_what_is_wrong(data, said):
    assert any(said in each for each in proofs.problems(data))


def test_a_proof_is_open_to_its_schemes_in_its_time():
    one = proofs.Proof("a", "x", "y", "z", ("dibao",), "online", date(2026, 1, 1), date(2026, 12, 31))
    assert one.open_to("dibao", date(2026, 1, 1))
    assert not one.open_to("tekun", date(2026, 1, 1))
    assert not one.open_to("dibao", date(2027, 1, 1))


@pytest.mark.parametrize("items", [["disability"], [], ["rent", "death"]])
def test_what_is_not_on_the_list_cannot_be_promised(town, case, items):
    _, child = case
    town.submit(child, "offer_commitment", {**OFFER, "items": items})
    with pytest.raises(DoudiError, match="不在可承诺目录"):
        town.call("commitments.register", child)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"promises": []}, "一项一条"),
        ({"promises": [{"item": "rent", "fact": " "}]}, "一项一条"),
        ({"promises": [{"item": "marital", "fact": "没有再婚"}]}, "一项一条"),
        ({"assisted": True, "read_by": "王晓芳"}, "见证人"),
        ({"consent_to_checks": False}, "同意核查"),
    ],
)
def test_a_letter_with_a_gap_does_not_hold(town, case, changed, said):
    _, child = case
    with pytest.raises(DoudiError, match=said):
        signed(town, child, **changed)
    assert state(town, child) == "offered"


def granting(town, parent, word="grant"):
    item = town.item(parent, "opinion")
    director = town.actors.get("d2") or town.person("d2", "director")
    return veto.ask(
        town.session, Question("hand_in", director, instance=parent, item=item, facts={"flow": {"opinion": word}})
    )


def test_nothing_is_granted_on_a_promise_that_nobody_verified(town, case):
    parent, child = case
    assert granting(town, parent)
    signed(town, child)
    answer = granting(town, parent)
    assert "还没有核查" in answer.reason
    assert granting(town, parent, "refuse")


@pytest.mark.parametrize("how", ["kept", "corrected", "mistake"])
def test_an_honest_promise_is_held_against_nobody(town, case, how):
    parent, child = case
    signed(town, child)
    service = services.get("commitments.settle")
    kept = service.function

    def with_state(call):
        call.inputs = {"state": how}
        return kept(call)

    services._by_name[service.name] = replace(service, function=with_state)
    try:
        town.call("commitments.settle", child)
    finally:
        services._by_name[service.name] = service
    assert state(town, child) == how
    assert granting(town, parent)
    assert town.session.scalars(select(Distrust)).all() == []


def test_a_false_promise_is_on_record_and_bars_the_grant_and_the_next_promise(town, case):
    parent, child = case
    broken(town, child)
    (record,) = town.session.scalars(select(Distrust))
    head = town.session.scalars(select(Person).where(Person.relation == "head")).one()
    assert (record.fingerprint, record.state, record.items) == (head.fingerprint, "logged", ["rent"])
    assert record.repair_from == date(2026, 9, 10)
    assert "虚假承诺" in granting(town, parent).reason
    decision = town.session.get(Decision, child.id)
    assert [each["code"] for each in decision.reasons] == ["promise", "found", "false_statement"]
    told = town.session.scalars(select(Message).where(Message.kind == "order")).all()
    assert {each.role for each in told} == {"director", "discipline"}
    asked = starts.Asked(
        town.release.processes["commitment"], town.actors["director"], parent.area, clock.now(), parent
    )
    with pytest.raises(Refused, match="修复之前"):
        beginning.trusted(town.session, asked)
    other = town.instance("commitment", parent_id=parent.id)
    town.submit(other, "offer_commitment", OFFER)
    with pytest.raises(DoudiError, match="修复之前"):
        town.call("commitments.register", other)


def test_the_application_is_ended_once_with_its_letter(town, case):
    parent, child = case
    broken(town, child)
    assert operations.follow() == 1
    ended = town.session.get(Instance, parent.id, populate_existing=True)
    assert (ended.status, ended.outcome) == ("cancelled", "terminated")
    (letter,) = town.session.scalars(select(Notice).where(Notice.instance_id == parent.id))
    assert letter.template == "termination_notice"
    assert "隐瞒实际租金" in letter.html
    entry = town.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.verb, entry.instance_id, entry.actor_name) == ("system:case:terminated", parent.id, "系统")
    assert operations.follow() == 0


def test_what_was_granted_is_left_by_a_case_of_its_own(town, case):
    parent, child = case
    signed(town, child)
    household = town.session.get(Commitment, child.id).household_id
    town.session.add(
        Benefit(
            household_id=household, scheme="dibao", area=parent.area, persons=2, amount=78000, from_month="2026-04",
            instance_id=parent.id, created_at=clock.now(),
        )
    )  # fmt: skip
    town.session.add(
        Decision(
            instance_id=parent.id, outcome="confirm", amount=78000, effective_month="2026-04", reasons=[],
            decided_by="何少华", decided_at=clock.now(), parameters={}, release_id=town.release.id,
        )
    )  # fmt: skip
    town.session.commit()
    town.submit(child, "verify_commitment", {"facts_found": "租金每月50元。"})
    given = {"untrue_confirmed": True, "reasons": "隐瞒实际租金。", "correct_by": "2026-03-20"}
    town.submit(child, "decide_untrue", given, town.person("director", "director"))
    town.session.info["afterwards"] = []
    town.call("commitments.break", child)
    town.session.info.pop("afterwards")
    (asked,) = town.session.scalars(select(Opening))
    assert (asked.process_id, asked.flow["found_ground"], asked.parent_id) == ("leaving", "fraud", parent.id)
    assert operations.follow() == 1
    assert town.session.get(Instance, parent.id, populate_existing=True).status == "running"


def test_a_decided_case_takes_no_promise(town, case):
    parent, child = case
    parent.status = "completed"
    town.session.commit()
    asked = starts.Asked(
        town.release.processes["commitment"], town.person("c", "clerk"), parent.area, clock.now(), parent
    )
    with pytest.raises(Refused, match="已经办结"):
        beginning.trusted(town.session, asked)
    town.submit(child, "offer_commitment", OFFER)
    with pytest.raises(DoudiError, match="已经办结"):
        town.call("commitments.register", child)


def test_only_a_confirmed_finding_goes_on_record(town, case):
    _, child = case
    signed(town, child)
    town.submit(child, "decide_untrue", {"untrue_confirmed": False, "reasons": "误差"})
    with pytest.raises(DoudiError, match="没有认定"):
        town.call("commitments.break", child)
    assert town.session.scalars(select(Distrust)).all() == []


def test_trust_is_repaired_by_two_people_when_its_day_has_come(town, case, at):
    _, child = case
    broken(town, child)
    clerk, director = town.person("clerk", "clerk"), town.actors["director"]
    (record,) = town.session.scalars(select(Distrust))
    with pytest.raises(Refused, match="起才能申请修复"):
        operations.ask_repair(clerk, record.id, "已更正")
    at("2026-09-10 09:00")
    with pytest.raises(Refused, match="角色不能"):
        operations.ask_repair(director, record.id, "已更正")
    with pytest.raises(Invalid):
        operations.ask_repair(clerk, record.id, " ")
    with pytest.raises(Conflict):
        operations.decide_repair(director, record.id, repair=True, reason="核实")
    operations.ask_repair(clerk, record.id, "已更正并退回")
    operations.decide_repair(director, record.id, repair=False, reason="款项没有退清")
    operations.ask_repair(clerk, record.id, "已全部退回")
    both = type(clerk)(clerk.id, clerk.name, (*clerk.grants, *director.grants))
    with pytest.raises(Refused, match="另一人"):
        operations.decide_repair(both, record.id, repair=True, reason="核实")
    operations.decide_repair(director, record.id, repair=True, reason="已核实退回凭证")
    household = town.session.get(Commitment, child.id).household_id
    assert queries.distrusted(town.session, household) is None
    (shown,) = queries.records(town.session, director, ("director",))
    assert (shown.state, shown.repaired_by) == ("repaired", director.name)


def test_papers_are_replaced_only_by_a_signed_promise(town, case):
    parent, child = case
    item = town.item(parent, "receive_corrections")
    clerk = town.person("clerk", "clerk")

    def ask():
        facts = {"flow": {"supplement": "committed"}}
        return veto.ask(town.session, Question("hand_in", clerk, instance=parent, item=item, facts=facts))

    assert "还没有签署的承诺书" in ask().reason
    signed(town, child)
    assert ask()
