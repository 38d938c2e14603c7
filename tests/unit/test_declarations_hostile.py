"""Files by which an office lays out its own tables, texts, lists and bank files: whatever stands in them, a sentence says it."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import expect_refusal

import resources
from db.domain.aid.bank_layout import LayoutError, read_layout
from db.domain.papers.register_layout import RegisterLayoutError, read_register
from db.domain.reports.layout_file import ReportLayoutError, read_report
from db.domain.reports.text_file import TextFileError, read_text_kind, text_figures
from db.services import bank_exchange, own_texts, report_tables, student_lists
from db.services.office import OfficeSession

TAKERS: dict[str, Callable[[OfficeSession, Path], object]] = {
    "table": report_tables.TABLES.take,
    "text": own_texts.TEXTS.take,
    "bank": bank_exchange.add_layout,
    "list": student_lists.add_layout,
}
BAD = {
    "nothing": b"",
    "deep": b"a = " + b"[" * 40_000,
    "long number": b"a = " + b"9" * 10_000,
    "broken": b'id = "x\ntitle = 1',
    "utf-16": "id = 1".encode("utf-16"),
    "huge": b"#" * 400_000,
    "no text": bytes(range(256)),
}
READERS: dict[str, tuple[str, Callable[[str], Any], type[ValueError]]] = {
    "table": ("reports/aid_items.toml", read_report, ReportLayoutError),
    "text": ("texts/1-annual.toml", lambda text: read_text_kind(text, text_figures()), TextFileError),
    "bank": ("banks/layouts/csv.toml", read_layout, LayoutError),
    "list": ("registers/tuition_list.toml", read_register, RegisterLayoutError),
}
VALUES = (
    "1",
    "-5",
    "[]",
    "[[1]]",
    "{}",
    "{ a = 1 }",
    "true",
    '""',
    '"{x}"',
    "1e999",
    "nan",
    "2022-01-01",
    '"../x"',
    "99999999999999999999",
)
"""What a clerk, or somebody worse, writes where something else belongs."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeSession]:
    """A township."""
    session, _ = make_office(tmp_path_factory.mktemp("declarations") / "office")
    yield session
    session.close()


@pytest.mark.parametrize("kind", TAKERS)
def test_file__that_is_none_is_refused_in_words(office: OfficeSession, tmp_path: Path, kind: str) -> None:
    """Gone, a folder, a pipe that would keep the program waiting, and bytes of all sorts: a sentence, in Chinese to its end."""
    take = TAKERS[kind]
    os.mkfifo(tmp_path / "pipe")
    for path, code in (
        (tmp_path / "gone.toml", "file_gone"),
        (tmp_path, "cannot_read"),
        (tmp_path / "pipe", "cannot_read"),
    ):
        expect_refusal(lambda path=path: take(office, path), code)
    for name, data in BAD.items():
        path = tmp_path / "样.toml"
        path.write_bytes(data)
        told = expect_refusal(
            lambda path=path: take(office, path), "report_table_wrong", "report_table_long", "report_text_wrong",
            "report_text_long", "bank_layout_bad", "register_layout_bad",
        ).text()  # fmt: skip
        assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]", told), (name, told)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_declaration__with_anything_anywhere_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    """Values of another kind, lines lost, doubled or swapped: the reader understands it, or says so with its own error."""
    name, read, error = READERS[kind]
    lines = resources.read_text(name).splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(("value", "value", "drop", "double", "cut")))
        if how == "value" and "=" in lines[at]:
            lines[at] = f"{lines[at].partition('=')[0]}= {data.draw(st.sampled_from(VALUES))}"
        elif how == "double":
            lines.insert(at, lines[data.draw(st.integers(0, len(lines) - 1))])
        elif how == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        elif len(lines) > 1:
            del lines[at]
    try:
        made = read("\n".join(lines))
    except error as fault:
        assert str(fault).strip()
        return
    assert isinstance(made.id, str) and made.id


def test_unknown_table__is_not_written(office: OfficeSession, tmp_path: Path) -> None:
    """The clerk hears which ones there are."""
    told = expect_refusal(
        lambda: report_tables.TABLES.write(office, "nope", tmp_path / "a.toml"), "report_unknown"
    ).text()
    assert "tuition" in told and not (tmp_path / "a.toml").exists()
