"""The form with every component, in a real browser under the strict policy: with JavaScript, without, narrow, wide."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request, send_file
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from engine import forms
from web.forms import blueprint, edit, render_form, render_values

ROOT = Path(__file__).parents[2]
FORM = ROOT / "tests/fixtures/forms/everything.form"
HTMX = ROOT / "node_modules/htmx.org/dist/htmx.min.js"
STYLES = [
    ROOT / "web/static/built/page.css",
    ROOT / "node_modules/bootstrap/dist/css/bootstrap.min.css",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'"
)
CONTEXT = {"count_before": 2, "parameters": {"standard": 56000}}
INCOME = [
    {"class": "工资性收入", "amount": "1,200 元/月", "source": "入户调查，两名调查员签字"},
    {"class": "转移性收入", "amount": "300 元/月", "source": "信息核对"},
]
SHELL = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>表单</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}'>
<link rel="stylesheet" href="/asset/base.css"><link rel="stylesheet" href="/asset/forms.css">
<script src="/asset/htmx.js" defer></script></head><body><main class="container py-3"><h1 class="h4">全部组件</h1>
<form method="post" action="/" novalidate>{{ body }}
<button class="btn btn-primary" name="_do" value="submit">提交</button></form>
</main></body></html>"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here"),
    pytest.mark.skipif(not HTMX.exists(), reason="npm packages are not installed"),
]


def application() -> Flask:
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    form, problems = forms.load(FORM.read_bytes(), "everything")
    assert form, problems

    def body(posted=None, problems=(), warnings=(), focus=""):
        return render_form(
            form,
            context=CONTEXT,
            posted=posted,
            problems=problems,
            warnings=warnings,
            focus=focus,
            facts={"income": INCOME}.get,
            preview_url="/preview",
        )

    @app.get("/")
    def first():
        return render_template_string(SHELL, body=body())

    @app.post("/")
    def posted():
        given = request.form.to_dict(flat=False)
        edited = edit(form, given)
        if edited:
            return render_template_string(SHELL, body=body(edited.posted, focus=edited.focus))
        done = forms.submit(form, given, CONTEXT)
        if done.ok:
            return render_template_string(SHELL, body=render_values(form, done.values))
        return render_template_string(SHELL, body=body(done.posted, done.problems, done.warnings))

    @app.post("/preview")
    def preview():
        given = request.form.to_dict(flat=False)
        edited = edit(form, given)
        return body(edited.posted if edited else given, focus=edited.focus if edited else "")

    @app.get("/asset/<name>")
    def asset(name):
        found = {
            "base.css": next(p for p in STYLES if p.exists()),
            "htmx.js": HTMX,
            "forms.css": ROOT / "web/assets/css/forms.css",
        }[name]
        return send_file(found)

    @app.after_request
    def policy(response):
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@pytest.fixture(scope="module")
def address():
    server = make_server("127.0.0.1", 0, application(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(chromium, address, request):
    context = chromium.new_context(java_script_enabled=request.param, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(8000)
    one = context.new_page()
    one.refused = []
    one.on("console", lambda m: one.refused.append(m.text) if "Content Security Policy" in m.text else None)
    one.goto(address)
    yield one
    # Playwright hides the caret with a style of its own while it takes a picture.
    assert one.refused == [] or os.environ.get("DOUDI_PICTURES")
    context.close()


def look(page: Page, name: str) -> None:
    """Keeps a picture when asked, for the person who changes the page."""
    where = os.environ.get("DOUDI_PICTURES")
    if where:
        page.screenshot(path=f"{where}/{name}.png", full_page=True)


def answer(page: Page) -> None:
    page.get_by_label("户主姓名").fill("马·依不拉")
    page.get_by_label("身份证号码").fill("64022119900101123１")
    page.get_by_label("月工资收入").fill("１，２００.50元")
    page.get_by_label("申请日期").fill("2026-02-03")
    page.get_by_label("户口性质").select_option("rural")
    page.get_by_label("诚信承诺书").check()
    page.get_by_label("申请理由").fill("因病致困，无力负担")
    page.get_by_label("申请人已当面确认以上内容属实").check()


def test_an_empty_form_says_everything_that_is_missing(page):
    look(page, "first")
    page.get_by_role("button", name="提交", exact=True).click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("请填写“户主姓名”")
    expect(summary).to_contain_text("至少填写 1 行")
    name = page.get_by_label("户主姓名")
    expect(name).to_have_attribute("aria-invalid", "true")
    assert name.get_attribute("aria-describedby") == "form-body-head_name-error"
    look(page, "problems")
    summary.get_by_role("link", name="请填写“户主姓名”").click()
    expect(name).to_be_focused()


def test_a_condition_shows_its_fields_and_keeps_what_was_typed(chromium, address):
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(address)
        answer(page)
        expect(page.get_by_label("代办人姓名")).to_have_count(0)
        page.get_by_role("group", name="是否委托他人代办").or_(
            page.get_by_role("radiogroup", name="是否委托他人代办")
        ).get_by_label("是", exact=True).check()
        expect(page.get_by_label("代办人姓名")).to_be_visible()
        expect(page.get_by_label("月工资收入")).to_have_value("１，２００.50元")
        expect(page.get_by_label("申请理由")).to_have_value("因病致困，无力负担")
        expect(page.locator("#form-body-doubled")).to_have_text("14,406 元")
        page.get_by_label("代办人姓名").fill("王五")
        page.get_by_label("在校学生").check()
        expect(page.get_by_label("学校名称")).to_be_visible()
        expect(page.get_by_label("代办人姓名")).to_have_value("王五")
        look(page, "conditions")


def test_rows_are_added_and_removed_and_the_whole_form_is_kept(page):
    answer(page)
    page.get_by_label("姓名", exact=False).nth(1).fill("李四")
    page.get_by_role("button", name="添加一行").click()
    expect(page.locator(".dd-card")).to_have_count(2)
    expect(page.locator("#form-body-members-1-name")).to_be_focused()
    expect(page.locator("#form-body-members-0-name")).to_have_value("李四")
    expect(page.get_by_label("申请理由")).to_have_value("因病致困，无力负担")
    page.locator("#form-body-members-1-name").fill("李五")
    page.locator("#form-body-members-1-relation").select_option("child")
    look(page, "rows")
    page.get_by_role("button", name="第 1 行").click()
    expect(page.locator(".dd-card")).to_have_count(1)
    expect(page.locator("#form-body-members-1-name")).to_have_value("李五")
    page.get_by_label("否", exact=True).check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("640221********1231")).to_be_visible()
    expect(page.get_by_text("1,200.50 元")).to_be_visible()
    look(page, "history")


def test_enter_does_not_submit_or_remove_anything(page):
    answer(page)
    page.get_by_label("户主姓名").press("Enter")
    expect(page.get_by_label("户主姓名")).to_have_value("马·依不拉")
    expect(page.locator(".dd-card")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_fits_its_width_and_is_accessible(chromium, address, width):
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"width-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    context.close()
