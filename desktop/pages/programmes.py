"""活动: the programmes of the office, of those above and below it – whom each reaches, with how much, what it came to."""

from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from db.domain.field_kinds import format_amount
from db.domain.records.programme import PROGRAMME
from db.domain.records.record_form import RecordContent
from db.services import programmes, quotas
from db.services.programmes import Programme, ProgrammeSums
from desktop import background, files, theme
from desktop.aid.sections import PROGRAMMES, add_switch
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import EmptyState, PageHeader, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table

NONE = "--"
_QUOTA, _CALLED_BY = "名额", "布置单位"


class ProgrammesPage(Page):
    """The register of programmes with their sums."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._quotas: dict[str, tuple[int, int]] = {}
        self.header = PageHeader("帮扶")
        self.switch = add_switch(self.header, context, PROGRAMMES)
        self.file = self.header.add_action("打印和导出", self.choose_file, icon="printer")
        self.header.add_action("布置活动…", lambda: self.edit(None), "primary", "plus")
        self.year = QComboBox()
        self.year.setAccessibleName("年度")
        self.rows: RowsModel[Programme] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("帮扶活动")
        sentence = "送温暖、金秋助学、送清凉……先布置一次活动：给谁、给多少、用哪里的钱；打开它就列出对象，一次批准，打印签收表。"
        self._nothing = EmptyState("package", sentence, "布置活动…", lambda: self.edit(None))
        self._none = EmptyState("circle-check", "这一年没有活动。")
        self._total = label("", "secondary")
        self._arrange()
        self.year.currentIndexChanged.connect(lambda _at: self._show())
        self.table.opened.connect(lambda index: self.open_row(self.rows.row_at(index)))
        for signal in (context.changes.archives_changed, context.changes.bundles_changed):
            signal.connect(lambda *_: self._on_change())

    def _columns(self) -> list[Column[Programme]]:
        return [
            Column("活动", lambda row: row.title, 250, bold=True),
            Column("种类", lambda row: row.kind_label, 84),
            Column("期间", _period, 164, firm=True),
            Column("户数 / 人数", _reached, 96, right=True, firm=True),
            Column("批准（元）", lambda row: _money(row.sums.granted), 104, right=True, firm=True),
            Column("已发放（元）", lambda row: _money(row.sums.paid), 104, right=True, firm=True),
            Column("实物签收", _goods_words, 92, right=True, firm=True),
            Column("没有档案的", lambda row: f"{row.sums.others:,} 人" if row.sums.others else NONE, 100, right=True, firm=True),
            Column(_QUOTA, self._quota_words, 86, self._quota_ink, right=True, firm=True),
            Column(_CALLED_BY, lambda row: "本单位" if row.is_own else row.office_name, 116),
        ]

    def _arrange(self) -> None:
        bar, row = QWidget(), QHBoxLayout()
        bar.setLayout(row)
        row.setContentsMargins(15, 0, 8, 0)
        row.setSpacing(12)
        row.addWidget(self.year)
        row.addWidget(self._total)
        row.addStretch(1)
        self._go = button("打开", "", "chevron-right", lambda: self.open_row(self.rows.row_at(self.table.currentIndex())))
        row.addWidget(self._go)
        card = ListCard(bar, self.table, self._nothing, self._none)
        self._stack, self._bar = card.stack, bar
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(card, 1)

    def _quota_words(self, row: Programme) -> str:
        """Used and allotted."""
        if row.id not in self._quotas:
            return NONE
        used, amount = self._quotas[row.id]
        return f"{used:,} / {amount:,}"

    def _quota_ink(self, row: Programme) -> str | None:
        used, amount = self._quotas.get(row.id, (0, 0))
        return theme.RED if used > amount else None

    # -- showing

    def open(self, **_: Any) -> None:
        """Show the register."""
        self._read()
        self.table.setFocus()

    def explain(self) -> str:
        """What the columns mean."""
        return (
            "布置活动时写明对象（按建档状态、困难类别、致困原因、家庭情况）、标准、每次和一年的上限、只用哪些来源的资金。"
            "对象不用抄名单：打开活动，按今天的档案列出来。县里布置的活动和名额随“下发”到下级，下级批准的随“上报”汇总上来。"
            "户数、人数不重复计；撤销的不算；退回的从已发放里减去。没有档案的慰问对象（一线职工、劳模等）只登记人数，不从资金里扣。"
        )

    def _on_change(self) -> None:
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        self._all = programmes.list_programmes(self._session)
        self._quotas = {}
        for quota in quotas.list_quotas(self._session):
            if quota.subject.startswith(quotas.PROGRAMME):
                key = quota.subject.removeprefix(quotas.PROGRAMME)
                used, amount = self._quotas.get(key, (0, 0))
                self._quotas[key] = (used + (quota.used or 0), amount + quota.amount)
        years = sorted({item.year for item in self._all}, reverse=True)
        chosen = self.year.currentData()
        self.year.blockSignals(True)
        self.year.clear()
        self.year.addItem("全部年度", None)
        for year in years:
            self.year.addItem(f"{year} 年", year)
        self.year.setCurrentIndex(max(0, self.year.findData(chosen)))
        self.year.blockSignals(False)
        self._show()

    def _show(self) -> None:
        chosen = self.year.currentData()
        shown = [item for item in self._all if chosen in (None, item.year)]
        at = max(0, self.table.currentIndex().row())
        self.rows.show_rows(shown)
        self._stack.setCurrentWidget(self.table if shown else self._none if self._all else self._nothing)
        captions = [column.caption for column in self.rows.columns]
        self.table.setColumnHidden(captions.index(_QUOTA), not self._quotas)
        self.table.setColumnHidden(captions.index(_CALLED_BY), all(item.is_own for item in self._all))
        self.table.fit()
        self._bar.setVisible(bool(self._all))
        self._go.setEnabled(bool(shown))
        self.file.setEnabled(bool(self._all))
        self._total.setText(_sum_words(shown))
        if shown:
            self.table.selectRow(min(at, len(shown) - 1))

    # -- acts

    def open_row(self, row: Programme | None) -> None:
        """One programme."""
        if row is not None:
            self.context.window.show_page("programme", programme_id=row.id)

    def edit(self, item: Programme | None) -> None:
        """Call a programme."""
        session, made = self._session, list[str]()
        today = session.today
        content = RecordContent({"year": int(today[:4]), "begins_on": today, "standings": ["on_file"]})

        def save(given: RecordContent) -> None:
            made.append(programmes.save_programme(session, given, item.id if item else "").record_id)

        hint = "存下以后打开它，就按今天的档案列出对象；下级单位在下一次收取“下发”包时收到这次活动。"
        if RecordDialog(self, self.context, PROGRAMME, content, "布置活动", save, hint=hint).exec() and made:
            self.context.window.show_page("programme", programme_id=made[-1])

    def choose_file(self) -> None:
        """The register with its sums, printed or as a workbook."""
        menu = QMenu(self)
        menu.addAction("打印活动汇总表…", self.print_totals)
        menu.addAction("活动汇总表存为 Excel…", self.save)
        menu.exec(self.file.mapToGlobal(self.file.rect().bottomLeft()))

    def print_totals(self) -> None:
        """Show the table, ready to print."""
        session, year = self._session, self.year.currentData()

        def work(_progress: Any) -> bytes:
            from db.services import programme_papers, register_papers  # late: drawing PDFs loads a lot

            pdf: bytes = register_papers.table_pdf(programme_papers.totals_table(session, year))
            return pdf

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, "帮扶活动汇总表", f"帮扶活动汇总表-{session.today}.pdf", private=False).exec()

        background.run(self, work, done, title="正在排版…")

    def save(self) -> None:
        """Ask where, and write it."""
        path = files.ask_save(self, "活动汇总表存为 Excel", f"帮扶活动汇总表-{self._session.today}.xlsx", "Excel (*.xlsx)")
        session, year = self._session, self.year.currentData()

        def work(_progress: Any) -> None:
            from db.services import programme_papers, register_papers  # late: it brings the writer of workbooks along

            assert path is not None
            register_papers.write_table(session, programme_papers.totals_table(session, year), path)

        if path is not None:
            background.run(self, work, lambda _none: offer_folder(self, "活动汇总表已保存。", path), title="正在写 Excel…")


def _period(row: Programme) -> str:
    """The year once where it begins and ends in the same."""
    begins, ends = row.content.text("begins_on"), row.content.text("ends_on")
    return f"{begins} 至 {ends[5:] if ends[:4] == begins[:4] else ends}" if ends else f"{begins} 起"


def _reached(row: Programme) -> str:
    return f"{row.sums.households:,} / {row.sums.people:,}" if row.sums.grants else NONE


def _money(amount: int) -> str:
    return format_amount(amount) if amount else NONE


def _goods_words(row: Programme) -> str:
    """How many shares of goods, and how many of them were handed out."""
    return f"{row.sums.goods_handed:,} / {row.sums.goods:,} 份" if row.sums.goods else NONE


def _sum_words(shown: list[Programme]) -> str:
    """The sums of what is shown."""
    whole = sum((item.sums for item in shown), ProgrammeSums())
    parts = [f"{len(shown):,} 项活动"]
    parts += [f"批准 {whole.grants:,} 笔 {format_amount(whole.granted)} 元，已发放 {format_amount(whole.paid)} 元"] if whole.grants else []
    parts += [f"实物 {whole.goods:,} 份"] if whole.goods else []
    parts += [f"没有档案的 {whole.others:,} 人"] if whole.others else []
    return "　".join(parts)
