"""The door for XML: what comes through, and what is refused with a sentence."""

from __future__ import annotations

import pytest

from engine.errors import Unparsable
from engine.releases import xml

_HA = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x0 "ha">{_HA}]><a>&x9;</a>'


def test_plain_xml_comes_through() -> None:
    assert xml.parse(b"<a><b/></a>").tag == "a"
    assert xml.parse('<?xml version="1.0" encoding="GBK"?><a>文</a>'.encode("gbk")).text == "文"
    assert xml.parse('<?xml version="1.0" encoding="UTF-16"?><a>文</a>'.encode("utf-16")).text == "文"


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>',
        "<!DOCTYPE a><a/>",
        "<a>&x;</a>",
        "<a",
        "<a></b>",
        '{"a": 1}',
        '<?xml version="1.0" encoding="no-such"?><a/>',
    ],
)
def test_entities_document_types_and_broken_files_are_refused(text: str) -> None:
    with pytest.raises(Unparsable) as refused:
        xml.parse(text.encode())
    assert "文件" in refused.value.message
    assert "root:" not in refused.value.message


@pytest.mark.parametrize("data", [b"", b" \n", b"\0", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfe", bytes(range(256))])
def test_empty_and_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(Unparsable):
        xml.parse(data)


def test_entity_in_an_attribute_is_refused() -> None:
    with pytest.raises(Unparsable):
        xml.parse(b'<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>')


def test_fifty_megabytes_are_refused_unread() -> None:
    with pytest.raises(Unparsable, match="10MB"):
        xml.parse(b"<a>" + b"x" * 50_000_000)


@pytest.mark.parametrize("depth", [201, 300, 100_000])
def test_depth_is_bounded(depth: int) -> None:
    with pytest.raises(Unparsable):
        xml.parse(b"<a>" * depth + b"</a>" * depth)


def test_line_of_the_fault_is_said() -> None:
    with pytest.raises(Unparsable, match="第3行"):
        xml.parse(b"<a>\n\n<b></a>")
