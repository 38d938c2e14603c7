"""The only place that opens message boxes: errors in three families, questions, notes and short notices."""

import errno
import hashlib
import traceback

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from db.errors import MachineError, UserError
from desktop import theme

NOTICE_MS = 4000


class MessageBox(QDialog):
    """A sentence with a sign and up to three buttons, in the house style."""

    def __init__(self, parent: QWidget | None, sign: tuple[str, str], title: str, sentence: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self.setMinimumWidth(theme.sp(420))
        self.setMaximumWidth(theme.sp(560))
        picture = QLabel()
        picture.setPixmap(theme.pixmap(*sign, theme.sp(24), self.devicePixelRatioF()))
        heading = QLabel(title)
        heading.setProperty("role", "section")
        self.sentence = QLabel(sentence)
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumWidth(theme.sp(330))
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(12)
        self.buttons.addStretch(1)
        text = QVBoxLayout()
        text.setSpacing(8)
        text.addWidget(heading)
        text.addWidget(self.sentence)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(text, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 20)
        outer.setSpacing(20)
        outer.addLayout(upper)
        outer.addLayout(self.buttons)

    def add_button(self, text: str, role: str = "", accepts: bool = False) -> QPushButton:
        """Append a button; *accepts* closes the box with yes, otherwise with no."""
        button = QPushButton(text)
        button.setProperty("role", role)
        button.setAutoDefault(True)
        button.clicked.connect(self.accept if accepts else self.reject)
        self.buttons.addWidget(button)
        return button


def show_error(parent: QWidget | None, exc: BaseException) -> None:
    """Show *exc* with what happened and what to do; a bug gets a short number and a report to copy."""
    if isinstance(exc, UserError):
        _show(parent, ("circle-alert", theme.AMBER), "没有办成", exc.text())
    elif isinstance(exc, MachineError):
        _show(parent, ("circle-alert", theme.RED), "没有完成", exc.text())
    elif isinstance(exc, OSError):
        _show(parent, ("circle-alert", theme.RED), "没有完成", _sentence_of_os_error(exc))
    else:
        _show_bug(parent, exc)


def _sentence_of_os_error(exc: OSError) -> str:
    name = str(exc.filename or "文件")
    if exc.errno == errno.ENOSPC:
        return MachineError("disk_full", folder=name).text()
    if isinstance(exc, FileNotFoundError):
        return MachineError("file_gone", name=name).text()
    return MachineError("cannot_write", name=name, reason=exc.strerror or type(exc).__name__).text()


def bug_report(exc: BaseException) -> tuple[str, str]:
    """Short number and report of a bug: places in the program only, never values, so it may leave the machine."""
    places = [
        f"{frame.filename.replace(chr(92), '/').rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(exc.__traceback__)
    ]
    body = "\n".join([type(exc).__name__, *places])
    number = hashlib.sha256(body.encode()).hexdigest()[:6].upper()
    return number, f"暖档 问题报告 {number}\n{body}\n"


def _show_bug(parent: QWidget | None, exc: BaseException) -> None:
    number, report = bug_report(exc)
    sentence = (
        f"程序在这一步有缺陷，这一步没有完成，已保存的内容没有改动。可以先做别的事，或重新打开程序再试。\n\n"
        f"问题编号 {number}。请复制报告交给维护人员；报告里没有任何职工的资料。"
    )
    box = MessageBox(parent, ("circle-alert", theme.RED), "这一步没有完成", sentence)
    copy = box.add_button("复制报告")
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
    copy.clicked.connect(lambda: copy.setText("已复制"))
    box.add_button("知道了", "primary", accepts=True).setDefault(True)
    box.exec()


def _show(parent: QWidget | None, sign: tuple[str, str], title: str, sentence: str) -> None:
    box = MessageBox(parent, sign, title, sentence)
    box.add_button("知道了", "primary", accepts=True).setDefault(True)
    box.exec()


def inform(parent: QWidget | None, sentence: str, title: str = "提示") -> None:
    """Say something that needs no decision but must be read."""
    _show(parent, ("info", theme.ACTION), title, sentence)


def confirm(
    parent: QWidget | None,
    sentence: str,
    verb: str,
    destructive: bool = False,
    title: str = "",
    refuse: str = "取消",
    done: bool = False,
) -> bool:
    """Ask before an act: *sentence* names the consequence, *verb* stands on the button. True when agreed.

    *done* says that something has been achieved and offers what may come next.
    """
    sign = ("triangle-alert", theme.RED) if destructive else ("circle-question-mark", theme.ACTION)
    if done:
        sign = ("circle-check", theme.GREEN)
    box = MessageBox(parent, sign, title or f"要{verb}吗？", sentence)
    no = box.add_button(refuse)
    yes = box.add_button(verb, "danger" if destructive else "primary", accepts=True)
    (no if destructive else yes).setDefault(True)
    (no if destructive else yes).setFocus()
    return box.exec() == QDialog.DialogCode.Accepted


class _Notice(QFrame):
    """Strip at the lower edge of a window that goes away by itself."""

    def __init__(self, window: QWidget, text: str, tone: str) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("notice")
        self.setProperty("role", "floating")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        sign = {"done": ("circle-check", theme.GREEN), "warning": ("triangle-alert", theme.AMBER)}[tone]
        picture = QLabel()
        picture.setPixmap(theme.pixmap(*sign, theme.sp(18), self.devicePixelRatioF()))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 20, 10)
        row.setSpacing(8)
        row.addWidget(picture)
        row.addWidget(QLabel(text))
        window.installEventFilter(self)
        QTimer.singleShot(NOTICE_MS, self, self.deleteLater)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        self.adjustSize()
        left = (self._window.width() - self.width()) // 2
        self.move(left, self._window.height() - self.height() - theme.sp(48))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay centred when the window changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False


def notify(window: QWidget, text: str, tone: str = "done") -> None:
    """Say in passing that something is done (or, *tone* ``warning``, deserves a look); it goes away by itself."""
    clear_notices(window)
    _Notice(window.window(), text, tone)


def clear_notices(window: QWidget) -> None:
    """Take away what was said in passing: it belongs to the page that goes."""
    for old in (child for child in window.window().children() if isinstance(child, _Notice)):
        old.hide()
        old.deleteLater()
