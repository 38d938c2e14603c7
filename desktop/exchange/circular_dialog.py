"""Write or change a notice: title, words, day, and to whom it goes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from db.errors import UserError
from db.services import circulars, exchange
from db.services.circulars import Circular
from db.services.office import OfficeSession
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.exchange.tick_rows import TickList
from desktop.widgets.basics import button, label


class CircularDialog(PlainDialog):
    """A notice being written; with *circular* an own one being changed."""

    def __init__(self, parent: QWidget, session: OfficeSession, circular: Circular | None = None) -> None:
        hint = "" if circular else "写好后先留在本单位，下发审核结果时一起带给各单位。"
        super().__init__(parent, "修改通知" if circular else "写通知", hint, 640)
        self._session, self._circular = session, circular
        self.title = QLineEdit()
        self.title.setMaxLength(circulars.LONGEST_TITLE)
        self.body_text = QPlainTextEdit()
        self.body_text.setMinimumHeight(theme.sp(160))
        self.body_text.setTabChangesFocus(True)
        self.due = QLineEdit()
        self.due.setPlaceholderText("没有期限可以不填，例如 2026-12-10")
        self.audience = QComboBox()
        self.audience.addItem("全部下级单位", False)
        self.audience.addItem("只给下面勾选的单位", True)
        self.offices = TickList("发给哪些单位")
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self._arrange()
        self._fill()
        self.audience.currentIndexChanged.connect(lambda _: self._show_offices())
        self._show_offices()
        self.title.setFocus()

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("标题", self.title), ("内容", self.body_text), ("期限", self.due), ("发给", self.audience),
        )  # fmt: skip
        for number, (caption, field) in enumerate(rows):
            field.setAccessibleName(caption)
            top = Qt.AlignmentFlag.AlignTop if field is self.body_text else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(label(caption), number, 0, top)
            grid.addWidget(field, number, 1)
        grid.setColumnStretch(1, 1)
        self.offices.setMinimumHeight(theme.sp(150))
        self.body.addLayout(grid)
        self.body.addWidget(self.offices)
        self.body.addWidget(self._fault)
        self._buttons(self.foot)

    def _buttons(self, foot: QHBoxLayout) -> None:
        foot.addStretch(1)
        foot.addWidget(button("取消", act=self.reject))
        self.go: QPushButton = button("保存修改" if self._circular else "写好了", "primary", act=self.store)
        foot.addWidget(self.go)

    def _fill(self) -> None:
        partners = exchange.list_partners(self._session)
        children = [(partner.id, partner.name) for partner in partners if partner.relation == "child"]
        self.offices.show_options(children)
        if self._circular is None:
            return
        self.title.setText(self._circular.title)
        self.body_text.setPlainText(self._circular.body)
        self.due.setText(self._circular.due_on or "")
        self.audience.setCurrentIndex(1 if self._circular.audience else 0)
        self.offices.tick(self._circular.audience)
        self.audience.setEnabled(False)  # who has it already cannot be made not to have had it
        self.offices.setEnabled(False)

    def _show_offices(self) -> None:
        self.offices.setVisible(bool(self.audience.currentData()))
        self.adjustSize()

    def store(self) -> None:
        """Store the notice; what is wrong is said in the dialog."""
        words = (self.title.text(), self.body_text.toPlainText(), self.due.text().strip() or None)
        try:
            if self._circular is not None:
                circulars.edit_circular(self._session, self._circular.id, *words)
            else:
                chosen = self.offices.ticked() if self.audience.currentData() else []
                if self.audience.currentData() and not chosen:
                    self._say("请勾选至少一个单位，或选“全部下级单位”。")
                    return
                circulars.issue_circular(self._session, *words, chosen)
        except UserError as fault:
            self._say(fault.text())
            return
        self.accept()

    def _say(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.show()
