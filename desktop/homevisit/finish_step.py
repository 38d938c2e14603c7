"""The last step: what was written, what is missing, and storing it; then what may come next."""

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.domain.form_flow import Place, StepState
from db.domain.records.home_visit import (
    FEWEST_VISITORS,
    HOME,
    NINE_ITEMS,
    VERIFICATION,
    changed_since_signed,
    visitor_names,
)
from db.domain.records.record_form import record_problems
from db.domain.validation import Problem, Severity
from db.services.records import Record
from desktop import theme
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_step import VisitStep
from desktop.widgets.basics import Card, Icon, Note, button, label

_LABELS = dict(NINE_ITEMS)


class FinishStep(VisitStep):
    """A summary with jumps; the button at the foot of the page stores the visit."""

    step_wanted = Signal(str)

    def __init__(self, keeper: VisitKeeper, today: str) -> None:
        super().__init__(keeper, "finish", "核对保存", ())
        self._today = today
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.sp(10))
        self.note = Note("", "warning")
        card = Card("核对一下")
        card.body.addLayout(self._lines)
        for part in (card, self.note):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def refresh(self) -> None:
        while item := self._lines.takeAt(0):
            item.widget().hide()
            item.widget().deleteLater()
        content, flow = self.keeper.flow.content(), self.keeper.flow
        answered = [key for key, _ in NINE_ITEMS if flow.value(Place(key))]
        missing = [label for key, label in NINE_ITEMS if key not in answered]
        visitors = visitor_names(content.text("visitors"))
        self._line("visit", bool(visitors), f"走访人员 {len(visitors)} 人：{'、'.join(visitors)}" if visitors else "还没有写走访人员")
        told = f"核实了 {len(answered)} 项" + (f"，还没有问：{'、'.join(missing)}" if missing else "，九项都有了")
        self._line("items", not missing, told)
        changed = [_LABELS[key] for key, _ in NINE_ITEMS if key in self.keeper.changed()]
        if self.keeper.before is not None:
            since = self.keeper.before.on_day
            self._line("items", True, f"和上次（{since}）相比，{'、'.join(changed)}有变化" if changed else f"和上次（{since}）相比没有变化")
        rows, photos = flow.rows["incomes"], flow.value(Place("photos"))
        self._line("incomes", bool(rows), f"收入 {len(rows)} 行" if rows else "没有记收入")
        count = len(photos) if isinstance(photos, list) else 0
        self._line("photos", bool(count), f"照片 {count} 张" if count else "没有照片")
        signed = bool(flow.value(Place("signature")))
        late = changed_since_signed(content)
        told = "签名以后内容改过，请再签一次" if late else "已签名"
        self._line("signature", signed and not late, f"{content.text('signed_by')} {told}" if signed else "没有签名")
        self._show_note(len(visitors))

    def _show_note(self, visitors: int) -> None:
        flow = self.keeper.flow
        is_home = flow.value(Place("method")) == HOME and flow.value(Place("purpose")) == VERIFICATION
        found = [item for item in record_problems(flow.form, flow.content(), self._today) if item.severity is Severity.ERROR]
        words = _words(found[0]) if found else ""
        if is_home and visitors < FEWEST_VISITORS and not words:
            words = "入户核实要两个人以上去。"
        self.note.show_text(words, "warning")
        self.note.setVisible(bool(words))

    def _line(self, step: str, done: bool, words: str) -> None:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.sp(8))
        row.addWidget(Icon("circle-check" if done else "circle", theme.GREEN if done else theme.LINE_STRONG, 18))
        row.addWidget(label(words, wrap=True), 1)
        row.addWidget(button("去看" if done else "去填", "link", act=lambda: self.step_wanted.emit(step)))
        self._lines.addWidget(made)

    def state(self) -> StepState:
        """Nothing is asked here."""
        return StepState.EMPTY


def _words(fault: Problem) -> str:
    row = "" if fault.member_index is None else f"收入第 {fault.member_index + 1} 行："
    return row + fault.message


class DoneView(QWidget):
    """The visit is stored: incomes, paper, the next household."""

    incomes_wanted = Signal()
    print_wanted = Signal()
    case_wanted = Signal()
    route_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, theme.sp(24), 0, 0)
        self._column.setSpacing(theme.sp(14))

    def show_visit(self, made: Record, name: str, waits: bool) -> None:
        """Say what was stored, offer what may come next."""
        while item := self._column.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._column.addWidget(Note(f"“{name}”的走访记录已保存。", "done"))
        rows = made.content.rows.get("incomes", [])
        if rows:
            self._offer(f"把 {len(rows)} 行收入填入家庭经济…", "scale", self.incomes_wanted)
        self._offer("打印走访记录…", "printer", self.print_wanted)
        if waits:
            self._offer("去办理“入户核实完成”", "archive", self.case_wanted)
        self._offer("回到走访路线", "map-pin", self.route_wanted)
        self._column.addStretch(1)

    def _offer(self, words: str, icon: str, wanted: SignalInstance) -> None:
        made = button(words, "", icon, wanted.emit)
        self._column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
