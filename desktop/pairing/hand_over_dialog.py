"""离任交接: every household of a cadre goes to others in one step, on one day."""

from functools import partial

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QWidget

from db.errors import NuandangError, UserError
from db.services import cadres, pairing
from db.services.cadres import CadreRow
from db.services.office import OfficeSession
from desktop import messages, theme
from desktop.exchange.dialog import PlainDialog
from desktop.pairing.pair_dialog import NO_DAY, day_in
from desktop.widgets.basics import button, label
from desktop.widgets.scrolled import scrolled

TALLEST = 300
SHARED = "shared"


class HandOverDialog(PlainDialog):
    """Asks who takes which household of *cadre* and hands them over."""

    def __init__(self, parent: QWidget | None, session: OfficeSession, cadre: CadreRow) -> None:
        hint = "原来的结对到这一天为止，新的从这一天开始，一户也不会空着；以前的结对留在记录里。"
        super().__init__(parent, f"交接：{cadre.name}的 {cadre.households} 户", hint, 660)
        self._session, self._cadre = session, cadre
        others = cadres.list_cadres(session)
        self._others = [row for row in others if row.cadre_id != cadre.cadre_id and not row.has_left(session.today)]
        self.households = pairing.households_of(session, cadre.cadre_id)
        self.takers: dict[str, QComboBox] = {}
        self.all_to = self._combo("逐户选，或者一次选定")
        self.all_to.addItem("平均分给其他干部", SHARED)
        self.on = QLineEdit(session.today)
        self.on.setAccessibleName("交接日期")
        self.on.setMaximumWidth(theme.sp(180))
        self.leaves = QCheckBox("这位干部离任，不再承担结对")
        self.leaves.setChecked(True)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("如 退休、调离")
        self.reason.setAccessibleName("离任原因")
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self._arrange()
        self.all_to.setFocus()

    def _combo(self, first: str) -> QComboBox:
        made = QComboBox()
        made.addItem(first, "")
        for row in self._others:
            made.addItem(f"{row.name}　{row.unit}　已结 {row.households} 户", row.cadre_id)
        made.setMinimumWidth(theme.sp(300))
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return made

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(label("都交给", "strong"))
        top.addWidget(self.all_to, 1)
        self.all_to.setAccessibleName("都交给")
        self.all_to.currentIndexChanged.connect(lambda _at: self._take_all())
        self.body.addLayout(top)
        self.body.addWidget(self._list())
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(label("交接日期", "strong"))
        below.addWidget(self.on)
        below.addSpacing(12)
        below.addWidget(label("离任原因", "strong"))
        below.addWidget(self.reason, 1)
        self.body.addLayout(below)
        self.body.addWidget(self.leaves)
        self.leaves.toggled.connect(self.reason.setEnabled)
        self.body.addWidget(self._fault)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button(f"交接 {len(self.households)} 户", "primary", act=self.store))

    def _list(self) -> QScrollArea:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 4, 10, 4)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        for at, item in enumerate(self.households):
            combo = self._combo("请选择接手的干部")
            combo.setAccessibleName(f"{item.name}由谁接手")
            combo.currentIndexChanged.connect(partial(self._on_taken))
            self.takers[item.archive_id] = combo
            grid.addWidget(label(item.name or "未填姓名", "strong"), at, 0)
            grid.addWidget(label(item.archive_number, "secondary"), at, 1)
            grid.addWidget(combo, at, 2)
        grid.setRowStretch(len(self.households), 1)
        scroll = scrolled(inside)
        scroll.setFixedHeight(min(inside.sizeHint().height() + 4, theme.sp(TALLEST)))
        return scroll

    def _on_taken(self, _at: int) -> None:
        self._fault.hide()

    def _take_all(self) -> None:
        chosen = self.all_to.currentData()
        shared = dict.fromkeys(self.takers, chosen)
        if chosen == SHARED:
            shared = pairing.share_out(self._session, self._cadre.cadre_id, [row.cadre_id for row in self._others])
        for archive_id, combo in self.takers.items():
            combo.setCurrentIndex(max(0, combo.findData(shared.get(archive_id, ""))))

    def store(self) -> None:
        """Hand over; what is wrong is said, and the dialog stays."""
        on = day_in(self.on)
        if on is None:
            self._say(NO_DAY.format(text=self.on.text()))
            return
        takers = {archive_id: str(combo.currentData()) for archive_id, combo in self.takers.items()}
        leaves = self.leaves.isChecked()
        try:
            pairing.hand_over(
                self._session, self._cadre.cadre_id, takers, on, leaves=leaves, reason=self.reason.text().strip()
            )
        except UserError as fault:
            self._say(str(fault.context.get("first") or fault.text()))
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            self.accept()

    def _say(self, words: str) -> None:
        self._fault.setText(words)
        self._fault.show()
