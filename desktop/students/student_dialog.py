"""The registration of a student: its fields, and beside them what the rules say while they are filled in."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from db.domain.aid.aid_check import Weight
from db.domain.field_kinds import format_amount
from db.domain.form_flow import Place
from db.domain.policy.assessment import CapResult
from db.domain.policy.explanation import amount_words
from db.domain.records.record_form import CONTINUES, RecordContent
from db.domain.records.students import EVIDENCE, STUDENT
from db.services import student_look
from db.services.archiving import Archive
from db.services.student_look import EvidenceLine, StudentLook
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.context import AppContext
from desktop.forms.choice_editors import MultiChoiceEditor
from desktop.records.looking_dialog import LookingDialog
from desktop.widgets.basics import Icon, button, label

HIDDEN = frozenset({"programme_id", "original_seen", CONTINUES})
_SIGNS = {
    Weight.STOP: ("circle-x", theme.RED, "不能登记："),
    Weight.REASON: ("triangle-alert", theme.AMBER, ""),
    Weight.NOTE: ("info", theme.ACTION, ""),
}
NONE = "--"


class StudentPanel(QFrame):
    """The limit, what is left of it, next year, the findings, and the papers to bring."""

    seen = Signal(object)  # the line whose original was seen and given back

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addLayout(self._lines)
        column.addStretch(1)

    def show_look(self, look: StudentLook) -> None:
        """Show what was found."""
        clear(self._lines)
        self._lines.addWidget(label("助学金上限", "strong"))
        for caption, words in figures_of(look):
            row = QHBoxLayout()
            row.addWidget(label(caption, "secondary"))
            row.addStretch(1)
            row.addWidget(label(words, "strong"))
            self._lines.addLayout(row)
        for finding in look.findings:
            icon, colour, before = _SIGNS[finding.weight]
            role = "error" if finding.weight is Weight.STOP else ""
            self._add(icon, colour, f"{before}{finding.text}", role)
        self._lines.addSpacing(6)
        self._lines.addWidget(label("要交的材料", "strong"))
        for line in look.evidence:
            self._add(*_evidence_sign(line), line.words)
            if not (line.seen and line.returned):
                step = button("原件看过，已退回", "link", act=partial(self.seen.emit, line))
                step.setToolTip("记下今天、您的姓名和学生的姓名，可以在“原件核对”里改")
                self._lines.addWidget(step, 0, Qt.AlignmentFlag.AlignRight)
        if look.support:
            self._lines.addSpacing(6)
            self._lines.addWidget(label("结对和岗位", "strong"))
        for words in look.support:
            self._add("users", theme.SECONDARY, words)

    def _add(self, icon: str, colour: str, text: str, role: str = "") -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        sign = Icon(icon, colour, 18)
        sign.setMinimumHeight(theme.sp(21))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(text, role, wrap=True), 1)
        self._lines.addLayout(row)


def figures_of(look: StudentLook) -> list[tuple[str, str]]:
    """The figures of the panel: caption and words."""
    cap = look.cap
    left = f"{format_amount(look.cap_left)} 元" if look.cap_left is not None else NONE
    had = f"{amount_words(cap.already)} 元" if cap is not None and cap.already else NONE
    coming = look.coming.words if look.coming else NONE
    beside = [("另给生活费、路费", _most(look.costs))] if look.costs is not None else []
    return [("最高", _most(cap)), ("今年已批", had), ("还可给", left), *beside, ("明年", coming or NONE)]


def _most(cap: CapResult | None) -> str:
    if cap is None:
        return NONE
    if cap.allowed is False:
        return "不能给"
    return f"{amount_words(cap.amount)} 元" if cap.amount is not None else "未定" if cap.missing else "不限"


def _evidence_sign(line: EvidenceLine) -> tuple[str, str]:
    if line.is_done:
        return "circle-check", theme.GREEN
    return ("circle-dot", theme.AMBER) if line.is_filed or line.seen else ("circle", theme.SECONDARY)


class StudentDialog(LookingDialog):
    """Fills in a registration; what the rules say stands beside it and follows what is typed."""

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        archive: Archive,
        content: RecordContent,
        title: str,
        save: Callable[[RecordContent], object],
    ) -> None:
        # who stands by a student is kept in 捐助和岗位; what an older registration says of it is still shown
        hidden = HIDDEN if content.text("donor") else HIDDEN | {"donor"}
        self.panel = StudentPanel()
        super().__init__(parent, context, STUDENT, content, title, save, archive=archive, panel=self.panel, hidden=hidden)
        self._household = archive.id
        self.panel.seen.connect(self._note_original)
        self._look: StudentLook | None = None
        self.look()
        self.flow.count_as_unchanged()  # the lines of the papers to bring came by themselves

    def look(self) -> None:
        """Ask the rules about what is filled in."""
        super().look()
        found = self._look = student_look.look_at_student(self._session, self._household, self.flow.content())
        self._offer_papers(found)
        self._offer_state_aid(found)
        self.panel.show_look(found)

    def show_lowest(self) -> None:
        """Scroll down to the originals and the contacts."""
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _offer_papers(self, found: StudentLook) -> None:
        """As long as nothing was noted of any original, its lines follow the kind of student."""
        rows = self.flow.rows[EVIDENCE]
        if any(key not in {"id", "paper"} for row in rows for key in row):
            return
        wanted = [line.paper.types[0] for line in found.evidence]
        if [row.get("paper") for row in rows] != wanted:
            for row_id in [str(row["id"]) for row in rows]:
                self.flow.remove_row(row_id)
            for paper in wanted:
                self.flow.add_row(EVIDENCE, paper=paper)
            for grid in self.rows:
                grid.show_rows()

    def _note_original(self, line: EvidenceLine) -> None:
        """The original was seen today and given back to the student."""
        known = next((row for row in self.flow.rows[EVIDENCE] if row.get("paper") in line.paper.types), None)
        row_id = str(known["id"]) if known else self.flow.add_row(EVIDENCE, paper=line.paper.types[0])
        today, student = self._session.today, str(self.flow.value(Place("name")) or "")
        given = {"seen_on": today, "seen_by": self._session.clerk.name, "returned_on": today, "returned_to": student}
        for key, value in given.items():
            if not self.flow.value(Place(key, row_id)):
                self.flow.enter_value(Place(key, row_id), value)
        for grid in self.rows:
            grid.show_rows()
        self.look()

    def _wanted_type(self, field: str) -> str:
        """A photo without a telling name is the paper that is still missing."""
        missing = [line.paper.types[0] for line in self._look.evidence if not line.is_filed] if self._look else []
        return missing[0] if field == "papers" and missing else super()._wanted_type(field)

    def _offer_state_aid(self, found: StudentLook) -> None:
        """六项 or 七项, as the document in force names them."""
        for grid in self.grids:
            row = grid.rows.get("state_aid")
            if row is not None and isinstance(row.editor, MultiChoiceEditor):
                row.editor.offer_only(found.state_aid)
