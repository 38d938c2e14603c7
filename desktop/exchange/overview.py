"""First view of 数据交换: how far the round trip has come in either direction, which packages went and came, with whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from db.domain.office_levels import LEVEL_LABELS
from db.services import exchange, round_trip, undoing
from db.services.exchange import BundleRecord, Partner
from db.services.office import OfficeSession
from db.services.round_trip import OfficeBelow, RoundTripCounts, WayUp
from desktop import background, messages, theme
from desktop.context import AppContext
from desktop.exchange.below_table import BelowTable, gap_sentence
from desktop.exchange.overview_cards import CardStrip, Figure, FigureRow, OverviewCard, read_cards
from desktop.exchange.way_strip import WayStrip
from desktop.moments import moment
from desktop.widgets.basics import Card, EmptyState, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

RECEIVING_LEVELS = ("county", "city", "province")
BELOW, CARDS = "below", "cards"
KIND_LABELS = {("sent", "archives"): "发出数据包", ("received", "archives"): "收到数据包",
               ("sent", "receipt"): "写出回执", ("received", "receipt"): "读入回执",
               ("sent", "answer"): "下发审核结果", ("received", "answer"): "读入审核结果",
               ("sent", "visit_out"): "写出外出包", ("received", "visit_out"): "读入外出包",
               ("sent", "visit_back"): "写出带回包", ("received", "visit_back"): "读入带回包"}  # fmt: skip


def bundle_state(record: BundleRecord) -> tuple[str, str]:
    """What became of a package, and its ink."""
    if record.undone_at:
        return "已撤销", theme.SECONDARY
    if record.kind != "archives":
        return ("已读入" if record.direction == "received" else "已写出"), theme.SECONDARY
    if record.direction == "received":
        return ("已写入，已回执", theme.GREEN_INK) if record.receipted_at else ("已写入，缺回执", theme.AMBER_INK)
    return ("已有回执", theme.GREEN_INK) if record.receipted_at else ("等回执", theme.AMBER_INK)


@dataclass(frozen=True)
class _Reading:
    """What is read beside the window each time the view comes forward."""

    counts: RoundTripCounts
    cards: list[tuple[OverviewCard, Figure]]
    ways: list[WayUp]
    below: list[OfficeBelow]
    can_undo: bool


def _read(session: OfficeSession, receiving: bool) -> _Reading:
    counts = round_trip.counts(session)
    below = round_trip.offices_below(session) if receiving else []
    can_undo = undoing.undoable(session) is not None
    return _Reading(counts, read_cards(session, counts), round_trip.ways_up(session), below, can_undo)


class Overview(QWidget):
    """Figures, offices, records, partners and the acts of the page."""

    export_wanted = Signal()
    read_wanted = Signal()
    import_wanted = Signal()
    package_wanted = Signal()
    enrol_wanted = Signal()
    card_wanted = Signal()
    partner_wanted = Signal(object)
    renew_wanted = Signal()
    record_wanted = Signal(object)
    answer_wanted = Signal(str)  # the office to begin with; empty: every one with something to say
    section_wanted = Signal(str)
    again_wanted = Signal()
    undo_wanted = Signal()
    guide_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._today = date.min
        self._receiving = context.session.office.level in RECEIVING_LEVELS
        self._figures = FigureRow(context, self._receiving)
        self._cards = CardStrip(context)
        self._ways = WayStrip()
        self.below = BelowTable()
        self._all_records: list[BundleRecord] = []
        self.records: RowsModel[BundleRecord] = RowsModel(self._record_columns())
        self.record_table = rows_table(self.records)
        self._records_stack = QStackedWidget()
        self._left_stack = QStackedWidget()
        options = [("", "全部"), ("sent", "发出"), ("received", "收到")]
        self._shown: Segmented[str] = Segmented(
            [(BELOW, "下级单位"), ("", "数据包记录"), (CARDS, "单位名片")] if self._receiving else options
        )
        self.partners: RowsModel[Partner] = RowsModel(self._partner_columns())
        self.partner_table = rows_table(self.partners)
        self._partners_stack = QStackedWidget()
        self._fingerprint = label("", "section")
        self._undo = button("撤销上一次接收…", "link", "undo-2", self.undo_wanted.emit)
        self._undo.hide()
        self._arrange()
        self._connect()

    def _record_columns(self) -> list[Column[BundleRecord]]:
        return [
            Column("种类", lambda record: KIND_LABELS[record.direction, record.kind], 110),
            Column("对方单位", lambda record: self._short(record.partner_name), 170),
            Column("第几包", lambda record: f"第 {record.sequence} 包", 80),
            Column("户数", lambda record: f"{record.archive_count:,}", 64, right=True),
            Column("办理时间", lambda record: moment(record.handled_at, self._today), 120),
            Column("状态", lambda record: bundle_state(record)[0], 120, lambda record: bundle_state(record)[1]),
            Column("", lambda _: "详情", 56, lambda _: theme.ACTION, firm=True),
        ]

    def _partner_columns(self) -> list[Column[Partner]]:
        return [
            Column("单位", lambda partner: self._short(partner.name), 152, lambda _: theme.ACTION),
            Column("关系", relation_text, 130,
                   lambda partner: theme.RED if partner.revoked_at else theme.SECONDARY),
        ]  # fmt: skip

    def _short(self, name: str) -> str:
        """Another machine of this office without the office's own name."""
        office = self._context.session.office
        if office.is_laptop and name == office.name:
            return exchange.RELATIONS["desk"]
        return name[len(office.name) + 1 : -1] if name.startswith(f"{office.name}（") else name

    # layout

    def _arrange(self) -> None:
        lower = QHBoxLayout()
        lower.setSpacing(12)
        partners = self._partners_card()
        lower.addWidget(self._left_card(), 1)
        if self._receiving:  # the list of offices below needs the room; cards are exchanged once
            partners.setProperty("role", "")
            partners.body.setContentsMargins(0, 0, 0, 0)
            self._left_stack.addWidget(partners)
        else:
            partners.setFixedWidth(theme.sp(316))
            lower.addWidget(partners)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        for part in (self._header(), self._figures, self._cards, self._ways):
            column.addWidget(part)
        column.addLayout(lower, 1)
        self._cards.hide()
        if self._context.session.office.is_laptop:  # nothing goes up from here
            self._figures.hide()
            self._ways.hide()

    def _header(self) -> PageHeader:
        header = PageHeader("数据交换")
        header.set_texts("数据交换", "文件也可以直接拖到这一页：数据包、回执、单位名片、Excel")
        header.add_action("查重", lambda: self._context.window.show_page("duplicates"), icon="users")
        header.add_action("导入 Excel…", self.import_wanted.emit, icon="file-spreadsheet")
        export = ("导出数据包…", self.export_wanted.emit, "folder-output")
        read = ("收取数据包…", self.read_wanted.emit, "folder-input")
        answer = ("下发审核结果…", lambda: self.answer_wanted.emit(""), "download")
        acts = [export, answer, read] if self._receiving else [("收取回执、审核结果…", read[1], read[2]), export]
        if self._context.session.office.is_laptop:
            back = ("外出走访、带回包…", lambda: self.section_wanted.emit("visits"), "folder-output")
            acts = [("收取外出包、回执…", read[1], read[2]), back]
        for number, (text, act, icon) in enumerate(acts):
            made = header.add_action(text, act, "primary" if number == len(acts) - 1 else "", icon)
        if self._receiving:
            made.clicked.disconnect()
            made.setMenu(self._read_menu(made))
        self.setFocusProxy(made)
        return header

    def _read_menu(self, parent: QWidget) -> QMenu:
        """Packages one by one, or a whole stick of them."""
        menu = QMenu(parent)
        menu.addAction("选择文件（可以多选）…").triggered.connect(self.read_wanted.emit)
        menu.addAction("整个 U 盘或文件夹…").triggered.connect(self.folder_wanted.emit)
        return menu

    def _left_card(self) -> Card:
        card = Card("往来")
        if self._receiving:
            card.title.hide()
        card.head.insertWidget(1, self._shown)
        self._shown.set_value(BELOW if self._receiving else "")
        self._head_links(card)
        self._records_stack.addWidget(self.record_table)
        sentence = "还没有数据包。\n档案建好后导出数据包，用 U 盘交给上级；上级的回执和审核结果拿回来，也从这里读入。"
        self._records_stack.addWidget(EmptyState("package", sentence))
        self._left_stack.addWidget(self._records_stack)
        self._left_stack.addWidget(self.below)
        card.body.addWidget(self._left_stack, 1)
        package = button("给没有暖档的上级：报送资料包…", "link", "archive", self.package_wanted.emit)
        package.setEnabled(not self._context.session.office.is_laptop)
        foot = QHBoxLayout()
        foot.addWidget(package)
        foot.addWidget(button("交换说明…", "link", "circle-question-mark", self.guide_wanted.emit))
        foot.addStretch(1)
        foot.addWidget(self._undo)
        card.body.addLayout(foot)
        return card

    def _head_links(self, card: Card) -> None:
        sections = [("visits", "外出包…"), ("hand_overs", "移交…"), ("circulars", "通知…")]
        if self._receiving:
            sections += [("quotas", "名额…"), ("calendar", "工作日历…")]
        for section, caption in sections:
            card.head.addWidget(button(caption, "link", act=partial(self.section_wanted.emit, section)))

    def _partners_card(self) -> Card:
        card = Card("往来单位")
        card.head.addWidget(button("登记单位…", "link", "plus", self.enrol_wanted.emit))
        self._partners_stack.addWidget(self.partner_table)
        sentence = "与上级、下级各交换一次单位名片，登记后才能收发数据包。"
        self._partners_stack.addWidget(EmptyState("building-2", sentence, "登记单位…", self.enrol_wanted.emit))
        self.partner_table.horizontalHeader().hide()
        card.body.addWidget(self._partners_stack, 1)
        own = QHBoxLayout()
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(label("本单位指纹", "small"))
        text.addWidget(self._fingerprint)
        own.addLayout(text, 1)
        own.addWidget(button("导出名片…", act=self.card_wanted.emit))
        card.body.addLayout(own)
        renew = button("电脑丢失了？更换密钥…", "link", act=self.renew_wanted.emit)
        card.body.addWidget(renew)
        return card

    def _connect(self) -> None:
        self._shown.changed.connect(lambda _: self._filter())
        self._ways.again_wanted.connect(self.again_wanted)
        self.record_table.opened.connect(lambda index: self.record_wanted.emit(self.records.row_at(index)))
        last = self.records.columnCount() - 1
        self.record_table.clicked.connect(
            lambda index: self.record_wanted.emit(self.records.row_at(index)) if index.column() == last else None
        )
        self.partner_table.clicked.connect(
            lambda index: self.partner_wanted.emit(self.partners.row_at(index)) if index.column() == 0 else None
        )
        self.partner_table.opened.connect(lambda index: self.partner_wanted.emit(self.partners.row_at(index)))
        self._connect_below()

    def _connect_below(self) -> None:
        window, below = self._context.window, self.below
        below.enrol_wanted.connect(self.enrol_wanted)
        below.answer_wanted.connect(self.answer_wanted)
        below.partner_wanted.connect(self._open_partner)
        below.review_wanted.connect(lambda office: window.show_page("reviews", state="pending", office_id=office))
        below.archives_wanted.connect(lambda office: window.show_page("archives", office=office))
        below.gap_wanted.connect(lambda office: messages.inform(self, gap_sentence(office), "缺数据包"))

    def _open_partner(self, partner_id: str) -> None:
        partner = next((one for one in self.partners.rows if one.id == partner_id), None)
        if partner is not None:
            self.partner_wanted.emit(partner)

    # contents

    def refresh(self) -> None:
        """Read everything again: the records at once, the figures beside the window."""
        session, receiving = self._context.session, self._receiving
        self._today = date.fromisoformat(session.today)
        self._all_records = exchange.list_bundles(session)
        self._filter()
        self._show_partners(exchange.list_partners(session))
        self._fingerprint.setText(exchange.own_card(session).fingerprint)
        background.run_quietly(self, lambda: _read(session, receiving), self._show_reading)

    def _show_reading(self, reading: _Reading) -> None:
        self._figures.show_counts(reading.counts)
        self._cards.show_figures(reading.cards)
        self._ways.show_ways(reading.ways, self._today)
        self.below.show_offices(reading.below, self._today)
        self._undo.setVisible(reading.can_undo)

    def _show_partners(self, partners: Sequence[Partner]) -> None:
        self.partners.show_rows(partners)
        self._partners_stack.setCurrentIndex(0 if partners else 1)

    def today(self) -> date:
        """The day the view was read."""
        return self._today

    def show_gaps(self) -> None:
        """Bring the offices below forward and tell of the first gap."""
        self._shown.set_value(BELOW)
        self._filter()
        self.below.show_gaps()

    def _filter(self) -> None:
        wanted = self._shown.value()
        self._left_stack.setCurrentIndex({BELOW: 1, CARDS: 2}.get(wanted or "", 0))
        rows = [record for record in self._all_records if wanted in {"", BELOW, CARDS, record.direction}]
        self.records.show_rows(rows)
        self._records_stack.setCurrentIndex(0 if rows else 1)


def relation_text(partner: Partner) -> str:
    """Relation and level; of an office whose keys are not trusted any more, that."""
    return "密钥已停用" if partner.revoked_at else f"{relation_label(partner)} · {LEVEL_LABELS[partner.level]}"


def relation_label(partner: Partner) -> str:
    """上级 or 下级."""
    return exchange.RELATIONS.get(partner.relation, "往来")
