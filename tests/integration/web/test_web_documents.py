"""Documents at a browser: looked at by whom the case concerns, printed as a marked copy, served with a receipt."""

from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import unquote

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from engine.errors import Unmade
from registers.notices import operations, queries
from registers.notices.models import DocumentPrint, Notice

pytestmark = pytest.mark.sqlite
RECEIPT = {"method": "direct", "delivered_on": "2026-03-02", "receiver": "马某", "receiver_relation": "本人"}


@pytest.fixture
def letter(township, plan, session):
    """A letter that must be served: what the application lacks."""
    plan.complete = False
    instance = township.apply(plan)
    township.sign(instance, "check_completeness", "clerk", plan=plan)
    return session.scalars(select(Notice)).one()


@pytest.fixture(autouse=True)
def every_press_counts(monkeypatch):
    monkeypatch.setattr(operations, "SECOND_PRESS", timedelta(0))


def text(answer) -> str:
    return answer.get_data(as_text=True)


def pages(answer) -> str:
    assert answer.mimetype == "application/pdf"
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages)


def printed(visitor, address: str, **data: str):
    """The file that a press of 打印 ends in."""
    answer = visitor.post(f"{address}/print", data)
    assert answer.status_code == 303, text(answer)
    return visitor.get(answer.location)


def test_the_case_page_says_what_was_not_served(visit, letter):
    page = text(visit("clerk").get(f"/cases/{letter.instance_id}"))
    assert "一次性补正告知书" in page
    assert "高仁民救补〔2026〕1号" in page
    assert "1 份未送达" in page
    assert f"/cases/{letter.instance_id}/notices/{letter.id}/delivery" in page
    assert "/delivery" not in text(visit("head").get(f"/cases/{letter.instance_id}"))


def test_the_first_print_is_the_original_and_the_next_a_marked_copy(visit, letter):
    clerk, address = visit("clerk"), f"/cases/{letter.instance_id}/notices/{letter.id}"
    assert "第一次打印（或者下载）的是正本" in text(clerk.get(address))
    first = printed(clerk, address)
    assert first.headers["Content-Disposition"].startswith("inline")
    assert "高仁民救补〔2026〕1号" in pages(first)
    assert "副本" not in pages(first)
    second = printed(clerk, address, how="download")
    assert "副本第1份" in pages(second)
    name = unquote(second.headers["Content-Disposition"])
    assert name.startswith("attachment")
    assert "一次性补正告知书-高仁民救补〔2026〕1号-副本第1份.pdf" in name
    assert "已经打印 2 次" in text(clerk.get(address))
    assert "打印了一次性补正告知书 高仁民救补〔2026〕1号（副本第1份）" in text(
        clerk.get(f"/cases/{letter.instance_id}")
    )


def test_the_file_of_a_print_is_for_whoever_made_it_and_for_a_while(visit, letter, session):
    clerk, address = visit("clerk"), f"/cases/{letter.instance_id}/notices/{letter.id}"
    place = clerk.post(f"{address}/print").location
    assert clerk.get(place).status_code == 200
    assert visit("director").get(place).status_code == 404
    assert clerk.get(place.replace(f"/cases/{letter.instance_id}/", "/cases/999/")).status_code == 404
    session.rollback()  # What the browser did is seen in a new transaction.
    row = session.scalars(select(DocumentPrint)).one()
    row.printed_at -= timedelta(minutes=16)
    session.commit()
    late = clerk.get(place)
    assert late.status_code == 404
    assert "重新打印" in text(late)


def test_a_receipt_is_recorded_once_with_what_it_needs(visit, letter, session):
    clerk, address = visit("clerk"), f"/cases/{letter.instance_id}/notices/{letter.id}"
    assert "送达方式" in text(clerk.get(f"{address}/delivery"))
    wrong = clerk.post(f"{address}/delivery", {**RECEIPT, "method": "left", "witness": "张三", "receiver": ""})
    assert wrong.status_code == 422
    assert "留置送达要有两名见证人" in text(wrong)
    assert 'value="张三"' in text(wrong)
    assert queries.unserved(session, letter.instance_id)
    assert clerk.post(f"{address}/delivery", RECEIPT).status_code == 302
    assert "已送达" in text(clerk.get(address))
    assert "未送达" not in text(clerk.get(f"/cases/{letter.instance_id}"))
    assert clerk.get(f"{address}/delivery").status_code == 404
    assert clerk.post(f"{address}/delivery", RECEIPT).status_code == 409
    receipt = text(clerk.get(f"{address}/receipt"))
    assert "马某" in receipt
    assert "直接送达" in receipt
    assert "送达回证" in pages(printed(clerk, f"{address}/receipt"))


