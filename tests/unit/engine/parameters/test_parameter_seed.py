"""The seed is data that can be trusted: whole, dated, sourced, and named everywhere it is used."""

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from engine.errors import Invalid
from engine.parameters import page
from engine.parameters.seed import CONFIDENCE, FILE, entries
from engine.parameters.values import UNITS, check, in_context

DOCS = Path(__file__).parents[4] / "docs"
ROWS = json.loads(FILE.read_text(encoding="utf-8"))


def on(name, day):
    """The value of `name` on `day`."""
    held = [
        e for e in entries() if e.name == name and e.valid_from <= day and (e.valid_to is None or day <= e.valid_to)
    ]
    assert len(held) == 1, (name, day, held)
    return in_context(held[0].value, held[0].unit)


def test_reads_every_row():
    assert len(entries()) == len(ROWS) > 150


def test_names_are_unique_per_day_and_spans_do_not_overlap():
    keys = [(row["name"], row["valid_from"]) for row in ROWS]
    assert len(keys) == len(set(keys))
    for one, following in pairwise(entries()):
        if one.name == following.name:
            assert one.valid_to is not None
            assert one.valid_to < following.valid_from


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['name']}@{row['valid_from']}")
def test_every_entry_is_sourced_and_fits_its_unit(row):
    check(row["value"], row["unit"])
    assert row["unit"] in UNITS
    assert row["confidence"] in CONFIDENCE
    assert row["source"].strip()
    assert row["clause"] or row["note"], "an entry without a clause says why"
    assert re.search("[一-鿿]", row["label"])
    assert re.fullmatch("[a-z][a-z0-9_]*", row["name"])


def test_names_used_by_the_dibao_flow_exist():
    text = (DOCS / "dibao.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"parameters\.([a-z_]+)", text))
    paragraph = text.partition("Parameters used:")[2].partition("\n\n")[0]
    listed |= set(re.findall(r"`([a-z][a-z_]+)`", paragraph))
    assert len(listed) >= 19
    assert listed <= {entry.name for entry in entries()}


@pytest.mark.parametrize(
    ("day", "rural", "urban"),
    [
        ("2023-07-01", 46000, 65000),  # 5 520 a year
        ("2024-12-31", 51000, 69000),
        ("2025-01-01", 51000, 69000),  # inferred
        ("2026-01-01", 56000, 74000),
        ("2030-01-01", 56000, 74000),  # holds until replaced
    ],
)
def test_standards_by_year(day, rural, urban):
    assert on("dibao_standard_rural", date.fromisoformat(day)) == rural
    assert on("dibao_standard_urban", date.fromisoformat(day)) == urban


def test_numbers_that_the_law_gives():
    day = date(2026, 2, 10)
    for name, value in {
        "dibao_total_limit_a": "30wd",
        "dibao_total_limit_b": "30wd",
        "dibao_total_alarm_a": "20wd",
        "dibao_total_alarm_b": "20wd",
        "publicity_length": "7d",
        "survey_start_limit": "3wd",
        "data_check_limit": "3wd",
        "confirm_limit": "10wd",
        "delivery_limit": "3wd",
        "republicise_dibao": False,
        "republicise_tekun": True,
        "dibao_asset_multiple": 36,
        "marginal_factor": 1.5,
        "tekun_factor": 1.3,
        "elderly_low_income_80_rural": 27000,
        "kin_filing_limit": "1m",
        "reconsideration_limit": "60d",
        "lawsuit_limit": "6m",
        "office_name": "高仁乡民生服务中心",
        "appeal_organ": "平罗县人民政府",
        "complaint_phone": "0952-0000000 (示范)",
    }.items():
        assert on(name, day) == value, name
    assert (560 * 100 - 300 * 100) * 3 == (on("dibao_standard_rural", day) - 30000) * 3 == 78000  # policy.md §1.2


def test_made_up_values_are_marked():
    phone = next(entry for entry in entries() if entry.name == "complaint_phone")
    assert phone.confidence == "synthetic"
    for entry in entries():
        if entry.source.startswith("高仁乡系统设计建议"):
            assert entry.confidence == "D", entry.name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": "30"}, "无法识别期限"),
        ({"unit": "days"}, "单位"),
        ({"name": "Bad"}, "名称"),
        ({"confidence": "?"}, "可信度"),
        ({"source": " "}, "来源"),
        ({"clause": None}, "没有条款"),
        ({"clause": "第15条"}, "条款"),
        ({"valid_from": "1月"}, "日期"),
        ({"valid_to": "2020-01-01"}, "早于"),
        ({"extra": 1}, "不认识"),
    ],
)
def test_a_wrong_seed_is_refused_in_words(tmp_path, change, told):
    row = {
        "name": "a_limit",
        "label": "期限",
        "value": "3wd",
        "unit": "length",
        "valid_from": "2021-07-01",
        "clause": "mca-2021-57:15",
        "source": "办法",
        "confidence": "C",
    }
    file = tmp_path / "seed.json"
    file.write_text(json.dumps([row]), encoding="utf-8")
    assert entries(file)[0].valid_from == date(2021, 7, 1)
    file.write_text(json.dumps([row | change]), encoding="utf-8")
    with pytest.raises(Invalid, match=told):
        entries(file)


def test_all_problems_at_once_missing_keys_and_overlaps(tmp_path):
    row = {k: v for k, v in ROWS[0].items() if k != "valid_to"}
    file = tmp_path / "seed.json"
    file.write_text(
        json.dumps([row, row | {"valid_from": "2029-01-01", "unit": "yuan"}, {"name": "x"}]), encoding="utf-8"
    )
    with pytest.raises(Invalid, match="缺少") as caught:
        entries(file)
    assert len(caught.value.problems) == 3
    assert "重叠" in caught.value.message


def test_the_page_lists_every_parameter_as_it_is():
    text = page.PAGE.read_text(encoding="utf-8")
    for entry in entries():
        assert f"| `{entry.name}` |" in text, f"{entry.name}: run python -m engine.parameters.page"
    assert text.endswith(f"{page.MARK}\n{page.table()}"), "run python -m engine.parameters.page"
    listed = {clause.split(":")[0] for e in entries() if e.clause for clause in e.clause.split(",")}
    head = text.partition(page.MARK)[0]
    assert [name for name in sorted(listed) if f"`{name}`" not in head] == []
