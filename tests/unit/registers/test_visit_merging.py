"""Two sides of one form since they last agreed."""

from __future__ import annotations

from registers.visits.merging import merge, units

BASE = {
    "place": ["村口"],
    "living": ["一般"],
    "_row.people": ["0"],
    "people[0].name": ["王一"],
    "people[0].age": ["60"],
}


def changed(**given):
    return {**BASE, **{name: [text] for name, text in given.items()}}


def test_what_one_side_changed_is_taken_without_a_question():
    merged, clashes = merge(BASE, changed(place="家中"), changed(living="困难"), {})
    assert (merged["place"], merged["living"], clashes) == (["家中"], ["困难"], [])


def test_the_same_change_on_both_sides_is_none():
    assert merge(BASE, changed(place="家中"), changed(place="家中"), {})[1] == []


def test_what_both_changed_differently_is_asked_and_nothing_is_guessed():
    merged, (clash,) = merge(BASE, changed(place="家中"), changed(place="村委会"), {})
    assert "place" not in merged
    assert (clash.name, clash.mine, clash.theirs) == ("place", {"place": ["家中"]}, {"place": ["村委会"]})


def test_a_choice_settles_it_either_way():
    for side, text in (("mine", "家中"), ("theirs", "村委会")):
        merged, clashes = merge(BASE, changed(place="家中"), changed(place="村委会"), {"place": side})
        assert (merged["place"], clashes) == ([text], [])
    assert merge(BASE, changed(place="家中"), changed(place="村委会"), {"place": "both"})[1]


def test_an_emptied_field_is_a_change():
    merged, clashes = merge(BASE, changed(place=""), BASE, {})
    assert ("place" in merged, clashes) == (False, [])
    assert merge(BASE, changed(place=""), changed(place="村委会"), {})[1]


def test_rows_of_two_hands_never_become_one_person():
    mine = {**BASE, "people[0].name": ["李二"]}
    theirs = {**BASE, "people[0].age": ["71"]}
    merged, (clash,) = merge(BASE, mine, theirs, {})
    assert clash.name == "people"
    assert not any(name.startswith(("people", "_row.people")) for name in merged)
    merged, _ = merge(BASE, mine, theirs, {"people": "theirs"})
    assert (merged["people[0].name"], merged["people[0].age"]) == (["王一"], ["71"])


def test_a_list_is_one_unit_with_its_marks():
    assert set(units(BASE)) == {"place", "living", "people"}
    assert set(units(BASE)["people"]) == {"_row.people", "people[0].name", "people[0].age"}
