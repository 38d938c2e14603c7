"""Texts with figures: every figure is counted and told at the end, nobody can be found in a case, gaps are marked."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from aid_money import card_number, fund, grant, in_2022, on_file
from docx import Document
from factories import PASSPHRASE, make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import town_and_county
from payments import pay

import resources
from db.__main__ import main
from db.domain.archive_content import ArchiveContent
from db.domain.masking import short_name
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.reports.household_story import numeral
from db.domain.reports.period import period_of
from db.domain.reports.text_file import (
    TextFileError,
    read_figures,
    read_text_kind,
    text_figures,
    text_kinds,
)
from db.errors import UserError
from db.exchange.text_document import BODY, TITLE, text_docx
from db.services import answering, archiving, exchange, own_texts, records, reports, text_drafts
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
    text = 'id="own"\nname="a"\ntitle="a"\nhint="a"\nbegin="{nothing}"\n[[section]]\nheading="a"\nparagraphs=[]'
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


OWN = """\
id = "brief"
name = "简报"
title = "{office}{period}简报"
begin = "现将情况报告如下。"

[[section]]
heading = "一、情况"
paragraphs = [
  { text = "在档{on_file}户，发放临时救助{spot_money}万元。", when = "on_file" },
  "【请写明：下一步】",
]

[figure.spot_money]
label = "临时救助金额"
subject = "aid"
measure = "money"
only = { item = ["temporary"] }
unit = "wan"
"""


def test_own_text__read_in_sent_down_and_taken_off(tmp_path: Path) -> None:
    """A county's own text, with a figure of its own, is filled in at the township after the answer."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-07-01")
        in_2022(county, "2022-07-01")
        path = tmp_path / "文稿样.toml"
        path.write_text(OWN, encoding="utf-8")
        assert own_texts.TEXTS.take(county, path).id == "brief"
        path.write_text(OWN.replace("简报\"\ntitle", "工作简报\"\ntitle", 1), encoding="utf-8")
        assert own_texts.TEXTS.take(county, path).name == "工作简报", "the next version takes the place of the first"
        on_file(town, 1)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        assert list(text_drafts.kinds(town)) == [*text_kinds(), "brief"]
        draft = text_drafts.make_text(town, "brief", PERIOD)
        assert draft.title == f"{town.office.name}2022年简报" and "在档1户，发放临时救助0.00万元。" in words(draft)
        assert [(item.label, item.text) for item in draft.figures] == [("在档困难职工家庭", "1"), ("临时救助金额", "0.00")]
        with pytest.raises(UserError, match="上级下发"):
            own_texts.TEXTS.remove(town, "brief")
        own_texts.TEXTS.write(town, "brief", path)
        assert "工作简报" in path.read_text(encoding="utf-8")
        own_texts.TEXTS.remove(county, "brief")
        assert list(text_drafts.kinds(county)) == list(text_kinds())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{on_file}", "{on_fiel}", "第 9 行：花括号里的“on_fiel”不认得"),
        ("{on_file}", "{on_file", "第 9 行：“在档{on_file户，发放临时救助{s”里的 {} 不成对"),
        ('when = "on_file"', 'when = "today"', "第 9 行：when 里的“today”不是数的名字"),
        ("下一步】", "下一步", "第 10 行：“【请写明：下一步”里的 【】 不成对"),
        ("{period}", "{person}", "第 3 行：花括号里的“person”不认得；它只能用在写家庭的文稿"),
        ('["temporary"]', '["temporray"]', "第 13 行：数“spot_money”的“item”没有“temporray”；可以用 "),
        ('subject = "aid"', 'subject = "help"', "第 13 行：数“spot_money”的 subject“help”不认得；可以用 households、"),
        ('measure = "money"', 'report = "funds"\ncode = "nothing"', "第 13 行：数“spot_money”的 code“nothing”不认得"),
        ('id = "brief"', 'id = "annual"', "程序自带"),
        ("paragraphs = [", "paragraphs = ", "第 8 行：写法不对"),
        ("[[section]]", "[section]", "要有 1 到 60 段"),
    ],
)
def test_own_text__refused_in_plain_words(office: OfficeSession, tmp_path: Path, old: str, new: str, told: str) -> None:
    """File, line and reason; nothing is kept."""
    path = tmp_path / "文稿样.toml"
    path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(told)) as caught:
        own_texts.TEXTS.take(office, path)
    assert "文稿样.toml" in caught.value.text() or "程序自带" in told
    assert own_texts.TEXTS.own(office) == {}


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["", "1", '"x"', "[]", "[1]", "{}", "true", '"{on_file}"', "-1", "[[[]]]"]))
def test_read_text_kind__whatever_is_written_is_a_text_or_a_sentence(at: int, instead: str) -> None:
    """Anything in the place of any value: no other fault ever reaches whoever reads the file, or gets it from above."""
    lines = OWN.splitlines()
    places = [number for number, line in enumerate(lines) if "=" in line]
    place = places[at % len(places)]
    lines[place] = f"{lines[place].partition('=')[0]}= {instead}"
    try:
        assert read_text_kind("\n".join(lines), text_figures()).sections
    except TextFileError as fault:
        assert any("一" <= letter <= "龥" for letter in str(fault))


def test_help__names_every_figure() -> None:
    """Whoever writes a text finds the name of each figure, with what it is, in the help."""
    told = resources.read_text("help/text_drafts.md")
    assert not [item.name for item in text_figures().values() if f"| {item.name} | {item.label} |" not in told]


def test_commands__own_texts(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``text-file`` lists figures, writes a text out, reads it in and takes it off."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    folder, path = str(office.folder), tmp_path / "总结.toml"
    assert main(["text-file", folder]) == 0 and "{on_file}　在档困难职工家庭" in capsys.readouterr().out
    assert main(["text-file", folder, "--write", "annual", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8").replace('id = "annual"', 'id = "half"'), encoding="utf-8")
    assert main(["text-file", folder, "--take", str(path)]) == 0
    capsys.readouterr()
    assert main(["draft-text", folder]) == 0 and "half　工作总结" in capsys.readouterr().out
    assert main(["text-file", folder, "--remove", "half"]) == 0
    assert main(["text-file", folder, "--remove", "half"]) == 1
