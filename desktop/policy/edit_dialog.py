"""Change figures of a pack in a table, check them, and store them as a new version that begins on a day."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.errors import UserError
from db.services import policies
from db.services.policies import EditableFigure, FigureChange, LoadedPack, NewSource, NewVersion
from desktop import messages, theme
from desktop.policy.figure_editor import NEW_SOURCE, FigureEditor, shown_value
from desktop.policy.pack_words import typed_day
from desktop.widgets.basics import Card, Note, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable

if TYPE_CHECKING:
    from db.services.office import OfficeSession

_MOST_LINES = 3


class SourceFields(Card):
    """The document that a new version rests on, where the pack does not name it yet."""

    def __init__(self) -> None:
        super().__init__()
        self.title_line, self.number, self.issuer, self.issued_on = (QLineEdit() for _ in range(4))
        self.issued_on.setPlaceholderText("年-月-日，可不填")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("新文件", "strong"))
        for caption, field, share in (
            ("标题", self.title_line, 5),
            ("文号", self.number, 3),
            ("发文单位", self.issuer, 3),
            ("发文日期", self.issued_on, 3),
        ):
            row.addWidget(label(caption))
            row.addWidget(field, share)
            field.setAccessibleName(caption)
        self.body.setContentsMargins(16, 10, 16, 10)
        self.body.addLayout(row)

    def source(self) -> NewSource:
        """What is typed."""
        return NewSource(
            title=self.title_line.text(),
            issuer=self.issuer.text(),
            number=self.number.text(),
            issued_on=typed_day(self.issued_on.text()),
        )


class EditPolicyDialog(QDialog):
    """The figures of one version; `saved` is the new version once it is stored."""

    def __init__(self, parent: QWidget, session: "OfficeSession", base: LoadedPack) -> None:
        super().__init__(parent.window())
        self._session, self._base = session, base
        self.saved: LoadedPack | None = None
        self._figures = policies.figures(base)
        self.changes: dict[str, FigureChange] = {}
        self.setWindowTitle("修改政策里的数字")
        self.model: RowsModel[EditableFigure] = RowsModel(self._columns())
        self.table = rows_table(self.model)
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self._shown: Segmented[str] = Segmented([("all", "全部"), ("open", "待定"), ("changed", "已改")])
        self.finder = QLineEdit()
        self.editor = FigureEditor([(source.id, f"《{source.title}》{source.number}") for source in base.pack.source])
        self.new_source = SourceFields()
        self.version, self.begins, self.note = QLineEdit(), QLineEdit(), QLineEdit()
        self._answer = Note("", "error")
        self._arrange()
        self._connect()
        self._fill()
        self.version.setText(policies.next_version(policies.policy_book(session), base.pack.id))
        self.begins.setText(session.today)
        self._resize_within(parent.window())
        self.table.setFocus()

    def _columns(self) -> list[Column[EditableFigure]]:
        return [
            Column("规定", lambda figure: figure.group, 210),
            Column("情形", lambda figure: _parts(figure)[0], 180, lambda _: theme.SECONDARY),
            Column("数字", lambda figure: _parts(figure)[1], 116),
            Column("现在", _now, 120, lambda figure: theme.AMBER_INK if figure.is_unset else None),
            Column("新的数", self._new_text, 120, lambda _: theme.ACTION, bold=True),
        ]

    def _new_text(self, figure: EditableFigure) -> str:
        change = self.changes.get(figure.path)
        return shown_value(figure, change.value) if change else ""

    # -- layout

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label("修改政策里的数字", "section"))
        head.addWidget(label(f"{self._base.pack.title}　版本 {self._base.pack.version}", "secondary"))
        head.addStretch(1)
        self.finder.setPlaceholderText("查找项目")
        self.finder.setMaximumWidth(theme.sp(160))
        head.addWidget(self.finder)
        self._shown.set_value("all")
        head.addWidget(self._shown)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        table_card = Card()
        table_card.body.setContentsMargins(0, 0, 0, 0)
        table_card.body.addWidget(self.table)
        middle.addWidget(table_card, 1)
        middle.addWidget(self.editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(self.new_source)
        column.addWidget(self._answer)
        column.addLayout(self._foot())
        self.new_source.hide()
        self._answer.hide()

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self.version.setMaximumWidth(theme.sp(64))
        self.begins.setMaximumWidth(theme.sp(120))
        for caption, field, share in (("新版本号", self.version, 0), ("从哪天起", self.begins, 0), ("改动说明", self.note, 1)):
            foot.addWidget(label(caption))
            foot.addWidget(field, share)
            field.setAccessibleName(caption)
        self.note.setPlaceholderText("改了什么、从哪天起、经办人会看到什么")
        foot.addSpacing(8)
        foot.addWidget(button("取消", act=self.reject))
        foot.addWidget(button("检查", "", "circle-check", self.check))
        foot.addWidget(button("存为新版本", "primary", "save", self.store))
        return foot

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())
        self.table.opened.connect(lambda _: self.editor.start())
        self.editor.edited.connect(self._take)
        self._shown.changed.connect(lambda _: self._fill())
        self.finder.textChanged.connect(lambda _: self._fill())

    def _resize_within(self, window: QWidget) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry()
        width = min(theme.sp(1180), max(window.width() - 48, 640), screen.width())
        height = min(theme.sp(760), max(window.height() - 32, 480), screen.height())
        self.resize(width, height)

    def reject(self) -> None:
        """Leave; changes that are not stored are asked about first."""
        sentence = f"已改的 {len(self.changes)} 项还没有存成新版本，离开后就没有了。"
        if not self.changes or messages.confirm(self, sentence, "不保存，离开", destructive=True, title="要离开吗？"):
            super().reject()

    # -- the table

    def _fill(self) -> None:
        marked = self.model.row_at(self.table.currentIndex())
        shown = self._shown.value()
        words = self.finder.text().strip()
        rows = [
            figure
            for figure in self._figures
            if (shown != "open" or figure.is_unset)
            and (shown != "changed" or figure.path in self.changes)
            and (not words or words in f"{figure.group}{figure.label}{figure.citation}")
        ]
        self.model.show_rows(rows)
        unset = sum(figure.is_unset for figure in self._figures)
        self._shown.button("open").setText(f"待定 {unset}" if unset else "待定")
        self._tell_changed()
        at = next((row for row, figure in enumerate(rows) if marked is not None and figure.path == marked.path), 0)
        self.editor.setVisible(bool(rows))
        if rows:
            self.table.setCurrentIndex(self.model.index(at, 0))
            self._show_current()

    def _tell_changed(self) -> None:
        self._shown.button("changed").setText(f"已改 {len(self.changes)}" if self.changes else "已改")

    def mark(self, path: str) -> None:
        """Mark the figure *path*."""
        at = next(row for row, figure in enumerate(self.model.rows) if figure.path == path)
        self.table.setCurrentIndex(self.model.index(at, 0))

    def _show_current(self) -> None:
        figure = self.model.row_at(self.table.currentIndex())
        if figure is not None:
            self.editor.show_figure(figure, self.changes.get(figure.path), self._basis(figure))

    def _basis(self, figure: EditableFigure) -> tuple[str, str] | None:
        """Document and clause of another change to the same rule: a rule has one citation."""
        same = (other for other in self._figures if other.cited_place == figure.cited_place and other.path in self.changes)
        found = next(same, None)
        return None if found is None else (self.changes[found.path].source, self.changes[found.path].clause)

    def _take(self, change: FigureChange | None) -> None:
        figure = self.model.row_at(self.table.currentIndex())
        if figure is None:
            return
        if change is None:
            self.changes.pop(figure.path, None)
        else:
            self.changes[figure.path] = change
            self._share_basis(figure, change)
        at = self.table.currentIndex().row()
        self.model.dataChanged.emit(self.model.index(at, 0), self.model.index(at, self.model.columnCount() - 1))
        self._tell_changed()
        self.new_source.setVisible(self._needs_source())
        self._answer.hide()  # it spoke of what stood here before

    def _share_basis(self, figure: EditableFigure, change: FigureChange) -> None:
        for other in self._figures:
            if other.path in self.changes and other.cited_place == figure.cited_place and other.path != figure.path:
                self.changes[other.path] = FigureChange(
                    other.path, self.changes[other.path].value, change.source, change.clause
                )

    def _needs_source(self) -> bool:
        cited = {figure.path for figure in self._figures if figure.is_cited}
        return any(change.source == NEW_SOURCE and change.path in cited for change in self.changes.values())

    # -- acts

    def check(self) -> bool:
        """Check what the new version would be and list what changes; whether it may be stored."""
        try:
            loaded = self._preview()
        except UserError as fault:
            self._say(fault.text(), "error")
            return False
        lines = policies.figure_differences(self._base, loaded)
        shown = [*lines[:_MOST_LINES], *([f"……共 {len(lines)} 处"] if len(lines) > _MOST_LINES else [])]
        self._say(f"可以保存。从 {loaded.pack.begins} 起：\n" + "\n".join(shown or ["数字没有变化"]), "done")
        return True

    def _preview(self) -> LoadedPack:
        book = policies.policy_book(self._session)
        edition = NewVersion(self.version.text(), typed_day(self.begins.text()), self.note.text())
        return policies.preview_edit(
            book, self._base.pack.id, self._listed(), self._source(), edition, self._session.today, self._base.sha256
        )

    def _listed(self) -> Sequence[FigureChange]:
        return [self.changes[figure.path] for figure in self._figures if figure.path in self.changes]

    def _source(self) -> NewSource | None:
        return self.new_source.source() if self._needs_source() else None

    def _say(self, text: str, tone: str) -> None:
        self._answer.show_text(text, tone)
        self._answer.show()

    def store(self) -> None:
        """Check, ask, and store the new version."""
        if not self.check():
            return
        begins = self._preview().pack.begins
        sentence = f"从 {begins} 起执行新版本，在那之前照旧。原版本留着，已经作出的认定不变。"
        if not messages.confirm(self, sentence, "存为新版本"):
            return
        try:
            self.saved = policies.edit_pack(
                self._session,
                self._base.pack.id,
                self._listed(),
                self._source(),
                self.version.text().strip(),
                typed_day(self.begins.text()),
                self.note.text().strip(),
                base_sha256=self._base.sha256,
            )
        except UserError as fault:
            self._say(fault.text(), "error")
            return
        self.accept()


def _parts(figure: EditableFigure) -> tuple[str, str]:
    """What leads to a figure, and the figure's own name."""
    before, _, own = figure.label.rpartition(" · ")
    return before, own


def _now(figure: EditableFigure) -> str:
    return "待定" if figure.is_unset or not figure.value_text else shown_value(figure, figure.value_text)
