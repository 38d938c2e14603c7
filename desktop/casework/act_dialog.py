"""The few things an act asks: a dialog made from their declaration; what is wrong is said under its field."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from db.domain.case_acts import ActOffer
from db.domain.case_detail import DetailFault, DetailField, DetailKind, fields_of
from db.domain.case_flow import CaseState, earlier_stages
from db.domain.case_words import STAGE_LABELS, Act
from db.domain.option_lists import option_list
from db.domain.paper_checklist import exit_evidence_words
from db.errors import NuandangError, UserError
from desktop import messages, theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label

_DAYS_KEY = "posted_days"
_HINTS = {
    Act.POST: "张贴当天不算，从第二天起按工作日（含调休）数满天数；满了以后的第二天才能办结。",
    Act.SETTLE: "提出异议那天起的公示日子不算，处理完以后接着补满。",
    Act.FAST_TRACK: "短期内无法完成核查比对时：单位民主评议、建档工会集体研究、一定范围公示后先建档，核查限期补齐。",
    Act.CANCEL: "注销以后可以恢复，记录一直保留。",
}


class ActDialog(PlainDialog):
    """Asks for the details of an act and takes it with *take*; stays open while something is wrong."""

    def __init__(
        self,
        parent: QWidget | None,
        offer: ActOffer,
        state: CaseState,
        today: date,
        days: int | None,
        take: Callable[[dict[str, str], int | None], object],
    ) -> None:
        super().__init__(parent, offer.label, _HINTS.get(offer.act, ""))
        self._take = take
        self._today = today
        self.fields: dict[str, QWidget] = {}
        self._faults: dict[str, QLabel] = {}
        self.days: QSpinBox | None = None
        if offer.act is Act.STEP_BACK:
            self._add("to_stage", "退回到", self._choices([(stage, STAGE_LABELS[stage]) for stage in earlier_stages(state)]))
        for item in fields_of(offer.asks):
            self._add(item.key, item.label, self._editor(item))
        if offer.act is Act.POST and days is None:
            self.days = QSpinBox()
            self.days.setRange(1, 90)
            self.days.setValue(5)
            self._add(_DAYS_KEY, "公示天数（政策没有写明，请按当地规定填）", self.days)
        reason = self.fields.get("exit_reason")
        if offer.act is Act.BEGIN_EXIT and isinstance(reason, QComboBox):
            reason.currentIndexChanged.connect(lambda _at: self._tell_evidence(str(reason.currentData())))
            self._tell_evidence("")
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button(offer.label, "primary", act=self._accept))

    def _add(self, key: str, caption: str, editor: QWidget) -> None:
        fault = label("", "error", wrap=True)
        fault.hide()
        editor.setAccessibleName(caption)
        for part in (label(caption, "strong"), editor, fault):
            self.body.addWidget(part)
        self.fields[key], self._faults[key] = editor, fault

    def _tell_evidence(self, reason: str) -> None:
        """Which papers the chosen reason needs."""
        self.hint.setText(exit_evidence_words(reason) or "每一种脱困原因都要有依据，选了以后这里写明要哪些材料。")
        self.hint.show()

    def _editor(self, item: DetailField) -> QWidget:
        if item.kind is DetailKind.CHOICE:
            return self._choices([(option.code, option.label) for option in option_list(item.options).current()])
        if item.kind is DetailKind.TEXT:
            made = QPlainTextEdit()
            made.setTabChangesFocus(True)
            made.setFixedHeight(theme.sp(84))
            return made
        line = QLineEdit()
        if item.kind is DetailKind.DAY:
            line.setPlaceholderText(f"如 {self._today.isoformat()}")
            line.setText(self._today.isoformat() if item.past else "")
        return line

    @staticmethod
    def _choices(options: list[tuple[str, str]]) -> QComboBox:
        made = QComboBox()
        made.addItem("请选择", "")
        for code, words in options:
            made.addItem(words, str(code))
        return made

    def detail(self) -> dict[str, str]:
        """What was filled in, by key."""
        return {key: _text_of(editor) for key, editor in self.fields.items() if key != _DAYS_KEY}

    def _accept(self) -> None:
        try:
            self._take(self.detail(), self.days.value() if self.days else None)
        except UserError as fault:
            self._show_faults(fault)
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            self.accept()

    def _show_faults(self, fault: UserError) -> None:
        told = [item for item in fault.context.get("faults", ()) if isinstance(item, DetailFault)]
        for shown in self._faults.values():
            shown.hide()
        if not told:
            messages.show_error(self, fault)
            return
        for item in told:
            self._faults[item.key].setText(item.text)
            self._faults[item.key].show()
        self.fields[told[0].key].setFocus()


def _text_of(editor: QWidget) -> str:
    if isinstance(editor, QComboBox):
        return str(editor.currentData())
    return editor.toPlainText() if isinstance(editor, QPlainTextEdit) else getattr(editor, "text", str)()
