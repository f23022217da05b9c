"""What a reader looks up must stand in the docs: verbs, service operations, roles, properties, commands."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from engine.actors import ROLES
from engine.journal.verbs import SENTENCES, Verb
from engine.runtime.services import services
from registers import install

DOCS = Path(__file__).parents[3] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", list(Verb), ids=lambda verb: verb.value)
def test_every_verb_has_a_sentence_and_stands_in_the_docs(verb):
    assert SENTENCES[verb]
    assert f"| `{verb.value}` | {SENTENCES[verb]} |" in page("journal.md")


def test_every_service_operation_stands_in_the_docs_with_its_repeatability():
    install()
    text = page("operations.md")
    for service in services.all():
        (row,) = re.findall(rf"^\| `{re.escape(service.name)}` .*$", text, re.MULTILINE)
        assert row.rstrip(" |").endswith(service.repeat), service.name
        for output in service.outputs:
            assert f"`{output}`" in row, (service.name, output)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_stands_in_the_conventions(role):
    assert f"`{role}` {ROLES[role]}" in page("conventions.md")


def test_every_command_stands_in_the_docs():
    from web.cli import main

    def commands(group: click.Command, path: str) -> list[str]:
        if not isinstance(group, click.Group):
            return [path]
        context = click.Context(group)
        return [
            found
            for name in group.list_commands(context)
            for found in commands(group.get_command(context, name), f"{path} {name}")
        ]

    text = page("commands.md")
    for command in commands(main, "doudi"):
        assert f"`{command}`" in text, command
