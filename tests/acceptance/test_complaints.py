"""Complaints on the shipped models: who is accused hears of nothing, a late one forces a visit, repeats are found."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import Grant
from engine.database import Base
from engine.errors import Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.ladders import recipients
from engine.outbox.models import Message
from engine.rules.veto import Question, Verdict, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, Submission
from registers.board import lists
from registers.board import queries as board
from registers.board.lists import Filter
from registers.board.scope import Scope
from registers.cases import ball, inbox
from registers.cases import operations as starting
from registers.cases import queries as cases
from registers.cases.models import Case
from registers.complaints import ledger, operations, people, queries
from registers.complaints.ledger import Wanted
from registers.complaints.models import Complaint, Report, Seal
from registers.demonstration.acts import Plan
from registers.filings import operations as filings
from tests.support.township import START, Township, family_of_three

SECRET, NAME, PHONE = "他收了一条烟才给登记", "马信访", "13000000009"
REGISTER: dict[str, Any] = {
    "received_on": f"{START:%Y-%m-%d}",
    "channel": "visit",
    "group_visit": False,
    "named": True,
    "name": NAME,
    "phone": PHONE,
    "village": "hongliu",
    "help_wanted": False,
    "kind": "request",
    "about": "other",
    "subject": "dibao",
    "content": SECRET,
    "request": "请查清楚。",
}
DELIVERED = {"method": "direct", "receiver": NAME, "receiver_relation": "本人"}


@pytest.fixture
def township(session):
    return Township(session)


def complain(township, by="clerk", **changed) -> Instance:
    """A complaint taken in at the window; the system's openings follow at once."""
    given = {**REGISTER, "received_on": f"{clock.today():%Y-%m-%d}", **changed}
    return starting.begin("petition", township.people[by], values=given)


def accuse(township, *names, by="clerk", post="clerk", **changed) -> tuple[Instance, Instance]:
    """A complaint against somebody, and the report that it became."""
    rows = [{"name": name, "post": post, "unit": "民生服务中心"} for name in names]
    petition = complain(township, by, kind="report", about="staff", subject="conduct", accused=rows, **changed)
    report = township.session.scalars(select(Report).where(Report.source_id == petition.id)).one()
    return petition, township.session.get(Instance, report.instance_id)


def finds(township, name, *instances) -> set[str]:
    """Every way by which somebody might come upon a matter, that let them."""
    session, actor = township.session, township.people[name]
    ids = {each.id for each in instances}
    numbers = set(session.scalars(select(Case.number).where(Case.instance_id.in_(ids))))
    seen = inbox.inbox(session, actor)
    staff = ball.roster(session)
    found = set()
    if ids & {each.instance_id for each in (*seen.mine, *seen.claimable, *seen.to_assign)}:
        found.add("inbox")
    if any(
        ids & {each.instance_id for each in cases.search(session, actor, text)} for text in (*numbers, "高仁", "保密")
    ):
        found.add("search")
    if any(
        ids & {row.instance_id for row in lists.page(session, Scope(actor), at, staff, Filter(state=state)).rows}
        for state in ("red", "week", "alarm")
        for at in (clock.now(), clock.now() + timedelta(days=400))
    ):
        found.add("lists")
    for wanted in (Wanted(state="all"), Wanted(state="all", clues=False)):
        read = ledger.read(session, actor, wanted, clock.now())
        if ids & {row.instance_id for row in read.rows}:
            found.add("ledger")
        if read.counts["all"] and not read.rows:
            found.add("count")
    for verb in ("view", "unmask", "be_told", "urge", "order", "assign", "claim", "retry", "print", "move"):
        if any(veto.ask(session, Question(verb, actor, instance=each)) for each in instances):
            found.add(verb)
    return found


# Who is accused


def test_who_is_accused_finds_the_report_nowhere(township):
    with clock.at(START):
        petition, report = accuse(township, "李雪梅")
        assert finds(township, "clerk2", petition, report) == set()
        assert "view" in finds(township, "discipline", petition, report)


