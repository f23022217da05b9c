"""A visit in a real browser whose network is really cut: taken along, filled in, killed, opened again, brought back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from engine.database import db
from engine.runtime import operations as runtime
from engine.runtime import queries
from registers.demonstration.acts import Plan, values
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township, family_of_three

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]
#: Words that stand nowhere else: whoever finds them in the browser's files has read what was typed.
SECRET = "土坯房两间漏雨严重"
#: Every byte of the encrypted rows, as text.
RAW = """async () => {
  const db = await new Promise((done) => { const asked = indexedDB.open('doudi-visits');
    asked.onsuccess = () => done(asked.result); });
  const rows = (name) => new Promise((done) => { const asked = db.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result); });
  const found = [...await rows('packets'), ...await rows('photos')];
  return found.flatMap((row) => [row, row.about, row.image]).filter((each) => each && each.data)
    .map((each) => new TextDecoder().decode(each.data));
}"""
EXPORT = """async () => {
  const db = await new Promise((done) => { const asked = indexedDB.open('doudi-visits');
    asked.onsuccess = () => done(asked.result); });
  const [phone] = await new Promise((done) => { const asked = db.transaction('phones').objectStore('phones').getAll();
    asked.onsuccess = () => done(asked.result); });
  return crypto.subtle.exportKey('raw', phone.key).then(() => 'read', () => 'refused');
}"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": "zh-CN"}


@pytest.fixture
def town() -> Township:
    return Township(db.session())


@pytest.fixture
def plan() -> Plan:
    return Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people


@pytest.fixture
def item(town: Township, plan: Plan) -> Any:
    """A home visit in the hands of the investigator."""
    instance = town.apply(plan)
    for element, who in (("check_completeness", "clerk"), ("receive_corrections", "clerk"),
                         ("declare_relatives", "clerk"), ("arrange_survey", "director")):  # fmt: skip
        if element in town.items(instance):
            town.sign(instance, element, who, plan=plan)
    found = runtime.claim(town.items(instance)["home_visit"].id, town.people["investigator"])
    db.session.commit()
    return found


@pytest.fixture
def address(app: Any, item: Any) -> Iterator[str]:
    with serving(app) as address:
        yield address


