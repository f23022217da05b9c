"""The editor of drawings in a real browser, under the policy of the page: drawn, checked, undone, kept, shared."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Browser, Locator, Page, expect

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.drafts import operations, queries
from engine.releases import xml
from engine.releases.lint.model import read
from registers.demonstration.cast import PASSWORD
from tests.support.serving import serving
from tests.support.township import Township

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
]
expect.set_options(timeout=40_000)
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"DEMO": True}


@pytest.fixture
def house(app: Any) -> Township:
    house = Township(db.session())
    db.session.commit()
    return house


@pytest.fixture
def draft(house: Township) -> int:
    made = operations.begin(owner(house), "低保调整")
    return made.id


def owner(house: Township) -> Actor:
    return house.people["owner"]


@pytest.fixture
def address(app: Any, draft: int) -> Iterator[str]:
    with serving(app) as address:
        yield address
    clock.set_offset(timedelta(0))


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Any]:
    """`opened(username)` is a page of somebody signed in; at the end nothing was refused by the policy."""
    said: list[str] = []
    contexts = []

    def make(username: str, **context: Any) -> Page:
        one = chromium.new_context(base_url=address, **{"viewport": WIDE, **context})
        one.set_default_timeout(30000)
        contexts.append(one)
        page = one.new_page()
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/sign-in")
        page.get_by_label("账号", exact=True).fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator(".dd-name")).to_be_visible()
        return page

    yield make
    for each in contexts:
        each.close()
    # The browser itself notes every answer of 4xx; those are asked for.
    assert [text for text in said if "Failed to load resource" not in text] == []


def edit(page: Page, draft: int, path: str = "dibao.bpmn") -> None:
    page.goto(f"/models/drafts/{draft}/edit/{path}")
    expect(page.locator("[data-ready]")).to_be_visible()


def shape(page: Page, element: str) -> Locator:
    return page.locator(f'[data-element-id="{element}"]').first


def choose(page: Page, field: str, text: str, option: str) -> None:
    """Looks something up in a list and takes it."""
    box = page.get_by_role("combobox", name=field)
    box.click()
    box.fill(text)
    page.get_by_role("option", name=re.compile(option)).first.click()


def rename(page: Page, name: str) -> None:
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("名称", exact=True).blur()


def saved(page: Page) -> None:
    # What was just done reaches the state in a moment.
    page.wait_for_timeout(200)
    expect(page.locator("[data-state]")).to_have_attribute("data-state", "saved")


def stored(draft: int, path: str = "dibao.bpmn") -> Any:
    session = db.session()
    session.rollback()
    data = queries.content(session, queries.one(session, draft), path).data
    return read(path, xml.parse(data), 0).processes[0]


def test_a_new_step_is_drawn_filled_in_checked_undone_and_kept(opened, draft):
    page = opened("owner")
    edit(page, draft)
    saved(page)
    expect(page.locator("[data-count]").first).to_be_hidden()

    # A step between the application and the acceptance.
    shape(page, "fill_application").click()
    page.locator('.djs-context-pad [data-action="append.user-task"]').click()
    page.keyboard.press("Escape")
    expect(page.locator(".dm-panel")).to_have_attribute("data-element", re.compile("^task_"))
    expect(page.locator(".dm-badge").first).to_be_visible()
    expect(page.locator(".dm-panel .dm-problem").filter(has_text="表单").first).to_be_visible()

    page.get_by_label("名称", exact=True).fill("上门核对证件")
    page.get_by_label("标识", exact=True).fill("check_papers")
    page.get_by_label("谁办（角色）").select_option("clerk")
    page.get_by_label("在哪一级办").select_option("township")
    choose(page, "表单", "home_visit", "入户调查")
    page.get_by_label("办理期限", exact=True).select_option("length")
    page.get_by_label("办理期限：数量").fill("2")
    page.get_by_role("button", name="＋ 增加一级").click()
    page.get_by_label("第1级：提醒谁").select_option("deputy")
    page.get_by_label("第1级：什么时候").select_option("+")
    choose(page, "依据", "57号 第10条", "第10条")
    page.get_by_role("tab", name="检查").click()
    expect(page.locator("[data-findings]")).not_to_contain_text("请选择表单")
    saved(page)

    node = next(each for each in stored(draft).nodes if each.id == "check_papers")
    assert {**node.own} == {
        "role": "clerk",
        "area": "township",
        "form": "home_visit",
        "due": "2wd",
        "ladder": "deputy@+1wd",
        "clause": node.own["clause"],
    }
    assert node.own["clause"].startswith("mca-2021-57:10")

    # Each of these is one step back; the drawing is sound again at the end.
    undo = page.get_by_role("button", name="撤销")
    for _ in range(20):
        if undo.is_disabled():
            break
        undo.click()
    expect(page.locator('[data-element-id="check_papers"]')).to_have_count(0)
    expect(page.locator("[data-findings]")).to_contain_text("没有发现问题")
    page.get_by_role("button", name="重做").click()
    expect(page.locator('[data-element-id^="task_"]').first).to_be_visible()
    saved(page)
    page.reload()
    expect(page.locator('[data-element-id^="task_"]').first).to_be_visible()


def test_what_the_lint_says_leads_to_the_element_and_goes_when_it_is_mended(opened, draft):
    page = opened("owner")
    edit(page, draft)
    shape(page, "accepted_question").click()
    field = page.get_by_role("textbox", name="条件").first
    right = field.input_value()
    field.fill("accepted = ")
    field.blur()
    expect(page.locator(".dm-badge").first).to_have_attribute("aria-label", re.compile("写法有误"))
    expect(page.locator(".dm-flows .dm-problem")).to_contain_text("写法有误")

    page.locator(".djs-container > svg").focus()
    page.keyboard.press("Escape")
    shape(page, "fill_application").click()
    page.get_by_role("tab", name="检查").click()
    page.locator("[data-findings]").get_by_role("button", name=re.compile("写法有误")).click()
    # The list led to the flow itself, in its panel.
    condition = page.get_by_label("什么时候走这条")
    expect(condition).to_have_value("accepted =")
    condition.fill(right)
    condition.blur()
    expect(page.locator(".dm-badge")).to_have_count(0)
    saved(page)


def test_two_people_on_one_file_lose_nothing(opened, draft):
    one, other = opened("owner"), opened("owner")
    edit(one, draft)
    edit(other, draft)
    for page, name in ((one, "甲改的名称"), (other, "乙改的名称")):
        shape(page, "fill_application").click()
        rename(page, name)
        if page is one:
            saved(page)
    dialog = other.get_by_role("dialog", name="两个人同时改了这个文件")
    expect(dialog).to_contain_text("两边不同：乙改的名称")
    session = db.session()
    session.rollback()
    (aside,) = queries.side_copies(session, draft)
    assert "乙改的名称" in queries.side_copy(session, draft, aside.id)[1].decode()

    dialog.get_by_role("button", name="用对方的", exact=True).click()
    expect(other.get_by_text("甲改的名称").first).to_be_visible()
    assert next(each.name for each in stored(draft).nodes if each.id == "fill_application") == "甲改的名称"

    shape(one, "fill_application").click()
    rename(one, "甲又改了")
    saved(one)
    shape(other, "fill_application").click()
    rename(other, "乙又改了")
    with other.expect_download() as fetched:
        dialog.get_by_role("button", name="用我的盖过去").click()
    assert "甲又改了" in Path(fetched.value.path()).read_text(encoding="utf-8")
    saved(other)
    assert next(each.name for each in stored(draft).nodes if each.id == "fill_application") == "乙又改了"


def test_without_network_the_browser_keeps_it_and_offers_it_again(opened, draft):
    page = opened("owner")
    edit(page, draft)
    page.route("**/files/**", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    shape(page, "fill_application").click()
    rename(page, "断网时改的")
    expect(page.locator("[data-state]")).to_have_attribute("data-state", "offline")
    page.unroute("**/files/**")
    page.route("**/files/**", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.reload()
    expect(page.locator("[data-bars]")).to_contain_text("没有保存的修改")
    page.unroute("**/files/**")
    page.get_by_role("button", name="恢复").click()
    expect(page.locator("text=断网时改的").first).to_be_visible()
    saved(page)
    assert any(each.name == "断网时改的" for each in stored(draft).nodes)


def test_an_expired_sign_in_costs_nothing(opened, draft):
    page = opened("owner")
    edit(page, draft)
    page.context.clear_cookies()
    shape(page, "fill_application").click()
    rename(page, "登录过期时改的")
    expect(page.locator("[data-state]")).to_have_attribute("data-state", "expired")
    again = page.context.new_page()
    again.goto("/sign-in")
    again.get_by_label("账号", exact=True).fill("owner")
    again.get_by_label("密码", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="登录", exact=True).click()
    expect(again.locator(".dd-name")).to_be_visible()
    page.bring_to_front()
    carry_on = page.get_by_role("button", name="已经登录，继续保存")
    if carry_on.is_visible():  # Coming back to the window tries by itself.
        carry_on.click()
    saved(page)
    assert any(each.name == "登录过期时改的" for each in stored(draft).nodes)


def test_the_order_of_a_gateway_is_the_engines_and_can_be_changed(opened, draft, house):
    from engine.releases import queries as releases

    page = opened("owner")
    session = db.session()
    release = releases.load(releases.current(session).id, session)
    for path in ("verification.bpmn", "dibao.bpmn", "approval.bpmn"):
        edit(page, draft, path)
        key = path.removesuffix(".bpmn")
        spec = release.specs[key][0]
        for node in (each for each in release.processes[key].elements.values() if "Gateway" in each.kind):
            targets = [each.name for each in spec.task_specs[node.id].outputs]
            if len(targets) < 2:
                continue
            page.evaluate("id => { location.hash = id; }", node.id)
            expect(page.locator(".dm-panel")).to_have_attribute("data-element", node.id)
            shown = page.locator(".dm-flows > li").evaluate_all("all => all.map(each => each.dataset.target)")
            assert shown == targets, node.id

    edit(page, draft, "verification.bpmn")
    shape(page, "survey_split").click()
    page.get_by_role("button", name=re.compile("下移：到“入户调查”")).click()
    expect(page.locator(".dm-flows > li").nth(2)).to_contain_text("入户调查")
    saved(page)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".dm-flows > li").nth(1)).to_contain_text("入户调查")


def test_strange_extensions_survive_and_copies_keep_theirs(opened, draft, house):
    page = opened("owner")
    data = Path("bpmn/dibao.bpmn").read_text(encoding="utf-8").replace(
        '<bpmn:userTask id="fill_application"',
        '<bpmn:userTask xmlns:other="https://example.org/other" other:mark="7" id="fill_application"',
    ).replace(
        '<spiffworkflow:property name="form" value="fill_application"/>',
        '<spiffworkflow:property name="form" value="fill_application"/></spiffworkflow:properties>'
        '<spiffworkflow:preScript>x = 1</spiffworkflow:preScript><other:note xmlns:other="https://example.org/other" '
        'a="1">是<other:inner/></other:note><spiffworkflow:properties>',
    )  # fmt: skip
    operations.save(draft, owner(house), "dibao.bpmn", data.encode(), version=0)
    edit(page, draft)
    shape(page, "fill_application").click()
    rename(page, "换个名称")
    saved(page)
    page.locator(".djs-container > svg").focus()
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    page.mouse.click(700, 760)
    expect(page.locator('[data-element-id^="task_"]').first).to_be_visible()
    saved(page)
    process = stored(draft)
    copied = next(each for each in process.nodes if each.id.startswith("task_"))
    for node in (next(each for each in process.nodes if each.id == "fill_application"), copied):
        text = etree.tostring(node.element, encoding="unicode")
        for kept in ("other:mark", "<other:inner", "preScript", 'value="1wd"'):
            assert kept in text, (node.id, kept)


@pytest.mark.parametrize("username", ["owner", "clerk"])
def test_a_narrow_screen_and_who_may_not_change_it_read_it(opened, draft, username):
    page = opened(username, viewport={"width": 390, "height": 900} if username == "owner" else WIDE)
    edit(page, draft)
    expect(page.get_by_text("请用电脑" if username == "owner" else "只能看，不能改")).to_be_visible()
    expect(page.locator('.dm-reading [data-element-id="fill_application"]').first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    expect(page.locator(".djs-palette")).to_have_count(0)


def test_no_word_of_the_editor_is_english(opened, draft):
    page = opened("owner")
    edit(page, draft)
    shape(page, "fill_application").click()
    page.locator('.djs-context-pad [data-action="replace"]').click()
    expect(page.locator(".djs-popup")).to_contain_text("系统操作")
    shown = page.evaluate(
        """() => ['.djs-palette', '.djs-context-pad', '.djs-popup', '.dm-top', '.dm-side']
            .flatMap((each) => [...document.querySelectorAll(`${each} *`)])
            .flatMap((e) => [e.children.length ? '' : e.textContent, e.title, e.placeholder, e.ariaLabel])
            .filter((text) => text && /[A-Za-z]{4,} [a-z]+|^[A-Z][a-z]{3,}/.test(text))"""
    )
    assert shown == []
    assert page.locator("[data-modeler]").get_attribute("data-missing") in (None, "")


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("forms/home_visit.form", ".fjs-form-field"),
        ("decisions/dibao_amount.dmn", '[data-row-id="dibao_amount_none"]'),
        ("notices/refusal_notice.html", ".dm-paper img"),
        ("clocks.json", "[data-text]"),
    ],
)
def test_every_kind_of_file_has_its_editor_in_chinese(opened, draft, path, seen):
    page = opened("owner")
    edit(page, draft, path)
    expect(page.locator(seen).first).to_be_visible()
    saved(page)
    if path.endswith(".form"):
        expect(page.locator("[data-first]")).to_contain_text("两名以上")
        page.locator(".fjs-form-field").nth(6).click()
        expect(page.locator(".fjs-properties-container")).to_contain_text("什么时候隐藏")
    shown = page.evaluate(
        """() => [...document.querySelectorAll('.fjs-palette-container *, .fjs-properties-container *, .dd-dmn th *')]
            .flatMap((e) => [e.children.length ? '' : e.textContent, e.title, e.placeholder, e.ariaLabel])
            .filter((text) => text && /^[A-Z][a-z]{2,}/.test(text))"""
    )
    assert shown == []


def test_a_field_of_a_form_goes_to_the_flow_by_a_tick_and_can_be_taken_back(opened, draft):
    page = opened("owner")
    edit(page, draft, "forms/home_visit.form")
    page.locator(".fjs-form-field").nth(8).click()
    page.get_by_role("tab", name="设置").click()
    page.get_by_label("送进流程").check()
    saved(page)
    session = db.session()
    session.rollback()
    form = json.loads(queries.content(session, queries.one(session, draft), "forms/home_visit.form").data)
    inside = next(each for each in form["components"] if each.get("label") == "入户情况")["components"]
    assert next(each for each in inside if each.get("label") == "成员不一致的情况")["properties"]["flow"] == "true"
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_label("送进流程")).not_to_be_checked()
    saved(page)


def test_a_letter_is_seen_while_it_is_written(opened, draft):
    page = opened("owner")
    edit(page, draft, "notices/refusal_notice.html")
    first = page.locator(".dm-paper img").first
    expect(first).to_be_visible()
    before = first.get_attribute("src")
    field = page.locator("[data-text]")
    field.fill(field.input_value().replace("经调查核实", "经入户调查核实"))
    expect(first).not_to_have_attribute("src", before)
    field.fill(field.input_value().replace("{{ reasons }}", "{{ reason }}"))
    expect(page.locator(".dm-paper .dm-faults")).to_contain_text("无法生成")
    expect(page.locator("[data-count]").first).to_be_visible()


def test_the_page_is_accessible(opened, draft):
    from axe_playwright_python.sync_playwright import Axe

    page = opened("owner", bypass_csp=True)
    edit(page, draft, "verification.bpmn")
    found = []
    for element in ("home_visit", "survey_split", "data_check_question", "issue_data_check_notice"):
        shape(page, element).click()
        page.wait_for_timeout(300)
        # Inside the canvas it is the library's own markup.
        said = Axe().run(page, context={"include": [["main"]], "exclude": [[".dm-canvas"]]}).response["violations"]
        found += [(element, each["id"], node["html"][:160]) for each in said for node in each["nodes"]][:4]
    assert found == []
