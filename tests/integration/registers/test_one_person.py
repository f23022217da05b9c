"""Two records that were decided to be one person: every rule that goes by who somebody is knows both numbers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import clock, secrets
from engine.errors import DoudiError, Invalid
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.accounts.models import Account
from registers.assessments.received import fingerprints
from registers.board.scope import barred
from registers.cases import terms
from registers.cases.models import Case
from registers.cases.relations import others
from registers.commitments.models import Distrust
from registers.commitments.queries import distrusted
from registers.complaints.people import kin_accounts
from registers.filings.models import Filing, StaffKin
from registers.filings.rules import kin_keep_out
from registers.households import changes, ties
from registers.households.kept import kept_from
from registers.households.models import DuplicateDecision, Household, Person, PersonAlias
from registers.payments.kin import near
from tests.integration.registers.test_applying import benefit, may


@pytest.fixture
def clerk(town):
    return town.person("clerk", "clerk")


def head(town, instance):
    home = town.session.get(Case, instance.id).household_id
    return next(each for each in changes.living(town.session, home) if each.relation == "head")


def tie(town, one, other):
    """Somebody decided that both records are one person's."""
    low, high = sorted((one.id, other.id))
    town.session.add(
        DuplicateDecision(
            low_id=low, high_id=high, answer="same", grounds=["same_birth"], reason="核对了证件", decided_by="测试",
            decided_at=clock.now(),
        )
    )  # fmt: skip
    ties.write_aliases(town.session, one.id, other.id)
    town.session.commit()


@pytest.fixture
def twins(town):
    """A case of one family, and the head of another family of whom it was decided that both heads are one person."""
    home, other = town.family(1, 3), town.family(6)
    case = town.registered(home)
    twin = town.session.scalars(
        select(Person).where(
            Person.household_id == town.registered_household(other).id, Person.relation == "head"
        )
    ).one()  # fmt: skip
    tie(town, head(town, case), twin)
    return case, twin, other


def kin_of(town, account, person, relation="sibling"):
    town.session.add(
        StaffKin(
            account_id=account.id, staff_name="某", post="调查员", relative_name=person.name,
            fingerprint=person.fingerprint, relation=relation, registered_at=clock.now(),
        )
    )  # fmt: skip
    town.session.commit()


def test_an_open_case_of_the_other_record_bars_an_application(town, clerk, twins):
    case, _, other = twins
    assert town.session.get(Case, case.id).number in may(town, clerk, other).reason


def test_what_the_other_record_receives_bars_an_application(town, clerk, twins):
    case, _, other = twins
    benefit(town, case)
    assert "已经享受" in may(town, clerk, other).reason


def test_a_benefit_that_excludes_another_is_seen_through_a_tie(town, clerk, twins):
    """Its own household's is no matter; that of the household of somebody's other record is, unless they head it."""
    case, _, other = twins
    benefit(town, case, "marginal")
    third = town.family(9)
    third.others = [(other.head, "parent")]
    assert "在另一户享受" in may(town, clerk, third).reason
    assert may(town, clerk, other), "both records head their household: the new decision ends the old one"


def test_whose_other_record_died_is_on_no_application(town, clerk, twins):
    case, _twin, other = twins
    person = head(town, case)
    person.died_on = person.left_on = clock.today()
    person.name = "纳小军"
    town.session.commit()
    reason = may(town, clerk, other, "temporary_relief").reason
    assert "纳小军（已核定与申请表上的人是同一个人）已登记死亡" in reason
    assert "已登记死亡" in may(town, clerk, other, "elderly_allowance", "apply_elderly", alone=True).reason
    third, given = town.registered_household(town.family(11)), {"name": "某", "id_number": other.head.id_number}
    with pytest.raises(Invalid, match="已登记死亡"):
        changes.join(town.session, third, {**given, "relation": "parent"})
    with pytest.raises(DoudiError, match="已登记死亡"):
        town.registered(other)


def test_one_person_under_two_numbers_stands_once_on_an_application(town, clerk, twins):
    _case, _twin, other = twins
    home = town.family(1, 3)
    home.others.append((other.head, "parent"))
    answer = may(town, clerk, home, "temporary_relief")
    assert "已核定为同一个人" in answer.reason
    assert home.head.name in answer.reason
    assert other.head.name in answer.reason
    with pytest.raises(DoudiError, match="登记了两次"):
        town.registered(home)


def test_who_lives_there_does_not_join_under_the_other_number(town, twins):
    case, _, other = twins
    home = town.session.get(Household, head(town, case).household_id)
    with pytest.raises(Invalid, match="已经是这户的成员"):
        changes.join(town.session, home, {"name": "某", "id_number": other.head.id_number, "relation": "parent"})


