"""Import, second step: which sheet, where the header is, what every column fills – all of it can be changed."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from db.services import workbooks
from db.services.workbooks import ColumnPlan, ColumnTarget, Confidence, ImportPlan, Layout
from desktop import theme
from desktop.widgets.basics import Card, ElidedLabel, Note, button, label
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

LAYOUT_LABELS = {Layout.WIDE: "一户一行", Layout.LONG: "一人一行"}
MEMBER_GROUPS = 12
SHORTEST_NUMBER = 15


def column_state(column: ColumnPlan) -> tuple[str, str]:
    """How the column found its field, and the ink."""
    if column.target is not None:
        words = {Confidence.CHOSEN: "手工指定", Confidence.LEGACY: "旧栏目，自动换算"}
        return words.get(column.confidence, "已对上"), theme.GREEN_INK
    if column.confidence is Confidence.IGNORED:
        return "不导入", theme.SECONDARY
    if column.confidence is Confidence.REPEATED:
        return "重复的栏目，不导入", theme.AMBER_INK
    if column.suggestion is not None:
        return "没对上，有建议", theme.AMBER_INK
    return "没对上，不导入", theme.AMBER_INK


def _target_text(column: ColumnPlan) -> str:
    return column.target.label if column.target else "--"


def shown_samples(column: ColumnPlan) -> list[str]:
    """Samples for the screen, ID and card numbers masked."""
    return [_masked(sample) for sample in column.samples]


def _masked(text: str) -> str:
    long_number = len(text) >= SHORTEST_NUMBER and text[:-1].isdigit()
    return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}" if long_number else text


_COLUMNS: list[Column[ColumnPlan]] = [
    Column("列", lambda column: column.letter + ("（隐藏）" if column.hidden else ""), 76, lambda _: theme.SECONDARY),
    Column("表里的标题", lambda column: column.caption, 160),
    Column("内容举例", lambda column: "、".join(shown_samples(column)), 190, lambda _: theme.SECONDARY),
    Column("填到", _target_text, 190, lambda column: None if column.target else theme.SECONDARY),
    Column("状态", lambda column: column_state(column)[0], 120, lambda column: column_state(column)[1]),
]


class PlanView(QWidget):
    """Shows an `ImportPlan`; the clerk's changes go into the plan itself."""

    sheet_wanted = Signal(str, int)  # sheet, header row (0: find it)
    go_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.plan: ImportPlan | None = None
        self._targets: dict[str, ColumnTarget] = {}
        self._name = ElidedLabel("", "strong")
        self._sheet = QComboBox()
        self._header_row = QSpinBox()
        self._facts = label("", "secondary")
        self.columns: RowsModel[ColumnPlan] = RowsModel(_COLUMNS)
        self.table = rows_table(self.columns)
        self._shown: Segmented[str] = Segmented([("all", "全部"), ("open", "没对上")])
        self._target = FilterCombo((), "输入栏目名或拼音首字母")
        self._column_title = label("", "section", wrap=True)
        self._column_samples = label("", "secondary", wrap=True)
        self._suggest = button("", "link")
        self._missing = Note("", "error")
        self.blank_wipes = QCheckBox("空格子也算数：表里是空的，就清掉档案里原有的内容")
        self.leads = QCheckBox("摸底名单：新建的记为“摸底线索”，可以没有身份证号")
        self._go = button("试导入", "primary", act=self.go_wanted.emit)
        self._arrange()
        self._connect()

    # layout

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._source_card())
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._table_card(), 1)
        middle.addWidget(self._column_card())
        column.addLayout(middle, 1)
        column.addWidget(self._missing)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        ticks = QVBoxLayout()
        ticks.setSpacing(4)
        ticks.addWidget(self.blank_wipes)
        ticks.addWidget(self.leads)
        foot.addLayout(ticks)
        foot.addStretch(1)
        foot.addWidget(button("换个文件", act=self.left.emit))
        foot.addWidget(self._go)
        column.addLayout(foot)

    def _source_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._name, 1)
        row.addWidget(label("工作表"))
        self._sheet.setMinimumWidth(theme.sp(140))
        row.addWidget(self._sheet)
        row.addWidget(label("标题在第"))
        self._header_row.setRange(0, 9999)
        self._header_row.setSpecialValueText("--")
        self._header_row.setFixedSize(theme.sp(56), theme.sp(32))
        row.addWidget(self._header_row)
        row.addWidget(label("行"))
        row.addWidget(self._facts)
        card.body.addLayout(row)
        card.body.setContentsMargins(16, 8, 16, 8)
        return card

    def _table_card(self) -> Card:
        card = Card("每一列填到档案表的哪一项")
        card.head.addWidget(self._shown)
        self._shown.set_value("all")
        card.body.addWidget(self.table, 1)
        return card

    def _column_card(self) -> Card:
        card = Card()
        card.setFixedWidth(theme.sp(270))
        card.body.addWidget(self._column_title)
        card.body.addWidget(self._column_samples)
        card.body.addSpacing(8)
        card.body.addWidget(label("填到"))
        card.body.addWidget(self._target)
        card.body.addWidget(self._suggest, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addWidget(button("这一列不导入", act=lambda: self.choose(None)), 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        hint = "没对上的列不会导入，也不会改动档案。"
        card.body.addWidget(label(hint, "small", wrap=True))
        return card

    def _connect(self) -> None:
        self._sheet.activated.connect(lambda _: self.sheet_wanted.emit(self._sheet.currentText(), 0))
        self._header_row.editingFinished.connect(self._on_header_row)
        self._shown.changed.connect(lambda _: self._filter())
        self._target.changed.connect(lambda code: self.choose(code) if code else None)
        self._suggest.clicked.connect(self._take_suggestion)
        self.leads.toggled.connect(self._on_leads)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_column(index))

    # contents

    def show_plan(self, plan: ImportPlan) -> None:
        """Show *plan*; earlier changes are forgotten."""
        if self.plan is not None and self.plan.file_name != plan.file_name:
            self.leads.setChecked(False)  # what the next file is has to be said again
        self.plan = plan
        plan.as_leads = self.leads.isChecked()
        self._name.set_whole(plan.file_name)
        self._sheet.clear()
        self._sheet.addItems(plan.sheets)
        self._sheet.setCurrentText(plan.sheet)
        self._header_row.setValue(plan.header_row)
        self._facts.setText(f"{LAYOUT_LABELS[plan.layout]}　{plan.data_rows:,} 行{_hidden_text(plan)}")
        self._targets = {target.code: target for target in workbooks.all_targets(plan.layout, MEMBER_GROUPS)}
        self._target.set_options([(code, target.label) for code, target in self._targets.items()])
        unknown = len(plan.unknown)
        self._shown.button("open").setText(f"没对上 {unknown}")
        self._shown.set_value("open" if unknown else "all")
        self._filter()
        self._tell_ready()
        self.table.setFocus()

    def _filter(self) -> None:
        if self.plan is not None:
            open_only = self._shown.value() == "open"
            columns = self.plan.unknown if open_only else self.plan.columns
            self.columns.show_rows(columns)
            if columns:
                self.table.setCurrentIndex(self.columns.index(0, 0))

    def current_column(self) -> ColumnPlan | None:
        """The column marked in the table."""
        return self.columns.row_at(self.table.currentIndex())

    def _show_column(self, index: QModelIndex) -> None:
        column = self.columns.row_at(index)
        if column is None:
            return
        self._column_title.setText(f"{column.letter} 列　{column.caption}")
        samples = "\n".join(shown_samples(column)) or "这一列是空的"
        self._column_samples.setText(samples)
        self._target.set_value(column.target.code if column.target else None)
        suggestion = column.suggestion if column.target is None else None
        self._suggest.setVisible(suggestion is not None)
        self._suggest.setText(f"用建议的“{suggestion.label}”" if suggestion else "")

    def _take_suggestion(self) -> None:
        column = self.current_column()
        if column is not None and column.suggestion is not None:
            self._fill(column.suggestion)

    def choose(self, code: str | None) -> None:
        """Fill the field *code* from the marked column, or (None) leave the column out."""
        self._fill(self._targets[code] if code else None)

    def _fill(self, target: ColumnTarget | None) -> None:
        column = self.current_column()
        if column is None:
            return
        column.target = target
        column.confidence = Confidence.CHOSEN if target else Confidence.IGNORED
        at = self.table.currentIndex()
        self.columns.dataChanged.emit(self.columns.index(at.row(), 0), self.columns.index(at.row(), 4))
        self._show_column(at)
        self._tell_ready()

    def _tell_ready(self) -> None:
        assert self.plan is not None
        sentence = _obstacle(self.plan)
        self._missing.setVisible(bool(sentence))
        self._missing.show_text(sentence, "error")
        self._go.setEnabled(not sentence)

    def _on_leads(self, ticked: bool) -> None:
        if self.plan is not None:
            self.plan.as_leads = ticked
            self._tell_ready()

    def _on_header_row(self) -> None:
        if self.plan is not None and self._header_row.value() not in (0, self.plan.header_row):
            self.sheet_wanted.emit(self.plan.sheet, self._header_row.value())


def _hidden_text(plan: ImportPlan) -> str:
    """Hidden rows and columns are read like all others; the clerk must know that they are there."""
    rows, columns = len(plan.marks.rows), sum(column.hidden for column in plan.columns)
    parts = [f"{count} {what}" for count, what in ((rows, "行"), (columns, "列")) if count]
    return f"，隐藏的 {'、'.join(parts)}也会读" if parts else ""


def _obstacle(plan: ImportPlan) -> str:
    """Why the plan cannot be tried yet; empty when it can."""
    if not plan.header_row:
        return "没有找到标题行。请在上面填标题在第几行，或换一张工作表。"
    if plan.missing:
        return f"还没有指定哪一列是{'、'.join(plan.missing)}。请在表里选中那一列，再在右边选“填到”。"
    seen: dict[str, str] = {}
    for column in plan.columns:
        if column.target is None or column.target.legacy is not None:
            continue
        first = seen.setdefault(column.target.code, column.letter)
        if first != column.letter:
            return f"{first} 列和 {column.letter} 列都填到“{column.target.label}”，请留一列。"
    return ""
