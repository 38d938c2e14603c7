"""待批的申请: what households applied for and nobody decided upon yet; from here it is granted, or its archive opened."""

from PySide6.QtWidgets import QWidget

from db.services import aid_applications, archiving
from db.services.aid_applications import OpenApplication
from desktop import theme
from desktop.aid.ask_dialog import Ask, AskDialog
from desktop.aid.grant_dialog import grant
from desktop.aid.grant_words import beginning_of
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.rows import Column, RowsModel, rows_table


class ApplicationsDialog(PlainDialog):
    """The list; stays open while one after the other is decided upon."""

    def __init__(self, parent: QWidget | None, context: AppContext) -> None:
        hint = "最早的在前。批准时从申请里带出项目、金额和受助人；不批准的写明理由，申请和理由都留在档案的记录里。"
        super().__init__(parent, "待批的申请", hint, 980)
        self._context, self._session = context, context.session
        self._offices = archiving.owner_names(self._session)
        self.rows: RowsModel[OpenApplication] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("待批的申请")
        self.table.setMinimumHeight(theme.sp(320))
        self.table.setColumnHidden(2, len(self._offices) < 2)
        self.table.opened.connect(lambda _index: self.grant())
        self._count = label("", "strong")
        self._arrange()
        self._read()

    def _columns(self) -> list[Column[OpenApplication]]:
        return [
            Column("户主", lambda row: row.household or "未填姓名", 90, bold=True),
            Column("档案编号", lambda row: row.archive_number, 168, firm=True),
            Column("单位", lambda row: self._offices.get(row.office_id, "其他单位"), 120),
            Column("申请日期", lambda row: row.applied_on, 100, firm=True),
            Column("救助项目", lambda row: row.item_label, 104),
            Column("申请金额（元）", lambda row: row.asked_words, 112, right=True, firm=True),
            Column("理由", lambda row: row.content.text("reason"), 260),
        ]

    def _arrange(self) -> None:
        self.body.addWidget(self.table, 1)
        self._open = button("打开档案", "", "folder-open", self.open_archive)
        self._grant = button("批准…", "primary", "check", self.grant)
        self.foot.addWidget(self._count)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        self._refuse = button("不批准…", "", "x", self.refuse)
        self.foot.addWidget(self._open)
        self.foot.addWidget(self._refuse)
        self.foot.addWidget(self._grant)

    def _read(self) -> None:
        at = max(0, self.table.currentIndex().row())
        found = aid_applications.open_applications(self._session)
        self.rows.show_rows(found)
        self._count.setText(f"{len(found):,} 份" if found else "都办完了。")
        for made in (self._open, self._grant, self._refuse):
            made.setEnabled(bool(found))
        if found:
            self.table.selectRow(min(at, len(found) - 1))

    def _row(self) -> OpenApplication | None:
        return self.rows.row_at(self.table.currentIndex())

    def grant(self) -> None:
        """Decide upon the marked one."""
        row = self._row()
        if row is not None and grant(self, self._context, [row.archive_id], beginning_of(row.record_id, row.content)):
            self._read()

    def refuse(self) -> None:
        """Put the marked one aside with the reason; it stays in the archive's history."""
        row = self._row()
        if row is None:
            return
        dialog = AskDialog(
            self,
            "不批准申请",
            [Ask("reason", "为什么不批准", hint="如：不符合条件、已从别处得到")],
            "不批准",
            lambda values: aid_applications.refuse_application(self._session, row.record_id, str(values["reason"])),
            hint=f"{row.household} {row.applied_on} 申请{row.item_label}。理由会留在档案的记录里，请告诉申请人。",
            destructive=True,
        )
        if dialog.exec():
            self._context.changes.archives_changed.emit({row.archive_id})
            self._read()

    def open_archive(self) -> None:
        """The household's aid."""
        row = self._row()
        if row is not None:
            self.accept()
            self._context.window.show_page("archive", archive_id=row.archive_id, tab="aid")
