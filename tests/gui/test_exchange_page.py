"""数据交换 in the window: the clerk's way to the county and back, and a workbook in. Services are the real ones."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from db.services import archiving, demo, exchange, printing, workbooks
from db.services import office as offices
from db.services.archiving import ArchiveQuery, Submission
from db.services.office import OfficeSession
from desktop import background, messages, theme
from desktop.background import Changes
from desktop.context import AppContext
from desktop.exchange import export_dialog
from desktop.exchange.import_outcome import remark_of
from desktop.exchange.overview import bundle_state
from desktop.exchange.partner_dialogs import EnrolDialog
from desktop.pages.exchange import ExchangePage
from desktop.preferences import Preferences
from desktop.widgets.pdf_pages import PdfPages

WORKBOOK = Path(__file__).resolve().parents[1] / "fixtures" / "wide.xlsx"
MakePage = Callable[[OfficeSession], ExchangePage]


class SilentWindow:
    """The window around the page: remembers what it was asked for."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show_page(self, name: str, **_arguments: Any) -> None:
        """Remember the page."""
        self.shown.append(name)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_arguments, **_named: None


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path) -> MakePage:
    """Makes the page of an office, at the size it has in a small window."""
    theme.apply_theme(QApplication.instance())

    def make(session: OfficeSession) -> ExchangePage:
        context = AppContext(session, Changes(), SilentWindow(), Preferences(tmp_path / "preferences.json"))
        page = ExchangePage(context)
        qtbot.addWidget(page)
        page.resize(1218, 680)
        page.show()
        page.open()
        return page

    return make


def make_office(folder: Path, name: str, level: str, region_code: str) -> OfficeSession:
    """An office that costs no time to open."""
    session, _ = offices.create_office(
        folder / name,
        name=name,
        level=level,
        region_code=region_code,
        clerk_name="陈志强",
        passphrase="qianshan-2026",
        light=True,
    )
    return session


