"""批准助学金: the students who wait, from which source, how much – what each asked for within the limit, or the same for all."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from db.domain.field_kinds import format_amount, parse_value
from db.domain.option_lists import option_list
from db.domain.records.aid import APPLICATION
from db.errors import NuandangError, Progress
from db.services import funds, student_grants
from db.services.aid import Grant
from db.services.student_grants import Proposal
from db.services.students import StudentRow
from desktop import background, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.segmented import Segmented
from desktop.widgets.tick_table import TickTable
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel

LOOK_MS = 250
MANY = 40
"""More students than these are looked at beside the window, with a bar."""
AS_ASKED, SAME = "asked", "same"


def _left_words(row: Proposal) -> str:
    if row.cap_left is not None:
        return format_amount(row.cap_left)
    return "不限" if any(item.code in {"no_cap", "by_donor"} for item in row.findings) else "未定"


class ProposalModel(WorkListModel[Proposal]):
    """Who would get how much."""

    columns = (
        WorkColumn("学生", 100, lambda item: item.student.name),
        WorkColumn("学段", 84, lambda item: item.student.stage_label),
        WorkColumn("类别", 72, lambda item: "新生" if item.student.student_kind == "new" else "历届生"),
        WorkColumn("户主", 90, lambda item: item.student.household),
        WorkColumn("申请（元）", 100, lambda item: format_amount(item.student.wanted) if item.student.wanted else NOTHING, right=True),
        WorkColumn("还可给（元）", 104, _left_words, right=True),
        WorkColumn("拟批（元）", 100, lambda item: NOTHING if item.is_stopped else format_amount(item.given.amount), right=True),
        WorkColumn("提醒", 262, lambda item: item.why or "可以批准"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Proposal] = []

    def show_proposals(self, rows: list[Proposal]) -> None:
        """Show *rows*; who was ticked stays ticked."""
        self.rows = rows
        self.show_pages(lambda offset, limit: rows[offset : offset + limit], lambda: len(rows))

    def key_of(self, row: Proposal) -> str:
        """The registration's id."""
        return row.student.record_id

    def all_keys(self) -> list[str]:
        """Everybody."""
        return [self.key_of(row) for row in self.rows]

    def ink(self, row: Proposal, column: int) -> QColor | None:
        """Red for what cannot be, amber for what wants a reason."""
        if self.columns[column].caption == "提醒":
            return QColor(theme.RED if row.is_stopped else theme.AMBER if row.wants_reason else theme.GREEN)
        return super().ink(row, column)


def _regimes(rows: Sequence[StudentRow]) -> list[tuple[str, str]]:
    """The regimes there are among them."""
    codes = {row.regime for row in rows}
    return [(option.code, option.label) for option in option_list("student_regime").current() if option.code in codes]


