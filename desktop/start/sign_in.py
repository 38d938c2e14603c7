"""Sign-in: who, passphrase, a wait that grows after each wrong one, and the way out with the recovery code."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from db.errors import UserError
from db.services import sign_in as signing_in
from desktop import background, messages
from desktop.start.frame import StartFrame
from desktop.start.passphrase_fields import PassphraseEdit
from desktop.widgets.basics import Note, button, label, line

FIRST_WRONG = "口令不对，没有打开。请核对大小写和输入法后再试。"


def _open(folder: Path, passphrase: str, clerk_id: str) -> object:
    # imported late, and by then usually warm: the database engine must not delay the sign-in window
    from db.services import office

    return office.open_office(folder, passphrase, clerk_id)


class SignInPage(StartFrame):
    """Asks for clerk and passphrase of the office in *folder*."""

    signed_in = Signal(object)  # OfficeSession
    recovery_wanted = Signal()
    other_office_wanted = Signal()

    def __init__(self, folder: Path, clerk_id: str = "", locked: bool = False) -> None:
        super().__init__(400)
        self._folder = folder
        self._wait = 0
        self._locked = locked
        self._clerks = QComboBox()
        self._clerks.setAccessibleName("经办人")
        self.passphrase = PassphraseEdit("登录口令")
        self.passphrase.setAccessibleName("登录口令")
        self._caps = label("大写锁定开着，口令区分大小写", "warning")
        self._caps.hide()
        self.problem = Note("", "error")
        self.problem.hide()
        self.enter_button = button("登录", "primary", act=self._submit)
        self._countdown = QTimer(self)
        self._countdown.setInterval(1000)
        self._countdown.timeout.connect(self._tick)
        self._arrange()
        self._list_clerks(clerk_id)
        self.passphrase.returnPressed.connect(self._submit)
        self.passphrase.caps_lock_changed.connect(self._caps.setVisible)
        self.setFocusProxy(self.passphrase)

    def _arrange(self) -> None:
        body = self.card.body
        title = "已锁定" if self._locked else "登录"
        hint = "刚才填的内容已经保存，登录后回到原处。" if self._locked else str(self._folder)
        body.addWidget(label(title, "section"))
        body.addWidget(label(hint, "small", wrap=True))
        body.addSpacing(4)
        body.addWidget(label("经办人"))
        body.addWidget(self._clerks)
        body.addWidget(label("登录口令"))
        body.addWidget(self.passphrase)
        body.addWidget(self._caps)
        body.addWidget(self.problem)
        body.addSpacing(4)
        body.addWidget(self.enter_button)
        body.addWidget(line())
        foot = QHBoxLayout()
        foot.addWidget(button("忘记口令", "link", act=self.recovery_wanted.emit))
        foot.addStretch(1)
        foot.addWidget(button("打开其他单位", "link", act=self.other_office_wanted.emit))
        body.addLayout(foot)

    def _list_clerks(self, clerk_id: str) -> None:
        try:
            slots = signing_in.clerk_slots(self._folder)
        except UserError as exc:
            self._complain(exc.text())
            self.enter_button.setEnabled(False)
            return
        for slot in slots:
            self._clerks.addItem(slot.name, slot.clerk_id)
        self._clerks.setCurrentIndex(max(0, self._clerks.findData(clerk_id)))

    def _complain(self, text: str) -> None:
        self.problem.show_text(text, "error")
        self.problem.show()

    def _submit(self) -> None:
        if not self.enter_button.isEnabled():
            return
        passphrase = self.passphrase.text()
        if not passphrase:
            self._complain("请输入登录口令。")
            self.passphrase.setFocus()
            return
        folder, clerk_id = self._folder, self._clerks.currentData()
        self._set_busy(True)
        background.run(
            self,
            lambda _progress: _open(folder, passphrase, clerk_id),
            self.signed_in.emit,
            self._refused,
            title="正在打开单位数据…",
            cancellable=False,
        )

    def is_waiting(self) -> bool:
        """Whether the passphrase is still awaited; False once an office is being opened."""
        return self.enter_button.isEnabled()

    def _set_busy(self, busy: bool) -> None:
        self.enter_button.setEnabled(not busy)
        self.enter_button.setText("正在打开…" if busy else "登录")
        self.passphrase.setReadOnly(busy)

    def _refused(self, exc: BaseException) -> None:
        self._set_busy(False)
        if isinstance(exc, UserError):
            at_once = exc.code == "wrong_passphrase" and not exc.context.get("wait")
            self._complain(FIRST_WRONG if at_once else exc.text())
            self._start_wait(exc)
            self.passphrase.selectAll()
            self.passphrase.setFocus()
        else:
            messages.show_error(self, exc)

    def _start_wait(self, exc: UserError) -> None:
        wait: Any = exc.context.get("wait", 0)
        self._wait = int(wait or 0)
        if self._wait > 0:
            self.enter_button.setEnabled(False)
            self._show_wait()
            self._countdown.start()

    def _show_wait(self) -> None:
        self.enter_button.setText(f"请等 {self._wait} 秒")

    def _tick(self) -> None:
        self._wait -= 1
        if self._wait > 0:
            self._show_wait()
            return
        self._countdown.stop()
        self.enter_button.setText("登录")
        self.enter_button.setEnabled(True)
