"""Register a standard of a region from a day on, with the document that says so."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.errors import UserError
from db.services import policies
from db.services.policies import NewSource, NewStandard
from desktop import messages
from desktop.exchange.dialog import PlainDialog
from desktop.policy.pack_words import typed_day
from desktop.settings.section import add_row, form_grid
from desktop.widgets.basics import button, label
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.region_picker import RegionPicker
from desktop.widgets.segmented import Segmented

if TYPE_CHECKING:
    from db.services.office import OfficeSession

_COUNTY_DEPTH, _LEAST_DEPTH = 3, 2


def _pair(first: QWidget, caption: str, second: QWidget) -> QWidget:
    """Two fields in one line, so that the form stands on a small screen in the largest font."""
    pair = QWidget()
    line = QHBoxLayout(pair)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    line.addWidget(first, 1)
    line.addWidget(label(caption))
    line.addWidget(second, 1)
    second.setAccessibleName(caption)
    return pair


class AddStandardDialog(PlainDialog):
    """Fields of one figure; it is stored when the dialog is accepted."""

    def __init__(self, parent: QWidget, session: "OfficeSession") -> None:
        super().__init__(parent, "登记标准", "照文件登记。旧的标准留着，按日期各管各的。", width=640)
        self._session = session
        topics = policies.topics(policies.policy_book(session))
        self.topic = FilterCombo(list(topics.items()))
        self.topic.set_value(next(iter(topics), None))
        self.region = RegionPicker(_COUNTY_DEPTH, _LEAST_DEPTH)
        self.region.set_code(session.office.region_code[:6])
        self.area: Segmented[str] = Segmented([("urban", "城市"), ("rural", "农村"), ("any", "城乡一样")])
        self.amount, self.begins = QLineEdit(), QLineEdit()
        self.amount.setPlaceholderText("元，如 585")
        self.begins.setPlaceholderText("年-月-日，如 2026-07-01")
        self.document, self.number, self.issuer, self.clause = (QLineEdit() for _ in range(4))
        self.clause.setPlaceholderText("如：第二条、附表")
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the first thing that is not proposed already."""
        super().showEvent(event)
        self.area.setFocus()

    def _arrange(self) -> None:
        grid = form_grid()
        rows: tuple[tuple[str, QWidget], ...] = (
            ("标准", self.topic),
            ("地区", self.region),
            ("城市或农村", self.area),
            ("金额", _pair(self.amount, "从哪天起", self.begins)),
            ("文件标题", self.document),
            ("文号", _pair(self.number, "条款", self.clause)),
            ("发文单位", self.issuer),
        )
        for caption, field in rows:
            add_row(grid, caption, field)
            named = {"金额": self.amount, "文号": self.number}.get(caption, field)
            named.setAccessibleName(caption)
        self.body.addLayout(grid)
        self.body.addWidget(self._problem)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("登记", "primary", act=self.submit))

    def _standard(self) -> NewStandard:
        code = self.region.code()
        source = NewSource(title=self.document.text(), issuer=self.issuer.text(), number=self.number.text())
        return NewStandard(
            topic=str(self.topic.value() or ""),
            region_codes=[code] if code else [],
            area=self.area.value() or "",
            begins=typed_day(self.begins.text()),
            amount=self.amount.text(),
            source=source,
            clause=self.clause.text(),
        )

    def submit(self) -> None:
        """Store the figure, or say what is missing."""
        if self.area.value() is None:
            self._complain("请选城市、农村，或“城乡一样”。")
            return
        self._store(correct=False)

    def _store(self, *, correct: bool) -> None:
        try:
            policies.add_standard(self._session, self._standard(), correct=correct)
        except UserError as fault:
            if fault.code == "standard_repeated" and messages.confirm(self, fault.text(), "改用新填的"):
                self._store(correct=True)
            else:
                self._complain(fault.text())
            return
        self.accept()

    def _complain(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()
