"""The register of clauses on its page, and cases that cite by the register of their own release."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from engine.releases import operations as releases
from engine.releases import queries
from engine.releases.loaded import pack
from tests.support.standing import stand
from web import clauses

PAGE = "/statutes"


def text(answer: Any) -> str:
    """What a person reads: without tags, spaces folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def row(answer: Any, clause: str) -> str:
    """The row of one clause, as it is read."""
    whole = answer.get_data(as_text=True)
    found = re.search(rf'<tr id="{clause.replace(":", "-")}".*?</tr>', whole, re.DOTALL)
    assert found is not None, clause
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_each_clause_shows_what_rests_on_it(township, visit):
    answer = visit("clerk").get(PAGE)
    assert answer.status_code == 200
    visits = row(answer, "mca-2021-57:16")
    assert "每组不少于2人" in visits
    assert re.search(r"环节 .*入户调查 家庭经济状况调查", visits)
    assert "必经规则" in visits
    assert "政策参数 入户调查最少人数" in visits
    assert "期限 启动调查时限" in row(answer, "mca-2021-57:15")
    assert re.search(r"文书 .*不予确认告知书", row(answer, "mca-2021-57:21"))


def test_what_is_repealed_or_a_draft_is_marked(township, visit):
    answer = visit("clerk").get(PAGE)
    assert "2021-06-30后已不再施行" in row(answer, "mca-2012-220:31")
    assert "只是草案，不能作依据" in row(answer, "assistance-law-draft")
    assert "《最低生活保障审核审批办法（试行）》（民发〔2012〕220号） 废止" in text(answer)


def test_the_search_finds_by_number_content_and_step(township, visit):
    clerk = visit("clerk")
    assert re.search(r"找到 ?1 条", text(clerk.get(PAGE, query_string={"q": "mca-2021-57:22"})).replace(" ", " "))
    assert "第19条" in text(clerk.get(PAGE, query_string={"q": "公示7天"}))
    assert "第17条" in text(clerk.get(PAGE, query_string={"q": "经济状况信息核对"}))
    assert "没有找到条款" in text(clerk.get(PAGE, query_string={"q": "<script>"}))


def test_strangers_are_sent_to_sign_in_and_a_release_that_is_not_there_is_said(township, visit):
    assert visit().get(PAGE).status_code == 302
    assert visit("clerk").get(PAGE, query_string={"release": "0" * 64}).status_code == 404


def test_before_anything_is_deployed_clauses_are_shown_by_their_ids(app, session):
    with app.test_request_context():
        assert [each.title for each in clauses.read("mca-2021-57:15")] == ["mca-2021-57 第15条"]


def test_a_case_cites_by_the_register_of_its_release(township, plan, visit):
    """A gist that was written anew does not change what stood there when the case began."""
    instance = township.apply(plan)
    session = township.session
    old = queries.load(queries.current(session).id, session)
    files = {**old.files}
    register = json.loads(files["statutes.json"])
    register["clauses"]["mca-2021-57:10"]["gist"] = "改写过的要点。"
    files["statutes.json"] = json.dumps(register, ensure_ascii=False).encode()
    stand(session, releases.identity(files), pack(files))
    clerk = visit("clerk")
    assert "改写过的要点" in row(clerk.get(PAGE), "mca-2021-57:10")
    (item,) = township.items(instance).values()
    page = text(clerk.get(f"/desk/items/{item.id}"))
    assert "材料齐备的受理" in page
    assert "改写过的要点" not in page


def test_everybody_reads_standards_deadlines_procedures_and_instruments(township, visit):
    answer = visit().get("/policies")
    assert answer.status_code == 200
    said = text(answer)
    assert re.search(r"农村低保标准（每人每月） 560 元/月 2026-01-01", said)
    assert re.search(r"公示期 7 ?[天日] ", said)
    assert re.search(r"最低生活保障 填写救助申请 → 申请与受理 → 家庭经济状况调查", said)
    assert "《最低生活保障审核确认办法》（民发〔2021〕57号）" in said
    assert "民发〔2012〕220号" not in said.partition("依据的文件")[2]
    assert "救助资金发放情况" in said


def test_before_anything_is_deployed_the_public_page_says_so(session, visit):
    assert "还没有发布流程" in text(visit().get("/policies"))