def test_neither_the_leaders_nor_the_village_nor_whoever_took_it_in_find_it_any_more(township):
    with clock.at(START):
        matters = accuse(township, "李雪梅")
        for name in ("clerk", "director", "deputy", "head", "investigator", "secretary", "hongliu", "owner"):
            assert finds(township, name, *matters) == set(), name
        assert finds(township, "admin", *matters) <= {"retry"}
        for name in ("discipline", "discipline2", "upper_discipline", "decide"):
            assert {"view", "ledger"} <= finds(township, name, *matters), name


def test_a_board_counts_nothing_that_is_hidden(township):
    with clock.at(START):
        scopes = [Scope(township.people[name]) for name in ("head", "secretary", "discipline")]
        staff = ball.roster(township.session)
        before = [board.board(township.session, scope, clock.now(), staff).cases for scope in scopes]
        accuse(township, "李雪梅")
        scopes = [Scope(township.people[name]) for name in ("head", "secretary", "discipline")]
        after = [board.board(township.session, scope, clock.now(), staff).cases for scope in scopes]
    assert [now - then for then, now in zip(before, after, strict=True)] == [0, 0, 1]


@pytest.mark.parametrize("written", ["李雪梅", " 李 雪梅 ", "李雪 梅"])
def test_blanks_in_a_name_hide_nobody(township, written):
    with clock.at(START):
        matters = accuse(township, written)
        assert finds(township, "clerk2", *matters) == set()
        assert {each.account_id for each in people.accused_of(township.session, matters[1].id)} == {
            township.people["clerk2"].id
        }


def test_an_accused_discipline_officer_is_out_of_it_and_the_county_takes_it(township):
    with clock.at(START):
        matters = accuse(township, "沙国栋", post="discipline")
        for name in ("discipline", "discipline2", "head", "clerk"):
            assert finds(township, name, *matters) == set(), name
        assert {"view", "inbox"} <= finds(township, "upper_discipline", *matters)
        assert matters[1].area == "pingluo"


@pytest.mark.parametrize("post", ["other", "clerk"])
def test_a_wrong_post_on_the_form_does_not_leave_the_report_with_the_accused_office(township, post):
    """The account that bears the name says what somebody is, whatever was ticked."""
    with clock.at(START):
        matters = accuse(township, "何少华", post=post)
        assert matters[1].area == "pingluo"
        assert finds(township, "discipline", *matters) == set()


def test_a_post_without_a_known_name_is_enough(township):
    with clock.at(START):
        matters = accuse(township, "沙某", post="discipline")
        assert finds(township, "discipline", *matters) == set()
        assert finds(township, "discipline2", *matters) == set()


def kin(township, of, relative, number):
    filings.register_kin(
        township.people["director"],
        account_id=township.people[of].id if of in township.people else None,
        staff_name="" if of in township.people else of,
        post="工作人员",
        relative_name=township.people[relative].name if relative in township.people else relative,
        id_number=number,
        relation="spouse",
    )


def person(township, username, number):
    from engine import secrets
    from registers.accounts.models import Account

    account = township.session.get(Account, township.people[username].id)
    account.person = secrets.fingerprint(number)
    township.session.commit()


def numbers(count=1):
    from datetime import date

    from registers.demonstration.people import id_number

    return [id_number(date(1980, 1, 1 + n), 300 + n, True) for n in range(count)]


@pytest.mark.parametrize("way", ["relative of the accused", "accused is my relative"])
def test_kin_of_the_accused_find_it_nowhere(township, way):
    (number,) = numbers()
    with clock.at(START):
        if way == "relative of the accused":
            person(township, "discipline", number)
            kin(township, "clerk2", "discipline", number)
        else:
            person(township, "clerk2", number)
            kin(township, "discipline", "clerk2", number)
        matters = accuse(township, "李雪梅")
        assert finds(township, "discipline", *matters) == set()
        assert "view" in finds(township, "discipline2", *matters)


def test_kin_of_an_accused_cadre_without_an_account_find_it_nowhere(township):
    (number,) = numbers()
    with clock.at(START):
        person(township, "discipline", number)
        kin(township, "马有才", "discipline", number)
        matters = accuse(township, "马有才", post="village")
        assert finds(township, "discipline", *matters) == set()
        assert "view" in finds(township, "discipline2", *matters)


