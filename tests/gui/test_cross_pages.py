"""Cross-table and charts: choices change the table at once, a cell shows its records, a chart says what its table says."""

from dataclasses import replace
from pathlib import Path

import pytest
from aid_money import in_2022, on_file
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from db.domain.reports.cross_lists import Subject
from db.domain.reports.cross_table import CrossRequest, Folded, Heading
from db.services import archiving, cross_tables
from db.services.office import OfficeSession
from desktop import messages, theme
from desktop.exchange.print_dialog import PrintDialog
from desktop.pages.charts import ChartsPage
from desktop.pages.cross_table import CrossTablePage
from desktop.pages.drafts_of_reports import DraftsPage
from desktop.reports import text_files
from desktop.reports.chart_drawing import draw_chart, ticks
from desktop.reports.chart_model import Chart, Series, Shape, chart_of
from desktop.reports.chart_view import charts_pdf, picture
from desktop.reports.copies_dialog import CopiesDialog, open_copies
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office with three households on file."""
    in_2022(office, "2022-09-01")
    for seed, kind in enumerate(("deep_hardship", "deep_hardship", "relative_hardship"), 1):
        on_file(office, seed, hardship_category=kind)
    return office


def test_cross_table__choose_look_keep(workspace: Workspace, session: OfficeSession, qtbot: QtBot) -> None:
    """Another row, a click on a cell, a kept choice."""
    workspace.show_page("cross_table", request=CrossRequest(Subject.HOUSEHOLDS, "households", "hardship_category"))
    page = workspace.findChild(CrossTablePage)
    assert page is not None
    qtbot.waitUntil(lambda: page.made is not None)
    assert [[column.text(row) for column in page.table.lines.columns] for row in page.table.lines.rows] == [
        ["深度困难", "2"], ["相对困难", "1"], ["合计", "3"],
    ]  # fmt: skip
    page.table.clicked.emit(page.table.lines.index(0, 1))
    qtbot.waitUntil(lambda: len(page.records.rows) == 2)
    assert "深度困难：2 户，2 条记录" in page._which.text()
    page.open(CrossRequest(Subject.PEOPLE, "people", "role", "sex"))
    qtbot.waitUntil(lambda: page.made is not None and page.made.request.subject is Subject.PEOPLE)
    assert page.table.cell_at(page.table.lines.index(0, 1)) == ("worker", None)
    assert page.table.cell_at(page.table.lines.index(2, 3)) == (None, "female")
    cross_tables.keep_choice(session, "按类别", page.choices.request())
    assert page.more_menu().actions()[0].text() == "按类别"
    page.choices.subject.setCurrentIndex(page.choices.subject.findData(Subject.AID))
    page.choices.subject.activated.emit(page.choices.subject.currentIndex())
    qtbot.waitUntil(lambda: page.made is not None and page.made.request.subject is Subject.AID)
    assert page._body.currentIndex() == 1 and not page._steps[0].isEnabled(), "nothing paid yet: a sentence, no empty table"


def test_cross_table__as_it_was_handed_in(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept with a click, found in the list of copies, shown with what has changed; a choice leads back to today."""
    request = CrossRequest(Subject.HOUSEHOLDS, "households", "hardship_category")
    workspace.show_page("cross_table", request=request)
    page = workspace.findChild(CrossTablePage)
    assert page is not None
    qtbot.waitUntil(lambda: page.made is not None)
    monkeypatch.setattr(messages, "confirm", lambda *_, **__: True)
    page.freeze()
    on_file(session, 4, hardship_category="relative_hardship")
    monkeypatch.setattr(CopiesDialog, "exec", lambda dialog: (dialog._on_opened(dialog.copies.index(0, 0)), 1)[1])
    open_copies(page.context, page)
    qtbot.waitUntil(lambda: "上报以后有变化" in page.note.text())
    assert "合计 现在是 4，上报时是 3；相对困难 现在是 2，上报时是 1。" in page.note.text()
    assert page.made is not None and page.made.text(None, None) == "3" and page.isVisible()
    page.choices.measure.activated.emit(0)
    qtbot.waitUntil(lambda: page.made is not None and page.made.text(None, None) == "4")
    assert page._handed_in.isHidden() and page.copy is None


