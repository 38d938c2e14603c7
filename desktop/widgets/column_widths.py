"""How wide the columns of a list are: what their texts need, and who gives room to whom."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QTableView

from desktop import theme

MARGIN = 16
_SIGN = 24
_MEASURED_ROWS = 60
"""So many rows say how much room a column needs; more would cost and change little."""


def need_of(table: QTableView, column: int) -> float:
    """How wide *column* must be, at the standard font, that nothing in it is cut."""
    model = table.model()
    caption = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
    widest = table.horizontalHeader().fontMetrics().horizontalAdvance(caption)
    usual, before = table.fontMetrics(), 0
    for row in range(min(model.rowCount(), _MEASURED_ROWS)):
        index = model.index(row, column)
        font = index.data(Qt.ItemDataRole.FontRole)
        metrics = QFontMetrics(font) if isinstance(font, QFont) else usual
        widest = max(widest, metrics.horizontalAdvance(str(index.data() or "")))
        signs = (index.data(role) for role in (Qt.ItemDataRole.CheckStateRole, Qt.ItemDataRole.DecorationRole))
        before = before or _SIGN * sum(sign is not None for sign in signs)
    return before + (widest + 2) / theme.scale() + MARGIN


def shared(
    widths: Mapping[int, float], needs: Mapping[int, float], room: float, firm: Collection[int] = ()
) -> dict[int, float]:
    """*widths* after those too narrow took what is free, and what others have too much of; *firm* ones keep theirs."""
    lacks = {column: max(0.0, needs[column] - width) for column, width in widths.items()}
    slack = {column: 0.0 if column in firm else max(0.0, width - needs[column]) for column, width in widths.items()}
    free = room - sum(widths.values())
    asked = sum(lacks.values()) - free  # what the others are to give up
    if asked <= 0:
        return {column: width + lacks[column] for column, width in widths.items()}
    given = min(1.0, asked / sum(slack.values())) if sum(slack.values()) else 0.0
    gain = max(0.0, free + sum(slack.values()) * given)
    met = min(1.0, gain / sum(lacks.values())) if sum(lacks.values()) else 0.0
    return {column: width - slack[column] * given + lacks[column] * met for column, width in widths.items()}
