"""Reading a register from a list: what would happen first, line by line with reasons, then entering the good lines."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from db.errors import NuandangError
from db.services import register_sheets
from db.services.office import OfficeSession
from db.services.register_sheets import LineFault, RegisterImport, RegisterSheet
from desktop import background, files, messages
from desktop.exchange.dialog import offer_folder
from desktop.records.trial_dialog import KIND, TrialDialog
from desktop.widgets.basics import button
from desktop.widgets.rows import Column

EXCEL = "Excel (*.xlsx)"
KeepFaults = Callable[[Sequence[LineFault], Path], None]
"""Writes the faulty lines of a list, to be put right and read again."""


class RegisterImportDialog(TrialDialog):
    """What a list of a register would bring; its faulty lines can be put aside."""

    def __init__(self, parent: QWidget, title: str, trial: RegisterImport, unit: str, keep: KeepFaults) -> None:
        super().__init__(parent, f"导入{title}", told(trial, unit))
        self._title, self._keep, self.trial = title, keep, trial
        if trial.faults:
            columns: list[Column[LineFault]] = [
                Column("行", lambda row: str(row.line), 56, right=True),
                Column("名称", lambda row: row.name or "--", 200),
                Column("原因", lambda row: row.reason, 440),
            ]
            self.rows = self.add_faults(f"{len(trial.faults):,} 行有问题，不会导入：", columns, trial.faults)
            put_aside = button("另存有问题的行…", "", "download", self.save_faults)
            put_aside.setToolTip("存成同样的表，每行写着原因；改好再导入一次就行")
            self.foot.addWidget(put_aside)
        self.add_way_on(f"导入 {trial.taken:,} {unit}" if trial.taken else "")

    def save_faults(self) -> None:
        """The faulty lines as a list to be put right."""
        path = files.ask_save(self, "另存有问题的行", f"{self._title}-有问题的行.xlsx", EXCEL)
        if path is None:
            return
        try:
            self._keep(self.trial.faults, path)
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            offer_folder(self, "有问题的行已保存，改好以后再导入一次。", path)


def told(found: RegisterImport, unit: str) -> str:
    """What a list brings, in a sentence."""
    if not found.taken:
        return f"没有要导入的：{found.unchanged:,} {unit}和登记的一样。" if found.unchanged else "没有能导入的行。"
    return f"新登记 {found.added:,} {unit}，修改 {found.changed:,} {unit}，不变 {found.unchanged:,} {unit}。"


def bring_in(
    parent: QWidget, session: OfficeSession, sheet: RegisterSheet, unit: str, done: Callable[[RegisterImport], None]
) -> None:
    """Ask for a list of a register, show what it would bring, enter its good lines; then *done*."""

    def bring(path: Path, dry_run: bool) -> RegisterImport:
        return register_sheets.import_register(session, sheet, path, dry_run=dry_run)

    def keep(faults: Sequence[LineFault], path: Path) -> None:
        register_sheets.write_faults(session, sheet, faults, path)

    bring_in_list(parent, sheet.title, unit, bring, keep, done)


def bring_in_list(
    parent: QWidget,
    title: str,
    unit: str,
    bring: Callable[[Path, bool], RegisterImport],
    keep: KeepFaults,
    done: Callable[[RegisterImport], None],
) -> None:
    """The same of any list: *bring* reads it (True: only says what would happen), *keep* writes its faulty lines."""
    path = files.ask_open(parent, f"导入{title}", KIND)
    if path is None:
        return

    def show(trial: RegisterImport) -> None:
        if RegisterImportDialog(parent, title, trial, unit, keep).exec():
            background.run(parent, lambda _progress: bring(path, False), done, title="正在登记…")

    background.run(parent, lambda _progress: bring(path, True), show, title="正在读 Excel…")


def save_template(parent: QWidget, session: OfficeSession, sheet: RegisterSheet) -> None:
    """Write the empty list to fill in."""
    path = files.ask_save(parent, f"{sheet.title}空白登记表", f"{sheet.title}登记表（空白）.xlsx", EXCEL)
    if path is not None:
        write_then_offer(parent, lambda: register_sheets.write_template(session, sheet, path), "空白登记表已保存。", path)


def write_then_offer(parent: QWidget, write: Callable[[], None], sentence: str, path: Path) -> None:
    """Write beside the window, then say where it lies."""
    background.run(parent, lambda _progress: write(), lambda _none: offer_folder(parent, sentence, path), title="正在写 Excel…")
