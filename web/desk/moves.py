"""Moving a case from outside its flow: what may be asked for, what waits for a confirmation, what rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.clocks import queries as clocks
from engine.clocks.ledger import cause_words
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import queries as runtime
from engine.runtime.models import Instance
from engine.runtime.moves import resting
from registers.cases.models import Case
from registers.households import changes
from registers.moves import correcting, dying, kinds, operations, queries, refusing, rescheming, withdrawing
from registers.moves.kinds import Kind
from registers.moves.models import Move
from web.desk.asking import Wrong, typed_in
from web.desk.views import blueprint
from web.security import me

#: What of a move's statement is shown, and what it is called; the rest is for whoever opens the file.
SHOWN = {
    "statement": "声明内容", "signer_name": "签字人", "evidence": "依据", "asked_for": "要求配合", "reason": "理由",
    "guardian": "监护人",
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A kind that this person may ask for; `refusal` is why not now."""

    kind: Kind
    refusal: str = ""


@blueprint.get("/desk/moves")
def moves() -> str:
    """What waits for a confirmation and what rests, in this person's areas."""
    session, actor = db.session(), me()
    veto.require(session, Question("see_moves", actor))
    waiting = [(move, row, _may_settle(session, move)) for move, row in queries.waiting(session, actor)]
    return render_template(
        "desk/moves.html",
        waiting=waiting,
        resting=queries.resting(session, actor),
        kinds=kinds.all_(),
        cause=cause_words,
        now=clock.now(),
    )


@blueprint.get("/cases/<int:instance_id>/moves")
def case_moves(instance_id: int) -> str:
    """Everything about the moves of one case."""
    return page(_instance(instance_id))


@blueprint.post("/cases/<int:instance_id>/moves/<kind>")
def ask_move(instance_id: int, kind: str) -> ResponseReturnValue:
    """Asks for a move; what is wrong comes back at its field with everything that was typed."""
    instance = _instance(instance_id)
    typed = typed_in()
    try:
        operations.ask(instance_id, me(), kind, typed)
    except (Invalid, Conflict, Refused) as error:
        return page(instance, Wrong.of(kind, error, typed)), 422
    flash(f"“{kinds.all_()[kind].title}”已登记，等待另一人核实确认后生效。", "success")
    return redirect(url_for("desk.case_moves", instance_id=instance_id), 303)


@blueprint.post("/moves/<int:move_id>/<any(confirm, refuse):answer>")
def settle_move(move_id: int, answer: str) -> ResponseReturnValue:
    """Confirms a move, or says why not. What cannot be undone is confirmed with a tick."""
    move = db.session().get(Move, move_id)
    if move is None:
        raise NotFound("没有找到这项变动，请刷新后查看。")
    instance, typed = _instance(move.instance_id), typed_in()
    form = f"settle-{move_id}"
    try:
        if answer == "confirm":
            if typed.get("sure") != "yes":
                raise Invalid.at("sure", "确认以后不能撤回，请核对后勾选。")
            done = operations.confirm(move_id, me(), typed.get("remark", ""))
            flash(f"已确认：{done.effect}。", "success")
        else:
            operations.refuse(move_id, me(), typed.get("remark", ""))
            flash("已答复不予确认，登记人会收到通知。", "success")
    except (Invalid, Conflict, Refused) as error:
        return page(instance, Wrong.of(form, error, typed)), 422
    return redirect(url_for("desk.case_moves", instance_id=instance.id), 303)


@blueprint.post("/cases/<int:instance_id>/rest")
def rest(instance_id: int) -> ResponseReturnValue:
    """Lets a case rest."""
    instance, typed = _instance(instance_id), typed_in()
    try:
        if typed.get("sure") != "yes":
            raise Invalid.at("sure", "中止期间任何人不能办理，请核对后勾选。")
        until = _day(typed.get("until", ""))
        operations.suspend(instance_id, me(), cause=typed.get("cause", ""), reason=typed.get("reason", ""), until=until)
    except (Invalid, Conflict, Refused) as error:
        return page(instance, Wrong.of("suspend", error, typed)), 422
    flash("办件已中止办理，已制发告知书；乡长、乡纪委和经办人已收到通知。", "success")
    return redirect(url_for("desk.case_moves", instance_id=instance_id), 303)


@blueprint.post("/cases/<int:instance_id>/wake")
def wake(instance_id: int) -> ResponseReturnValue:
    """Lets it go on."""
    instance, typed = _instance(instance_id), typed_in()
    try:
        operations.resume(instance_id, me(), remark=typed.get("remark", ""))
    except (Invalid, Conflict, Refused) as error:
        return page(instance, Wrong.of("resume", error, typed)), 422
    flash("办件已恢复办理，期限已扣除中止的天数。", "success")
    return redirect(url_for("desk.case_moves", instance_id=instance_id), 303)


def page(instance: Instance, wrong: Wrong | None = None) -> str:
    session, actor = db.session(), me()
    case = session.get(Case, instance.id)
    household = case.household_id if case is not None else None
    values = parameters.on(session, clock.today())
    causes = [each.strip() for each in str(values.get("suspension_causes", "")).split(",") if each.strip()]
    may_rest = bool(veto.ask(session, Question("move", actor, instance=instance, facts={"kind": "suspend"})))
    release = releases.load(instance.release_id, session)
    found = clocks.of_case(session, instance.id)
    known = queries.of_case(session, instance.id)
    excuses = {
        cause: [each.title for each in resting.pausing(release, found, cause, clock.now())[1]] for cause in causes
    }
    return render_template(
        "cases/moves.html",
        instance=instance,
        case=case,
        offers=_offers(session, instance),
        done=[(each, kinds.all_()[each.kind], _may_settle(session, each)) for each in known],
        suspension=queries.suspension_of(session, instance.id),
        may_rest=may_rest and instance.status == "running",
        causes=[(each, cause_words(each)) for each in causes],
        runs_on=excuses,
        cause=cause_words,
        members=changes.living(session, household) if household else [],
        signers=withdrawing.SIGNERS,
        sources=dying.SOURCES,
        ways=refusing.WAYS,
        fields=correcting.FIELDS,
        schemes=rescheming.schemes(session, instance),
        shown=SHOWN,
        wrong=wrong or Wrong(),
        today=clock.today(),
    )


def _offers(session: Session, instance: Instance) -> list[Offer]:
    found = []
    for kind in kinds.all_().values():
        facts = {"kind": kind.key, "step": "ask"}
        if not veto.ask(session, Question("move", me(), instance=instance, facts=facts)):
            continue
        waits = queries.waiting_of(session, instance.id, kind.key)
        refusal = f"已由{waits.asked_by}登记，正在等待确认。" if waits is not None else ""
        try:
            kind.fits(session, instance)
        except Refused as refused:
            refusal = refused.message
        found.append(Offer(kind, refusal))
    return found


def _may_settle(session: Session, move: Move) -> bool:
    if move.state != "asked":
        return False
    facts = {"kind": move.kind, "step": "confirm", "asked_by_id": move.asked_by_id}
    instance = session.get(Instance, move.instance_id)
    return bool(veto.ask(session, Question("move", me(), instance=instance, facts=facts)))


def _instance(instance_id: int) -> Instance:
    found = runtime.instance(db.session(), instance_id)
    veto.require(db.session(), Question("view", me(), instance=found))
    return found


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid.at("until", "请填写日期，例如 2026-04-30。") from None
