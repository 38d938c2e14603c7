"""外出包: at the desk what is out and on which laptop, on the laptop what is here and what the desk does not have yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from db.services import exchange, visits
from db.services.office import OfficeSession
from db.services.visits import OutItem, VisitSummary
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.moments import moment
from desktop.visits.take_along_dialog import NO_LAPTOP, hand_in
from desktop.widgets.basics import Card, EmptyState, Note, PageHeader
from desktop.widgets.rows import Column, RowsModel, rows_table

STEPS = (
    "这台是外出电脑。走访以前，先在办公室电脑上把要去的几户“带出”，用 U 盘拿到这里收取；\n"
    "到了家里在“走访”里写走访记录、拍照、签名，也可以照常修改、新建档案；回来写“带回包”，在办公室电脑上收取。"
)


@dataclass(frozen=True)
class _Reading:
    items: list[OutItem]
    summary: VisitSummary
    laptops: int


def _read(session: OfficeSession) -> _Reading:
    return _Reading(visits.out_items(session), visits.visit_summary(session), len(visits.laptops(session)))


class VisitsView(LateView):
    """One table, and the acts of this machine."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._today = date.min
        self._laptop = context.session.office.is_laptop
        self._title = "外出走访" if self._laptop else "外出包"
        self._header = PageHeader(self._title)
        self._note = Note("", "warning")
        self.rows: RowsModel[OutItem] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("外出中的档案")
        self._stack = QStackedWidget()
        self._empty = EmptyState("usb", STEPS if self._laptop else NO_LAPTOP)
        self._arrange()
        self.setFocusProxy(self.table)
        self.table.opened.connect(lambda index: self._open(self.rows.row_at(index)))

    def _columns(self) -> list[Column[OutItem]]:
        machine: list[Column[OutItem]] = [Column("外出电脑", lambda item: item.laptop_name, 140)]
        clerk: list[Column[OutItem]] = [Column("经办人", lambda item: item.out_by, 90)]
        return [
            Column("姓名", lambda item: item.name or "--", 96, firm=True),
            Column("档案编号", lambda item: item.archive_number, 170),
            *([] if self._laptop else machine),
            Column("在外出电脑上", lambda item: visits.ACCESS_LABELS[item.access], 110),
            Column("带出时间", lambda item: moment(item.out_at, self._today), 130),
            *([] if self._laptop else clerk),
            Column("状态", self._state, 190, self._ink),
        ]

    def _state(self, item: OutItem) -> str:
        if self._laptop:
            if item.is_new:
                return "走访时新建，还没有带回"
            return "已改，还没有带回" if item.is_changed else "没有改动"
        late = f"，已带出 {item.days} 天" if item.is_overdue else ""
        return ("这里也改过，收取时合并" if item.is_changed else "外出中") + late

    def _ink(self, item: OutItem) -> str | None:
        if item.is_overdue and not self._laptop:
            return theme.RED
        return theme.AMBER_INK if item.is_changed else theme.SECONDARY

    def _arrange(self) -> None:
        self._header.add_action("返回", self.left.emit)
        read = ("收取外出包、回执…" if self._laptop else "收取带回包…", lambda: self.section_wanted.emit("receive"))
        if self._laptop:
            everything = self._header.add_action("全部再带回…", lambda: self.hand_in(everything=True))
            everything.setToolTip("办公室电脑恢复过备份、撤销过收取时，把这里能改的全部再带一次；重复的不会收两遍")
            self._header.add_action(*read, icon="folder-input")
            self._header.add_action("写带回包…", self.hand_in, "primary", "folder-output")
        else:
            self._lost = self._header.add_action("不再等带回…", self._call_off)
            self._header.add_action("选档案带出…", self._choose, icon="users")
            self._header.add_action(*read, "primary", "folder-input")
        card = Card()
        card.body.addWidget(self._note)
        card.body.addWidget(self.table, 1)
        self._stack.addWidget(card)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self._stack, 1)

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Read everything again."""
        session = self._context.session
        self._today = date.fromisoformat(session.today)
        background.run_quietly(self, lambda: _read(session), self._show)

    def _show(self, reading: _Reading) -> None:
        self.show_rows(reading.items, reading.summary)
        if not self._laptop and reading.laptops:
            self._empty.sentence.setText("没有档案在外面。\n在“档案”里勾选要走访的几户，点“带出…”，就会列在这里，直到带回来。")

    def show_rows(self, items: Sequence[OutItem], summary: VisitSummary) -> None:
        """Show what is out."""
        self.rows.show_rows(items)
        if self._laptop:
            hint = f"带来 {summary.out:,} 户，改了 {summary.changed:,} 户，新建 {summary.new:,} 户"
            told = f"有 {summary.changed + summary.new:,} 户办公室电脑还没有收到。回到办公室前不要删除这里的资料。"
            self._note.show_text(told, "warning")
            self._note.setVisible(bool(summary.changed + summary.new))
        else:
            hint = f"{summary.out:,} 户在 {summary.laptops} 台外出电脑上" if summary.out else "没有档案在外面"
            self._note.show_text(f"{summary.overdue:,} 户带出太久了，请催一催带回，免得两边改得不一样。", "warning")
            self._note.setVisible(bool(summary.overdue))
            self._lost.setEnabled(bool(items))
        self._header.set_texts(self._title, hint)
        self._stack.setCurrentIndex(0 if items else 1)
        if items:
            self.table.selectRow(0)

    # acts

    def _open(self, item: OutItem | None) -> None:
        if item is not None:
            self._context.window.open_archive(item.archive_id)

    def _choose(self) -> None:
        self._context.window.show_page("archives")
        self._context.window.notify("请勾选要带出的档案，再点“带出…”。")

    def _call_off(self) -> None:
        item = self.rows.row_at(self.table.currentIndex())
        if item is None:
            return
        count = sum(1 for other in self.rows.rows if other.laptop_id == item.laptop_id)
        sentence = (
            f"“{item.laptop_name}”上还有 {count:,} 户没有带回。不再等它（比如电脑丢了）？这些档案就不再显示“外出中”，"
            "以后真的带回来，仍然可以收取、合并。电脑丢了的，请另在“往来单位”里停用它的密钥。"
        )
        if messages.confirm(self, sentence, "不再等带回", destructive=True):
            visits.call_off(self._context.session, item.laptop_id)
            self._context.changes.archives_changed.emit(set())
            self.open_for()

    def hand_in(self, everything: bool = False) -> None:
        """Ask where and write the package for the desk."""
        drives = exchange.removable_drives()
        folder = files.ask_folder(self, "把带回包写到哪里", drives[0].path if drives else None)
        if folder is not None:
            hand_in(self._context, self, folder, self.open_for, everything)
