"""How far a monitoring campaign has come – by office and by clerk – and what its sheets say together (requirements §f.3)."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.paper_layout import amount_words
from db.domain.records.monitoring import MONITORING, SECURED
from db.services import monitoring
from db.services.monitoring import Share
from desktop import background, files, theme
from desktop.assessment.layouts import clear_below
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.monitoring.sheet_acts import papers
from desktop.widgets.basics import Card, Note, PageHeader, StatCard, label
from desktop.widgets.scrolled import scrolled

if TYPE_CHECKING:
    from db.services.monitoring_papers import CampaignTotals


class MonitoringBoardPage(Page):
    """The figures of one campaign."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._campaign_id = ""
        self.header = PageHeader("完成情况和汇总")
        self.header.add_back(context.window.go_back)
        self.header.add_action("存为 Excel…", self.save, icon="file-spreadsheet")
        self.header.add_action("打印汇总表…", self.print_totals, "primary", "printer")
        self.note = Note("", "warning")
        self.stats = {
            "all": StatCard("应监测"),
            "done": StatCard("已入户", theme.GREEN),
            "to_do": StatCard("还没有入户", theme.AMBER),
            "relapse": StatCard("建议返困", theme.RED),
        }
        self.units, self.clerks = Card("按单位", "完成得最少的在前"), Card("按填报的经办人")
        self.reasons, self.lacks = Card("按困难职工脱困原因"), Card("核实结果")
        self.note.hide()
        self._arrange()
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    def _arrange(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(12)
        for name, card in self.stats.items():
            card.activated.connect(lambda pile=name: self._go_to(pile))
            figures.addWidget(card, 1)
        inside = QWidget()
        halves = QHBoxLayout(inside)
        halves.setContentsMargins(0, 0, 10, 0)
        halves.setSpacing(12)
        for cards in ((self.units, self.clerks, self.lacks), (self.reasons,)):
            half = QVBoxLayout()
            half.setSpacing(12)
            for part in cards:
                half.addWidget(part)
            half.addStretch(1)
            halves.addLayout(half, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.note)
        column.addLayout(figures)
        column.addWidget(scrolled(inside), 1)

    # -- showing

    def open(self, campaign_id: str = "", **_: Any) -> None:
        """Show the figures of a campaign."""
        self._campaign_id = campaign_id or self._campaign_id
        if self._campaign_id:
            self._read()
        self.setFocus()

    def place(self) -> dict[str, Any]:
        """The campaign shown."""
        return {"campaign_id": self._campaign_id}

    def _on_change(self) -> None:
        if self.isVisible() and self._campaign_id:
            self._read()

    def _read(self) -> None:
        """Count beside everything else: it goes through every sheet."""
        session, campaign_id = self._session, self._campaign_id

        def work() -> tuple["CampaignTotals", tuple[list[Share], list[Share]]]:
            return papers().totals(session, campaign_id), monitoring.shares(session, campaign_id)

        background.run_while_shown(self, work, self._show)

    def _show(self, found: tuple["CampaignTotals", tuple[list[Share], list[Share]]]) -> None:
        told, (units, clerks) = found
        item, overall = told.campaign, told.overall
        if item.id != self._campaign_id:
            return
        self.header.set_texts("完成情况和汇总", f"{item.title}　{item.begins_on} 至 {item.due_on}　{item.population}")
        left = overall.due - overall.done
        self.note.setVisible(item.is_late)
        self.note.show_text(f"完成期限 {item.due_on} 已过，还有 {left:,} 户没有入户。", "warning")
        self._show_figures(told, left)
        _fill(self.units, [_share_row(unit) for unit in units], "还没有确定监测对象。")
        _fill(self.clerks, [_count_row(clerk.name, clerk.done) for clerk in clerks], "还没有人填过记录表。")
        options = option_list("exit_reason").current()
        reasons = [_count_row(option.label, overall.reasons[option.code]) for option in options]
        _fill(self.reasons, [*reasons, _count_row("还没有脱困", overall.reasons[""])])
        lacks = [_count_row(MONITORING.by_key[key].label.replace("是否有", "没有"), overall.unsecured[key]) for key in SECURED]
        others = [_count_row("脱困成果不稳定", overall.unstable), _count_row("已纳入民政兜底保障", overall.covered)]
        average = f"{amount_words(overall.average)} 元" if overall.average is not None else "--"
        _fill(self.lacks, [*lacks, *others, _word_row("家庭年人均纯收入（各户平均）", average)])

    def _show_figures(self, told: "CampaignTotals", left: int) -> None:
        item, overall = told.campaign, told.overall
        rate = f"完成 {overall.done * 100 // overall.due}%" if overall.due else ""
        fixed = f"名单 {item.opened_at[:10]} 确定" if item.opened_at else "还没有确定名单"
        classes = f"深度 {overall.relapse['deep']}　相对 {overall.relapse['relative']}"
        self.stats["all"].show_figure(f"{overall.due:,}", fixed)
        self.stats["done"].show_figure(f"{overall.done:,}", rate)
        self.stats["to_do"].show_figure(f"{left:,}", "已逾期" if item.is_late else f"{item.due_on} 以前完成")
        self.stats["relapse"].show_figure(f"{sum(overall.relapse.values()):,}", classes)

    def _go_to(self, pile: str) -> None:
        self.context.window.show_page("monitoring", state=pile, campaign_id=self._campaign_id)

    # -- papers

    def print_totals(self) -> None:
        """The totals on one sheet."""
        session, campaign_id = self._session, self._campaign_id

        def done(pdf: bytes) -> None:
            name = f"动态监测汇总表-{session.today}.pdf"
            PrintDialog(self, pdf, "动态监测情况汇总表", name, "只有户数和平均数", private=False).exec()

        background.run(self, lambda _progress: papers().totals_pdf(session, campaign_id), done, title="正在排版…")

    def save(self) -> None:
        """The totals as a workbook."""
        session, campaign_id = self._session, self._campaign_id
        path = files.ask_save(self, "汇总表存为 Excel", f"动态监测汇总表-{session.today}.xlsx", "Excel (*.xlsx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: papers().write_totals(session, campaign_id, path),
                lambda _none: offer_folder(self, "汇总表已保存。", path),
                title="正在写 Excel…",
            )


def _fill(card: Card, rows: list[QHBoxLayout], empty: str = "") -> None:
    """Show *rows* below the card's title."""
    clear_below(card.body)
    for row in rows:
        card.body.addLayout(row)
    if not rows:
        card.body.addWidget(label(empty, "secondary"))


def _figure(text: str) -> QLabel:
    made = label(text, "strong")
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _count_row(words: str, number: int) -> QHBoxLayout:
    return _word_row(words, f"{number:,} 户" if number else "--")


def _word_row(words: str, figure: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(label(words), 1)
    row.addWidget(_figure(figure))
    return row


def _share_row(share: Share) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(label(share.name), 1)
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, max(share.due, 1))
    bar.setValue(share.done)
    bar.setFixedWidth(theme.sp(120))
    row.addWidget(bar)
    row.addWidget(_figure(f"{share.done:,} / {share.due:,}"))
    return row
