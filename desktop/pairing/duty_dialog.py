"""How often a paired household is called and visited, where the policy in force does not say."""

from PySide6.QtWidgets import QGridLayout, QSpinBox, QWidget

from db.domain.pairing_duties import DEFAULT_DUTIES
from db.services import duties
from db.services.duties import MOST_MONTHS
from db.services.office import OfficeSession
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label


class DutyDialog(PlainDialog):
    """Asks for the months between two contacts of each sort and keeps them for the office."""

    def __init__(self, parent: QWidget | None, session: OfficeSession) -> None:
        hint = "现在执行的政策没有写明联系次数。写明了的，以政策为准，这里填的不再算数。"
        super().__init__(parent, "联系和走访的次数", hint, 460)
        self._session = session
        self.months: dict[str, QSpinBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for at, duty in enumerate(duties.duty_rules(session).duties):
            box = QSpinBox()
            box.setRange(1, MOST_MONTHS)
            box.setValue(duty.every_months)
            box.setSuffix(" 个月一次")
            box.setAccessibleName(f"几个月{duty.label}一次")
            self.months[duty.code] = box
            grid.addWidget(label(f"{duty.label}　每", "strong"), at, 0)
            grid.addWidget(box, at, 1)
        self.body.addLayout(grid)
        self.foot.addWidget(button("照常用的填", "link", act=self.show_usual))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("保存", "primary", act=self.store))

    def show_usual(self) -> None:
        """A call a month, a visit every half year."""
        for duty in DEFAULT_DUTIES:
            self.months[duty.code].setValue(duty.every_months)

    def store(self) -> None:
        """Keep them."""
        duties.set_duty_months(self._session, {code: box.value() for code, box in self.months.items()})
        self.accept()
