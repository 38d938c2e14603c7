"""The packs this office knows, one line per version, with the particulars of the marked one."""

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.errors import NuandangError
from db.services import policies
from db.services.policies import PolicyRow
from desktop import background, messages, theme
from desktop.context import AppContext
from desktop.policy.pack_details import PackDetails
from desktop.policy.pack_words import force_text, open_text, region_text, state_ink, state_text, version_name
from desktop.widgets.basics import Card, Note, button
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.table import ROW_HEIGHT, HouseTable

if TYPE_CHECKING:
    from db.domain.policy.book import LoadedPack

COLUMNS: list[Column[PolicyRow]] = [
    Column("政策", lambda row: row.title, 330, bold=True),
    Column("版本", lambda row: row.version, 52, firm=True),
    Column("适用地", region_text, 120),
    Column("有效期", force_text, 196, firm=True),
    Column("状态", state_text, 100, state_ink, firm=True),
    Column("待定", open_text, 60, lambda _: theme.AMBER_INK, firm=True),
]
_LEAST_ROWS, _MOST_ROWS = 3, 7


class PackList(QWidget):
    """Table and particulars."""

    changed = Signal()
    edit_wanted = Signal(object)  # PolicyRow
    send_wanted = Signal(object)
    receive_wanted = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._current = Note()
        self._automatic = button("改为按所在地选用", "link", act=lambda: self.choose(None))
        self.model: RowsModel[PolicyRow] = RowsModel(COLUMNS)
        self.table = rows_table(self.model)
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self.details = PackDetails(date.fromisoformat(context.session.today))
        self._arrange()
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())
        self.details.choose_wanted.connect(lambda: self.choose(self.current()))
        self.details.edit_wanted.connect(lambda: self.edit_wanted.emit(self.current()))
        self.details.send_wanted.connect(lambda: self.send_wanted.emit(self.current()))
        self.details.sheet_wanted.connect(self.print_sheet)
        self.table.opened.connect(lambda _: self.print_sheet())

    def _arrange(self) -> None:
        card = Card("政策文件", "随程序带来的、本单位改的、上级下发的")
        card.head.addWidget(self._automatic)
        card.head.addWidget(button("接收上级的政策文件…", "", "folder-input", self.receive_wanted.emit))
        card.body.addWidget(self._current)
        card.body.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(self.details)
        column.addStretch(1)

    def current(self) -> PolicyRow | None:
        """The marked row."""
        return self.model.row_at(self.table.currentIndex())

    def refresh(self) -> None:
        """Read the packs again; the same version stays marked."""
        session = self._context.session
        before = self.current()
        rows = policies.policy_rows(session)
        self.model.show_rows(rows)
        shown = min(max(len(rows), _LEAST_ROWS), _MOST_ROWS)
        self.table.setFixedHeight(theme.sp(ROW_HEIGHT) * (shown + 1) + 2)
        self._tell_chosen(rows)
        wanted = before.sha256 if before else ""
        at = next((row for row, item in enumerate(rows) if item.sha256 == wanted), None)
        if at is None:
            at = next((row for row, item in enumerate(rows) if item.is_chosen and item.state == "in_force"), 0)
        if rows:
            self.table.setCurrentIndex(self.model.index(at, 0))
            self._show_current()
        self.details.setVisible(bool(rows))

    def mark(self, sha256: str) -> None:
        """Mark the version with this fingerprint."""
        at = next((row for row, item in enumerate(self.model.rows) if item.sha256 == sha256), None)
        if at is not None:
            self.table.setCurrentIndex(self.model.index(at, 0))

    def _tell_chosen(self, rows: list[PolicyRow]) -> None:
        session = self._context.session
        own = policies.chosen_id(session)
        self._automatic.setVisible(bool(own))
        row = next((item for item in rows if item.is_chosen and item.state == "in_force"), None)
        if row is not None:
            how = "本单位选用" if own else "按所在地自动选用"
            open_words = f"，其中 {len(row.unset)} 个数字待定，定下来以前有的认定会停下来问" if row.unset else ""
            self._current.show_text(f"今天按“{version_name(row)}”认定（{how}）{open_words}。", "warning" if row.unset else "done")
        elif own:
            self._current.show_text("选用的政策今天没有生效的版本。请选另一份，或等上级下发新版本。", "warning")
        else:
            self._current.show_text("没有适用本单位所在地、今天有效的政策。请在下面选一份，再点“选用”。", "warning")

    def _show_current(self) -> None:
        row = self.current()
        if row is not None:
            self.details.show_row(row)

    # acts

    def choose(self, row: PolicyRow | None) -> None:
        """Ask, then work by *row* from now on; None: by whatever is made for the region."""
        what = f"“{row.title}”" if row else "所在地对应的政策"
        sentence = f"今后的认定按{what}计算。已经作出的认定不会改变，但会提示政策已变。"
        if not messages.confirm(self, sentence, "选用"):
            return
        try:
            policies.choose_policy(self._context.session, row.pack_id if row else "")
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.refresh()
        self.changed.emit()
        messages.notify(self, f"今后按{what}认定")

    def print_sheet(self) -> None:
        """Show the one page for workers."""
        row = self.current()
        if row is not None and row.loaded is not None:
            show_plain_sheet(self, row.loaded)


def show_plain_sheet(parent: QWidget, loaded: "LoadedPack") -> None:
    """Show the one page for workers about a pack; from there it is printed or saved."""

    def work() -> bytes:
        from db.services import policy_printing

        return policy_printing.plain_policy_pdf(loaded)

    def done(pdf: bytes) -> None:
        from desktop.exchange.print_dialog import PrintDialog

        PrintDialog(parent, pdf, "政策明白纸", f"政策明白纸-{loaded.pack.title}.pdf", "一页，发给职工", private=False).exec()

    background.run(parent, lambda _progress: work(), done, title="正在排版…")