class ApproveDialog(PlainDialog):
    """Grants the students of a year and hands the grants to *done*."""

    def __init__(self, parent: QWidget | None, context: AppContext, year: int, done: Callable[[list[Grant]], object]) -> None:
        hint = "只列今年登记了、还没有批准的学生，新生在前。超过上限的自动降到上限；不批的，去掉前面的勾。"
        super().__init__(parent, f"批准 {year} 年助学金", hint, 980)
        self._session, self._done = context.session, done
        self._everybody: list[StudentRow] = student_grants.waiting(self._session, year)
        self._waiting = self._everybody
        self.regime = FilterCombo(_regimes(self._everybody), "全部资金办法")
        self._programmes = student_grants.programmes_of(self._session)
        self.programme = FilterCombo([(item.id, item.title) for item in self._programmes], "不属于哪项活动的不选")
        if len(self._programmes) == 1:
            self.programme.set_value(self._programmes[0].id)
        self.fund = FilterCombo(placeholder="选资金来源")
        self.way: Segmented[str] = Segmented(((AS_ASKED, "按申请金额"), (SAME, "每人同样")))
        self.way.set_value(AS_ASKED)
        self.each, self.reason = QLineEdit(), QLineEdit()
        self.each.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.each.setPlaceholderText("每人多少元")
        self.reason.setPlaceholderText("有“要写理由”的学生时必填")
        self.model = ProposalModel()
        self.model.belong_to(self)
        self.table = TickTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("学生")
        self.all_box = QCheckBox("全选")
        self._total, self._fault = label("", "strong"), label("", "error", wrap=True)
        self._why = label("", "secondary", wrap=True)
        """What is to be minded of the student marked, in full."""
        self.go = button("批准", "primary", "check", self.store)
        self._arrange()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self.look)
        self._connect()
        self.look()
        self.fund.setFocus()

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        places: tuple[tuple[str, QWidget, int, int], ...] = (
            ("活动", self.programme, 0, 0),
            ("哪种资金办法的学生", self.regime, 0, 1),
            ("资金来源", self.fund, 0, 2),
            ("金额", self.way, 2, 0),
            ("每人（元）", self.each, 2, 1),
            ("理由", self.reason, 2, 2),
        )
        for caption, editor, row, column in places:
            editor.setAccessibleName(caption)
            grid.addWidget(label(caption, "strong"), row, column)
            grid.addWidget(editor, row + 1, column)
        for column, stretch in enumerate((3, 3, 4)):
            grid.setColumnStretch(column, stretch)
        states = [state for state in funds.fund_states(self._session) if not state.fund.content.values.get("is_closed")]
        named = [(state.fund.record_id, f"{state.name}　还可安排 {format_amount(state.available)}") for state in states]
        self.fund.set_options(named)
        if len(named) == 1:
            self.fund.set_value(named[0][0])
        self.body.addLayout(grid)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._why)
        self.body.addWidget(self._fault)
        self.table.setMinimumHeight(theme.sp(190))
        self.table.set_widths({at: column.width for at, column in enumerate(self.model.columns)})
        self.foot.addWidget(self.all_box)
        self.foot.addWidget(self._total)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go)

    def _connect(self) -> None:
        for combo in (self.fund, self.programme):
            combo.changed.connect(lambda _value: self.look())
        self.way.changed.connect(lambda _value: self.look())
        self.regime.changed.connect(lambda _value: self._narrow())
        self.each.textEdited.connect(lambda _text: self._soon.start())
        self.reason.textEdited.connect(lambda _text: self._show_total())
        self.model.ticks_changed.connect(self._show_total)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_why())
        self.table.select_all_requested.connect(self.model.tick_all)
        self.all_box.clicked.connect(lambda ticked: self.model.tick_all() if ticked else self.model.tick_none())

    def _narrow(self) -> None:
        """Only the students of one regime, for the money of 省总 is not for those on file."""
        wanted = self.regime.value()
        self._waiting = [row for row in self._everybody if not wanted or row.regime == wanted]
        self.model.show_proposals([])
        self.model.ticked.clear()
        self.look()

    def _each(self) -> int | None:
        """The amount for everybody; None where each gets what they asked for."""
        if self.way.value() == AS_ASKED:
            return None
        found = parse_value(APPLICATION.by_key["amount_asked"], self.each.text())
        return int(found.value) if isinstance(found.value, int) and not found.code else 0

    def look(self) -> None:
        """Work out what everybody would get; many of them beside the window."""
        self._soon.stop()
        self.each.setEnabled(self.way.value() == SAME)
        session, rows, source, each = self._session, self._waiting, str(self.fund.value() or ""), self._each()
        programme = next((item for item in self._programmes if item.id == self.programme.value()), None)

        def work(progress: Progress | None) -> list[Proposal]:
            return student_grants.propose(session, rows, source, each, programme, progress)

        if len(rows) > MANY:
            background.run(self, work, self._show, title=f"正在核对 {len(rows):,} 人…")
            return
        try:
            self._show(work(None))
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _show(self, rows: list[Proposal]) -> None:
        is_first = not self.model.rows
        self.model.show_proposals(rows)
        if is_first:
            self.model.tick_all()
        if rows:
            self.table.selectRow(0)
        self._show_why()
        self._show_total()

    def _show_why(self) -> None:
        row = self.model.row(self.table.currentIndex().row()) if self.model.rows else None
        self._why.setText(f"{row.student.name}：{row.why}" if row is not None and row.why else "")
        self._why.setVisible(bool(self._why.text()))

    def chosen(self) -> Sequence[Proposal]:
        """Who is ticked and can be granted something."""
        return [row for row in self.model.rows if self.model.key_of(row) in self.model.ticked and not row.is_stopped]

    def _show_total(self) -> None:
        rows = self.chosen()
        total = sum(row.given.amount for row in rows)
        state = next((each for each in funds.fund_states(self._session) if each.fund.record_id == self.fund.value()), None)
        lacking = sum(1 for row in rows if row.wants_reason) if not self.reason.text().strip() else 0
        self.all_box.setText(f"全选 {len(self.model.rows):,} 人")
        self.all_box.setChecked(bool(self.model.rows) and len(self.model.ticked) == len(self.model.rows))
        self._total.setText(f"批准 {len(rows):,} 人，合计 {format_amount(total)} 元" if rows else "")
        words = ""
        if not self._waiting:
            words = "今年登记的学生都批准过了。"
        elif state is None:
            words = "先选资金来源。" if self.fund.has_options() else "还没有资金来源：先到“帮扶 → 资金”登记资金和到账。"
        elif total > state.available:
            words = f"“{state.name}”只剩 {format_amount(state.available)} 元没有安排，不够这一批。"
        elif lacking:
            words = f"有 {lacking} 人要写理由，请写在“理由”里。"
        self._fault.setText(words)
        self._fault.setVisible(bool(words))
        self.go.setEnabled(bool(rows) and not words)

    def store(self) -> None:
        """Grant them."""
        rows, reason, session = list(self.chosen()), self.reason.text().strip(), self._session

        def work(progress: Progress) -> list[Grant]:
            return student_grants.grant(session, rows, reason, progress)

        def done(made: list[Grant]) -> None:
            self.accept()
            self._done(made)

        background.run(self, work, done, title=f"正在批准 {len(rows):,} 人…")