def test_charts__say_what_the_tables_say(workspace: Workspace, session: OfficeSession, qtbot: QtBot) -> None:
    """The longest bar first, everybody in the pyramid, and all of it on paper and in pictures."""
    workspace.show_page("charts")
    page = workspace.findChild(ChartsPage)
    assert page is not None
    qtbot.waitUntil(lambda: all(card.made is not None for card in page.cards))
    classes, _, ages, paid = (card.view.chart for card in page.cards)
    assert classes is not None and ages is not None and paid is not None
    assert (classes.categories, classes.texts, list(classes.series[0].values)) == (["深度困难", "相对困难"], ["2", "1"], [2.0, 1.0])
    assert ages.shape is Shape.PYRAMID and sum(value or 0 for series in ages.series for value in series.values) == 9
    assert paid.is_empty and set(paid.texts) == {""}, "at a month without payments stands no figure"
    assert charts_pdf("图表", [classes, ages, paid]).startswith(b"%PDF")
    drawn = picture(classes)
    assert len({drawn.pixel(x, y) for x in range(0, drawn.width(), 40) for y in range(0, drawn.height(), 40)}) > 1
    assert ticks(0, 9, 4) == [0, 5, 10] and ticks(-3, 12, 3) == [-5, 0, 5, 10, 15]


def test_drafts__text_with_its_figures(workspace: Workspace, session: OfficeSession, qtbot: QtBot) -> None:
    """The text comes with its figures; a figure leads to its table; a case waits for households."""
    workspace.show_page("drafts", kind="annual")
    page = workspace.findChild(DraftsPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.draft is not None)
    assert "在档困难职工家庭3户、9人" in page.text.toPlainText() and page.figures.rows[0].text == "3"
    page.open("case")
    assert page.draft is None and not page.save_step.isEnabled()
    page.open("case", archiving.archive_ids(session, archiving.ArchiveQuery())[:1])
    qtbot.waitUntil(lambda: page.draft is not None)
    assert "某家" in page.text.toPlainText()
    page.open("annual")
    qtbot.waitUntil(lambda: bool(page.figures.rows))
    page.table.opened.emit(page.figures.index(1, 0))
    assert workspace.place()[0] == "cross_table"
    table = workspace.findChild(CrossTablePage)
    assert table is not None
    qtbot.waitUntil(lambda: table.made is not None and table.made.text(None, None) == "9")


