"""新卡号再输入一遍: accounts nothing was ever paid to are typed a second time from the card or its copy, without seeing them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QWidget

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import parse_value
from db.services.disbursement import Line
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label, set_role

_SAME, _DIFFERENT = "一致", "与档案里的不一样"


def typed_account(text: str) -> str:
    """An account as it is stored, however it was typed."""
    found = parse_value(ARCHIVE_FORM.field("bank_account"), text)
    return str(found.value or text.strip())


class CardDialog(PlainDialog):
    """Asks for the accounts of *lines*; ``typed`` has them by grant."""

    def __init__(self, parent: QWidget | None, lines: Sequence[Line], typed: dict[str, str]) -> None:
        hint = "这些卡号还没有发过钱。请照银行卡或复印件再输入一遍；两遍一致才能锁定名册，防止抄错一位钱就发不到。"
        super().__init__(parent, f"核对新卡号　{len(lines)} 张", hint, 720)
        self._lines = list(lines)
        self.fields: dict[str, QLineEdit] = {}
        self._told: dict[str, QLabel] = {}
        self.typed: dict[str, str] = {}
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, theme.sp(14), 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for at, line in enumerate(self._lines):
            self._add(grid, at, line, typed.get(line.grant_id, ""))
        grid.setRowStretch(len(self._lines), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumHeight(min(inside.sizeHint().height() + 8, theme.sp(400)))
        scroll.setWidget(inside)
        self.body.addWidget(scroll)
        self._count = label("", "strong")
        self.foot.addWidget(self._count)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("完成", "primary", act=self.accept))
        self._show_count()

        empty = (field for field in self.fields.values() if not field.text())
        next(empty, next(iter(self.fields.values()))).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next card; on the last one it is done."""
        fields = list(self.fields.values())
        here = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here in fields[:-1]:
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)

    def _add(self, grid: QGridLayout, at: int, line: Line, typed: str) -> None:
        field = self.fields[line.grant_id] = QLineEdit(typed)
        field.setPlaceholderText("再输入一遍卡号")
        field.setAccessibleName(f"{line.payee_name}的卡号")
        field.textEdited.connect(lambda _text, one=line: self._check(one))
        field.editingFinished.connect(lambda one=line: self._check(one, whole=True))
        self._told[line.grant_id] = label("", "small")
        self._told[line.grant_id].setMinimumWidth(theme.sp(120))
        grid.addWidget(label(line.payee_name, "strong"), at, 0)
        grid.addWidget(label(f"{line.bank}{line.branch}", "secondary", wrap=True), at, 1)
        grid.addWidget(field, at, 2)
        grid.addWidget(self._told[line.grant_id], at, 3)
        grid.setColumnMinimumWidth(1, theme.sp(150))
        self._check(line, whole=True)

    def _check(self, line: Line, *, whole: bool = False) -> None:
        """Say whether it is the same, once as much is typed or the field is left."""
        account = typed_account(self.fields[line.grant_id].text())
        self.typed[line.grant_id] = account
        ready = bool(account) and (whole or len(account) >= len(line.account))
        same = account == line.account
        told = self._told[line.grant_id]
        told.setText((_SAME if same else _DIFFERENT) if ready else "")
        set_role(told, "role", "done" if same else "error")
        if hasattr(self, "_count"):
            self._show_count()

    def _show_count(self) -> None:
        same = sum(self.typed.get(line.grant_id) == line.account for line in self._lines)
        self._count.setText(f"一致 {same} / {len(self._lines)}")
