"""The groups of an answer, the lines of one group, and beside them everything about the line chosen."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from db.services.answer_news import AnswerNews
from desktop import theme
from desktop.context import AppContext
from desktop.exchange.news_groups import NewsGroup, NewsLine, groups_of_news
from desktop.exchange.reason_lines import reason_line
from desktop.widgets.basics import Card, EmptyState, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_GROUP_COLUMNS: list[Column[NewsGroup]] = [
    Column("", lambda group: group.caption, 120, lambda group: None if group.count else theme.SECONDARY),
    Column("", lambda group: f"{group.count:,}", 52, lambda group: group.ink if group.count else theme.SECONDARY,
           right=True, bold=True),
]  # fmt: skip
_LINE_COLUMNS: list[Column[NewsLine]] = [
    Column("", lambda line: line.title, 110),
    Column("", lambda line: line.words, 200, lambda _: theme.SECONDARY),
]


class NewsBoard(QWidget):
    """Shows `AnswerNews`; once it is *applied*, reasons lead to their fields."""

    def __init__(self, context: AppContext, applied: bool) -> None:
        super().__init__()
        self._context, self._applied = context, applied
        self.groups: RowsModel[NewsGroup] = RowsModel(_GROUP_COLUMNS)
        self.group_table = rows_table(self.groups)
        self.lines: RowsModel[NewsLine] = RowsModel(_LINE_COLUMNS)
        self.line_table = rows_table(self.lines)
        self._board = QStackedWidget()
        self._empty = EmptyState("inbox", "")
        self._area = QScrollArea()
        self._arrange()
        self.setFocusProxy(self.group_table)
        self.group_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_group(index))
        self.line_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_line(index))
        self.line_table.opened.connect(lambda index: self._open(self.lines.row_at(index)))

    def _arrange(self) -> None:
        for table, name in ((self.group_table, "分类"), (self.line_table, "内容")):
            table.horizontalHeader().hide()
            table.setAccessibleName(name)
        grouped, listed = Card(), Card()
        grouped.setFixedWidth(theme.sp(216))
        grouped.body.addWidget(self.group_table, 1)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        filled = QWidget()
        row = QHBoxLayout(filled)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.line_table, 5)
        row.addWidget(self._area, 6)
        self._board.addWidget(filled)
        self._board.addWidget(self._empty)
        listed.body.addWidget(self._board, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(grouped)
        outer.addWidget(listed, 1)

    def show_news(self, news: AnswerNews) -> None:
        """Show everything; the first group with something in it is chosen."""
        self.groups.show_rows(groups_of_news(news))
        self.choose_group(next((group.key for group in self.groups.rows if group.count), "returned"))

    def choose_group(self, key: str) -> None:
        """Bring one group forward."""
        at = next(number for number, group in enumerate(self.groups.rows) if group.key == key)
        self.group_table.setCurrentIndex(self.groups.index(at, 0))

    def group(self) -> NewsGroup | None:
        """The group in front."""
        return self.groups.row_at(self.group_table.currentIndex())

    def _show_group(self, index: QModelIndex) -> None:
        group = self.groups.row_at(index)
        if group is None:
            return
        self.lines.show_rows(group.lines)
        self._empty.sentence.setText(group.sentence)
        self._board.setCurrentIndex(0 if group.lines else 1)
        if group.lines:
            self.line_table.setCurrentIndex(self.lines.index(0, 0))

    def _show_line(self, index: QModelIndex) -> None:
        line = self.lines.row_at(index)
        if line is not None:
            self._area.setWidget(self._pane(line))

    def _pane(self, line: NewsLine) -> QWidget:
        pane = QWidget()
        pane.setProperty("role", "scrolled")
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 4, 8, 4)
        column.setSpacing(10)
        column.addWidget(label(line.title, "section", wrap=True))
        if line.subtitle:
            column.addWidget(label(line.subtitle, "secondary", wrap=True))
        for reason in line.reasons:
            column.addWidget(reason_line(self._context.window, line.archive_id, reason, self._applied))
        if line.facts:
            column.addLayout(_facts(line))
        if line.text:
            column.addWidget(label(line.text, wrap=True))
        if not (line.reasons or line.facts or line.text):
            column.addWidget(label(line.words, wrap=True))
        if self._applied and line.archive_id:
            act = button("打开这份档案", "link", "folder-open", lambda: self._open(line))
            column.addWidget(act, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return pane

    def _open(self, line: NewsLine | None) -> None:
        if line is not None and line.archive_id and self._applied:
            self._context.window.open_archive(line.archive_id)


def _facts(line: NewsLine) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for number, (caption, value) in enumerate(line.facts):
        grid.addWidget(label(caption, "secondary", wrap=True), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, wrap=True), number, 1, Qt.AlignmentFlag.AlignTop)
    grid.setColumnMinimumWidth(0, theme.sp(90))
    grid.setColumnStretch(1, 1)
    return grid
