"""An installation in memory on which a folder of models is tried: scenarios, walks of the fuzzer, trial runs.

It is a whole application with a database of its own. The clock of this process moves with the stories: a server that
serves people tries models in a process of their own.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from engine.actors import SYSTEM
from engine.database import db
from engine.migrations import upgrade
from engine.parameters import operations as parameters
from engine.releases import operations as releases
from registers.scenarios import reading, world
from registers.scenarios import run as scenarios
from registers.scenarios.story import Story
from timers.chores import CHORES
from web.app import create_app

#: Messages leave no house of a story, and nobody waits for a year's schedule in it.
LEFT_OUT = ("deliver", "missing-schedule", "statistics")


def prepare(models: Path, folder: str) -> Path:
    """A file with the county before every story: the models of `models`, the seed's parameters, areas and people.

    Raises ReleaseRefused when the lint objects to the models.
    """
    path = Path(folder) / "template.db"
    url = f"sqlite:///{path}"
    app = create_app({"DOUDI_INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": url, "DEMO": False})
    with app.app_context():
        upgrade(url)
        parameters.load(SYSTEM)
        releases.deploy(releases.read(models), SYSTEM)
        world.furnish()
        db.session.remove()
        db.engine.dispose()
    return path


@contextmanager
def inhabited(template: Path) -> Iterator[world.World]:
    """A world in memory that begins as `template` says."""
    settings = {"DOUDI_INSTANCE": str(template.parent), "SQLALCHEMY_DATABASE_URI": "sqlite://", "DEMO": False}
    app = create_app(settings)
    with closing(sqlite3.connect(":memory:")) as memory, app.app_context():
        with closing(sqlite3.connect(template)) as stored:
            stored.backup(memory)
        chores = tuple(chore.run for chore in CHORES if chore.name not in LEFT_OUT)
        try:
            yield world.World(memory, chores)
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def trial(models: Path) -> Iterator[world.World]:
    """A world on the models of a folder."""
    with tempfile.TemporaryDirectory() as folder, inhabited(prepare(models, folder)) as made:
        yield made


def run(models: Path, only: str | None = None, jobs: int = 1) -> scenarios.Report:
    """Tells the scenarios of a folder of models (`scenarios/` in it) in as many processes as `jobs` says."""
    stories, problems = reading.read_all(models / "scenarios", only)
    usual, wrong = scenarios.read_usual(models / "scenarios")
    with tempfile.TemporaryDirectory() as folder:
        template = prepare(models, folder)
        parts = [stories[n::jobs] for n in range(jobs)]
        tell = partial(_tell, template, usual)
        if jobs == 1:
            told = tell(parts[0])
        else:
            with multiprocessing.get_context("spawn").Pool(jobs) as pool:
                told = [each for found in pool.map(tell, parts) for each in found]
        with inhabited(template) as made, made.fresh(made.now):
            return scenarios.report(made.release, told, [*problems, *wrong])


def _tell(template: Path, usual: scenarios.Usual, stories: Sequence[Story]) -> list[scenarios.Told]:
    with inhabited(template) as made:
        return [scenarios.tell(made, story, usual) for story in stories]