def test_kin_registered_afterwards_are_out_from_then_on(township):
    (number,) = numbers()
    with clock.at(START):
        matters = accuse(township, "李雪梅")
        assert "view" in finds(township, "discipline", *matters)
        person(township, "discipline", number)
        kin(township, "clerk2", "discipline", number)
        assert finds(township, "discipline", *matters) == set()


def test_the_list_and_the_single_question_agree_for_everybody(township):
    from registers.cases import secrecy

    with clock.at(START):
        accuse(township, "李雪梅")
        accuse(township, "沙国栋", post="discipline")
        complain(township)
        for name, actor in township.people.items():
            shown = set(township.session.scalars(select(Instance.id).where(secrecy.shown(township.session, actor))))
            for instance in township.session.scalars(select(Instance)):
                answer = veto.ask(township.session, Question("view", actor, instance=instance))
                if answer:
                    assert instance.id in shown, (name, instance.process_id)


def test_escalation_passes_the_accused_and_their_superiors(township):
    """A ladder that would tell the director or the head of a report tells the discipline office."""
    with clock.at(START):
        _, report = accuse(township, "李雪梅")
        for role in ("director", "deputy", "head", "discipline"):
            told = recipients.recipients(township.session, role, report, township.items(report)["take_report"])
            assert {each.name for each in told.actors} == {"沙国栋", "马秀英", "王立新", "杨秉德"}, role


def test_nobody_outside_was_sent_a_message_about_a_report(township):
    with clock.at(START):
        matters = accuse(township, "李雪梅")
        ids = [each.id for each in matters]
        assert township.session.scalars(select(Message).where(Message.instance_id.in_(ids))).all() == []


def test_identifying_the_accused_bars_them_and_raises_the_seal(township):
    with clock.at(START):
        petition, report = accuse(township, "那个纪委的人", post="other")
        assert "view" in finds(township, "discipline", petition, report)
        with pytest.raises((Refused, NotFound)):
            operations.identify(report.id, township.people["head"], account_id=township.people["discipline"].id)
        with pytest.raises(Refused, match="您本人"):
            operations.identify(report.id, township.people["discipline2"], account_id=township.people["discipline2"].id)
        operations.identify(report.id, township.people["discipline2"], account_id=township.people["discipline"].id)
        for name in ("discipline", "discipline2"):
            assert finds(township, name, petition, report) == set(), name
        assert "view" in finds(township, "upper_discipline", petition, report)
        assert set(township.session.scalars(select(Seal.level))) == {"county"}


def test_a_request_that_names_staff_goes_the_same_way_whatever_was_ticked(township):
    with clock.at(START):
        rows = [{"name": "陈建国", "post": "director", "unit": ""}]
        petition = complain(township, kind="inquiry", about="staff", accused=rows)
        assert township.again(petition).outcome == "petition_handed_over"
        assert finds(township, "director", petition) == set()


def test_a_county_officer_who_is_accused_is_out_too(township):
    with clock.at(START):
        matters = accuse(township, "刘占江", post="county")
        assert finds(township, "decide", *matters) == set()
        assert "view" in finds(township, "upper_discipline", *matters)


# What is written down


def test_the_journal_has_neither_the_complaint_nor_the_people(township):
    with clock.at(START):
        petition, report = accuse(township, "李雪梅")
        plain = complain(township, subject="payment")
        runtime.complete(
            township.items(plain)["triage_petition"].id,
            township.people["director"],
            values={"same_matter": None, "triage": "accept", "lead": "中心"},
        )
        words = json.dumps(
            [
                [each.before, each.after, each.reason, each.verb]
                for each in township.session.scalars(
                    select(JournalEntry).where(JournalEntry.instance_id.in_([petition.id, report.id, plain.id]))
                )
            ],
            ensure_ascii=False,
        )
    for told in (SECRET, NAME, PHONE, "李雪梅", "请查清楚"):
        assert told not in words


def test_nothing_of_a_report_stands_unsealed_in_any_table(township):
    """Every column of every table as the database has it: no name, no phone, no word of the complaint."""
    with clock.at(START):
        accuse(township, "李雪梅")
    session = township.session
    for table in Base.metadata.sorted_tables:
        if table.name in ("account", "release"):
            continue
        for row in session.connection().exec_driver_sql(f'SELECT * FROM "{table.name}"'):  # noqa: S608 -- our own tables
            text = " ".join(str(each) for each in row)
            for told in (SECRET, NAME, PHONE, "李雪梅"):
                assert told not in text, table.name


