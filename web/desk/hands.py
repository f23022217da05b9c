"""An item goes into other hands, colleagues are asked to sign it: the page of one's own item, and of who is asked."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import forms
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import queries as runtime
from engine.runtime.hands import operations as hands
from engine.runtime.models import WorkItem
from engine.runtime.signers import operations as signing
from engine.runtime.signers import queries as asked
from engine.runtime.signers import rounds
from engine.runtime.signers.models import Round, Signer
from registers.cases.models import Case
from web import people
from web.desk import items
from web.desk.asking import Wrong, typed_in
from web.desk.views import blueprint
from web.forms import render_values
from web.security import me

Act = Callable[[int, dict[str, str]], str]


@blueprint.get("/desk/items/<int:item_id>/other")
def other(item_id: int) -> str:
    """Everything that can be done with one's item besides filling it in."""
    return _page(runtime.item(db.session(), item_id))


@blueprint.post("/desk/items/<int:item_id>/<any(transfer, delegate, signers, 'give-back'):what>")
def put(item_id: int, what: str) -> ResponseReturnValue:
    """Does it; what is wrong comes back at its field."""
    typed = typed_in()
    try:
        said = ACTS[what](item_id, typed)
    except (Invalid, Conflict, Refused) as error:
        typed |= {f"who_{each}": "yes" for each in request.form.getlist("people")}
        return _page(runtime.item(db.session(), item_id), Wrong.of(what, error, typed)), 422
    flash(said, "success")
    return redirect(url_for("desk.item", item_id=item_id) if what == "signers" else url_for("desk.inbox"), 303)


@blueprint.post("/desk/signers/<int:signer_id>/<any(remove, replace):what>")
def change_signer(signer_id: int, what: str) -> ResponseReturnValue:
    """Takes a colleague out, or puts another in their place."""
    typed, item_id = typed_in(), _item_of(signer_id)
    try:
        if what == "remove":
            signing.remove(signer_id, me(), typed.get("reason", ""))
        else:
            signing.replace(signer_id, me(), people.chosen(db.session(), typed.get("to", "")), typed.get("reason", ""))
    except (Invalid, Conflict, Refused) as error:
        return _page(runtime.item(db.session(), item_id), Wrong.of(f"signer-{signer_id}", error, typed)), 422
    flash("会签人已调整。", "success")
    return redirect(url_for("desk.item", item_id=item_id), 303)


@blueprint.post("/desk/rounds/<int:round_id>/answer")
def answer_round(round_id: int) -> ResponseReturnValue:
    """The holder answers an objection."""
    session, typed = db.session(), typed_in()
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound("没有找到这次会签，请刷新后查看。")
    item_id = found.work_item_id
    try:
        signing.answer(round_id, me(), typed.get("answer", ""))
    except (Invalid, Conflict) as error:
        return _page(runtime.item(db.session(), item_id), Wrong.of(f"round-{round_id}", error, typed)), 422
    flash("已答复，可以提交了。", "success")
    return redirect(url_for("desk.item", item_id=item_id), 303)


@blueprint.app_template_global("signatures_wanted")
def signatures_wanted() -> int:
    """How many signatures are asked of whoever looks, for the page of the inbox."""
    return asked.count_of(db.session(), me().id or 0)


@blueprint.get("/desk/signing")
def to_sign() -> str:
    """What waits for my signature."""
    session = db.session()
    rows = [
        (signer, round_, item, session.get(Case, item.instance_id))
        for signer, round_, item, instance in asked.asked_of(session, me().id or 0)
        if veto.ask(session, Question("sign", me(), instance=instance, item=item))
    ]
    return render_template("desk/signing.html", rows=rows, modes=rounds.MODES)


@blueprint.route("/desk/signing/<int:signer_id>", methods=["GET", "POST"])
def sign(signer_id: int) -> ResponseReturnValue:
    """What is to be signed, and signing it."""
    if request.method == "GET":
        return _sheet(signer_id)
    typed = typed_in()
    try:
        if typed.get("_do") not in ("agree", "object"):
            raise Invalid.at("opinion", "请选择同意还是不同意。")
        outcome = signing.opine(signer_id, me(), agree=typed.get("_do") == "agree", opinion=typed.get("opinion", ""))
    except (Invalid, Conflict, Refused) as error:
        return _sheet(signer_id, Wrong.of("sign", error, typed)), 422
    flash("已签字。", "success")
    if outcome is not None:
        items.tell(outcome)
    return redirect(url_for("desk.to_sign"), 303)


