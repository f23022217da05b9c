"""Keeps what somebody typed when the session or the page's token ran out before they pressed the button.

The sign-in page carries the posted fields as one hidden field. After signing in they become the person's draft where
the page keeps drafts, and the form is shown again; of any other form a page shows what was typed, and one press hands
it in. Nothing is handed in without the person seeing it, and nothing is carried that another site posted, that another
person typed, or that is a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template, request, session
from werkzeug.exceptions import HTTPException

from engine.actors import Actor
from engine.runtime import operations as runtime

#: endpoint → key of the draft, from the arguments of the page's address.
_drafts: dict[str, Callable[..., str]] = {}
LEFT_OUT = ("csrf_token",)
#: Fields of secrets: they do not lie in a page that waits for somebody to sign in.
SECRETS = ("password", "old", "new", "secret")


def keeps_draft(endpoint: str, key: Callable[..., str]) -> None:
    """Says under which key what was typed on a page is kept."""
    _drafts[endpoint] = key


def typed() -> dict[str, list[str]]:
    """The posted fields of a form without the page's own."""
    return {k: v for k, v in request.form.to_dict(flat=False).items() if k not in LEFT_OUT}


def fields(posted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What belongs to the form itself: `_row.…` stays, and what a page asks beside its form (`_back.…`); the page's
    buttons and marks go."""
    return {k: v for k, v in posted.items() if not k.startswith("_") or k.startswith(("_row.", "_back."))}


def packed() -> tuple[str, str]:
    """(address, posted fields) of this request when they may be carried, else two empty texts."""
    posted = carried()
    return (request.path, json.dumps(posted, ensure_ascii=False)) if posted else ("", "")


def carried() -> dict[str, list[str]]:
    """The posted fields when they may be carried, with who typed them (`_who`), else none. A file cannot be carried."""
    if request.method != "POST" or not own_site():
        return {}
    posted = typed()
    if request.endpoint in _drafts:
        return posted
    secret = any(text for name in SECRETS for text in posted.get(name, ()))
    who = session.get("account")
    if secret or who is None or not posted or any(each.filename for each in request.files.values()):
        return {}
    return {**posted, "_who": [str(who)]}


def own_site() -> bool:
    """Whether the browser says that our own page sent this."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def read(actor: Actor, to: str, text: str) -> dict[str, list[str]] | None:
    """What the sign-in page carried to an address, empty when there is nothing; None when somebody else typed it."""
    if not to or not text or _endpoint(to) is None or not own_site():
        return {}
    try:
        posted = json.loads(text)
    except ValueError:
        return {}
    fits = isinstance(posted, dict) and all(
        isinstance(k, str) and isinstance(v, list) and all(isinstance(t, str) for t in v) for k, v in posted.items()
    )
    if not fits:
        return {}
    return posted if posted.get("_who") == [str(actor.id)] else None


def keep(actor: Actor, to: str, posted: Mapping[str, list[str]]) -> bool:
    """Makes it the actor's draft where the address keeps drafts; says whether it does."""
    endpoint, given = _endpoint(to) or ("", {})
    if endpoint not in _drafts:
        return False
    runtime.save_draft(_drafts[endpoint](**given), actor, fields(posted))
    return True


def again(to: str, posted: Mapping[str, list[str]]) -> str:
    """The page that shows what was typed and hands it in when the person says so."""
    own = {name: texts for name, texts in posted.items() if name != "_who"}
    # Choices, numbers of rows and addresses say nothing to a person; what they wrote does.
    wrote = [text for texts in own.values() for text in texts if not text.isascii()]
    return render_template("security/again.html", to=to, fields=own, wrote=wrote)


def _endpoint(path: str) -> tuple[str, Mapping[str, Any]] | None:
    try:
        return current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return None
