"""`doudi scenarios`: the stories of a folder of models under the virtual clock, and what they cover."""

from __future__ import annotations

from pathlib import Path

import click

from registers.scenarios.run import Report
from web.cli.shared import as_json, show


@click.command()
@click.argument("models", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("bpmn"))
@click.option("--only", help="只演练名称、流程或文件名中有这段文字的情景；不再要求覆盖全部顺序流。")
@click.option("--jobs", type=click.IntRange(1, 16), default=1, show_default=True, help="同时用几个进程。")
@click.option(
    "--flows", type=click.Path(dir_okay=False, path_type=Path), help="把对照表（docs/flows.md）写进这个文件。"
)
@as_json
def command(models: Path, only: str | None, jobs: int, flows: Path | None, as_json: bool) -> None:
    """在内存中的临时库里演练情景（MODELS 下的 scenarios/），报告每个流程的顺序流覆盖率。不影响本机的数据。"""
    from engine.errors import ReleaseRefused
    from registers.scenarios.run import as_json as shown
    from web import trials

    if flows is not None and only is not None:
        raise click.UsageError("--flows 要演练全部情景，不能和 --only 同用。")
    try:
        found = trials.run(models, only, jobs)
    except ReleaseRefused as refused:
        for report in refused.data["reports"]:
            for problem in report.problems:
                click.echo(f"{report.file}：“{problem.name}”{problem.message}", err=True)
        raise
    if as_json:
        show(shown(found))
    else:
        for problem in found.problems:
            click.echo(f"有误  {problem}")
        for told in found.told:
            click.echo(f"{'有误' if told.problems else '通过'}  {told.scenario}（{told.file}）")
            for problem in told.problems:
                click.echo(f"      {problem}")
        touched = {process for told in found.told for process, _ in told.elements}
        for process, share in sorted(found.coverage.items()):
            if only is not None and process not in touched:
                continue
            click.echo(f"{share:7.1%}  {process}")
            for flow in found.missing.get(process, []) if only is None else []:
                click.echo(f"         未走到：{flow}")
    wrong = bool(found.problems) or any(told.problems for told in found.told)
    if flows is not None:
        for fault in _table(models, found, flows):
            wrong = True
            click.echo(f"对照表  {fault}", err=True)
    if wrong or (only is None and not found.ok) or not found.told:
        raise click.exceptions.Exit(1)


def _table(models: Path, found: Report, target: Path) -> list[str]:
    """Writes the page of clauses, timers, elements and stories; what is wrong with it."""
    from engine.releases.loaded import load
    from engine.releases.operations import read
    from registers.scenarios import table

    return table.write(load("", read(models)), found.told, models, target)