@pytest.fixture
def town(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township with five households."""
    session = make_office(tmp_path, "梅城镇总工会", "township", "340882100")
    demo.fill_office(session, 5)
    yield session
    session.close()


@pytest.fixture
def county(tmp_path: Path, town: OfficeSession) -> Iterator[OfficeSession]:
    """The county; both know each other's card."""
    session = make_office(tmp_path, "潜山市总工会", "county", "340882")
    for writer, reader in ((town, session), (session, town)):
        card = tmp_path / f"{writer.office.name}{exchange.CARD_SUFFIX}"
        exchange.write_card(writer, card)
        exchange.enrol(reader, card)
    yield session
    session.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def press(root: QWidget, text: str) -> None:
    """Click the one button in sight that begins with *text*."""
    (found,) = (made for made in root.findChildren(QPushButton) if made.isVisible() and made.text().startswith(text))
    assert found.isEnabled()
    found.click()


def settle(qtbot: QtBot) -> None:
    """Wait for the running service and what it shows."""
    qtbot.waitUntil(lambda: not background.is_busy(), timeout=20_000)
    qtbot.wait(30)


def states(session: OfficeSession) -> set[Submission]:
    """How far the archives of an office have come."""
    return {row.submission for row in archiving.list_archives(session, ArchiveQuery())}


def test_stick__to_the_county_and_back__marks_every_archive(
    qtbot: QtBot, make_page: MakePage, town: OfficeSession, county: OfficeSession, stick: Path
) -> None:
    """Export, preview, receive, read the receipt: by the buttons a clerk presses."""
    sender, receiver = make_page(town), make_page(county)
    press(sender.overview, "导出数据包")
    sender.send.target.set_folder(stick)
    press(sender.send, "导出 5 户")
    settle(qtbot)
    (bundle,) = stick.glob("*.nuandang")
    assert sender.sent.isVisible() and states(town) == {Submission.EXPORTED}

    receiver.read_file(bundle)
    settle(qtbot)
    assert [group.count for group in receiver.receive.groups.rows] == [5, 0, 0, 0, 0]
    assert archiving.count_archives(county, ArchiveQuery()) == 0
    press(receiver.receive, "写入 5 户并生成回执")
    settle(qtbot)
    assert receiver.received.isVisible() and archiving.count_archives(county, ArchiveQuery()) == 5
    receiver.open()
    assert {bundle_state(row)[0] for row in receiver.overview.records.rows} == {"已写入，已回执", "已写出"}

    (receipt,) = (path for path in stick.glob("*.nuandang") if path != bundle)
    sender.read_file(receipt)
    settle(qtbot)
    press(sender.receive, "读入回执")
    settle(qtbot)
    assert states(town) == {Submission.ACKNOWLEDGED}
    sender.open()
    assert [(row.kind, row.direction) for row in sender.overview.records.rows] == [
        ("receipt", "received"),
        ("archives", "sent"),
    ]


def test_preview__of_a_changed_household__names_field_old_and_new(
    qtbot: QtBot, make_page: MakePage, town: OfficeSession, county: OfficeSession, stick: Path
) -> None:
    """What the county sees before it writes: the form's caption, what it has, what comes; nothing is stored yet."""
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    first = archiving.archive_ids(town, ArchiveQuery())[0]
    content = archiving.load_archive(town, first).content
    old, content.values["mobile_phone"] = content.values["mobile_phone"], "13800005678"
    archiving.save_archive(town, content, first)
    page = make_page(county)
    page.read_file(exchange.export_bundle(town, None, stick).path)
    settle(qtbot)
    assert page.receive.groups.rows[1].count == 1
    line = next(line for line in page.receive.lines.rows if line.caption == "手机号码")
    assert (line.here, line.package) == (old, "13800005678")
    assert archiving.load_archive(county, first).content.values["mobile_phone"] == old
    press(page.receive, "不收")
    assert page.overview.isVisible()


def test_damaged_bundle__is_refused__and_nothing_changes(
    qtbot: QtBot,
    make_page: MakePage,
    town: OfficeSession,
    county: OfficeSession,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One turned byte: the reason is shown, the page stays where it was."""
    bundle = exchange.export_bundle(town, None, stick).path
    body = bytearray(bundle.read_bytes())
    body[len(body) // 2] ^= 1
    bundle.write_bytes(body)
    seen: list[BaseException] = []
    monkeypatch.setattr(messages, "show_error", lambda _parent, exc: seen.append(exc))
    page = make_page(county)
    page.read_file(bundle)
    settle(qtbot)
    assert len(seen) == 1 and "没有接收" in str(seen[0])
    assert page.overview.isVisible() and archiving.count_archives(county, ArchiveQuery()) == 0


def test_enrolment__without_comparing_the_fingerprint__is_not_offered(
    qtbot: QtBot, make_page: MakePage, town: OfficeSession, county: OfficeSession
) -> None:
    """The button opens only after the clerk says that the digits were compared; the relation follows the levels."""
    page = make_page(town)
    dialog = EnrolDialog(page, exchange.own_card(county), town.office.level)
    qtbot.addWidget(dialog)
    dialog.show()
    (enrol,) = (made for made in dialog.findChildren(QPushButton) if made.text() == "登记")
    assert not enrol.isEnabled() and dialog.relation() == "parent"
    dialog.compare()
    assert enrol.isEnabled()


def test_import__stores_nothing_before_the_last_step(qtbot: QtBot, make_page: MakePage, tmp_path: Path) -> None:
    """File, columns, dry run, import; a plan without the ID column cannot be tried."""
    session = make_office(tmp_path, "新单位", "township", "340882100")
    page = make_page(session)
    page.open(section="import", path=str(WORKBOOK))
    settle(qtbot)
    view = page.imports
    column = next(at for at, row in enumerate(view.plan.columns.rows) if row.caption == "身份证号")
    view.plan.table.setCurrentIndex(view.plan.columns.index(column, 0))
    view.plan.choose(None)
    (go,) = (made for made in view.plan.findChildren(QPushButton) if made.text() == "试导入")
    assert not go.isEnabled()
    view.plan.choose("id_number")
    press(view.plan, "试导入")
    settle(qtbot)
    outcome = view.outcome.outcome
    assert outcome is not None and (outcome.rows_read, outcome.created, outcome.failed) == (60, 47, 13)
    assert archiving.count_archives(session, ArchiveQuery()) == 0
    press(view.outcome, "导入 47 户")
    settle(qtbot)
    assert archiving.count_archives(session, ArchiveQuery()) == 47
    session.close()


@pytest.mark.parametrize("size", list(theme.FontSize))
def test_tables__at_every_font_size__keep_their_last_column_in_sight(
    make_page: MakePage, town: OfficeSession, county: OfficeSession, size: theme.FontSize
) -> None:
    """Columns give way instead of pushing the state of a package out of the window; the page fits 1366 × 768."""
    page = make_page(town)
    theme.apply_theme(QApplication.instance(), size)
    page = make_page(town)
    table = page.overview.record_table
    table.fit()
    used = sum(table.columnWidth(column) for column in range(table.model().columnCount() - 1))
    assert used + theme.sp(48) <= table.viewport().width()
    assert page.minimumSizeHint().height() <= 768 - theme.sp(56 + 30)
    theme.apply_theme(QApplication.instance())


def test_pdf_pages__of_two_forms__turn_by_key(qtbot: QtBot, town: OfficeSession) -> None:
    """The preview shows every page of the very PDF and walks through it."""
    view = PdfPages()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    view.show_pdf(printing.archive_pdf(town, archiving.archive_ids(town, ArchiveQuery())[:2]))
    assert view.page_count() == 2 and view.page() == 0
    view.show_page(1)
    assert view.page() == 1
    dark = sum(view.grab().toImage().pixelColor(x, 250).lightness() < 128 for x in range(580))
    assert dark > 0


@pytest.mark.parametrize(("way", "name"), [(0, "flat.xlsx"), (1, "forms.xlsx"), (2, "forms.pdf")])
def test_export__in_every_format__writes_the_chosen_archives_only(
    qtbot: QtBot,
    make_page: MakePage,
    town: OfficeSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: int,
    name: str,
) -> None:
    """What lands in the clerk's folder opens again and holds the two people that were ticked."""
    told: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda _parent, sentence, *_rest, **_named: told.append(sentence))
    page, path = make_page(town), tmp_path / name
    ids = archiving.archive_ids(town, ArchiveQuery())[:2]
    export_dialog.write_archives(page.context, page, ids, export_dialog.WAYS[way], path)
    settle(qtbot)
    assert len(told) == 1 and str(path) in told[0]
    if path.suffix == ".pdf":
        assert printing.page_count(path.read_bytes()) == 2
        return
    cells = {str(cell) for sheet in CalamineWorkbook.from_path(path).sheet_names for cell in _cells(path, sheet)}
    names = {row.id: str(row.values["name"]) for row in archiving.list_archives(town, ArchiveQuery())}
    assert {names[one] in cells for one in ids} == {True}
    assert not any(names[one] in cells for one in names if one not in ids)


def _cells(path: Path, sheet: str) -> list[Any]:
    return [cell for row in CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python() for cell in row]


def test_dropped_workbook__starts_the_import__and_escape_does_not_lose_it(
    qtbot: QtBot, make_page: MakePage, town: OfficeSession
) -> None:
    """A file dropped anywhere on the page is taken for what it is; Escape leaves every view but a prepared import."""
    page = make_page(town)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(WORKBOOK))])
    at, act, button = QPointF(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(at, act, files, button, Qt.KeyboardModifier.NoModifier))
    settle(qtbot)
    assert page.imports.plan.isVisible() and page.imports.plan.plan is not None
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.imports.plan.isVisible()
    page.show_export()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.overview.isVisible()


