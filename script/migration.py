"""Autogenerates a revision against an empty SQLite database brought to the newest revision (see script/migration)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from engine import migrations
from registers import install

VERSIONS = migrations.FOLDER / "versions"


def main(arguments: list[str]) -> int:
    """Writes the revision and says where."""
    if len(arguments) != 1:
        print('usage: script/migration "what changed"  |  script/migration --initial')
        return 2
    initial = arguments == ["--initial"]
    if initial:
        for old in VERSIONS.glob("[0-9]*.py"):
            old.unlink()
    install()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/schema.db"
        migrations.upgrade(url)
        with migrations.connected(url) as connection:
            made = command.revision(
                migrations.config(connection), message="initial" if initial else arguments[0], autogenerate=True
            )
    if not made:
        print("the models and the newest revision agree: nothing to write")
        return 0
    path = Path(made.path)  # type: ignore[union-attr]
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "check", "--silent", "--fix", "--exit-zero", path], check=True)  # noqa: S603 -- our own linter
    subprocess.run([ruff, "format", "--quiet", path], check=True)  # noqa: S603
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
