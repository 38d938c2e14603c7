"""导出数据包: which archives, to whom, to which drive – and what will be in it, before it is written."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from db.services import archiving, exchange, round_trip
from db.services.archiving import ArchiveQuery, ArchiveRow
from db.services.exchange import BundleSummary, Partner
from db.services.reviewing import due_words
from db.services.round_trip import Deadlines
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.ejecting import WRITING
from desktop.exchange.target_picker import TargetPicker
from desktop.moments import moment
from desktop.widgets.basics import Card, Note, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

UNRECEIVED = "上级还没收到的（U 盘丢了时用）"
REGISTERS = "没有档案变动，只报台账"
"""Cadres, enterprises and the like; they go with every bundle, and alone where no archive has changed."""
NAMED = 4
"""How many incomplete households the warning names."""


class SendView(QWidget):
    """Collects scope, receiver and place; emits the summary of the package written."""

    left = Signal()
    written = Signal(object)
    enrol_wanted = Signal()
    package_wanted = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._today = date.min
        self._entries = 0
        self._scopes: list[tuple[str, list[str]]] = []
        self._group = QButtonGroup(self)
        self._scope_column = QVBoxLayout()
        self._receiver = QComboBox()
        self._no_receiver = Note("还没有登记上级单位。请上级导出单位名片给您，登记后才能导出数据包。", "warning")
        self._enrol = button("登记上级单位…", act=self.enrol_wanted.emit)
        self._package = button("上级没有暖档：报送资料包…", "link", "archive", self.package_wanted.emit)
        self.target = TargetPicker()
        self._contents = Card("这一包里有")
        self._incomplete = Note("", "warning")
        self._deadlines = Note("", "warning")
        self._deadlines.hide()
        self.rows: RowsModel[ArchiveRow] = RowsModel(self._columns())
        self._go = button("导出", "primary", "folder-output", self.export)
        self._arrange()
        self.setFocusProxy(self._go)
        self._group.idToggled.connect(lambda _, on: self._show_scope() if on else None)
        self.target.changed.connect(self._tell_ready)

    def _columns(self) -> list[Column[ArchiveRow]]:
        return [
            Column("姓名", lambda row: str(row.values.get("name") or "--"), 140),
            Column("档案编号", lambda row: row.archive_number, 176, firm=True),
            Column("必填项", _missing_text, 90, lambda row: theme.AMBER_INK if row.missing_count else None),
            Column("最后修改", lambda row: moment(row.updated_at, self._today), 112, lambda _: theme.SECONDARY, firm=True),
        ]

    def _arrange(self) -> None:
        header = PageHeader("导出数据包")
        header.set_texts("导出数据包", "加密后写到 U 盘，只有接收单位能打开")
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self._choices(), 5)
        columns.addWidget(self._contents, 6)
        self._contents.body.addWidget(self._deadlines)
        self._contents.body.addWidget(self._incomplete)
        self._contents.body.addWidget(rows_table(self.rows), 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(label("写好后会从 U 盘读回来核对一遍，核对无误才算导出。", "small"))
        foot.addStretch(1)
        foot.addWidget(button("返回", act=self.left.emit))
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(header)
        column.addLayout(columns, 1)
        column.addLayout(foot)

    def _choices(self) -> Card:
        card = Card()
        card.body.addWidget(label("哪些档案", "strong"))
        card.body.addLayout(self._scope_column)
        card.body.addSpacing(12)
        card.body.addWidget(label("报给谁", "strong"))
        for part in (self._receiver, self._no_receiver, self._enrol):
            card.body.addWidget(part)
        card.body.addWidget(self._package, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addSpacing(12)
        card.body.addWidget(label("存到哪里", "strong"))
        card.body.addWidget(self.target)
        card.body.addStretch(1)
        return card

    # contents

    def open_for(self, selected: Sequence[str] = ()) -> None:
        """Offer the scopes; *selected* are archives chosen in the list."""
        session = self._context.session
        self._today = date.fromisoformat(session.today)
        unsubmitted = list(exchange.unsubmitted_ids(session))
        everything = archiving.archive_ids(session, ArchiveQuery())
        unreceipted = exchange.unsubmitted_ids(session, with_unreceipted=True)
        self._scopes = [("未上报的", unsubmitted), ("全部", everything)]
        if len(unreceipted) > len(unsubmitted):
            self._scopes.insert(1, (UNRECEIVED, unreceipted))
        self._entries = 0 if unsubmitted else exchange.registers_waiting(session)
        if self._entries:
            self._scopes.insert(1, (REGISTERS, []))
        if selected:
            self._scopes.insert(0, ("在档案列表里选中的", list(selected)))
        self._show_scopes()
        self._show_receivers()
        self.target.look_again()
        background.run_quietly(self, lambda: round_trip.deadlines(session), self._show_deadlines)

    def _show_deadlines(self, found: Deadlines) -> None:
        sentence, late = deadline_sentence(found, self._today.isoformat())
        self._deadlines.show_text(sentence, "error" if late else "warning")
        self._deadlines.setVisible(bool(sentence))

    def _show_scopes(self) -> None:
        for old in self._group.buttons():
            self._group.removeButton(old)
            old.hide()
            old.deleteLater()
        for number, (caption, ids) in enumerate(self._scopes):
            alone = caption == REGISTERS
            radio = QRadioButton(f"{caption}　{self._entries:,} 条" if alone else f"{caption}　{len(ids):,} 户")
            radio.setEnabled(bool(ids) or alone)
            self._group.addButton(radio, number)
            self._scope_column.addWidget(radio)
        first = next((number for number, (caption, ids) in enumerate(self._scopes) if ids or caption == REGISTERS), -1)
        if first >= 0:
            self._group.button(first).setChecked(True)
        else:
            self._show_scope()

    def choose_scope(self, number: int) -> None:
        """Choose the scope *number*, as a click would."""
        self._group.button(number).setChecked(True)

    def choose_unreceived(self) -> None:
        """Choose what the office above has not got, if there is such a scope."""
        for number, (caption, ids) in enumerate(self._scopes):
            if caption == UNRECEIVED and ids:
                self.choose_scope(number)

    def ids(self) -> list[str]:
        """The archives of the chosen scope."""
        number = self._group.checkedId()
        return self._scopes[number][1] if number >= 0 else []

    def _only_registers(self) -> bool:
        number = self._group.checkedId()
        return number >= 0 and self._scopes[number][0] == REGISTERS

    def _show_scope(self) -> None:
        rows = archiving.rows_of(self._context.session, self.ids(), ("name",))
        rows.sort(key=lambda row: not row.missing_count)
        incomplete = [row for row in rows if row.missing_count]
        self.rows.show_rows(rows)
        self._contents.hint.setText(f"{len(rows):,} 户")
        self._incomplete.setVisible(bool(incomplete))
        self._incomplete.show_text(_incomplete_sentence(incomplete), "warning")
        self._tell_ready()

    def _show_receivers(self) -> None:
        parents = [partner for partner in exchange.list_partners(self._context.session) if partner.relation == "parent"]
        self._receiver.clear()
        for partner in parents:
            self._receiver.addItem(partner.name, partner)
        self._receiver.setVisible(bool(parents))
        self._no_receiver.setVisible(not parents)
        self._enrol.setVisible(not parents)
        self._package.setVisible(not parents)

    def receiver(self) -> Partner | None:
        """The office the package is for."""
        chosen = self._receiver.currentData()
        return chosen if isinstance(chosen, Partner) else None

    def _tell_ready(self) -> None:
        count = len(self.ids())
        alone = self._only_registers()
        self._go.setText(f"导出 {count:,} 户" if count else "导出台账" if alone else "导出")
        self._go.setEnabled(bool((count or alone) and self.receiver() and self.target.folder()))

    def export(self) -> None:
        """Write the package in the background."""
        receiver, folder, ids = self.receiver(), self.target.folder(), self.ids()
        if receiver is not None and folder is not None and (ids or self._only_registers()):
            self._write(receiver, folder, ids)

    def _write(self, receiver: Partner, folder: Path, ids: list[str]) -> None:
        context = self._context

        def done(summary: BundleSummary) -> None:
            context.changes.archives_changed.emit(set(ids))
            context.changes.bundles_changed.emit()
            self.written.emit(summary)

        background.run(
            self,
            lambda progress: exchange.export_bundle(context.session, ids or None, folder, receiver.id, progress),
            done,
            title=f"正在导出 {len(ids):,} 户…" if ids else "正在导出台账…",
            leaving=WRITING,
        )


def deadline_sentence(found: Deadlines, today: str) -> tuple[str, bool]:
    """What presses, in words, and whether something is late already: 逾期上级不予受理."""
    parts = []
    if found.corrected:
        due = f"，最早的 {found.corrected_due} 前要交到（{due_words(found.corrected_due, today)}）" if found.corrected_due else ""
        parts.append(f"{found.corrected:,} 户退回后已改好、上级还没收到{due}。")
    if found.uncorrected:
        due = f"，最早 {found.first_due}（{due_words(found.first_due, today)}）" if found.first_due else ""
        parts.append(f"另有 {found.uncorrected:,} 户退回还没补正{due}，逾期上级不予受理。")
    if found.circular_due:
        parts.append(f"上级通知里最近的期限是 {found.circular_due}。")
    late = bool(found.overdue or (found.corrected_due and found.corrected_due < today))
    return "".join(parts), late


def _missing_text(row: ArchiveRow) -> str:
    return f"缺 {row.missing_count} 项" if row.missing_count else "齐全"


def _incomplete_sentence(rows: Sequence[ArchiveRow]) -> str:
    names = "、".join(str(row.values.get("name") or row.archive_number) for row in rows[:NAMED])
    more = f"等 {len(rows):,} 户" if len(rows) > NAMED else f" {len(rows)} 户"
    return f"{names}{more}还有必填项没填，会一并上报，上级可能退回补正。"
