"""The markup of a document: a short list of elements and one attribute or two, so that nothing can be hidden in it,
nothing runs in a browser and the layout is the system's."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

ELEMENTS = frozenset({
    "p", "h2", "h3", "h4", "strong", "em", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "div", "span",
    "section", "sup", "sub", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
})  # fmt: skip
VOID = frozenset({"br", "hr"})
ATTRIBUTES = {"class": None, "colspan": None, "rowspan": None, "scope": ("row", "col")}
#: Classes that a template may use: docs/documents.md says what each does.
CLASSES = frozenset({"center", "half", "keep", "narrow", "note", "right"})


class _Reader(HTMLParser):
    def __init__(self, classes: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.classes = classes
        self.faults: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.faults.append(f"不能用 <{tag[:20]}>")
            return
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in ELEMENTS and tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in ELEMENTS:
            return
        if tag in self.open:
            while self.open and self.open.pop() != tag:
                pass
        else:
            self.faults.append(f"</{tag}> 前面没有 <{tag}>")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append("不能用 <!-- 注释 -->，请用 {# 注释 #}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("不能写 <!…> 声明，版面由系统加")

    def handle_pi(self, data: str) -> None:
        self.faults.append("不能写 <?…> 指令")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("不能写 <![…]> 声明")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.faults.append(f"<{tag}> 不能写属性 {name[:20]}")
        elif name == "class":
            for each in value.split():
                if each not in self.classes:
                    self.faults.append(f"没有样式 {each[:20]}，能用的有{'、'.join(sorted(self.classes))}")
        elif name in ("colspan", "rowspan"):
            if not value.isascii() or not value.isdigit() or not 0 < int(value[:4]) < 100:
                self.faults.append(f"{name} 应为 1 至 99 的整数")
        elif ATTRIBUTES[name] and value not in ATTRIBUTES[name]:
            self.faults.append(f"{name} 不能写“{value[:20]}”")


def faults(html: str, classes: frozenset[str] = CLASSES) -> list[str]:
    """What is wrong with a piece of markup, in words; each thing once."""
    reader = _Reader(classes)
    reader.feed(html)
    reader.close()
    left = [f"<{tag}> 没有结束" for tag in reader.open if tag not in ("p", "li", "tr", "td", "th", "dt", "dd")]
    return list(dict.fromkeys([*reader.faults, *left]))


def words(html: str) -> str:
    """What a reader sees: the text without markup, white space taken out."""
    reader = _Reader(CLASSES)
    reader.feed(html)
    reader.close()
    return "".join("".join(reader.words).split())


def texts(tokens: Iterator[tuple[int, str, str]]) -> str:
    """The markup of a Jinja template as far as it stands written: its data tokens (`Environment.lex`)."""
    return "".join(value for _, kind, value in tokens if kind == "data")
