"""The register of surveyed enterprises: entering, reading below and above, the sheet and the workbook."""

from pathlib import Path

import openpyxl
from factories import file_household
from neighbours import expect_refusal, town_and_county
from test_monitoring_papers import words_of

from db.domain.records.record_form import RecordContent
from db.services import enterprises, exchange

HOTEL = {
    "name": "迎宾旅馆",
    "industry": "H",
    "surveyed_on": "2026-05-20",
    "workers": 26,
    "operating_state": "停业三个月，五月起部分恢复",
    "worker_income": "平均每月 1 800 元，比去年少一半",
    "worker_needs": "缓缴社保、技能培训",
    "has_households_to_file": True,
    "households_to_file": 2,
}


def test_register__travels_up_and_is_printed(tmp_path: Path) -> None:
    """Each name once; the county reads what its townships found; sheet and workbook say the same."""
    with town_and_county(tmp_path) as (town, county, stick):
        made = enterprises.save_enterprise(town, RecordContent(dict(HOTEL)))
        expect_refusal(lambda: enterprises.save_enterprise(town, RecordContent(dict(HOTEL))), "enterprise_known")
        fault = expect_refusal(
            lambda: enterprises.save_enterprise(town, RecordContent({**HOTEL, "name": "客运站", "households_to_file": 0})),
            "record_faulty",
        )
        assert [item.code for item in fault.context["faults"]] == ["enterprise_households"]
        enterprises.save_enterprise(town, RecordContent({**HOTEL, "note": "六月再去"}), made.record_id)
        enterprises.save_enterprise(town, RecordContent({**HOTEL, "name": "客运站", "has_households_to_file": False}))
        exchange.receive_bundle(county, exchange.export_bundle(town, [file_household(town).id], stick).path)
        found = enterprises.list_enterprises(county, "住宿")
        assert [(row.name, row.office_name, row.is_own) for row in found] == [
            ("客运站", "梅城镇总工会", False), ("迎宾旅馆", "梅城镇总工会", False),
        ]  # fmt: skip
        hotel = enterprises.list_enterprises(county, "旅馆", to_file=True)
        page = words_of(enterprises.enterprises_pdf(county, hotel))[0]
        assert "住宿和餐饮业" in page and "■有" in page and "需要建档2户" in page and "六月再去" in page
        assert "■" not in words_of(enterprises.enterprises_pdf(county))[0]
        enterprises.write_register(county, tmp_path / "企业.xlsx", found)
        rows = list(openpyxl.load_workbook(tmp_path / "企业.xlsx").active.values)
        assert len(rows) == 3 and rows[2][:3] == ("梅城镇总工会", "迎宾旅馆", "住宿和餐饮业") and 26 in rows[2]
        enterprises.remove_enterprise(town, made.record_id)
        assert [row.name for row in enterprises.list_enterprises(town)] == ["客运站"]
