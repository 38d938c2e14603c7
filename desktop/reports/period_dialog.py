"""Asks for the days a table is made for, from – to."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.domain.field_kinds import parse_value
from db.domain.form_schema import FieldKind, FieldSpec
from db.domain.reports.period import Period
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Note, button, label

_DAY = FieldSpec(key="day", label="日期", kind=FieldKind.DATE)


def ask_period(parent: QWidget, known: Period) -> Period | None:
    """The days the clerk types in; None where nothing is chosen."""
    dialog = PeriodDialog(parent, known)
    return dialog.period if dialog.exec() else None


class PeriodDialog(PlainDialog):
    """Two days; what does not fit is said beside them."""

    def __init__(self, parent: QWidget, known: Period) -> None:
        super().__init__(parent, "统计的日期", "从哪天到哪天，两头都算。写成 2022-08-31 或 20220831 都可以。", 460)
        self.period = known
        self.begins, self.ends = QLineEdit(known.begins), QLineEdit(known.ends)
        self._note = Note("", "warning")
        self._note.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        for words, editor in (("从", self.begins), ("到", self.ends)):
            editor.setMinimumWidth(theme.sp(130))
            editor.setAccessibleName(words)
            line.addWidget(label(words))
            line.addWidget(editor)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self._note)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("统计", "primary", act=self.take))

    def take(self) -> None:
        """Take the days, if they are days and in their order."""
        found: list[str] = []
        for editor in (self.begins, self.ends):
            parsed = parse_value(_DAY, editor.text().strip())
            if parsed.problem is not None or not parsed.value:
                self._say(f"“{editor.text().strip() or '空'}”不是日期，请写成 2022-08-31 这样。", editor)
                return
            found.append(str(parsed.value))
        if found[0] > found[1]:
            self._say("开始的日期在结束的后面，请核对。", self.begins)
            return
        self.period = Period(found[0], found[1])
        self.accept()

    def _say(self, words: str, editor: QLineEdit) -> None:
        self._note.show_text(words, "warning")
        self._note.show()
        editor.setFocus()
        editor.selectAll()