def test_import__of_a_file_that_updates__says_what_changes_before_storing(
    qtbot: QtBot, make_page: MakePage, town: OfficeSession, tmp_path: Path
) -> None:
    """An exported list, one phone changed in it, read again: one household is to be updated, field named."""
    path = tmp_path / "again.xlsx"
    ids = archiving.archive_ids(town, ArchiveQuery())
    workbooks.export_flat(town, ids, path)
    content = archiving.load_archive(town, ids[0]).content
    listed, content.values["mobile_phone"] = content.values["mobile_phone"], "13800005678"
    archiving.save_archive(town, content, ids[0])
    page = make_page(town)
    page.open(section="import", path=str(path))
    settle(qtbot)
    page.imports.try_out()
    settle(qtbot)
    outcome = page.imports.outcome
    assert outcome.outcome is not None and (outcome.outcome.updated, outcome.outcome.unchanged) == (1, 4)
    press(outcome, "各户结果")
    changed = next(one for one in outcome.households.rows if one.result is workbooks.RowResult.UPDATED)
    assert f"手机号码：13800005678 → {listed}" in remark_of(changed)


def test_enrolment__of_a_known_office_with_other_keys__shows_both_fingerprints(
    qtbot: QtBot,
    make_page: MakePage,
    town: OfficeSession,
    county: OfficeSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A card with the county's id but other keys: what was registered stands beside it, and only 重新登记 takes it."""
    with county.database.writing() as connection:
        connection.execute(text("DELETE FROM office_setting WHERE key = 'exchange_keys'"))
    card = tmp_path / "new.nuandang-card"
    new = exchange.write_card(county, card)
    (before,) = exchange.list_partners(town)
    assert before.fingerprint != new.fingerprint
    answers, shown = [False, True], []

    def answer(dialog: EnrolDialog) -> bool:
        shown.append(" ".join(part.text() for part in dialog.findChildren(QLabel)))
        return answers.pop(0)

    monkeypatch.setattr(EnrolDialog, "exec", answer)
    page = make_page(town)
    for expected in (before.fingerprint, new.fingerprint):
        page.read_file(card)
        settle(qtbot)
        settle(qtbot)
        assert exchange.list_partners(town)[0].fingerprint == expected
    assert len(shown) == 2 and new.fingerprint in shown[0] and before.fingerprint in shown[0]