class Pocket:
    """A phone with a browser on it: its files stay when the browser ends, however it ends."""

    def __init__(self, driver: Any, folder: Path, address: str) -> None:
        self.driver, self.folder, self.address = driver, folder, address
        self.said: list[str] = []
        self.context: BrowserContext | None = None

    def start(self, offline: bool = False) -> Page:
        self.context = self.driver.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
            base_url=self.address,
            **PHONE,
        )
        self.context.set_default_timeout(10000)
        self.context.set_offline(offline)
        page = self.context.pages[0]
        page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def kill(self) -> None:
        """The browser's processes die at once, as when a battery is empty."""
        mine = [
            int(found)
            for found in subprocess.run(["/bin/ps", "-eo", "pid="], capture_output=True, text=True).stdout.split()
            if str(self.folder) in _command(found)
        ]
        assert mine
        for each in mine:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            self.context.close()
        except Exception:
            return

    def everything(self) -> bytes:
        """All bytes that the browser left on the disk."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


@pytest.fixture
def pocket(address: str, tmp_path: Path) -> Iterator[Pocket]:
    with sync_playwright() as driver:
        one = Pocket(driver, tmp_path / "phone", address)
        yield one
        if one.context is not None:
            try:
                one.context.close()
            except Exception:
                one.context = None
    refused = [text for text in one.said if "Content Security Policy" in text or "Error:" in text]
    assert refused == []


def sign_in(page: Page, username: str = "investigator") -> None:
    page.goto("/sign-in?next=/visits/")
    page.get_by_label("账号", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="入户手机")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def take(page: Page) -> None:
    page.get_by_role("button", name="带走").first.click()
    expect(page.get_by_role("heading", name="入户调查", level=1)).to_be_visible()


def cut(page: Page, off: bool = True) -> None:
    """Without network, also for the service worker: only what is kept can answer."""
    page.context.set_offline(off)


def kept(page: Page) -> None:
    expect(page.get_by_text("已存在手机上，待同步")).to_be_visible()


def answers(item: Any, who: str, town: Township) -> dict[str, list[str]]:
    db.session.rollback()
    db.session.expire_all()
    return queries.draft(db.session(), f"item:{item.id}", town.people[who].id) or {}


def test_a_visit_without_network_survives_a_killed_browser_and_is_brought_back(pocket, item, town):
    page = pocket.start()
    sign_in(page)
    take(page)
    cut(page)
    page.reload()
    expect(page.get_by_label("吃穿用情况")).to_be_visible()
    expect(page.locator("#line")).to_have_text("没有网络")
    expect(page.get_by_label("工资性收入")).to_have_value("900")
    # What a condition hides appears without a server.
    expect(page.get_by_label("成员不一致的情况")).to_be_hidden()
    page.get_by_role("radiogroup", name="共同生活成员是否与申请一致").get_by_label("不一致", exact=True).check()
    expect(page.get_by_label("成员不一致的情况")).to_be_visible()
    page.get_by_label("成员不一致的情况").fill("长子常年在外")
    page.get_by_label("吃穿用情况").press_sequentially(SECRET)
    kept(page)
    pocket.kill()

    page = pocket.start(offline=True)
    page.goto("/visits/")
    page.get_by_role("link", name="入户调查").click()
    expect(page.get_by_label("吃穿用情况")).to_have_value(SECRET)
    expect(page.get_by_label("成员不一致的情况")).to_have_value("长子常年在外")
    page.get_by_role("button", name="同步").click()
    expect(page.locator("#told")).to_contain_text("网络不通")
    assert answers(item, "investigator", town) == {}

    cut(page, off=False)
    page.goto("/sign-in?next=/visits/")
    if page.get_by_label("账号", exact=True).count():
        sign_in(page)
    page.goto(f"/visits/#take-{item.id}")
    page.reload()
    page.get_by_role("button", name="同步").click()
    expect(page.locator("#told")).to_contain_text("已同步")
    brought = answers(item, "investigator", town)
    assert brought["living"] == [SECRET]
    assert brought["members_agree"] == ["false"]
    # The desk shows the draft and says where it came from.
    page.goto(f"/desk/items/{item.id}")
    expect(page.get_by_label("吃穿用情况")).to_have_value(SECRET)
    expect(page.get_by_text("其中有手机上填写的内容")).to_be_visible()


def test_nothing_typed_stands_readable_on_the_phone(pocket, item):
    page = pocket.start()
    sign_in(page)
    take(page)
    cut(page)
    page.get_by_label("吃穿用情况").fill(SECRET)
    page.get_by_label("见到的家庭成员").fill("GEHEIMNISVOLL")
    page.get_by_label("入户照片").set_input_files(
        {"name": "secret-photo-name.png", "mimeType": "image/png", "buffer": _picture()}
    )
    expect(page.get_by_text("待上传", exact=True)).to_be_visible()
    kept(page)
    raw = page.evaluate(RAW)
    assert len(raw) >= 3
    assert all(SECRET not in each and "GEHEIMNISVOLL" not in each and "PNG" not in each for each in raw)
    # The key cannot be read out by any script of the page.
    assert page.evaluate(EXPORT) == "refused"
    pocket.context.close()
    files = pocket.everything()
    for text in (SECRET, "GEHEIMNISVOLL", "secret-photo-name"):
        assert text.encode() not in files, text
        assert text.encode("utf-16-le") not in files, text


def test_after_signing_out_the_phone_answers_nothing_and_reads_nothing(pocket, item):
    page = pocket.start()
    sign_in(page)
    take(page)
    page.get_by_label("吃穿用情况").fill(SECRET)
    kept(page)
    page.goto("/desk/")
    page.get_by_label("账号菜单").click()
    page.get_by_role("button", name="安全退出").click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((found) => found.length)") == 0
    page.goto("/visits/")
    expect(page.get_by_text("手机上的内容已锁上")).to_be_visible()
    assert SECRET not in page.content()
    page.goto("/sign-in")
    page.evaluate(
        "navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((each) => each.unregister())))"
    )
    page.evaluate("caches.keys().then((all) => Promise.all(all.map((each) => caches.delete(each))))")
    cut(page)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/visits/")
    # Nothing is lost: signing in again opens it.
    cut(page, off=False)
    sign_in(page)
    page.get_by_role("link", name="入户调查").click()
    expect(page.get_by_label("吃穿用情况")).to_have_value(SECRET)


def test_both_sides_of_what_differs_are_shown_and_chosen(pocket, item, town, plan):
    page = pocket.start()
    sign_in(page)
    take(page)
    page.get_by_label("地点").fill("红柳村三组家中")
    page.get_by_label("吃穿用情况").fill("手机上写的")
    kept(page)
    here = dict(values("home_visit", plan, item.created_at, {}))
    assert here
    desk = {**answers(item, "investigator", town), "living": ["电脑上写的"], "conclusion": ["电脑上的结论"]}
    runtime.save_draft(f"item:{item.id}", town.people["investigator"], desk)
    page.get_by_role("button", name="同步").click()
    clash = page.get_by_role("region", name="两处填写不一样")
    expect(clash.get_by_role("group", name="吃穿用情况")).to_be_visible()
    expect(clash.get_by_label("手机上的：手机上写的")).to_be_visible()
    expect(clash.get_by_label("服务器上的：电脑上写的")).to_be_visible()
    # What only one side changed is no question.
    expect(clash.get_by_role("group", name="调查结论")).to_have_count(0)
    assert answers(item, "investigator", town)["living"] == ["电脑上写的"]
    for group in clash.get_by_role("group").all():
        group.get_by_role("radio").first.check()
    page.get_by_role("button", name="按选择的合并").click()
    expect(page.locator("#told")).to_contain_text("已同步")
    merged = answers(item, "investigator", town)
    assert merged["living"] == ["手机上写的"]
    assert merged["place"] == ["红柳村三组家中"]
    assert merged["conclusion"] == ["电脑上的结论"]


def test_what_somebody_else_holds_now_is_not_touched_and_the_text_can_be_saved(pocket, item, town):
    page = pocket.start()
    sign_in(page)
    take(page)
    page.get_by_label("吃穿用情况").fill(SECRET)
    kept(page)
    runtime.unclaim(item.id, town.people["investigator"])
    runtime.claim(item.id, town.people["investigator2"])
    page.get_by_role("button", name="同步").click()
    expect(page.get_by_role("alert")).to_contain_text("现在由")
    expect(page.get_by_label("吃穿用情况")).to_have_value(SECRET)
    with page.expect_download() as coming:
        page.get_by_role("button", name="导出文字").click()
    assert SECRET in Path(coming.value.path()).read_text()
    assert answers(item, "investigator", town) == {}


def test_the_worker_keeps_the_page_and_nothing_of_anybody(pocket, item):
    page = pocket.start()
    sign_in(page)
    take(page)
    page.goto("/desk/")
    page.goto(f"/desk/items/{item.id}")
    page.goto("/visits/")
    found = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((c) => c.keys()"
        ".then((all) => all.map((each) => new URL(each.url).pathname)))))).then((all) => all.flat())"
    )
    own = ("/visits/", "/visits/feel.js", "/visits/manifest.webmanifest")
    assert found
    assert all(path.startswith("/static/") or path in own for path in found)
    cut(page)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"/desk/items/{item.id}")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_fit_and_are_accessible(chromium, address, item, width):
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 844}, bypass_csp=True)
    context.set_default_timeout(10000)
    page = context.new_page()
    sign_in(page)
    found = []

    def look(name: str) -> None:
        if os.environ.get("DOUDI_PICTURES"):
            page.screenshot(path=f"{os.environ['DOUDI_PICTURES']}/{name}-{width}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((name, "wider than the screen"))
        for each in Axe().run(page).response["violations"]:
            found.extend((name, each["id"], node["html"][:160]) for node in each["nodes"][:2])

    look("visits")
    take(page)
    page.get_by_role("button", name="看看还缺什么").click()
    look("visit-form")
    page.goto("/visits/phones")
    look("visit-phones")
    page.goto(f"/desk/items/{item.id}")
    look("visit-item")
    page.goto("/help")
    look("help")
    context.close()
    assert found == []


def _picture() -> bytes:
    """A small picture."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xc8\x37\x2d" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
