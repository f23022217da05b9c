"""One proposes, another confirms; which release is current at which instant; back to an earlier one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from engine import clock
from engine.actors import SYSTEM
from engine.deployments import operations, queries
from engine.deployments.models import Activation, ReleaseProposal
from engine.drafts import operations as drafts
from engine.drafts import queries as draft_queries
from engine.errors import Conflict, Invalid, NotFound, Refused, ReleaseRefused
from engine.journal.models import JournalEntry
from engine.outbox.models import Copy, Message
from engine.releases import operations as releases
from engine.releases import queries as release_queries
from engine.releases.lint.report import FileReport, Problem
from engine.releases.models import Release
from registers.accounts.models import Account
from tests.integration.engine.releases.conftest import FILES, releases_pack
from tests.support.standing import stand

FIRST = "0" * 64


def propose(office: Any, draft: int, key: str = "k", by: Any = None, **given: Any) -> ReleaseProposal:
    return operations.propose(by or office.owner, draft, note="补正期限", key=key, **given)


def deployed(office: Any, body: bytes = b"<changed/>", key: str = "k", **given: Any) -> ReleaseProposal:
    made = propose(office, office.changed(body), key, **given)
    return operations.confirm(made.id, office.head)


def subjects(office: Any, who: Any) -> list[str]:
    told = select(Message.subject).join(Copy).where(Copy.account_id == who.id).order_by(Message.id)
    return list(office.session.scalars(told))


def test_what_one_proposes_another_confirms(office):
    draft = office.changed()
    made = propose(office, draft)
    assert office.current == FIRST, "nothing runs on it yet"
    assert draft_queries.one(office.session, draft).state == "proposed"
    with pytest.raises(Conflict):
        drafts.save(draft, office.owner, "main.bpmn", b"x", version=1)
    assert subjects(office, office.head) == [f"请确认发布流程版本 {made.release_id[:12]}"]
    operations.confirm(made.id, office.head)
    assert office.current == made.release_id
    assert release_queries.contents(made.release_id, office.session)["main.bpmn"] == b"<changed/>"
    assert draft_queries.one(office.session, draft).state == "deployed"
    (row,) = [each for each in queries.activations(office.session) if each.release_id == made.release_id]
    assert (row.made_by, row.confirmed_by, row.reason) == (office.owner.name, office.head.name, "补正期限")
    assert subjects(office, office.owner) == [f"发布流程版本 {made.release_id[:12]}已确认"]
    said = list(
        office.session.scalars(
            select(JournalEntry.verb).where(JournalEntry.stream == "releases").order_by(JournalEntry.id)
        )
    )
    assert said[-2:] == ["owner:release:proposed", "actor:release:confirmed"]


def test_pressed_twice_it_is_done_once(office):
    draft = office.changed()
    made = propose(office, draft)
    assert propose(office, draft).id == made.id
    operations.confirm(made.id, office.head)
    operations.confirm(made.id, office.head)
    assert office.session.scalar(select(func.count()).select_from(Activation)) == 2


def test_one_person_is_not_two(office):
    both = office.person("both", "owner", "head")
    made = operations.propose(both, office.changed(), note="改", key="k")
    for verb in (operations.confirm, lambda key, who: operations.refuse(key, who, "不")):
        with pytest.raises(Refused, match="另一人"):
            verb(made.id, both)
    twin = office.person("twin", "head")
    for name in (both, twin):
        office.session.get(Account, name.id).person = "p" * 32
    office.session.commit()
    with pytest.raises(Refused, match="另一人"):
        operations.confirm(made.id, twin)
    assert office.current == FIRST


def test_who_may_do_which_half(office):
    draft = office.changed()
    with pytest.raises(Refused):
        propose(office, draft, by=office.head)
    made = propose(office, draft)
    for who in (office.other, SYSTEM):
        with pytest.raises(Refused):
            operations.confirm(made.id, who)
    with pytest.raises(Refused):
        operations.withdraw(made.id, office.other)
    with pytest.raises(Refused, match="另一人"):
        releases.deploy(FILES, office.owner)


def test_it_is_sent_back_with_the_reason_and_worked_on(office):
    draft = office.changed()
    made = propose(office, draft)
    with pytest.raises(Invalid):
        operations.refuse(made.id, office.head, " ")
    operations.refuse(made.id, office.head, "依据没有写")
    drafts.save(draft, office.owner, "main.bpmn", b"<better/>", version=1)
    with pytest.raises(Conflict, match="已退回"):
        operations.confirm(made.id, office.head)
    again = propose(office, draft, key="k2")
    operations.withdraw(again.id, office.owner)
    assert draft_queries.one(office.session, draft).state == "open"
    assert [each.status for each in queries.proposals(office.session, draft_id=draft)] == ["withdrawn", "refused"]


def test_what_the_lint_refuses_is_neither_proposed_nor_confirmed(office, monkeypatch):
    draft = office.changed()
    broken = [FileReport("main.bpmn", False, (Problem("a", "甲", "x", "不行"),))]
    with monkeypatch.context() as patched:
        patched.setattr(releases, "judge", lambda _files: broken)
        with pytest.raises(ReleaseRefused):
            propose(office, draft)
    made = propose(office, draft)
    with monkeypatch.context() as patched:
        patched.setattr(releases, "judge", lambda _files: broken)
        with pytest.raises(ReleaseRefused):
            operations.confirm(made.id, office.head)
    assert office.current == FIRST


def test_a_draft_without_a_change_is_none(office):
    with pytest.raises(Invalid, match="完全一样"):
        propose(office, office.draft())
    assert office.session.scalar(select(func.count()).select_from(ReleaseProposal)) == 0


def test_a_draft_on_an_older_release_would_undo_the_newer(office):
    one, two = office.changed(b"<one/>"), office.changed(b'{"two": 1}', "forms/note.form")
    second = propose(office, two, "k2")
    operations.confirm(propose(office, one, "k1").id, office.head)
    with pytest.raises(Conflict, match="情况有变"):
        operations.confirm(second.id, office.head)
    operations.refuse(second.id, office.head, "请并到新版本")
    with pytest.raises(Conflict, match="并到那一版") as late:
        propose(office, two, "k3")
    drafts.rebase(two, office.owner, late.value.data["onto"], {})
    operations.confirm(propose(office, two, "k4").id, office.head)
    files = release_queries.contents(office.current, office.session)
    assert (files["main.bpmn"], files["forms/note.form"]) == (b"<one/>", b'{"two": 1}')


def test_a_planned_release_begins_by_itself_and_is_announced_once(office, at):
    starts = datetime(2026, 4, 1, tzinfo=clock.ZONE)
    made = deployed(office, valid_from=starts)
    assert office.current == FIRST
    assert operations.announce_due() == 0
    at("2026-03-31 23:59")
    assert office.current == FIRST
    at("2026-04-01 00:00")
    assert office.current == made.release_id
    assert (operations.announce_due(), operations.announce_due()) == (1, 0)
    assert subjects(office, office.owner)[-1] == f"流程版本 {made.release_id[:12]} 已按期启用"
    at("2026-03-20 09:00")
    assert office.current == FIRST, "a clock that is moved back finds what was current then"


def test_a_planned_release_confirmed_after_its_instant_begins_now(office, at):
    made = propose(office, office.changed(), valid_from=clock.now() + timedelta(hours=1))
    now = at("2026-03-03 09:00")
    operations.confirm(made.id, office.head)
    (row,) = [each for each in queries.activations(office.session) if each.release_id == made.release_id]
    assert row.valid_from == now


def test_the_past_is_not_planned(office):
    with pytest.raises(Invalid):
        propose(office, office.changed(), valid_from=clock.now())


def test_a_planned_one_is_called_off_until_it_begins(office, at):
    made = deployed(office, valid_from=clock.now() + timedelta(days=1))
    (planned,) = queries.after(office.session, clock.now())
    with pytest.raises(Invalid):
        operations.cancel(planned.id, office.owner, "")
    operations.cancel(planned.id, office.owner, "文件推迟施行")
    operations.cancel(planned.id, office.owner, "文件推迟施行")
    at("2026-03-05 09:00")
    assert office.current == FIRST
    assert draft_queries.one(office.session, made.draft_id).state == "open"
    begun = queries.activations(office.session)[-1]
    with pytest.raises(Conflict, match="已经启用"):
        operations.cancel(begun.id, office.head, "改主意了")


def test_what_would_be_undone_by_a_planned_one_is_answered_for(office):
    deployed(office, b"<planned/>", "k1", valid_from=clock.now() + timedelta(days=9))
    draft = office.changed(b"<urgent/>")
    with pytest.raises(Invalid) as wrong:
        propose(office, draft, "k2")
    (problem,) = wrong.value.data["problems"]
    assert problem["field"] == "accepted.later"
    made = propose(office, draft, "k2", accepted=["later"])
    assert made.accepted == ["later"]


def test_back_to_an_earlier_release_by_two_people(office):
    new = deployed(office)
    with pytest.raises(Invalid):
        operations.propose_again(office.owner, new.release_id, reason="错了", key="b0")
    made = operations.propose_again(office.owner, FIRST, reason="新版漏了补正", key="b")
    with pytest.raises(Conflict, match="已经提请"):
        operations.propose_again(office.other, FIRST, reason="同上", key="b2")
    assert office.current == new.release_id
    operations.confirm(made.id, office.head)
    assert office.current == FIRST
    latest = queries.activations(office.session)[0]
    assert (latest.again, latest.reason) == (True, "新版漏了补正")


def test_what_was_only_proposed_is_no_earlier_release(office):
    made = propose(office, office.changed())
    operations.refuse(made.id, office.head, "不")
    assert office.session.get(Release, made.release_id) is not None
    with pytest.raises(NotFound):
        operations.propose_again(office.owner, made.release_id, reason="试试", key="b")
    assert made.release_id not in {each.id for each in release_queries.history(office.session)}


def test_the_current_release_costs_one_statement(office, statements):
    with statements.counted() as count:
        assert office.current == FIRST
    assert len(count.sql) == 1


Planned = st.tuples(st.integers(0, 60), st.booleans())


@pytest.mark.sqlite
@given(st.lists(Planned, max_size=6), st.integers(-1, 61))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_which_is_current_follows_from_rows_and_instant(office, planned, instant):
    """At every instant exactly the last that began and was not cancelled; nothing has to happen in between."""
    session, start = office.session, clock.now()
    session.execute(delete(Activation).where(Activation.release_id != FIRST))
    expected = FIRST
    best = (-1, -1)
    for number, (minute, cancelled) in enumerate(planned):
        key = f"{number + 1:064d}"
        if session.get(Release, key) is None:
            session.add(Release(id=key, files=releases_pack(FILES), deployed_at=start, deployed_by="测试"))
            session.flush()
        row = releases.activate(session, key, start, valid_from=start + timedelta(minutes=minute), made_by="测试")
        if cancelled:
            row.cancelled_at = start
        elif minute <= instant and (minute, number) > best:
            best, expected = (minute, number), key
    session.commit()
    with clock.at(start + timedelta(minutes=instant)):
        assert release_queries.current(session).id == expected
        assert queries.current_id(session, clock.now()) == expected


def test_the_first_release_holds_since_ever_and_the_next_does_not(office):
    with clock.at(datetime(2020, 1, 1, tzinfo=clock.ZONE)):
        assert office.current == FIRST
    stand(office.session, "1" * 64, releases_pack(FILES))
    assert office.current == "1" * 64
    with clock.at(clock.now() - timedelta(minutes=1)):
        assert office.current == FIRST