def _transfer(item_id: int, typed: dict[str, str]) -> str:
    to = people.chosen(db.session(), typed.get("to", ""))
    item = hands.transfer(item_id, me(), to, typed.get("reason", ""))
    return f"“{item.name}”已转办给{to.name}。"


def _delegate(item_id: int, typed: dict[str, str]) -> str:
    to = people.chosen(db.session(), typed.get("to", ""))
    item = hands.delegate(item_id, me(), to, typed.get("reason", ""))
    return f"“{item.name}”已委派给{to.name}，办好后会回到您这里，由您提交。"


def _give_back(item_id: int, typed: dict[str, str]) -> str:
    item = hands.give_back(item_id, me(), typed.get("reason", ""))
    return f"“{item.name}”的委派已结束，由{item.holder_name}办理。"


def _ask_signers(item_id: int, typed: dict[str, str]) -> str:
    wanted = [people.chosen(db.session(), each, "people") for each in _in_order(typed)]
    needed = typed.get("needed", "").strip()
    if needed and not (needed.isdecimal() and len(needed) < 4):
        raise Invalid.at("needed", "请填写人数，例如 2。")
    signing.ask(
        item_id,
        me(),
        wanted,
        place=typed.get("place", ""),
        mode=typed.get("mode", ""),
        needed=int(needed) if needed else None,
        reason=typed.get("reason", ""),
    )
    return f"已请{'、'.join(each.name for each in wanted)}会签。"


def _in_order(typed: dict[str, str]) -> list[str]:
    """The people who were ticked, by the places written beside them; those without one last, as they stand. Raises
    Invalid for a place that is no number, and when one after another is wanted but two have the same place or none."""
    ticked = request.form.getlist("people")
    places = {each: typed.get(f"order_{each}", "").strip() for each in ticked}
    if any(text and not (text.isdecimal() and text.isascii()) for text in places.values()):
        raise Invalid.at("order", "次序请写数字，例如 1、2、3。")
    if typed.get("mode") == "order" and len({*filter(None, places.values())}) < len(ticked) > 1:
        raise Invalid.at("order", "依次会签的，请给每个人写上不同的次序。")
    return sorted(ticked, key=lambda each: int(places[each] or 100))


ACTS: dict[str, Act] = {
    "transfer": _transfer,
    "delegate": _delegate,
    "signers": _ask_signers,
    "give-back": _give_back,
}


def _page(item: WorkItem, wrong: Wrong | None = None) -> str:
    session, actor = db.session(), me()
    veto.require(session, Question("view", actor, instance=item.instance, item=item))
    mine = item.state == "open" and item.holder_id == actor.id
    return render_template(
        "desk/other.html",
        item=item,
        case=session.get(Case, item.instance_id),
        mine=mine,
        takers=people.takers(session, [(item.instance, item)]) if mine and item.lent_by_id is None else [],
        signers=people.signers(session, item.instance, item) if item.state == "open" else [],
        rounds=rounds.of_item(session, item.id),
        modes=rounds.MODES,
        moments=rounds.PLACES,
        wrong=wrong or Wrong(),
    )


def _sheet(signer_id: int, wrong: Wrong | None = None) -> str:
    session, actor = db.session(), me()
    item = runtime.item(session, _item_of(signer_id))
    veto.require(session, Question("sign", actor, instance=item.instance, item=item))
    signer = session.get(Signer, signer_id)
    round_ = session.get(Round, signer.round_id)
    if signer.account_id != actor.id:
        raise Refused("这一项没有请您会签。")
    return render_template(
        "desk/sign.html",
        item=item,
        case=session.get(Case, item.instance_id),
        signer=signer,
        round=round_,
        turn=signer in rounds.turn(round_),
        content=_content(item, round_),
        earlier=items.papers(item.instance_id, without=item.id),
        modes=rounds.MODES,
        wrong=wrong or Wrong(),
    )


def _content(item: WorkItem, round_: Round) -> str:
    """What the signer reads: what was handed in, or before that what its holder typed, who asked for it to be read."""
    session = db.session()
    form = releases.load(item.instance.release_id, session).forms[item.form]
    standing = runtime.standing(session, item)
    if standing is not None:
        return render_values(form, standing.values)
    draft = runtime.draft(session, items.key(item.id), item.holder_id) if item.holder_id is not None else None
    if draft is None or round_.asked_by_id != item.holder_id:
        return ""
    return render_values(form, forms.submit(form, draft, item.instance.flow or {}).values)


def _item_of(signer_id: int) -> int:
    session = db.session()
    signer = session.get(Signer, signer_id)
    if signer is None:
        raise NotFound("没有找到这次会签，请刷新后查看。")
    return session.get(Round, signer.round_id).work_item_id
