"""Showing a new recovery code: read it, put it on paper, and prove it by typing one group."""

import secrets
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.services import office as offices
from desktop import background, files, theme
from desktop.widgets.basics import Note, button, label, set_role

RECOVERY_CONFIRMED = "recovery_confirmed"  # setting of the office: the code in force was typed from paper


def _sheet(office_name: str, code: str) -> bytes:
    # imported late: the PDF library is large and most sign-ins never need it
    from db.services import printing

    sheet: bytes = printing.recovery_sheet_pdf(office_name, code)
    return sheet


class RecoveryCodePanel(QWidget):
    """The code, saving and printing it, and the question for one of its groups."""

    confirmed = Signal(bool)

    def __init__(self, office_name: str, code: str) -> None:
        super().__init__()
        self._office_name, self._code = office_name, code
        self._groups = code.split("-")
        self._asked = secrets.randbelow(len(self._groups))
        self._shown = label(code, wrap=True)
        self._shown.setFont(self._code_font())
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = QFrame()
        box.setProperty("role", "note")
        inner = QVBoxLayout(box)
        inner.setContentsMargins(12, 12, 12, 12)
        inner.addWidget(self._shown)
        self._saved = label("", "done", wrap=True)
        self._saved.hide()
        self.answer = QLineEdit()
        self.answer.setMaxLength(len(self._groups[self._asked]) + 2)
        self.answer.textChanged.connect(self._check)
        # the group must come from the paper: the screen stops showing it while it is typed
        self.answer.textEdited.connect(lambda _text: self._show_code(False))
        self._again = button("再看一遍", "link", act=lambda: self._show_code(True))
        self._again.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Enter goes from the answer to the button of the page
        self._verdict = label("", "done")
        self._arrange(box)

    def _show_code(self, shown: bool) -> None:
        self._shown.setText(self._code if shown else "-".join("••••" for _ in self._groups))
        if shown:
            self.answer.clear()
        self._again.setVisible(not shown)

    def _code_font(self) -> QFont:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(theme.sp(17))
        fixed.setBold(True)
        return fixed

    def _arrange(self, box: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(
            Note("忘记口令时，只有这个恢复码能打开单位数据。它只显示这一次：请打印或抄在纸上，锁进柜子，不要拍照。", "warning")
        )
        column.addWidget(box)
        acts = QHBoxLayout()
        self.print_button = button("打印…", "", "printer", self._print)
        acts.addWidget(self.print_button)
        acts.addWidget(button("存为 PDF…", "", "save", self._save))
        acts.addStretch(1)
        column.addLayout(acts)
        column.addWidget(self._saved)
        column.addSpacing(4)
        column.addWidget(label(f"请照纸上的恢复码，输入第 {self._asked + 1} 组，证明已经记下："))
        check = QHBoxLayout()
        self.answer.setFixedWidth(theme.sp(140))
        check.addWidget(self.answer)
        check.addWidget(self._verdict)
        check.addWidget(self._again)
        check.addStretch(1)
        self._again.hide()
        column.addLayout(check)
        column.addStretch(1)

    def groups(self) -> list[str]:
        """The groups of the code."""
        return self._groups

    def asked_group(self) -> int:
        """Number (from 0) of the group that is asked for."""
        return self._asked

    def is_confirmed(self) -> bool:
        """Whether the group was typed as shown."""
        return offices.confirms_recovery_code(self._code, {self._asked: self.answer.text()})

    def _check(self) -> None:
        right, typed = self.is_confirmed(), self.answer.text().strip()
        short = len(typed) < len(self._groups[self._asked])
        self._verdict.setText("对了" if right else "" if short else "和上面显示的不一样，请核对")
        set_role(self._verdict, "role", "done" if right else "error")
        self.confirmed.emit(right)

    def _save(self) -> None:
        path = files.ask_save(self, "保存恢复码", f"{self._office_name}恢复码.pdf", "PDF 文件 (*.pdf)")
        if path is not None:
            background.run(self, lambda _progress: self._write(path), self._on_saved, title="正在保存…")

    def _write(self, path: Path) -> Path:
        from db.services import printing

        printing.save_pdf(path, _sheet(self._office_name, self._code))
        return path

    def _on_saved(self, path: Path) -> None:
        self._saved.setText(f"已存为 {path}。打印后请删除这个文件。")
        self._saved.show()

    def _print(self) -> None:
        pdf = _sheet(self._office_name, self._code)
        if files.print_pdf(self, pdf, "打印恢复码"):
            self._saved.setText("已送往打印机。")
            self._saved.show()
