"""Taking a visit along and bringing it back: once a key, for its holder only, never over somebody else's words."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.actors import SYSTEM
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import Instance, WorkItem
from registers.files.models import Attachment
from registers.filings import operations as filings
from registers.households.models import Person
from registers.visits import operations
from registers.visits.models import VisitEntry, VisitPacket
from registers.visits.operations import Sent
from tests.support import scans

KEY = "0123456789abcdef-0001"


def sent(key: str = KEY, ahead: int = 0, ago: int = 60) -> Sent:
    now = clock.wall() + timedelta(seconds=ahead)
    return Sent(key, now - timedelta(seconds=ago), now)


@pytest.fixture
def one(town):
    return town.person("one", "investigator")


@pytest.fixture
def other(town):
    return town.person("other", "investigator")


@pytest.fixture
def item(town, one):
    instance = town.registered()
    return town.item(instance, "home_visit", holder_id=one.id, holder_name=one.name)


@pytest.fixture
def phone(one):
    return operations.open_phone(one, "Android")


@pytest.fixture
def packet(item, phone, one):
    return operations.take(item.id, phone.id, one)


def typed(packet: VisitPacket, **given: str) -> dict[str, list[str]]:
    return {**packet.base, **{name: [text] for name, text in given.items()}}


def kept(item: WorkItem, who) -> dict[str, list[str]]:
    return queries.draft(db.session(), f"item:{item.id}", who.id) or {}


def test_taking_along_is_in_the_journal_and_begins_with_what_the_form_shows(packet, session):
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == Verb.VISIT_TAKEN)).one()
    assert entry.after["item"] == "入户调查"
    assert "income_wage" in packet.base


def test_only_the_holder_takes_it_along_and_only_what_the_drawing_lets_go(town, item, one, other, phone):
    theirs = operations.open_phone(other, "Android")
    with pytest.raises(Conflict, match="现在由测one办理"):
        operations.take(item.id, theirs.id, other)
    director = town.person("boss", "director")
    stays = town.item(
        db.session().get(Instance, item.instance_id), "arrange_survey", holder_id=director.id, holder_name=director.name
    )
    with pytest.raises(Refused, match="不能带到手机上"):
        operations.take(stays.id, operations.open_phone(director, "x").id, director)
    with pytest.raises(NotFound):
        operations.take(item.id, theirs.id, one)
    operations.close_phone(phone.id, one)
    with pytest.raises(Refused, match="已经注销"):
        operations.take(item.id, phone.id, one)


def test_what_comes_back_is_a_draft_and_the_same_key_again_changes_nothing(packet, item, one, session):
    operations.receive(packet.id, one, typed(packet, living="漏雨"), sent(), chosen={})
    assert kept(item, one)["living"] == ["漏雨"]
    runtime.save_draft(f"item:{item.id}", one, {**kept(item, one), "living": ["后来在电脑上改的"]})
    again = operations.receive(packet.id, one, typed(packet, living="漏雨"), sent(), chosen={})
    assert again.again
    assert kept(item, one)["living"] == ["后来在电脑上改的"]
    assert session.scalar(select(func.count()).select_from(VisitEntry)) == 1
    assert session.get(WorkItem, item.id).state == "open"


def test_what_both_changed_is_kept_only_as_chosen_on_what_was_seen(packet, item, one):
    runtime.save_draft(f"item:{item.id}", one, typed(packet, living="电脑上", place="村委会"))
    mine = typed(packet, living="手机上", met="户主")
    asked = operations.receive(packet.id, one, mine, sent(), chosen={})
    assert [clash.name for clash in asked.clashes] == ["living"]
    assert kept(item, one)["living"] == ["电脑上"]
    # A choice made on another state of the other side is no choice on this one.
    stale = operations.receive(packet.id, one, mine, sent(), chosen={"living": "mine"}, seen="another")
    assert stale.clashes
    done = operations.receive(packet.id, one, mine, sent(), chosen={"living": "mine"}, seen=asked.seen)
    assert not done.clashes
    found = kept(item, one)
    assert (found["living"], found["place"], found["met"]) == (["手机上"], ["村委会"], ["户主"])


def test_a_signature_that_came_meanwhile_is_the_other_side(packet, item, one, other, town, session):
    made = town.submit(db.session().get(Instance, item.instance_id), "home_visit", {"living": "同事看到的"}, other)
    session.get(WorkItem, item.id).submission_id = made.id
    session.commit()
    asked = operations.receive(packet.id, one, typed(packet, living="手机上"), sent(), chosen={})
    assert asked.other == "测other已签字的内容"
    assert "living" in [clash.name for clash in asked.clashes]
    assert kept(item, one) == {}


def test_another_holder_or_a_done_item_takes_nothing_in(packet, item, one, other, session):
    with pytest.raises(NotFound):
        operations.receive(packet.id, other, {"living": ["x"]}, sent(), chosen={})
    row = session.get(WorkItem, item.id)
    row.holder_id, row.holder_name = other.id, other.name
    session.commit()
    with pytest.raises((Conflict, Refused)):
        operations.receive(packet.id, one, typed(packet, living="x"), sent(), chosen={})
    row.state, row.completed_at = "completed", clock.now()
    session.commit()
    with pytest.raises(Conflict, match="已由测other办结"):
        operations.receive(packet.id, one, typed(packet, living="x"), sent(), chosen={})
    assert kept(item, one) == {}


def test_who_is_recused_meanwhile_brings_nothing_in(packet, item, one, session):
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    filings.register_kin(
        SYSTEM, account_id=one.id, post="调查员", relative_name=head.name, relation="sibling", id_number=head.id_number
    )
    with pytest.raises(Refused):
        operations.receive(packet.id, one, typed(packet, living="x"), sent(), chosen={})
    assert kept(item, one) == {}


def test_the_phone_s_clock_is_noted_and_put_right(packet, item, one, session):
    operations.receive(packet.id, one, typed(packet, living="x"), sent(ahead=600, ago=60), chosen={})
    entry = session.get(VisitEntry, KEY)
    assert abs(entry.skew - 600) <= 2
    assert abs((clock.wall() - entry.acted_at).total_seconds() - 60) <= 5


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "with blank in it here", "ключ-ключ-ключ-ключ"])
def test_a_key_that_is_none_is_refused(packet, one, key):
    with pytest.raises(Invalid):
        operations.receive(packet.id, one, {"living": ["x"]}, sent(key), chosen={})


def test_a_photo_comes_in_once_and_stands_in_the_draft(packet, one, session):
    for _ in range(2):
        kept = operations.receive_photo(packet.id, one, sent(), "a.jpg", io.BytesIO(scans.photo()), "photos")
    operations.receive(packet.id, one, {"living": ["土坯房两间"], "photos": []}, sent("0123456789abcdef-3"), chosen={})
    session.rollback()
    row = session.scalars(select(Attachment)).one()
    assert (row.id, row.item_id, row.field) == (kept, packet.work_item_id, "photos")
    typed = queries.draft(session, f"item:{packet.work_item_id}", one.id)
    assert typed["photos"] == [str(kept)], "a phone that does not know of a photo does not take it away"
    assert typed["living"] == ["土坯房两间"]
    with pytest.raises(Invalid):
        operations.receive_photo(packet.id, one, sent("0123456789abcdef-2"), "a", io.BytesIO(b"x"), "living")
    with pytest.raises(Invalid):
        operations.receive_photo(packet.id, one, sent("0123456789abcdef-4"), "a.jpg", io.BytesIO(b"MZ1"), "photos")


def test_a_closed_phone_has_no_secret_left(phone, one, other, session):
    with pytest.raises(NotFound):
        operations.close_phone(phone.id, other)
    operations.close_phone(phone.id, one)
    session.expire_all()
    assert phone.secret == ""
    with pytest.raises(Conflict):
        operations.close_phone(phone.id, one)