def test_drafts__an_own_text_is_shown_beside_the_others(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written out, changed, read in, filled in, taken off; one that is wrong says where."""
    workspace.show_page("drafts", kind="practice")
    page = workspace.findChild(DraftsPage)
    assert page is not None
    path, told = tmp_path / "简报.toml", list[str]()
    monkeypatch.setattr(text_files.files, "ask_save", lambda *_: path)
    monkeypatch.setattr(text_files, "offer_folder", lambda *_: None)
    monkeypatch.setattr(text_files.files, "ask_open", lambda *_: path)
    monkeypatch.setattr(messages, "confirm", lambda *_, **__: True)
    monkeypatch.setattr(messages, "show_error", lambda _page, fault: told.append(fault.text()))
    page._files.write(page._kind())
    changed = path.read_text(encoding="utf-8").replace('id = "practice"', 'id = "own"').replace('name = "', 'name = "本县')
    path.write_text(changed, encoding="utf-8")
    page._files.take()
    qtbot.waitUntil(lambda: page.draft is not None and page.draft.kind.id == "own")
    assert page.kinds.currentItem().text() == page.draft.kind.name == "本县经验做法" and page.kinds.count() == 7
    assert [action.text() for action in page._files.menu(page._kind()).actions()][2] == "删除这份文稿样…"
    path.write_text(changed.replace("{office}", "{ofice}", 1), encoding="utf-8")
    page._files.take()
    assert "第 " in told[0] and "“ofice”不认得" in told[0]
    page._files.remove(page._kind())
    assert page.kinds.count() == 6 and page.kinds.current_name() == "annual"


def test_print__table_and_chart(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are offered; a table too wide for a page says so and leaves the chart."""
    shown: list[PrintDialog] = []
    monkeypatch.setattr(PrintDialog, "exec", lambda dialog: shown.append(dialog))
    workspace.show_page("cross_table", request=CrossRequest(Subject.HOUSEHOLDS, "households", "hardship_category"))
    page = workspace.findChild(CrossTablePage)
    assert page is not None
    qtbot.waitUntil(lambda: page.made is not None)
    page.print_table()
    assert [paper.caption for paper in shown[0]._papers] == ["表", "图"] and not shown[0]._warning.isVisibleTo(shown[0])
    assert page.made is not None
    wide = [Heading(str(at), str(at)) for at in range(20)]
    page.made = replace(page.made, columns=wide, request=replace(page.made.request, columns="industry"))
    page.print_table()
    assert "一张纸放不下" in shown[1]._warning.text()


def test_chart_of__too_many_columns_are_drawn_as_their_total(session: OfficeSession) -> None:
    """Some months of twelve would say something else than the table; and what is small is put together where it adds up."""
    request = CrossRequest(Subject.HOUSEHOLDS, "households", "hardship_category", "industry")
    table = cross_tables.make_table(session, request)
    wide = [Heading(str(at), f"{at} 类") for at in range(9)]
    counts = {("deep_hardship", str(at)): Folded(at, at) for at in range(9)}
    totals = {(None, str(at)): Folded(at, at) for at in range(9)}
    whole = {("deep_hardship", None): Folded(36, 36), (None, None): Folded(36, 36)}
    made = replace(table, columns=wide, rows=[Heading("deep_hardship", "深度困难")], cells={**counts, **totals, **whole})
    drawn = chart_of(made)
    assert [series.label for series in drawn.series][-1] == "其余" and sum(series.values[0] or 0 for series in drawn.series) == 36
    overlapping = replace(made, cells={**counts, **totals, ("deep_hardship", None): Folded(20, 20), (None, None): Folded(20, 20)})
    drawn = chart_of(overlapping)
    assert [list(series.values) for series in drawn.series] == [[20.0]] and "只画合计" in drawn.note


def test_draw_chart__whatever_its_size_and_its_gaps(session: OfficeSession) -> None:
    """Months without payments, what came back, one bar and twelve, in a stamp and on a wall."""
    months = [f"{month} 月" for month in range(1, 13)]
    sums = [None, 0.0, 123_456.78, *([99.5] * 8), -400.0]
    texts = ["" if not value else f"{value:,.2f}" for value in sums]
    other = [None, 7.0, *([1.0] * 10)]
    stacked = Chart("甲", "元", months, [Series("甲", sums), Series("乙", other)], Shape.COLUMNS, texts, True, True)
    charts = [
        stacked,
        replace(stacked, is_stacked=False),
        replace(stacked, shape=Shape.BARS),
        replace(stacked, shape=Shape.BARS, is_stacked=False, unit="户"),
        Chart("乙", "户", ["只有一个很长很长很长很长很长很长的名字"], [Series("乙", [1.0])], Shape.BARS, ["1"]),
        Chart("丙", "人", months[:3], [Series("男", [0.0, 2.0, 1.0]), Series("女", [1.0, 0.0, 0.0])], Shape.PYRAMID),
    ]
    for chart in charts:
        for width, height in ((40, 30), (240, 150), (560, 260), (3000, 2000)):
            image = QImage(width, height, QImage.Format.Format_RGB32)
            image.fill(QColor("white"))
            painter = QPainter(image)
            draw_chart(painter, QRectF(image.rect()), chart, theme.font(13))
            painter.end()
            assert any(image.pixelColor(x, y) != QColor("white") for x in range(width) for y in range(0, height, 7))
