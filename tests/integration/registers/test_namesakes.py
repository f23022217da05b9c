"""Two officials of one name: a filing of relatives goes by ID number or account; where only the name fits, everybody of
the name keeps out until a person has found out."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import secrets
from engine.errors import Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.outbox.models import Message
from engine.rules.veto import Question, Verdict, veto
from registers.board.scope import barred
from registers.demonstration.people import id_number
from registers.filings import operations, staff
from registers.filings.models import Filing, KinFiling, StaffKin
from registers.filings.rules import kin_keep_out
from tests.integration.registers.test_applying import benefit, may

NAME = "马建军"
FIRST, SECOND = (id_number(date(1980, 3, day), day, True) for day in (1, 2))


@pytest.fixture
def people(town):
    """Two clerks of one name, and who may find out."""
    town.person("director", "director")
    return town.person("first", "clerk", name=NAME), town.person("second", "investigator", name="马 建军")


@pytest.fixture
def home(town):
    return town.family()


@pytest.fixture
def case(town, home):
    return town.registered(home)


def reported(town, home, number="", relation="sibling"):
    """Somebody of the name was elected and says that the head of a household is their kin."""
    instance = town.instance("kin_filing")
    relatives = [{"name": home.head.name, "id_number": home.head.id_number, "relation": relation}]
    given = {"name": NAME, "unit": "红柳村村民委员会", "post": "委员", "appointed_on": "2026-03-01", "declared": True}
    town.submit(instance, "report_appointment", {**given, "relatives": relatives, "id_number": number})
    town.call("filings.match", instance)
    return instance


def stands(town, actor, case):
    return kin_keep_out(town.session, Question("view", actor, instance=case)).verdict


def hidden(town, actor, case):
    return bool(town.session.scalar(select(barred(actor)).where(type(case).id == case.id)))


def test_a_name_alone_bars_everybody_of_the_name_as_unknown(town, people, home, case):
    reported(town, home)
    for actor in people:
        assert stands(town, actor, case) is Verdict.UNKNOWN
        assert hidden(town, actor, case)
        asked = veto.ask(town.session, Question("view", actor, instance=case))
        assert "与您同名" in asked.reason
    assert not hidden(town, town.actors["director"], case)
    told = town.session.scalars(select(Message.role)).all()
    assert set(told) == {"director", "discipline"}
    assert home.head.name not in str([each.body for each in town.session.scalars(select(Message))])


def test_one_account_of_the_name_is_a_doubt_as_well(town, home, case):
    """The only clerk of the name need not be the cadre of the village."""
    only = town.person("only", "clerk", name=NAME)
    reported(town, home)
    assert stands(town, only, case) is Verdict.UNKNOWN


def test_an_id_number_finds_the_one_and_leaves_the_other_alone(town, home, case):
    first = town.person("first", "clerk", name=NAME, id_number=FIRST)
    second = town.person("second", "clerk", name=NAME, id_number=SECOND)
    third = town.person("third", "clerk", name=NAME)
    reported(town, home, FIRST.lower())
    assert stands(town, first, case) is Verdict.FORBID
    assert [stands(town, each, case) for each in (second, third)] == [Verdict.ABSTAIN] * 2
    assert not hidden(town, second, case)
    assert town.session.scalars(select(Message)).all() == []


def test_both_accounts_of_one_person_are_theirs(town, home, case):
    pair = [town.person(name, "clerk", name=NAME, id_number=FIRST) for name in ("one", "other")]
    reported(town, home, FIRST)
    assert [stands(town, each, case) for each in pair] == [Verdict.FORBID] * 2


def test_an_account_whose_number_is_another_is_nobodys_namesake(town, home, case):
    other = town.person("other", "clerk", name=NAME, id_number=SECOND)
    unknown = town.person("unknown", "clerk", name=NAME)
    reported(town, home, FIRST)
    assert stands(town, other, case) is Verdict.ABSTAIN
    assert stands(town, unknown, case) is Verdict.UNKNOWN, "its number is not known"


def test_a_yes_bars_for_good_and_frees_the_other(town, people, home, case):
    first, second = people
    reported(town, home)
    operations.identify(town.actors["director"], first.id, NAME, "委员", same=True, reason="核对了任命文件和身份证")
    assert (stands(town, first, case), stands(town, second, case)) == (Verdict.FORBID, Verdict.ABSTAIN)
    assert not hidden(town, second, case)
    entry = town.session.scalars(select(JournalEntry).where(JournalEntry.verb == "director:staff:identified")).one()
    assert entry.after == {"staff": NAME, "username": "first", "answer": "是本人"}
    assert entry.reason == "核对了任命文件和身份证"
    with pytest.raises(NotFound):
        operations.identify(town.actors["director"], second.id, NAME, "委员", same=True, reason="又看了一遍")


def test_a_no_frees_the_one_and_leaves_the_relative_filed(town, people, home, case):
    reported(town, home)
    for actor in people:
        operations.identify(town.actors["director"], actor.id, NAME, "委员", same=False, reason="另有其人，村里的")
        assert stands(town, actor, case) is Verdict.ABSTAIN
    (kin,) = town.session.scalars(select(StaffKin))
    assert (kin.account_id, kin.certain, kin.staff_name) == (None, True, NAME)
    assert staff.doubts(town.session) == []


def test_nobody_finds_out_about_themselves(town, home, case):
    director = town.person("director", "director", name=NAME, id_number=FIRST)
    double = town.person("double", "clerk", name=NAME)
    reported(town, home)
    with pytest.raises(Refused, match="其他人核实"):
        operations.identify(director, director.id, NAME, "委员", same=False, reason="不是我")
    with pytest.raises(Refused, match="不能核实同名"):
        operations.identify(double, director.id, NAME, "委员", same=False, reason="不是他")
    with pytest.raises(Invalid):
        operations.identify(director, double.id, NAME, "委员", same=False, reason=" ")


def test_a_filing_is_not_handed_in_before_it_is_known_whose_it_is(town, people, home, case):
    benefit(town, case)
    filing = reported(town, home)
    assert [each.staff_name for each in town.session.scalars(select(KinFiling))] == [NAME]
    director, item = town.actors["director"], town.item(filing, "file_kin")
    asked = Question("complete", director, instance=filing, item=item)
    assert "同名" in veto.ask(town.session, asked).reason
    operations.identify(director, people[0].id, NAME, "委员", same=True, reason="核对了任命文件")
    assert veto.ask(town.session, asked)


def test_who_bears_the_name_takes_no_application_of_the_relative(town, people, home):
    reported(town, home)
    answer = may(town, people[0], home)
    assert (answer.verdict, "与您同名" in answer.reason) == (Verdict.UNKNOWN, True)


def test_a_case_files_the_relation_once_under_the_name(town, people, home, case):
    reported(town, home)
    town.submit(case, "declare_relatives", {"related": False, "relatives": []})
    assert town.call("filings.declare", case) == {"filed": True}
    (filing,) = town.session.scalars(select(Filing))
    assert (filing.source, filing.account_id, filing.staff_name) == ("register", None, NAME)


def test_an_account_opened_later_finds_what_was_filed_before(town, home, case):
    """The check before an appointment comes before the account: the relative keeps out from the first day."""
    reported(town, home, FIRST)
    assert town.session.scalars(select(StaffKin)).one().account_id is None
    sure = town.person("sure", "clerk", name="马建国", id_number=FIRST)
    assert stands(town, sure, case) is Verdict.FORBID
    other = town.person("other", "clerk", name=NAME, id_number=SECOND)
    assert stands(town, other, case) is Verdict.ABSTAIN


def test_accounts_of_the_name_opened_later_are_in_doubt_each(town, home, case):
    reported(town, home)
    later = [town.person(name, "clerk", name=NAME) for name in ("one", "two")]
    assert [stands(town, each, case) for each in later] == [Verdict.UNKNOWN] * 2
    assert [each.relatives for each in staff.doubts(town.session)] == [home.head.name] * 2


def test_a_cadre_registered_by_name_on_the_page_is_a_doubt_too(town, people, home, case):
    given = {"post": "委员", "relative_name": home.head.name, "id_number": home.head.id_number, "relation": "sibling"}
    made = operations.register_kin(town.actors["director"], staff_name=NAME, **given)
    assert [each.certain for each in made] == [False, False]
    assert stands(town, people[1], case) is Verdict.UNKNOWN
    assert operations.register_kin(town.actors["director"], staff_name=NAME, **given) == []
    operations.register_kin(town.actors["director"], account_id=people[0].id, **given)
    assert stands(town, people[0], case) is Verdict.FORBID, "whoever chose the account knows"


def test_a_second_official_of_the_name_has_relatives_of_their_own(town, home, case):
    """What one of the name filed does not stand for the other: both may be kin of one household."""
    first = town.person("first", "clerk", name=NAME, id_number=FIRST)
    second = town.person("second", "clerk", name=NAME, id_number=SECOND)
    reported(town, home, FIRST)
    reported(town, home, SECOND, relation="in_law")
    assert [stands(town, each, case) for each in (first, second)] == [Verdict.FORBID] * 2
    keys = {each.staff_key for each in town.session.scalars(select(StaffKin))}
    assert keys == {secrets.fingerprint(FIRST), secrets.fingerprint(SECOND)}