# A complaint about a case in review


def plan(family=None) -> Plan:
    return Plan(family or family_of_three(), Random(1))  # noqa: S311 -- synthetic people


def decide(township, instance, element, by, decision):
    item = township.items(instance)[element]
    question = Question(
        "hand_in",
        township.people[by],
        instance=township.again(instance),
        item=item,
        facts={"flow": {"decision": decision}},
    )
    return veto.ask(township.session, question)


@pytest.fixture
def reviewed(township):
    """A case that waits for the county's decision, nobody having complained."""
    ours = plan()
    with clock.at(START):
        case = township.apply(ours)
        township.survey(case, ours)
        timer = township.post(case, ours)
    with clock.at(timer.due_at):
        runtime.fire(timer.id)
    later = timer.due_at + timedelta(hours=9)
    with clock.at(later):
        township.sign(case, "take_down", "hongliu", plan=ours)
        township.sign(case, "submit_dossier", "clerk", plan=ours)
    return case, ours, later + timedelta(hours=1)


def number_of(township, case):
    return township.session.get(Case, case.id).number


def test_a_complaint_after_the_gateway_leaves_the_decider_only_the_way_back(township, reviewed):
    case, _, now = reviewed
    with clock.at(now):
        assert decide(township, case, "county_decide", "decide", "confirm")
        complain(township, about="recipient", kind="report", case_number=number_of(township, case))
        assert township.session.get(Case, case.id).complaint
        for decision in ("confirm", "refuse", None):
            answer = decide(township, case, "county_decide", "decide", decision)
            assert answer.verdict is Verdict.FORBID, decision
            assert "县级两人入户核查" in answer.reason
            # Who decides may be the one complained of: the words do not say that somebody complained.
            assert not {"投诉", "举报"} & {answer.reason[n : n + 2] for n in range(len(answer.reason))}
        assert decide(township, case, "county_decide", "decide", "return")


def test_the_form_itself_is_refused_and_nothing_is_kept(township, reviewed):
    case, ours, now = reviewed
    with clock.at(now):
        complain(township, about="recipient", kind="report", case_number=number_of(township, case))
        before = township.session.query(Submission).count()
        with pytest.raises(Refused, match="入户核查"):
            township.sign(case, "county_decide", "decide", plan=ours)
        assert township.session.query(Submission).count() == before
        assert "county_decide" in township.items(case)


def test_a_report_against_staff_about_the_case_forces_the_visit_too(township, reviewed):
    case, _, now = reviewed
    with clock.at(now):
        accuse(township, "刘占江", post="county", case_number=number_of(township, case))
        assert not decide(township, case, "county_decide", "decide", "confirm")


def test_a_visit_of_the_county_answers_the_complaint_and_a_later_one_needs_another(township, reviewed):
    case, _, now = reviewed
    with clock.at(now):
        complain(township, about="recipient", kind="report", case_number=number_of(township, case))
        assert queries.unvisited(township.session, case.id)

    def visit(at: datetime) -> None:
        with clock.at(at):
            values = {"element_id": "county_visit", "form": "county_visit", "values": {}, "work_item_id": 0}
            author = {"author_id": 1, "author_name": "金彦龙", "acted_at": at, "entered_at": at}
            made = Submission(instance_id=case.id, release_id=case.release_id, **values, **author)
            township.session.add(made)
            township.session.commit()

    visit(now + timedelta(hours=1))
    with clock.at(now + timedelta(hours=2)):
        assert decide(township, case, "county_decide", "decide", "confirm")
        complain(township, about="recipient", kind="report", subject="payment", case_number=number_of(township, case))
        assert not decide(township, case, "county_decide", "decide", "confirm")
    visit(now + timedelta(hours=3))
    with clock.at(now + timedelta(hours=4)):
        assert decide(township, case, "county_decide", "decide", "confirm")


def test_a_wrong_number_is_said_at_its_field_and_nothing_is_registered(township):
    with clock.at(START):
        with pytest.raises(Invalid) as refused:
            complain(township, case_number="高仁低保2026-0099")
        assert refused.value.data["problems"][0]["field"] == "case_number"
        assert township.session.query(Complaint).count() == 0
        assert township.session.query(Instance).count() == 0


