"""Which of the incomes told on a visit go into the means worksheet: ticked by the clerk, one by one."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from db.domain.field_kinds import format_amount
from db.errors import NuandangError
from db.services import visit_incomes
from db.services.visit_incomes import IncomeProposal
from desktop import messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label

HINT = (
    "走访了解的是家里人说的数，填入以前请和工资表、银行流水核对；工资性收入要填应发数。"
    "填入后“家庭经济”存为新的一版，写明来自这次走访。"
)


class IncomeDialog(PlainDialog):
    """The proposals of the visit *record_id*."""

    def __init__(self, parent: QWidget | None, context: AppContext, archive_id: str, record_id: str) -> None:
        super().__init__(parent, "收入填入家庭经济", HINT, 720)
        self._context, self._session = context, context.session
        self._archive_id, self._record_id = archive_id, record_id
        self.boxes: dict[str, QCheckBox] = {}
        self.year = QComboBox()
        for year in visit_incomes.years_of(self._session, archive_id):
            self.year.addItem(f"{year} 年", year)
        self.year.currentIndexChanged.connect(lambda _at: self._show())
        row = QHBoxLayout()
        row.addWidget(label("填入"))
        row.addWidget(self.year)
        row.addWidget(label("的家庭经济状况"))
        row.addStretch(1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.sp(10))
        self.body.addLayout(row)
        self.body.addLayout(self._rows)
        self.foot.addStretch(1)
        self.foot.addWidget(button("不填入", act=self.reject))
        self.accept_button = button("填入所选", "primary", act=self.take)
        self.foot.addWidget(self.accept_button)
        self._show()

    def _show(self) -> None:
        while row := self._rows.takeAt(0):
            row.widget().hide()
            row.widget().deleteLater()
        self.boxes = {}
        for item in visit_incomes.income_proposals(self._session, self._record_id, int(self.year.currentData())):
            self._rows.addWidget(self._line(item))
        self._count()

    def _line(self, item: IncomeProposal) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        box = QCheckBox(f"{item.person_name}　{item.kind_label}　走访说全年 {format_amount(item.told)} 元")
        usable = not item.blocked and not item.is_same
        box.setEnabled(usable)
        box.setChecked(usable)
        box.toggled.connect(lambda _on: self._count())
        words = label(item.words + (f"（{item.note}）" if item.note else ""), "warning" if item.blocked else "secondary")
        words.setContentsMargins(theme.sp(26), 0, 0, 0)
        column.addWidget(box)
        column.addWidget(words)
        if usable:
            self.boxes[item.key] = box
        return made

    def _chosen(self) -> list[str]:
        return [key for key, box in self.boxes.items() if box.isChecked()]

    def _count(self) -> None:
        count = len(self._chosen())
        self.accept_button.setText(f"填入所选 {count} 项" if count else "没有要填入的")
        self.accept_button.setEnabled(bool(count))

    def take(self) -> None:
        """Take over what is ticked."""
        try:
            visit_incomes.accept_incomes(self._session, self._record_id, self._chosen(), int(self.year.currentData()))
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._context.window.notify(f"已填入 {self.year.currentText()}的家庭经济状况。")
        self._context.changes.archives_changed.emit({self._archive_id})
        self.accept()
