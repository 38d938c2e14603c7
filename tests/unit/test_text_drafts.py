"""Texts with figures: every figure is counted and told at the end, nobody can be found in a case, gaps are marked."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from aid_money import card_number, fund, grant, in_2022, on_file
from docx import Document
from factories import PASSPHRASE, make_office
from payments import pay

from db.__main__ import main
from db.domain.archive_content import ArchiveContent
from db.domain.masking import short_name
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.reports.household_story import numeral
from db.domain.reports.period import period_of
from db.domain.reports.text_drafts import (
    TextFileError,
    read_figures,
    read_text_kind,
    text_figures,
    text_kinds,
)
from db.errors import UserError
from db.exchange.text_document import BODY, TITLE, text_docx
from db.services import archiving, records, reports, text_drafts
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

PERIOD = period_of(2022)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 with three households on file, two of them helped."""
    session, _ = make_office(tmp_path / "office")
    in_2022(session, "2022-07-01")
    source = fund(session)
    for seed in (1, 2, 3):
        archive = on_file(session, seed, bank_account=card_number(seed), bank_name="某银行")
        if seed < 3:
            pay(session, [grant(session, archive.id, source, 150_050).id], "2022-07-01")
    yield session
    session.close()


def words(draft: text_drafts.DraftText) -> str:
    """The whole text."""
    return "".join(line for part in draft.sections for line in (part.heading, *part.paragraphs))


def ids(office: OfficeSession) -> list[str]:
    """Every household."""
    return archiving.archive_ids(office, archiving.ArchiveQuery())


def test_summary__has_the_figures_of_the_records(office: OfficeSession) -> None:
    """Households, people and money as they are; what is not there is said, not made up."""
    draft = text_drafts.make_text(office, "annual", PERIOD)
    text = words(draft)
    assert "在档困难职工家庭3户、9人" in text and "深度困难3户" in text
    assert "共发放救助2笔、0.30万元，惠及2户，平均每笔1,500.50元" in text
    assert "（二）走访联系。2022年还没有走访登记。【请说明原因】" in text
    assert "金秋助学" not in text, "nothing is said of what did not happen"
    told = {item.name: item for item in draft.figures}
    assert told["paid"].text == "0.30" and told["paid"].when == "2022-01-01 至 2022-12-31"
    assert all(item.meaning and item.label for item in draft.figures)
    assert {item.name for item in draft.figures} <= draft.kind.names()


def test_every_text__can_be_written(office: OfficeSession) -> None:
    """No placeholder is left, and every figure in the text stands in the table at its end."""
    for name, kind in text_kinds().items():
        draft = text_drafts.make_text(office, name, PERIOD, ids(office) if kind.of_households else ())
        document = Document(BytesIO(text_docx(draft)))
        text = "".join(paragraph.text for paragraph in document.paragraphs)
        assert "{" not in text and "（#）" not in text and draft.title in text
        rows = document.tables[0].rows[1:] if draft.figures else []
        assert [row.cells[0].text for row in rows] == [figure.text for figure in draft.figures]
        yellow = sum(1 for paragraph in document.paragraphs for run in paragraph.runs if run.font.highlight_color)
        assert yellow == draft.gaps > 0


