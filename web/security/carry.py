"""Keeps what somebody typed when the session or the page's token ran out before they pressed the button.

The sign-in page carries the posted fields as one hidden field; after signing in they become the person's draft of that
form and the form is shown again. Nothing is handed in without the person seeing it, and nothing is carried that
another site posted or another person typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from engine.actors import Actor
from engine.runtime import operations as runtime

#: endpoint → key of the draft, from the arguments of the page's address.
_drafts: dict[str, Callable[..., str]] = {}
LEFT_OUT = ("csrf_token",)


def keeps_draft(endpoint: str, key: Callable[..., str]) -> None:
    """Says under which key what was typed on a page is kept."""
    _drafts[endpoint] = key


def typed() -> dict[str, list[str]]:
    """The posted fields of a form without the page's own."""
    return {k: v for k, v in request.form.to_dict(flat=False).items() if k not in LEFT_OUT}


def fields(posted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What belongs to the form itself: `_row.…` stays, the page's buttons and marks go."""
    return {k: v for k, v in posted.items() if not k.startswith("_") or k.startswith("_row.")}


def packed() -> tuple[str, str]:
    """(address, posted fields) of this request when they may be carried, else two empty texts."""
    endpoint = request.endpoint or ""
    if request.method != "POST" or endpoint not in _drafts or not own_site():
        return "", ""
    return request.path, json.dumps(typed(), ensure_ascii=False)


def own_site() -> bool:
    """Whether the browser says that our own page sent this."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def unpack(actor: Actor, to: str, text: str) -> bool | None:
    """Keeps carried fields as the actor's draft. None when there are none, False when somebody else typed them."""
    if not to or not text or not own_site():
        return None
    key = _key(to)
    try:
        posted = json.loads(text)
    except ValueError:
        return None
    fits = isinstance(posted, dict) and all(
        isinstance(k, str) and isinstance(v, list) and all(isinstance(t, str) for t in v) for k, v in posted.items()
    )
    if key is None or not fits:
        return None
    if posted.get("_who") != [str(actor.id)]:
        return False
    runtime.save_draft(key, actor, fields(posted))
    return True


def _key(path: str) -> str | None:
    try:
        endpoint, given = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return None
    return _drafts[endpoint](**given) if endpoint in _drafts else None
