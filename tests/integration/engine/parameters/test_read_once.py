"""The values of a day are read once in a transaction; what is written in between is seen at once."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import clock
from engine.actors import SYSTEM
from engine.parameters import operations, queries
from engine.parameters.models import Parameter
from tests.support.proposing import NAME

DAY = date(2026, 3, 2)


@pytest.fixture
def session(world):
    with clock.at(datetime(2026, 1, 5, 9, tzinfo=clock.ZONE)):
        operations.load(SYSTEM)
    world.session.rollback()
    return world.session


def double(session):
    """The row behind the standard, with twice its value."""
    row = session.query(Parameter).filter_by(name=NAME, voided_at=None).filter(Parameter.valid_from <= DAY).all()[-1]
    row.value = row.value * 2 if isinstance(row.value, int | float) else str(float(row.value) * 2)
    return row


def test_a_transaction_asks_once_for_each_day(session, statements):
    with statements.counted() as count:
        first, again = queries.on(session, DAY), queries.on(session, DAY)
        queries.on(session, date(2025, 3, 2))
    assert first == again
    assert first[NAME] > 0
    assert len(count.sql) == 2, count


def test_what_one_reader_does_to_its_values_is_not_seen_by_the_next(session):
    queries.on(session, DAY)[NAME] = "spoilt"
    assert queries.on(session, DAY)[NAME] != "spoilt"


def test_what_the_transaction_writes_and_takes_back_is_seen(session):
    before = queries.on(session, DAY)[NAME]
    double(session)
    session.flush()
    assert queries.on(session, DAY)[NAME] == 2 * before
    session.rollback()
    assert queries.on(session, DAY)[NAME] == before


def test_a_savepoint_that_is_rolled_back_leaves_nothing_behind(session):
    before = queries.on(session, DAY)[NAME]
    kept = session.begin_nested()
    double(session)
    session.flush()
    assert queries.on(session, DAY)[NAME] == 2 * before
    kept.rollback()
    assert queries.on(session, DAY)[NAME] == before


def test_the_next_transaction_reads_anew(session, world):
    before = queries.on(session, DAY)[NAME]
    session.rollback()
    double(session)
    session.commit()
    assert queries.on(session, DAY)[NAME] == 2 * before
