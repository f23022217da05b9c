"""The page for visits, its worker and manifest (the same for everybody, nobody's data in them), and its questions."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from engine import clock
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.releases import queries as releases
from engine.runtime import queries as runtime
from registers.accounts import queries as accounts
from registers.visits import operations, queries
from registers.visits.models import VisitPhone
from registers.visits.operations import Sent
from web.security import me, public
from web.shell import asset
from web.visits import packet as packets

blueprint = Blueprint("visits", __name__)
#: What the page consists of; its worker keeps exactly these and nothing else.
FILES = ("built/page.css", "pages.css", "visits.css", "built/visits.js", "visit-icon.svg")
#: Most that one photo may weigh; the file store judges what is in it.
PHOTO = 20 * 1024 * 1024
STATUS = {Conflict: 409, Refused: 403, NotFound: 404, Invalid: 422}


def answered(view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
    """Answers are JSON, refusals too."""

    @wraps(view)
    def inner(**given: Any) -> ResponseReturnValue:
        try:
            return jsonify(view(**given))
        except (Conflict, Refused, NotFound, Invalid) as error:
            found = [each["message"] for each in error.data.get("problems", [])]  # type: ignore[attr-defined]
            told = {"message": "；".join(found) or error.message, "why": type(error).__name__.lower()}
            return jsonify(told), next(code for kind, code in STATUS.items() if isinstance(error, kind))

    return inner


@blueprint.get("/visits/")
@public
def shell() -> str:
    """The page itself: nobody's data, so that it may be kept."""
    return render_template("visits/shell.html", feel=feel_address())


