"""The pages of payments: what each role sees and may do; odd files, odd numbers and formulas do no harm."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine import clock, secrets
from engine.forms import mask
from engine.journal.models import JournalEntry
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, WorkItem
from engine.runtime.openings import operations as openings
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.demonstration import paying
from registers.demonstration.cast import TOWNSHIP
from registers.demonstration.people import id_number
from registers.households.models import Household, Person
from registers.payments import operations
from registers.payments.bank import batches
from registers.payments.models import PayHit, PayRow, PayRun
from registers.scenarios.money import returned
from web.bench.roster import WHO

NUMBER = "9999990000000000019"


@pytest.fixture
def run(township, session):
    """A run of one household with its doubt, on the freeze day of March."""
    with clock.at(clock.instant(date(2026, 3, 20), 9, 0)):
        home = Household(
            area=f"{TOWNSHIP}/hongliu", rural=True, contact={"bank_account": NUMBER}, created_at=clock.now()
        )
        session.add(home)
        session.flush()
        number = id_number(date(1960, 1, 1), 7, True)
        session.add(
            Person(
                household_id=home.id, name="=马甲", id_number=number, fingerprint=secrets.fingerprint(number),
                masked=mask.id_number(number), birth=date(1960, 1, 1), male=True, relation="head", circumstances={},
            )
        )  # fmt: skip
        release = releases.current(session).id
        case = Instance(
            process_id="dibao", release_id=release, area=home.area, status="completed", stage="", position={}, flow={},
            started_at=clock.now(), parameters_on=clock.today(), state=b"",
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add_all(
            [
                Case(
                    instance_id=case.id, number="高仁低保2026-0001", scheme="dibao", title="低保", applicant="马甲",
                    household_id=home.id, area=home.area, created_at=clock.now(), filed=False, complaint=False,
                ),
                Decision(
                    instance_id=case.id, outcome="confirm", amount=78050, effective_month="2026-04", reasons=[],
                    decided_by="何少华", decided_at=clock.now(), parameters={}, release_id=release,
                ),
                Benefit(
                    household_id=home.id, scheme="dibao", area=home.area, persons=1, amount=78050,
                    from_month="2026-04", instance_id=case.id, created_at=clock.now(),
                ),
            ]
        )  # fmt: skip
        session.commit()
        flow = {"fund": "rural_dibao", "month": "2026-04"}
        openings.request(key="run", process_id="payment_run", area=TOWNSHIP, flow=flow)
        openings.carry_out_due()
        session.rollback()
        yield session.scalars(select(PayRun)).one()


def until(township, run, task):
    """Everybody does what is usual until a task is open."""
    session = township.session
    while True:
        session.rollback()
        asked = select(WorkItem).where(WorkItem.instance_id == run.instance_id, WorkItem.state == "open")
        item = session.scalar(asked)
        if item is None or item.element_id == task:
            return
        if item.element_id == "settle_hits":
            ids = list(session.scalars(select(PayHit.id).where(PayHit.decision.is_(None))))
            operations.settle(township.people["accountant"], run.id, ids, decision="keep", reason="已核实")
        flow = session.get(Instance, run.instance_id, populate_existing=True).flow
        given = paying.values(item.form, flow, clock.today().isoformat())
        runtime.complete(item.id, township.people[WHO[item.element_id]], values=given)


PAGES = ("", "{run}", "{run}/doubts", "{run}/list", "accounts", "funds", "recoveries", "rows/1/why")


@pytest.mark.parametrize("who", ["accountant", "director", "finance", "review", "decide", "discipline", "head"])
def test_who_deals_with_money_sees_the_pages(visit, run, who):
    visitor = visit(who)
    for page in PAGES:
        answer = visitor.get("/payments/" + page.format(run=run.id))
        assert answer.status_code == 200, page
        assert NUMBER not in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["investigator", "hongliu", "admin", "owner"])
def test_others_do_not(visit, run, who):
    visitor = visit(who)
    for page in PAGES:
        assert visitor.get("/payments/" + page.format(run=run.id)).status_code == 403, page
    assert "资金发放" not in visitor.get("/account/password").get_data(as_text=True)


def test_the_accountant_sees_no_application(visit, run, session):
    case = session.scalars(select(Case.instance_id).where(Case.scheme == "dibao")).one()
    visitor = visit("accountant")
    assert visitor.get(f"/cases/{case}").status_code == 403
    assert visitor.get(f"/cases/{run.instance_id}").status_code == 200


def test_doubts_are_settled_on_their_page(visit, run, session):
    visitor = visit("accountant")
    shown = visitor.get(f"/payments/{run.id}/doubts").get_data(as_text=True)
    assert "首次使用的账户" in shown
    hit = session.scalars(select(PayHit.id)).one()
    wrong = visitor.post(f"/payments/{run.id}/doubts", {"hit": hit, "decision": "keep", "reason": ""})
    assert wrong.status_code == 422
    assert "请写明依据" in wrong.get_data(as_text=True)
    for odd in ({"hit": "abc"}, {"hit": str(10**30)}, {"hit": "999999"}, {}):
        answer = visitor.post(f"/payments/{run.id}/doubts", {**odd, "decision": "keep", "reason": "核实"})
        assert answer.status_code in (404, 422), odd
    done = visitor.post(f"/payments/{run.id}/doubts", {"hit": hit, "decision": "keep", "reason": "已核实"})
    assert done.status_code == 302
    assert "没有待处理的疑点" in visitor.get(f"/payments/{run.id}/doubts").get_data(as_text=True)
    asked = {"hit": hit, "decision": "keep", "reason": "核实"}
    assert visit("finance").post(f"/payments/{run.id}/doubts", asked).status_code == 403


def test_exports_hide_numbers_run_no_formula_and_leave_a_trace(visit, run, session):
    visitor = visit("director")
    visitor.get(f"/payments/{run.id}")
    sheet = visitor.post(f"/payments/{run.id}/export.csv")
    text = sheet.get_data().decode("utf-8-sig")
    assert "'=马甲" in text
    assert "780.5" in text
    assert NUMBER not in text
    book = load_workbook(BytesIO(visitor.post(f"/payments/{run.id}/export.xlsx").get_data()))
    cell = book.active["C2"]
    assert (cell.value, cell.data_type) == ("=马甲", "s")
    session.rollback()
    verbs = session.scalars(select(JournalEntry.verb).where(JournalEntry.verb == "actor:roster:exported")).all()
    assert len(verbs) == 2
    assert visit("head").post(f"/payments/{run.id}/export.csv").status_code == 403


def test_a_wrong_return_names_its_lines_and_a_right_one_is_taken(visit, township, run, session):
    person = session.scalars(select(PayRow)).one()
    person.account = {"holder": "马甲", "number": NUMBER}
    session.commit()
    until(township, run, "import_return")
    (file,) = batches.of_batch(session, session.get(PayRun, run.id, populate_existing=True))
    finance, accountant = visit("finance"), visit("accountant")
    finance.get(f"/payments/{run.id}")
    taken = finance.post(f"/payments/files/{file.id}/take")
    assert NUMBER in taken.get_data().decode("utf-8-sig")
    assert "attachment" in taken.headers["Content-Disposition"]
    assert taken.headers["Cache-Control"] == "no-store"
    accountant.get(f"/payments/{run.id}")
    assert accountant.post(f"/payments/files/{file.id}/take").status_code == 403
    path = f"/payments/files/{file.id}/return"
    assert finance.get(path).status_code == 403
    accountant.get(path)
    good = returned(session.scalars(select(PayRow)).all(), [], "").encode()
    for bad in (b"", b"\x89PNG\x00", good.replace(b"78050", b"1"), b"a,b\n1,2"):
        answer = accountant.post(path, {"file": (BytesIO(bad), "r.csv")}, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "没有导入" in answer.get_data(as_text=True)
    data = {"file": (BytesIO(good), "r.csv")}
    assert accountant.post(path, data, content_type="multipart/form-data").status_code == 302
    shown = accountant.get(f"/payments/{run.id}").get_data(as_text=True)
    assert "成功 1，失败 0" in shown


def test_an_account_changes_on_its_page_by_two(visit, run, session):
    clerk, director = visit("clerk"), visit("director")
    clerk.get("/payments/accounts")
    wrong = clerk.post("/payments/accounts", {"case": "没有", "number": "1"})
    assert wrong.status_code == 422
    assert "没有找到这个办件编号" in wrong.get_data(as_text=True)
    given = {
        "case": "高仁低保2026-0001", "holder": "马甲", "number": "9999991234567890128", "bank": "邮储银行",
        "reason": "银行卡遗失",
    }  # fmt: skip
    assert clerk.post("/payments/accounts", given).status_code == 302
    shown = director.get("/payments/accounts").get_data(as_text=True)
    assert given["number"] not in shown
    path = "/payments/accounts/1"
    wrong = director.post(path, {"do": "confirm", "number": "9999990000000000001", "reason": "核实"})
    assert wrong.status_code == 422
    assert "不一致" in wrong.get_data(as_text=True)
    assert director.post(path, {"do": "confirm", "number": given["number"], "reason": "已看原件"}).status_code == 302


def test_odd_addresses_and_months_are_no_fault(visit, run):
    visitor = visit("accountant")
    for path in ("999", "999/doubts", "rows/999/why", f"{10**25}"):
        assert visitor.get(f"/payments/{path}").status_code == 404, path
    for query in ("month=abc", "month=2026-13"):
        assert visitor.get(f"/payments/?{query}").status_code == 200
    for query in ("page=0", "page=999999999", "page=x", "state=odd", "q=%25_'"):
        assert visitor.get(f"/payments/{run.id}?{query}").status_code == 200, query
    assert visitor.post("/payments/", {"fund": "x", "month": "2026-04"}).status_code == 422
    assert visitor.post("/payments/", {"fund": "rural_dibao", "month": "2026-04"}).status_code == 422
    assert visitor.post("/payments/funds", {"amount": "1e999", "note": "x"}).status_code == 422
    assert visitor.post("/payments/recoveries", {"case": "x"}).status_code == 422


def test_everybody_reads_totals_and_no_names(visit, township, run, session):
    row = session.scalars(select(PayRow)).one()
    row.account = {"holder": "马甲", "number": NUMBER}
    session.commit()
    until(township, run, "import_return")
    (file,) = batches.of_batch(session, session.get(PayRun, run.id, populate_existing=True))
    text = returned(session.scalars(select(PayRow)).all(), [], "")
    operations.import_return(township.people["accountant"], file.id, text.encode())
    until(township, run, "archive_run")
    shown = visit().get("/payments/open").get_data(as_text=True)
    assert "红柳村" in shown
    assert "780.50 元" in shown
    assert "马甲" not in shown
    assert visit().get("/payments/open?month=1'--").status_code == 200
    assert "租房情况证明" in visit().get("/commitments/proofs").get_data(as_text=True)
    assert visit("director").get("/commitments/").status_code == 200
    assert visit("finance").get("/commitments/").status_code == 403


def test_marks_come_in_by_file(visit, run, session):
    visitor = visit("clerk")
    visitor.get("/payments/marks")
    number = session.scalars(select(Person)).one().id_number
    for bad in (b"", "身份证号,情况,日期\n1,死亡,2026-03-01\n".encode()):
        given = {"source": "殡葬", "file": (BytesIO(bad), "m.csv")}
        assert visitor.post("/payments/marks", given, content_type="multipart/form-data").status_code == 422
    good = f"身份证号,情况,日期\n{number},死亡,2026-03-01\n".encode()
    given = {"source": "殡葬", "file": (BytesIO(good), "m.csv")}
    assert visitor.post("/payments/marks", given, content_type="multipart/form-data").status_code == 302
    shown = visitor.get("/payments/marks").get_data(as_text=True)
    assert mask.id_number(number) in shown
    assert number not in shown
