"""The manual's Markdown as HTML: headings, paragraphs, lists, tables, our own pictures, links. All text is escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\((/[^)\s]*|#[^)\s]*)\)")
_PICTURE = re.compile(r"!\[([^\]]+)\]\(pictures/(manual/[a-z-]+\.png)\)")
_HEADING = re.compile(r"(#{1,3}) (.+)")
_LIST = re.compile(r"(?:[-*]|\d+\.) ")


@dataclass(frozen=True)
class Chapter:
    """A second-level heading of the page."""

    anchor: str
    title: str


@dataclass
class Text:
    """The page and its chapters, in order."""

    html: Markup = field(default_factory=Markup)
    chapters: list[Chapter] = field(default_factory=list)


def read(text: str, picture: str) -> Text:
    """`picture` is the address of pictures, with `{}` for the name."""
    made = Text()
    for block in re.split(r"\n\s*\n", text.strip()):
        made.html += _block(block, picture, made)
    return made


def _block(block: str, picture: str, made: Text) -> Markup:
    lines = block.splitlines()
    heading = _HEADING.fullmatch(lines[0])
    if heading:
        rest = "\n".join(lines[1:]).strip()
        return _heading(len(heading[1]), heading[2], made) + (_block(rest, picture, made) if rest else Markup(""))
    shown = _PICTURE.fullmatch(block.strip())
    if shown:
        frame = Markup(
            '<figure class="dd-figure"><img src="{}" alt="{}" loading="lazy"><figcaption>{}</figcaption></figure>'
        )
        return frame.format(picture.format(shown[2].removeprefix("manual/")), shown[1], shown[1])
    if all(line.startswith("|") for line in lines) and len(lines) > 2:
        return _table(lines)
    if _LIST.match(lines[0]):
        return _list(lines)
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _heading(level: int, title: str, made: Text) -> Markup:
    if level != 2:
        return Markup("<h{0}>{1}</h{0}>").format(level, _inline(title))
    chapter = Chapter(f"c{len(made.chapters) + 1}", title)
    made.chapters.append(chapter)
    return Markup('<h2 id="{}">{}</h2>').format(chapter.anchor, _inline(title))


def _list(lines: list[str]) -> Markup:
    tag = Markup("ol") if lines[0][0].isdigit() else Markup("ul")
    items: list[str] = []
    for line in lines:
        if _LIST.match(line):
            items.append(_LIST.sub("", line, count=1))
        else:
            items[-1] += line.strip()
    inside = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    return Markup("<{0}>{1}</{0}>").format(tag, inside)


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(_inline(cell)) for cell in rows[0])
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row))
        for row in rows[2:]
    )
    frame = Markup('<div class="dd-scroll" tabindex="0" role="region" aria-label="{}"><table class="table dd-table">')
    return frame.format(rows[0][0]) + Markup("<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>").format(
        head, body
    )


def _inline(line: str) -> Markup:
    safe = str(escape(line))
    safe = _BOLD.sub(r"<strong>\1</strong>", safe)
    safe = _CODE.sub(r"<kbd>\1</kbd>", safe)
    safe = _LINK.sub(lambda m: m[1] if m[2].startswith("//") else f'<a href="{m[2]}">{m[1]}</a>', safe)
    return Markup(safe)  # noqa: S704 - every piece was escaped first
