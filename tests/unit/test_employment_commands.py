"""The commands of 阳光就业 and of services: list, write, read back."""

import json
from pathlib import Path
from typing import Any

import pytest
from aid_money import in_2022, on_file
from factories import PASSPHRASE, citizen_number, make_office
from pdf_words import pdf_text

from db.__main__ import main
from db.services import aid_services, archiving, graduates, register_papers

NUMBER = citizen_number("63010420000101123")


def test_commands__list_write_and_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A graduate from the list to the résumé, a referral in its log, 附件2 out and in."""
    office, _ = make_office(tmp_path / "office")
    in_2022(office)
    archive = on_file(office)
    archive.content.members[0] |= {"id_number": NUMBER, "member_identity": "unemployed", "relation_to_head": "son"}
    archive = archiving.save_archive(office, archive.content, archive.id)
    begun = graduates.prepared_from_member(office, archive.id, str(archive.content.members[0]["id"]))
    begun.values |= {"graduation_year": 2022, "school": "某大学", "education": "bachelor", "major": "护理学", "origin": "西宁",
                     "phone": "13900001111", "responsible": "李秀兰"}  # fmt: skip
    graduates.save_graduate(office, archive.id, begun)
    service = aid_services.prepared_service(office, "referral")
    service.values |= {"agency": "housing", "what": "申请公租房"}
    aid_services.save_service(office, archive.id, service)
    filled = tmp_path / "附件2.xlsx"
    register_papers.write_table(office, graduates.graduate_register(office), filled)
    folder = str(office.folder)
    office.close()
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)

    def answer(*words: str) -> Any:
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    body = answer("graduates", folder, str(tmp_path / "名单.pdf"), "--list", "missing", "--year", "2022")
    assert body["targets"][1]["asked"] == 1 and len(body["targets"][1]["missing"]) == 1 and body["to_call"][0]["why"].startswith("满 30 天")
    assert "没有就业" in pdf_text((tmp_path / "名单.pdf").read_bytes())
    assert answer("resume", folder, NUMBER, str(tmp_path / "简历.pdf"))["name"] == archive.content.members[0]["name"]
    assert NUMBER not in pdf_text((tmp_path / "简历.pdf").read_bytes())
    body = answer("services", folder, str(tmp_path / "台帐.xlsx"), "--waiting")
    assert [item["what"] for item in body["services"]] == ["申请公租房"] and (tmp_path / "台帐.xlsx").is_file()
    body = answer("graduate-import", folder, str(filled), "--dry-run")
    assert (body["added"], body["changed"], body["unchanged"], body["faults"]) == (0, 0, 1, [])
