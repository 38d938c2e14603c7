"""Before several households are granted the same: what there is to say of each, who gets it, who does not and why."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.domain.aid.aid_check import Weight
from db.domain.field_kinds import format_amount
from db.services.aid import GrantInput, HouseholdLook
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import EmptyState, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

GOOD, REASON, OUT, ALL = "good", "reason", "out", "all"
PILES = ((ALL, "全部"), (GOOD, "可以批准"), (REASON, "要写理由"), (OUT, "不能批准"))
_INKS = {GOOD: theme.GREEN_INK, REASON: theme.AMBER_INK, OUT: theme.RED}


def pile_of(look: HouseholdLook, has_reason: bool) -> str:
    """Whether it can be granted."""
    if look.look is None or look.look.is_stopped:
        return OUT
    return REASON if look.look.wants_reason and not has_reason else GOOD


def told(look: HouseholdLook) -> str:
    """Every finding, the weightiest first."""
    return " ".join(finding.text for finding in look.look.findings) if look.look else look.fault


class LooksDialog(PlainDialog):
    """Shows the *looks* of a grant; :meth:`wanted` has what is to be granted after it was accepted."""

    def __init__(self, parent: QWidget | None, title: str, given: GrantInput, looks: Sequence[HouseholdLook]) -> None:
        super().__init__(parent, title, "逐户核对的结果。批准以前什么都没有登记。", 900)
        self._given, self._looks = given, list(looks)
        self.piles: Segmented[str] = Segmented(list(PILES))
        self.piles.set_value(ALL)
        self.rows: RowsModel[HouseholdLook] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("逐户核对的结果")
        self.reason = QLineEdit()
        self.reason.setAccessibleName("理由")
        self.reason.setPlaceholderText("写了理由，要写理由的几户也一起批准")
        self.reason.setMaxLength(200)
        self._caption, self._sum = label("理由", "strong"), label("", "strong", wrap=True)
        self._whole = label("", "", wrap=True)
        self._whole.setMinimumHeight(theme.sp(44))
        self.go = button("批准", "primary", "check", self.accept)
        self._arrange()
        self.piles.changed.connect(lambda _name: self._show())
        self.reason.textChanged.connect(lambda _text: self._show())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        self._show()

    def _columns(self) -> list[Column[HouseholdLook]]:
        captions = dict(PILES)
        return [
            Column("户主", lambda row: row.name or "未填姓名", 90, firm=True, bold=True),
            Column("档案编号", lambda row: row.archive_number, 168, firm=True),
            Column("结论", lambda row: captions[self._pile(row)], 84, lambda row: _INKS[self._pile(row)], firm=True),
            Column("说明", lambda row: told(row) or "没有要注意的", 500),
        ]

    def _arrange(self) -> None:
        bar, row = QWidget(), QHBoxLayout()
        bar.setLayout(row)
        row.setContentsMargins(11, 0, 8, 0)
        row.addWidget(self.piles)
        row.addStretch(1)
        self._none = EmptyState("circle-check", "这一类没有。")
        self._card = ListCard(bar, self.table, self._none)
        self.table.setMinimumHeight(theme.sp(230))
        self.body.addWidget(self._card, 1)
        self.body.addWidget(self._whole)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._caption)
        line.addWidget(self.reason, 1)
        self.body.addLayout(line)
        asked = any(self._first_pile(look) == REASON for look in self._looks)
        for part in (self._caption, self.reason):
            part.setVisible(asked)
        self.foot.addWidget(self._sum, 1)
        self.foot.addWidget(button("返回修改", act=self.reject))
        self.foot.addWidget(self.go)

    def _first_pile(self, look: HouseholdLook) -> str:
        return pile_of(look, bool(self._given.reason.strip()))

    def _pile(self, look: HouseholdLook) -> str:
        return pile_of(look, bool(self._given.reason.strip() or self.reason.text().strip()))

    def _show(self) -> None:
        chosen = self.piles.value() or ALL
        by_pile = {name: [look for look in self._looks if name in (ALL, self._pile(look))] for name, _ in PILES}
        for name, caption in PILES:
            self.piles.button(name).setText(f"{caption} {len(by_pile[name]):,}")
        at = max(0, self.table.currentIndex().row())
        self.rows.show_rows(by_pile[chosen])
        self._card.stack.setCurrentWidget(self.table if by_pile[chosen] else self._none)
        if by_pile[chosen]:
            self.table.selectRow(min(at, len(by_pile[chosen]) - 1))
        good = len(by_pile[GOOD])
        total = f"，合计 {format_amount(self._given.amount * good)} 元" if self._given.amount else ""
        waiting = len(by_pile[REASON])
        none = f"写上理由，可以批准 {waiting:,} 户。" if waiting else "一户也不能批准。"
        self._sum.setText(f"批准 {good:,} 户{total}。" if good else none)
        self.go.setText(f"批准 {good:,} 户")
        self.go.setEnabled(good > 0)
        self._tell()

    def _tell(self) -> None:
        """The findings of the household that is marked, in full."""
        row = self.rows.row_at(self.table.currentIndex())
        if row is None or row.look is None:
            self._whole.setText(row.fault if row else "")
            return
        stops = [finding.text for finding in row.look.findings if finding.weight is Weight.STOP]
        self._whole.setText(f"{row.name}：{' '.join(stops) or told(row) or '没有要注意的，可以批准。'}")

    def wanted(self) -> list[tuple[str, GrantInput]]:
        """What to grant: a reason typed here goes with those that want one."""
        typed = self.reason.text().strip()
        good = [look for look in self._looks if self._pile(look) == GOOD]
        return [
            (look.archive_id, replace(self._given, reason=typed) if self._first_pile(look) == REASON else self._given)
            for look in good
        ]
