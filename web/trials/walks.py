"""`script/fuzz`: random walks through a folder of models, in several processes, each failing walk reproducible."""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine import clock
from registers.scenarios import reading
from registers.scenarios import run as scenarios
from registers.scenarios.fuzz.run import Start, Walked, plan, walks
from registers.scenarios.story import Story
from registers.scenarios.world import World
from web import trials

#: Thousands of small objects live as long as a world: looking through them again and again costs a tenth of the time.
GARBAGE = (50_000, 50, 50)


def take(
    models: Path, numbers: Sequence[int], seed: int, process: str | None = None, jobs: int = 1
) -> Iterator[Walked]:
    """The walks of these numbers, as they come in."""
    stories = [s for s in reading.read_all(models / "scenarios")[0] if process is None or s.process == process]
    if not stories:
        raise SystemExit(f"没有情景可以作为走查的起点：{process or models}")
    usual = scenarios.read_usual(models / "scenarios")[0]
    with tempfile.TemporaryDirectory() as folder:
        template = trials.prepare(models, folder)
        parts = plan(stories, seed, numbers)
        if jobs == 1:
            with trials.inhabited(template) as world:
                for part in parts:
                    yield from walks(world, stories, usual, seed, part)
            return
        begun = (template, stories, usual, seed)
        with multiprocessing.get_context("spawn").Pool(jobs, _settle, begun) as pool:
            for found in pool.imap_unordered(_part, parts):
                yield from found


class _Settled:
    """What a process of the pool keeps between two parts of the work."""

    begun: tuple[Any, ...] = ()
    world: World
    kept: Any


def _settle(template: Path, stories: Sequence[Story], usual: scenarios.Usual, seed: int) -> None:
    logging.disable(logging.CRITICAL)  # What is raised on purpose fills the log of every walk.
    gc.set_threshold(*GARBAGE)
    made = trials.inhabited(template)
    _Settled.begun, _Settled.world, _Settled.kept = (stories, usual, seed), made.__enter__(), made


def _part(starts: Sequence[Start]) -> list[Walked]:
    stories, usual, seed = _Settled.begun
    return list(walks(_Settled.world, stories, usual, seed, starts))


def main() -> int:
    """Prints what became of the walks; 1 when one broke something."""
    said = argparse.ArgumentParser(prog="script/fuzz", description="随机走查流程模型")
    said.add_argument("--walks", type=int, default=10_000, help="走多少次")
    said.add_argument("--seed", type=int, default=1, help="随机种子：相同的种子走相同的路")
    said.add_argument("--only", type=int, metavar="N", help="只重走第 N 次，并打印每一步")
    said.add_argument("--process", help="只从这个流程的情景出发")
    said.add_argument("--jobs", type=int, default=2, help="同时用几个进程")
    said.add_argument("--models", type=Path, default=Path("bpmn"))
    given = said.parse_args()
    numbers = [given.only] if given.only is not None else list(range(given.walks))
    ends, broken, acts, begun = Counter[str](), list[Walked](), 0, clock.monotonic()
    jobs = 1 if given.only is not None else given.jobs
    for count, walked in enumerate(take(given.models, numbers, given.seed, given.process, jobs), 1):
        ends.update(walked.ends)
        acts += walked.acts
        if given.only is not None:
            print(*walked.log, sep="\n")
        if walked.broken:
            broken.append(walked)
            print(f"第{walked.number}次（{walked.where}）：{walked.broken}", flush=True)
        if count % 500 == 0:
            print(f"走了 {count} 次，每秒 {count / (clock.monotonic() - begun):.1f} 次", file=sys.stderr, flush=True)
    spent = clock.monotonic() - begun
    print(
        f"{len(numbers)} 次走查，{acts} 步，{spent:.0f} 秒，每秒 {len(numbers) / spent:.1f} 次；出错 {len(broken)} 次"
    )
    for end, count in sorted(ends.items()):
        print(f"{count:7}  {end}")
    if broken:
        again = " ".join(sys.argv[1:])
        print(f"重走一次：script/fuzz {again} --only {broken[0].number}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
