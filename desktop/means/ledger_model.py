"""One ledger of the worksheet as a table model: a row per line, a column per field; the flow holds everything."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from db.domain.form_schema import FieldKind, FieldSpec, Section
from db.domain.means_flow import PEOPLE, Fault, MeansFlow, Spot
from desktop import theme
from desktop.widgets.table import AnyIndex

_RIGHT = frozenset({FieldKind.MONEY, FieldKind.AREA, FieldKind.COUNT})


class LedgerModel(QAbstractTableModel):
    """Shows and changes the rows of one ledger."""

    edited = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section = section
        self.may_change = True
        self._flow: MeansFlow | None = None
        self._faults: dict[Spot, Fault] = {}

    @property
    def flow(self) -> MeansFlow:
        """The worksheet."""
        assert self._flow is not None
        return self._flow

    @property
    def has_flow(self) -> bool:
        """Whether a worksheet is shown."""
        return self._flow is not None

    def show_flow(self, flow: MeansFlow) -> None:
        """Show the rows of *flow*."""
        self._flow = flow
        self.read_again()

    def read_again(self) -> None:
        """Rows were added, removed or moved."""
        self.beginResetModel()
        self._faults = {fault.spot: fault for fault in self.flow.faults(self.section.key)}
        self.endResetModel()

    def look_again(self) -> None:
        """Another line is being typed: what the former one lacks shows."""
        self._faults = {fault.spot: fault for fault in self.flow.faults(self.section.key)}
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def spec(self, column: int) -> FieldSpec:
        """The field of *column*."""
        return self.section.fields[column]

    def spot(self, index: AnyIndex) -> Spot:
        """The spot of a cell."""
        return Spot(self.section.key, self.spec(index.column()).key, self.row_id(index.row()))

    def row_id(self, row: int) -> str:
        """Id of row *row*."""
        return str(self.flow.rows(self.section.key)[row]["id"])

    def row_of(self, row_id: str) -> int:
        """Where row *row_id* stands, -1 when it does not."""
        rows = self.flow.rows(self.section.key)
        return next((at for at, row in enumerate(rows) if row["id"] == row_id), -1)

    def column_of(self, key: str) -> int:
        """The column of field *key*."""
        return next(at for at, spec in enumerate(self.section.fields) if spec.key == key)

    def enter(self, index: AnyIndex, text: str | None, value: Any) -> None:
        """Take what an editor held: a chosen *value*, or a *text* to be read."""
        spot = self.spot(index)
        before = (self.flow.value(spot), self.flow.raw.get(spot.path))
        if text is None:
            self.flow.enter_value(spot, value)
        else:
            self.flow.enter_text(spot, text)
        if (self.flow.value(spot), self.flow.raw.get(spot.path)) != before:
            self._faults = {fault.spot: fault for fault in self.flow.faults(self.section.key)}
            last = self.index(index.row(), self.columnCount() - 1)
            self.dataChanged.emit(self.index(index.row(), 0), last)
            self.edited.emit()

    # -- the model

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every line."""
        return 0 if parent.isValid() or self._flow is None else len(self._flow.rows(self.section.key))

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every field."""
        return 0 if parent.isValid() else len(self.section.fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions with unit and star; row numbers."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        spec = self.spec(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return spec.help or None
        if role == Qt.ItemDataRole.TextAlignmentRole and spec.kind in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return f"{'* ' if spec.starred else ''}{spec.label}" if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """What is not asked, and who somebody is, cannot be typed into."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return base | Qt.ItemFlag.ItemIsEditable if self.is_open(index) else base

    def is_open(self, index: AnyIndex) -> bool:
        """Whether something may be typed into a cell."""
        return self.may_change and self._is_asked(index)

    def _is_asked(self, index: AnyIndex) -> bool:
        spot = self.spot(index)
        return self.flow.is_shown(spot) and (spot.section, spot.key) != (PEOPLE, "person")

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, tints, and what is wrong as tool tip."""
        reader = _READERS.get(Qt.ItemDataRole(role))
        return reader(self, index) if reader else None

    def _text(self, index: AnyIndex) -> str:
        spot = self.spot(index)
        text = self.flow.text(spot) or self.flow.implied(spot)
        if spot.section == PEOPLE and spot.key == "person":
            about = next((each.about for each in self.flow.people if each.id == self.flow.value(spot)), "")
            return f"{text}　{about}" if about else text
        return text

    def _align(self, index: AnyIndex) -> Qt.AlignmentFlag | None:
        return Qt.AlignmentFlag.AlignRight if self.spec(index.column()).kind in _RIGHT else None

    def _ink(self, index: AnyIndex) -> QColor | None:
        spot = self.spot(index)
        if spot in self._faults:
            return QColor(theme.RED)
        return None if self.flow.text(spot) else QColor(theme.SECONDARY)

    def _ground(self, index: AnyIndex) -> QColor | None:
        if self.spot(index) in self._faults:
            return QColor(theme.RED_TINT)
        return None if self._is_asked(index) else QColor(theme.GROUND)

    def _tip(self, index: AnyIndex) -> str | None:
        fault = self._faults.get(self.spot(index))
        return fault.sentence if fault else None


_READERS: dict[Qt.ItemDataRole, Any] = {
    Qt.ItemDataRole.DisplayRole: LedgerModel._text,
    Qt.ItemDataRole.TextAlignmentRole: LedgerModel._align,
    Qt.ItemDataRole.ForegroundRole: LedgerModel._ink,
    Qt.ItemDataRole.BackgroundRole: LedgerModel._ground,
    Qt.ItemDataRole.ToolTipRole: LedgerModel._tip,
}
