"""Writing the area tree."""

from __future__ import annotations

from collections.abc import Sequence

from engine.actors import LEVELS, Actor
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.areas.models import Area


def register(actor: Actor, areas: Sequence[tuple[str, str]], synthetic: bool = False) -> int:
    """Adds or renames areas, `(path, name)` each; the level follows from the path. Returns how many there are now."""
    levels = {depth: level for level, depth in LEVELS.items()}
    with act(Verb.AREAS_REGISTERED, actor) as deed:
        veto.require(deed.session, Question("manage_accounts", actor))
        head = deed.subject("areas")
        for path, name in areas:
            deed.session.merge(Area(path=path, name=name, level=levels[path.count("/") + 1], synthetic=synthetic))
        deed.record(head, after={"count": len(areas)})
    return len(areas)
