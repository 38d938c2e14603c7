"""The rows of 查重: pairs of people who look alike, the likeliest first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from db.domain.look_alike import Band
from db.services import duplicates
from db.services.duplicates import Pair, PairState
from db.services.office import OfficeSession
from desktop import theme
from desktop.widgets.paged_model import AnyIndex, PagedModel

BAND_SIGNS = {
    Band.LIKELY: ("triangle-alert", theme.AMBER),
    Band.POSSIBLE: ("circle-question-mark", theme.ACTION),
    Band.UNLIKELY: ("circle-dot", theme.SECONDARY),
}
BAND_WORDS = {Band.LIKELY: "很可能", Band.POSSIBLE: "可能", Band.UNLIKELY: "不像"}


@dataclass(frozen=True)
class PairColumn:
    """One column: caption, width at the standard font, text of a pair."""

    caption: str
    width: int
    text: Callable[[Pair], str]


def _both(first: str, second: str) -> str:
    return first if first == second else f"{first} / {second}"


COLUMNS = (
    PairColumn("分数", 108, lambda pair: f"{pair.score} {BAND_WORDS[pair.band]}"),
    PairColumn("姓名", 92, lambda pair: _both(pair.first.name, pair.second.name)),
    PairColumn("身份", 60, lambda pair: _both(pair.first.role, pair.second.role)),
)


class PairListModel(PagedModel[Pair]):
    """The pairs of one state and band."""

    def __init__(self, session: OfficeSession, owner: QWidget) -> None:
        super().__init__(owner)
        self._session = session

    def show_state(self, state: PairState, band: Band | None, count: int) -> None:
        """Show the pairs in *state*; there are *count*."""
        session = self._session
        self.show_pages(lambda offset, limit: duplicates.list_pairs(session, state, offset, limit, band), lambda: count)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every column."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return COLUMNS[section].caption

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, and the sign of the band before the score."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DecorationRole):
            return None
        pair = self.row(index.row())
        if pair is None:
            return None
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon(*BAND_SIGNS[pair.band]) if index.column() == 0 else None
        return COLUMNS[index.column()].text(pair)
