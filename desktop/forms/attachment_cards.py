"""One paper as a card, and one line of the checklist."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.paper_checklist import Paper
from db.services.attachments import Attachment
from desktop import theme
from desktop.forms.attachment_viewer import details_of
from desktop.widgets.basics import ElidedLabel, Icon, button, label
from desktop.widgets.filter_combo import FilterCombo

THUMB_SIDE = 132


class ChecklistRow(QWidget):
    """One paper of the checklist; a missing one, or one that was filed too long ago (*aged*: when), can be added right here."""

    add_wanted = Signal(str)

    def __init__(self, paper: Paper, there: bool, may_change: bool, aged: str = "") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        sign = ("circle-check", theme.GREEN) if there else ("circle", theme.LINE_STRONG)
        row.addWidget(Icon(*(("circle-alert", theme.AMBER) if aged else sign), 16))
        words = label(paper.label, "" if there else "secondary")
        words.setMinimumHeight(theme.sp(30))
        row.addWidget(words)
        if paper.because:
            row.addWidget(label(paper.because, "small"))
        if aged:
            row.addWidget(label(f"{aged} 存的，过期了", "warning"))
        if (not there or aged) and may_change:
            add = button("添加新的" if aged else "添加", "link", act=lambda: self.add_wanted.emit(paper.types[0]))
            add.setAccessibleName(f"添加{paper.label}")
            row.addWidget(add)
        row.addStretch(1)


class PaperCard(QFrame):
    """Thumbnail, type, name and note of one paper; *mark* says where it is from."""

    opened = Signal(str)
    described = Signal(str, str, str)  # id, type, note
    removed = Signal(str)

    def __init__(self, paper: Attachment, may_change: bool, mark: QPushButton | None = None) -> None:
        super().__init__()
        self.paper, self._mark = paper, mark
        self.setProperty("role", "card")
        self.setFixedWidth(theme.sp(THUMB_SIDE + 44))
        self.thumb = QPushButton()
        self.thumb.setProperty("role", "quiet")
        side = theme.sp(THUMB_SIDE)
        self.thumb.setStyleSheet(f"QPushButton {{ min-height: {side}px; max-height: {side}px; padding: 0; }}")
        self.thumb.setIcon(theme.icon("file-text" if paper.media_type.endswith("pdf") else "image"))
        self.thumb.setToolTip("打开看")
        self.thumb.setAccessibleName(f"打开 {paper.type_label} {paper.name}")
        self.thumb.clicked.connect(lambda: self.opened.emit(paper.id))
        self.kind = FilterCombo([(option.code, option.label) for option in option_list("document_type").current()])
        self.kind.set_value(paper.document_type)
        self.kind.setAccessibleName("材料类型")
        self.note = QLineEdit(paper.note)
        self.note.setPlaceholderText("备注")
        self.note.setAccessibleName("备注")
        name = ElidedLabel(paper.name, "small")
        self._arrange(name, may_change)
        self.kind.changed.connect(lambda value: self._describe() if value else None)
        self.note.editingFinished.connect(self._describe)
        if not may_change:
            self.kind.setReadOnly(True)
            self.note.setReadOnly(True)

    def _arrange(self, name: QLabel, may_change: bool) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(0)
        foot.addWidget(name, 1)
        if may_change:
            remove = button("", "quiet", "trash-2", lambda: self.removed.emit(self.paper.id))
            remove.setToolTip("移除")
            remove.setAccessibleName(f"移除 {self.paper.name}")
            foot.addWidget(remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.thumb)
        column.addWidget(self.kind)
        column.addWidget(self.note)
        if self._mark is not None:
            column.addWidget(self._mark)
        column.addLayout(foot)
        self.setToolTip(details_of(self.paper))

    def show_thumb(self, image: QImage) -> None:
        """Show the picture."""
        self.thumb.setIcon(QPixmap.fromImage(image))
        self.thumb.setIconSize(image.deviceIndependentSize().toSize())

    def _describe(self) -> None:
        kind, note = str(self.kind.value() or self.paper.document_type), self.note.text().strip()
        if (kind, note) != (self.paper.document_type, self.paper.note):
            self.described.emit(self.paper.id, kind, note)
