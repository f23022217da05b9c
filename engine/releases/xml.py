"""The only door through which XML comes in: no entities, no DTD, no network, a bounded size and depth."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.errors import Unparsable

LARGEST = 10 * 1024 * 1024
DEEPEST = 200


def parse(data: bytes) -> Any:
    """The root element. Raises Unparsable with a sentence for whatever is not plain, bounded XML."""
    if len(data) > LARGEST:
        raise Unparsable(f"文件超过{LARGEST // 1024 // 1024}MB，请确认选对了文件。")
    if not data.strip():
        raise Unparsable("文件是空的。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, said = error.lineno or 1, str(error.msg or "").splitlines()
        raise Unparsable(f"不是有效的XML文件，第{line}行有误：{(said or [''])[0][:200]}") from None
    except (ValueError, LookupError) as error:
        raise Unparsable(f"不是有效的XML文件：{str(error)[:200]}") from None
    if root.getroottree().docinfo.doctype:
        raise Unparsable("文件中有文档类型声明（DOCTYPE），模型文件不允许使用，请删除后再导入。")
    if _depth(root) > DEEPEST:
        raise Unparsable(f"文件的层次超过{DEEPEST}层，无法读取。")
    return root


def _depth(root: Any) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
