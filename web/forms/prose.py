"""The little Markdown that text components use: headings, lists, bold, links within the site."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\((/[^)\s]*|#[^)\s]*)\)")


def prose(text: str) -> Markup:
    """Text of a form's author as HTML."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        while lines and lines[0].startswith("#"):
            blocks.append(Markup('<p class="dd-heading">{}</p>').format(_inline(lines.pop(0).lstrip("# "))))
        if not lines:
            continue
        if all(re.match(r"([-*]|\d+\.)\s", line) for line in lines):
            tag = Markup("ol") if lines[0][0].isdigit() else Markup("ul")
            items = Markup("").join(
                Markup("<li>{}</li>").format(_inline(re.sub(r"^([-*]|\d+\.)\s+", "", line))) for line in lines
            )
            blocks.append(Markup("<{0}>{1}</{0}>").format(tag, items))
        else:
            blocks.append(Markup("<p>{}</p>").format(Markup("<br>").join(map(_inline, lines))))
    return Markup("").join(blocks)


def _inline(line: str) -> Markup:
    safe = str(escape(line))
    safe = _BOLD.sub(r"<strong>\1</strong>", safe)
    safe = _LINK.sub(lambda m: m[1] if m[2].startswith("//") else f'<a href="{m[2]}">{m[1]}</a>', safe)
    return Markup(safe)  # noqa: S704 - every piece was escaped first
