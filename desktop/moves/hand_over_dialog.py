"""移交给别的单位: to whom and why – asked by the office whose archive it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from db.domain.hand_over import LONGEST_REASON
from db.errors import NuandangError
from db.services import handing_over
from db.services.archiving import Archive
from db.services.handing_over import HandOver
from desktop import messages
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Note, button, label

_HINT = "这户搬走了，档案跟着转给新的单位：提出申请，随下一次上报交给上级；上级同意后，全部内容、附件和变更记录转到新的单位。"
_LOCKED = "从申请起这份档案不能再修改，到上级办完为止；还没有上报的申请可以撤回。"


class HandOverDialog(PlainDialog):
    """Collects a request; *made* is set when it was stored."""

    def __init__(self, context: AppContext, parent: QWidget | None, archive: Archive) -> None:
        super().__init__(parent, "移交给别的单位", _HINT, width=600)
        self._session, self._archive = context.session, archive
        self.made: HandOver | None = None
        self.target = QComboBox()
        self.target.setEditable(True)
        self.target.setAccessibleName("移交给哪个单位")
        self.target.addItems([name for _, name in handing_over.possible_targets(self._session)])
        self.target.setCurrentIndex(-1)
        typed = self.target.lineEdit()
        assert typed is not None
        typed.setPlaceholderText("选择，或填写单位全称，如“源潭镇总工会”")
        completer = self.target.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("如“2026 年 5 月全家迁往源潭镇”")
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setAccessibleName("移交的原因")
        self._go = button("提出申请", "primary", "package", self._request)
        self._arrange()
        for changed in (self.target.editTextChanged, self.reason.textChanged):
            changed.connect(lambda _text: self._tell_ready())
        self._tell_ready()

    def _arrange(self) -> None:
        who = self._archive.content.text("name") or "未填姓名"
        self.body.addWidget(label(f"{who}　{self._archive.archive_number}", "strong"))
        for caption, field in (("移交给", self.target), ("原因", self.reason)):
            self.body.addWidget(label(caption, "secondary"))
            self.body.addWidget(field)
        self.body.addWidget(Note(_LOCKED, "plain"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self._go)

    def _tell_ready(self) -> None:
        self._go.setEnabled(bool(self.target.currentText().strip()) and bool(self.reason.text().strip()))

    def _request(self) -> None:
        try:
            self.made = handing_over.request_hand_over(
                self._session, self._archive.id, self.target.currentText(), self.reason.text()
            )
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.accept()


def ask_hand_over(context: AppContext, parent: QWidget, archive: Archive) -> None:
    """Ask, and tell the window when the request was made."""
    dialog = HandOverDialog(context, parent, archive)
    dialog.exec()
    if dialog.made is not None:
        name = dialog.made.wanted_office_name
        asked = f"已申请移交给“{name}”，请随下一个数据包上报。"
        given = f"已移交给下级单位“{name}”，请随下一次下发告知。"
        context.window.notify(asked if dialog.made.decided_at is None else given)
        context.changes.archives_changed.emit({archive.id})
