"""A hash over what was signed: whoever changes an amount or an account afterwards breaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from registers.payments.models import PayRow


def seal(rows: Iterable[PayRow]) -> str:
    """SHA-256 (hex) over benefit, amount, account and bank of every row, in the order of their benefits."""
    lines = [
        f"{row.benefit_id}|{row.amount}|{row.account_hash}|{row.bank}"
        for row in sorted(rows, key=lambda row: row.benefit_id)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
