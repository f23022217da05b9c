"""An earlier form is corrected and comes straight back, on small drawings: no token moves, what was used bars it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import Conflict, Invalid, NotStraightBack, Refused
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.journal.verbs import Verb
from engine.outbox.models import Message
from engine.people import directory
from engine.releases import queries as releases
from engine.rules.veto import allow, forbid, veto
from engine.runtime import operations
from engine.runtime import queries as runtime
from engine.runtime.backentry import operations as backentry
from engine.runtime.corrections import operations as corrections
from engine.runtime.corrections import queries
from engine.runtime.corrections.models import Correction
from engine.runtime.hands import operations as hands
from engine.runtime.models import Draft, Incident, Instance, Signature, Submission, WorkItem
from engine.runtime.moves import operations as moves
from engine.runtime.returns import operations as returns
from engine.runtime.returns import queries as ways
from engine.runtime.services import services
from engine.runtime.signers import operations as signers
from tests.support.together import at_once

MAR_2 = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
PLAIN = "start s; user a; user b; user c; end e\n s > a > b > c > e"


@pytest.fixture(autouse=True)
def known(world, monkeypatch):
    """The two clerks have accounts."""
    people = {each.id: each for each in (world.zhang, world.li)}
    monkeypatch.setattr(directory, "actor", lambda _session, key: people.get(key))


def done(world, instance, element):
    return world.session.scalars(
        select(WorkItem)
        .where(WorkItem.instance_id == instance.id, WorkItem.element_id == element, WorkItem.state == "completed")
        .where(WorkItem.corrects_for_id.is_(None))
        .order_by(WorkItem.id.desc())
        .limit(1)
    ).one()


def asked(world, instance, at, of, actor=None, **more):
    """Whoever holds (or takes) the item `at` has the form of `of` corrected."""
    actor, item = actor or world.zhang, world.items(instance)[at]
    if item.holder_id is None:
        operations.claim(item.id, actor)
    more.setdefault("reason", "有误")
    return corrections.ask(item.id, actor, of_item_id=done(world, instance, of).id, **more)


def corrected(world, made, actor=None, **values):
    return operations.complete(made.item_id, actor or world.zhang, values={"note": "好", "ok": True, **values})


def prefilled(world, instance, element):
    item = runtime.item(world.session, world.items(instance)[element].id)
    return runtime.prefill(world.session, item, releases.load(instance.release_id, world.session))


def fresh(world, kind, key):
    return world.session.get(kind, key, populate_existing=True)


def finish(world, instance):
    for _ in range(30):
        items = world.items(instance)
        if not items:
            break
        item = items[sorted(items)[0]]
        form = releases.load(instance.release_id, world.session).forms[item.form]
        values = {key: True if key != "note" else "好" for key in form.questions}
        operations.complete(item.id, world.li if item.holder_id == world.li.id else world.zhang, values=values)
    assert fresh(world, Instance, instance.id).status == "completed"


def flow(world, instance):
    return fresh(world, Instance, instance.id).flow


# The way there and back


def test_a_form_is_corrected_and_comes_straight_back(world):
    world.deploy(main=PLAIN)
    with clock.at(MAR_2):
        instance = world.start()
        world.complete(instance, "b", world.li, note="缺一位")
        waits = world.items(instance)["c"]
        before, due = fresh(world, Instance, instance.id).state, waits.due_at
        made = asked(world, instance, "c", "b", reason="身份证号缺一位", marks={"note": "补全"})
    item = world.items(instance)["b"]
    assert (item.id, item.name, item.holder_id) == (made.item_id, "补正：b", world.li.id)
    assert item.due_at == due, "it is due when what waits for it is due"
    assert fresh(world, WorkItem, waits.id).awaits_id == item.id
    assert fresh(world, Instance, instance.id).state == before, "no token moved"
    with pytest.raises(Conflict, match="等待补正"):
        world.complete(instance, "c")
    with clock.at(MAR_2 + timedelta(hours=1)):
        outcome = corrected(world, made, world.li, note="补全了")
    assert outcome.finished
    assert set(world.items(instance)) == {"c"}
    waits = world.items(instance)["c"]
    assert (waits.awaits_id, waits.holder_id, waits.due_at) == (None, world.zhang.id, due)
    texts = [(each.element_id, each.values["note"]) for each in runtime.submissions(world.session, instance.id)]
    assert texts == [("a", "好"), ("b", "缺一位"), ("b", "补全了")]
    last = runtime.submissions(world.session, instance.id)[-1]
    assert last.supersedes_id is not None
    made = fresh(world, Correction, made.id)
    assert (made.state, made.changed, made.settled_by) == ("done", ["备注"], "李四")
    finish(world, instance)
    verbs = list(world.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)))
    assert verbs.count("actor:correction:asked") == verbs.count("actor:correction:came_back") == 1
    assert verify(world.session).ok


def test_the_form_is_filled_in_as_it_was_also_after_a_correction(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b", note="一")
    made = asked(world, instance, "c", "b")
    assert prefilled(world, instance, "b")["note"] == "一"
    corrected(world, made, note="二")
    again = asked(world, instance, "c", "b")
    assert again.of_item_id == made.of_item_id
    assert prefilled(world, instance, "b")["note"] == "二"
    corrected(world, again, note="三")
    returns.send_back(world.items(instance)["c"].id, world.zhang, to_item_id=made.of_item_id, reason="还是不对")
    assert prefilled(world, instance, "b")["note"] == "三"
    finish(world, instance)


def test_what_waits_and_what_corrects_take_no_other_way(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b")
    made = asked(world, instance, "c", "b")
    waits, first = world.items(instance)["c"].id, done(world, instance, "a").id
    with pytest.raises(Conflict, match="等待补正"):
        corrections.ask(waits, world.zhang, of_item_id=first, reason="再请一次")
    with pytest.raises(Conflict, match="本身是补正"):
        corrections.ask(made.item_id, world.zhang, of_item_id=first, reason="再请一次")
    with pytest.raises(Conflict, match="不能从这里退回"):
        returns.send_back(made.item_id, world.zhang, to_item_id=first, reason="不改")
    for each in (waits, made.item_id):
        with pytest.raises(Conflict, match="补正"):
            backentry.enter(each, world.zhang, acted_at=clock.now(), reason="停电", proof={}, values={})
    corrected(world, made)
    with pytest.raises(Conflict, match="不能取回"):
        returns.take_back(made.item_id, world.zhang)
    assert [each.item.element_id for each in ways.ways(world.session, world.items(instance)["c"])] == ["b", "a"]
    with pytest.raises(Invalid):
        corrections.ask(waits, world.zhang, of_item_id=made.item_id, reason="补正不是环节")
    finish(world, instance)
    returns.reopen(instance.id, world.zhang, reason="漏了一项")
    assert set(world.items(instance)) == {"c"}, "a correction is no last step"


def test_it_is_asked_by_who_has_the_item_in_hand_and_for_a_reason(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b")
    item, target = world.items(instance)["c"], done(world, instance, "b")
    with pytest.raises(Conflict, match="没有人认领"):
        corrections.ask(item.id, world.zhang, of_item_id=target.id, reason="x")
    operations.claim(item.id, world.li)
    with pytest.raises(Conflict, match="李四"):
        corrections.ask(item.id, world.zhang, of_item_id=target.id, reason="x")
    for more in ({"reason": " "}, {"marks": {"stranger": "?"}}, {"of_item_id": item.id}):
        with pytest.raises(Invalid):
            corrections.ask(item.id, world.li, **{"of_item_id": target.id, "reason": "x", **more})
    hands.delegate(item.id, world.li, world.zhang, "代填")
    with pytest.raises(Conflict, match="委派"):
        corrections.ask(item.id, world.zhang, of_item_id=target.id, reason="x")
    hands.give_back(item.id, world.li)
    signers.ask(item.id, world.li, [world.zhang], place="after", reason="看一下")
    operations.complete(item.id, world.li, values={"note": "好", "ok": True})
    with pytest.raises(Conflict, match="正在等会签"):
        corrections.ask(item.id, world.li, of_item_id=target.id, reason="x")
    assert world.session.scalars(select(Correction)).all() == []


# The flow's values


def test_changed_values_go_wherever_the_old_ones_were_carried(world):
    """Past a call activity that is over, and into the state of it: a later return finds them as they were corrected."""
    world.deploy(
        main="start s; user a; user b; call sub process=inner; user z; xor g; user y; user n; end e\n"
        "s > a > b > sub > z > g\ng > y : ok = true\ng > n : default\ny > e\nn > e",
        inner="start is; user i form=plain; user j form=plain; end ie\n is > i > j > ie",
        forms={"plain": [{"type": "textfield", "key": "note", "label": "备注"}]},
    )
    instance = world.start()
    world.complete(instance, "b", ok=True)
    for each in ("i", "j"):
        operations.complete(world.items(instance)[each].id, world.zhang, values={"note": each})
    made = asked(world, instance, "z", "b")
    corrected(world, made, ok=False)
    assert flow(world, instance)["ok"] is False
    item = world.items(instance)["z"]
    returns.send_back(item.id, world.zhang, to_item_id=done(world, instance, "j").id, reason="重办")
    assert flow(world, instance)["ok"] is False, "what came out of the finished call activity was corrected as well"
    operations.complete(world.items(instance)["j"].id, world.zhang, values={"note": "j"})
    assert flow(world, instance)["ok"] is False


def test_a_form_inside_a_finished_call_activity_is_corrected(world):
    world.deploy(
        main="start s; user a; call sub process=inner; user z; end e\n s > a > sub > z > e",
        inner="start is; user i; end ie\n is > i > ie",
    )
    instance = world.start()
    world.complete(instance, "i", ok=True)
    made = asked(world, instance, "z", "i")
    corrected(world, made, ok=False, note="改了")
    assert flow(world, instance)["ok"] is False
    finish(world, instance)


BRANCHES = """start s; user a; and split; user b form=first; user c form=second; user c2 form=second; and join; user d
    end e
    s > a > split
    split > b > join
    split > c > c2 > join
    join > d > e"""
YES_NO = [{"label": "是", "value": "true"}, {"label": "否", "value": "false"}]
FLOWS = {"flow": "true", "type": "boolean"}
TWO = {
    name: [{"type": "radio", "key": name, "label": name, "values": YES_NO, "properties": FLOWS}]
    for name in ("first", "second")
}


def put(world, instance, element, name, value, actor=None):
    return operations.complete(world.items(instance)[element].id, actor or world.zhang, values={name: value})


@pytest.mark.parametrize("last", ["b", "c2"])
def test_a_branch_that_is_done_is_corrected_while_and_after_the_other_runs(world, last):
    world.deploy(main=BRANCHES, forms=TWO)
    instance = world.start()
    put(world, instance, "c", "second", True)
    if last == "c2":
        put(world, instance, "b", "first", True)
        operations.claim(world.items(instance)["c2"].id, world.li)
        made = asked(world, instance, "c2", "b", world.li)
        operations.complete(made.item_id, world.zhang, values={"first": False})
        assert world.items(instance)["c2"].holder_id == world.li.id
        put(world, instance, "c2", "second", True, world.li)
    else:
        put(world, instance, "c2", "second", True)
        put(world, instance, "b", "first", False)
    assert set(world.items(instance)) == {"d"}
    assert (flow(world, instance)["first"], flow(world, instance)["second"]) == (False, True)
    made = asked(world, instance, "d", "b")
    operations.complete(made.item_id, world.zhang, values={"first": True})
    made = asked(world, instance, "d", "c2")
    operations.complete(made.item_id, world.li if last == "c2" else world.zhang, values={"second": False})
    assert (flow(world, instance)["first"], flow(world, instance)["second"]) == (True, False)
    made = asked(world, instance, "d", "c")
    operations.complete(made.item_id, world.zhang, values={"second": True})
    assert flow(world, instance)["second"] is False, "what c gave was overwritten by c2 and stays so"
    finish(world, instance)


GATE = """start s; user a; user b; xor g name=是否同意; user c form=plain; user n; end e
    s > a > b > g
    g > c : ok = true
    g > n : default
    c > e
    n > e"""
NOTE = {"plain": [{"type": "textfield", "key": "note", "label": "备注"}]}


def test_a_gateway_that_would_decide_otherwise_refuses_it_and_nothing_is_lost(world):
    world.deploy(main=GATE, forms=NOTE)
    instance = world.start()
    world.complete(instance, "b", world.li, ok=True)
    made = asked(world, instance, "c", "b")
    posted = {"note": ["改了"], "ok": ["false"]}
    before = fresh(world, Instance, instance.id).journal_seq
    with pytest.raises(NotStraightBack, match=r"是否同意”会走到别的环节.*退回") as refused:
        operations.complete(made.item_id, world.li, posted=posted)
    assert refused.value.element == "g"
    assert fresh(world, Instance, instance.id).journal_seq == before
    assert world.session.get(Draft, (f"item:{made.item_id}", world.li.id)).posted == posted
    made = fresh(world, Correction, made.id)
    assert (made.state, "是否同意" in made.stuck) == ("asked", True)
    subjects = list(world.session.scalars(select(Message.subject).order_by(Message.id)))
    assert "不能直接送回" in subjects[-1]
    sent = returns.send_back(world.items(instance)["c"].id, world.zhang, to_item_id=made.of_item_id, reason="改走退回")
    assert set(world.items(instance)) == {"b"}
    anew = fresh(world, WorkItem, sent.new_item_id)
    assert runtime.left_behind(world.session, anew, world.li.id) == posted, "what was typed is there to go on with"
    assert fresh(world, Correction, made.id).state == "cancelled"
    finish(world, instance)


def test_a_gateway_that_decides_the_same_lets_it_pass(world):
    world.deploy(main=GATE, forms=NOTE)
    instance = world.start()
    world.complete(instance, "b", ok=True, note="x")
    made = asked(world, instance, "c", "b")
    corrected(world, made, ok=True, note="y")
    assert fresh(world, Correction, made.id).state == "done"


def test_an_operation_that_read_the_value_refuses_it_and_one_that_did_not_lets_it_pass(world):
    @services.service("look", "看一看", outputs={"looked": "boolean"})
    def look(call):
        return {"looked": bool(call.flow["ok"])}

    @services.service("read", "登记备注", outputs={})
    def read(call):
        call.values("b").get("note")
        return {}

    world.deploy(main="start s; user a; user b; service n do=look|name=核对; user c form=plain; end e\n"
                 "s > a > b > n > c > e", forms=NOTE)  # fmt: skip
    instance = world.start()
    world.complete(instance, "b", ok=True)
    with pytest.raises(Invalid) as wrong:
        asked(world, instance, "c", "b", marks={"ok": "应为否"})
    assert "核对" in wrong.value.problems[0]["message"]
    made = asked(world, instance, "c", "b")
    with pytest.raises(NotStraightBack, match="核对"):
        corrected(world, made, ok=False)
    corrected(world, made, ok=True, note="只改备注")
    assert fresh(world, Correction, made.id).changed == ["备注"]

    world.deploy(main="start s; user a; user b; service n do=read|name=登记; user c form=plain; end e\n"
                 "s > a > b > n > c > e", forms=NOTE)  # fmt: skip
    instance = world.start()
    world.complete(instance, "b", ok=True)
    made = asked(world, instance, "c", "b")
    with pytest.raises(NotStraightBack, match="登记”已经用了“备注”"):
        corrected(world, made, note="另一个")
    corrected(world, made, ok=False)
    assert flow(world, instance)["ok"] is False


def test_when_all_of_the_form_was_used_nobody_is_asked_for_nothing(world):
    @services.service("all", "全部带走", outputs={})
    def everything(call):
        dict(call.values("b"))
        return {}

    world.deploy(main="start s; user a; user b; service n do=all|name=汇总; user c; end e\n s > a > b > n > c > e")
    instance = world.start()
    world.complete(instance, "b")
    with pytest.raises(Refused, match=r"汇总.*退回"):
        asked(world, instance, "c", "b")
    assert set(world.items(instance)) == {"c"}


def test_a_timer_or_a_later_form_that_used_the_value_refuses_it(world):
    world.deploy(main='start s; user a; user b; timer t wait=if ok then "7d" else "3d"; user c form=plain; end e\n'
                 "s > a > b > t > c > e", forms=NOTE)  # fmt: skip
    with clock.at(MAR_2):
        instance = world.start()
        world.complete(instance, "b", ok=True)
        (timer,) = world.timers(instance)
    with clock.at(timer.due_at):
        operations.fire(timer.id)
        made = asked(world, instance, "c", "b")
        with pytest.raises(NotStraightBack, match="期限是按原来的"):
            corrected(world, made, ok=False)


# What happens meanwhile


def test_it_is_taken_back_and_the_item_goes_on(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b", world.li)
    made = asked(world, instance, "c", "b")
    operations.save_draft(f"item:{made.item_id}", world.li, {"note": ["写了一半"]})
    corrections.cancel(made.id, world.zhang)
    with pytest.raises(Conflict, match="已经撤回"):
        corrections.cancel(made.id, world.zhang)
    assert set(world.items(instance)) == {"c"}
    assert world.items(instance)["c"].awaits_id is None
    with pytest.raises(Conflict, match="不需要办理"):
        corrected(world, made, world.li)
    again = asked(world, instance, "c", "b")
    item = fresh(world, WorkItem, again.item_id)
    assert runtime.left_behind(world.session, item, world.li.id) == {"note": ["写了一半"]}


def test_handing_in_and_taking_back_at_once_have_one_winner(app, world):
    world.deploy(main=PLAIN)
    for _ in range(6):
        instance = world.start()
        world.complete(instance, "b", world.li)
        made = asked(world, instance, "c", "b")
        key, item = made.id, made.item_id
        world.session.rollback()
        handed, cancelled = at_once(
            app,
            lambda key=item: operations.complete(key, world.li, values={"note": "改", "ok": True}),
            lambda key=key: corrections.cancel(key, world.zhang),
        )
        assert isinstance(handed, Conflict) != isinstance(cancelled, Conflict), (handed, cancelled)
        state = fresh(world, Correction, key).state
        assert state == ("cancelled" if isinstance(handed, Conflict) else "done")
        assert set(world.items(instance)) == {"c"}
        assert world.items(instance)["c"].awaits_id is None
        assert len(runtime.submissions(world.session, instance.id)) == (2 if state == "cancelled" else 3)


def test_a_case_that_ends_or_goes_back_takes_its_corrections_with_it(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b", world.li)
    made = asked(world, instance, "c", "b")
    returns.send_back(
        world.items(instance)["c"].id, world.zhang, to_item_id=done(world, instance, "a").id, reason="从头来"
    )
    assert set(world.items(instance)) == {"a"}
    assert fresh(world, Correction, made.id).state == "cancelled"
    world.complete(instance, "a")
    world.complete(instance, "b", world.li)
    made = asked(world, instance, "c", "b")
    moves.end(instance.id, world.zhang, verb=Verb.CASE_TERMINATED, outcome="terminated", reason="不办了")
    assert fresh(world, Correction, made.id).state == "cancelled"
    assert not world.items(instance)
    subjects = list(world.session.scalars(select(Message.subject)))
    assert any("终止" in each for each in subjects)


def test_a_return_beside_it_drops_only_what_is_no_longer_done(world):
    world.deploy(main=BRANCHES, forms=TWO)
    instance = world.start()
    put(world, instance, "b", "first", True)
    put(world, instance, "c", "second", True, world.li)
    made = asked(world, instance, "c2", "b")
    returns.send_back(
        world.items(instance)["c2"].id, world.zhang, to_item_id=done(world, instance, "b").id, reason="重走"
    )
    assert fresh(world, Correction, made.id).state == "cancelled"
    left = world.items(instance)
    assert set(left) == {"b", "c2"}
    assert left["c2"].awaits_id is None
    put(world, instance, "b", "first", True)
    kept = asked(world, instance, "c2", "b")
    assert fresh(world, Correction, kept.id).state == "asked"


def test_nothing_of_it_is_handed_in_while_the_case_rests(world, monkeypatch):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b")
    made = asked(world, instance, "c", "b")
    row = fresh(world, Instance, instance.id)
    row.suspended_at = clock.now()
    world.session.commit()
    with pytest.raises(Refused, match="中止"):
        corrected(world, made)
    row = fresh(world, Instance, instance.id)
    row.suspended_at = None
    world.session.commit()
    corrected(world, made)
    assert fresh(world, Correction, made.id).state == "done"


def test_who_may_not_any_more_is_not_asked_and_another_takes_it(world, monkeypatch):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b", world.li)
    barred = {world.li.id}

    def rule(_session, question):
        kin = question.actor.id in barred and question.verb in ("claim", "complete")
        return forbid("须回避") if kin else allow()

    monkeypatch.setattr(veto, "_rules", [rule])
    made = asked(world, instance, "c", "b")
    assert fresh(world, WorkItem, made.item_id).holder_id is None
    with pytest.raises(Refused, match="回避"):
        corrected(world, made, world.li)
    corrected(world, made, note="别人改的")
    made = asked(world, instance, "c", "b")
    barred.add(world.zhang.id)
    with pytest.raises(Refused, match="回避"):
        corrected(world, made)
    barred.clear()
    operations.assign(made.item_id, world.zhang, world.li, "换人")
    corrected(world, made, world.li)


def test_a_correction_goes_through_hands_and_signers_as_any_item(world):
    world.deploy(main="start s; user a; user b people=2; user c people=2; end e\n s > a > b > c > e")
    instance = world.start()
    world.complete(instance, "b")
    world.complete(instance, "b", world.li)
    world.complete(instance, "c", world.li)
    made = asked(world, instance, "c", "b")
    assert made.for_name == "c"
    item = fresh(world, WorkItem, made.item_id)
    assert (item.people, item.holder_id) == (2, None)
    assert not corrected(world, made, note="改").finished
    assert [each.element_id for each in runtime.submissions(world.session, instance.id)] == ["a", "b", "c"]
    assert corrected(world, made, world.li, note="改").finished
    assert not world.session.scalars(
        select(Signature).where(Signature.work_item_id == made.for_item_id, Signature.valid.is_(True))
    ).all(), "who had signed already must look again"
    made = asked(world, instance, "c", "b")
    operations.claim(made.item_id, world.zhang)
    hands.transfer(made.item_id, world.zhang, world.li, "轮换")
    hands.delegate(made.item_id, world.li, world.zhang, "代填")
    assert not corrected(world, made, note="代填的").finished
    corrected(world, made, world.li, note="代填的")
    assert corrected(world, made, note="代填的").finished
    assert fresh(world, Correction, made.id).state == "done"


def test_colleagues_sign_a_correction_and_then_it_comes_back(world):
    world.deploy(main=PLAIN)
    instance = world.start()
    world.complete(instance, "b", world.li)
    made = asked(world, instance, "c", "b")
    signers.ask(made.item_id, world.li, [world.zhang], place="after", reason="看一下")
    assert not corrected(world, made, world.li, ok=False).finished
    assert flow(world, instance)["ok"] is True
    waiting = world.session.scalars(select(signers.Signer).where(signers.Signer.state == "waiting")).one()
    assert signers.opine(waiting.id, world.zhang, agree=True).finished
    assert flow(world, instance)["ok"] is False
    assert fresh(world, Correction, made.id).state == "done"


def test_two_corrections_of_one_case_are_open_at_once_of_one_form_only_one(world):
    world.deploy(main=BRANCHES, forms=TWO)
    instance = world.start()
    world_b = world.items(instance)["b"].id
    operations.claim(world_b, world.zhang)
    put(world, instance, "c", "second", True, world.li)
    made = asked(world, instance, "b", "a")
    with pytest.raises(Conflict, match="已由张三"):
        asked(world, instance, "c2", "a", world.li)
    other = asked(world, instance, "c2", "c", world.li)
    operations.complete(other.item_id, world.li, values={"second": False})
    corrected(world, made, note="改了")
    assert {each.state for each in queries.of_case(world.session, instance.id)} == {"done"}


def test_what_is_parked_behind_the_form_runs_on_with_the_new_values(world):
    @services.service("want", "要否", outputs={})
    def want(call):
        if call.flow["ok"]:
            raise RuntimeError("还不行")
        return {}

    world.deploy(main="start s; user a; user b; and split; service n do=want; user c form=plain; and join; end e\n"
                 "s > a > b > split\nsplit > n > join\nsplit > c > join\njoin > e", forms=NOTE)  # fmt: skip
    instance = world.start()
    world.complete(instance, "b", ok=True)
    (incident,) = world.incidents(instance)
    made = asked(world, instance, "c", "b")
    corrected(world, made, ok=False)
    operations.retry(incident.id, world.zhang)
    assert fresh(world, Incident, incident.id).resolved_at is not None
    assert not world.incidents(instance)


def test_submissions_of_a_correction_count_for_nothing_before_it_is_back(world):
    world.deploy(main="start s; user a; user b people=2; user c; end e\n s > a > b > c > e")
    instance = world.start()
    world.complete(instance, "b")
    world.complete(instance, "b", world.li)
    made = asked(world, instance, "c", "b")
    corrected(world, made, note="只有一人签")
    rows = world.session.scalars(select(Submission).where(Submission.element_id == "b")).all()
    assert [each.values["note"] for each in rows] == ["好"]
    corrections.cancel(made.id, world.zhang)
    assert len(world.session.scalars(select(Submission).where(Submission.element_id == "b")).all()) == 1


def test_whoever_must_look_again_signs_the_very_same_again(world):
    world.deploy(main="start s; user a; user b; user c people=2; end e\n s > a > b > c > e")
    instance = world.start()
    world.complete(instance, "b")
    world.complete(instance, "c", world.li)
    made = asked(world, instance, "c", "b")
    corrected(world, made, note="改了")
    assert not world.complete(instance, "c").finished, "one valid signature is not two"
    assert world.complete(instance, "c", world.li).finished
