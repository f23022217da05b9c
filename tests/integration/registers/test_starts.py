"""Who starts what, where; what a slice says against it; what begins with its number."""

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.errors import DoudiError, Invalid, NotFound, Refused
from engine.releases.loaded import pack
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Draft, Instance
from registers.cases import operations as cases
from registers.cases import starts
from registers.cases.models import Case
from registers.households.models import Person
from tests.support import release as text
from tests.support.standing import stand

TOWNSHIP, VILLAGE = "pingluo/gaoren", "pingluo/gaoren/hongliu"
ANSWER = {"note": "好", "ok": True}
LINE = "start s_{0}; user a_{0} role={1}; user b_{0}; end e_{0}\n s_{0} > a_{0} > b_{0} > e_{0}"
KINDS = {
    "tip": (LINE.format("tip", "discipline"), {"start": "case", "starters": "discipline", "group": "complaint"}),
    "advice": (LINE.format("advice", "clerk"), {"start": "case", "group": "complaint"}),
    "echo": (LINE.format("echo", "clerk"), {"start": "linked", "parents": "advice", "opens_with": "about:text"}),
    "review": (LINE.format("review", "clerk"), {"start": "system", "opens_with": "household_id:number"}),
    "inner": (LINE.format("inner", "clerk"), {}),
}


@pytest.fixture
def kinds(town, monkeypatch):
    """Five small kinds of cases beside each other, and no slice that wants anything of them."""
    files = {f"{key}.bpmn": text.process(key, body, **given) for key, (body, given) in KINDS.items()}
    files["forms/note.form"] = text.form()
    key = sha256(b"kinds").hexdigest()
    stand(town.session, key, pack(files))
    monkeypatch.setattr(starts, "_hooks", {})
    return town


def begun(town, kind, actor, **given):
    return cases.begin(kind, actor, values=ANSWER, **given)


def test_a_case_is_started_by_the_roles_that_its_process_names(kinds):
    clerk, discipline = kinds.person("clerk", "clerk"), kinds.person("discipline", "discipline")
    assert begun(kinds, "advice", clerk).area == TOWNSHIP
    assert begun(kinds, "tip", discipline).flow["scheme"] == "tip"
    with pytest.raises(Refused):
        begun(kinds, "tip", clerk)
    with pytest.raises(Refused, match="乡纪委"):
        begun(kinds, "tip", clerk, area=TOWNSHIP)
    with pytest.raises(Refused):
        begun(kinds, "advice", discipline)
    with pytest.raises(Refused):
        begun(kinds, "advice", clerk, area="pingluo/yaofu")


def test_the_page_offers_by_headings_what_somebody_may_start(kinds):
    clerk, discipline = kinds.person("clerk", "clerk"), kinds.person("discipline", "discipline")
    offered = {key: [each.process.id for each in found] for key, found in starts.offered(kinds.session, clerk).items()}
    assert offered == {"complaint": ["advice"]}
    found = starts.offered(kinds.session, discipline)
    assert [each.process.id for each in found["complaint"]] == ["tip"]
    assert starts.offered(kinds.session, kinds.person("check", "county_check", "pingluo")) == {}


def test_nobody_at_the_county_begins_what_a_township_works_on(kinds):
    """There is nobody at the county who holds the roles of a township: its case would lie there for good."""
    upper = kinds.person("upper", "discipline", "pingluo")
    assert starts.offered(kinds.session, upper) == {}
    with pytest.raises(Refused, match="请由乡镇"):
        begun(kinds, "tip", upper)


def test_every_case_has_its_number_from_its_first_moment(kinds):
    clerk = kinds.person("clerk", "clerk")
    first, second = begun(kinds, "advice", clerk), begun(kinds, "advice", clerk)
    numbers = [kinds.session.get(Case, each.id).number for each in (first, second)]
    assert [each.rpartition("-")[2] for each in numbers] == ["0001", "0002"]
    assert kinds.session.get(Case, first.id).title == "advice"
    with pytest.raises(Invalid):
        cases.begin("advice", clerk, values={"ok": "neither"})
    assert kinds.session.get(Case, begun(kinds, "advice", clerk).id).number.endswith("0003")  # none was lost


def test_what_only_the_system_opens_or_others_call_is_started_by_nobody(kinds):
    clerk = kinds.person("clerk", "clerk")
    with pytest.raises(Refused, match="由系统发起"):
        begun(kinds, "review", clerk)
    with pytest.raises(Refused, match="由系统发起"):
        begun(kinds, "inner", clerk)
    with pytest.raises(NotFound):
        begun(kinds, "nothing", clerk)


