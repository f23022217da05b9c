"""`doudi bench draft`: what an owner who draws waits for: loading and saving a file, the check of the file while it is
drawn, the check of the whole release, the comparison with the base.

All through the operations and queries that the pages call, in one process, on a database of its own. Every round
changes the file, so that no answer is remembered; what was read of the other files is, as it is in a web worker. The
first check of a process reads them all.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from engine import clock
from engine.database import db
from engine.drafts import checking, operations, queries
from engine.releases import diff
from engine.releases import queries as releases
from web.bench.ground import Say, furnish, ground

TITLE = "流程草稿：打开、保存、边画边检查、整个版本检查、与基础版本比较"
#: One of each kind of file; the drawing is one of the larger ones.
PATHS = (
    "approval.bpmn",
    "publicity.bpmn",
    "decisions/dibao_amount.dmn",
    "forms/fill_application.form",
    "notices/acceptance_notice.html",
    "clocks.json",
)


def run(rounds: int = 20, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Figures in milliseconds; `url` is an empty database (SQLite in a temporary folder when absent)."""
    with ground(url) as made:
        owner = furnish()["owner"]
        draft = operations.begin(owner, "基准测试")
        session = db.session()
        files = dict(releases.contents(draft.base_id, session))
        found: dict[str, Any] = {"name": "draft", "database": made.database, "rounds": rounds, "files": len(files)}
        say("首次检查……")
        found["first_check"] = _figures([_spent(lambda: checking.check(session, draft, PATHS[0], files[PATHS[0]]))])
        for path in PATHS:
            say(f"{path}：{rounds} 次……")
            texts = [files[path].rstrip() + b"\n" * (number + 1) for number in range(rounds)]
            found[path] = {
                "check": _figures([_spent(lambda t=text: checking.check(session, draft, path, t)) for text in texts]),  # noqa: B023
                "save": _figures(
                    [
                        _spent(lambda n=number, t=text: operations.save(draft.id, owner, path, t, version=n))  # noqa: B023
                        for number, text in enumerate(texts)
                    ]
                ),
                "load": _figures([_spent(lambda: queries.content(session, draft, path)) for _ in texts]),  # noqa: B023
            }
        say("与基础版本比较……")
        changed = queries.files(session, draft)
        found["compare"] = _figures([_spent(lambda: diff.compare(files, changed)) for _ in range(rounds)])
        say("整个版本检查，改了一张图……")
        texts = [files[PATHS[1]].rstrip() + b"\n" * (100 + number) for number in range(3)]
        whole = [_spent(lambda t=text: checking.check(session, draft, PATHS[1], t, whole=True)) for text in texts]
        found["whole_check"] = _figures(whole)
        return found


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the wall, and of the processor."""
    begun = clock.monotonic(), clock.worked()
    work()
    return clock.monotonic() - begun[0], clock.worked() - begun[1]


def _figures(spent: list[tuple[float, float]]) -> dict[str, float]:
    walls, cpus = (sorted(each * 1000 for each in some) for some in zip(*spent, strict=True))
    return {
        "median_ms": round(statistics.median(walls), 1),
        "p95_ms": round(walls[min(len(walls) - 1, int(len(walls) * 0.95))], 1),
        "cpu_median_ms": round(statistics.median(cpus), 1),
    }
