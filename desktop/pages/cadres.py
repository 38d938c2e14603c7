"""帮扶干部: the register – entering, changing, importing, handing over the households of one who leaves."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from db.errors import NuandangError
from db.services import cadre_sheets, cadres
from db.services.cadres import CadreRow
from db.services.register_sheets import RegisterImport
from desktop import files, messages, theme
from desktop.context import AppContext, Page
from desktop.pairing.hand_over_dialog import HandOverDialog
from desktop.pairing.pair_dialog import enter_cadre
from desktop.records import register_import
from desktop.widgets.basics import EmptyState, Note, PageHeader, button
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

IN_OFFICE, LEADERS, IDLE, LEFT = "in_office", "leaders", "idle", "left"
PILES = ((IN_OFFICE, "在任"), (LEADERS, "领导干部"), (IDLE, "没有结对"), (LEFT, "已离任"))
_EMPTY = {
    IN_OFFICE: "没有在任的帮扶干部。",
    LEADERS: "还没有登记领导干部。主要领导、分管领导也要结对，登记时选“是否领导干部”。",
    IDLE: "在任的干部都结了对。",
    LEFT: "没有离任的干部。",
}


class CadresPage(Page):
    """The register of this office's cadres."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._all: list[CadreRow] = []
        self.header = PageHeader("帮扶干部")
        self.share = Note("", "plain")
        self.states: Segmented[str] = Segmented(list(PILES))
        self.states.set_value(IN_OFFICE)
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、单位、电话")
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.rows: RowsModel[CadreRow] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("帮扶干部列表")
        sentence = "先登记帮扶干部：工会干部、主要领导和分管领导。也可以从 Excel 一次导入。"
        self._nobody = EmptyState("users", sentence, "登记干部…", self.enter)
        self._none = EmptyState("circle-check", "")
        self._none.step.hide()
        self._arrange()
        self.states.changed.connect(lambda _name: self._show())
        self.text.textChanged.connect(lambda _text: self._show())
        self.table.opened.connect(lambda index: self.change(self.rows.row_at(index)))
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    @staticmethod
    def _columns() -> list[Column[CadreRow]]:
        return [
            Column("姓名", lambda row: row.name, 110, bold=True),
            Column("单位", lambda row: row.unit, 230),
            Column("职务", lambda row: row.post or "--", 150),
            Column("联系电话", lambda row: row.phone, 150),
            Column("领导干部", lambda row: "是" if row.is_leader else "--", 84),
            Column("结对户数", _load_text, 84, _load_ink, right=True),
            Column("离任", lambda row: row.left_on or "--", 110),
        ]

    def _arrange(self) -> None:
        back = button("", "quiet", "chevron-left", lambda: self.context.window.show_page("pairing"))
        back.setToolTip("返回结对")
        back.setAccessibleName("返回结对")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(back)
        head.addWidget(self.header, 1)
        self.more = self.header.add_action("导入和导出", self.choose_file, icon="file-spreadsheet")
        self.header.add_action("登记干部…", self.enter, "primary", "plus")
        acts = QWidget()
        bar = QHBoxLayout(acts)
        bar.setContentsMargins(11, 0, 8, 0)
        bar.setSpacing(8)
        self._open = button("修改…", "", "pencil", lambda: self.change(self._row()))
        self._hand_over = button("离任交接…", "", "arrow-left-right", lambda: self.hand_over(self._row()))
        self._households = button("看结对的家庭", "", "archive", self.show_households)
        self._remove = button("删除", "", "trash-2", self.remove)
        for made in (self._open, self._households, self._hand_over, self._remove):
            bar.addWidget(made)
        bar.addStretch(1)
        bar.addWidget(self.text)
        self.text.setMinimumWidth(theme.sp(240))
        card = ListCard(acts, self.table, self._nobody, self._none)
        self._stack = card.stack
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.share)
        column.addWidget(self.states)
        column.addWidget(card, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_acts())

    # -- showing

    def open(self, state: str = "", **_: object) -> None:
        """Show the register."""
        if state in dict(PILES):
            self.states.set_value(state)
        self._read()
        self.table.setFocus()

    def place(self) -> dict[str, object]:
        """The part shown."""
        return {"state": self.states.value() or IN_OFFICE}

    def _on_change(self) -> None:
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        self._all = cadres.list_cadres(self._session)
        today = self._session.today
        found = cadres.leader_share(self._all, today)
        told = f"领导干部 {found.leaders} 人，{found.paired_leaders} 人结了对。" if found.leaders else _EMPTY[LEADERS]
        idle = f"还没有结对的：{'、'.join(found.without)}。" if found.without else ""
        self.share.show_text(told + idle, "warning" if idle or not found.leaders else "done")
        self.share.setVisible(bool(self._all))
        for name, caption in PILES:
            self.states.button(name).setText(f"{caption} {len(self._pile(name)):,}")
        self._show()

    def _pile(self, name: str) -> list[CadreRow]:
        today = self._session.today
        if name == LEFT:
            return [row for row in self._all if row.has_left(today)]
        found = [row for row in self._all if not row.has_left(today)]
        if name == LEADERS:
            return [row for row in found if row.is_leader]
        return [row for row in found if not row.households] if name == IDLE else found

    def _show(self) -> None:
        pile = self.states.value() or IN_OFFICE
        words = self.text.text().strip()
        at = max(0, self.table.currentIndex().row())
        rows = [row for row in self._pile(pile) if _matches(row, words)]
        self.rows.show_rows(rows)
        self._none.sentence.setText("没有符合的干部。" if words else _EMPTY[pile])
        self._stack.setCurrentWidget(self.table if rows else self._none if self._all else self._nobody)
        if rows:
            self.table.selectRow(min(at, len(rows) - 1))
        self._show_acts()

    def _row(self) -> CadreRow | None:
        return self.rows.row_at(self.table.currentIndex())

    def _show_acts(self) -> None:
        row = self._row()
        for made in (self._open, self._remove):
            made.setEnabled(row is not None)
        for made in (self._hand_over, self._households):
            made.setEnabled(row is not None and row.households > 0)
        self._hand_over.setToolTip("" if row is None or row.households else "这位干部没有结对的家庭，不用交接")

    # -- acts

    def enter(self) -> None:
        """Enter a cadre."""
        if enter_cadre(self, self.context):
            self._read()

    def change(self, row: CadreRow | None) -> None:
        """Change what is known of a cadre."""
        if row is not None and enter_cadre(self, self.context, row):
            self._read()

    def hand_over(self, row: CadreRow | None) -> None:
        """Give all households of a cadre to others."""
        if row is None:
            return
        dialog = HandOverDialog(self, self._session, row)
        if dialog.exec():
            self.context.window.notify(f"{row.name}的 {len(dialog.households)} 户已经交接。")
            self.context.changes.archives_changed.emit(set())

    def show_households(self) -> None:
        """The households of a cadre in the list."""
        row = self._row()
        if row is not None:
            self.context.window.show_page("pairing", cadre=row.cadre_id)

    def remove(self) -> None:
        """Take out one who was entered by mistake."""
        row = self._row()
        if row is None or not messages.confirm(
            self, f"删除“{row.name}”？只有登记错的才删除；离任的请填离任日期。", "删除", destructive=True
        ):
            return
        try:
            cadres.remove_cadre(self._session, row.cadre_id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._read()

    # -- workbooks

    def choose_file(self) -> None:
        """Import, export, a blank list to fill in."""
        menu = QMenu(self)
        menu.addAction("从 Excel 导入…", self.bring_in)
        menu.addAction("导出 Excel…", lambda: self.save(self.rows.rows))
        menu.addAction("下载空白登记表…", lambda: register_import.save_template(self, self._session, cadre_sheets.SHEET))
        menu.exec(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def bring_in(self) -> None:
        """Look at a list first, then enter its good lines."""
        register_import.bring_in(self, self._session, cadre_sheets.SHEET, "人", self._told_import)

    def _told_import(self, made: RegisterImport) -> None:
        self.context.changes.archives_changed.emit(set())
        self.context.window.notify(f"新登记 {made.added} 人，修改 {made.changed} 人。")

    def save(self, rows: list[CadreRow]) -> None:
        """Write cadres as a list that can be read back."""
        path = files.ask_save(self, "导出帮扶干部", "帮扶干部.xlsx", register_import.EXCEL)
        session = self._session
        if path is not None:
            write = partial(cadre_sheets.write_cadres, session, path, rows)
            register_import.write_then_offer(self, write, "帮扶干部已保存。", path)


def _matches(row: CadreRow, words: str) -> bool:
    return not words or any(words.lower() in text.lower() for text in (row.name, row.unit, row.post, row.phone))


def _load_text(row: CadreRow) -> str:
    return f"{row.households:,}"


def _load_ink(row: CadreRow) -> str | None:
    return None if row.households else theme.SECONDARY