# Recusal


def test_who_handled_the_case_does_not_judge_the_complaint_about_it(township, reviewed):
    case, _, now = reviewed
    with clock.at(now):
        petition = complain(township, about="recipient", kind="report", case_number=number_of(township, case))
        runtime.complete(
            township.items(petition)["triage_petition"].id,
            township.people["director"],
            values={"same_matter": None, "triage": "accept", "lead": "中心"},
        )
        runtime.complete(
            township.items(petition)["deliver_petition_notice"].id,
            township.people["clerk"],
            values={**DELIVERED, "delivered_on": f"{clock.today():%Y-%m-%d}"},
        )
        item = township.items(petition)["investigate_petition"]
        with pytest.raises(Refused, match="依规回避"):
            runtime.claim(item.id, township.people["investigator"])


def test_the_complainants_kin_keep_out(township):
    (number,) = numbers()
    with clock.at(START):
        kin(township, "director", "马信访", number)
        petition = complain(township, id_number=number)
        with pytest.raises(Refused, match="近亲属"):
            runtime.claim(township.items(petition)["triage_petition"].id, township.people["director"])
        runtime.claim(township.items(petition)["triage_petition"].id, township.people["director2"])


# Repeats


def test_another_person_or_another_matter_is_no_repeat(township):
    one, other = numbers(2)
    with clock.at(START):
        complain(township, id_number=one)
        same = complain(township, id_number=one)
        assert township.again(same).flow["standing"] == "pending"
        for changed in ({"id_number": other}, {"id_number": one, "subject": "payment"}):
            assert township.again(complain(township, **changed)).flow["standing"] == "new", changed
        anonymous = {"named": False, "name": None, "phone": None}
        complain(township, **anonymous)
        assert township.again(complain(township, **anonymous)).flow["standing"] == "new"


def test_a_director_who_says_it_is_another_matter_unties_it(township):
    (number,) = numbers()
    with clock.at(START):
        complain(township, id_number=number)
        second = complain(township, id_number=number)
        runtime.complete(
            township.items(second)["triage_petition"].id,
            township.people["director"],
            values={"same_matter": False, "triage": "accept", "lead": "中心"},
        )
        kept = township.session.get(Complaint, second.id)
        assert kept.repeats_id is None
        third = complain(township, id_number=number)
        assert township.session.get(Complaint, third.id).repeats_id != second.id


def test_the_ledger_shows_handed_over_complaints_once_and_only_to_the_circle(township):
    with clock.at(START):
        _, report = accuse(township, "李雪梅")
        plain = complain(township, kind="report", about="recipient")
        rows = ledger.read(township.session, township.people["discipline"], Wanted(state="all"), clock.now()).rows
        assert sorted(each.instance_id for each in rows) == sorted([report.id, plain.id])
        rows = ledger.read(township.session, township.people["head"], Wanted(state="all"), clock.now())
        assert [each.instance_id for each in rows.rows] == [plain.id]
        assert rows.counts == {"open": 1, "late": 0, "done": 0, "all": 1}


def test_the_circle_of_the_ledger_reaches_only_its_own_area(township):
    from engine.actors import Actor

    with clock.at(START):
        accuse(township, "李雪梅")
        stranger = Actor(9999, "外乡纪委", (Grant("discipline", "pingluo/taole"),))
        assert ledger.read(township.session, stranger, Wanted(state="all", clues=False), clock.now()).rows == []


def test_a_misspelled_date_or_page_of_the_ledger_is_no_fault(township):
    assert Wanted.read({"month": "2026-13", "page": "9" * 30, "state": "x", "kind": "'", "channel": "%"}) == Wanted()
    assert Wanted.read({"month": "٢٠٢٦-٠٣"}).month == ""


def test_seals_are_never_lowered(township):
    from registers.complaints.services import seal

    with clock.at(START):
        _, report = accuse(township, "沙国栋", post="discipline")

        class Call:
            session, now = township.session, clock.now()

        seal(Call(), report.id, "township")
        assert township.session.get(Seal, report.id).level == "county"
