"""The way back in when a passphrase is forgotten: recovery code from paper, then a new passphrase."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit

from db.errors import UserError
from db.services import office as offices
from db.services import sign_in as signing_in
from desktop import background, messages
from desktop.start.frame import StartFrame
from desktop.start.passphrase_fields import NewPassphrase
from desktop.widgets.basics import Note, button, label


class RecoveryPage(StartFrame):
    """Recovery code and a new passphrase for one clerk."""

    signed_in = Signal(object)  # OfficeSession
    cancelled = Signal()

    def __init__(self, folder: Path, clerk_id: str = "") -> None:
        super().__init__(460)
        self._folder = folder
        self._clerks = QComboBox()
        for slot in signing_in.clerk_slots(folder):
            self._clerks.addItem(slot.name, slot.clerk_id)
        self._clerks.setCurrentIndex(max(0, self._clerks.findData(clerk_id)))
        self.code = QLineEdit()
        self.code.setPlaceholderText("照着打印的恢复码输入，大小写和横线都不要紧")
        self.new = NewPassphrase("新的登录口令")
        self._problem = Note("", "error")
        self._problem.hide()
        self.enter_button = button("换口令并登录", "primary", act=self._submit)
        self._arrange()
        self.setFocusProxy(self.code)

    def _arrange(self) -> None:
        body = self.card.body
        body.addWidget(label("用恢复码重设口令", "section"))
        body.addWidget(label("恢复码在建单位时打印过，一般锁在单位的柜子里。", "small", wrap=True))
        for widget in (label("经办人"), self._clerks, label("恢复码"), self.code, self.new, self._problem):
            body.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(button("返回登录", act=self.cancelled.emit))
        foot.addStretch(1)
        foot.addWidget(self.enter_button)
        body.addLayout(foot)

    def _submit(self) -> None:
        code, passphrase = self.code.text().strip(), self.new.passphrase()
        if not code or not passphrase:
            self._complain("请填写恢复码，并把新的口令一样地输入两遍。")
            return
        folder, clerk_id = self._folder, self._clerks.currentData()
        self.enter_button.setEnabled(False)
        background.run(
            self,
            lambda _progress: offices.open_with_recovery(folder, code, clerk_id, passphrase),
            self.signed_in.emit,
            self._refused,
            title="正在核对恢复码…",
            cancellable=False,
        )

    def _complain(self, text: str) -> None:
        self._problem.show_text(text, "error")
        self._problem.show()

    def _refused(self, exc: BaseException) -> None:
        self.enter_button.setEnabled(True)
        if isinstance(exc, UserError):
            self._complain(exc.text())
            self.code.setFocus()
        else:
            messages.show_error(self, exc)
