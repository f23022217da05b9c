"""`doudi scenarios`: the stories of the shipped models under the virtual clock, and what they cover."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from web.cli.shared import as_json, show


@click.command()
@click.argument("models", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("bpmn"))
@as_json
def command(models: Path, as_json: bool) -> None:
    """在临时库中演练全部情景，报告每个流程的顺序流覆盖率。不影响本机的数据。"""
    from engine.actors import SYSTEM
    from engine.database import db
    from engine.migrations import upgrade
    from engine.parameters import operations as parameters
    from engine.releases import operations as releases
    from registers.scenarios import run as scenarios
    from web.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scenarios.db"
        app = create_app({"DOUDI_INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": url, "DEMO": False})
        with app.app_context():
            upgrade(url)
            parameters.load(SYSTEM)
            releases.deploy(releases.read(models), SYSTEM)
            report = scenarios.as_json(scenarios.run(db.session()))
            db.session.remove()
            db.engine.dispose()
    if as_json:
        show(report)
    else:
        for told in report["scenarios"]:
            click.echo(f"{'有误' if told['problems'] else '通过'}  {told['name']}")
            for problem in told["problems"]:
                click.echo(f"      {problem}")
        for process, share in sorted(report["coverage"].items()):
            click.echo(f"{share:7.1%}  {process}")
            for flow in report["missing"].get(process, []):
                click.echo(f"         未走到：{flow}")
    if not report["ok"]:
        raise click.exceptions.Exit(1)