@blueprint.get("/visits/worker.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker, told what to keep. Its address decides its scope: these pages and no other."""
    code = Path(current_app.static_folder or "", "built/visit-worker.js").read_text(encoding="utf-8")
    kept = [url_for("visits.shell"), url_for("visits.manifest"), feel_address(), *(asset(name) for name in FILES)]
    version = hashlib.sha256((shell() + code + "".join(kept)).encode()).hexdigest()[:12]
    told = f"self.KEPT = {json.dumps({'version': version, 'files': kept})};\n"
    return current_app.response_class(told + code, mimetype="text/javascript")


@blueprint.get("/visits/feel.js")
@public
def feel() -> ResponseReturnValue:
    """The thread that evaluates a form's expressions. A thread's script is asked for by its own address, so it must lie
    within the worker's scope to be found without network."""
    code = Path(current_app.static_folder or "", "built/visit-feel.js").read_bytes()
    return current_app.response_class(code, mimetype="text/javascript")


def feel_address() -> str:
    version = asset("built/visit-feel.js").partition("v=")[2]
    return url_for("visits.feel", v=version)


@blueprint.get("/visits/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    told = {
        "name": "兜底 · 入户手机",
        "short_name": "入户",
        "lang": "zh-CN",
        "id": url_for("visits.shell"),
        "start_url": url_for("visits.shell"),
        "scope": url_for("visits.shell"),
        "display": "standalone",
        "background_color": "#f4f6f9",
        "theme_color": "#1b3a63",
        "icons": [{"src": asset("visit-icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return current_app.response_class(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")


@blueprint.get("/visits/state")
@public
def state() -> ResponseReturnValue:
    """Who is signed in, the hour, what may be taken along. `ended` tells a phone to forget its key: the person signed
    out, or the account was closed or given another password; a session that merely rested too long keeps it."""
    if not current_user.is_authenticated or current_user.must_change_password:
        return jsonify({"signed_in": False, "ended": not rests()})
    found = db.session()
    return jsonify(
        {
            "signed_in": True,
            "account": current_user.id,
            "name": me().name,
            "csrf": generate_csrf(),
            "now": round(clock.wall().timestamp() * 1000),
            "items": packets.held(queries.held(found, current_user.id), found),
        }
    )


def rests() -> bool:
    """Whether a session is there that only ran out."""
    account = accounts.by_id(db.session(), session.get("account") or 0)
    return account is not None and account.active and account.epoch == session.get("epoch")


@blueprint.post("/visits/phones")
@answered
def open_phone() -> dict[str, Any]:
    """Registers this browser and gives it its key."""
    agent = request.user_agent.string
    kind = next((name for name in ("iPhone", "iPad", "Android", "Windows", "Mac", "Linux") if name in agent), "手机")
    return key_of(operations.open_phone(me(), kind))


@blueprint.post("/visits/phones/<phone_id>/key")
@answered
def phone_key(phone_id: str) -> dict[str, Any]:
    """The key again, after signing in; 403 when the phone was closed, which tells it to forget everything."""
    found = queries.phone(db.session(), phone_id, current_user.id)
    if found.closed_at is not None:
        raise Refused("这部手机已经注销，里面的内容不能再打开。")
    return key_of(found)


def key_of(phone: VisitPhone) -> dict[str, Any]:
    lasts = current_app.config["VISIT_KEY_SECONDS"]
    assert len(base64.b64decode(phone.secret)) == 32  # noqa: S101 -- a closed phone has none and never comes here
    return {"phone": phone.id, "key": phone.secret, "lasts": lasts}


@blueprint.get("/visits/phones")
def phones() -> str:
    """The person's phones; one that is lost is closed here."""
    return render_template("visits/phones.html", phones=queries.phones(db.session(), current_user.id))


@blueprint.post("/visits/phones/<phone_id>/close")
def close_phone(phone_id: str) -> ResponseReturnValue:
    operations.close_phone(phone_id, me())
    flash("这部手机已注销，里面没有同步的内容不能再打开。", "success")
    return redirect(url_for("visits.phones"))


@blueprint.post("/visits/items/<int:item_id>/take")
@answered
def take(item_id: int) -> dict[str, Any]:
    """An item with its form, for the phone."""
    given = body()
    made = operations.take(item_id, str(given.get("phone", "")), me())
    return packets.build(db.session(), made)


@blueprint.post("/visits/packets/<int:packet_id>/draft")
@answered
def draft(packet_id: int) -> dict[str, Any]:
    """What was typed on the phone, into the person's draft; or what clashes."""
    given = body()
    posted = given.get("posted")
    if not isinstance(posted, dict) or not all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in posted.values()
    ):
        raise Invalid.at("posted", "手机发来的内容读不出来，请更新手机上的页面后重试。")
    chosen = given.get("chosen") if isinstance(given.get("chosen"), dict) else {}
    received = operations.receive(packet_id, me(), posted, sent(given), chosen=chosen, seen=str(given.get("seen", "")))
    if not received.clashes:
        return {"state": "saved", "posted": received.posted}
    found = db.session()
    item = runtime.item(found, queries.packet(found, packet_id, current_user.id).work_item_id)
    form = releases.load(item.instance.release_id, found).forms[item.form]
    return {
        "state": "clash",
        "other": received.other,
        "seen": received.seen,
        "clashes": [
            {
                "name": each.name,
                "label": packets.title(form, each.name),
                "mine": packets.clash_words(form, each.name, each.mine),
                "theirs": packets.clash_words(form, each.name, each.theirs),
            }
            for each in received.clashes
        ],
    }


@blueprint.post("/visits/packets/<int:packet_id>/photos")
@answered
def photo(packet_id: int) -> dict[str, Any]:
    """One photo, as multipart: `file`, `field`, `key`, `acted`, `phone_now`."""
    request.max_content_length = PHOTO
    given = request.files.get("file")
    if given is None:
        raise Invalid.at("file", "没有收到照片，请重新同步。")
    kept = operations.receive_photo(
        packet_id,
        me(),
        sent(request.form),
        (given.filename or "照片.jpg")[-120:],
        given.stream,
        request.form.get("field", ""),
    )
    return {"state": "saved", "attachment": kept}


def body() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid.at("", "手机发来的内容读不出来，请更新手机上的页面后重试。")
    return given


def sent(given: Any) -> Sent:
    """The key and the two instants of what a phone sends, in milliseconds since 1970."""
    try:
        acted, now = (datetime.fromtimestamp(int(given[name]) / 1000, UTC) for name in ("acted", "phone_now"))
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise Invalid.at("acted", "手机的时间读不出来，请校准手机时间后重试。") from None
    return Sent(str(given.get("key", "")), acted, now)
