"""First view of 数据交换: what is on the way, which packages went and came, whom the office exchanges with."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.services import exchange
from db.services import office as offices
from db.services.archiving import Submission
from db.services.exchange import BundleRecord, Partner
from desktop import theme
from desktop.context import AppContext
from desktop.levels import LEVEL_LABELS
from desktop.moments import moment
from desktop.widgets.basics import Card, EmptyState, PageHeader, StatCard, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

RECEIVING_LEVELS = ("county", "city", "province")
KIND_LABELS = {("sent", "archives"): "发出数据包", ("received", "archives"): "收到数据包",
               ("sent", "receipt"): "写出回执", ("received", "receipt"): "读入回执"}  # fmt: skip


def bundle_state(record: BundleRecord) -> tuple[str, str]:
    """What became of a package, and its ink."""
    if record.kind == "receipt":
        return ("已读入" if record.direction == "received" else "已写出"), theme.SECONDARY
    if record.direction == "received":
        return ("已写入，已回执", theme.GREEN_INK) if record.receipted_at else ("已写入，缺回执", theme.AMBER_INK)
    return ("已有回执", theme.GREEN_INK) if record.receipted_at else ("等回执", theme.AMBER_INK)


class Overview(QWidget):
    """Figures, records, partners and the acts of the page."""

    export_wanted = Signal()
    read_wanted = Signal()
    import_wanted = Signal()
    package_wanted = Signal()
    enrol_wanted = Signal()
    card_wanted = Signal()
    partner_wanted = Signal(object)
    record_wanted = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._today = date.min
        self._unsubmitted = StatCard("未上报")
        self._transit = StatCard("已导出，等回执", theme.AMBER_INK)
        self._receiving = context.session.office.level in RECEIVING_LEVELS
        self._bundle = StatCard("最近收到的数据包" if self._receiving else "最近导出的数据包")
        self._receipt = StatCard("最近写出的回执" if self._receiving else "最近收到的回执", theme.GREEN_INK)
        self._all_records: list[BundleRecord] = []
        self.records: RowsModel[BundleRecord] = RowsModel(self._record_columns())
        self.record_table = rows_table(self.records)
        self._records_stack = QStackedWidget()
        self._shown: Segmented[str] = Segmented([("", "全部"), ("sent", "发出"), ("received", "收到")])
        self.partners: RowsModel[Partner] = RowsModel(_PARTNER_COLUMNS)
        self.partner_table = rows_table(self.partners)
        self._partners_stack = QStackedWidget()
        self._fingerprint = label("", "section")
        self._arrange()
        self._connect()

    def _record_columns(self) -> list[Column[BundleRecord]]:
        return [
            Column("种类", lambda record: KIND_LABELS[record.direction, record.kind], 110),
            Column("对方单位", lambda record: record.partner_name, 170),
            Column("第几包", lambda record: f"第 {record.sequence} 包", 80),
            Column("户数", lambda record: f"{record.archive_count:,}", 64, right=True),
            Column("办理时间", lambda record: moment(record.handled_at, self._today), 120),
            Column("状态", lambda record: bundle_state(record)[0], 120, lambda record: bundle_state(record)[1]),
            Column("", lambda _: "详情", 56, lambda _: theme.ACTION, firm=True),
        ]

    # layout

    def _arrange(self) -> None:
        stats = QHBoxLayout()
        stats.setSpacing(12)
        for card in (self._unsubmitted, self._transit, self._bundle, self._receipt):
            stats.addWidget(card, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self._records_card(), 1)
        lower.addWidget(self._partners_card())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header())
        column.addLayout(stats)
        column.addLayout(lower, 1)

    def _header(self) -> PageHeader:
        header = PageHeader("数据交换")
        header.set_texts("数据交换", "文件也可以直接拖到这一页：数据包、回执、单位名片、Excel")
        header.add_action("查重", lambda: self._context.window.show_page("duplicates"), icon="users")
        header.add_action("导入 Excel…", self.import_wanted.emit, icon="file-spreadsheet")
        acts = [
            ("导出数据包…", self.export_wanted.emit, "folder-output"),
            ("收取数据包或回执…", self.read_wanted.emit, "folder-input"),
        ]
        for number, (text, act, icon) in enumerate(acts if self._receiving else reversed(acts)):
            made = header.add_action(text, act, "primary" if number else "", icon)
        self.setFocusProxy(made)
        return header

    def _records_card(self) -> Card:
        card = Card("数据包记录")
        card.head.addWidget(self._shown)
        self._shown.set_value("")
        self._records_stack.addWidget(self.record_table)
        sentence = "还没有数据包。\n档案建好后导出数据包，用 U 盘交给上级；上级的回执拿回来，也从这里读入。"
        self._records_stack.addWidget(EmptyState("package", sentence))
        card.body.addWidget(self._records_stack, 1)
        package = button("给没有暖档的上级：报送资料包…", "link", "archive", self.package_wanted.emit)
        card.body.addWidget(package, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _partners_card(self) -> Card:
        card = Card("往来单位")
        card.head.addWidget(button("登记单位…", "link", "plus", self.enrol_wanted.emit))
        card.setFixedWidth(theme.sp(316))
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
        return card

    def _connect(self) -> None:
        window = self._context.window
        self._unsubmitted.activated.connect(lambda: window.show_page("archives", preset="unsubmitted"))
        self._transit.activated.connect(lambda: window.show_page("archives", submission=Submission.EXPORTED))
        self._bundle.activated.connect(lambda: self._show_only("received" if self._receiving else "sent"))
        self._receipt.activated.connect(lambda: self._show_only("sent" if self._receiving else "received"))
        self._shown.changed.connect(lambda _: self._filter())
        self.record_table.opened.connect(lambda index: self.record_wanted.emit(self.records.row_at(index)))
        last = self.records.columnCount() - 1
        self.record_table.clicked.connect(
            lambda index: self.record_wanted.emit(self.records.row_at(index)) if index.column() == last else None
        )
        self.partner_table.clicked.connect(
            lambda index: self.partner_wanted.emit(self.partners.row_at(index)) if index.column() == 0 else None
        )
        self.partner_table.opened.connect(lambda index: self.partner_wanted.emit(self.partners.row_at(index)))

    # contents

    def refresh(self) -> None:
        """Read everything again."""
        session = self._context.session
        self._today = date.fromisoformat(session.today)
        status = offices.office_status(session)
        nothing = "都已导出" if status.archives else "还没有档案"
        self._unsubmitted.show_figure(f"{status.unsubmitted:,}", "户，点开看名单" if status.unsubmitted else nothing)
        self._transit.show_figure(f"{status.in_transit:,}", "户" if status.in_transit else "没有在途的档案")
        self._all_records = exchange.list_bundles(session)
        self._show_last(self._bundle, "sent" if not self._receiving else "received", "archives")
        self._show_last(self._receipt, "received" if not self._receiving else "sent", "receipt")
        self._filter()
        self._show_partners(exchange.list_partners(session))
        self._fingerprint.setText(exchange.own_card(session).fingerprint)

    def _show_last(self, card: StatCard, direction: str, kind: str) -> None:
        """The newest package of a sort: its number or day, its partner and time."""
        wanted = (direction, kind)
        last = next((record for record in self._all_records if (record.direction, record.kind) == wanted), None)
        if last is None:
            card.show_figure("--", "还没有")
        elif kind == "archives":
            card.show_figure(f"第 {last.sequence} 包", f"{last.partner_name}　{moment(last.handled_at, self._today)}")
        else:
            day, _, time = moment(last.handled_at, self._today).partition(" ")
            card.show_figure(day, f"{time}　{last.partner_name}".strip())

    def _show_partners(self, partners: Sequence[Partner]) -> None:
        self.partners.show_rows(partners)
        self._partners_stack.setCurrentIndex(0 if partners else 1)

    def _show_only(self, direction: str) -> None:
        self._shown.set_value(direction)
        self._filter()
        self.record_table.setFocus()

    def _filter(self) -> None:
        wanted = self._shown.value()
        rows = [record for record in self._all_records if not wanted or record.direction == wanted]
        self.records.show_rows(rows)
        self._records_stack.setCurrentIndex(0 if rows else 1)


def relation_label(partner: Partner) -> str:
    """上级 or 下级."""
    return {"parent": "上级", "child": "下级"}.get(partner.relation, "往来")


_PARTNER_COLUMNS: list[Column[Partner]] = [
    Column("单位", lambda partner: partner.name, 152, lambda _: theme.ACTION),
    Column("关系", lambda partner: f"{relation_label(partner)} · {LEVEL_LABELS[partner.level]}", 130,
           lambda _: theme.SECONDARY),
]  # fmt: skip
