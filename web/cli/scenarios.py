"""`doudi scenarios`: the shipped models told as stories under a virtual clock, and which flows the stories took."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from web.cli.shared import as_json, show

MODELS = Path(__file__).parents[2] / "bpmn"


@click.command()
@click.argument("path", default=MODELS, type=click.Path(exists=True, file_okay=False, path_type=Path))
@as_json
def command(path: Path, as_json: bool) -> None:
    """在临时数据库中演练 PATH（默认为随程序的 bpmn/）的全部情景，报告走过的线路；有情景不符或线路未走到时退出码为 1。"""
    from engine.actors import SYSTEM
    from engine.database import db
    from engine.migrations import upgrade
    from engine.parameters import operations as parameters
    from engine.releases import operations as releases
    from registers.scenarios import run as scenarios
    from web.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scenarios.db"
        upgrade(url)
        settings = {"DOUDI_INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": url, "DEMO": False}
        with create_app(settings).app_context():
            try:
                parameters.load(SYSTEM)
                releases.deploy(releases.read(path), SYSTEM)
                report = scenarios.as_json(scenarios.run(db.session()))
            finally:
                db.session.remove()
                db.engine.dispose()
    if as_json:
        show(report)
    else:
        for story in report["scenarios"]:
            problems = "；".join(story["problems"])
            click.echo(f"{'✗' if problems else '✓'} {story['name']} {problems}".rstrip())
        for process, share in report["coverage"].items():
            left = report["missing"].get(process, [])
            click.echo(f"{process}：线路覆盖 {share:.0%}{'，未走到 ' + '、'.join(left) if left else ''}")
    if not report["ok"]:
        raise click.exceptions.Exit(1)