def test_case__tells_nobody(office: OfficeSession) -> None:
    """No name, number, address, employer or day of birth of anybody in the household; those called alike are told apart."""
    chosen = ids(office)
    draft = text_drafts.make_text(office, "case", PERIOD, chosen)
    data = text_docx(draft)
    text = "".join(paragraph.text for paragraph in Document(BytesIO(data)).paragraphs).replace(office.office.name, "")
    for archive_id in chosen:
        content: ArchiveContent = archiving.load_archive(office, archive_id).content
        secrets = {str(content.values.get(key) or "") for key in ("name", "id_number", "mobile_phone", "home_address", "employer",
                                                                  "birth_on", "bank_account", "other_contact")}  # fmt: skip
        secrets |= {str(member.get(key) or "") for member in content.members for key in ("name", "id_number", "birth_on")}
        assert not [secret for secret in secrets if secret and secret in text]
        assert f"{short_name(content.text('name'))}" in text
    assert "二、" in text and "生活救助1次，合计1,500.50元" in text
    assert not re.search(r"\d{7,}", text)
    twice = words(text_drafts.make_text(office, "case", PERIOD, [chosen[0], chosen[0]]))
    assert "某乙" in twice
    assert short_name("欧阳建国") == "欧阳某" and short_name("张三") == "张某" and numeral(21) == "二十一"
    with pytest.raises(UserError, match="先选一户"):
        text_drafts.make_text(office, "case", PERIOD)


def test_layout__is_that_of_official_papers(office: OfficeSession) -> None:
    """A4, fonts named for Word and WPS, 28 points from line to line."""
    document = Document(BytesIO(text_docx(text_drafts.make_text(office, "annual", PERIOD))))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.top_margin.mm), round(section.left_margin.mm)) == (210, 37, 28)
    fonts = [run._element.rPr.rFonts.get(run._element.rPr.rFonts.keys()[-1]) for run in document.paragraphs[0].runs]
    assert fonts == [TITLE]
    body = document.paragraphs[2]
    assert body.paragraph_format.line_spacing.pt == 28 and BODY in body._element.xml


def test_files__wrong_ones_are_refused() -> None:
    """A figure that cannot be counted, and a placeholder that nothing fills."""
    with pytest.raises(TextFileError, match="colour"):
        read_figures('[figure.x]\nlabel = "x"\nsubject = "aid"\nmeasure = "money"\nonly = { colour = ["red"] }')
    with pytest.raises(TextFileError, match="living_room"):
        read_figures('[figure.x]\nlabel = "x"\nsubject = "aid"\nmeasure = "money"\nonly = { item = ["living_room"] }')
    text = 'id="a"\nname="a"\ntitle="a"\nhint="a"\nbegin="{nothing}"\n[[section]]\nheading="a"\nparagraphs=[]'
    with pytest.raises(TextFileError, match="nothing"):
        read_text_kind(text, text_figures())


def test_command__writes_a_word_file(office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``draft-text DIR KIND OUT.docx``."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    number = archiving.load_archive(office, ids(office)[0]).archive_number
    out = tmp_path / "案例.docx"
    assert main(["draft-text", str(office.folder), "case", str(out), "--period", "2022", "--archive", number]) == 0
    assert Document(str(out)).paragraphs[0].text == "困难职工帮扶典型案例"
    assert main(["draft-text", str(office.folder), "poem", str(out)]) == 1


def test_figures__those_of_tables_are_those_the_table_prints(office: OfficeSession) -> None:
    """A class for the holidays as 附件3 counts it; every figure that is declared is told in some text."""
    entry = RecordContent({"title": "甲班", "begins_on": "2022-06-05", "children": 31})
    records.save_entry(office, RecordKind.DAY_CARE, entry)
    draft = text_drafts.make_text(office, "tuition", PERIOD)
    assert "举办暑假托管班1个，照顾职工子女31人。" in words(draft)
    table = reports.make_report(office, ReportRequest("tuition", 2022, "2022-01-01", "2022-07-01"))
    told = {item.name: item for item in draft.figures}
    assert told["day_care_children"].text == table.value("06B").text and "06" in told["day_care_children"].meaning
    office.clock = in_2022(office, "2022-11-01").clock
    assert "截至2022年8月31日" in words(text_drafts.make_text(office, "tuition", PERIOD)), "as the table beside it"
    assert "截至2022年11月1日" in words(text_drafts.make_text(office, "employment", PERIOD))
    known = text_figures()
    named = set().union(*(kind.names() for kind in text_kinds().values()))
    assert set(known) <= named
