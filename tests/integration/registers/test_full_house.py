"""What the lists cost when a house is full: which index they take, what is asked once a page."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine import clock
from engine.database import db, refresh_statistics
from engine.journal.verbs import Verb
from engine.runtime.models import WorkItem
from engine.transactions import act, once, scratch
from registers.supervision import watched

#: Enough open items that reading them all is worse than anything else.
MANY = 3_000


def _fill(town):
    """Many open items, every hundredth of them urged."""
    with scratch() as filling:
        instance = town.instance()
        rows = [
            {
                "instance_id": instance.id, "task_id": f"t{n}", "process_id": "dibao", "element_id": "x",
                "name": "测试", "role": "clerk", "area": instance.area, "form": "x", "people": 1, "separate": [],
                "state": "open", "created_at": clock.now(), "due_at": clock.now(), "version": 1,
                "urged_at": clock.now() if n % 100 == 0 else None,
            }
            for n in range(MANY)
        ]  # fmt: skip
        filling.execute(sa.insert(WorkItem), rows)


def _plan(ask):
    """How SQLite would carry out the statement that counts what is supervised."""
    said = []

    def note(connection, _cursor, statement, parameters, *_rest):
        if "count(*)" in statement and not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            said.extend(row[-1] for row in rows)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return said


@pytest.mark.sqlite
def test_the_few_urges_of_a_full_house_are_found_by_their_own_index(town, session):
    head = town.person("head", "head")
    _fill(town)
    refresh_statistics(db.engine)
    db.engine.dispose()  # Connections that were open before learn of it when they are opened anew.
    session.rollback()
    said = _plan(lambda: watched.count(session, head))
    assert any("ix_work_item_urged" in line for line in said), said
    assert not any("ix_work_item_due" in line for line in said), said


def test_what_is_asked_once_is_asked_anew_by_the_next_page_and_inside_an_operation(town, session):
    asked = []

    def ask():
        asked.append(session.scalar(sa.select(sa.literal(1))))
        return len(asked)

    assert [once(session, "x", ask), once(session, "x", ask), once(session, "y", ask)] == [1, 1, 2]
    session.rollback()
    assert once(session, "x", ask) == 3
    with act(Verb.PARAMETER_SET, town.person("admin", "admin")) as deed:
        assert [once(session, "x", ask), once(session, "x", ask)] == [4, 5]
        deed.dismiss()
