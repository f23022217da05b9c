"""Acting from the list: urge, order, reassign, ask for an extension, pause. A panel of a row, or a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.actors import ROLES, Actor
from engine.clocks import operations as clocks
from engine.clocks.ledger import CAUSES as CLOCK_CAUSES
from engine.clocks.models import Clock
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, WorkItem
from registers.board import lists
from registers.board.lists import Row
from registers.cases.rules import SEEING
from registers.supervision import operations as supervision
from web import people
from web.leaders.blueprints import View, blueprint, view
from web.security import me
from web.words import length

#: Lengths that an order offers for its reply.
REPLIES = ("1wd", "2wd", "3wd", "5wd", "10wd")
#: No more rows than a page of the list holds are urged at once.
MOST = lists.PAGE


@dataclass(frozen=True)
class Panel:
    """A row and what this leader may do with it."""

    row: Row
    instance: Instance
    item: WorkItem | None
    clock: Clock | None
    may: dict[str, bool]
    addressees: list[Actor]
    takers: list[Actor]
    reasons: dict[str, str]
    pauses: dict[str, str]


@dataclass(frozen=True)
class Refusal:
    """What went wrong with a form, and what was typed into it."""

    verb: str = ""
    message: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


@blueprint.get("/act/<any(item, clock):kind>/<int:key>")
def act(kind: str, key: int) -> str:
    """What can be done about a row."""
    return _draw(_panel(view(), kind, key), Refusal())


@blueprint.post("/act/<any(item, clock):kind>/<int:key>/<verb>")
def do(kind: str, key: int, verb: str) -> ResponseReturnValue:
    """Does it. A refusal comes back with its message at the field and everything that was typed."""
    if verb not in _DOES:
        raise NotFound("没有这种操作，请从督办面板进入。")
    panel = _panel(view(), kind, key)
    typed = {name: text for name, text in request.form.items() if not name.startswith(("csrf", "back"))}
    try:
        told = _DOES[verb](panel, typed)
    except Invalid as error:
        problems = {each["field"]: each["message"] for each in error.data.get("problems", [])}  # type: ignore[attr-defined]
        return _again(panel, Refusal(verb, "" if problems else error.message, problems, typed))
    except (Refused, Conflict) as error:
        return _again(panel, Refusal(verb, error.message, {}, typed))
    flash(told, "success")
    return _back()


@blueprint.post("/urge")
def urge_many() -> ResponseReturnValue:
    """Urges the ticked rows, each an act of its own, and says of each what came of it."""
    seen = view()
    keys = list(dict.fromkeys(each for each in request.form.getlist("item") if each.isdecimal() and len(each) < 10))
    results = []
    for key in keys[:MOST]:
        row = lists.one(seen.session, seen.scope, seen.staff, "item", int(key))
        if row is None:
            results.append((None, False, "已经办结，或不在您分管的地区。"))
            continue
        try:
            supervision.urge(row.id, me())
            results.append((row, True, f"已催办：{row.ball.who}"))
        except DoudiError as error:
            results.append((row, False, error.message))
    return render_template("leaders/urged.html", results=results, back=_local(request.form.get("back", "")))


def _panel(seen: View, kind: str, key: int) -> Panel:
    row = lists.one(seen.session, seen.scope, seen.staff, kind, key)
    if row is None:
        raise NotFound("没有找到这一项：它可能已经办结，或不在您分管的地区。")
    actor, session = me(), seen.session
    instance = session.get(Instance, row.instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请刷新后再试。")
    veto.require(session, Question("view", actor, instance=instance))
    item = session.get(WorkItem, key) if kind == "item" else None
    clock = session.get(Clock, key) if kind == "clock" else None

    def asks(verb: str) -> bool:
        return bool(veto.ask(session, Question(verb, actor, instance=instance, item=item)))

    longer = clock is not None and clock.extends_to is not None and not clock.lap and clock.paused_at is None
    in_time = clock is not None and (clock.due_at is None or seen.now < clock.due_at)
    named = clock.name.partition("#")[0] if clock is not None else ""
    spec = releases.load(instance.release_id, session).clocks.get(named)
    pauses = {code: CLOCK_CAUSES.get(code, code) for code in (spec.pauses if spec is not None else ())}
    may = {
        "urge": item is not None and asks("urge"),
        "assign": item is not None and asks("assign"),
        "order": asks("order"),
        "extend": longer and in_time and not row.asked and asks("ask_extension"),
        "pause": clock is not None and clock.paused_at is None and in_time and bool(pauses) and asks("pause"),
        "resume": clock is not None and clock.paused_at is not None and asks("pause"),
    }
    given = [(instance, item)] if item is not None and may["assign"] else []
    return Panel(
        row=row,
        instance=instance,
        item=item,
        clock=clock,
        may=may,
        addressees=_addressees(seen, instance, row) if may["order"] else [],
        takers=people.takers(seen.session, given, led=True, staff=seen.staff),
        reasons=_reasons(seen, instance) if may["extend"] else {},
        pauses=pauses,
    )


def _addressees(seen: View, instance: Instance, row: Row) -> list[Actor]:
    """Whom an order may go to: everybody with a duty in the case's area who has no conflict with it; whoever has the
    ball first."""
    there = [
        each
        for each in seen.staff.people.values()
        if each.id != me().id and any(each.holds(role, instance.area) for role in SEEING)
    ]
    free = [each for each in there if veto.ask(seen.session, Question("be_told", each, instance=instance))]
    return sorted(free, key=lambda each: (each.id != row.ball.account_id, each.name))


def _reasons(seen: View, instance: Instance) -> dict[str, str]:
    listed = str(parameters.of(seen.session, instance).get("extension_reasons", ""))
    codes = [each.strip() for each in listed.split(",") if each.strip()]
    return {code: CLOCK_CAUSES.get(code, code) for code in codes}


def _urge(panel: Panel, typed: dict[str, str]) -> str:
    supervision.urge(panel.row.id, me(), typed.get("text", ""))
    return f"已催办“{panel.row.what}”：{panel.row.ball.who}。"


def _order(panel: Panel, typed: dict[str, str]) -> str:
    to_id = typed.get("to_id", "")
    known = {str(each.id) for each in panel.addressees}
    problems = []
    if to_id not in known:
        problems.append({"field": "to_id", "message": "请选择被督办人。"})
    if not typed.get("text", "").strip():
        problems.append({"field": "text", "message": "请写明督办内容和要求。"})
    if typed.get("sure") != "yes":
        problems.append({"field": "sure", "message": "督办单签发后不能撤回，请勾选确认。"})
    if problems:
        raise Invalid(problems=problems)
    made = supervision.order(
        panel.row.instance_id,
        me(),
        to_id=int(to_id),
        text=typed.get("text", ""),
        reply=typed.get("reply", ""),
        item_id=panel.row.item_id,
    )
    return f"已签发督办单{made.number}，请{made.to_name}答复。"


def _assign(panel: Panel, typed: dict[str, str]) -> str:
    taker = next((each for each in panel.takers if str(each.id) == typed.get("to")), None)
    problems = []
    if taker is None:
        problems.append({"field": "to", "message": "请选择改派给谁。"})
    if not typed.get("reason", "").strip():
        problems.append({"field": "reason", "message": "请写明为什么改派。"})
    if problems or taker is None:
        raise Invalid(problems=problems)
    runtime.assign(panel.row.id, me(), taker, typed["reason"])
    return f"已把“{panel.row.what}”改派给{taker.name}。"


def _extend(panel: Panel, typed: dict[str, str]) -> str:
    clocks.ask_extension(panel.row.id, me(), reason=typed.get("why", ""), note=typed.get("note", ""))
    return f"已申请延长“{panel.row.what}”，等待分管领导批准。"


def _pause(panel: Panel, typed: dict[str, str]) -> str:
    clocks.pause(panel.row.id, me(), cause=typed.get("cause", ""), note=typed.get("pause_note", ""))
    return f"“{panel.row.what}”已暂停计时。"


def _resume(panel: Panel, typed: dict[str, str]) -> str:
    clocks.resume(panel.row.id, me(), note=typed.get("resume_note", ""))
    return f"“{panel.row.what}”已恢复计时。"


_DOES: dict[str, Callable[[Panel, dict[str, str]], str]] = {
    "urge": _urge,
    "order": _order,
    "assign": _assign,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
}
#: What operations call their fields, where a panel has two of a kind.
_FIELDS = {("extend", "reason"): "why", ("pause", "note"): "pause_note", ("resume", "note"): "resume_note"}


def _again(panel: Panel, refusal: Refusal) -> ResponseReturnValue:
    named = {_FIELDS.get((refusal.verb, name), name): message for name, message in refusal.problems.items()}
    known = Refusal(refusal.verb, refusal.message, named, refusal.typed)
    return _draw(panel, known), 422


def _draw(panel: Panel, refusal: Refusal) -> str:
    inside: Any = request.headers.get("HX-Request") == "true"
    return render_template(
        "leaders/panel.html" if inside else "leaders/act.html",
        panel=panel,
        row=panel.row,
        refusal=refusal,
        addressees=[(each.id, _titled(each)) for each in panel.addressees],
        takers=[(each.id, _titled(each)) for each in panel.takers],
        lengths=[(each, length(each)) for each in REPLIES],
        back=_local(request.values.get("back", "")),
        kind="item" if panel.row.item_id else "clock",
    )


def _titled(person: Actor) -> str:
    roles = "、".join(dict.fromkeys(ROLES.get(grant.role, grant.role) for grant in person.grants))
    return f"{person.name}（{roles}）"


def _back() -> ResponseReturnValue:
    """Where the leader came from; a script is told to go there."""
    to = _local(request.form.get("back", ""))
    if request.headers.get("HX-Request") == "true":
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = to
        return answer
    return redirect(to, 303)


def _local(path: str) -> str:
    """An address of our own; anything else leads to the list."""
    own = path.startswith(("/leaders/", "/cases/", "/orders/")) and "\\" not in path and "\n" not in path
    return path if own else url_for("leaders.overdue")
