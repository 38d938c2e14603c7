"""Which households something is granted to: those on file, narrowed by name, class and office, ticked."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from db.domain.case_words import Standing
from db.domain.option_lists import option_list
from db.services import archiving
from db.services.case_list import CaseQuery
from desktop import theme
from desktop.casework.case_list_model import CaseListModel
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.table import HouseTable
from desktop.widgets.tick_table import TickTable
from desktop.widgets.work_list_page import TYPING_MS, refill

ON_FILE = "on_file"
POOLS = {
    ON_FILE: ("在档", (Standing.ON_FILE, Standing.PHASING_OUT)),
    "all": ("全部档案（含没有建档的）", ()),
}
_HIDDEN = ("已多久", "等到", "更新")
_NAME_WIDTH = 156
"""Room for names of six or seven characters; there are fewer columns than in 办理."""


class HouseholdsDialog(PlainDialog):
    """Pick households for *title*, before *verb* follows; ``ids()`` after it was accepted.

    Ticks stay while names are looked up one after the other; how many there are stands below the list.
    """

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        title: str = "选要救助的家庭",
        then: str = "下一步填救助项目和金额。",
        verb: str = "下一步",
    ) -> None:
        super().__init__(parent, title, f"勾选一户或几户（空格勾选，Ctrl+A 全选），{then}", 860)
        self._session = context.session
        self.text, self.pool, self.category, self.office = QLineEdit(), QComboBox(), QComboBox(), QComboBox()
        self.text.setPlaceholderText("姓名、拼音首字母、身份证号、编号")
        self.text.setClearButtonEnabled(True)
        for key, (caption, _) in POOLS.items():
            self.pool.addItem(caption, key)
        self.model = CaseListModel(self._session)
        self.model.belong_to(self)
        self.table = TickTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("家庭列表")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self.all_box = QCheckBox("全选")
        self._chosen = label("", "strong")
        self.go = button(verb, "primary", "chevron-right", self.accept)
        self._arrange()
        self._connect()
        self._read()

    def _arrange(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(8)
        for field, share in ((self.text, 3), (self.pool, 2), (self.category, 2), (self.office, 2)):
            filters.addWidget(field, share)
        refill(self.category, "困难类别", [(each.code, each.label) for each in option_list("hardship_category").current()])
        owners = archiving.owner_names(self._session)
        refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.body.addLayout(filters)
        self.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(theme.sp(340))
        widths = {at: column.width for at, column in enumerate(self.model.columns)}
        self.table.set_widths(widths | {self.model.at("姓名"): _NAME_WIDTH})
        hidden = (*_HIDDEN, *(("单位",) if len(owners) < 2 else ()))
        for caption in hidden:
            self.table.setColumnHidden(self.model.at(caption), True)
        self.foot.addWidget(self.all_box)
        self.foot.addWidget(self._chosen)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go)

    def _connect(self) -> None:
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._read)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        for combo in (self.pool, self.category, self.office):
            combo.currentIndexChanged.connect(lambda _at: self._read())
        self.model.ticks_changed.connect(self._show_ticks)
        self.table.select_all_requested.connect(self.model.tick_all)
        self.table.opened.connect(lambda index: self._open(index.row()))
        self.all_box.clicked.connect(lambda ticked: self.model.tick_all() if ticked else self.model.untick_all())

    def _read(self) -> None:
        query = CaseQuery(
            text=self.text.text().strip(),
            standings=POOLS[str(self.pool.currentData())][1],
            office_id=self.office.currentData(),
            hardship_category=self.category.currentData() or "",
            order="name",
            descending=False,
        )
        self.model.show_query(query)
        self._show_ticks()

    def _open(self, row: int) -> None:
        """Double-clicked: this household alone, unless others were picked before."""
        alone = not self.model.ticked
        self.model.turn_tick(row)
        if alone:
            self.accept()

    def _show_ticks(self) -> None:
        ticked, shown = len(self.model.ticked), len(self.model.ticked_ids())
        self.all_box.setText(f"全选 {self.model.count:,} 户")
        self.all_box.setChecked(bool(shown) and shown == self.model.count)
        self._chosen.setText(f"已选 {ticked:,} 户" if ticked else "")
        self.go.setEnabled(ticked > 0)

    def ids(self) -> list[str]:
        """The ticked households, those in sight first."""
        shown = self.model.ticked_ids()
        return [*shown, *sorted(self.model.ticked.difference(shown))]
