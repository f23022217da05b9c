"""Publicity and objections: seven whole days, a whitelist, nothing that ends early."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import select

from engine.errors import DoudiError, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.rules.veto import Question, veto
from registers.cases.models import Case
from registers.objections import operations as objections
from registers.objections.models import Objection
from registers.publicity import queries as publicity
from registers.publicity.queries import Posted

OBJECTION = {
    "received_on": "2026-03-11",
    "channel": "visit",
    "named": True,
    "objector_name": "白占江",
    "objector_phone": "13000000000",
    "content": "反映该户有成年子女在外务工，收入较高。",
}


def test_the_day_of_posting_is_not_counted(town):
    instance = town.registered()
    assert town.posted(instance) == {"publicity_until": "2026-03-17", "publicised": False}


def test_a_last_day_on_a_holiday_rolls_on(town, at):
    instance = town.registered()
    at("2026-02-10 09:00")  # the seventh day is 17 February, in the Spring Festival
    assert town.posted(instance)["publicity_until"] == "2026-02-24"


def test_the_board_shows_the_whitelist_until_24_00(town, at):
    home = town.family()
    town.posted(town.registered(home))
    (line,) = publicity.board(town.session, at("2026-03-17 23:59"))
    assert (line.applicant, line.village, line.members, line.amount) == (home.head.name, "红柳村", 2, 30000)
    assert publicity.board(town.session, at("2026-03-18 00:00")) == []
    allowed = {"applicant", "village", "area", "members", "scheme", "amount", "place", "phone", "posted_at", "until"}
    # The number of the posting opens to why it hangs until that day.
    assert {each.name for each in fields(Posted)} == {*allowed, "publicity_id"}
    assert line.phone.startswith("0952")  # the office's, never the family's


def test_the_board_of_a_village_is_its_own(town, at):
    town.posted(town.registered())
    now = at("2026-03-11 09:00")
    assert len(publicity.board(town.session, now, "pingluo/gaoren")) == 1
    assert len(publicity.board(town.session, now, "pingluo/gaoren/hongliu")) == 1
    assert publicity.board(town.session, now, "pingluo/gaoren/hong") == []
    assert publicity.board(town.session, now, "pingluo/gaoren/shazao") == []


def test_publicity_never_ends_early_whatever_the_drawing_says(town, at):
    instance = town.registered()
    town.posted(instance)
    at("2026-03-17 23:59")
    with pytest.raises(DoudiError, match="不能提前结束"):
        town.call("publicity.close", instance)
    at("2026-03-18 00:00")
    assert town.call("publicity.close", instance) == {"publicised": True, "objections": 0, "republicise": False}


def test_without_a_posting_nothing_ends(town):
    with pytest.raises(DoudiError, match="没有张贴"):
        town.call("publicity.close", town.registered())


def test_an_objection_is_a_case_of_its_own_until_24_00_of_the_last_day(town, at):
    instance = town.registered()
    town.posted(instance)
    clerk = town.person("clerk", "clerk")
    at("2026-03-17 23:59")
    child = objections.record(instance.id, clerk, values=OBJECTION)
    assert town.session.get(Case, child.id).number == "高仁异议2026-0001"
    assert child.parent_id == instance.id
    at("2026-03-18 00:00")
    with pytest.raises(Refused, match="公示期"):
        objections.record(instance.id, clerk, values=OBJECTION)
    assert len(town.session.scalars(select(Objection)).all()) == 1
    verbs = select(JournalEntry.verb).where(JournalEntry.instance_id == child.id)
    assert town.session.scalars(verbs).all() == ["clerk:objection:recorded"]


def test_who_objects_is_not_readable_in_the_database(town):
    instance = town.registered()
    town.posted(instance)
    objections.record(instance.id, town.person("clerk", "clerk"), values=OBJECTION)
    for table in ("objection", "submission", "journal_entry", "case_file", "instance"):
        stored = repr(town.session.connection().exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608
        assert "白占江" not in stored
        assert "13000000000" not in stored


def test_an_objection_with_problems_leaves_nothing(town):
    instance = town.registered()
    town.posted(instance)
    with pytest.raises(Invalid):
        objections.record(instance.id, town.person("clerk", "clerk"), values={**OBJECTION, "objector_phone": "1"})
    assert town.session.scalar(select(Objection.instance_id)) is None


def test_an_objection_is_never_begun_by_itself(town):
    clerk = town.person("clerk", "clerk")
    facts = {"process_id": "objection", "area": "pingluo/gaoren/hongliu", "parent_id": None, "begins": "linked"}
    assert "相关办理" in veto.ask(town.session, Question("start", clerk, facts=facts)).reason


def test_kin_do_not_record_the_objection(town):
    home = town.family()
    clerk = town.person("clerk", "clerk", id_number=home.head.id_number)
    instance = town.registered(home)
    town.posted(instance)
    with pytest.raises(Refused, match="依规回避"):
        objections.record(instance.id, clerk, values=OBJECTION)


def test_objections_are_weighed_only_when_each_is_settled(town, at):
    instance = town.registered()
    town.posted(instance)
    child = objections.record(instance.id, town.person("clerk", "clerk"), values=OBJECTION)
    item, director = town.item(instance, "handle_objections"), town.person("director", "director")
    question = Question("complete", director, instance=instance, item=item)
    refusal = veto.ask(town.session, question)
    assert not refusal
    assert "高仁异议2026-0001" in refusal.reason
    town.submit(child, "investigate_objection", {"upheld_proposal": False})
    assert town.call("objections.settle", child) == {"upheld": False}
    assert veto.ask(town.session, question)


def test_a_notice_that_is_posted_anew_begins_its_days_again_and_forgets_no_objection(town, at):
    instance = town.registered()
    town.posted(instance)
    objections.record(instance.id, town.person("clerk", "clerk"), values=OBJECTION)
    now = at("2026-03-16 09:00")
    assert town.posted(instance)["publicity_until"] == "2026-03-23"
    assert len(publicity.board(town.session, now)) == 1
    at("2026-03-24 09:00")
    found = town.call("publicity.close", instance, republicise_dibao=True)
    assert found == {"publicised": True, "objections": 1, "republicise": True}


def test_a_second_round_counts_its_own_objections(town, at):
    instance = town.registered()
    town.posted(instance)
    objections.record(instance.id, town.person("clerk", "clerk"), values=OBJECTION)
    at("2026-03-18 09:00")
    assert town.call("publicity.close", instance)["objections"] == 1
    town.posted(instance)
    at("2026-03-26 09:00")
    assert town.call("publicity.close", instance)["objections"] == 0
