"""Reading the results of an evaluation from its workbook: what would be entered first, then entering the good lines."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from db.services import evaluation_sheets
from db.services.evaluation_sheets import CheckFault, CheckImport
from db.services.office import OfficeSession
from desktop import background, files
from desktop.records.trial_dialog import KIND, TrialDialog
from desktop.widgets.rows import Column


class CheckImportDialog(TrialDialog):
    """What a workbook would bring; accepted when its good lines shall be entered."""

    def __init__(self, parent: QWidget, trial: CheckImport) -> None:
        super().__init__(parent, "读入核查结果", told(trial))
        if trial.faults:
            columns: list[Column[CheckFault]] = [
                Column("行", lambda row: str(row.line), 56, right=True),
                Column("抽样号", lambda row: row.code or "--", 100),
                Column("原因", lambda row: row.reason, 540),
            ]
            caption = f"{len(trial.faults):,} 行有问题，不会读入；在表里改好，再读一次，只补这几行："
            self.rows = self.add_faults(caption, columns, trial.faults)
        taken = trial.added + trial.changed
        self.add_way_on(f"读入 {taken:,} 户" if taken else "")


def told(found: CheckImport) -> str:
    """What a workbook brings, in a sentence."""
    parts = ((found.added, "新登记"), (found.changed, "修改"), (found.unchanged, "和登记的一样"), (found.blank, "还没有填"))
    words = [f"{caption} {number:,} 户" for number, caption in parts if number]
    return f"{'，'.join(words)}。" if words else "没有能读入的行。"


def bring_in(parent: QWidget, session: OfficeSession, evaluation_id: str, done: Callable[[CheckImport], None]) -> None:
    """Ask for a filled workbook, show what it would bring, enter its good lines; then *done*."""
    path = files.ask_open(parent, "从 Excel 读入核查结果", KIND)
    if path is not None:
        read_in(parent, session, evaluation_id, path, done)


def read_in(
    parent: QWidget, session: OfficeSession, evaluation_id: str, path: Path, done: Callable[[CheckImport], None]
) -> None:
    """The same for a workbook that was chosen."""

    def bring(dry_run: bool) -> CheckImport:
        return evaluation_sheets.import_checks(session, evaluation_id, path, dry_run=dry_run)

    def show(trial: CheckImport) -> None:
        if CheckImportDialog(parent, trial).exec():
            background.run(parent, lambda _progress: bring(False), done, title="正在登记…")

    background.run(parent, lambda _progress: bring(True), show, title="正在读 Excel…")
