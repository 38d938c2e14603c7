"""资金: the office's sources of money – received, committed, spent, left – and the ledger of each, down to the person."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.aid import FUND, FUND_MOVEMENT
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import NuandangError
from db.services import funds, records
from db.services.funds import FundState, LedgerLine
from desktop import background, files, messages, theme
from desktop.aid.sections import FUNDS, add_switch
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import ElidedLabel, EmptyState, PageHeader, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table

NONE = "--"


def share_words(state: FundState) -> str:
    """Share of what was received that is spent."""
    return f"{state.rate:.1%}" if state.rate is not None else NONE


def _money(amount: int) -> str:
    return format_amount(amount) if amount else NONE


class FundsPage(Page):
    """Sources above, the ledger of the one marked below."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.header = PageHeader("帮扶")
        self.switch = add_switch(self.header, context, FUNDS)
        self.file = self.header.add_action("打印和导出", self.choose_file, icon="printer")
        self.header.add_action("登记资金来源…", lambda: self.edit_fund(None), "primary", "plus")
        self.rows: RowsModel[FundState] = RowsModel(self._fund_columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("资金来源")
        self.lines: RowsModel[LedgerLine] = RowsModel(self._ledger_columns())
        self.ledger = rows_table(self.lines)
        self.ledger.setAccessibleName("资金台账")
        sentence = "先登记资金来源（哪一笔专项、哪年、能用在什么上），再登记到账；批准救助时从这里扣。"
        self._nothing = EmptyState("hand-coins", sentence, "登记资金来源…", lambda: self.edit_fund(None))
        self._no_lines = EmptyState("file-text", "这项资金还没有到账，也没有发放。先登记到账。")
        self._title, self._sum, self._total = label("", "section"), ElidedLabel("", "secondary"), label("", "secondary")
        self._arrange()
        self.table.opened.connect(lambda index: self.edit_fund(self.rows.row_at(index)))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_ledger())
        self.ledger.opened.connect(lambda index: self._open_line(self.lines.row_at(index)))
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    @staticmethod
    def _fund_columns() -> list[Column[FundState]]:
        return [
            Column("资金来源", lambda row: row.name, 330, bold=True),
            Column("年度", lambda row: row.fund.content.text("year"), 54, firm=True),
            Column("到账（元）", lambda row: _money(row.received - row.sent_back), 104, right=True, firm=True),
            Column("已批准未发（元）", lambda row: _money(row.committed), 130, right=True, firm=True),
            Column("已支出（元）", lambda row: _money(row.spent), 104, right=True, firm=True),
            Column("结余（元）", lambda row: _money(row.left), 104, right=True, firm=True, bold=True),
            Column("还可安排（元）", lambda row: _money(row.available), 116, _short_ink, right=True, firm=True),
            Column("使用率", share_words, 68, right=True, firm=True),
        ]

    @staticmethod
    def _ledger_columns() -> list[Column[LedgerLine]]:
        return [
            Column("日期", lambda row: row.on_day, 104, firm=True),
            Column("摘要", lambda row: row.what, 170),
            Column("对方、受助人和档案编号", lambda row: row.who or NONE, 320),
            Column("凭证、名册", lambda row: row.reference or NONE, 150),
            Column("收入（元）", lambda row: _money(row.came_in), 124, _in_ink, right=True, firm=True),
            Column("支出（元）", lambda row: _money(row.went_out), 124, right=True, firm=True),
            Column("结余（元）", lambda row: format_amount(row.balance), 124, right=True, firm=True, bold=True),
        ]

    def _arrange(self) -> None:
        upper, acts = QWidget(), QHBoxLayout()
        acts.setSpacing(8)
        upper.setLayout(acts)
        acts.setContentsMargins(15, 0, 8, 0)
        acts.addWidget(self._total)
        acts.addStretch(1)
        self._move = button("登记到账…", "", "plus", lambda: self.note_movement("receipt"))
        self._change = button("修改…", "", "pencil", lambda: self.edit_fund(self.current()))
        self._more = button("更多", "", "chevron-down", self.choose_more)
        for made in (self._move, self._change, self._more):
            acts.addWidget(made)
        lower, head = QWidget(), QHBoxLayout()
        lower.setLayout(head)
        head.setSpacing(12)
        head.setContentsMargins(15, 0, 8, 0)
        head.addWidget(self._title)
        head.addWidget(self._sum, 1)
        head.addWidget(button("打开档案", "", "folder-open", lambda: self._open_line(self.lines.row_at(self.ledger.currentIndex()))))
        above, below = ListCard(upper, self.table, self._nothing), ListCard(lower, self.ledger, self._no_lines)
        self._stack, self._below, self._lower = above.stack, below, below.stack
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        parts.addWidget(above)
        parts.addWidget(below)
        parts.setStretchFactor(0, 2)
        parts.setStretchFactor(1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(parts, 1)

    # -- showing

    def open(self, fund_id: str = "", **_: Any) -> None:
        """Show the sources; *fund_id* names one to mark."""
        self._read(fund_id)
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The source marked."""
        state = self.current()
        return {"fund_id": state.fund.record_id} if state else {}

    def explain(self) -> str:
        """What the columns mean."""
        return (
            "到账已减去交回上级和下拨下级的；已支出已减去退回的；结余＝到账－已支出；还可安排＝结余－已批准未发；使用率＝已支出÷到账。"
            "批准和发放永远不会超过到账。登记错的收支在“更多”里更正，更正前的留在记录里。"
        )

    def current(self) -> FundState | None:
        """The source that is marked."""
        return self.rows.row_at(self.table.currentIndex())

    def _on_change(self) -> None:
        if self.isVisible():
            self._read()

    def _read(self, fund_id: str = "") -> None:
        here = self.current()
        wanted = fund_id or (here.fund.record_id if here else "")
        found = sorted(funds.fund_states(self._session), key=_place)
        self.rows.show_rows(found)
        self._stack.setCurrentWidget(self.table if found else self._nothing)
        self._below.setVisible(bool(found))
        received = sum(item.received - item.sent_back for item in found)
        left, spent = sum(item.left for item in found), sum(item.spent for item in found)
        told = f"到账 {format_amount(received)} 元　已支出 {format_amount(spent)} 元　结余 {format_amount(left)} 元"
        self._total.setText(f"{len(found)} 项　{told}" if found else "")
        for made in (self._move, self._change, self._more, self.file):
            made.setEnabled(bool(found))
        if found:
            at = next((number for number, item in enumerate(found) if item.fund.record_id == wanted), 0)
            self.table.selectRow(at)
            self._show_ledger()

    def _show_ledger(self) -> None:
        state = self.current()
        if state is None:
            return
        lines = funds.fund_ledger(self._session, state.fund.record_id)
        self.lines.show_rows(lines)
        self._lower.setCurrentWidget(self.ledger if lines else self._no_lines)
        self._title.setText(f"台账：{state.name}")
        self._sum.set_whole(_about(state, len(lines)))

    def _open_line(self, line: LedgerLine | None) -> None:
        if line is not None and line.archive_id:
            self.context.window.show_page("archive", archive_id=line.archive_id, tab="aid")
        elif line is not None:
            messages.inform(self, "这一笔是到账或上缴，不属于哪一户。", "打开档案")

    # -- acts

    def edit_fund(self, state: FundState | None) -> None:
        """Register a source, or change one."""
        session = self._session
        content = state.fund.content if state else RecordContent(
            {"year": int(session.today[:4]), "begins_on": f"{session.today[:4]}-01-01", "needs_archive": True}
        )  # fmt: skip
        made: list[str] = []

        def save(given: RecordContent) -> None:
            made.append(funds.save_fund(session, given, state.fund.record_id if state else "").record_id)

        title = f"修改：{state.name}" if state else "登记资金来源"
        hidden = frozenset() if state else frozenset({"is_closed"})
        if RecordDialog(self, self.context, FUND, content, title, save, hidden=hidden).exec():
            self.context.window.notify("已保存。")
            self._read(made[-1])

    def note_movement(self, movement: str) -> None:
        """Note money that came in or was sent back."""
        state = self.current()
        if state is None:
            return
        session = self._session
        values = {"fund_id": state.fund.record_id, "movement": movement, "on_day": session.today}
        if movement == "receipt" and state.fund.content.text("donor"):
            values["party"] = state.fund.content.text("donor")
        label = "登记到账" if movement == "receipt" else option_list("fund_movement").label(movement)
        title = f"{label}：{state.name}"
        dialog = RecordDialog(
            self,
            self.context,
            FUND_MOVEMENT,
            RecordContent({**values}),
            title,
            lambda given: funds.save_movement(session, given),
            hidden={"fund_id"},
        )
        if dialog.exec():
            self.context.window.notify("已登记。")
            self._read()

    def choose_more(self) -> None:
        """Sending back, correcting a movement, taking a source out."""
        state = self.current()
        if state is None:
            return
        menu = QMenu(self)
        menu.addAction("交回上级…", lambda: self.note_movement("returned"))
        menu.addAction("下拨下级…", lambda: self.note_movement("passed_down"))
        moves = self._movements(state)
        wrong = menu.addMenu("更正一笔收支")
        wrong.setEnabled(bool(moves))
        for move in moves[-12:]:
            amount = move.content.values.get("amount")
            shown = format_amount(amount) if isinstance(amount, int) else NONE
            wrong.addAction(f"{move.on_day}　{shown} 元…", partial(self.correct, move))
        menu.addSeparator()
        menu.addAction("删除…", self.remove)
        menu.exec(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _movements(self, state: FundState) -> list[records.Record]:
        found = records.list_entries(self._session, RecordKind.FUND_MOVEMENT, "")
        return sorted((move for move in found if move.subject_id == state.fund.record_id), key=lambda move: move.on_day)

    def correct(self, move: records.Record) -> None:
        """Change a movement that was noted wrongly; the earlier version stays in the history."""
        session = self._session
        dialog = RecordDialog(
            self,
            self.context,
            FUND_MOVEMENT,
            move.content,
            "更正收支",
            lambda given: funds.save_movement(session, given, move.record_id),
            hidden={"fund_id"},
        )
        if dialog.exec():
            self.context.window.notify("已更正。")
            self._read()

    def remove(self) -> None:
        """Take out a source that was registered by mistake."""
        state = self.current()
        if state is None or not messages.confirm(self, f"删除“{state.name}”？只有登记错的才删除。", "删除", destructive=True):
            return
        try:
            funds.remove_fund(self._session, state.fund.record_id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._read()

    # -- papers

    def choose_file(self) -> None:
        """The ledger or the overview, printed or as a workbook."""
        menu = QMenu(self)
        menu.addAction("打印这项资金的台账…", lambda: self.print_paper("资金台账", self.current()))
        menu.addAction("台账存为 Excel…", lambda: self.save_paper("资金台账", self.current()))
        menu.addSeparator()
        menu.addAction("打印资金使用情况表…", lambda: self.print_paper("资金使用情况表", None))
        menu.addAction("资金使用情况表存为 Excel…", lambda: self.save_paper("资金使用情况表", None))
        menu.exec(self.file.mapToGlobal(self.file.rect().bottomLeft()))

    def print_paper(self, title: str, state: FundState | None) -> None:
        """The ledger of a source, or of None the overview."""
        session, fund_id = self._session, state.fund.record_id if state else ""

        def work(_progress: Any) -> bytes:
            from db.services import aid_papers  # late: drawing PDFs loads a lot

            pdf: bytes = aid_papers.fund_pdf(session, fund_id)
            return pdf

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, title, f"{title}-{session.today}.pdf", private=False).exec()

        background.run(self, work, done, title="正在排版…")

    def save_paper(self, title: str, state: FundState | None) -> None:
        """The same as a workbook."""
        session, fund_id = self._session, state.fund.record_id if state else ""
        name = f"{title}-{state.name}-{session.today}.xlsx" if state else f"{title}-{session.today}.xlsx"
        path = files.ask_save(self, f"{title}存为 Excel", name.replace("/", "-"), "Excel (*.xlsx)")

        def work(_progress: Any) -> None:
            from db.services import aid_papers  # late: it brings the writer of workbooks along

            assert path is not None
            aid_papers.write_fund(session, fund_id, path)

        if path is not None:
            background.run(self, work, _saved(self, title, path), title="正在写 Excel…")


def _place(state: FundState) -> tuple[bool, int]:
    """What money can still be given from stands above, the latest year first."""
    year = state.fund.content.values.get("year")
    return bool(state.fund.content.values.get("is_closed")), -year if isinstance(year, int) else 0


def _saved(page: QWidget, title: str, path: Any) -> Callable[[Any], None]:
    return lambda _none: offer_folder(page, f"{title}已保存。", path)


def _about(state: FundState, lines: int) -> str:
    """Kind, document, budget and the donor's wish of a source, and how many movements it has."""
    content = state.fund.content
    budget, wish = content.values.get("budget"), content.text("restriction")
    return "　".join(
        filter(
            None,
            (
                option_list("fund_source").label(content.text("source_kind")),
                content.text("document"),
                f"预算 {format_amount(budget)} 元" if isinstance(budget, int) else "",
                f"捐赠方意愿：{wish}" if wish else "",
                f"{lines:,} 笔" if lines else "",
            ),
        )
    )


def _short_ink(row: FundState) -> str | None:
    return theme.RED if row.available < 0 else theme.SECONDARY if row.fund.content.values.get("is_closed") else None


def _in_ink(row: LedgerLine) -> str | None:
    return theme.GREEN_INK if row.came_in else None