def test_a_linked_case_begins_at_a_case_of_the_right_kind(kinds):
    starts.register("echo", flow=lambda _session, asked: {"about": asked.parent.process_id})
    clerk, discipline = kinds.person("clerk", "clerk"), kinds.person("discipline", "discipline")
    parent, other = begun(kinds, "advice", clerk), begun(kinds, "tip", discipline)
    child = begun(kinds, "echo", clerk, parent_id=parent.id)
    assert (child.parent_id, child.area) == (parent.id, parent.area)
    assert child.flow == {"scheme": "echo", "about": "advice", "ok": True}
    with pytest.raises(Refused, match="相关办理"):
        begun(kinds, "echo", clerk)
    with pytest.raises(Refused, match="不能在这类办件上"):
        begun(kinds, "echo", clerk, parent_id=other.id)
    with pytest.raises(NotFound):
        begun(kinds, "echo", clerk, parent_id=999)
    assert [each.process.id for each in starts.linked(kinds.session, clerk, parent)] == ["echo"]
    assert starts.linked(kinds.session, clerk, other) == []
    assert starts.linked(kinds.session, discipline, parent) == []


def test_what_the_flow_begins_with_must_be_there(kinds):
    clerk = kinds.person("clerk", "clerk")
    parent = begun(kinds, "advice", clerk)
    with pytest.raises(DoudiError, match="about"):
        begun(kinds, "echo", clerk, parent_id=parent.id)


def test_a_slice_says_no_with_words_on_the_page_and_inside_the_act(kinds):
    clerk = kinds.person("clerk", "clerk")
    parent = begun(kinds, "advice", clerk)
    kept = []

    def decided(_session, asked):
        if asked.parent.stage != "b":
            raise Refused("还没有作出决定，不能申诉。", clause="reconsideration-2023:20")

    def keep(deed, instance, submission):
        kept.append((instance.id, submission.values["note"], deed.session.get(Case, instance.id).number))

    starts.register("echo", check=decided, flow=lambda *_: {"about": "x"}, keep=keep)
    starts.register("echo", check=decided, flow=lambda *_: {"about": "x"})
    (offer,) = starts.linked(kinds.session, clerk, parent)
    assert offer.refusal == "还没有作出决定，不能申诉。"
    before = kinds.session.scalar(select(func.count()).select_from(Instance))
    with pytest.raises(Refused, match="还没有作出决定"):
        begun(kinds, "echo", clerk, parent_id=parent.id)
    assert kinds.session.scalar(select(func.count()).select_from(Instance)) == before
    parent.stage = "b"
    kinds.session.commit()
    child = begun(kinds, "echo", clerk, parent_id=parent.id)
    assert kept == [(child.id, "好", kinds.session.get(Case, child.id).number)]


def test_kin_of_the_household_start_nothing_at_its_case(kinds):
    home = kinds.family()
    person = kinds.session.merge(Case(
        instance_id=begun(kinds, "advice", kinds.person("clerk", "clerk")).id, number="x", scheme="advice", title="x",
        applicant="x", area=VILLAGE, created_at=clock.now(),
    ))  # fmt: skip
    household = kinds.registered_household(home)
    person.household_id = household.id
    kinds.session.commit()
    relative = kinds.person("own", "clerk", id_number=home.head.id_number)
    starts.register("echo", flow=lambda *_: {"about": "x"})
    with pytest.raises(Refused, match="依规回避"):
        begun(kinds, "echo", relative, parent_id=person.instance_id)
    parent = kinds.session.get(Instance, person.instance_id)
    assert starts.linked(kinds.session, relative, parent) == []


def test_an_opened_case_knows_whom_it_is_about(kinds):
    home = kinds.family()
    household = kinds.registered_household(home)
    opened = runtime.open("review", area=VILLAGE, flow={"household_id": household.id})
    case = kinds.session.get(Case, opened.id)
    assert (case.household_id, case.applicant, case.area) == (household.id, home.head.name, VILLAGE)
    head = kinds.session.scalars(select(Person).where(Person.household_id == household.id)).first()
    assert head.name == case.applicant
    unknown = runtime.open("review", area=VILLAGE, flow={"household_id": 0})
    assert kinds.session.get(Case, unknown.id).household_id is None


def test_a_draft_of_a_first_form_is_forgotten_when_its_case_begins(kinds):
    clerk = kinds.person("clerk", "clerk")
    parent = begun(kinds, "advice", clerk)
    starts.register("echo", flow=lambda *_: {"about": "x"})
    for key in ("start:advice", f"start:echo:{parent.id}"):
        runtime.save_draft(key, clerk, {"note": ["半"]})
    begun(kinds, "echo", clerk, parent_id=parent.id)
    assert kinds.session.scalars(select(Draft.key)).all() == ["start:advice"]
    begun(kinds, "advice", clerk)
    assert kinds.session.scalars(select(Draft.key)).all() == []


def test_values_are_asked_about_when_they_are_handed_in(kinds, monkeypatch):
    clerk = kinds.person("clerk", "clerk")
    seen = []
    monkeypatch.setattr(veto, "_rules", [*veto.rules, lambda _s, q: seen.append(q) or veto.rules[0](_s, q)])
    begun(kinds, "advice", clerk)
    (asked,) = [each for each in seen if each.verb == "hand_in"]
    assert isinstance(asked, Question)
    assert (asked.facts["values"], asked.facts["flow"], asked.facts["starting"]) == (ANSWER, {"ok": True}, True)
