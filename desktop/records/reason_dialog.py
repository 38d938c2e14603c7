"""Asks why a record is removed, or something is taken back: a sentence that is kept with it."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label


class ReasonDialog(PlainDialog):
    """One sentence, which must not be empty."""

    def __init__(self, parent: QWidget | None, title: str, hint: str, verb: str) -> None:
        super().__init__(parent, title, hint, 460)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(theme.sp(84))
        self.reason.setAccessibleName("理由")
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        for part in (label("理由", "strong"), self.reason, self._fault):
            self.body.addWidget(part)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button(verb, "danger", act=self.take))

    def text(self) -> str:
        """What was written."""
        return self.reason.toPlainText().strip()

    def take(self) -> None:
        """Close when there is a reason."""
        if self.text():
            self.accept()
            return
        self._fault.setText("请写一句理由，它会留在变更记录里。")
        self._fault.show()
        self.reason.setFocus()


def ask_reason(parent: QWidget | None, title: str, hint: str, verb: str) -> str:
    """The reason given; empty where the clerk has changed their mind."""
    dialog = ReasonDialog(parent, title, hint, verb)
    return dialog.text() if dialog.exec() else ""
