"""Other cases of the same people: found by the ID number, listed for who may see them only."""

from __future__ import annotations

from registers.cases import relations
from registers.cases.models import Case
from registers.filings import operations as filings


def test_cases_of_the_same_people_are_found_for_whom_they_may_be_seen(town):
    home = town.family()
    first, second = town.registered(home), town.registered(home)
    household = town.session.get(Case, first.id).household_id
    clerk, director = town.person("clerk", "clerk"), town.person("director", "director")
    found = relations.others(town.session, clerk, first, household)
    assert [each.instance.id for each in found] == [second.id]
    assert home.head.name in found[0].people
    assert relations.others(town.session, town.person("far", "clerk", "pingluo/other"), first, household) == []
    filings.register_kin(
        director,
        account_id=clerk.id,
        post="窗口受理员",
        relative_name=home.head.name,
        id_number=home.head.id_number,
        relation="parent",
    )
    assert relations.others(town.session, clerk, first, household) == []
    assert len(relations.others(town.session, director, first, household)) == 1
