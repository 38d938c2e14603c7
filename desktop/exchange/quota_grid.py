"""名额 as a grid: an office per line, a subject per column; cells take numbers, also many at once from Excel."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from db.services.quotas import Quota
from desktop import theme

AnyIndex = QModelIndex | QPersistentModelIndex
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789", ",，、户人 　")


def number_of(text: str) -> int | None:
    """A number as people type or paste it (``1,200``, ``３０ 户``); None when it is none."""
    plain = text.translate(_DIGITS).strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 7 else None


class QuotaGrid(QAbstractTableModel):
    """The quotas of one year; what is typed is handed on as :attr:`entered`."""

    entered = Signal(str, str, object)  # office, subject, number (None: take it back)

    def __init__(self) -> None:
        super().__init__()
        self.offices: list[tuple[str, str]] = []
        self.subjects: list[tuple[str, str]] = []
        self._quotas: dict[tuple[str, str], Quota] = {}

    def show_quotas(
        self, offices: Sequence[tuple[str, str]], subjects: Sequence[tuple[str, str]], quotas: Sequence[Quota]
    ) -> None:
        """Show these offices and subjects with what was set for them."""
        self.beginResetModel()
        self.offices, self.subjects = list(offices), list(subjects)
        self._quotas = {(quota.for_office_id, quota.subject): quota for quota in quotas}
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """An office per row, and the sum."""
        return 0 if parent.isValid() or not self.offices else len(self.offices) + 1

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """The office, then the subjects."""
        return 0 if parent.isValid() else len(self.subjects) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The subjects."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.subjects[section - 1][1] if section else "单位"
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def quota(self, index: AnyIndex) -> Quota | None:
        """What was set for a cell."""
        if not index.column() or index.row() >= len(self.offices):
            return None
        return self._quotas.get((self.offices[index.row()][0], self.subjects[index.column() - 1][0]))

    def _text(self, index: AnyIndex) -> str:
        if index.row() == len(self.offices):
            return self._sum(index.column()) if index.column() else "合计"
        if not index.column():
            return self.offices[index.row()][1]
        quota = self.quota(index)
        if quota is None:
            return "--"
        used = f"　已用 {quota.used:,}" if quota.used is not None else ""
        return f"{quota.amount:,} {quota.unit}{used}"

    def unit(self, subject: str) -> str:
        """What a subject is counted in, as it was set before; empty where it was not."""
        return next((quota.unit for (_, known), quota in self._quotas.items() if known == subject), "")

    def _sum(self, column: int) -> str:
        code = self.subjects[column - 1][0]
        amounts = [quota.amount for (_, subject), quota in self._quotas.items() if subject == code]
        return f"{sum(amounts):,}" if amounts else "--"

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Amount with what was used; red where more was used than allowed."""
        quota = self.quota(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.EditRole:
            return str(quota.amount) if quota else ""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight
        if role == Qt.ItemDataRole.FontRole and index.row() == len(self.offices):
            return theme.font(bold=True)
        if role == Qt.ItemDataRole.ForegroundRole and index.column() and index.row() < len(self.offices):
            over = quota is not None and quota.left is not None and quota.left < 0
            return QColor(theme.RED if over else theme.INK if quota else theme.SECONDARY)
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Every cell of an office and a subject can be typed into."""
        editable = index.column() and index.row() < len(self.offices)
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags)

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hand on what was typed; an empty cell takes the quota back."""
        if role != Qt.ItemDataRole.EditRole or not index.column() or index.row() >= len(self.offices):
            return False
        text = str(value).strip()
        number = number_of(text)
        if text not in {"", "--"} and number is None:
            return False
        self.entered.emit(self.offices[index.row()][0], self.subjects[index.column() - 1][0], number)
        return True

    def paste(self, at: AnyIndex, text: str) -> tuple[int, int]:
        """Fill cells from *at* on with what was copied from a sheet; how many were taken, how many were no numbers."""
        taken = refused = 0
        for down, line in enumerate(text.rstrip("\r\n").splitlines()):
            for right, cell in enumerate(line.split("\t")):
                index = self.index(at.row() + down, at.column() + right)
                if not index.isValid():
                    continue
                done = self.setData(index, cell)
                taken, refused = taken + done, refused + (not done)
        return taken, refused
