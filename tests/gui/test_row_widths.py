"""How the columns of a list share its width."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.widgets.rows import Column, FittedTable, RowsModel, rows_table

LONG = "资助父母一方患病的大学生，每人每年 3000 元，到毕业为止"
Row = tuple[str, str, str]


def shown(qtbot: QtBot, width: int, row: Row = ("汪德明", LONG, "12,000.00")) -> FittedTable:
    """A table of one row, *width* wide at the standard font, whose columns were given 200, 160 and 120."""
    columns: list[Column[Row]] = [
        Column("名称", lambda item: item[0], 200),
        Column("捐赠方意愿", lambda item: item[1], 160),
        Column("结余（元）", lambda item: item[2], 120, right=True, firm=True),
    ]
    model = RowsModel(columns)
    table = rows_table(model)
    qtbot.addWidget(table)
    table.resize(theme.sp(width), theme.sp(200))
    table.show()
    model.show_rows([row])
    return table


def room_for(text: str) -> int:
    """How wide the words alone are."""
    return QLabel().fontMetrics().horizontalAdvance(text)


def test_long_words__beside_a_column_with_room_to_spare__are_shown_whole(qtbot: QtBot) -> None:
    """The names are short, so the words take what the column of names does not need."""
    table = shown(qtbot, 620)
    assert table.columnWidth(1) >= room_for(LONG) + theme.sp(16) > theme.sp(160)
    assert table.columnWidth(0) >= room_for("汪德明")


@pytest.mark.parametrize("width", [240, 330, 420])
def test_too_little_room__for_everything__keeps_the_figures_in_sight(qtbot: QtBot, width: int) -> None:
    """The words are cut, the amount at the end is not pushed out."""
    table = shown(qtbot, width)
    before = table.columnWidth(0) + table.columnWidth(1)
    assert before + room_for("12,000.00") <= table.viewport().width()
    assert table.columnWidth(1) < room_for(LONG)


def test_room_left_over__with_figures_last__goes_to_the_words(qtbot: QtBot) -> None:
    """Otherwise the amount would stand far away from what it belongs to."""
    table = shown(qtbot, 900, ("汪德明", "辅导功课", "--"))
    assert table.columnWidth(2) <= theme.sp(130)
    assert sum(table.columnWidth(at) for at in range(3)) == pytest.approx(table.viewport().width(), abs=4)