def test_kin_of_the_other_record_are_kin_everywhere(town, clerk, twins):
    case, twin, _other = twins
    assert not kin_keep_out(town.session, Question("view", clerk, instance=case)).reason
    kin_of(town, clerk, twin)
    assert kin_keep_out(town.session, Question("view", clerk, instance=case)).reason
    assert town.session.scalar(select(barred(clerk)).where(Instance.id == case.id))
    assert town.session.scalar(select(kept_from(clerk)).where(Household.id == head(town, case).household_id))
    assert near(town.session, clerk, head(town, case).household_id)
    assert "近亲属" in may(town, clerk, town.family(1, 3), "temporary_relief").reason
    assert town.call("filings.look", case) == {"filed": True}
    assert [each.staff_name for each in town.session.scalars(select(Filing))] == ["某"]


def test_a_record_made_after_the_decision_is_known_by_its_number(town, clerk, twins):
    """Nobody has to decide again when the same number is registered in a third household."""
    case, twin, other = twins
    kin_of(town, clerk, head(town, case))
    case.status, case.ended_at = "completed", clock.now()
    town.session.commit()
    later = town.registered(town.family(6))
    assert head(town, later).id == twin.id or head(town, later).fingerprint == twin.fingerprint
    home = town.family(8)
    home.others = [(other.head, "parent")]
    third = town.registered(home)
    assert kin_keep_out(town.session, Question("view", clerk, instance=third)).reason
    assert town.session.scalar(select(barred(clerk)).where(Instance.id == third.id))


def test_kin_by_an_account_whose_number_is_one_of_two(town, clerk, twins):
    case, twin, _ = twins
    investigator = town.person("investigator", "investigator")
    town.session.get(Account, investigator.id).person = twin.fingerprint
    kin_of(town, clerk, head(town, case))
    assert investigator.id in set(town.session.scalars(kin_accounts(clerk)))
    assert kin_keep_out(town.session, Question("view", investigator, instance=case)).reason


def test_what_is_known_of_a_family_is_known_through_a_tie(town, clerk, twins):
    case, twin, _other = twins
    own = head(town, case)
    assert {own.fingerprint, twin.fingerprint} <= set(fingerprints(town.session, twin.household_id))
    town.session.add(
        Distrust(
            instance_id=case.id, fingerprint=own.fingerprint, name=own.name, area=case.area, items=[], reason="测试",
            logged_at=clock.now(), repair_from=clock.today(),
        )
    )  # fmt: skip
    town.session.commit()
    assert distrusted(town.session, twin.household_id) is not None
    relief = town.instance("temporary_relief")
    found = others(town.session, clerk, relief, twin.household_id)
    assert [each.instance.id for each in found] == [case.id]


def test_what_ended_ties_no_more(town, clerk, twins):
    _case, _twin, other = twins
    decision = town.session.scalars(select(DuplicateDecision)).one()
    decision.ended_at = clock.now()
    ties.write_aliases(town.session, decision.low_id, decision.high_id)
    town.session.commit()
    assert may(town, clerk, other)
    assert town.session.scalars(select(PersonAlias)).all() == []


def test_an_application_costs_no_more_statements_for_more_people(town, clerk, twins, statements):
    """Who somebody is costs one statement beside the questions themselves, whatever the number of members."""

    def asked(size):
        instance, values = town.instance("dibao"), town.application(town.family(size, size))
        item = town.item(instance, "fill_application")
        question = Question("hand_in", clerk, instance=instance, item=item, facts={"values": values})
        town.session.commit()
        with statements.counted() as count:
            veto.ask(town.session, question)
        return count

    small, large = asked(2), asked(6)
    assert len(small.sql) == len(large.sql), f"{small}\n{large}"
    assert sum("person_alias" in each for each in large.sql) <= 5, large


def test_many_people_are_asked_of_in_one_statement(town, twins, statements):
    case, twin, _ = twins
    prints = {secrets.fingerprint(str(number)) for number in range(2 * ties.MANY)} | {twin.fingerprint}
    with statements.counted() as count:
        found = ties.groups(town.session, prints)
    assert len(count.sql) == 1
    assert found[twin.fingerprint] == {twin.fingerprint, head(town, case).fingerprint}
    assert set(found) == prints


def test_a_case_is_found_under_either_number(town, clerk, twins):
    """Typed into the search, and as the keyed hash that an address carries instead of it."""
    case, twin, other = twins
    for typed in (town.session.get(Case, case.id).applicant, other.head.id_number):
        found = town.session.scalars(select(Case.instance_id).where(terms.matches(town.session, typed))).all()
        assert case.id in found
    by_address = select(Case.instance_id).where(terms.of_number(twin.fingerprint))
    assert town.session.scalars(by_address).all() == [case.id]
