"""下发审核结果: to which offices, what goes along, onto which stick – shown with counts before anything is written."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.services import answering
from db.services.answering import AnswerPlan
from db.services.exchange import BundleSummary
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.exchange.target_picker import TargetPicker
from desktop.exchange.tick_rows import TickRows
from desktop.moments import moment
from desktop.widgets.basics import Card, EmptyState, PageHeader, button, label
from desktop.widgets.rows import Column, FittedTable

_Part = tuple[str, str, str]
"""Caption, how many, and the section that shows it (empty: none)."""


class _Offices(FittedTable):
    """The table of offices; space ticks."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks and goes down one row."""
        model = self.model()
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and isinstance(model, TickRows):
            at = self.currentIndex().row()
            model.turn(at)
            self.selectRow(min(at + 1, len(model.rows) - 1))
        else:
            super().keyPressEvent(event)


class AnswerView(LateView):
    """Collects offices and place; emits the summaries of the answers written."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._today = date.min
        self._wanted = ""
        self._header = PageHeader("下发审核结果")
        self.plans: TickRows[AnswerPlan] = TickRows(self._columns())
        self.table = _Offices(self.plans.columns)
        self.table.setModel(self.plans)
        self.table.setAccessibleName("下发给哪些单位")
        self._all = QCheckBox("全选")
        self._chosen = label("", "small")
        self._stack = QStackedWidget()
        self._parts_title = label("", "strong", wrap=True)
        self._parts: QWidget | None = None
        self._parts_column = QVBoxLayout()
        self.target = TargetPicker()
        self._go = button("下发", "primary", "folder-output", self.write)
        self._arrange()
        self._connect()

    def _columns(self) -> list[Column[AnswerPlan]]:
        return [
            Column("单位", lambda plan: plan.child_name, 170),
            Column("新审核", lambda plan: _number(plan.reviews), 70, lambda plan: _ink(plan.reviews), right=True),
            Column("没采用", lambda plan: _number(plan.set_aside), 70, lambda plan: _ink(plan.set_aside, theme.AMBER_INK), right=True),
            Column("提醒", lambda plan: _number(plan.warnings), 60, lambda plan: _ink(plan.warnings, theme.AMBER_INK), right=True),
            Column("上次下发", lambda plan: moment(plan.last_answered_at, self._today), 110, lambda _: theme.SECONDARY),
        ]

    # layout

    def _arrange(self) -> None:
        self._header.set_texts("下发审核结果", "每一份都是完整的：丢了、晚了、读了两遍，下一份都能补上")
        board = QWidget()
        columns = QHBoxLayout(board)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addWidget(self._offices_card(), 6)
        columns.addWidget(self._right(), 5)
        self._stack.addWidget(board)
        sentence = "还没有下级单位可以下发。\n请下级导出单位名片交来，登记以后，收到的档案审核完就从这里下发。"
        self._stack.addWidget(EmptyState("building-2", sentence, "返回", self.left.emit))
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(label("每个单位一个加密文件，别的单位打不开；写好后会读回来核对一遍。", "small"))
        foot.addStretch(1)
        foot.addWidget(button("返回", act=self.left.emit))
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def _offices_card(self) -> Card:
        card = Card("下发给")
        card.head.insertWidget(1, self._chosen)
        card.head.addWidget(self._all)
        card.body.addWidget(self.table, 1)
        return card

    def _right(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        parts = Card("这一份里有")
        parts.body.addWidget(self._parts_title)
        parts.body.addLayout(self._parts_column)
        parts.body.addStretch(1)
        place = Card("存到哪里")
        place.body.addWidget(self.target)
        column.addWidget(parts, 1)
        column.addWidget(place)
        return side

    def _connect(self) -> None:
        self.plans.ticks_changed.connect(self._tell_ready)
        self.target.changed.connect(self._tell_ready)
        self._all.clicked.connect(lambda on: self.plans.tick(range(len(self.plans.rows)) if on else ()))
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_plan(index))
        self.table.select_all_requested.connect(lambda: self.plans.tick(range(len(self.plans.rows))))
        self.setFocusProxy(self.table)

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Read what there is to say; *office* alone is ticked when it is named."""
        self._wanted = str(arguments.get("office") or "")
        session = self._context.session
        self._today = date.fromisoformat(session.today)
        self.target.look_again()
        background.run(self, lambda _: answering.answer_plans(session), self.show_plans, title="正在汇总要下发的内容…")

    def show_plans(self, plans: Sequence[AnswerPlan]) -> None:
        """Show the offices, those with new reviews first."""
        ordered = sorted(plans, key=lambda plan: (-plan.reviews, plan.child_name))
        self.plans.show_rows(ordered)
        self._stack.setCurrentIndex(0 if ordered else 1)
        self._go.setVisible(bool(ordered))
        ticked = [at for at, plan in enumerate(ordered) if self._is_offered(plan)]
        self.plans.tick(ticked)
        if ordered:
            self.table.selectRow(ticked[0] if ticked else 0)

    def _is_offered(self, plan: AnswerPlan) -> bool:
        return plan.child_id == self._wanted if self._wanted else not plan.is_empty

    def _show_plan(self, index: QModelIndex) -> None:
        plan = self.plans.row_at(index)
        if plan is None:
            return
        self._parts_title.setText(plan.child_name)
        if self._parts is not None:
            self._parts.hide()
            self._parts.deleteLater()
        self._parts = QWidget()
        grid = QGridLayout(self._parts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, part in enumerate(parts_of(plan)):
            self._add_part(grid, row, part)
        self._parts_column.addWidget(self._parts)

    def _add_part(self, grid: QGridLayout, row: int, part: _Part) -> None:
        caption, words, section = part
        grid.addWidget(label(caption, "secondary"), row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(label(words), row, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setRowMinimumHeight(row, theme.sp(30))
        if section:
            look = button("", "link", "eye", self._opener(section))
            look.setToolTip(f"看{caption}")
            look.setAccessibleName(f"看{caption}")
            grid.addWidget(look, row, 2)

    def _opener(self, section: str) -> Callable[[], object]:
        window, plan = self._context.window, self.plans.row_at(self.table.currentIndex())
        if section == "review":
            return lambda: window.show_page("reviews", office_id=plan.child_id if plan else "")
        if section == "policy":
            return lambda: window.show_page("settings", section="policy")
        return lambda: self.section_wanted.emit(section)

    def chosen(self) -> list[AnswerPlan]:
        """The offices ticked."""
        return self.plans.ticked_rows()

    def _tell_ready(self) -> None:
        chosen, every = len(self.chosen()), len(self.plans.rows)
        self._chosen.setText(f"已选 {chosen:,} / {every:,} 个单位")
        self._all.setChecked(bool(every) and chosen == every)
        self._go.setText(f"下发到 {chosen:,} 个单位" if chosen else "下发")
        self._go.setEnabled(bool(chosen and self.target.folder()))
        self._go.setToolTip("" if self.target.folder() else "先选存到哪里：插好 U 盘，或选一个文件夹")

    # writing

    def write(self) -> None:
        """Write an answer for each office ticked."""
        folder, ids = self.target.folder(), [plan.child_id for plan in self.chosen()]
        if folder is not None and ids:
            self._write(folder, ids)

    def _write(self, folder: Path, ids: list[str]) -> None:
        context = self._context

        def done(summaries: list[BundleSummary]) -> None:
            context.changes.bundles_changed.emit()
            self.result_wanted.emit("answered", summaries)

        background.run(
            self,
            lambda progress: answering.write_answers(context.session, ids, folder, progress),
            done,
            title=f"正在为 {len(ids):,} 个单位写审核结果…",
        )


def _number(count: int) -> str:
    return f"{count:,}"


def _ink(count: int, colour: str = theme.INK) -> str:
    return colour if count else theme.SECONDARY


def parts_of(plan: AnswerPlan) -> list[_Part]:
    """What goes along in the answer to one office, line by line."""
    parts: list[_Part] = [
        ("审核结果", f"新 {plan.reviews:,} 户，以前的也一并带上" if plan.reviews else "没有新的，以前的一并带上", "review"),
        ("收到确认", f"{plan.archives:,} 户的状态，{plan.received:,} 个数据包", ""),
    ]
    optional = (
        (plan.set_aside, "没有采用", f"{plan.set_aside:,} 户，附原因", ""),
        (plan.held, "留存的版本", f"{plan.held:,} 户带回，请对方合并", ""),
        (plan.handed_over, "移交档案", f"{plan.handed_over:,} 户，连同全部历史", ""),
        (plan.warnings, "提醒核对", f"{plan.warnings:,} 人，不含别的单位的资料", ""),
    )
    parts += [(caption, words, section) for count, caption, words, section in optional if count]
    parts += [
        ("政策和标准", f"{len(plan.policies):,} 份" if plan.policies else "没有", "policy"),
        ("工作日历", "、".join(f"{year} 年" for year in plan.calendars) or "没有改动", "calendar"),
        ("名额", f"{plan.quotas:,} 项" if plan.quotas else "没有", "quotas"),
        ("通知", f"{plan.circulars:,} 份" if plan.circulars else "没有", "circulars"),
        ("行动和活动", "、".join(plan.entries) or "没有", ""),
    ]
    return parts
