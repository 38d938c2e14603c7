"""设置 → 政策: what is in force, changing a figure, delivery to a township, a faulty file, papers beside the form."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.services import exchange, policies
from db.services import office as offices
from db.services.office import OfficeSession
from desktop import background, messages, theme
from desktop.exchange.export_dialog import papers_of
from desktop.exchange.print_dialog import PrintDialog
from desktop.main_window import MainWindow
from desktop.policy.delivery import OfferDialog, PolicyReceiver
from desktop.policy.edit_dialog import EditPolicyDialog
from desktop.policy.figure_editor import NEW_SOURCE
from desktop.policy.standard_dialog import AddStandardDialog
from desktop.preferences import Preferences
from desktop.settings.policy_section import STANDARDS, PolicySection

PACK = "qinghai-2022"


def office_at(folder: Path, name: str, level: str, region: str) -> OfficeSession:
    """An office in 青海 on a day of 2022."""
    session, _ = offices.create_office(
        folder, name=name, level=level, region_code=region, clerk_name="陈志强", passphrase=PASSPHRASE, light=True
    )
    session.clock = lambda: datetime(2022, 7, 4, 9, 30).astimezone()
    return session


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The program on a county of 青海; every question is answered with yes."""
    theme.apply_theme(QApplication.instance())
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)
    made = MainWindow(Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.enter_unlocked(office_at(tmp_path / "county", "大通县总工会", "county", "630121"))
    yield made
    made.close()


@pytest.fixture
def section(window: MainWindow) -> PolicySection:
    """The section, in front."""
    assert window.workspace is not None
    window.workspace.show_page("settings", section="policy")
    shown = window.workspace.current_page().section("policy")
    assert isinstance(shown, PolicySection)
    return shown


def edited(section: PolicySection) -> EditPolicyDialog:
    """The dialog with the class 深度困难 filled in from another document: at most once the standard."""
    row = next(row for row in section.packs.model.rows if row.pack_id == PACK)
    assert row.loaded is not None
    dialog = EditPolicyDialog(section, section.context.session, row.loaded)
    deep = [figure for figure in policies.figures(row.loaded) if figure.is_unset and "深度困难" in figure.group][:2]
    for figure in deep:
        dialog.mark(figure.path)
        if figure.choices:
            dialog.editor.operator.set_value("<=")
        else:
            dialog.editor.value.setText("1")
        dialog.editor.source.set_value(NEW_SOURCE)
        dialog.editor.clause.setText("第五条")
        dialog.editor.clause.textEdited.emit("第五条")
    dialog.new_source.title_line.setText("困难职工帮扶工作实施细则")
    dialog.new_source.issuer.setText("青海省总工会办公室")
    dialog.begins.setText("2022.8.1")
    dialog.note.setText("补上深度困难的标准")
    return dialog


def test_the_pack_of_the_region_is_in_force_and_its_open_figures_are_listed(section: PolicySection) -> None:
    row = section.packs.current()
    assert row is not None and row.pack_id == PACK and row.is_chosen
    assert row.unset and f"{len(row.unset)} 个数字待定" in section.packs._current.text()
    section.packs.mark(next(row.sha256 for row in section.packs.model.rows if row.pack_id == "shandong-edu-2016"))
    section.packs.choose(section.packs.current())
    assert policies.chosen_id(section.context.session) == "shandong-edu-2016"
    section.packs.choose(None)
    assert policies.chosen_id(section.context.session) == ""


def test_a_change_needs_document_and_clause_and_begins_on_its_day(section: PolicySection) -> None:
    dialog = edited(section)
    dialog.editor.clause.setText("")
    dialog.editor.clause.textEdited.emit("")
    assert "条款" in dialog.editor.problem() and not dialog.check()
    dialog.editor.clause.setText("第五条")
    dialog.editor.clause.textEdited.emit("第五条")
    assert dialog.check()
    dialog.store()
    assert dialog.saved is not None and dialog.saved.pack.version == "2"
    session = section.context.session
    before, after = (policies.chosen_policy(session, day) for day in ("2022-07-31", "2022-08-01"))
    assert before is not None and before.pack.version == "1"
    assert after is not None and after.sha256 == dialog.saved.sha256
    deep = after.pack.hardship_class[0].route[0].test[0]
    assert deep.op == "<=" and deep.threshold is not None and deep.threshold.times == 1 and deep.clause == "第五条"


def test_a_number_that_is_none_is_refused_beside_the_field(section: PolicySection) -> None:
    dialog = edited(section)
    figure = next(figure for figure in dialog.model.rows if figure.path.endswith("threshold.times"))
    dialog.mark(figure.path)
    dialog.editor.value.setText("一倍半")
    dialog.editor.value.textEdited.emit("一倍半")
    assert "一倍半" in dialog.editor.problem() and not dialog.check()
    assert policies.policy_book(section.context.session).versions(PACK)[0].pack.version == "1"


def test_a_township_takes_the_delivered_version_after_a_preview(
    section: PolicySection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = edited(section)
    dialog.store()
    county = section.context.session
    assert dialog.saved is not None
    path = policies.export_policy(county, PACK, tmp_path / policies.delivery_name(dialog.saved))
    exchange.write_card(county, card := tmp_path / "county.card")
    town = office_at(tmp_path / "town", "桥头镇总工会", "township", "630121100")
    exchange.enrol(town, card, relation="parent")
    shown: list[OfferDialog] = []
    monkeypatch.setattr(OfferDialog, "exec", lambda self: shown.append(self) or True)
    receiver = PolicyReceiver(replace(section.context, session=town), section)
    assert receiver.take(path)
    assert receiver.accepted[0].changes and "2022-08-01" in "".join(receiver.accepted[0].notes)
    chosen = policies.chosen_policy(town, "2022-08-01")
    assert chosen is not None and chosen.sha256 == dialog.saved.sha256
    assert not receiver.take(path)
    town.close()


def test_a_faulty_file_is_refused_with_file_line_and_reason(
    section: PolicySection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = section.packs.current()
    assert row is not None and row.loaded is not None
    lines = row.loaded.text.replace('version = "1"', 'version = "9"', 1).splitlines()
    at = next(number for number, text in enumerate(lines) if text.startswith("months = "))
    lines[at] = "months = 12.5"
    path = tmp_path / "坏的.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    told: list[str] = []
    monkeypatch.setattr(messages, "show_error", lambda _parent, fault: told.append(fault.text()))
    assert not section.receiver.take(path)
    assert f"坏的.toml 第 {at + 1} 行" in told[0] and "原来的政策照旧有效" in told[0]


def test_a_standard_is_registered_with_its_document(section: PolicySection) -> None:
    section.show_view(STANDARDS)
    assert "没有登记" in section.standards._here.text()
    dialog = AddStandardDialog(section, section.context.session)
    dialog.area.set_value("urban")
    dialog.amount.setText("672")
    dialog.begins.setText("2022年1月1日")
    dialog.submit()
    assert not dialog.result()
    dialog.document.setText("关于公布低保标准的通知")
    dialog.issuer.setText("大通县民政局")
    dialog.clause.setText("第一条")
    dialog.submit()
    assert dialog.result()
    section.standards.refresh()
    assert "城市 672 元（2022-01-01 起）" in section.standards._here.text()
    assert [row.amount for row in section.standards.model.rows if row.region == "630121"] == ["672"]


def test_the_print_preview_turns_to_the_papers_of_the_means(section: PolicySection, qtbot: QtBot) -> None:
    archive = file_household(section.context.session, "print")
    papers = papers_of(section.context, [archive.id])
    first = papers[0].make(lambda _done, _total: None)
    dialog = PrintDialog(section, first.pdf, papers[0].title, papers[0].file_name, papers=papers)
    for number in (1, 2):
        shown = dialog._pdf
        dialog.show_paper(number)
        qtbot.waitUntil(lambda shown=shown: dialog._pdf != shown and not background.is_busy())
        assert dialog._file_name.startswith("大通县总工会-") and dialog.windowTitle() == papers[number].title
