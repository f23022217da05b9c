"""Several items at once: taking, giving to somebody, handing in. Each is a transaction of its own with a result of its
own, so that one that cannot be done keeps nothing else from being done, and a second press does nothing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.actors import ROLES, Actor
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.forms import FieldProblem
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import WorkItem
from registers.cases import inbox as lists
from registers.cases.inbox import Asked
from web import clauses, people
from web.desk import drawing
from web.desk.items import done_before
from web.desk.views import blueprint, link, which_tab
from web.security import csrf, me

#: So many items at once; no item has a longer number.
MOST, DIGITS = 50, 12


@dataclass(frozen=True)
class Result:
    """What came of one item."""

    what: str
    done: bool
    said: str


@blueprint.post("/desk/claim")
def claim_many() -> ResponseReturnValue:
    """Takes what was ticked, each by itself: what cannot be taken says why and keeps nothing else from being taken."""
    taken, failed = [], []
    for key in ticked(request.form):
        try:
            taken.append(runtime.claim(key, me()).name)
        except DoudiError as error:
            failed.append((key, error.message))
    if taken:
        flash(f"认领了 {len(taken)} 件，已在“我的待办”里。", "success")
    named = known([key for key, _ in failed])
    for key, why in failed:
        flash(f"{named.get(key, '这一项')}没有认领：{why}", "warning")
    if not taken and not failed:
        flash("还没有选中事项。请先勾选要认领的，再按“认领选中”。", "info")
    return redirect(link(which_tab(), Asked.read(request.args), page=""))


@blueprint.get("/desk/assign")
def assign_many() -> ResponseReturnValue:
    """To whom the ticked items may be given."""
    return assign_page()


@blueprint.post("/desk/assign")
def assign_ticked() -> ResponseReturnValue:
    """Gives each of the items to one person; of each what came of it."""
    typed = {name: request.form.get(name, "") for name in ("to", "reason")}
    taker = next(
        (each for each in takers(assignable(ticked(request.form)), again=True) if str(each.id) == typed["to"]), None
    )
    problems = {}
    if taker is None:
        problems["to"] = "请选择指派给谁。"
    if not typed["reason"].strip():
        problems["reason"] = "请写明为什么指派。"
    if problems or taker is None:
        return assign_page(problems=problems, typed=typed), 422
    results = []
    keys = ticked(request.form)
    named = known(keys)
    for key in keys:
        try:
            runtime.assign(key, me(), taker, typed["reason"])
            results.append(Result(named.get(key, "这一项"), True, f"已交给{taker.name}"))
        except Invalid as error:  # The reason is too long: nothing was given to anybody.
            return assign_page(problems={"reason": error.message}, typed=typed), 422
        except DoudiError as error:
            results.append(Result(named.get(key, "这一项"), False, error.message))
    return render_template("desk/results.html", title="指派结果", did="指派", results=results)


@blueprint.get("/desk/bulk")
def bulk() -> ResponseReturnValue:
    """One form for equal items."""
    return bulk_page(ticked(request.args))


@blueprint.post("/desk/bulk")
def hand_in() -> ResponseReturnValue:
    """Hands in the form for each of the items; of each what came of it."""
    keys, given = ticked(request.form, "_item"), drawing.posted()
    if drawing.wants_edit():
        return bulk_page(keys, given=given)
    named = known(keys)
    results = []
    for key in keys:
        what = named.get(key, "这一项")
        try:
            # That the drawing allows it is asked of each item: what a page says of itself proves nothing.
            found = queries.item(db.session(), key)
            veto.require(db.session(), Question("view", me(), instance=found.instance, item=found))
            if found.state == "open" and not allowed(found):
                raise Refused("这个环节要逐件办理，不能合并办理。")
            outcome = runtime.complete(key, me(), posted=given)
            results.append(Result(what, True, "这件办件全部完成" if outcome.instance.status != "running" else "已办结"))
        except Invalid as error:
            if not any(each.done for each in results):
                return bulk_page(keys, given=given, problems=drawing.problems(error)), 422
            results.append(Result(what, False, error.message))
        except Conflict as error:
            same = done_before(key, given)
            results.append(Result(what, same, "刚才已经办结，没有重复办理" if same else error.message))
        except DoudiError as error:
            results.append(Result(what, False, error.message))
    return render_template("desk/results.html", title="合并办理结果", did="办结", results=results)


@csrf.redraws("desk.hand_in")
def again(message: str) -> ResponseReturnValue:
    """After the token ran out: the page with what was typed."""
    return bulk_page(ticked(request.form, "_item"), given=drawing.posted(), message=message)


def bulk_page(
    keys: Sequence[int],
    *,
    given: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[FieldProblem] = (),
    message: str = "",
) -> ResponseReturnValue:
    """The items and their one form; back to the list with a word when they are not equal."""
    session, actor = db.session(), me()
    found = [each for each in (_held(key) for key in keys) if each is not None]
    why = unequal(found)
    if why:
        flash(why, "warning")
        return redirect(url_for("desk.inbox", tab="work"))
    first = found[0]
    release = _release(first)
    clauses.turn_to(release)
    form, focus = release.forms[first.form], ""
    if given is not None:
        given, focus = drawing.pressed(form) or (given, "")
    shown = lists.todos(session, [each.id for each in found])
    return render_template(
        "desk/bulk.html",
        rows=[shown[each.id] for each in found],
        item=first,
        message=message,
        who=actor.id,
        form=drawing.draw(
            form, {"today": clock.today().isoformat()}, given=given, found=problems, focus=focus, preview_url=""
        ),
    )


def unequal(found: Sequence[WorkItem]) -> str:
    """Why these items cannot be handed in with one form; nothing when they can."""
    if not found:
        return "没有可以合并办理的事项：请勾选自己手中、标有“可合并”的同一环节。"
    if len({(each.instance.release_id, each.element_id, each.form) for each in found}) > 1:
        return "只有同一流程版本的同一环节才能合并办理，请分别勾选。"
    if not allowed(found[0]):
        return f"“{found[0].name}”要逐件办理，不能合并办理。"
    return ""


def allowed(item: WorkItem) -> bool:
    """Whether the drawing lets several of these be handed in with one form."""
    element = _release(item).elements.get(item.element_id)
    return element is not None and element.properties.get("bulk") == "yes"


def assign_page(problems: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None) -> str:
    """The ticked items that this leader may give away, and to whom."""
    items = assignable(ticked(request.values))
    shown = lists.todos(db.session(), [each.id for each in items])
    offered = [
        (each.id, f"{each.name}（{'、'.join(dict.fromkeys(ROLES.get(g.role, g.role) for g in each.grants))}）")
        for each in takers(items)
    ]
    rows = [(shown[each.id], each.holder_name) for each in items]
    return render_template("desk/assign.html", rows=rows, takers=offered, problems=problems or {}, typed=typed or {})


def assignable(keys: Sequence[int]) -> list[WorkItem]:
    """The open items among these that this leader sees and may give to somebody."""
    session, found = db.session(), []
    for key in keys:
        try:
            item = queries.item(session, key)
        except DoudiError:
            continue
        asked = [Question(verb, me(), instance=item.instance, item=item) for verb in ("view", "assign")]
        if item.state == "open" and all(veto.ask(session, each) for each in asked):
            found.append(item)
    return found


def takers(items: Sequence[WorkItem], again: bool = False) -> list[Actor]:
    """Who might take at least one of the items. `again`: also whoever has it already, for a second press of the button
    is answered for each item, too."""
    return people.takers(db.session(), [(each.instance, each) for each in items], led=True, holding=again)


def known(keys: Sequence[int]) -> dict[int, str]:
    """What a result calls these items, of those whose case this person may see."""
    session, seen = db.session(), []
    for key in keys:
        item = session.get(WorkItem, key)
        if item is not None and veto.ask(session, Question("view", me(), instance=queries.item(session, key).instance)):
            seen.append(key)
    return lists.names(session, seen)


def ticked(given: Any, name: str = "item") -> list[int]:
    """The numbers of the ticked items, each once; what is no number is none."""
    texts = dict.fromkeys(given.getlist(name)[:MOST])
    return [int(each) for each in texts if each.isascii() and each.isdigit() and len(each) <= DIGITS]


def _held(key: int) -> WorkItem | None:
    """The open item in this person's hands that they may still do; None for any other."""
    try:
        item = queries.item(db.session(), key)
    except DoudiError:
        return None
    if item.state != "open" or item.holder_id != me().id:
        return None
    question = Question("complete", me(), instance=item.instance, item=item)
    return item if veto.ask(db.session(), question) else None


def _release(item: WorkItem) -> LoadedRelease:
    return releases.load(item.instance.release_id, db.session())
