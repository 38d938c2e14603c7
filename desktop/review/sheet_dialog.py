"""审核表 on the screen: save the list of what waits, read it back filled in – tried first, then stored."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from db.domain.review import OUTCOME_LABELS
from db.errors import Progress
from db.services import review_sheets
from db.services.review_sheets import LineProblem, SheetOutcome
from desktop import background, theme
from desktop.context import AppContext
from desktop.files import ask_open, ask_save
from desktop.widgets.basics import button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_KIND = "审核表 (*.xlsx *.xls *.ods *.csv)"


def export_sheet(context: AppContext, parent: QWidget, office_id: str | None, office_name: str) -> None:
    """Ask where, and write what waits for review."""
    session = context.session
    name = f"待审表{f'-{office_name}' if office_name else ''}-{session.today.replace('-', '')}.xlsx"
    path = ask_save(parent, "导出待审表", name, "Excel 工作簿 (*.xlsx)")
    if path is None:
        return

    def work(progress: Progress) -> int:
        return review_sheets.write_review_sheet(session, path, office_id, progress)

    def done(count: int) -> None:
        context.window.notify(f"待审表已保存，{count:,} 户。填好“结果”等几列，再点“导入审核表…”。")

    background.run(parent, work, done, title="正在写待审表…")


def import_sheet(context: AppContext, parent: QWidget) -> None:
    """Ask which file, try it, and store what is good once the clerk says so."""
    path = ask_open(parent, "导入审核表", _KIND)
    if path is not None:
        try_sheet(context, parent, path)


def try_sheet(context: AppContext, parent: QWidget, path: Path) -> None:
    """Try the sheet at *path* and show what would become of it."""
    session = context.session

    def work(progress: Progress) -> SheetOutcome:
        return review_sheets.apply_review_sheet(session, path, dry_run=True, progress=progress)

    def done(tried: SheetOutcome) -> None:
        if SheetDialog(parent, path.name, tried).exec():
            _store(context, parent, path)

    background.run(parent, work, done, title="正在核对审核表…")


def _store(context: AppContext, parent: QWidget, path: Path) -> None:
    session = context.session

    def work(progress: Progress) -> SheetOutcome:
        return review_sheets.apply_review_sheet(session, path, progress=progress)

    def done(made: SheetOutcome) -> None:
        context.changes.archives_changed.emit(set())
        waiting = f"，其中 {made.waiting:,} 户等另一位经办人复审" if made.waiting else ""
        left = f"；{len(made.problems):,} 行没有审核" if made.problems else ""
        context.window.notify(f"已审核 {made.applied:,} 户{waiting}{left}。", "warning" if made.problems else "done")

    background.run(parent, work, done, title="正在记下审核结果…")


class SheetDialog(QDialog):
    """What a sheet would do: how many of each outcome, and every line that would not be applied."""

    def __init__(self, parent: QWidget, name: str, tried: SheetOutcome) -> None:
        super().__init__(parent.window())
        self.setWindowTitle("导入审核表")
        self.setMinimumWidth(theme.sp(680))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        counts = "，".join(f"{words} {tried.done[outcome]:,} 户" for outcome, words in OUTCOME_LABELS.items())
        column.addWidget(label(f"“{name}”：可以审核 {tried.applied:,} 户", "section"))
        blank = f"；结果空着的 {tried.blank:,} 行不处理" if tried.blank else ""
        column.addWidget(label(f"{counts}{blank}。还没有写入。", "secondary", wrap=True))
        if tried.problems:
            column.addWidget(label(f"{len(tried.problems):,} 行有问题，不会审核：", "error"))
            column.addWidget(_problems(tried.problems), 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        cancel = button("取消", act=self.reject)
        self.act = button(f"审核这 {tried.applied:,} 户" if tried.applied else "没有可以审核的", "primary", act=self.accept)
        self.act.setEnabled(tried.applied > 0)
        self.act.setDefault(True)
        foot.addWidget(cancel)
        foot.addWidget(self.act)
        column.addLayout(foot)
        (self.act if tried.applied else cancel).setFocus()


def _problems(problems: list[LineProblem]) -> QWidget:
    columns: list[Column[LineProblem]] = [
        Column("行", lambda row: str(row.line), 56, firm=True),
        Column("档案编号", lambda row: row.archive_number or "--", 176),
        Column("原因", lambda row: row.reason, 400),
    ]
    model = RowsModel(columns)
    model.show_rows(problems)
    table = rows_table(model)
    table.setMinimumHeight(theme.sp(200))
    return table
