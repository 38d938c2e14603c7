"""Papers and command of programmes: the list to sign has its columns and sums, the totals say what the grants say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import fund, in_2022, on_file
from factories import PASSPHRASE, make_office
from openpyxl import load_workbook
from pdf_words import pdf_text

from db.__main__ import main
from db.domain.records.record_form import RecordContent
from db.services import aid, programme_papers, programmes, register_papers
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.programmes import Programme

CAPTIONS = ["序号", "姓名", "身份证号", "单位", "慰问（救助）类别", "金额（元）、物资", "日期", "慰问人", "签收"]
"""送温暖发放表, requirements §b.6."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfficeSession]:
    """A township of 2022."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def winter(office: OfficeSession) -> Programme:
    """Two households with money, one of them with goods, too; 30 people without an archive."""
    content: dict[str, Any] = {"title": "2022 年送温暖", "programme_kind": "warmth", "year": 2022, "begins_on": "2022-06-01",
                               "items": ["warmth"], "visitors": "王芳"}  # fmt: skip
    item = programmes.save_programme(office, RecordContent(content)).record_id
    source, ids = fund(office, needs_archive=False), [on_file(office, seed, employer=f"第{seed}机械厂").id for seed in (1, 2)]
    money = GrantInput("warmth", 123_456, fund_id=source, programme_id=item, programme_title="2022 年送温暖", reason="照文件")
    goods = GrantInput("warmth", goods="大米 10 公斤", programme_id=item, programme_title="2022 年送温暖", reason="照文件")
    aid.grant_many(office, [(ids[0], money), (ids[1], money), (ids[0], goods)])
    line: dict[str, Any] = {"programme_id": item, "group": "frontline", "on_day": "2022-07-01", "people": 30, "place": "工地",
                            "amount": 300_000}  # fmt: skip
    programmes.save_condolence(office, RecordContent(line))
    return programmes.programme_of(office, item)


def test_handout__has_its_columns_one_line_a_person_and_the_sums(office: OfficeSession, tmp_path: Path) -> None:
    """On paper and as workbook; whoever gets money and goods signs once."""
    item = winter(office)
    names = [grant.recipient_name for grant in programmes.programme_grants(office, item.id)]
    words = pdf_text(programme_papers.handout_pdf(office, item.id))
    squeezed = "".join(words.split())
    assert "送温暖发放表" in squeezed and all(caption in squeezed for caption in CAPTIONS)
    assert "合计：2人，¥2,469.12元，人民币（大写）：贰仟肆佰陆拾玖元壹角贰分，实物1份。" in squeezed
    assert all(squeezed.count(name) == 1 for name in set(names)) and "1,234.56元、大米10公斤" in squeezed
    path = tmp_path / "发放表.xlsx"
    programme_papers.write_handout(office, item.id, path)
    rows = [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]
    assert rows[0][0] == "送温暖发放表" and rows[2] == CAPTIONS and "合计：2 人，¥ 2,469.12 元" in rows[5][0]
    cells = {row[3]: row[5] for row in rows[3:5]}
    assert cells == {"第1机械厂": "1,234.56 元、大米 10 公斤", "第2机械厂": 1234.56}
    assert {row[7] for row in rows[3:5]} == {"王芳"} and not any(row[8] for row in rows[3:5])


def test_blank_handout__is_one_page_to_be_filled_in(office: OfficeSession) -> None:
    """Numbered lines, nobody's name."""
    item = winter(office)
    pdf = programme_papers.handout_pdf(office, item.id, blank=True)
    squeezed = "".join(pdf_text(pdf).split())
    assert "第1页/共1页" in squeezed and all(caption in squeezed for caption in CAPTIONS)
    assert not any(grant.recipient_name in squeezed for grant in programmes.programme_grants(office, item.id))


def test_list_of_names__tells_what_is_wanted_of_each_household(office: OfficeSession, tmp_path: Path) -> None:
    """In the order asked for; what is to be given, or was given already."""
    item = winter(office)
    third = on_file(office, 3, employer="第3机械厂", mobile_phone="13900001111")
    first = programmes.programme_grants(office, item.id)[0].archive_id
    path = tmp_path / "名单.xlsx"
    assert programme_papers.write_names(office, item.id, [third.id, first], path) == 2
    _, _, head, *rows = [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]
    assert head[:4] == ["序号", "姓名", "身份证号", "填报单位"]
    assert tuple(rows[0][:3]) == (1, *(third.content.values[key] for key in ("name", "id_number")))
    assert rows[0][8] == "13900001111" and not rows[0][9] and "元" in rows[1][9]
    assert "合计：2户。" in "".join(pdf_text(programme_papers.names_pdf(office, item.id, [third.id, first])).split())


def test_command__says_and_writes_the_same(office: OfficeSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The register, one programme with its piles, the totals and the list to sign as files."""
    winter(office)

    def run(*arguments: object) -> Any:
        status = main(["programmes", str(office.folder), *map(str, arguments), "--json"])
        shown = json.loads(capsys.readouterr().out)
        return shown["error"]["code"] if status and "error" in shown else shown

    totals, handout = tmp_path / "汇总.xlsx", tmp_path / "发放表.pdf"
    (told,) = run("--out", totals)["programmes"]
    assert (told["households"], told["people"], told["granted"], told["paid"], told["goods"], told["others"]) == (2, 2, 246_912, 0, 1, 30)
    rows = [list(row) for row in load_workbook(totals).active.iter_rows(values_only=True)]
    figures = [2, 2, 2469.12, 0, 1, 0, 30, 3000]
    assert rows[4] == ["2022 年送温暖", "送温暖", "2022", "2022-06-01 起", office.office.name, *figures]
    assert rows[5][0] == "合计" and rows[5][5:] == figures
    one = run("2022 年送温暖", "--out", handout)
    assert one["households"] == {"to_do": 0, "granted": 2, "done": 0, "all": 2}
    assert handout.read_bytes().startswith(b"%PDF")
    assert run("送清凉") == "programme_unknown" and run("--out", tmp_path / "x.doc") == "wrong_ending"
    assert run("--year", 2021)["programmes"] == []


def test_people_without_an_archive__are_listed_with_their_sum(office: OfficeSession) -> None:
    """Line by line, and together; nothing of it is in a ledger of money."""
    item = winter(office)
    table = programme_papers.condolence_table(office, item.id)
    assert [row[:6] for row in table.rows] == [[1, "2022-07-01", "一线职工", 30, "工地", 300_000], ["合计", "", "", 30, "", 300_000]]
    squeezed = "".join(pdf_text(register_papers.table_pdf(table)).split())
    assert "没有档案的慰问对象登记表" in squeezed and "3,000.00" in squeezed
