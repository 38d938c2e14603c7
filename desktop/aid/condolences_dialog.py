"""People a programme reached who have no archive – 一线职工, 劳模: lines of whom, how many, with what; counted, not paid."""

from typing import Any

from PySide6.QtWidgets import QWidget

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.programme import CONDOLENCE
from db.domain.records.record_form import RecordContent
from db.errors import NuandangError
from db.services import archiving, programmes
from db.services.programmes import Programme
from db.services.records import Record
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_HINT = "只登记人数和物资，列入活动汇总；不从“资金”里扣。实名发放的救助金，要先建档，再批准。"


class CondolencesDialog(PlainDialog):
    """The lines of one programme: added, changed, taken back."""

    def __init__(self, parent: QWidget | None, context: AppContext, item: Programme) -> None:
        super().__init__(parent, f"没有档案的慰问对象：{item.title}", _HINT, 960)
        self._context, self._session, self._item = context, context.session, item
        self._names = {**archiving.office_names(self._session), self._session.office.id: "本单位"}
        self.rows: RowsModel[Record] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("慰问登记")
        self.table.setMinimumHeight(theme.sp(260))
        self._sum = label("", "strong")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._sum)
        self._change = button("修改…", "", "pencil", lambda: self.edit(self.current()))
        self._remove = button("删除", "", "trash-2", self.remove)
        self.foot.addWidget(self._remove)
        self.foot.addWidget(self._change)
        self._file = button("存为 Excel…", "", "file-spreadsheet", self.save)
        self.foot.addWidget(self._file)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.accept))
        self.foot.addWidget(button("登记一批…", "primary", "plus", lambda: self.edit(None)))
        self.table.opened.connect(lambda index: self.edit(self.rows.row_at(index)))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._allow())
        self._read()

    def _columns(self) -> list[Column[Record]]:
        def words(key: str, none: str = "--") -> Column[Record]:
            spec = CONDOLENCE.by_key[key]
            return Column(spec.label, lambda row: CONDOLENCE.words(row.content, key) or none, _WIDTHS[key])

        return [
            Column("日期", lambda row: row.content.text("on_day"), 100, firm=True),
            Column("慰问对象", lambda row: option_list("condolence_group").label(row.content.text("group")), 130, bold=True),
            Column("人数", lambda row: f"{_number(row, 'people'):,}", 60, right=True, firm=True),
            words("place"),
            Column("慰问金（元）", lambda row: format_amount(_number(row, "amount")) if _number(row, "amount") else "--", 110, right=True),
            words("goods"),
            words("visitors"),
            Column("登记单位", lambda row: self._names.get(row.office_id, "其他单位"), 110),
        ]

    def current(self) -> Record | None:
        """The line that is marked."""
        return self.rows.row_at(self.table.currentIndex())

    def _read(self) -> None:
        found = programmes.list_condolences(self._session, self._item.id)
        self.rows.show_rows(found)
        people, amount = (sum(_number(row, key) for row in found) for key in ("people", "amount"))
        money = f"，慰问金 {format_amount(amount)} 元" if amount else ""
        self._sum.setText(f"合计 {people:,} 人{money}" if found else "还没有登记。")
        if found:
            self.table.selectRow(len(found) - 1)
        self._allow()

    def _allow(self) -> None:
        row = self.current()
        self._file.setEnabled(bool(self.rows.rows))
        own = row is not None and row.office_id == self._session.office.id
        for made in (self._change, self._remove):
            made.setEnabled(own)
            made.setToolTip("" if own or row is None else "别的单位登记的，由它修改")

    def edit(self, row: Record | None) -> None:
        """Add a line, or change one of this office."""
        if row is not None and row.office_id != self._session.office.id:
            return
        session, item = self._session, self._item
        content = RecordContent(dict(row.content.values) if row else {"programme_id": item.id, "on_day": session.today})

        def save(given: RecordContent) -> None:
            programmes.save_condolence(session, given, row.record_id if row else "")

        title = "修改慰问登记" if row else "登记一批慰问对象"
        if RecordDialog(self, self._context, CONDOLENCE, content, title, save, hidden={"programme_id"}).exec():
            self._read()

    def save(self) -> None:
        """The lines as a workbook."""
        name = f"没有档案的慰问对象-{self._item.title}-{self._session.today}.xlsx".replace("/", "-")
        path = files.ask_save(self, "慰问登记存为 Excel", name, "Excel (*.xlsx)")
        session, programme_id = self._session, self._item.id

        def work(_progress: Any) -> None:
            from db.services import programme_papers, register_papers  # late: it brings the writer of workbooks along

            assert path is not None
            register_papers.write_table(session, programme_papers.condolence_table(session, programme_id), path)

        if path is not None:
            background.run(self, work, lambda _none: offer_folder(self, "慰问登记已保存。", path), title="正在写 Excel…")

    def remove(self) -> None:
        """Take a line back."""
        row = self.current()
        if row is None or not messages.confirm(self, f"删除“{row.line}”？", "删除", destructive=True):
            return
        try:
            programmes.remove_condolence(self._session, row.record_id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self._read()


_WIDTHS = {"place": 150, "goods": 150, "visitors": 100}


def _number(row: Record, key: str) -> int:
    value = row.content.values.get(key)
    return value if isinstance(value, int) else 0
