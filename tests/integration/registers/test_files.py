"""Files of a case: added in one act with their hash, sealed on the disk, taken back by a scar, kept from kin."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.runtime import operations as runtime
from engine.runtime.models import Instance
from registers.cases import operations as cases
from registers.demonstration.acts import Plan, values
from registers.demonstration.people import person
from registers.files import limits, operations, queries, store
from registers.files.models import Attachment
from registers.files.words import doubt
from registers.filings import operations as filings
from tests.support import scans
from tests.support.township import START, TOWNSHIP, Township, family_of_three

PETITION = {
    "received_on": "2026-03-02",
    "channel": "letter",
    "named": False,
    "village": "hongliu",
    "kind": "advice",
    "about": "other",
    "subject": "dibao",
    "content": "建议在村里多宣传救助政策。",
    "request": "请答复。",
}


@pytest.fixture
def township(session, at):
    at(f"{START:%Y-%m-%d %H:%M}")
    return Township(session)


@pytest.fixture
def plan():
    return Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people


@pytest.fixture
def case(township, plan):
    return township.apply(plan)


@pytest.fixture
def clerk(township):
    return township.people["clerk"]


def attach(case, actor, data=None, **more):
    given = {"name": "马某.jpg", "stream": io.BytesIO(scans.photo() if data is None else data), **more}
    return operations.attach(case.id, actor, **given)


def on_disk() -> list[Path]:
    return [each for each in store._home().rglob("*") if each.is_file()]


def entries(session, case, verb: str) -> list[JournalEntry]:
    found = select(JournalEntry).where(JournalEntry.instance_id == case.id, JournalEntry.verb == verb)
    return list(session.scalars(found.order_by(JournalEntry.seq)))


def test_a_file_is_sealed_and_the_journal_vouches_for_it(case, clerk, session):
    data = scans.photo(taken="2026:03:02 08:30:00", place=True)
    row = attach(case, clerk, data)
    assert (row.instance_id, row.type, row.size) == (case.id, "image/jpeg", len(data))
    assert store.read(row.stored) == data
    assert data[:40] not in b"".join(each.read_bytes() for each in on_disk())
    assert {each.stat().st_mode & 0o777 for each in on_disk()} == {0o600}
    (entry,) = entries(session, case, "actor:file:attached")
    assert entry.after["sha256"] == row.sha256
    assert "马某" not in str(entry.after)
    assert row.told["lat"] == 38.906


def test_a_changed_or_exchanged_file_is_noticed(case, clerk):
    first, second = attach(case, clerk), attach(case, clerk, scans.photo(60, 60))
    store._place(first.stored).write_bytes(store._place(second.stored).read_bytes())
    with pytest.raises(DoudiError, match="读不出来"):
        store.read(first.stored)


def test_the_same_file_twice_is_one(case, clerk, session):
    assert attach(case, clerk).id == attach(case, clerk).id
    assert session.scalar(select(func.count()).select_from(Attachment)) == 1
    assert len(on_disk()) == 2  # It and its small picture.
    assert len(entries(session, case, "actor:file:attached")) == 1


def test_what_is_refused_leaves_nothing_behind(case, clerk, session, monkeypatch):
    for data in (b"", b"MZ" + bytes(100), scans.zipped(), scans.png_of(50_000, 50_000)):
        with pytest.raises(Invalid):
            attach(case, clerk, data)
    monkeypatch.setattr(limits, "_current", limits.Limits(count=0))
    with pytest.raises(Invalid, match="不能再传"):
        attach(case, clerk)
    assert on_disk() == []
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert entries(session, case, "actor:file:attached") == []


def test_a_crash_before_the_commit_leaves_no_row_and_the_file_is_cleared_away(case, clerk, session, monkeypatch):
    monkeypatch.setattr(operations, "_told", lambda _row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attach(case, clerk)
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0
    monkeypatch.undo()
    kept = attach(case, clerk, scans.photo(60, 60))
    sweep_all(monkeypatch)
    assert len(on_disk()) == 4  # What was just written may still get its row.
    old = time.time() - 2 * 86400
    for each in on_disk():
        os.utime(each, (old, old))
    sweep_all(monkeypatch)
    assert {each.name for each in on_disk()} == {kept.stored, kept.thumb}


def sweep_all(monkeypatch) -> None:
    """The sweeps of a whole day, folder after folder."""
    real = clock.wall()
    for number in range(257):
        monkeypatch.setattr(clock, "wall", lambda at=real + timedelta(seconds=300 * number): at)
        monkeypatch.setattr(operations, "LEFT_BEHIND", timedelta(days=1) + timedelta(seconds=300 * number))
        operations.sweep()
    monkeypatch.setattr(clock, "wall", lambda: real)


def test_kin_and_strangers_neither_add_nor_see(case, township, plan, session):
    clerk, director = township.people["clerk"], township.people["director"]
    row = attach(case, clerk)
    relative = township.people["investigator"]
    filings.register_kin(
        director,
        account_id=relative.id,
        post="调查员",
        relative_name=plan.family.head.name,
        id_number=plan.family.head.id_number,
        relation="parent",
    )
    with pytest.raises(Refused, match="回避"):
        attach(case, relative, scans.photo(50, 50))
    with pytest.raises(NotFound):
        queries.seen(session, relative, row.id)
    assert queries.seen(session, clerk, row.id)[0].id == row.id
    with pytest.raises(NotFound):
        queries.seen(session, clerk, row.id + 99)
    with pytest.raises(Refused):
        operations.withdraw(case.id, relative, row.id, "看错了")
    with pytest.raises(Refused):
        attach(case, township.people["finance"], scans.photo(50, 50))


def test_taking_back_leaves_a_scar_and_the_bytes(case, township, clerk, session):
    row = attach(case, clerk)
    other = township.people["check"]
    with pytest.raises(Refused, match="其本人或者中心主任"):
        operations.withdraw(case.id, other, row.id, "不要了")
    with pytest.raises(Invalid, match="为什么撤回"):
        operations.withdraw(case.id, clerk, row.id, "  ")
    operations.withdraw(case.id, clerk, row.id, "传错了户")
    with pytest.raises(Conflict):
        operations.withdraw(case.id, township.people["director"], row.id, "再来一次")
    (entry,) = entries(session, case, "actor:file:withdrawn")
    assert (entry.reason, entry.after["sha256"]) == ("传错了户", row.sha256)
    assert store.read(row.stored)
    with pytest.raises(NotFound):
        queries.seen(session, clerk, row.id)


def test_a_form_takes_its_own_files_only(case, township, plan, clerk, session):
    other = township.apply(type(plan)(_another_family(), plan.random))
    strange = attach(other, clerk, scans.photo(70, 70))
    item = _to_the_visit(township, case, plan)
    investigator = township.people["investigator"]
    photo = operations.attach(
        case.id,
        investigator,
        name="屋里.jpg",
        stream=io.BytesIO(scans.photo(taken="2026:03:01 09:00:00")),
        item_id=item.id,
        field="photos",
    )
    assert photo.kind == "photo"
    for reference in (str(strange.id), "99999", "no-number"):
        with pytest.raises(Invalid) as refused:
            _sign(township, item, plan, "investigator", [str(photo.id), reference])
        (problem,) = refused.value.data["problems"]
        assert problem["field"] == "photos"
        assert "不属于这件办件" in problem["message"]
    _sign(township, item, plan, "investigator", [str(photo.id)])
    done = entries(session, case, "actor:item:signed")[-1]
    assert done.after["files"] == {str(photo.id): photo.sha256}
    session.refresh(photo)
    assert photo.handed_in_at is not None
    assert "早" in doubt(photo)
    assert "表单上的日期" in doubt(photo)


def test_files_of_an_application_become_the_cases_when_it_is_handed_in(township, plan, clerk, session):
    key = "start:petition"
    first = operations.stage(clerk, key, name="a.jpg", stream=_stream(), field="papers")
    again = operations.stage(clerk, key, name="b.jpg", stream=_stream(), field="papers")
    foreign = operations.stage(township.people["director"], key, name="c.jpg", stream=_stream(40), field="papers")
    assert first.id == again.id
    assert first.kind == "proof"
    with pytest.raises(NotFound):
        queries.seen(session, township.people["director"], first.id)
    with pytest.raises(Invalid) as refused:
        cases.begin("petition", clerk, area=TOWNSHIP, values={**PETITION, "papers": [str(foreign.id)]})
    assert [each["field"] for each in refused.value.data["problems"]] == ["papers"]
    made = cases.begin("petition", clerk, area=TOWNSHIP, values={**PETITION, "papers": [str(first.id)]})
    session.refresh(first)
    assert (first.instance_id, first.draft_key) == (made.id, None)
    (entry,) = entries(session, made, "actor:case:started")
    assert entry.after["files"] == {str(first.id): first.sha256}
    assert not operations.unstage(clerk, first.id)
    assert not operations.unstage(clerk, foreign.id)
    assert operations.unstage(township.people["director"], foreign.id)


def test_an_upload_for_an_item_in_other_hands_is_refused(case, township, plan):
    item = _to_the_visit(township, case, plan)
    runtime.claim(item.id, township.people["investigator"])
    with pytest.raises(Conflict, match="认领"):
        operations.attach(
            case.id,
            township.people["investigator2"],
            name="x.jpg",
            stream=_stream(),
            item_id=item.id,
            field="photos",
        )


def test_looking_at_an_identity_card_is_unmasking(case, clerk, township, session):
    row = attach(case, clerk, kind="id_card")
    operations.unmask(case.id, clerk, row.id)
    (entry,) = entries(session, case, "actor:data:unmasked")
    assert f"附件{row.id}" in entry.after["what"]
    with pytest.raises(Refused):
        operations.unmask(case.id, township.people["hongliu"], row.id)


def _stream(side: int = 30) -> io.BytesIO:
    return io.BytesIO(scans.photo(side, side))


def _another_family():
    made = family_of_three()
    made.head = person(Random(99), "王", 44, True, START.date())  # noqa: S311 -- synthetic people
    made.others = []
    return made


def _to_the_visit(township, case: Instance, plan):
    township.sign(case, "check_completeness", "clerk", plan=plan)
    township.sign(case, "declare_relatives", "clerk", plan=plan)
    township.sign(case, "arrange_survey", "director", plan=plan)
    return township.items(case)["home_visit"]


def _sign(township, item, plan, username: str, photos: list[str]):
    flow = township.session.get(Instance, item.instance_id, populate_existing=True).flow
    filled = {**values("home_visit", plan, clock.now(), flow), "photos": photos}
    return runtime.complete(item.id, township.people[username], values=filled)
