"""企业调查: the register of enterprises that were surveyed, their sheets, and which have households to be filed."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from db.domain.records.monitoring import ENTERPRISE
from db.domain.records.record_form import RecordContent
from db.errors import NuandangError
from db.services import enterprise_sheets, enterprises
from db.services.enterprises import EnterpriseRow
from db.services.office import OfficeSession
from db.services.register_sheets import RegisterImport
from desktop import background, files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.records import register_import
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import EmptyState, button
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel
from desktop.widgets.work_list_page import ALL, WorkListPage

TO_FILE = "to_file"


class EnterpriseListModel(WorkListModel[EnterpriseRow]):
    """The register, row by row; it is short enough to be read at once."""

    columns = (
        WorkColumn("企业名称", 190, lambda row: row.name),
        WorkColumn("调查单位", 140, lambda row: row.office_name),
        WorkColumn("所属行业", 130, lambda row: row.words("industry")),
        WorkColumn("调查日期", 100, lambda row: row.words("surveyed_on") or NOTHING),
        WorkColumn("职工（人）", 86, lambda row: row.words("workers") or NOTHING, right=True),
        WorkColumn("生产经营状况", 230, lambda row: row.words("operating_state")),
        WorkColumn("职工需求", 190, lambda row: row.words("worker_needs")),
        WorkColumn("需要建档", 90, lambda row: f"{row.words('households_to_file')} 户" if row.words("households_to_file") else NOTHING),
    )

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[EnterpriseRow] = []

    def show_register(self, rows: list[EnterpriseRow]) -> None:
        """Show *rows*."""
        self.rows = rows
        self.show_pages(lambda offset, limit: rows[offset : offset + limit], lambda: len(rows))

    def key_of(self, row: EnterpriseRow) -> str:
        """The entry's id."""
        return row.record.record_id

    def all_keys(self) -> list[str]:
        """Every entry shown."""
        return [self.key_of(row) for row in self.rows]

    def chosen(self) -> list[EnterpriseRow]:
        """The ticked ones; without any, all."""
        return [row for row in self.rows if self.key_of(row) in self.ticked] or self.rows


class EnterprisesPage(WorkListPage[EnterpriseRow]):
    """The register."""

    title = "企业调查"
    unit = "家"

    def __init__(self, context: AppContext) -> None:
        sentence = "受影响较大的企业，记下生产经营、职工收入和需求，有没有要建档的困难家庭。"
        super().__init__(
            context,
            [(ALL, "全部"), (TO_FILE, "有要建档的家庭")],
            EnterpriseListModel(),
            [],
            EmptyState("building-2", sentence, "登记第一家…", self.enter),
        )
        self.text.setPlaceholderText("企业名称、行业、联系人")
        self.header.add_back(context.window.go_back)
        self.more = self.header.add_action("从 Excel 导入", self.choose_file, icon="file-spreadsheet")
        self.header.add_action("登记企业…", self.enter, "primary", "plus")
        self.remove = button("删除", "", "trash-2", self.remove_ticked)
        self.paper = button("调查表", "", "printer", self.choose_paper)
        self.bar.addWidget(self.remove)
        self.bar.addWidget(self.paper)
        context.changes.bundles_changed.connect(self._on_change)

    def _rows(self, pile: str) -> list[EnterpriseRow]:
        return enterprises.list_enterprises(self._session, self.text.text(), to_file=pile == TO_FILE)

    def show_rows(self, pile: str) -> None:
        """The enterprises of a pile."""
        assert isinstance(self.model, EnterpriseListModel)
        self.model.show_register(self._rows(pile))

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many there are."""
        session, text = self._session, self.text.text()

        def work() -> dict[str, int]:
            every = enterprises.list_enterprises(session, text)
            wanted = enterprises.list_enterprises(session, text, to_file=True)
            return {ALL: len(every), TO_FILE: len(wanted)}

        return work

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return "没有需要建档的家庭。" if pile == TO_FILE else "还没有登记企业。"

    def on_ticks(self, ticked: int) -> None:
        """Entries of other offices cannot be removed; the services says so."""
        self.remove.setEnabled(ticked > 0)

    # -- one enterprise

    def enter(self) -> None:
        """Enter an enterprise."""
        self._ask(RecordContent({"surveyed_on": self._session.today}), "")

    def open_row(self, row: EnterpriseRow) -> None:
        """Change an entry; one of another office can only be read, as its sheet."""
        if row.is_own:
            self._ask(RecordContent(dict(row.record.content.values)), row.record.record_id)
        else:
            self._print([row])

    def _ask(self, content: RecordContent, record_id: str) -> None:
        def save(filled: RecordContent) -> None:
            enterprises.save_enterprise(self._session, filled, record_id)

        if RecordDialog(self, self.context, ENTERPRISE, content, "企业调查", save).exec():
            self._on_change()
            self.context.window.notify("已登记。")

    def remove_ticked(self) -> None:
        """Take the ticked entries out of the register."""
        keys = self.model.ticked_ids()
        if not messages.confirm(self, f"从登记里删除勾选的 {len(keys)} 家企业？以前的调查情况留在记录里。", "删除"):
            return
        try:
            for key in keys:
                enterprises.remove_enterprise(self._session, key)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self.model.ticked.clear()
        self._on_change()

    # -- lists

    def choose_file(self) -> None:
        """Read a list, or get the empty one to fill in."""
        menu = QMenu(self)
        menu.addAction("从 Excel 导入…", self.bring_in)
        menu.addAction("下载空白登记表…", lambda: register_import.save_template(self, self._session, enterprise_sheets.SHEET))
        menu.exec(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def bring_in(self) -> None:
        """Look at a list first, then enter its good lines."""
        register_import.bring_in(self, self._session, enterprise_sheets.SHEET, "家", self._brought)

    def _brought(self, made: RegisterImport) -> None:
        self._on_change()
        self.context.window.notify(f"新登记 {made.added} 家，修改 {made.changed} 家。")

    # -- papers

    def choose_paper(self) -> None:
        """Offer the sheets of what is ticked, else of all, the blank, and the list as a workbook."""
        assert isinstance(self.model, EnterpriseListModel)
        rows = self.model.chosen()
        menu = QMenu(self)
        if rows:
            menu.addAction(f"打印 {len(rows):,} 家的调查表…", lambda: self._print(rows))
            menu.addAction(f"{len(rows):,} 家存为 Excel…", lambda: self._save(rows))
            menu.addSeparator()
        menu.addAction("打印空白调查表…", lambda: self._print([]))
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def _print(self, rows: list[EnterpriseRow]) -> None:
        session = self._session

        def done(pdf: bytes) -> None:
            hint = f"{len(rows):,} 家" if rows else "空白表，带去填写"
            PrintDialog(self, pdf, "企业调查表", f"企业调查表-{session.today}.pdf", hint, private=False).exec()

        background.run(self, lambda _progress: enterprises.enterprises_pdf(session, rows), done, title="正在排版…")

    def _save(self, rows: list[EnterpriseRow]) -> None:
        session: OfficeSession = self._session
        path = files.ask_save(self, "企业调查存为 Excel", f"企业调查-{session.today}.xlsx", "Excel (*.xlsx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: enterprises.write_register(session, path, rows),
                lambda _none: offer_folder(self, "企业调查已保存。", path),
                title="正在写 Excel…",
            )
