"""设置 · 档案保管: who keeps the archives, what has been kept for ten years, what was destroyed, when many leaving is warned about."""

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import NuandangError, UserError
from db.services import old_backups, records, retention
from db.services.records import Record
from db.services.retention import Destroyed, RetainedArchive
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.export_dialog import EXCEL
from desktop.exchange.print_dialog import PrintDialog
from desktop.exchange.tick_rows import TickRows
from desktop.papers.exits_dialog import open_exits
from desktop.papers.old_backups_card import OldBackupsCard
from desktop.records.record_dialog import RecordDialog
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.table import HouseTable

if TYPE_CHECKING:
    from db.errors import Progress

_LEFT = {"exited": "退档", "cancelled": "注销"}
_DUE: tuple[Column[RetainedArchive], ...] = (
    Column("档案编号", lambda row: row.archive_number, 200, firm=True),
    Column("姓名", lambda row: row.name, 150),
    Column("单位", lambda row: row.office_name, 150),
    Column("方式", lambda row: _LEFT.get(row.standing, ""), 70),
    Column("撤档日期", lambda row: row.left_on, 110),
    Column("附件", lambda row: f"{row.papers} 份", 70, right=True),
)
_RECORDS: tuple[Column[Record], ...] = (Column("记录", lambda row: row.line, 520), Column("登记", lambda row: row.clerk_name, 110))


def _exits() -> ModuleType:
    from db.services import exits

    return exits