def test_an_expired_token_keeps_what_was_typed_into_a_receipt(visit, letter):
    clerk = visit("clerk")
    answer = clerk.post(
        f"/cases/{letter.instance_id}/notices/{letter.id}/delivery", {**RECEIPT, "evidence": "已签回证"}, token="x"
    )
    assert answer.status_code == 400
    assert 'value="已签回证"' in text(answer)


@pytest.mark.parametrize("way", ["", "/receipt", "/delivery"])
def test_documents_are_for_whom_the_case_concerns(visit, letter, way):
    address = f"/cases/{letter.instance_id}/notices/{letter.id}{way}"
    assert visit().get(address).status_code == 302
    assert visit("shazao").get(address).status_code == 403
    assert visit("clerk").get(f"/cases/{letter.instance_id}/notices/999{way}").status_code == 404
    assert visit("clerk").get(f"/cases/999/notices/{letter.id}{way}").status_code == 404


def test_who_may_not_serve_is_refused_in_words(visit, letter):
    head = visit("head")
    assert head.get(f"/cases/{letter.instance_id}/notices/{letter.id}").status_code == 200
    answer = head.post(f"/cases/{letter.instance_id}/notices/{letter.id}/delivery", RECEIPT)
    assert answer.status_code == 403
    assert "登记这件办件的送达" in text(answer)


def test_a_record_is_masked_on_the_screen_and_full_on_the_paper_of_whose_duty_needs_it(visit, letter, plan, session):
    number = plan.family.head.id_number
    (sheet,) = [
        each
        for each in queries.sheets(session, letter.instance_id, release(session, letter))
        if each.template == "application_form"
    ]
    address = f"/cases/{letter.instance_id}/records/application_form/{sheet.submission_id}"
    for who, full in (("clerk", True), ("head", False)):
        visitor = visit(who)
        page = text(visitor.get(address))
        assert "社会救助申请书" in page
        assert number not in page
        assert (number in pages(printed(visitor, address))) == full
    history = text(visit("clerk").get(f"/cases/{letter.instance_id}"))
    assert "打印了社会救助申请书（号码完整）（正本）" in history
    assert "打印了社会救助申请书（副本第1份）" in history


def release(session, letter):
    from engine.releases import queries as releases
    from engine.runtime.models import Instance

    return releases.load(session.get(Instance, letter.instance_id).release_id, session)


@pytest.mark.parametrize(
    "path",
    [
        "records/application_form/999",
        "records/refusal_notice/1",
        "records/nothing/1",
        "records/home_visit_record",
        "prints/9.pdf",
    ],
)
def test_strange_addresses_are_told_so(visit, letter, path):
    assert visit("clerk").get(f"/cases/{letter.instance_id}/{path}").status_code == 404


def test_the_index_of_the_file_lists_what_is_in_it(visit, letter):
    clerk = visit("clerk")
    page = text(clerk.get(f"/cases/{letter.instance_id}/records/file_index"))
    assert "一次性补正告知书" in page
    assert "社会救助申请书" in page
    assert "档案目录" in pages(printed(clerk, f"/cases/{letter.instance_id}/records/file_index"))


def test_a_machine_that_cannot_set_type_says_so_and_loses_nothing(visit, letter, monkeypatch):
    from registers.notices import paper

    def lacking():
        raise Unmade(paper.LACKING)

    monkeypatch.setattr(paper, "_tools", lacking)
    monkeypatch.setattr(paper, "_made", paper._Made())
    answer = printed(visit("clerk"), f"/cases/{letter.instance_id}/notices/{letter.id}")
    assert answer.status_code == 503
    assert "排版组件没有装好" in text(answer)
