"""Random walks through the shipped models: 300 here, ten thousand by script/fuzz. Each ends in a named end or waits for
somebody, none raises; and the walks see what must not be."""

from __future__ import annotations

import pytest

from engine.statutes import rules
from registers.scenarios import reading, run
from registers.scenarios.fuzz import law, oracle
from registers.scenarios.fuzz.run import plan, walks
from registers.scenarios.fuzz.walk import startable
from registers.scenarios.telling import Telling
from tests.support.township import MODELS
from web import trials
from web.trials.walks import take

WALKS, SEED = 300, 2026


def statute_rules():
    return rules.read((MODELS / rules.FILE).read_bytes())[0]


def test_three_hundred_walks_break_nothing():
    walked = list(take(MODELS, range(WALKS), SEED, jobs=2))
    assert len(walked) == WALKS
    assert [(each.number, each.where, each.broken) for each in walked if each.broken] == []
    ends = {end for each in walked for end in each.ends}
    assert any(end.endswith("waits") for end in ends)
    assert {"dibao：confirmed", "dibao：refused"} <= ends


@pytest.fixture(scope="module")
def stories():
    return reading.read_all(MODELS / "scenarios")[0]


@pytest.fixture(scope="module")
def usual():
    return run.read_usual(MODELS / "scenarios")[0]


@pytest.fixture(scope="module")
def world():
    with trials.trial(MODELS) as made:
        yield made


def test_the_walks_begin_in_stories_of_every_process(stories):
    begun = {stories[start.story].process for part in plan(stories, SEED, range(WALKS)) for start in part}
    assert begun == {story.process for story in stories}


def test_a_seed_takes_the_same_walk_again(world, stories, usual):
    """The same acts at the same instants with the same answers; numbers of another seed take other walks."""
    first, again = ([list(walks(world, stories, usual, 5, p)) for p in plan(stories, 5, range(4))] for _ in range(2))
    assert [w.log for part in first for w in part] == [w.log for part in again for w in part]
    other = [list(walks(world, stories, usual, 6, p)) for p in plan(stories, 6, range(4))]
    assert [w.log for part in other for w in part] != [w.log for part in first for w in part]


# The oracle sees what must not be.


@pytest.fixture
def told(world, stories, usual):
    """The county after the first story of dibao, and an oracle that has seen nothing yet."""
    story = next(each for each in stories if each.file == "dibao/refused_county.yaml")
    with world.fresh(story.begins):
        Telling(world, story, usual).tell()
        yield world, oracle.Oracle(world.release, list(world.people().values()))


def looked(told, statement: str) -> str:
    world, seer = told
    session = world.session
    if statement:
        session.connection().exec_driver_sql(statement)
    return "；".join(seer.look(session))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE decision SET reasons = '[]'", "没有理由就不予确认"),
        ("UPDATE notice SET template = 'other'", "没有发出告知书"),
        ("UPDATE decision SET outcome = 'confirm'", "没有公示就确认了"),
        ("UPDATE instance SET outcome = NULL", "没有结果"),
        ("UPDATE instance SET outcome = 'county_decide'", "那不是它的结束事件"),
        ("UPDATE clock SET ended_at = NULL", "还在走"),
        ("UPDATE instance SET status = 'running', ended_at = NULL", "没有待办，没有定时器"),
        ("UPDATE work_item SET state = 'open'", "还有打开的待办"),
        ("UPDATE work_item SET state = 'open', role = 'emperor'", "没有人担任 emperor"),
    ],
)
def test_the_oracle_sees(told, statement, words):
    assert words in looked(told, statement)


APART = next(rule for rule in statute_rules() if rule.id == "spot-summary-apart")


@pytest.mark.parametrize(
    ("signed", "broken"),
    [
        ({"summarise_check": {7}, "approve_summary": {8}}, False),
        ({"summarise_check": {7}, "approve_summary": {7}}, True),
        # The approver sent it back and wrote it anew: it waits for somebody else's approval.
        ({"approve_summary": {7}, "summarise_check": {7}}, False),
    ],
)
def test_whoever_judged_an_earlier_round_is_not_the_judge_of_this_one(signed, broken):
    """The order of the rounds is that of the keys."""
    assert bool(list(law.signers_broke(APART, signed))) is broken


def test_a_sound_county_has_nothing_to_see(told):
    assert looked(told, "") == ""


def test_the_journal_is_proved(told):
    world, _ = told
    assert list(oracle.journal(world.session)) == []


def test_what_people_start_is_walked(world, stories):
    """Every process that people can start has a story, so that walks begin in it."""
    begun = {story.process for story in stories} | {s.case.partition("#")[0] for each in stories for s in each.steps}
    assert {process.id for process in world.release.processes.values() if startable(process)} <= begun
