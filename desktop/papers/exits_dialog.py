"""退档情况: who left in a period, on screen, printed and as Excel; and the question before many leave at once (S000-31)."""

from collections.abc import Sequence
from types import ModuleType

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.domain.case_words import Act
from db.domain.field_kinds import parse_value
from db.domain.form_schema import FieldKind, FieldSpec
from db.domain.papers.exit_report_paper import TITLE, UNDER_WAY, ExitReport
from db.errors import NuandangError
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.exchange.export_dialog import EXCEL
from desktop.exchange.print_dialog import PrintDialog
from desktop.widgets.basics import Note, button, label
from desktop.widgets.table import HouseTable

_HEADS = ("姓名", "档案编号", "单位", "退出日期", "方式", "原因", "依据")
_WIDTHS = (90, 180, 150, 110, 60, 160, 70)
_DAY = FieldSpec(key="day", label="日期", kind=FieldKind.DATE)


def _exits() -> ModuleType:
    """Imported late: the report draws PDFs, which loads a lot."""
    from db.services import exits

    return exits


def may_leave(context: AppContext, parent: QWidget, act: Act, adding: int) -> bool:
    """Whether to go on with an act by which *adding* households leave: asked with the numbers where they are many."""
    if act not in {Act.BEGIN_EXIT, Act.CANCEL}:
        return True
    warned = _exits().mass_exit(context.session, adding)
    return warned is None or messages.confirm(parent, warned.text, "已逐户核对，继续", True, title="退出的户数过多")


def open_exits(context: AppContext, parent: QWidget) -> None:
    """Show who left in the present period."""
    ExitsDialog(context, parent).exec()


class ExitsDialog(PlainDialog):
    """The report of a period that the clerk chooses."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent, TITLE, "每一户退档、注销都要有依据；一段时间里退得太多会提醒。", 900)
        self._session = context.session
        self.report: ExitReport | None = None
        begins, ends = _exits().period_of(self._session)
        self.begins, self.ends = QLineEdit(begins), QLineEdit(ends)
        self._said = label("", "strong", wrap=True)
        self._warning = Note("", "warning")
        self.model = QStandardItemModel(0, len(_HEADS))
        self.model.setHorizontalHeaderLabels(_HEADS)
        self.table = HouseTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("退出的家庭")
        self._arrange()
        self.read()

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        for words, editor in (("从", self.begins), ("到", self.ends)):
            editor.setMaximumWidth(theme.sp(120))
            editor.setAccessibleName(words)
            editor.returnPressed.connect(self.read)
            line.addWidget(label(words))
            line.addWidget(editor)
        line.addWidget(button("查看", act=self.read))
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self._said)
        self.body.addWidget(self._warning)
        self.table.set_widths(dict(enumerate(_WIDTHS)))
        self.table.stretch_column(5)
        self.table.setMinimumHeight(theme.sp(240))
        self.body.addWidget(self.table, 1)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        self.foot.addWidget(button("存为 Excel…", icon="file-spreadsheet", act=self.save))
        self.foot.addWidget(button("打印…", "primary", "printer", self.print_report))

    def read(self) -> None:
        """Read the period that is filled in."""
        typed = (self.begins.text().strip(), self.ends.text().strip())
        days = [str(parse_value(_DAY, text).value or text) for text in typed]
        try:
            self.report = _exits().exit_report(self._session, *days)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._show(self.report)

    def _show(self, report: ExitReport) -> None:
        share = f"，占本期在档的 {report.share}" if report.left else ""
        bare = f"，其中 {report.without_evidence} 户没有依据" if report.without_evidence else ""
        self._said.setText(f"退出 {report.left:,} 户{share}{bare}；现在在档 {report.on_file:,} 户。")
        self._warning.show_text(report.warning, "warning")
        self._warning.setVisible(bool(report.warning))
        self.model.removeRows(0, self.model.rowCount())
        for line in report.lines:
            day = line.on or UNDER_WAY
            cells = (line.name, line.archive_number, line.office_name, day, line.way, line.reason, f"{line.evidence} 份")
            self.model.appendRow(_items(cells))

    # -- paper

    def print_report(self) -> None:
        """Show the report as it will print."""
        report, session = self.report, self._session
        if report is None:
            return

        def done(pdf: bytes) -> None:
            name = f"{TITLE}-{report.begins}至{report.ends}.pdf"
            PrintDialog(self, pdf, TITLE, name, f"{report.left:,} 户").exec()

        background.run(self, lambda _progress: _exits().exit_report_pdf(session, report), done, title="正在排版…")

    def save(self) -> None:
        """Write the report as a workbook."""
        report, session = self.report, self._session
        if report is None:
            return
        path = files.ask_save(self, TITLE, f"{TITLE}-{report.begins}至{report.ends}.xlsx", EXCEL)
        if path is None:
            return
        background.run(
            self,
            lambda _progress: _exits().write_exit_report(session, report, path),
            lambda _none: offer_folder(self, "退档情况表已保存。", path),
            title="正在写 Excel…",
        )


def _items(cells: Sequence[str]) -> list[QStandardItem]:
    items = [QStandardItem(words) for words in cells]
    for item in items:
        item.setEditable(False)
        item.setToolTip(item.text())
    items[-1].setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return items
