"""One field in the wizard: caption with its star, editor and unit, what is proposed, and what is wrong beside it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from db.domain import regions
from db.domain.field_kinds import format_value
from db.domain.form_flow import Finding, Place
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.validation import Severity
from desktop import theme
from desktop.forms.editor_base import Editor
from desktop.forms.editors import editor_for
from desktop.forms.record_flow import RecordFlow
from desktop.widgets.basics import Icon, button, label

SUGGESTIONS = {
    "other_annual_income": "按年度总收入倒推 {} 填入",
    "annual_household_income": "按各项合计 {} 填入",
    "household_size": "按本人加家庭成员 {} 人填入",
    "single_parent": "按婚姻状况和子女填“{}”",
    "zero_employment": "按全家就业情况填“{}”",
    "clerk_name": "填入经办人 {}",
    "office_name": "填入本单位 {}",
    "today": "填入今天 {}",
    "office_region": "填入本单位所在地 {}",
}
_SIGNS = {
    Severity.ERROR: ("circle-alert", theme.RED, "error"),
    Severity.WARNING: ("triangle-alert", theme.AMBER, "warning"),
    Severity.NOTE: ("info", theme.SECONDARY, "secondary"),
}


def _link(text: str, act: Callable[[], object]) -> QPushButton:
    """A link as high as a line of text, so that a sentence with acts stays small beside its field."""
    made = button(text, "link", act=act)
    made.setStyleSheet(f"min-height: {theme.sp(22)}px; padding: 0 2px;")
    return made


class FindingLine(QWidget):
    """A sentence beside the field; a warning can be confirmed with a reason, another archive can be opened."""

    confirmed = Signal(object, str)  # problem, reason
    open_wanted = Signal(str)  # archive id

    def __init__(self, finding: Finding, reason: str) -> None:
        super().__init__()
        self._problem = finding.problem
        icon, colour, role = _SIGNS[finding.problem.severity]
        text = finding.problem.message
        if finding.confirmed:
            icon, colour, role = "circle-check", theme.GREEN, "secondary"
            text = f"已确认：{reason}"
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Icon(icon, colour, 15), 0, Qt.AlignmentFlag.AlignTop)
        self.sentence = label(text, role, wrap=True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(self.sentence, 1, Qt.AlignmentFlag.AlignTop)  # its first line beside the sign, however high the row
        self._column.addLayout(row)
        self._add_links(finding)
        self._column.addStretch(1)

    def _add_links(self, finding: Finding) -> None:
        links = QHBoxLayout()
        links.setContentsMargins(theme.sp(19), 0, 0, 0)
        links.setSpacing(12)
        archive_id = finding.problem.context.get("archive_id")
        if archive_id:
            links.addWidget(_link("打开那份档案", lambda: self.open_wanted.emit(str(archive_id))))
        if finding.problem.severity is Severity.WARNING:
            self.ask = _link("改写理由" if finding.confirmed else "情况属实，写明理由", self.ask_reason)
            links.addWidget(self.ask)
        if not links.count():
            return
        links.addStretch(1)
        self._column.addLayout(links)

    def ask_reason(self) -> None:
        """Open a line for the reason."""
        self.ask.hide()
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("一句话说明原因，如：另有亲属资助")
        self.reason.setAccessibleName("确认的理由")
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        row.addWidget(button("确认", act=self._confirm))
        self._column.addLayout(row)
        self.reason.returnPressed.connect(self._confirm)
        self.reason.setFocus()

    def _confirm(self) -> None:
        if self.reason.text().strip():
            self.confirmed.emit(self._problem, self.reason.text())


class FieldRow(QWidget):
    """Caption, editor and everything said about one field; shows the state the flow gives it."""

    confirmed = Signal(object, str)
    open_wanted = Signal(str)
    offer_taken = Signal(object)

    def __init__(self, spec: FieldSpec, editor: Editor | None = None) -> None:
        super().__init__()
        self.spec = spec
        self.editor: Editor = editor or editor_for(spec)
        self._shown: tuple[object, ...] = ()
        self._star = label("*", "error")
        self._caption = label(spec.label)
        self._derived = label("自动计算", "small")
        self._offer_value: Value = None
        self._offer = _link("", lambda: self.offer_taken.emit(self._offer_value))
        self._offer.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Enter and Tab walk the fields of the paper
        self._offer.hide()
        self._said = QVBoxLayout()
        self._said.setSpacing(2)
        self._arrange()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._star)
        head.addWidget(self._caption)
        head.addWidget(self._derived)
        head.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self.editor, 1)
        if self.spec.unit:
            middle.addWidget(label(self.spec.unit, "secondary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(middle)
        column.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._said)
        column.addStretch(1)
        self._derived.hide()

    def show_answer(self, flow: RecordFlow, place: Place) -> None:
        """Show what the form holds, in its tidy writing."""
        self.editor.show_answer(flow.value(place), flow.raw.get(place.path, ""))

    def show_state(self, flow: RecordFlow, place: Place, *, quiet: bool = False) -> None:
        """Show star, derivation, proposal and problems; *quiet* while the clerk is still typing here."""
        derived = flow.is_derived(place)
        self._star.setVisible(flow.is_required(place))
        giver = flow.given_by(place) if derived else ""
        self._derived.setText(f"由{giver}编定" if giver else "自动计算")
        # a record's dialog only shows some fields: nobody has computed them
        self._derived.setVisible(derived and bool(giver or self.spec.derived_by))
        self.editor.set_read_only(derived)
        findings = flow.shown_findings(place)
        if quiet:
            findings = [item for item in findings if item.confirmed]
        self._show_offer(flow.suggestion(place))
        reasons = tuple(flow.confirmations.get(item.problem.place, "") for item in findings)
        key = (tuple((item.problem.code, item.problem.message) for item in findings), reasons)
        if key != self._shown:
            self._shown = key
            self._show_findings(findings, reasons)

    def _show_findings(self, findings: list[Finding], reasons: tuple[str, ...]) -> None:
        while item := self._said.takeAt(0):
            item.widget().hide()
            item.widget().deleteLater()
        for finding, reason in zip(findings, reasons, strict=True):
            said = FindingLine(finding, reason)
            said.confirmed.connect(self.confirmed)
            said.open_wanted.connect(self.open_wanted)
            self._said.addWidget(said)
        worst = "error" if any(item.is_error for item in findings) else ""
        if not worst and any(not item.confirmed for item in findings):
            worst = "warning"
        self.editor.set_state(worst)

    def _show_offer(self, value: Value) -> None:
        self._offer_value = value
        self._offer.setVisible(value is not None)
        if value is not None:
            words = SUGGESTIONS[str(self.spec.suggested_by)]
            is_region = self.spec.kind is FieldKind.REGION
            self._offer.setText(words.format(regions.full_name(str(value)) if is_region else format_value(self.spec, value)))

    def texts(self) -> list[str]:
        """Sentences shown beside the field."""
        lines = (self._said.itemAt(at).widget() for at in range(self._said.count()))
        return [line.sentence.text() for line in lines if isinstance(line, FindingLine)]
