"""The laws of the house that a program can check, by reading the source (docs/architecture.md).

python script/laws.py [ROOT]        prints file:line: what is wrong; exit code 1 when anything is
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("engine", "registers", "timers", "web")
LONGEST = 400

#: Law 1: calls that read a clock, and the one module that may.
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "datetime.datetime.today", "date.today", "datetime.date.today", "time.time", "time.time_ns", "time.localtime",
    "time.gmtime", "time.monotonic", "time.perf_counter", "time.thread_time", "time.process_time", "time.strftime",
    "time.ctime",
}  # fmt: skip
TELLS_TIME = "engine/clock.py"
#: Law 3: who may commit, who may open an act.
COMMITS = "engine/transactions.py"
WRITES = {f"sqlalchemy{part}.{verb}" for part in ("", ".orm", ".sql") for verb in ("insert", "update", "delete")}
#: Migrations change tables, not cases; their transaction is their own.
OWN_TRANSACTION = ("engine/migrations/",)
#: Law 9.
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "xml.etree", "xml.dom", "xml.sax"}
READS_XML = "engine/releases/xml.py"
PARSES = {"parse", "fromstring", "XML", "HTML", "iterparse", "fromstringlist", "XMLParser", "HTMLParser"}

LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
JSONB = re.compile(r"jsonb", re.IGNORECASE)
#: Addresses of package registries and paths of one machine have no place in a committed file.
REGISTRY = re.compile(r"https?://[^\s\"'<>]*(pypi|npmjs|registry|artifactory|nexus)[^\s\"'<>]*", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.])/(?:work/(?:main|shared)|home/[a-z][\w-]*|Users/[A-Za-z][\w-]*|root)(?:/|\b)")
TEXTS = {
    "", ".cfg", ".css", ".html", ".js", ".json", ".lock", ".md", ".mjs", ".py", ".sh", ".toml", ".txt", ".yaml",
    ".yml", ".bpmn", ".dmn", ".form", ".svg",
}  # fmt: skip

Finding = tuple[int, str]


def laws_of_source(path: str, text: str) -> list[Finding]:
    """Everything wrong with a Python file of the rooms; `path` is relative to the root."""
    found: list[Finding] = []
    try:
        tree = ast.parse(text, path)
    except SyntaxError as error:
        return [(error.lineno or 1, f"no Python: {error.msg}")]
    imported = _imported(tree)
    found += [
        (number, "left over: say it in an issue, not in the source")
        for number, line in enumerate(text.splitlines(), 1)
        if LEFT_OVER.search(line)
    ]
    found += [
        (number, "jsonb loses the order of keys: use engine.database.Json")
        for number, line in enumerate(text.splitlines(), 1)
        if JSONB.search(line) and "never jsonb" not in line
    ]
    lines = text.count("\n")
    if lines > LONGEST and not path.startswith("engine/migrations/versions/"):
        found.append((lines, f"{lines} lines: files stay below {LONGEST}"))
    for node in ast.walk(tree):
        found += ((node.lineno, what) for what in _laws_of_node(path, node, imported))
    return sorted(set(found))


def laws_of_text(path: str, text: str) -> list[Finding]:
    """What no committed file may contain."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if REGISTRY.search(line):
            found.append((number, "the address of a package registry: it is the reader's own choice"))
        if MACHINE.search(line):
            found.append((number, "a path of one machine"))
    return found


def _laws_of_node(path: str, node: ast.AST, imported: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imports(path, node)
    elif isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if raised is not None and _dotted(raised, {}) == "NotImplementedError":
            yield "left over: NotImplementedError"
    elif isinstance(node, ast.Call):
        yield from _call(path, node, imported)
    # Named, not only called: `default=datetime.now` reads the clock as well.
    elif path != TELLS_TIME and _dotted(node, imported) in CLOCKS:
        yield "law 1: only engine/clock.py tells the time"


def _call(path: str, node: ast.Call, imported: dict[str, str]) -> Iterator[str]:
    name = _dotted(node.func, imported)
    last = node.func.attr if isinstance(node.func, ast.Attribute) else name
    method = isinstance(node.func, ast.Attribute)
    if method and last == "commit" and path != COMMITS and not path.startswith(OWN_TRANSACTION):
        yield "law 3: only engine/transactions.py commits"
    opens = name in ("act", "engine.transactions.act", "transactions.act", "scratch", "engine.transactions.scratch")
    if opens and Path(path).name != "operations.py" and path != COMMITS:
        yield "law 3: only operations.py opens a transaction"
    writes = method and last in ("add", "add_all", "delete", "merge", "flush", "bulk_save_objects")
    if writes and path.startswith("web/") and re.search(r"(^|\.)(session|db)\b", _dotted(node.func.value, {})):
        yield f"law 3: web changes nothing itself (session.{last}): call an operation"
    if name in WRITES and path.startswith(("web/", "timers/")):
        yield f"law 3: {path.split('/')[0]} changes nothing itself ({name}): call an operation"
    if name in RUNS_TEXT or name in {f"builtins.{each}" for each in RUNS_TEXT}:
        yield f"law 9: {name}() runs text as a program"
    home, _, last = name.rpartition(".")
    if path != READS_XML and last in PARSES and home in ("lxml.etree", "lxml.objectify", "lxml.html"):
        yield "law 9: XML comes in through engine/releases/xml.py only"


def _imports(path: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [each.name for each in node.names]
    else:
        names = [f"{node.module}.{each.name}" for each in node.names] + [node.module or ""]
    for name in names:
        if name.startswith("xml.sax.saxutils"):  # Escaping is no parsing.
            return
        if any(name == module or name.startswith(f"{module}.") for module in UNSAFE_MODULES):
            yield f"law 9: {name} is not safe with what people hand in"
            return


def _imported(tree: ast.AST) -> dict[str, str]:
    """What the names of a module stand for: {"dt": "datetime", "now": "time.time"}."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update((each.asname, each.name) for each in node.names if each.asname)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)
    return names


def _dotted(node: ast.AST, imported: dict[str, str]) -> str:
    """`a.b.c` as it is written, its first name replaced by what was imported under it; calls in between are dropped."""
    if isinstance(node, ast.Name):
        return imported.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, imported)}.{node.attr}"
    if isinstance(node, ast.Call):
        return _dotted(node.func, imported)
    return "?"


def committed(root: Path) -> list[str]:
    """The files that git knows, or that it would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=root, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return sorted(name for name in listed.stdout.split("\0") if name and (root / name).is_file())


def main(root: Path) -> int:
    """Checks everything and prints what is wrong."""
    count = 0
    for name in committed(root):
        path = Path(name)
        if path.suffix not in TEXTS:
            continue
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = laws_of_text(name, text)
        if path.suffix == ".py" and path.parts[0] in ROOMS:
            found += laws_of_source(name, text)
        for line, what in sorted(found):
            print(f"{name}:{line}: {what}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]))
