"""One payment list on its way: checked and locked, approved, handed to the bank, its answer read, what failed paid again."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from db.domain.aid.capital_amounts import capital_words
from db.domain.aid.list_flow import LineState, ListAct, ListState, Method
from db.domain.field_kinds import format_amount
from db.errors import NuandangError
from db.services import bank_exchange, disbursement, office_papers
from db.services.disbursement import LineResult, ListView, ReturnOutcome
from db.services.office_papers import PaperOwner
from desktop import background, files, messages
from desktop.aid.ask_dialog import Ask, AskDialog
from desktop.aid.card_dialog import CardDialog
from desktop.aid.list_lines import ALL, ShownLine, columns_of, in_pile, piles_of, shown_lines, what_next
from desktop.aid.paper_dialogs import LayoutDialog, PaperStrip
from desktop.aid.return_dialog import ReturnDialog
from desktop.assessment.layouts import clear
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.exchange.step_bar import StepBar
from desktop.widgets.basics import EmptyState, Note, PageHeader, button, label, set_role
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import RowsModel, rows_table
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable

_STEPS = {
    Method.CARD: ("编制核对", "审批", "送银行", "登记结果", "办结"),
    Method.GOODS: ("编制核对", "审批", "发放签收", "办结"),
}
_AT = {ListState.LOCKED: 1, ListState.APPROVED: 2, ListState.SENT: 3}
_TONES = {ListState.CLOSED: "done", ListState.DROPPED: "plain", ListState.DRAFT: "warning"}
_SHOWN_FAILURES = 10


class PaymentListPage(Page):
    """The page of one list."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._list_id = ""
        self.view: ListView | None = None
        self.typed: dict[str, str] = {}
        """New accounts as they were typed a second time, by grant; kept as long as the list is looked at."""
        self.header = PageHeader("")
        self.header.add_back(context.window.go_back)
        self._state = label("", "badge")
        self.paper = self.header.add_action("打印和导出", self.choose_paper, icon="printer")
        self.more = self.header.add_action("更多", self.choose_more, icon="chevron-down")
        self.next = self.header.add_action("", self.go_on, "primary")
        self._steps: dict[Method, StepBar] = {method: StepBar(steps) for method, steps in _STEPS.items()}
        self.note = Note("", "action")
        self._total = label("", "strong")
        self._capitals = label("", "secondary")
        self._piles = QHBoxLayout()
        self.states: Segmented[str] = Segmented([(ALL, "全部")])
        self._holder = QVBoxLayout()
        self.rows: RowsModel[ShownLine] = RowsModel([])
        self.table: HouseTable | None = None
        self.detail = Note("", "warning")
        """What the line marked says in full, where it says more than that it is well."""
        self.papers = PaperStrip(self._session, self._reload)
        self._arrange()
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    def _arrange(self) -> None:
        row = self.header.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(2, self._state)
        steps = QHBoxLayout()
        for bar in self._steps.values():
            steps.addWidget(bar)
        steps.addStretch(1)
        steps.addWidget(self._total)
        steps.addWidget(self._capitals)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addLayout(steps)
        column.addWidget(self.note)
        column.addLayout(self._holder, 1)
        column.addWidget(self.detail)
        column.addWidget(self.papers)

    # -- showing

    def open(self, list_id: str = "", **_: Any) -> None:
        """Show a list."""
        if list_id and list_id != self._list_id:
            self._list_id, self.typed = list_id, {}
            self._shape = None
        if not self._list_id:
            return  # nothing to show yet
        try:
            self._read()
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        if self.table is not None:
            self.table.setFocus()

    _shape: tuple[str, Method, ListState] | None = None

    def place(self) -> dict[str, Any]:
        """The list shown."""
        return {"list_id": self._list_id}

    def _on_change(self) -> None:
        if self.isVisible() and self._list_id:
            self._reload()

    def _reload(self) -> None:
        try:
            self._read()
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _read(self) -> None:
        view = self.view = disbursement.load_list(self._session, self._list_id, self.typed)
        row = view.row
        shape = (row.id, row.method, row.state)
        if shape != self._shape:
            self._shape = shape
            self._make_table(view)
        self.header.set_texts(f"{row.number}　{row.title}", row.note if row.state is not ListState.DROPPED else "")
        self._state.setText(row.state_label)
        set_role(self._state, "tone", _TONES.get(row.state, ""))
        for method, bar in self._steps.items():
            bar.setVisible(method is row.method and row.state is not ListState.DROPPED)
        last = len(_STEPS[row.method]) - 1
        self._steps[row.method].show_step(last if row.state is ListState.CLOSED else _AT.get(row.state, 0))
        total = f"，合计 {format_amount(row.total)} 元" if row.method is Method.CARD else ""
        self._total.setText(f"{row.count:,} 人{total}")
        self._capitals.setVisible(row.method is Method.CARD)
        self._capitals.setText(f"（{capital_words(row.total)}）" if row.method is Method.CARD else "")
        kept = office_papers.list_papers(self._session, PaperOwner.PAYMENT_LIST, row.id)
        self.papers.show_papers(row.id, kept, may_add=row.state not in {ListState.DRAFT, ListState.DROPPED})
        self.papers.setVisible(bool(kept) or row.state not in {ListState.DRAFT, ListState.DROPPED})
        self._show_next(view)
        self._show_rows()

    def _make_table(self, view: ListView) -> None:
        """Columns and piles follow the method and where the list stands."""
        clear(self._holder)
        self.rows = RowsModel(columns_of(view.row.method))
        table = self.table = rows_table(self.rows)
        table.setAccessibleName("名册的各行")
        table.setSelectionMode(HouseTable.SelectionMode.ExtendedSelection)
        table.opened.connect(lambda index: self._open_row(self.rows.row_at(index)))
        table.selectionModel().currentRowChanged.connect(lambda *_: self._show_detail())
        self.states = Segmented(piles_of(view))
        self.states.set_value(ALL)
        self.states.changed.connect(lambda _pile: self._show_rows())
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(11, 0, 8, 0)
        row.addWidget(self.states)
        row.addStretch(1)
        for made in self._line_acts(view):
            row.addWidget(made)
        row.addWidget(button("打开档案", "", "folder-open", lambda: self._open_row(self.rows.row_at(table.currentIndex()))))
        self._none = EmptyState("circle-check", "这一类没有。")
        card = ListCard(bar, table, self._none)
        self._stack = card.stack
        self._holder.addWidget(card)

    def _line_acts(self, view: ListView) -> list[QPushButton]:
        """What can be done with the lines that are marked."""
        state, method = view.row.state, view.row.method
        if state is ListState.DRAFT:
            return [button("撤出所选", "", "x", self.take_off)]
        if state is ListState.SENT or (state is ListState.APPROVED and method is Method.GOODS):
            words = ("登记所选已发放…", "登记所选失败…") if method is Method.CARD else ("登记所选已签收…", "登记所选没有领取…")
            return [button(words[0], "", "check", self.note_paid), button(words[1], "", "x", self.note_failed)]
        return []

    def _show_rows(self) -> None:
        assert self.view is not None and self.table is not None
        shown = shown_lines(self.view, self.typed)
        for pile, caption in piles_of(self.view):
            self.states.button(pile).setText(f"{caption} {sum(in_pile(each, pile) for each in shown):,}")
        at = max(0, self.table.currentIndex().row())
        rows = [each for each in shown if in_pile(each, self.states.value() or ALL)]
        self.rows.show_rows(rows)
        self._stack.setCurrentWidget(self.table if rows else self._none)
        if rows:
            self.table.selectRow(min(at, len(rows) - 1))
        self._show_detail()

    def _show_detail(self) -> None:
        assert self.table is not None
        row = self.rows.row_at(self.table.currentIndex())
        said = row is not None and bool(row.findings or row.line.failure)
        self.detail.setVisible(said)
        if row is not None and said:
            self.detail.show_text(f"{row.line.payee_name}：{row.words}", "error" if row.is_wrong else "warning")

    def _open_row(self, row: ShownLine | None) -> None:
        if row is not None:
            self.context.window.show_page("archive", archive_id=row.line.archive_id, tab="aid")

    def explain(self) -> str:
        """What holds for every list."""
        return (
            "名册锁定以后姓名、卡号、金额都不再改变，印在纸上的内容指纹可以对照；审批要由另一位经办人，单位只有一位的附上领导签字的名册。"
            "银行文件要再写一份的，写明原因，内容一样，只能交给银行一份；已发放的永远不改，发错的登记退回，失败的另编名册补发。"
        )

    # -- what is to be done next

    def _untyped(self, view: ListView) -> int:
        return sum(self.typed.get(line.grant_id) != line.account for line in view.lines if line.grant_id in view.new_accounts)

    def _needs_paper(self, view: ListView) -> bool:
        return view.row.state is ListState.LOCKED and disbursement.needs_paper(self._session, view.row.id)

    def _signed_paper(self, view: ListView) -> str:
        """The newest paper since the list was locked; empty where there is none."""
        kept = office_papers.list_papers(self._session, PaperOwner.PAYMENT_LIST, view.row.id)
        locked = view.row.locked_at or ""
        since = locked if locked <= self._session.now else ""  # locked ahead of time: approving says what is to be done
        return next((each.id for each in reversed(kept) if each.added_at >= since), "")

    def _show_next(self, view: ListView) -> None:
        needs, signed = self._needs_paper(view), self._signed_paper(view)
        same = view.row.state is ListState.LOCKED and view.row.locked_by_id == self._session.clerk.id
        typed = len(view.new_accounts) - self._untyped(view)
        words, tone = what_next(view, typed, same_clerk=same, needs_paper=needs, has_paper=bool(signed))
        self.note.show_text(*((view.obstacle, "error") if view.obstacle else (words, tone)))
        caption, _ = self._next_act(view)
        self.next.setText(caption)
        self.next.setVisible(bool(caption))
        blocked = (same and not needs) or (view.row.state is ListState.DRAFT and not self._untyped(view) and view.has_errors)
        self.next.setEnabled(not blocked and not view.obstacle and bool(view.lines))
        self.more.setVisible(bool({ListAct.UNLOCK, ListAct.DROP} & set(view.acts)) or view.row.state is ListState.SENT)

    def _next_act(self, view: ListView) -> tuple[str, Callable[[], object]]:
        state, is_card = view.row.state, view.row.method is Method.CARD
        if state is ListState.DRAFT:
            left = self._untyped(view)
            return (f"核对新卡号 {left:,} 张…", self.type_cards) if left else ("锁定…", self.lock)
        if state is ListState.LOCKED:
            missing = self._needs_paper(view) and not self._signed_paper(view)
            return ("附上签字的名册…", self.papers.add) if missing else ("审批…", self.approve)
        if state is ListState.APPROVED:
            return ("生成银行文件…", self.write_bank_file) if is_card else ("登记全部签收…", self.note_all_paid)
        if state is ListState.SENT:
            return "读入银行回盘…", self.read_answer
        if state is ListState.CLOSED and view.row.failed:
            return "补发失败的…", self.pay_again
        return "", lambda: None

    def go_on(self) -> None:
        """Do what is to be done next."""
        if self.view is not None:
            self._next_act(self.view)[1]()

    # -- acts

    def _act(self, act: Callable[[], object], done: str) -> bool:
        try:
            act()
        except NuandangError as fault:
            messages.show_error(self, fault)
            self._reload()
            return False
        self.context.window.notify(done)
        self.context.changes.archives_changed.emit(set())
        return True

    def type_cards(self) -> None:
        """Have the new accounts typed a second time."""
        assert self.view is not None
        new = [line for line in self.view.lines if line.grant_id in self.view.new_accounts]
        dialog = CardDialog(self, new, self.typed)
        if dialog.exec():
            self.typed |= {key: account for key, account in dialog.typed.items() if account}
            self._reload()

    def lock(self) -> None:
        """Freeze the list; what is to be minded is said once more."""
        assert self.view is not None
        row = self.view.row
        mind = sum(bool(shown.findings) for shown in shown_lines(self.view))
        warned = f"\n有 {mind:,} 行要留意，请确认都已核对。" if mind else ""
        total = f"，合计 {format_amount(row.total)} 元" if row.method is Method.CARD else ""
        words = f"锁定名册 {row.number}：{row.count:,} 人{total}。锁定以后姓名、卡号、金额都不再改变。{warned}"
        if messages.confirm(self, words, "锁定"):
            self._act(lambda: disbursement.lock_list(self._session, row.id, self.typed), "名册已锁定，下一步审批。")

    def approve(self) -> None:
        """Approve what another clerk has locked, or what was signed."""
        assert self.view is not None
        view = self.view
        total = f"，合计 {format_amount(view.row.total)} 元" if view.row.method is Method.CARD else ""
        words = f"审批名册 {view.row.number}：{view.row.count:,} 人{total}。由{view.row.locked_by}编制锁定。"
        if messages.confirm(self, words, "审批通过"):
            paper = self._signed_paper(view) or None
            self._act(lambda: disbursement.approve_list(self._session, view.row.id, paper), "名册已审批。")

    def take_off(self) -> None:
        """Take the marked lines off; their grants wait on."""
        marked = self._marked()
        if marked and messages.confirm(self, f"把所选 {len(marked):,} 行撤出名册？救助仍然有效，可以列入别的名册。", "撤出"):
            ids = [shown.line.id for shown in marked]
            self._act(lambda: disbursement.take_off_list(self._session, self._list_id, ids), f"已撤出 {len(ids):,} 行。")

    def _marked(self) -> list[ShownLine]:
        assert self.table is not None
        numbers = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.rows.rows[number] for number in numbers if number < len(self.rows.rows)]

    def choose_more(self) -> None:
        """Going back, giving up."""
        assert self.view is not None
        menu, acts = QMenu(self), self.view.acts
        if self.view.row.state is ListState.SENT:
            menu.addAction("再写一份银行文件…", self.write_bank_file)
        if ListAct.UNLOCK in acts:
            menu.addAction("退回修改…", self.unlock)
        if ListAct.DROP in acts:
            menu.addAction("作废…", self.drop)
        menu.exec(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def unlock(self) -> None:
        """Open the list again."""
        words = "退回修改以后要重新锁定，并且重新审批；以前的审批和签字不再算数。"
        if messages.confirm(self, words, "退回修改"):
            self._act(lambda: disbursement.unlock_list(self._session, self._list_id), "名册已退回修改。")

    def drop(self) -> None:
        """Give the list up."""
        dialog = AskDialog(
            self,
            "作废名册",
            [Ask("reason", "为什么作废")],
            "作废",
            lambda values: disbursement.drop_list(self._session, self._list_id, str(values["reason"])),
            hint="名册作废以后不再发放；其中的救助仍然有效，可以列入别的名册。",
            destructive=True,
        )
        if dialog.exec():
            self.context.window.notify("名册已作废。")
            self.context.changes.archives_changed.emit(set())

    # -- the bank

    def write_bank_file(self) -> None:
        """Write the file the bank takes."""
        assert self.view is not None
        row, session = self.view.row, self._session
        dialog = LayoutDialog(self, session, row.number, row.sent_layout, self.view.files)
        if not dialog.exec():
            return
        layout, reason = dialog.layout_chosen, dialog.reason
        suffix = layout.kind.value
        path = files.ask_save(self, "保存银行文件", f"{row.title}-{row.number}.{suffix}", f"{suffix.upper()} (*.{suffix})")
        if path is None:
            return

        def done(_digest: str) -> None:
            self.context.changes.archives_changed.emit(set())
            offer_folder(self, "银行文件已写好。里面有姓名和卡号，交给银行后请删掉。", path)

        background.run(
            self,
            lambda _progress: bank_exchange.write_roster(session, row.id, layout.id, path, reason),
            done,
            title="正在写银行文件…",
        )

    def read_answer(self) -> None:
        """Read what the bank says."""
        assert self.view is not None
        ReturnDialog(self, self._session, self.view, self._told).exec()

    def _told(self, outcome: ReturnOutcome) -> None:
        self.context.changes.archives_changed.emit(set())
        if not outcome.failed and not outcome.open:
            self.context.window.notify(f"已登记：{outcome.paid:,} 笔发放成功。")
            return
        lines = [f"{name}：{reason}" for name, reason in outcome.failures[:_SHOWN_FAILURES]]
        more = len(outcome.failures) - _SHOWN_FAILURES
        lines += [f"……另有 {more:,} 笔"] if more > 0 else []
        head = f"成功 {outcome.paid:,} 笔，失败 {outcome.failed:,} 笔，还等着 {outcome.open:,} 笔。"
        messages.inform(self, "\n".join([head, *lines]), "已登记发放结果")

    def note_paid(self) -> None:
        """Note the marked lines as paid, or handed out."""
        self._note(self._waiting(self._marked()), paid=True)

    def note_failed(self) -> None:
        """Note the marked lines as failed, with the reason."""
        self._note(self._waiting(self._marked()), paid=False)

    def note_all_paid(self) -> None:
        """Note whatever waits as handed out."""
        assert self.view is not None
        self._note(self._waiting(shown_lines(self.view)), paid=True)

    @staticmethod
    def _waiting(shown: list[ShownLine]) -> list[ShownLine]:
        return [each for each in shown if each.line.state is LineState.WAITING]

    def _note(self, shown: list[ShownLine], *, paid: bool) -> None:
        if not shown:
            messages.inform(self, "先选还在等着发放的几行（Shift 或 Ctrl 加单击可选几行）。", "登记发放结果")
            return
        ids = [each.line.id for each in shown]
        outcomes: list[ReturnOutcome] = []

        def act(values: Mapping[str, object]) -> None:
            day, reason = str(values["on"]), str(values.get("reason", ""))
            results = [LineResult(line_id, paid, day, reason) for line_id in ids]
            outcomes.append(disbursement.settle_lines(self._session, self._list_id, results))

        asks = [Ask("on", "发放日期" if paid else "哪一天知道的", self._session.today, kind="day")]
        asks += [] if paid else [Ask("reason", "原因", hint="如：卡已注销、户名不符、本人没有来")]
        words = f"{len(ids):,} 笔已发放" if paid else f"{len(ids):,} 笔没有发放成功"
        if AskDialog(self, "登记发放结果", asks, "登记", act, hint=f"登记：{words}。登记以后不能改；发错的登记退回。").exec():
            self._told(outcomes[0])

    def pay_again(self) -> None:
        """A new list of what failed."""
        made: list[disbursement.ListRow] = []
        if self._act(lambda: made.append(disbursement.pay_again(self._session, self._list_id)), "已编制补发名册。"):
            self.context.window.show_page("payment_list", list_id=made[0].id)

    # -- papers

    def choose_paper(self) -> None:
        """The list as paper or workbook."""
        assert self.view is not None
        menu = QMenu(self)
        is_card = self.view.row.method is Method.CARD
        menu.addAction("打印发放花名册…" if is_card else "打印签收单…", self.print_list)
        menu.addAction("另存为 Excel…", self.save_list)
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def print_list(self) -> None:
        """The list on paper, for signing."""
        assert self.view is not None
        session, row = self._session, self.view.row
        about = About(session, list(dict.fromkeys(line.archive_id for line in self.view.lines)))
        title = "银行卡发放花名册" if row.method is Method.CARD else "实物发放签收单"

        def work(_progress: Any) -> bytes:
            from db.services import aid_papers  # late: drawing PDFs loads a lot

            return aid_papers.list_pdf(session, row.id)

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, title, f"{title}-{row.number}.pdf", about=about).exec()

        background.run(self, work, done, title="正在排版…")

    def save_list(self) -> None:
        """The list as a workbook, in whatever state."""
        assert self.view is not None
        session, row = self._session, self.view.row
        path = files.ask_save(self, "名册存为 Excel", f"{row.title}-{row.number}.xlsx", "Excel (*.xlsx)")

        def work(_progress: Any) -> None:
            from db.services import aid_papers  # late: it brings the writer of workbooks along

            assert path is not None
            aid_papers.write_list(session, row.id, path)

        if path is not None:
            care = "名册已保存。里面有身份证号和银行卡号，用完请妥善保管。"
            background.run(self, work, lambda _none: offer_folder(self, care, path), title="正在写 Excel…")
