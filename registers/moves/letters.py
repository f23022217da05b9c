"""The letter of a move, issued inside its act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.releases import queries as releases
from engine.runtime.models import Instance
from engine.transactions import Deed
from registers.notices import issuing
from registers.notices.models import Notice


def issue(deed: Deed, instance: Instance, template: str, key: str, given: Mapping[str, Any]) -> Notice:
    """By the release of the case; one that has no such letter yet takes the current one's. Raises DoudiError in words
    when it would have a hole: then the move does not happen."""
    call = issuing.outside(deed.session, instance, deed.actor, deed.now)
    if template not in call.release.notices:
        call = replace(call, release=releases.load(releases.current(deed.session).id, deed.session))
    return issuing.issue(call, template, key, given)


def reason(text: str, clause: str) -> dict[str, Any]:
    """A reason as letters list it."""
    return {"text": text, "clause": clause}
