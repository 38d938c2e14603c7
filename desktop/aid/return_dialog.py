"""回盘: the bank's answer laid beside the list – what it comes to is shown before anything is put down."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from db.domain.aid.list_flow import LineState
from db.domain.field_kinds import format_amount, parse_value
from db.domain.records.aid import APPLICATION
from db.errors import NuandangError
from db.services import bank_exchange
from db.services.bank_exchange import ReturnPreview
from db.services.disbursement import ListView, ReturnOutcome
from db.services.office import OfficeSession
from desktop import background, files, messages, theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Note, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

KIND = "银行回盘 (*.xlsx *.xls *.ods *.csv *.txt);;所有文件 (*)"
AT_ONCE = 200
"""Lines that are put down before anybody notices; more take seconds."""
PAID, FAILED, ASIDE, OPEN = "成功", "失败", "没有采用", "回盘没有提到"


@dataclass(frozen=True)
class _Row:
    """What becomes of a line, or a row of the answer that was not used."""

    who: str
    amount: str
    result: str
    why: str


class ReturnDialog(PlainDialog):
    """Reads an answer for *view* and puts it down; *done* gets what was put down."""

    def __init__(
        self, parent: QWidget | None, session: OfficeSession, view: ListView, done: Callable[[ReturnOutcome], object]
    ) -> None:
        hint = "选银行返回的文件（Excel、CSV 或 TXT）。先看清楚哪些成功、哪些失败，再登记。"
        super().__init__(parent, f"读入银行回盘　{view.row.number}", hint, 860)
        self._session, self._view, self._done = session, view, done
        self.preview: ReturnPreview | None = None
        self._path: Path | None = None
        self.layouts = QComboBox()
        self.layouts.setAccessibleName("版式")
        for layout in bank_exchange.layouts(session):
            self.layouts.addItem(layout.title, layout.id)
        self.layouts.setCurrentIndex(max(0, self.layouts.findData(view.row.sent_layout)))
        self.only_failures = QCheckBox("银行只列出失败的，没有列出的都算成功")
        self.day = QLineEdit(session.today)
        self.day.setAccessibleName("发放日期")
        self.day.setMaximumWidth(theme.sp(140))
        self._file = label("还没有选文件", "secondary")
        self.note = Note("", "plain")
        self.note.hide()
        self.rows: RowsModel[_Row] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("回盘的结果")
        self.table.setMinimumHeight(theme.sp(260))
        self.go = button("登记结果", "primary", "check", self.store)
        self.go.setEnabled(False)
        self._arrange()
        self.layouts.currentIndexChanged.connect(lambda _at: self._read())
        self.only_failures.toggled.connect(lambda _on: self._read())

    @staticmethod
    def _columns() -> list[Column[_Row]]:
        return [
            Column("收款人", lambda row: row.who, 150),
            Column("金额（元）", lambda row: row.amount, 110, right=True),
            Column("结果", lambda row: row.result, 110, _ink),
            Column("原因", lambda row: row.why, 400, _ink),
        ]

    def _arrange(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(button("选文件…", "", "folder-open", self.choose))
        first.addWidget(self._file, 1)
        first.addWidget(label("版式"))
        first.addWidget(self.layouts)
        second = QHBoxLayout()
        second.setSpacing(12)
        second.addWidget(self.only_failures)
        second.addStretch(1)
        second.addWidget(label("发放日期"))
        second.addWidget(self.day)
        self.body.addLayout(first)
        self.body.addLayout(second)
        self.body.addWidget(self.note)
        self.body.addWidget(self.table, 1)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go)

    # -- reading

    def choose(self) -> None:
        """Ask for the file."""
        path = files.ask_open(self, "选银行回盘", KIND)
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Lay *path* beside the list."""
        self._path = path
        self._file.setText(path.name)
        self._read()

    def _read(self) -> None:
        if self._path is None:
            return
        try:
            self.preview = bank_exchange.read_return(
                self._session,
                self._view.row.id,
                self._path,
                str(self.layouts.currentData()),
                unmentioned_paid=self.only_failures.isChecked(),
            )
        except NuandangError as fault:
            self.preview = None
            self._say(fault.text(), "error")
        else:
            self._show(self.preview)
        self.go.setEnabled(self.preview is not None and bool(self.preview.unread))

    def _show(self, preview: ReturnPreview) -> None:
        found = preview.found
        lines = {line.id: line for line in preview.lines}
        rows = [_Row(f"回盘第 {item.row} 行", "", ASIDE, item.text) for item in preview.set_aside]
        for line_id, reason in found.failed.items():
            rows.append(_Row(lines[line_id].payee_name, format_amount(lines[line_id].amount), FAILED, reason))
        for line_id in found.unmentioned:
            if lines[line_id].state is LineState.WAITING:
                rows.append(_Row(lines[line_id].payee_name, format_amount(lines[line_id].amount), OPEN, "继续等待，不改"))
        for line_id in found.paid:
            rows.append(_Row(lines[line_id].payee_name, format_amount(lines[line_id].amount), PAID, ""))
        self.rows.show_rows(rows)
        total = format_amount(sum(lines[line_id].amount for line_id in found.paid))
        parts = [f"成功 {len(found.paid):,} 笔（{total} 元），失败 {len(found.failed):,} 笔"]
        parts += [f"没有提到 {len(found.unmentioned):,} 笔"] if found.unmentioned else []
        parts += [f"没有采用的 {len(preview.set_aside):,} 行"] if preview.set_aside else []
        parts += [f"其中 {preview.settled_before:,} 笔以前已登记"] if preview.settled_before else []
        doubtful = preview.set_aside or found.unmentioned or preview.doubt
        nothing = "" if preview.unread else "没有新的结果要登记。"
        words = ("，".join(parts) + "。", nothing, found.rest_doubt, preview.doubt)
        self._say(" ".join(filter(None, words)), "warning" if doubtful else "done")

    def _say(self, words: str, tone: str) -> None:
        self.note.show_text(words, tone)
        self.note.show()

    # -- storing

    def store(self) -> None:
        """Put it down."""
        if self.preview is None:
            return
        found = parse_value(APPLICATION.by_key["applied_on"], self.day.text())
        if found.code or not found.value:
            self._say(f"“{self.day.text()}”不是日期，请写成 {self._session.today} 的样子。", "error")
            self.day.setFocus()
            return
        session, list_id, preview, day = self._session, self._view.row.id, self.preview, str(found.value)
        if len(preview.lines) > AT_ONCE:
            background.run(
                self,
                lambda progress: bank_exchange.apply_return(session, list_id, preview, day, progress),
                self._stored,
                title="正在登记结果…",
            )
            return
        try:
            outcome = bank_exchange.apply_return(session, list_id, preview, day)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._stored(outcome)

    def _stored(self, outcome: ReturnOutcome) -> None:
        self.accept()
        self._done(outcome)


def _ink(row: _Row) -> str | None:
    return {PAID: theme.GREEN_INK, FAILED: theme.RED, ASIDE: theme.AMBER_INK, OPEN: theme.SECONDARY}[row.result]
