"""`doudi bench release`: what the whole release costs: its lint, deploying it, loading it in a fresh process.

Each in a process of its own, so that nothing is warm: lint and load need no database, deploying has one of its own. Who
deploys has looked at the findings before: `deploy` is what comes after them, `lint_and_deploy` both in one. The
load is that of a process that has its imports and reads its first case: parsing every model of the stored release. The
processor's time says what it takes on a machine that does nothing else.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from web.bench.ground import MODELS, Say

TITLE = "整个流程版本：检查、发布、新进程首次载入"

#: What each process does, and prints in seconds.
PARTS = {
    "lint": """
from registers import install
install()
from engine import clock
from engine.parameters.seed import entries
from engine.releases.lint import lint
from engine.releases.operations import read
from engine.runtime.services import services
from engine.spiff.parser import parse
files, known = read(models), entries()
begun = clock.monotonic(), process_time()
reports = lint(files, services, parameters=frozenset(e.name for e in known), parse=parse,
               cited=[(e.name, e.clause or "") for e in known])
spent = clock.monotonic() - begun[0], process_time() - begun[1]
assert all(report.ok for report in reports), [p for report in reports for p in report.problems][:3]
""",
    "deploy": """
from web.bench.ground import ground
with ground(None):
    from engine import clock
    from engine.actors import SYSTEM
    from engine.parameters import operations as parameters
    from engine.releases import operations
    parameters.load(SYSTEM)
    files = operations.read(models)
    operations.judge(files)
    begun = clock.monotonic(), process_time()
    operations.deploy(files, SYSTEM)
    spent = clock.monotonic() - begun[0], process_time() - begun[1]
""",
    "lint_and_deploy": """
from web.bench.ground import ground
with ground(None):
    from engine import clock
    from engine.actors import SYSTEM
    from engine.parameters import operations as parameters
    from engine.releases import operations
    parameters.load(SYSTEM)
    files = operations.read(models)
    begun = clock.monotonic(), process_time()
    operations.deploy(files, SYSTEM)
    spent = clock.monotonic() - begun[0], process_time() - begun[1]
""",
    "load": """
from registers import install
install()
from engine import clock
from engine.releases.loaded import load, pack, unpack
from engine.releases.operations import read
stored = pack(read(models))
begun = clock.monotonic(), process_time()
load("", unpack(stored))
spent = clock.monotonic() - begun[0], process_time() - begun[1]
""",
}


def run(times: int = 5, models: Path = MODELS, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Figures in milliseconds, over `times` fresh processes each; `url` is not needed, deploying makes its own."""
    del url
    found: dict[str, Any] = {"name": "release", "processes": len(list(models.glob("*.bpmn"))), "times": times}
    for part, text in PARTS.items():
        say(f"{part}：{times} 个新进程……")
        spent = sorted(_once(text, models) for _ in range(times))
        walls, cpus = [wall for wall, _ in spent], sorted(cpu for _, cpu in spent)
        found[part] = {
            "median_ms": round(statistics.median(walls), 1),
            "p95_ms": round(walls[min(len(walls) - 1, int(len(walls) * 0.95))], 1),
            "cpu_median_ms": round(statistics.median(cpus), 1),
        }
    return found


def _once(text: str, models: Path) -> tuple[float, float]:
    """Milliseconds that one process measured: by the wall, and of the processor."""
    head = "from pathlib import Path\nfrom time import process_time"
    program = f"{head}\nmodels = Path({str(models)!r})\n{text}\nprint(*spent)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    wall, cpu = done.stdout.split()[-2:]
    return float(wall) * 1000, float(cpu) * 1000
