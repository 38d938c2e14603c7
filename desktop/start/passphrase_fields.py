"""Entering a new passphrase twice, with its strength in words, and a field that warns about caps lock."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from db.services.sign_in import MINIMUM_PASSPHRASE, passphrase_length
from desktop import theme
from desktop.widgets.basics import label, set_role


class PassphraseEdit(QLineEdit):
    """Hidden text with an eye to look at it; input methods are off, so what is typed is what is stored."""

    caps_lock_changed = Signal(bool)

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self._caps = False
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText(placeholder)
        self.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self._eye = self.addAction(theme.icon("eye"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setToolTip("显示或隐藏口令")
        self._eye.triggered.connect(self._turn_over)

    def _turn_over(self) -> None:
        shown = self.echoMode() == QLineEdit.EchoMode.Normal
        self.setEchoMode(QLineEdit.EchoMode.Password if shown else QLineEdit.EchoMode.Normal)
        self._eye.setIcon(theme.icon("eye" if shown else "eye-off"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Notice caps lock from what a letter key brings, which works on every system."""
        super().keyPressEvent(event)
        letter = event.text()
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._set_caps(letter.isupper() != shifted)
        elif event.key() == Qt.Key.Key_CapsLock and self._caps:
            self._set_caps(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop warning when the field is left."""
        super().focusOutEvent(event)
        self._set_caps(False)

    def _set_caps(self, on: bool) -> None:
        if on != self._caps:
            self._caps = on
            self.caps_lock_changed.emit(on)


def strength(passphrase: str) -> tuple[str, str]:
    """Strength in words and the role to show it in: length counts most, sameness least."""
    missing = MINIMUM_PASSPHRASE - passphrase_length(passphrase)
    if missing > 0:
        return f"还差 {missing} 个字符（至少 {MINIMUM_PASSPHRASE} 个，汉字一个顶两个）", "error"
    pool = sum(
        size
        for test, size in ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
        if any(test(letter) for letter in passphrase)
    )
    pool += 33 if any(not letter.isalnum() for letter in passphrase) else 0
    pool += 2000 if any(ord(letter) > 0x2E80 for letter in passphrase) else 0
    bits = math.log2(max(pool, 2)) * min(len(passphrase), 2 * len(set(passphrase)))
    if bits < 40:
        return "偏弱：容易被猜到，请再加几个字，或混用字母和数字", "warning"
    if bits < 60:
        return "一般：可以用；换成一句自己记得住的话会更安全", "warning"
    return "很好：不容易被猜到", "done"


class NewPassphrase(QWidget):
    """Two fields and the line below them that says what is still missing."""

    changed = Signal()

    def __init__(self, first_caption: str = "登录口令") -> None:
        super().__init__()
        self.first = PassphraseEdit(f"至少 {MINIMUM_PASSPHRASE} 个字符，建议用一句容易记的话")
        self.second = PassphraseEdit("再输入一次")
        self._strength = label("口令只有你自己知道；忘了只能用恢复码。", "small", wrap=True)
        self._same = label("", "error", wrap=True)
        self._caps = label("大写锁定开着", "warning")
        self._caps.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (label(first_caption), self.first, self._strength, label("再输入一次"), self.second):
            column.addWidget(widget)
        column.addWidget(self._same)
        column.addWidget(self._caps)
        self._same.hide()
        for field in (self.first, self.second):
            field.textChanged.connect(self._judge)
            field.caps_lock_changed.connect(self._caps.setVisible)
        self.second.editingFinished.connect(lambda: self._judge(final=True))

    def _judge(self, _text: str = "", final: bool = False) -> None:
        first, second = self.first.text(), self.second.text()
        words, role = strength(first) if first else ("口令只有你自己知道；忘了只能用恢复码。", "small")
        self._strength.setText(words)
        set_role(self._strength, "role", role)
        differs = bool(second) and not first.startswith(second) if not final else bool(second) and first != second
        self._same.setText("两次输入的不一样，请重新输入第二遍。")
        self._same.setVisible(differs)
        self.changed.emit()

    def passphrase(self) -> str:
        """The passphrase, empty until both fields agree and it is long enough."""
        first = self.first.text()
        return first if passphrase_length(first) >= MINIMUM_PASSPHRASE and first == self.second.text() else ""
