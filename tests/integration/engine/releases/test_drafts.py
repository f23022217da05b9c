"""Drafts on both databases: versions, two editors at once, what was released meanwhile, a zip."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from engine.database import db
from engine.drafts import operations, queries, rebasing
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from tests.integration.engine.releases.conftest import FILES, releases_pack
from tests.support.standing import stand


def text(office: Any, draft: int, path: str = "main.bpmn") -> bytes:
    return queries.content(office.session, queries.one(office.session, draft), path).data


def verbs(office: Any) -> list[str]:
    return [
        verb for verb in office.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)) if "draft" in verb
    ]


def test_a_draft_is_the_base_with_what_was_changed(office):
    draft = office.draft()
    drafted = queries.one(office.session, draft)
    assert queries.files(office.session, drafted) == FILES
    operations.save(draft, office.owner, "main.bpmn", b"<x/>", version=0)
    operations.save(draft, office.owner, "forms/new.form", b"{}", version=0)
    operations.remove(draft, office.owner, "clocks.json", version=0)
    assert queries.files(office.session, drafted) == {
        "main.bpmn": b"<x/>",
        "forms/note.form": FILES["forms/note.form"],
        "forms/new.form": b"{}",
    }
    assert queries.changed(office.session, [draft]) == {draft: 3}
    operations.restore(draft, office.owner, "clocks.json", version=1)
    assert "clocks.json" in queries.names(office.session, drafted)
    assert verbs(office) == ["owner:model_draft:begun"], "saving is bookkeeping"


def test_bytes_survive(office):
    odd = "\ufeff<?xml version='1.0'?>\r\n<a xmlns:z='urn:z' z:q='“'/>\r\n".encode()
    draft = office.changed(odd)
    assert text(office, draft) == odd


@pytest.mark.parametrize("rounds", range(3))
def test_of_two_who_save_at_once_one_is_first_and_nothing_is_lost(app, office, rounds):
    draft = office.draft()
    ready, told = threading.Barrier(2), {}

    def save(who: Any, data: bytes) -> None:
        with app.app_context():
            ready.wait()
            try:
                told[who.name] = operations.save(draft, who, "main.bpmn", data, version=0).version
            except Conflict as conflict:
                told[who.name] = conflict.data
            db.session.remove()

    pairs = ((office.owner, b"<owner/>"), (office.other, b"<other/>"))
    threads = [threading.Thread(target=save, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = (name for name, found in told.items() if found == 1)
    (second,) = (found for found in told.values() if found != 1)
    assert (second["by"], second["version"]) == (first, 1)
    office.session.rollback()
    (aside,) = queries.side_copies(office.session, draft)
    both = {text(office, draft), queries.side_copy(office.session, draft, aside.id)[1]}
    assert both == {b"<owner/>", b"<other/>"}


def test_who_came_second_decides_which_text_stays(office):
    draft = office.changed(b"<one/>")
    for number in range(3):
        with pytest.raises(Conflict):
            operations.save(draft, office.other, "main.bpmn", b"<two/>" + b" " * number, version=0)
    (aside,) = queries.side_copies(office.session, draft)
    with pytest.raises(Refused):
        operations.settle(draft, office.owner, aside.id, "theirs", version=1)
    with pytest.raises(Conflict):
        operations.settle(draft, office.other, aside.id, "mine", version=0)
    operations.settle(draft, office.other, aside.id, "mine", version=1)
    assert text(office, draft) == b"<two/>  "
    assert not queries.side_copies(office.session, draft)
    with pytest.raises(NotFound):
        operations.settle(draft, office.other, aside.id, "theirs", version=2)


def test_a_draft_is_given_up_and_taken_up_again(office):
    draft = office.changed()
    operations.discard(draft, office.other)
    operations.discard(draft, office.other)
    with pytest.raises(Conflict) as closed:
        operations.save(draft, office.owner, "main.bpmn", b"x", version=1)
    assert closed.value.data["closed"]
    assert queries.one(office.session, draft).ended_by == office.other.name
    operations.restore_draft(draft, office.owner)
    assert text(office, draft) == b"<changed/>"
    assert verbs(office)[1:] == ["owner:model_draft:discarded", "owner:model_draft:restored"]


def test_who_is_no_owner_neither_begins_nor_saves(office):
    draft = office.changed()
    with pytest.raises(Refused):
        operations.begin(office.head, "我也改")
    with pytest.raises(Refused):
        operations.save(draft, office.head, "main.bpmn", b"x", version=1)


@pytest.mark.parametrize("title", ["", "  ", "长" * 81])
def test_a_draft_has_a_name(office, title):
    with pytest.raises(Invalid):
        operations.begin(office.owner, title)


@pytest.fixture
def meanwhile(office):
    """A draft, and a release that came after its base: `main` both changed, the form only the draft, the clocks only
    the release, and `same.bpmn` both in the same way."""
    draft = office.changed(b"<mine/>")
    operations.save(draft, office.owner, "forms/note.form", b'{"mine": 1}', version=0)
    operations.save(draft, office.owner, "same.bpmn", b"<same/>", version=0)
    files = {**FILES, "main.bpmn": b"<theirs/>", "clocks.json": b'{"a": {}}', "same.bpmn": b"<same/>"}
    stand(office.session, "1" * 64, releases_pack(files))
    return draft


def test_what_each_changed(office, meanwhile):
    found = rebasing.between(office.session, queries.one(office.session, meanwhile), "1" * 64)
    assert (found.mine, found.theirs) == (("forms/note.form",), ("clocks.json",))
    assert (found.both, found.same) == (("main.bpmn",), ("same.bpmn",))


def test_a_draft_is_moved_onto_the_new_release_file_by_file(office, meanwhile):
    with pytest.raises(Invalid) as wrong:
        operations.rebase(meanwhile, office.owner, "1" * 64, {})
    assert [each["field"] for each in wrong.value.data["problems"]] == ["answers.main.bpmn"]
    operations.rebase(meanwhile, office.owner, "1" * 64, {"main.bpmn": "theirs"})
    files = queries.files(office.session, queries.one(office.session, meanwhile))
    assert files == {
        "main.bpmn": b"<theirs/>",
        "forms/note.form": b'{"mine": 1}',
        "clocks.json": b'{"a": {}}',
        "same.bpmn": b"<same/>",
    }
    (aside,) = queries.side_copies(office.session, meanwhile)
    assert queries.side_copy(office.session, meanwhile, aside.id)[1] == b"<mine/>", "what gave way is kept"
    assert queries.changed(office.session, [meanwhile]) == {meanwhile: 1}


def test_mine_stays_where_both_changed(office, meanwhile):
    operations.rebase(meanwhile, office.owner, "1" * 64, {"main.bpmn": "mine"})
    assert text(office, meanwhile) == b"<mine/>"
    assert text(office, meanwhile, "clocks.json") == b'{"a": {}}'


def test_a_zip_comes_in_beside_what_is_there_or_instead(office):
    draft = office.changed(b"<owner/>")
    assert operations.take_in(draft, office.other, {"main.bpmn": b"<zip/>", "clocks.json": b"{}"}, instead=False) == 1
    assert text(office, draft) == b"<zip/>"
    (aside,) = queries.side_copies(office.session, draft)
    assert (aside.made_by, queries.side_copy(office.session, draft, aside.id)[1]) == (office.owner.name, b"<owner/>")
    assert operations.take_in(draft, office.other, {"main.bpmn": FILES["main.bpmn"]}, instead=True) == 3
    assert queries.files(office.session, queries.one(office.session, draft)) == {"main.bpmn": FILES["main.bpmn"]}
    assert operations.take_in(draft, office.other, {"main.bpmn": FILES["main.bpmn"]}, instead=True) == 0
    with pytest.raises(Invalid):
        operations.take_in(draft, office.other, {"../x.bpmn": b""}, instead=False)


def test_an_autosave_is_cheap(office, statements):
    draft = office.changed()
    with statements.counted() as count:
        operations.save(draft, office.owner, "main.bpmn", b"<again/>", version=1)
    assert len(count.sql) <= 5, count
