"""A release as a zip and back: the same id, and nothing from outside that is not a release."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.releases.archive import LARGEST, pack, unpack
from engine.releases.operations import identity, read

FILES = read(Path(__file__).parents[4] / "bpmn")
NAMES = st.sampled_from(["a.bpmn", "decisions/b.dmn", "forms/c.form", "notices/d.html", "clocks.json"])
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200)


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return out.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as wrong:
        unpack(data)
    return wrong.value.data["problems"][0]["message"]


def test_what_is_shipped_goes_out_and_comes_in_as_the_same_release():
    assert identity(unpack(pack(FILES, "说明"))) == identity(FILES)
    assert pack(FILES) == pack(dict(reversed(FILES.items()))), "one release is always the same zip"


@given(st.dictionaries(NAMES, TEXTS, min_size=1))
def test_whatever_a_file_holds_survives_byte_for_byte(texts):
    files = {path: text.encode() for path, text in texts.items()}
    assert unpack(pack(files)) == files


def test_a_zipped_folder_and_what_systems_leave_in_it():
    found = unpack(
        zipped(("bpmn/a.bpmn", b"x"), ("bpmn/forms/b.form", b"y"), ("__MACOSX/bpmn/._a", b""), ("bpmn/.DS_Store", b""))
    )
    assert found == {"a.bpmn": b"x", "forms/b.form": b"y"}
    assert unpack(zipped(("forms/b.form", b"y"))) == {"forms/b.form": b"y"}


@pytest.mark.parametrize(
    "path", ["../a.bpmn", "/a.bpmn", "a/../../b.bpmn", "a\\b.bpmn", "C:/a.bpmn", "a//b.bpmn", "a\n.bpmn"]
)
def test_a_path_that_leads_elsewhere(path):
    assert "路径" in refused(zipped((path, b"x")))


def test_files_that_no_release_holds_are_named_all_at_once():
    said = refused(zipped(("a.bpmn", b"x"), ("b.exe", b"x"), ("c/d.py", b"x")))
    assert "b.exe、c/d.py" in said


def test_a_bomb_is_not_unpacked():
    assert "太大" in refused(zipped(("a.bpmn", b"0" * 30 * 1024 * 1024)))
    many = zipped(*((f"forms/{number}.form", b"0" * 2_000_000) for number in range(30)))
    assert len(many) < 100_000
    assert "太大" in refused(many)
    assert "没有这么多" in refused(zipped(*((f"forms/{number}.form", b"") for number in range(3001))))
    assert "MB" in refused(b"0" * (LARGEST + 1))


def test_a_head_that_lies_of_its_size():
    data = bytearray(zipped(("a.bpmn", b"0" * 5_000_000)))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(data))


def test_links_passwords_doubles_and_what_is_no_text():
    link = zipfile.ZipInfo("a.bpmn")
    link.external_attr = 0o120777 << 16
    assert "链接" in refused(zipped((link, b"/etc/passwd")))
    assert "大小写" in refused(zipped(("a.bpmn", b""), ("A.bpmn", b"")))
    assert "UTF-8" in refused(zipped(("a.bpmn", b"\xff")))
    assert "文本" in refused(zipped(("a.bpmn", b"a\0b")))
    locked = bytearray(zipped(("a.bpmn", b"x")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert "密码" in refused(bytes(locked))


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x05\x06" + b"\0" * 18, pack(FILES)[:-200], pack(FILES)[200:]])
def test_what_is_no_zip(data):
    assert refused(data)


@given(st.binary(max_size=400), st.integers(0, 2000))
def test_a_damaged_zip_is_refused_or_read_and_never_breaks(noise, at):
    data = bytearray(zipped(("a.bpmn", b"<a/>" * 200), ("forms/b.form", b"{}")))
    at %= len(data)
    data[at : at + len(noise)] = noise
    with contextlib.suppress(Invalid):  # Any other exception is a fault.
        unpack(bytes(data))
