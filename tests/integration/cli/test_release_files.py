"""`doudi release export|diff`: the same release comes back; what differs in words; a database only for an id."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.releases import archive
from engine.releases.loaded import pack
from engine.releases.operations import identity, read
from tests.support.standing import stand

MODELS = Path(__file__).parents[3] / "bpmn"


@pytest.fixture
def other(tmp_path):
    """The shipped models with another name on a step."""
    folder = tmp_path / "other"
    shutil.copytree(MODELS, folder)
    path = folder / "publicity.bpmn"
    path.write_text(path.read_text().replace('name="拟定公示内容"', 'name="拟定公示单"'))
    return folder


def test_a_release_is_exported_and_is_the_same_again(installed, doudi, session, tmp_path):
    files = read(MODELS)
    stand(session, identity(files), pack(files))
    target = tmp_path / "release.zip"
    ran = doudi("release", "export", str(target), "--json")
    assert (ran.code, ran.json["release"]) == (0, identity(files))
    assert identity(archive.unpack(target.read_bytes())) == identity(files)
    assert doudi("release", "export", identity(files)[:8], str(target)).code == 0
    assert "没有不同" in doudi("release", "diff", identity(files)[:8], str(target)).out
    unknown = doudi("release", "export", "ffffffff", str(target))
    assert unknown.code == 1
    assert "没有这个流程版本" in unknown.err
    assert doudi("release", "export", str(tmp_path / "no" / "x.zip")).code == 1


def test_folders_and_zips_are_compared_without_a_database(doudi, other, tmp_path, monkeypatch):
    monkeypatch.setattr("web.cli.release.application", lambda: pytest.fail("no database is needed"))
    ran = doudi("release", "diff", str(MODELS), str(other))
    assert ran.code == 0
    assert "publicity.bpmn（公示与异议处理）：修改" in ran.out
    assert "用户任务“拟定公示内容”改名为“拟定公示单”" in ran.out
    packed = tmp_path / "other.zip"
    packed.write_bytes(archive.pack(read(other)))
    (line,) = doudi("release", "diff", str(MODELS), str(packed), "--json").lines
    assert (line["file"], line["kind"], line["changes"][0]["element"]) == ("publicity.bpmn", "changed", "draft_notice")
    assert "没有不同" in doudi("release", "diff", str(other), str(packed)).out
    packed.write_bytes(b"no zip")
    ran = doudi("release", "diff", str(MODELS), str(packed))
    assert ran.code == 1
    assert "不是有效的 zip" in ran.err
