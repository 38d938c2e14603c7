"""档案表上的数字随之更新: what of the Archive Form follows from the worksheet, old and new, taken over with a reason."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.means_income import income_proposals
from db.errors import NuandangError
from db.services import means
from desktop import messages, theme
from desktop.context import AppContext
from desktop.means.sheet_keeper import SheetKeeper
from desktop.widgets.basics import ElidedLabel, Icon, button, label


class Figure:
    """One value of the form that differs from the worksheet."""

    def __init__(self, place: str, content: ArchiveContent, new: Value) -> None:
        self.place = place
        member_id, _, key = place.rpartition(".")
        member = next((each for each in content.members if str(each["id"]) == member_id), {})
        self.spec: FieldSpec = ARCHIVE_FORM.member_field(key) if member_id else ARCHIVE_FORM.field(key)
        self.old = member.get(key) if member_id else content.values.get(key)
        self.new = new
        self.label = f"{member.get('name') or '成员'} {self.spec.label}" if member_id else self.spec.label

    def words(self) -> str:
        """Caption, old and new value."""
        return f"{self.label} {self.text(self.old)} → {self.text(self.new)}"

    def text(self, value: Value) -> str:
        """A value as people read it."""
        return format_value(self.spec, value) or "--"


def differing(content: ArchiveContent, proposals: dict[str, Value]) -> list[Figure]:
    """What the form would take over, with what it says now; derived fields only follow."""
    found = [Figure(place, content, value) for place, value in proposals.items()]
    found = [each for each in found if each.old != each.new]
    return found if any(not each.spec.derived_by for each in found) else []


class TakeOverDialog(QDialog):
    """Old and new side by side, and a line for the reason."""

    def __init__(self, parent: QWidget, figures: list[Figure], year: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("更新档案表上的数字")
        self.setMinimumWidth(theme.sp(520))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(f"按 {year} 年家庭经济状况更新档案表", "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, figure in enumerate(figures):
            new = label(figure.text(figure.new), "strong")
            for at, part in enumerate((label(figure.label), label(figure.text(figure.old), "secondary"), label("→"), new)):
                grid.addWidget(part, row, at, Qt.AlignmentFlag.AlignRight if at in (1, 3) else Qt.AlignmentFlag.AlignLeft)
        column.addLayout(grid)
        column.addWidget(label("理由（留在变更记录里）", "secondary"))
        self.reason = QLineEdit(f"{year} 年收入核对")
        self.reason.setAccessibleName("理由")
        column.addWidget(self.reason)
        acts = QHBoxLayout()
        acts.addStretch(1)
        acts.addWidget(button("不更新", act=self.reject))
        self.take = button("更新档案表", "primary", act=self.accept)
        acts.addWidget(self.take)
        column.addLayout(acts)
        self.reason.returnPressed.connect(self.accept)
        self.reason.setFocus()
        self.reason.selectAll()

    def accept(self) -> None:
        """Only with a reason."""
        if self.reason.text().strip():
            super().accept()
        else:
            self.reason.setPlaceholderText("请写一句理由")


class FormFigures(QFrame):
    """The strip; hidden while the form says what the worksheet says."""

    taken = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._keeper: SheetKeeper | None = None
        self.figures: list[Figure] = []
        self.setProperty("role", "note")
        self.setProperty("tone", "action")
        self._words = ElidedLabel("")
        self._take = button("更新档案表…", "link", act=self.ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(Icon("refresh-cw", theme.ACTION, 16))
        row.addWidget(label("档案表上的数字随之更新：", "strong"))
        row.addWidget(self._words, 1)
        row.addWidget(self._take)
        self.hide()

    def show_flow(self, keeper: SheetKeeper, may_change: bool) -> None:
        """Show what differs."""
        self._keeper = keeper
        content = keeper.archive.content
        proposals = income_proposals(content, keeper.flow.counted())
        worth = bool(keeper.stored or keeper.has_draft)
        self.figures = differing(content, proposals) if worth and may_change and not keeper.flow.faults() else []
        self._words.set_whole("　".join(figure.words() for figure in self.figures))
        self._take.setEnabled(not keeper.has_draft)
        self._take.setText("保存后可更新" if keeper.has_draft else "更新档案表…")
        self.setVisible(bool(self.figures))

    def ask(self) -> None:
        """Show old and new, then write them as a revision of the archive."""
        assert self._keeper is not None
        keeper = self._keeper
        dialog = TakeOverDialog(self, self.figures, keeper.year)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        keys = [figure.place for figure in self.figures]
        try:
            means.apply_to_archive(self._context.session, keeper.archive.id, keys, dialog.reason.text(), keeper.year)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._context.window.notify("档案表上的数字已更新。")
        self.taken.emit()
