"""The file that a bank pays from: one a bank and batch, amounts in fen, text that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from io import StringIO

from engine import secrets
from engine.errors import DoudiError
from registers.payments.models import PayRow

COLUMNS = ("流水号", "户名", "账号", "金额（分）", "摘要")
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def by_bank(rows: Iterable[PayRow]) -> dict[str, list[PayRow]]:
    """The rows of each bank, by id. Raises DoudiError for a row without an account: it cannot be paid."""
    found: dict[str, list[PayRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: each.id):
        if not row.account or not row.bank:
            raise DoudiError(f"{row.name}没有银行账户，不能生成代发文件。请先登记账户或本月不发。")
        if secrets.fingerprint(row.account["number"]) != row.account_hash:
            raise DoudiError(f"{row.name}的银行账户与复核时不一致，不能生成代发文件，请重新冻结名册。")
        found[row.bank].append(row)
    return dict(found)


def write(rows: Iterable[PayRow], summary: str) -> str:
    """The text of a file. Raises DoudiError for a holder's name that a spreadsheet would run."""
    out = StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for row in rows:
        holder = str(row.account["holder"])
        if holder.startswith(FORMULA) or any(ord(char) < 32 for char in holder):
            raise DoudiError(f"户名“{holder[:20]}”含有不能写入代发文件的字符，请先更正账户。")
        sheet.writerow((row.id, holder, row.account["number"], row.amount, summary))
    return out.getvalue()


def digest(text: str) -> str:
    """SHA-256 of a file as the bank gets it (UTF-8)."""
    return hashlib.sha256(text.encode()).hexdigest()
