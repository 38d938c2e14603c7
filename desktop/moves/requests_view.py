"""移交: at the office above the requests to decide, at every office what it asked for, gave away and took over."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.hand_over import LONGEST_REASON, HandOverState
from db.errors import NuandangError
from db.services import exchange, handing_over
from db.services.handing_over import HandOver
from desktop import background, messages, theme
from desktop.assessment.layouts import clear
from desktop.context import AppContext
from desktop.exchange.list_and_one import ListAndOneView
from desktop.moments import moment
from desktop.widgets.basics import Card, Note, button, label
from desktop.widgets.rows import Column

_INKS = {
    HandOverState.REQUESTED: theme.AMBER_INK,
    HandOverState.ACCEPTED: theme.ACTION,
    HandOverState.COMPLETED: theme.GREEN_INK,
}
_UNKNOWN = "“{name}”没有登记为本单位的下级：请选择实际接收的单位；迁出本单位管辖范围的，可以先由本单位接手，再向上级申请移交。"
_NONE = "没有移交的档案。\n一户搬到别的单位管辖的地方时，由原单位在档案页点“移交”，上级在这里办理。"


_COLUMNS: list[Column[HandOver]] = [
    Column("姓名", lambda row: row.name or "--", 76, firm=True),
    Column("从", lambda row: row.from_office_name, 130),
    Column("到", lambda row: row.to_office_name or row.wanted_office_name, 130),
    Column("状态", lambda row: row.state_label, 84, lambda row: _INKS.get(row.state, theme.SECONDARY), firm=True),
]


class RequestsView(ListAndOneView[HandOver]):
    """The hand-overs at the left, the one in hand at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "移交", _COLUMNS, "移交的档案", ("arrow-left-right", _NONE))
        self._session = context.session
        self._waiting: set[str] = set()
        self._who = label("", "section")
        self._number = label("", "secondary")
        self._facts = QGridLayout()
        self._said = Note("", "plain")
        self.target = QComboBox()
        self.target.setAccessibleName("移交给哪个单位")
        self.note = QLineEdit()
        self.note.setPlaceholderText("说明；不同意时必须写明原因")
        self.note.setMaxLength(LONGEST_REASON)
        self.note.setAccessibleName("说明")
        self.accept_button = button("同意移交", "primary", "check", self.accept)
        self.refuse_button = button("不同意", act=self.refuse)
        self._deciding = QWidget()
        self.lay_out(self._chosen_card(), shares=(4, 5))
        self.target.currentIndexChanged.connect(lambda _at: self._tell_ready())

    def _chosen_card(self) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(self._who)
        head.addWidget(self._number)
        head.addStretch(1)
        head.addWidget(button("看整份档案", act=self.open_archive))
        card.body.addLayout(head)
        card.body.addLayout(self._facts)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        card.body.addWidget(self._said)
        inner = QVBoxLayout(self._deciding)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(label("移交给", "secondary"))
        inner.addWidget(self.target)
        inner.addWidget(self.note)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addStretch(1)
        foot.addWidget(self.refuse_button)
        foot.addWidget(self.accept_button)
        inner.addLayout(foot)
        card.body.addWidget(self._deciding)
        card.body.addStretch(1)
        return card

    # -- contents

    def open_for(self, **arguments: Any) -> None:
        """Read the list again."""
        session = self._session
        read = lambda: (handing_over.list_hand_overs(session), handing_over.waiting_here(session))  # noqa: E731
        background.run_quietly(self, read, lambda found: self.show_rows(*found))

    def show_rows(self, rows: Sequence[HandOver], waiting: Sequence[HandOver]) -> None:
        """Show these hand-overs; *waiting* are to be decided here."""
        self._waiting = {row.id for row in waiting}
        self._fill_targets()
        count = len(self._waiting)
        self.show_list(rows, f"{count} 户等您办理" if count else f"{len(rows)} 户" if rows else "")

    def _fill_targets(self) -> None:
        self.target.clear()
        self.target.addItem("请选择", "")
        for partner in exchange.list_partners(self._session):
            if partner.relation == "child":
                self.target.addItem(partner.name, partner.id)
        office = self._session.office
        self.target.addItem(f"{office.name}（本单位接手）", office.id)

    def show_row(self, row: HandOver) -> None:
        """Show one hand-over and what can be decided."""
        today = date.fromisoformat(self._session.today)
        self._who.setText(row.name or "未填姓名")
        self._number.setText(row.archive_number)
        asked = f"{moment(row.requested_at, today)} {row.from_office_name} {row.requested_by}（第 {row.archive_revision} 版）"
        facts = [("原单位", row.from_office_name), ("希望移交给", row.wanted_office_name), ("原因", row.reason), ("申请", asked)]
        if row.to_office_name:
            facts.insert(2, ("已移交给", row.to_office_name))
        clear(self._facts)
        for at, (caption, value) in enumerate(facts):
            self._facts.addWidget(label(caption, "secondary"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(label(value, "", wrap=True), at, 1)
        self._show_decision(row, today)

    def _show_decision(self, row: HandOver, today: date) -> None:
        waits = row.id in self._waiting
        at = self.target.findText(row.wanted_office_name, Qt.MatchFlag.MatchExactly)
        self._deciding.setVisible(waits)
        if waits:
            self.target.setCurrentIndex(max(0, at))
            self.note.clear()
        words, tone = _said_words(row, today, waits=waits)
        if waits and at < 0:
            words, tone = _UNKNOWN.format(name=row.wanted_office_name), "warning"
        self._said.setVisible(bool(words))
        self._said.show_text(words, tone)
        self._tell_ready()

    def _tell_ready(self) -> None:
        self.accept_button.setEnabled(bool(self.target.currentData()))

    # -- acts

    def accept(self) -> None:
        """Give the archive to the office chosen."""
        row = self.row()
        if row is None:
            return
        name = self.target.currentText()
        sentence = (
            f"把 {row.name}（{row.archive_number}）移交给“{name}”？从现在起由它修改和上报；"
            f"下发给两边以后，“{name}”接手，“{row.from_office_name}”留作查看。"
        )
        if self.target.currentData() == self._session.office.id:
            sentence = (
                f"{row.name}（{row.archive_number}）由本单位接手？从现在起由本单位修改和上报，也可以再申请移交给别处；"
                f"“{row.from_office_name}”留作查看。"
            )
        if messages.confirm(self, sentence, "同意移交"):
            self._done(lambda: handing_over.accept_hand_over(self._session, row.id, self.target.currentData(), self.note.text()))

    def refuse(self) -> None:
        """Leave the archive where it is."""
        row = self.row()
        if row is not None:
            self._done(lambda: handing_over.refuse_hand_over(self._session, row.id, self.note.text()))

    def _done(self, act: Any) -> None:
        try:
            done: HandOver = act()
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        words = "已退回移交申请" if done.state is HandOverState.REFUSED else f"已移交给“{done.to_office_name}”"
        self._context.window.notify(f"{words}，请随下一次下发告知两边。")
        self._context.changes.archives_changed.emit({done.archive_id})
        self.open_for()


def _said_words(row: HandOver, today: date, *, waits: bool) -> tuple[str, str]:
    """How far it is, with the tone of the strip."""
    if row.decided_at:
        why = f"：{row.note}" if row.note else ""
        tone = "warning" if row.state is HandOverState.REFUSED else "done"
        return f"{moment(row.decided_at, today)} {row.decided_office} {row.decided_by} {row.state_label}{why}", tone
    if row.state is HandOverState.WITHDRAWN:
        return "原单位已撤回申请。", "plain"
    if waits:
        return "申请由原单位的密钥签名，已核对；签名随档案留存备查。", "plain"
    return "等上级办理；办理前这份档案不能修改。", "action"
