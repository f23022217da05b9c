"""What people do on the pages of payments, as acts of a story: doubts, files of banks, accounts, marks, recoveries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from engine.errors import DoudiError
from registers.benefits.models import Benefit
from registers.cases.models import Case
from registers.demonstration.cast import TOWNSHIP
from registers.payments import operations as payments
from registers.payments.accounts import operations as accounts
from registers.payments.bank import batches
from registers.payments.marks import operations as marks
from registers.payments.models import PayHit, PayRow, PayRun
from registers.payments.recovery import operations as recoveries
from registers.scenarios.acts import Scene, named

#: An account that no bank has: what it begins with belongs to none.
ANOTHER = "9999991234567890128"


def _run(scene: Scene) -> PayRun:
    run = scene.world.session.scalar(select(PayRun).where(PayRun.instance_id == scene.instance_id))
    if run is None:
        raise DoudiError("这一步要写在发放（payment_run）这件办件里")
    return run


@named("start_payment")
def start_payment(scene: Scene) -> Any:
    """An accountant asks for the run of a `month` and `fund`."""
    given = scene.given
    return payments.start(scene.by("accountant"), area=TOWNSHIP, fund=given["fund"], month=given["month"])


@named("settle")
def settle(scene: Scene) -> Any:
    """Settles what is open of a run, all or of a `kind`: `decision` keep or exclude, `reason`."""
    run, given = _run(scene), scene.given
    asked = select(PayHit.id).where(PayHit.run_id == run.id)
    asked = asked.where(PayHit.kind == given["kind"] if "kind" in given else PayHit.decision.is_(None))
    ids = list(scene.world.session.scalars(asked.order_by(PayHit.id)))
    said = {"decision": given.get("decision", "keep"), "reason": given.get("reason", "已入户核实，情况属实")}
    return payments.settle(scene.by("accountant"), run.id, ids, **said)


@named("compare")
def compare(scene: Scene) -> Any:
    """Looks at a run's roster once more."""
    return payments.compare_again(scene.by("accountant"), _run(scene).id)


@named("take_files")
def take_files(scene: Scene) -> Any:
    """The finance office takes the files of the batch."""
    run = _run(scene)
    return [payments.take_file(scene.by("finance"), each.id) for each in batches.of_batch(scene.world.session, run)]


@named("import_returns")
def import_returns(scene: Scene) -> Any:
    """What the banks send back is taken in; `fail` rows of them failed with `reason`. `wrong: amount` spoils a line."""
    run, given = _run(scene), scene.given
    left = int(given.get("fail", 0))
    for file in batches.of_batch(scene.world.session, run):
        asked = select(PayRow).where(PayRow.run_id == run.id, PayRow.batch == run.batch, PayRow.bank == file.bank)
        rows = list(scene.world.session.scalars(asked.order_by(PayRow.id)))
        text = returned(rows, rows[:left], str(given.get("reason", "账户状态异常")), bool(given.get("wrong")))
        left = max(left - len(rows), 0)
        payments.import_return(scene.by("accountant"), file.id, text.encode())


def returned(rows: Iterable[PayRow], failed: Iterable[PayRow], reason: str, wrong: bool = False) -> str:
    """A return file as a bank would write it."""
    bad = {row.id for row in failed}
    lines = ["流水号,账号,金额（分）,结果,原因"]
    for row in rows:
        amount = row.amount + 1 if wrong else row.amount
        said = f"失败,{reason}" if row.id in bad else "成功,"
        lines.append(f"{row.id},{row.account['number']},{amount},{said}")
    return "\r\n".join(lines) + "\r\n"


@named("remedy")
def remedy(scene: Scene) -> Any:
    """What is done about all failed rows: `remedy` retry or carry."""
    run, given = _run(scene), scene.given
    failed = select(PayRow.id).where(PayRow.run_id == run.id, PayRow.state == "failed", PayRow.remedy == "")
    ids = list(scene.world.session.scalars(failed))
    said = {"remedy": given.get("remedy", "retry"), "reason": given.get("reason", "已登记新账户")}
    return payments.remedy(scene.by("accountant"), run.id, ids, **said)


@named("propose_account")
def propose_account(scene: Scene) -> Any:
    """Another account of the household of this case is proposed: `number`, `bank`, `holder`."""
    given, case = scene.given, scene.world.session.get(Case, scene.instance_id)
    return accounts.propose(
        scene.by("clerk"),
        household_id=case.household_id,
        holder=given.get("holder", case.applicant),
        number=str(given.get("number", ANOTHER)),
        bank=given.get("bank", "邮储银行"),
        reason=given.get("reason", "原银行卡遗失，已补办"),
    )


@named("confirm_account")
def confirm_account(scene: Scene) -> Any:
    """The change that waits is confirmed: the `number` is typed once more."""
    given = scene.given
    found = scene.world.session.scalar(
        select(accounts.AccountChange.id).where(accounts.AccountChange.state == "proposed").limit(1)
    )
    said = {"confirm": given.get("confirm", True), "reason": given.get("reason", "已看银行卡原件并电话核实")}
    return accounts.decide(scene.by("director"), found or 0, number=str(given.get("number", ANOTHER)), **said)


@named("import_marks")
def import_marks(scene: Scene) -> Any:
    """Another office says of somebody (`id_number`) that they are `what` (死亡, 服刑, 迁出) `since` a day."""
    given = scene.given
    text = f"身份证号,情况,日期\n{given['id_number']},{given.get('what', '死亡')},{given['since']}\n"
    source = given.get("source", "殡葬信息比对")
    return marks.import_marks(scene.by("clerk"), text.encode(), source, TOWNSHIP)


@named("ask_recovery")
def ask_recovery(scene: Scene) -> Any:
    """Asks back `months` ({month: yuan}) of what this case's benefit was paid, on a `ground`."""
    given = scene.given
    benefit = scene.world.session.scalar(select(Benefit.id).where(Benefit.instance_id == scene.instance_id).limit(1))
    months = {str(month): round(float(yuan) * 100) for month, yuan in given["months"].items()}
    said = {"ground": given.get("ground", "error"), "note": given.get("note", "抽查发现")}
    return recoveries.ask(scene.by("director"), benefit_id=benefit or 0, months=months, **said)
