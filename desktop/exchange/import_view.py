"""导入 Excel: file → plan → tried out → stored. Nothing is stored before the last step; leaving is possible anywhere."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.errors import Progress
from db.services import workbooks
from db.services.workbooks import ImportOutcome, ImportPlan
from desktop import background, files
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.export_dialog import EXCEL, save_template
from desktop.exchange.file_drop import FileDrop
from desktop.exchange.import_outcome import OutcomeView
from desktop.exchange.import_plan import PlanView
from desktop.exchange.step_bar import StepBar
from desktop.widgets.basics import Card, PageHeader, button, label

READABLE = "Excel 工作簿 (*.xlsx *.xlsm *.xls *.ods *.et);;所有文件 (*)"
STEPS = ("选择文件", "核对栏目", "试导入", "完成")
RULES = (
    "一户一行（家庭成员往右排）或一人一行（有“与户主关系”列）都能读，标题行自动寻找。",
    "同一身份证号已有档案的，更新那一份；没有的新建。同一个文件再导入一次，什么都不会变。",
    "空格子不会清掉档案里原有的内容，除非您在下一步特意勾选。",
    "先试算给您看，确认后才写入；有错的行单独存成错误工作簿，改好再导入。",
)


class ImportView(QWidget):
    """Leads through the four steps."""

    left = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._path: Path | None = None
        self._steps = StepBar(STEPS)
        self.plan = PlanView()
        self.outcome = OutcomeView()
        self._stack = QStackedWidget()
        self._arrange()
        self.plan.sheet_wanted.connect(self._read)
        self.plan.go_wanted.connect(self.try_out)
        self.plan.left.connect(self.start)
        self.outcome.go_wanted.connect(self.store)
        self.outcome.back_wanted.connect(lambda: self._show_step(1))
        self.outcome.report_wanted.connect(self.save_report)
        self.outcome.left.connect(lambda: context.window.show_page("archives"))

    def _arrange(self) -> None:
        header = PageHeader("导入 Excel")
        header.add(self._steps)
        header.add_action("退出导入", self.left.emit)
        for step in (self._first_step(), self.plan, self.outcome):
            self._stack.addWidget(step)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(header)
        column.addWidget(self._stack, 1)

    def _first_step(self) -> QWidget:
        step = QWidget()
        column = QVBoxLayout(step)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        hint = "可以读 .xlsx、.xls、.ods、.et；文件不会被改动"
        self._drop = FileDrop("把名册文件拖到这里", hint, self._ask_file, self.open_file)
        column.addWidget(self._drop, 1)
        card = Card("怎样导入")
        for rule in RULES:
            card.body.addWidget(label(f"·　{rule}", wrap=True))
        row = QHBoxLayout()
        row.addWidget(label("还没有名册？", "secondary"))
        row.addWidget(button("下载导入模板…", "link", "download", lambda: save_template(self)))
        row.addStretch(1)
        card.body.addLayout(row)
        column.addWidget(card)
        return step

    def _show_step(self, step: int) -> None:
        self._steps.show_step(step)
        self._stack.setCurrentIndex(min(step, 2))

    def is_at_start(self) -> bool:
        """Whether no file has been read yet."""
        return self._stack.currentIndex() == 0

    # the steps

    def start(self) -> None:
        """Ask for a file."""
        self._path = None
        self._show_step(0)
        self._drop.setFocus()

    def _ask_file(self) -> None:
        path = files.ask_open(self, "选择要导入的 Excel 文件", READABLE)
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Read the plan of *path*."""
        self._path = path
        self._read("", 0)

    def _read(self, sheet: str, header_row: int) -> None:
        if self._path is None:
            return
        path, session = self._path, self._context.session
        background.run(
            self,
            lambda progress: workbooks.plan_import(
                session, path, sheet=sheet or None, header_row=header_row or None
            ),
            self._show_plan,
            title="正在读取表格…",
        )

    def _show_plan(self, plan: ImportPlan) -> None:
        self.plan.show_plan(plan)
        self._show_step(1)

    def try_out(self) -> None:
        """Work out what an import would do, without storing anything."""
        self._run(True, lambda outcome: self._show_outcome(outcome, True), "正在试算…")

    def store(self) -> None:
        """Import for good."""

        def done(outcome: ImportOutcome) -> None:
            self._context.changes.archives_changed.emit(set())
            self._show_outcome(outcome, False)

        self._run(False, done, "正在导入…")

    def _run(
        self, dry_run: bool, done: Callable[[ImportOutcome], None], title: str, report_path: Path | None = None
    ) -> None:
        path, plan, session = self._path, self.plan.plan, self._context.session
        blank_wipes = self.plan.blank_wipes.isChecked()
        if path is None or plan is None:
            return

        def work(progress: Progress) -> ImportOutcome:
            return workbooks.run_import(
                session,
                path,
                plan,
                dry_run=dry_run,
                blank_wipes=blank_wipes,
                report_path=report_path,
                progress=progress,
            )

        background.run(self, work, done, title=title)

    def _show_outcome(self, outcome: ImportOutcome, tried: bool) -> None:
        self.outcome.show_outcome(outcome, tried)
        self._show_step(2 if tried else 3)

    def save_report(self) -> None:
        """Save the rows with errors as a workbook to correct and import again."""
        if self._path is None:
            return
        target = files.ask_save(self, "保存错误工作簿", f"{self._path.stem}-待改正.xlsx", EXCEL)
        if target is None:
            return
        self._run(
            True,
            lambda _: offer_folder(self, "出错的格子已标红，原因写在第一列和批注里。改好后再导入这个文件。", target),
            "正在生成错误工作簿…",
            target,
        )
