"""Who somebody is goes by `registers.households.ties` alone: a comparison of ID numbers elsewhere forgets that two
records may have been decided to be one person's."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMPARED = re.compile(r"\b(?:Person|StaffKin|Account|Mark|Distrust|Lead)\.(?:fingerprint|person) ==")
#: Where the record itself is meant, not the person: the statement as it stands in the file, and why.
RECORDS = {
    "registers/complaints/people.py": "whom a name means, by what the register of relatives says of that record",
    "registers/filings/staff.py": "the same entry is not made twice",
    "registers/households/changes.py": "the row to fill again when somebody comes back under their number",
    "registers/households/services.py": "the row of a household that an application is written to",
    "registers/payments/marks/operations.py": "the same mark is not made twice",
    "registers/scenarios/moves.py": "a scenario names its row by the number",
}


def test_numbers_are_compared_by_the_helper_and_nowhere_else():
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("registers", "web")
        for path in (ROOT / folder).rglob("*.py")
        if COMPARED.search(path.read_text())
    }
    assert found - set(RECORDS) == set(), "compare with ties.numbers(…) or ties.groups(…): docs/rules.md"
    assert set(RECORDS) - found == set(), "no longer needed here"
