"""Documents: nothing leaves the house with a hole, without reasons, without redress, without a number."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.clocks import operations as clocks
from engine.documents import facts, markup
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.releases import queries as releases
from engine.runtime.models import Instance
from engine.transactions import act
from registers import install
from registers.benefits.models import Decision
from registers.cases.models import Case, NumberSeries
from registers.notices import issuing, operations, queries, records
from registers.notices.compose import Draft, compose
from registers.notices.issuer import of as issuer_of
from registers.notices.models import Notice
from tests.support import documents, leading
from tests.support.leading import Led
from tests.support.together import at_once

FLOW = {
    "members": 2, "rural": True, "amount": 78000, "income_per_head": 30000, "assets_per_head": 0, "mode": "B",
    "total_limit": "30wd", "effective_month": "2026-04", "publicity_until": "2026-03-18", "scheme": "dibao",
}  # fmt: skip
REASONS = documents.GIVEN["reasons"]
HEAD = "{{#\ntitle: {title}\nmark: {mark}\nadverse: yes\nclause: mca-2021-57:21\n#}}\n"


@pytest.fixture
def case(town):
    """A refused case, with a decision that has its reason."""
    instance = town.registered()
    instance.flow = dict(FLOW)
    town.session.add(
        Decision(
            instance_id=instance.id, outcome="refuse", reasons=REASONS, remark="收入<高>于标准", decided_by="测乡长",
            decided_at=clock.now(), parameters={}, release_id=town.release.id,
        )
    )  # fmt: skip
    town.session.commit()
    return instance


def issue(town, instance, template, given=None, key="", flow=None, **changed):
    """A document as a step issues it."""
    call = issuing.outside(
        town.session, instance, town.person("w", "clerk") if not town.actors else town.actors["w"], clock.now()
    )
    call.flow = {**FLOW, **(flow or {})}
    call.parameters = {**call.parameters, **changed}
    made = issuing.issue(call, template, key or f"key-{next(town.numbers)}", given)
    town.session.commit()
    return made


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


# Every template


@pytest.mark.parametrize("name", sorted(documents.templates()))
@pytest.mark.sqlite
def test_every_shipped_template_comes_out_without_a_hole(town, case, name):
    text, head = documents.templates()[name]
    made = documents.hand_in(town, case, head, text)
    call = issuing.outside(town.session, case, town.person("clerk", "clerk"), clock.now())
    html = compose(
        Draft(
            call,
            name,
            text,
            head,
            issuer_of(head, call),
            "高仁民救甲〔2026〕1号" if head.mark else "",
            documents.given(text),
            made,
        )
    )
    said = plain(html)
    assert head.title in said
    for wrong in ("None", "{{", "Undefined", "mca-2021"):
        assert wrong not in said
    assert head.kind == "record" or "（印章）" in said
    assert ("提起行政诉讼" in said) == any(each in head.appeal for each in ("decision", "inaction"))
    if head.adverse:
        assert "核定人均月收入600元" in said
        assert "第13条" in said


HOME_VISIT = {
    "visited_on": "2026-03-09", "visited_at": "09:30", "place": "红柳村2组", "present": "马某",
}  # fmt: skip


def test_no_template_reads_a_fact_that_nobody_knows_of():
    install()
    read = {name for text, _ in documents.templates().values() for name in documents.names_of(text)}
    assert read <= set(facts.known())


# Reasons and redress


def test_a_refusal_carries_reasons_clause_and_redress_even_when_its_template_lacks_them(town, case, monkeypatch):
    monkeypatch.setitem(
        town.release.notices, "bare", HEAD.format(title="不予确认告知书", mark="裸") + "<p>不予确认。</p>"
    )
    said = plain(issue(town, case, "bare").html)
    assert "核定人均月收入600元，高于当地农村低保标准每人每月560元" in said
    assert "第13条" in said
    assert "60日内向平罗县人民政府申请行政复议" in said
    assert "6个月内直接向有管辖权的人民法院提起行政诉讼" in said


def test_reasons_that_a_template_only_half_says_are_said_in_full(town, case, monkeypatch):
    monkeypatch.setitem(
        town.release.notices,
        "half",
        HEAD.format(title="不予确认告知书", mark="半") + "<p>{{ facts.reasons[0].text }}</p>",
    )
    html = issue(town, case, "half").html
    assert html.count("核定人均月收入600元") == 2  # the template's, and the list with its clause
    assert "第13条" in html


def test_reasons_that_a_template_says_stand_once(town, case):
    assert issue(town, case, "refusal_notice").html.count("核定人均月收入600元") == 1


def test_nothing_adverse_goes_out_without_a_reason(town, case):
    town.session.get(Decision, case.id).reasons = []
    town.session.commit()
    with pytest.raises(DoudiError, match="没有理由"):
        issue(town, case, "refusal_notice")
    with pytest.raises(DoudiError, match="事实和依据"):
        issue(town, case, "refusal_notice", {"reasons": [{"text": " ", "clause": "mca-2021-57:13"}]})
    assert town.session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize(
    ("flow", "nature", "office", "respondent"),
    [
        ({"mode": "A"}, "unconfirmed", "平罗县民政局", "被申请人为平罗县民政局"),
        ({"mode": "B"}, "entrusted", "平罗县民政局", "被申请人为平罗县民政局"),
        ({"mode": "B"}, "conferred", "高仁乡人民政府", "被申请人为高仁乡人民政府"),
        ({"mode": "B"}, "unconfirmed", "高仁乡人民政府", "被申请人为作出本决定的行政机关"),
    ],
)
@pytest.mark.sqlite
def test_office_respondent_and_series_follow_who_has_the_power(town, case, flow, nature, office, respondent):
    made = issue(town, case, "refusal_notice", flow=flow, delegation_nature=nature)
    assert f'<p class="doc-office">{office}</p>' in made.html
    assert respondent in made.html
    assert made.number == f"{'平罗' if office == '平罗县民政局' else '高仁'}民救不〔2026〕1号"


@pytest.mark.sqlite
def test_days_and_organ_of_redress_are_parameters(town, case):
    html = issue(town, case, "refusal_notice", reconsideration_limit="90d", appeal_organ="某县人民政府").html
    assert "90日内向某县人民政府申请行政复议" in html


@pytest.mark.sqlite
def test_against_silence_one_must_ask_for_reconsideration_first(town, case):
    given = documents.given(town.release.notices["appeal_reply"])
    assert "应当先自知道之日起60日内向平罗县人民政府申请行政复议" in issue(town, case, "appeal_reply", given).html
    plain_law = issue(town, case, "appeal_reply", given, inaction_needs_reconsideration=False).html
    assert "应当先" not in plain_law


@pytest.mark.sqlite
def test_what_a_family_wrote_is_text_not_markup(town, case):
    html = issue(town, case, "refusal_notice").html
    assert "收入&lt;高&gt;于标准" in html
    assert markup.faults(html.split('<div class="doc-body">')[1].split("</div>")[0], frozenset({"doc-reasons"})) == []


@pytest.mark.sqlite
def test_a_board_names_no_household_of_children_only(town, case, monkeypatch):
    from registers.households.models import Person

    assert "未成年人" not in issue(town, case, "publicity_notice").html
    for person in town.session.scalars(select(Person)):
        person.birth = clock.today().replace(year=clock.today().year - 9)
    town.session.commit()
    html = issue(town, case, "publicity_notice").html
    assert "（未成年人，姓名不公示）" in html
    assert town.family().head.name not in html


@pytest.mark.sqlite
def test_a_sheet_for_the_board_cannot_say_what_is_not_public(town, case, monkeypatch):
    bad = "{#\ntitle: 公示单\nkind: list\nmark: 坏\npublic: yes\n#}\n<p>{{ facts.income_per_head_yuan }}</p>"
    monkeypatch.setitem(town.release.notices, "bad", bad)
    with pytest.raises(DoudiError, match="income_per_head_yuan"):
        issue(town, case, "bad")


# Numbers


@pytest.mark.sqlite
def test_a_letter_that_fails_gives_its_number_back(town, case, monkeypatch):
    assert issue(town, case, "refusal_notice").number == "高仁民救不〔2026〕1号"
    monkeypatch.setitem(
        town.release.notices, "refusal_notice", HEAD.format(title="不予确认告知书", mark="不") + "{{ facts.nobody }}"
    )
    with pytest.raises(DoudiError, match="nobody"):
        issue(town, case, "refusal_notice")
    monkeypatch.undo()
    assert issue(town, case, "refusal_notice").number == "高仁民救不〔2026〕2号"
    assert town.session.get(NumberSeries, "notice:pingluo/gaoren:不:2026").last == 2


@pytest.mark.sqlite
def test_years_kinds_and_townships_count_by_themselves(town, case, at):
    numbers = [issue(town, case, "refusal_notice").number, issue(town, case, "acceptance_notice").number]
    at("2027-01-04 09:00")
    numbers.append(issue(town, case, "refusal_notice").number)
    assert numbers == ["高仁民救不〔2026〕1号", "高仁民救受〔2026〕1号", "高仁民救不〔2027〕1号"]


@pytest.mark.sqlite
def test_the_same_key_issues_once(town, case):
    first = issue(town, case, "refusal_notice", key="withdraw:1")
    assert issue(town, case, "refusal_notice", key="withdraw:1").id == first.id


@pytest.mark.sqlite
def test_an_act_outside_the_flow_issues_with_what_only_it_knows(town, case):
    made = operations.issue(
        town.session, case, "termination_notice", actor=town.person("clerk", "clerk"), now=clock.now(), key="w:1",
        given={"reasons": [{"text": "您于2026年3月9日书面撤回申请。", "clause": "mca-2021-57:29"}]},
    )  # fmt: skip
    assert "书面撤回申请" in made.html
    assert made.number == "高仁民救终〔2026〕1号"


# Records


def test_a_record_says_labels_not_codes_and_masks_people(town, case):
    home = town.family()
    made = town.submit(case, "fill_application", town.application(home))
    clerk = town.person("clerk", "clerk")
    _, shown = records.record(town.session, case, "application_form", made.id, clerk, clock.now(), full=False)
    _, whole = records.record(town.session, case, "application_form", made.id, clerk, clock.now(), full=True)
    assert "农村" in shown
    assert "rural" not in shown
    for secret in (home.head.id_number, home.phone, home.bank_account, home.others[0][0].id_number):
        assert secret not in shown
        assert secret in whole


def test_a_letter_never_holds_a_number_in_full(town, case, monkeypatch):
    home = town.family()
    town.submit(case, "fill_application", town.application(home))
    text = (
        "{#\ntitle: 告知书\nmark: 码\n#}\n{{ form.fill_application.all }}<p>{{ form.fill_application.id_number }}</p>"
    )
    monkeypatch.setitem(town.release.notices, "letter", text)
    html = issue(town, case, "letter").html
    assert home.head.id_number not in html
    assert "********" in html


@pytest.mark.sqlite
def test_a_field_of_a_form_that_was_never_handed_in_stops_the_letter(town, case, monkeypatch):
    text = (
        "{#\ntitle: 告知书\nmark: 缺\n#}\n{% if form.recheck %}<p>已复查</p>{% endif %}<p>{{ form.recheck.result }}</p>"
    )
    monkeypatch.setitem(town.release.notices, "letter", text)
    with pytest.raises(DoudiError, match="还没有提交"):
        issue(town, case, "letter")


@pytest.mark.sqlite
def test_records_are_found_by_what_was_handed_in_and_stand_in_the_index(town, case):
    town.submit(case, "home_visit", HOME_VISIT)
    issue(town, case, "refusal_notice")
    found = {sheet.template for sheet in queries.sheets(town.session, case.id, town.release)}
    assert {"application_form", "honesty_pledge", "data_check_authorization", "home_visit_record"} <= found
    _, index = records.sheet(town.session, case, "file_index", town.person("clerk", "clerk"), clock.now())
    for words in ("不予确认告知书", "高仁民救不〔2026〕1号", "入户调查表", "社会救助申请书"):
        assert words in index


@pytest.mark.sqlite
def test_a_record_of_another_case_cannot_be_opened(town, case):
    other = town.registered(town.family(seed=2))
    made = town.submit(case, "home_visit", HOME_VISIT)
    with pytest.raises(DoudiError, match="没有找到"):
        records.record(
            town.session, other, "home_visit_record", made.id, town.person("clerk", "clerk"), clock.now(), full=True
        )
    with pytest.raises(DoudiError, match="没有这种表单"):
        records.record(
            town.session, case, "application_form", made.id, town.person("clerk2", "clerk"), clock.now(), full=True
        )


# Receipts

RECEIPT = {"method": "direct", "delivered_on": "2026-03-10", "receiver": "马某", "receiver_relation": "本人"}


def test_what_must_be_served_is_unserved_until_a_receipt_is_there(town, case):
    letter = issue(town, case, "refusal_notice")
    issue(town, case, "acceptance_notice")
    assert [each.id for each in queries.unserved(town.session, case.id)] == [letter.id]
    operations.deliver(town.person("clerk", "clerk"), case.id, letter.id, RECEIPT)
    assert queries.unserved(town.session, case.id) == []
    (receipt,) = queries.deliveries(town.session, case.id)
    assert (receipt.receiver, receipt.method, receipt.recorded_by) == ("马某", "direct", "测clerk")
    entry = town.session.scalars(select(JournalEntry).where(JournalEntry.verb == "actor:document:delivered")).one()
    assert entry.after["what"] == "不予确认告知书 高仁民救不〔2026〕1号"
    assert "马某" not in repr(entry.after)
    with pytest.raises(Conflict):
        operations.deliver(town.actors["clerk"], case.id, letter.id, RECEIPT)


@pytest.mark.sqlite
def test_a_delivering_task_serves_what_was_issued_before_it(town, case, at):
    first = issue(town, case, "refusal_notice")
    at("2026-03-11 10:00")
    town.submit(case, "deliver_refusal", {**RECEIPT, "delivered_on": "2026-03-11"}, town.person("clerk", "clerk"))
    at("2026-03-12 10:00")
    second = issue(town, case, "refusal_notice")
    assert [each.notice_id for each in queries.deliveries(town.session, case.id)] == [first.id]
    assert [each.id for each in queries.unserved(town.session, case.id)] == [second.id]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"method": ""}, "method"),
        ({"method": "pigeon"}, "method"),
        ({"delivered_on": "昨天"}, "delivered_on"),
        ({"delivered_on": "2026-03-11"}, "delivered_on"),
        ({"delivered_on": "2026-03-09"}, "delivered_on"),
        ({"receiver": ""}, "receiver"),
        ({"receiver_relation": " "}, "receiver_relation"),
        ({"receiver": "长" * 31}, "receiver"),
        ({"method": "left", "evidence": "拒收"}, "witness"),
        ({"method": "left", "witness": "甲", "evidence": "拒收"}, "witness_2"),
        ({"method": "left", "witness": "甲", "witness_2": "甲", "evidence": "拒收"}, "witness_2"),
        ({"method": "left", "witness": "马某", "witness_2": "乙", "evidence": "拒收"}, "witness"),
        ({"method": "left", "witness": "甲", "witness_2": "乙"}, "evidence"),
        ({"method": "mail"}, "evidence"),
        ({"method": "electronic", "evidence": "短信"}, "consent"),
        ({"method": "public"}, "evidence"),
    ],
)
@pytest.mark.sqlite
def test_a_receipt_that_lacks_something_is_refused_at_its_field(town, case, changed, field):
    letter = issue(town, case, "refusal_notice")
    with pytest.raises(Invalid) as refusal:
        operations.deliver(town.person("clerk", "clerk"), case.id, letter.id, {**RECEIPT, **changed})
    assert field in {each["field"] for each in refusal.value.data["problems"]}
    assert queries.unserved(town.session, case.id) == [letter]


@pytest.mark.sqlite
def test_left_with_two_witnesses_or_published_needs_nobody_to_sign(town, case):
    for given in (
        {
            "method": "left",
            "delivered_on": "2026-03-10",
            "witness": "甲",
            "witness_2": "乙",
            "evidence": "拒收，照片存档",
        },
        {"method": "public", "delivered_on": "2026-03-10", "evidence": "村公开栏，2026-02-08至2026-03-10"},
    ):
        letter = issue(town, case, "refusal_notice")
        clerk = town.actors.get("clerk") or town.person("clerk", "clerk")
        operations.deliver(clerk, case.id, letter.id, given)
    _, html = records.receipt(town.session, case, letter, town.actors["clerk"], clock.now())
    assert "公告送达" in html


# Paper


def test_a_button_that_is_pressed_twice_prints_once(town, case):
    letter = issue(town, case, "refusal_notice")
    clerk, other = town.person("clerk", "clerk"), town.person("other", "clerk")
    first = operations.print_notice(clerk, case.id, letter.id)
    assert operations.print_notice(clerk, case.id, letter.id).id == first.id
    assert operations.print_notice(other, case.id, letter.id).copy == 1


def test_the_first_print_is_the_original_and_every_other_a_copy_written_down(town, case, monkeypatch):
    monkeypatch.setattr(operations, "SECOND_PRESS", timedelta(0))
    letter = issue(town, case, "refusal_notice")
    clerk = town.person("clerk", "clerk")
    assert [operations.print_notice(clerk, case.id, letter.id).copy for _ in range(3)] == [0, 1, 2]
    assert operations.print_notice(clerk, case.id, letter.id, receipt=True).copy == 0
    entries = town.session.scalars(
        select(JournalEntry).where(JournalEntry.verb == "actor:document:printed").order_by(JournalEntry.seq)
    )
    assert [entry.after["copy"] for entry in entries] == ["正本", "副本第1份", "副本第2份", "正本"]


@pytest.mark.sqlite
def test_who_may_not_see_a_case_prints_and_serves_nothing_of_it(town, case):
    letter = issue(town, case, "refusal_notice")
    stranger = town.person("elsewhere", "clerk", "pingluo/other")
    for attempt in (
        lambda: operations.print_notice(stranger, case.id, letter.id),
        lambda: operations.deliver(stranger, case.id, letter.id, RECEIPT),
    ):
        with pytest.raises(Refused):
            attempt()
    secretary = town.person("secretary", "secretary", "pingluo/gaoren/hongliu")
    with pytest.raises(Refused, match="登记这件办件的送达"):
        operations.deliver(secretary, case.id, letter.id, RECEIPT)
    assert queries.prints(town.session, case.id) == {}


def test_at_one_instant_numbers_have_no_gap_and_no_double_also_when_some_fail(app, town):
    """Ten cases issue at once, every third of them fails after its number was taken."""
    cases = [town.instance().id for _ in range(10)]
    home = town.registered()  # a household for the name; the others issue in their own name
    for key in cases:
        found = town.session.get(Case, home.id)
        town.session.add(
            Case(
                instance_id=key, number=f"高仁低保2026-9{key:03d}", scheme="dibao", title="低保", area=found.area,
                applicant=found.applicant, household_id=found.household_id, filed=False, complaint=False,
                created_at=clock.now(),
            )
        )  # fmt: skip
    town.session.commit()

    def issuing_one(key, fails):
        def act_of_one():
            with act(Verb.CASE_APPLIED, SYSTEM) as deed:
                instance = deed.session.scalar(select(Instance).where(Instance.id == key).with_for_update())
                given = {"reasons": REASONS}
                made = operations.issue(
                    deed.session,
                    instance,
                    "termination_notice",
                    actor=SYSTEM,
                    now=deed.now,
                    key=f"t:{key}",
                    given=given,
                )
                if fails:
                    raise DoudiError("之后出错")
                deed.record(instance, after={})
                return made.number

        return act_of_one

    results = at_once(app, *(issuing_one(key, n % 3 == 0) for n, key in enumerate(cases)))
    issued = sorted(int(re.search(r"〕(\d+)号", each)[1]) for each in results if isinstance(each, str))
    assert issued == list(range(1, 7)), results
    town.session.rollback()
    assert town.session.get(NumberSeries, "notice:pingluo/gaoren:终:2026", populate_existing=True).last == 6


@pytest.mark.sqlite
def test_an_extension_that_is_granted_is_told_in_writing_in_the_same_act(session, monkeypatch):
    """The family learns the reason and the new day; what cannot be told is not granted."""
    led = Led(session)
    with leading.at("2026-04-01 09:00"):
        asked = clocks.ask_extension(led.clock("total").id, led.people["director"], reason="objection", note="未核清")
    notices = releases.load(session.get(Instance, led.case.id).release_id, session).notices
    with leading.at("2026-04-13 09:00"):
        monkeypatch.setitem(notices, "extension_notice", "{#\ntitle: 延期告知书\nmark: 延\n#}\n{{ facts.nobody }}")
        with pytest.raises(DoudiError, match="无法生成"):
            clocks.decide_extension(asked.id, led.people["deputy"], granted=True)
        assert led.clock("total").lap == 0
        monkeypatch.undo()
        clocks.decide_extension(asked.id, led.people["deputy"], granted=True)
    letter = session.scalars(select(Notice).where(Notice.template == "extension_notice")).one()
    assert "因公示异议，未核清，经批准，“全程办理时限”延长至2026年5月8日" in letter.html
    with leading.at("2026-04-14 09:00"):
        instance = session.get(Instance, led.case.id)
        _, approval = records.sheet(session, instance, "extension_approval", led.people["clerk"], clock.now())
    assert "周学军" in approval


@pytest.mark.sqlite
def test_a_correction_is_told_with_what_stood_there_before_and_numbers_masked(town, case):
    from registers.households import changes
    from registers.households.models import Household, Person

    with pytest.raises(DoudiError, match="没有登记过更正"):
        issue(town, case, "rectification_notice")
    household = town.session.scalars(select(Household)).first()
    person = town.session.scalars(select(Person)).first()
    for field, before, whose in (("phone", "130****0001", None), ("name", "马志刚", person.id)):
        changes.register(
            town.session, household_id=household.id, kind="corrected", happened_on=clock.today(), person_id=whose,
            told={"field": field, "before": before}, material=False, instance_id=case.id, now=clock.now(), who="测",
        )  # fmt: skip
    town.session.commit()
    said = plain(issue(town, case, "rectification_notice").html)
    assert "130****0001" in said
    assert "马志刚" in said
    assert person.name in said
    assert household.contact["phone"] not in said
