"""公示 of the students: the lists of a year with how they stand, posting one, its photo, and what came of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from db.domain.records.record_form import RecordContent
from db.domain.records.student_support import LISTED, STUDENT_NOTICE
from db.errors import NuandangError
from db.services import student_notices
from db.services.student_notices import NoticeRow
from desktop import background, files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.files import documents_folder
from desktop.records.record_dialog import RecordDialog
from desktop.students.notice_photos import NoticePhotos
from desktop.widgets.basics import EmptyState, button
from desktop.widgets.rows import Column, RowsModel, rows_table

_PICTURES = "照片和扫描件 (*.jpg *.jpeg *.png *.pdf)"
_COUNTED = frozenset({"year", "students"})
"""Known from the list itself; it is kept as it was posted, and never typed."""
_AT_FIRST = frozenset({"outcome", "objections", LISTED})


def _stands(row: NoticeRow, today: str) -> str:
    if row.content.text("outcome"):
        return row.content.text("outcome")
    return "公示中" if row.content.text("ends_on") >= today else "期满，还没写结果"


class NoticesDialog(PlainDialog):
    """The lists of one year."""

    def __init__(self, parent: QWidget | None, context: AppContext, year: int) -> None:
        hint = "名单上只有职工姓名、单位、学段和金额，不登学生姓名和学校。贴出去拍一张照片存上；期满以后写结果。"
        super().__init__(parent, f"{year} 年金秋助学公示", hint, 860)
        self._context, self._session, self._year = context, context.session, year
        today = self._session.today
        rows = student_notices.list_notices(self._session, year)
        office: Column[NoticeRow] = Column("单位", lambda row: row.office_name or "本单位", 130)
        self.model: RowsModel[NoticeRow] = RowsModel(
            [
                *([office] if any(row.office_name for row in rows) else []),
                Column("张贴", lambda row: row.content.text("starts_on"), 100),
                Column("公示到", lambda row: row.content.text("ends_on"), 100),
                Column("地点", lambda row: row.content.text("place"), 190),
                Column("人数", lambda row: f"{row.content.text('students')} 人", 70, right=True),
                Column("异议", lambda row: f"{len(row.content.rows.get('objections', []))} 条", 70, right=True),
                Column("照片", lambda row: f"{row.photos} 张", 70, right=True),
                Column("结果", lambda row: _stands(row, today), 180),
            ]
        )
        self.table = rows_table(self.model)
        self.table.setAccessibleName("公示名单")
        self.table.opened.connect(lambda index: self.change(self.model.row_at(index)))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._offer())
        self.table.setMinimumHeight(220)
        self._empty = EmptyState("file-text", "这一年还没有公示。", "公示…", self.post)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self.table, 1)
        self.outcome = button("异议和结果…", act=lambda: self.change(self.current()))
        self.photo = button("存照片…", "", "camera", self.add_photo)
        self.photos = button("看照片…", "", "image", self.show_photos)
        self.printing = button("打印…", "", "printer", self.choose_print)
        self.excel = button("存为 Excel…", "", "file-spreadsheet", self.save_current)
        for step in (self.outcome, self.photo, self.photos, self.printing, self.excel):
            self.foot.addWidget(step)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        self.begin = button("公示…", "primary", "plus", self.post)
        self.foot.addWidget(self.begin)
        self.load()

    def load(self) -> None:
        """Show the lists anew."""
        rows, at = student_notices.list_notices(self._session, self._year), max(0, self.table.currentIndex().row())
        self.model.show_rows(rows)
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.begin.setVisible(bool(rows))
        if rows:
            self.table.selectRow(min(at, len(rows) - 1))
        self._offer()

    def _offer(self) -> None:
        """What can be done with the list in hand; one of an office below is read."""
        row = self.current()
        own = row is not None and not row.office_name
        for step in (self.outcome, self.photo):
            step.setEnabled(own)
        known = row is not None and row.is_known
        self.excel.setEnabled(known)
        self.photos.setEnabled(bool(row and row.photos))
        self.printing.setEnabled(known or bool(row and row.content.text("outcome")))

    def current(self) -> NoticeRow | None:
        """The row the cursor is on, else the latest."""
        return self.model.row_at(self.table.currentIndex()) or next(iter(self.model.rows), None)

    def post(self) -> None:
        """Note a list that is to be posted, and print it."""
        try:
            content = student_notices.prepared_notice(self._session, self._year)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        if not content.values.get("students"):
            messages.inform(self, "还没有要公示的学生：登记时填了申请金额，或者已经批准的，才列入公示名单。", "公示")
            return
        stored: list[RecordContent] = []

        def save(filled: RecordContent) -> None:
            student_notices.save_notice(self._session, filled)
            stored.append(filled)

        if self._fill(content, save, _AT_FIRST):
            self.load()
            self._print(stored[-1])

    def change(self, row: NoticeRow | None) -> None:
        """Write down objections and the result."""
        if row is None:
            return
        if row.office_name:
            self.show_photos() if row.photos else self.print_result()
            return
        known = row

        def save(filled: RecordContent) -> None:
            student_notices.save_notice(self._session, filled, known.record.record_id, expected_version=known.record.id)

        if self._fill(known.content, save, frozenset({LISTED})):
            self.load()

    def _fill(self, content: RecordContent, save: Callable[[RecordContent], None], hidden: frozenset[str]) -> bool:
        title = f"{self._year} 年金秋助学公示"
        dialog = RecordDialog(
            self, self._context, STUDENT_NOTICE, content, title, save, hidden=hidden, read_only=_COUNTED
        )
        return bool(dialog.exec())

    def add_photo(self) -> None:
        """Keep photos of the list as it hangs."""
        row = self.current()
        chosen, _ = QFileDialog.getOpenFileNames(self, "公示照片", str(documents_folder()), _PICTURES) if row else ([], "")
        try:
            for path in map(Path, chosen):
                assert row is not None
                student_notices.add_photo(self._session, row.record.record_id, path.name, path.read_bytes())
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
        self.load()

    def show_photos(self) -> None:
        """The list as it hung."""
        row = self.current()
        if row is not None and row.photos:
            NoticePhotos(self, self._session, row).exec()
            self.load()

    def choose_print(self) -> None:
        """The list, or what became of it."""
        row = self.current()
        if row is None:
            return
        menu = QMenu(self)
        menu.addAction("贴出去的名单…", self.print_current).setEnabled(row.is_known)
        menu.addAction("公示结果和照片…", self.print_result).setEnabled(bool(row.content.text("outcome")))
        menu.exec(self.printing.mapToGlobal(self.printing.rect().topLeft()))

    def print_result(self) -> None:
        """The sheet of the result, with the photos."""
        row = self.current()
        if row is None:
            return
        try:
            pdf = student_notices.result_pdf(self._session, row)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        PrintDialog(self, pdf, "金秋助学公示结果", f"金秋助学公示结果-{self._year}.pdf", "", private=False).exec()

    def print_current(self) -> None:
        """The list to be posted."""
        row = self.current()
        if row is not None:
            self._print(row.content, row.office_name)

    def _print(self, content: RecordContent, office_name: str = "") -> None:
        pdf = student_notices.notice_pdf(self._session, self._year, content, office_name)
        PrintDialog(self, pdf, "金秋助学公示", f"金秋助学公示-{self._year}.pdf", "贴出去的名单", private=False).exec()

    def save_current(self) -> None:
        """The list as a workbook."""
        row, session, year = self.current(), self._session, self._year
        path = files.ask_save(self, "存为 Excel", f"金秋助学公示-{year}.xlsx", "Excel (*.xlsx)") if row else None
        if path is not None and row is not None:
            content, office_name = row.content, row.office_name
            background.run(
                self,
                lambda _progress: student_notices.write_notice(session, year, content, path, office_name),
                lambda _none: offer_folder(self, "公示名单已保存。", path),
                title="正在写 Excel…",
            )
