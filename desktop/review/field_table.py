"""The form as a list of captions: what stands there, what stood there at the last review, what the checks say.

Enter or a double click on a line writes a reason for that field.
"""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.validation import Problem, Severity
from db.services.review_case import ReviewCase
from desktop import theme
from desktop.widgets.basics import label
from desktop.widgets.rows import AnyIndex
from desktop.widgets.table import HouseTable

_CAPTION, _NOW, _BEFORE = range(3)
_CAPTIONS = ("栏目", "现在的内容", "上次审核时")


@dataclass(frozen=True)
class FieldLine:
    """One field, or the heading of a section (without a field)."""

    caption: str
    field: str = ""
    member_id: str = ""
    now: str = ""
    before: str = ""
    is_changed: bool = False
    problem: str = ""
    is_error: bool = False

    @property
    def path(self) -> str:
        """The field as a reason names it."""
        return f"member.{self.field}" if self.member_id else self.field


def lines_of(case: ReviewCase) -> list[FieldLine]:
    """Every field of the form in the order of the paper, members one after the other, under their sections."""
    content = case.archive.content
    changes = {(change.member_id, change.field): change for change in case.changes}
    problems: dict[tuple[int | None, str], Problem] = {}
    for problem in sorted(case.problems, key=lambda item: item.severity is not Severity.ERROR):
        problems.setdefault((problem.member_index, problem.field), problem)
    found: list[FieldLine] = []
    for section in ARCHIVE_FORM.sections:
        if not section.repeats:
            found.append(FieldLine(section.title))
            found += [
                _line(spec, content.values, "", changes, problems.get((None, spec.key))) for spec in section.fields
            ]
            continue
        for at, member in enumerate(content.members):
            member_id = str(member["id"])
            new = "　新增" if (member_id, "") in changes else ""
            found.append(FieldLine(f"家庭成员 {at + 1}　{member.get('name') or '未填姓名'}{new}", is_changed=bool(new)))
            found += [_line(spec, member, member_id, changes, problems.get((at, spec.key))) for spec in section.fields]
    return [*_beside(case), *found]


def _beside(case: ReviewCase) -> list[FieldLine]:
    """What was added or dropped that has no line of its own in the form."""
    here = {str(member["id"]) for member in case.archive.content.members}
    told = [change for change in case.changes if change.field.startswith("@") or (not change.field and change.member_id not in here)]
    if not told:
        return []
    lines = [
        FieldLine(change.label, "", "", change.new_text, change.old_text, is_changed=True) for change in told
    ]
    return [FieldLine("表格以外的变动"), *lines]


def _line(
    spec: FieldSpec,
    record: dict[str, Value],
    member_id: str,
    changes: dict[tuple[str, str], Change],
    problem: Problem | None,
) -> FieldLine:
    change = changes.get((member_id, spec.key))
    return FieldLine(
        spec.label,
        spec.key,
        member_id,
        format_value(spec, record.get(spec.key)),
        change.old_text or "（空）" if change else "",
        change is not None,
        problem.message if problem else "",
        problem is not None and problem.severity is Severity.ERROR,
    )


class FieldModel(QAbstractTableModel):
    """The lines shown."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[FieldLine] = []
        self.marked: set[tuple[str, str]] = set()

    def show_lines(self, lines: list[FieldLine]) -> None:
        """Replace the lines."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def mark(self, places: set[tuple[str, str]]) -> None:
        """Mark the fields (path, member) that have a reason."""
        self.marked = places
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, _BEFORE))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Number of lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Caption, now, before."""
        return 0 if parent.isValid() else len(_CAPTIONS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _CAPTIONS[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, ground of what changed, sign of what stands out."""
        line, column = self.lines[index.row()], index.column()
        heading = not line.field and not line.now
        if role == Qt.ItemDataRole.DisplayRole:
            return (line.caption, line.now or ("" if heading else "--"), line.before)[column]
        if role == Qt.ItemDataRole.FontRole and (heading or (line.is_changed and column == _NOW)):
            return theme.font(bold=True)
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(theme.GROUND) if heading else QColor(theme.AMBER_TINT) if line.is_changed else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(line, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._sign(line, column)
        return line.problem or None if role == Qt.ItemDataRole.ToolTipRole else None

    def _sign(self, line: FieldLine, column: int) -> Any:
        if column == _CAPTION and line.field and (line.path, line.member_id) in self.marked:
            return theme.icon("undo-2", theme.RED)
        if column == _NOW and line.problem:
            return theme.icon(*(("circle-alert", theme.RED) if line.is_error else ("triangle-alert", theme.AMBER)))
        return None

    @staticmethod
    def _ink(line: FieldLine, column: int) -> QColor | None:
        if column == _CAPTION and line.field:
            return QColor(theme.SECONDARY)
        empty = column == _NOW and not line.now
        return QColor(theme.SECONDARY) if column == _BEFORE or empty else None


class FieldTable(QFrame):
    """The list with what is said about it; *field_wanted* asks for a reason for a field."""

    field_wanted = Signal(str, str, str)  # path, member id, caption

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._all: list[FieldLine] = []
        self.model = FieldModel()
        self.table = HouseTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("档案各栏")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.opened.connect(self._open)
        self.hint = label("", "small")
        self.only = QCheckBox("只看有改动或有提醒的")
        self.only.toggled.connect(lambda _on: self._show())
        head = QHBoxLayout()
        head.setContentsMargins(11, 6, 8, 0)
        head.addWidget(self.hint, 1)
        head.addWidget(self.only)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    def show_case(self, case: ReviewCase) -> None:
        """Show the form of *case*."""
        self._all = lines_of(case)
        stands_out = [line for line in self._all if line.is_changed or line.problem]
        compared = case.base is not None and case.base.archive_revision < case.archive.revision
        self.table.setColumnHidden(_BEFORE, not compared)
        changed = sum(line.is_changed for line in self._all)
        words = f"上次审核以后改了 {changed} 处　" if compared else ""
        self.hint.setText(f"{words}在一栏上按回车，写这一栏的理由")
        self.only.setVisible(bool(stands_out))
        self._show()
        first = next((at for at, line in enumerate(self.model.lines) if line.is_changed and line.field), None)
        self.table.selectRow(first if first is not None else min(1, len(self.model.lines) - 1))
        self.table.scrollTo(self.table.currentIndex(), HouseTable.ScrollHint.PositionAtCenter)

    def _show(self) -> None:
        only = self.only.isChecked() and not self.only.isHidden()
        self.model.show_lines([line for line in self._all if line.is_changed or line.problem] if only else self._all)
        self.fit()

    def fit(self) -> None:
        """Share the width there is."""
        room = max(theme.sp(300), self.table.viewport().width())
        compared = not self.table.isColumnHidden(_BEFORE)
        shares = (0.26, 0.42, 0.32) if compared else (0.28, 0.72, 0.0)
        for column, share in enumerate(shares):
            self.table.setColumnWidth(column, round(room * share))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit to the new width."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit to the new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def _open(self, index: QModelIndex) -> None:
        line = self.model.lines[index.row()]
        if line.field:
            self.field_wanted.emit(line.path, line.member_id, line.caption)