class KeepingSection(SettingsSection):
    """Hand-overs, archives whose term is over, the register of destructions, the warning about many exits."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.due: TickRows[RetainedArchive] = TickRows(_DUE)
        self.keepers: RowsModel[Record] = RowsModel(_RECORDS)
        self.destructions: RowsModel[Record] = RowsModel(_RECORDS)
        self._none_due = label(f"没有满 {retention.YEARS} 年的档案。", "secondary")
        self._due_table = rows_table(self.due)
        self._due_table.setAccessibleName("保管期满的档案")
        self.destroy_button = button("销毁所选…", "danger", "trash-2", self.destroy)
        self.destroy_button.setEnabled(False)
        self.due.ticks_changed.connect(self._show_ticks)
        self.percent = QLineEdit()
        self.percent.setAccessibleName("退出过多的界线")
        self.percent.setMaximumWidth(theme.sp(64))
        self.percent.editingFinished.connect(self._store_percent)
        self._wrong = label("", "error", wrap=True)
        self.old = OldBackupsCard(context)
        self.old.changed.connect(self.refresh)
        for card in (self.old, self._due_card(), self._destroyed_card(), self._keeper_card(), self._exits_card()):
            self.column.addWidget(card)
        self.column.addStretch(1)

    # -- building

    def _due_card(self) -> Card:
        card = Card("保管期满的档案")
        said = (
            f"退档、注销满 {retention.YEARS} 年的列在这里。销毁要先经批准，两人以上监销；销毁后只留编号和日期，姓名、材料和历次版本"
            "都不再有，不能恢复。不销毁的可以一直保管。"
        )
        card.body.addWidget(label(said, "secondary", wrap=True))
        card.body.addWidget(self._none_due)
        self._due_table.setMinimumHeight(theme.sp(190))
        card.body.addWidget(self._due_table)
        every = button("全选", act=lambda: self.due.tick(range(len(self.due.rows))))
        blank = partial(self._print, None, RecordKind.DESTRUCTION)
        card.body.addLayout(_row(self.destroy_button, every, button("空白清册…", act=blank)))
        return card

    def _keeper_card(self) -> Card:
        card = Card("保管人移交")
        said = "管档案的人变动时，当面清点、三方签字，记下没有办完的事。接收人另设自己的登录口令（设置 → 经办人）。"
        card.body.addWidget(label(said, "secondary", wrap=True))
        table = self._listed(card, self.keepers, "移交记录", "还没有登记过移交。")
        blank = partial(self._print, None, RecordKind.KEEPER)
        new = button("登记移交…", icon="plus", act=self.hand_over)
        card.body.addLayout(_row(new, self._papers_of(self.keepers, table.currentIndex), button("空白表…", act=blank)))
        return card

    def _destroyed_card(self) -> Card:
        card = Card("销毁清册")
        table = self._listed(card, self.destructions, "销毁清册", "还没有销毁过档案。")
        card.body.addLayout(_row(self._papers_of(self.destructions, table.currentIndex)))
        return card

    def _listed(self, card: Card, model: RowsModel[Record], name: str, nothing: str) -> HouseTable:
        """The records on *card*, or *nothing* where there are none."""
        table, words = rows_table(model), label(nothing, "secondary")
        table.setAccessibleName(name)
        table.setMinimumHeight(theme.sp(110))
        table.opened.connect(lambda index: self._open(model.row_at(index)))
        card.body.addWidget(words)
        card.body.addWidget(table)

        def fit() -> None:
            table.setVisible(bool(model.rows))
            words.setVisible(not model.rows)

        model.modelReset.connect(fit)
        return table

    def _papers_of(self, model: RowsModel[Record], current: Callable[[], QModelIndex]) -> QPushButton:
        def show() -> None:
            row = model.row_at(current()) or (model.rows[0] if model.rows else None)
            if row is None:
                messages.inform(self, "还没有登记。")
            else:
                self._open(row)

        return button("打印…", icon="printer", act=show)

    def _exits_card(self) -> Card:
        card = Card("防止“简单清零”")
        said = "一个办理期里退档、注销的户数超过在档的这个百分比时，办理前提醒，并写在《困难职工退档情况表》上。"
        card.body.addWidget(label(said, "secondary", wrap=True))
        self._wrong.hide()
        show = button("退档情况…", act=lambda: open_exits(self.context, self))
        card.body.addLayout(_row(label("超过"), self.percent, label("%（1 到 100）"), show))
        card.body.addWidget(self._wrong)
        return card

    # -- showing

    def refresh(self) -> None:
        """Read again."""
        self.old.refresh()
        self.due.show_rows(retention.due_archives(self._session))
        self._none_due.setVisible(not self.due.rows)
        self._due_table.setVisible(bool(self.due.rows))
        self.keepers.show_rows(retention.list_keepers(self._session))
        self.destructions.show_rows(retention.list_destructions(self._session))
        self.percent.setText(str(_exits().warning_percent(self._session)))
        self._wrong.hide()

    def _show_ticks(self) -> None:
        count = len(self.due.ticked)
        self.destroy_button.setEnabled(count > 0)
        self.destroy_button.setText(f"销毁所选 {count:,} 户…" if count else "销毁所选…")

    def _store_percent(self) -> None:
        typed = self.percent.text().strip().removesuffix("%")
        try:
            _exits().set_warning_percent(self._session, int(typed) if typed.isdigit() else 0)
        except UserError as fault:
            self._wrong.setText(fault.text())
            self._wrong.show()
        else:
            self._wrong.hide()

    # -- doing

    def hand_over(self) -> None:
        """Enter a hand-over and offer its paper."""
        session = self._session
        made: list[Record] = []
        content = retention.new_keeper(session)
        RecordDialog(
            self, self.context, FORMS[RecordKind.KEEPER], content, "登记保管人移交",
            lambda filled: made.append(records.save_entry(session, RecordKind.KEEPER, filled)),
        ).exec()  # fmt: skip
        if made:
            self.refresh()
            self._open(made[-1])

    def destroy(self) -> None:
        """Ask who approved and who watches, then destroy what is ticked."""
        rows = self.due.ticked_rows()
        session, ids = self._session, [row.archive_id for row in rows]
        asked: list[RecordContent] = []
        content = RecordContent({"destroyed_on": session.today, "destroyers": session.clerk.name})
        dialog = RecordDialog(
            self, self.context, FORMS[RecordKind.DESTRUCTION], content, f"销毁 {len(rows):,} 户档案",
            lambda filled: asked.append(_checked(filled, session.today)),
            hidden=frozenset({"archives", old_backups.ROWS}), hint="按批准文件填写；下一步再确认一次。", verb="下一步",
        )  # fmt: skip
        dialog.exec()
        if not asked:
            return
        names = "、".join(row.name for row in rows[:5]) + ("等" if len(rows) > 5 else "")
        said = f"销毁{names} {len(rows):,} 户的全部资料？销毁以后谁也不能恢复。本机的旧备份会一起删除，换成销毁后的新备份。"
        if messages.confirm(self, said, "销毁", True, title="最后一次确认"):
            self._destroy(ids, asked[-1])

    def _destroy(self, ids: list[str], approval: RecordContent) -> None:
        session = self._session

        def work(progress: "Progress") -> Destroyed:
            return retention.destroy(session, ids, approval, progress=progress)

        def done(made: Destroyed) -> None:
            self.refresh()
            self.context.changes.archives_changed.emit(set())
            left = len(old_backups.holding_backups(session))
            more = f"\n\n还有 {left:,} 份旧备份里有这些档案，列在“旧备份”里，请一份一份处理。" if left else ""
            words = f"已销毁 {made.archives:,} 户，删除附件 {made.files:,} 个、本机旧备份 {made.backups:,} 份。{more}"
            messages.inform(self, words, "销毁完成")
            self._open(made.record)

        background.run(self, work, done, title=f"正在销毁 {len(ids):,} 户档案…")

    # -- papers

    def _open(self, record: Record | None) -> None:
        if record is not None:
            self._print(record, record.kind)

    def _print(self, record: Record | None, kind: RecordKind) -> None:
        session, title = self._session, FORMS[kind].title
        name = f"{title}-{record.on_day if record else '空白'}"

        def done(pdf: bytes) -> None:
            hint = record.line if record else "供手工填写"
            dialog = PrintDialog(self, pdf, title, f"{name}.pdf", hint, private=False)
            dialog.add_act("存为 Excel…", lambda: self._save(record, kind, f"{name}.xlsx"))
            dialog.exec()

        background.run(self, lambda _progress: retention.keeping_pdf(session, record, kind), done, title="正在排版…")

    def _save(self, record: Record | None, kind: RecordKind, name: str) -> None:
        session = self._session
        path = files.ask_save(self, f"{FORMS[kind].title}存为 Excel", name, EXCEL)
        if path is None:
            return
        try:
            retention.write_keeping_workbook(session, record, path, kind)
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            offer_folder(self, "已保存。", path)


def _checked(filled: RecordContent, today: str) -> RecordContent:
    """What was filled in; UserError names what is wrong before anybody is asked to confirm."""
    return records.checked(FORMS[RecordKind.DESTRUCTION], filled, today)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
