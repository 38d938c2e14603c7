"""One pair side by side: both people, field by field, with what agrees, what it counts and why."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from db.domain.field_kinds import group_digits
from db.domain.look_alike import BAND_LABELS, Agreement
from db.services.duplicates import STATE_LABELS, FieldComparison, Pair, PairState, PersonCard
from db.services.merging import Merge
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.duplicates.pair_list import BAND_SIGNS
from desktop.widgets.basics import Card, Icon, Note, button, label, line

AGREEMENT_SIGNS = {
    Agreement.EQUAL: ("circle-check", theme.GREEN),
    Agreement.NEAR: ("circle-dot", theme.AMBER),
    Agreement.DIFFERS: ("circle-x", theme.SECONDARY),
    None: ("circle", theme.LINE_STRONG),
}
_ACTS = ((PairState.SAME_PERSON, "同一人"), (PairState.DIFFERENT_PEOPLE, "不是同一人"), (PairState.OPEN, "再看看"))
_GROUPS = {("id_number", 18): (6, 8, 4), **{("bank_account", length): (4,) for length in range(12, 20)}}
_CAPTION, _FIRST, _SECOND, _VERDICT = range(4)


class PairView(Card):
    """Shows a pair and takes what the clerk says about it."""

    decided = Signal(object, str)  # the state, the note
    archive_wanted = Signal(str)
    merge_wanted = Signal()
    unmerge_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pair: Pair | None = None
        self._sign = Icon(*AGREEMENT_SIGNS[None], 20)
        self._band = label("", "section")
        self._sum = label("", "small", wrap=True)
        self._said = Note("", "plain")
        self._grid = QGridLayout()
        self.note = QLineEdit()
        self.note.setPlaceholderText("备注，可不填：怎么核实的，和谁通过电话")
        self.note.setAccessibleName("备注")
        self.acts = {
            state: button(f"{text}　{number}", act=partial(self._decide, state))
            for number, (state, text) in enumerate(_ACTS, 1)
        }
        self.merge_button = button("合并…　4", "primary", act=self.merge_wanted.emit)
        self.unmerge_button = button("撤销合并…　4", act=self.unmerge_wanted.emit)
        self._arrange()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._sign)
        head.addWidget(self._band)
        head.addWidget(self._sum, 1)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        for at, share in ((_FIRST, 3), (_SECOND, 3), (_VERDICT, 3)):
            self._grid.setColumnStretch(at, share)
        self._lines_area = QScrollArea()
        self._lines_area.setWidgetResizable(True)
        self._lines_area.setFrameShape(QFrame.Shape.NoFrame)
        self._lines_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines_area.setWidget(inside)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.note, 1)
        for made in (*self.acts.values(), self.merge_button, self.unmerge_button):
            foot.addWidget(made)
        self.body.addLayout(head)
        self.body.addWidget(self._said)
        self.body.addWidget(self._lines_area, 1)
        self.body.addWidget(line())
        self.body.addLayout(foot)

    def press_merge(self) -> None:
        """What the key of merging does for the pair in hand."""
        for made in (self.merge_button, self.unmerge_button):
            if made.isVisible():
                made.click()
                return

    def _decide(self, state: PairState) -> None:
        self.decided.emit(state, self.note.text())

    def show_pair(self, pair: Pair, merge: Merge | None = None) -> None:
        """Show *pair* as its two archives stand today; *merge* made one of them."""
        self.pair, now = pair, pair.now
        self._sign.show_icon(*BAND_SIGNS[now.band])
        self._band.setText(f"{now.score} 分　{BAND_LABELS[now.band]}")
        self._sum.setText(_sum_words(pair))
        said, tone = _said_words(pair, merge)
        self.unmerge_button.setEnabled(merge is not None and merge.is_own)
        self._said.setVisible(bool(said))
        self._said.show_text(said, tone)
        self.note.setText(pair.note)
        merged = pair.state is PairState.MERGED
        for state, made in self.acts.items():
            made.setEnabled(state is PairState.OPEN or state is not pair.state)
            made.setVisible(not merged)
        self.merge_button.setVisible(pair.state is PairState.SAME_PERSON)
        self.unmerge_button.setVisible(merged)
        self.note.setReadOnly(merged)
        clear(self._grid)
        self._show_people(pair)
        for row, each in enumerate(pair.lines, 2):
            self._show_line(row, each)
        self._lines_area.verticalScrollBar().setValue(0)

    def _show_people(self, pair: Pair) -> None:
        for column, card in ((_FIRST, pair.first), (_SECOND, pair.second)):
            self._grid.addWidget(self._person(card), 0, column, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(line(), 1, 0, 1, 4)

    def _person(self, card: PersonCard) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(card.role, "strong", wrap=True))
        if card.office_name:
            column.addWidget(label(card.office_name, "", wrap=True))
        column.addWidget(label(card.archive_number, "small", wrap=True))
        opens = button("打开档案", "link", "folder-open", lambda: self.archive_wanted.emit(card.archive_id))
        opens.setAccessibleName(f"打开 {card.name} 的档案 {card.archive_number}")
        column.addWidget(opens, 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def _show_line(self, row: int, each: FieldComparison) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(label(each.caption, "secondary"), row, _CAPTION, top)
        role = "strong" if each.agreement is Agreement.NEAR else ""
        self._grid.addWidget(label(_eyed(each.field, each.first), role, wrap=True), row, _FIRST, top)
        self._grid.addWidget(label(_eyed(each.field, each.second), role, wrap=True), row, _SECOND, top)
        self._grid.addWidget(_verdict(each), row, _VERDICT, top)


def _eyed(field: str, text: str) -> str:
    """Long numbers in groups, so that two of them can be compared by eye."""
    sizes = _GROUPS.get((field, len(text)))
    return group_digits(text, *sizes) if sizes else text or "--"


def _verdict(each: FieldComparison) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    sign = Icon(*AGREEMENT_SIGNS[each.agreement], 16)
    sign.setMinimumHeight(theme.sp(21))
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(each.text, "" if each.agreement else "secondary", wrap=True), 1)
    row.addWidget(label(f"{each.points:+d}" if each.points else "", "strong"), 0, Qt.AlignmentFlag.AlignTop)
    return box


def _sum_words(pair: Pair) -> str:
    """How the score comes about, and that the archives changed since it was taken down."""
    total = sum(line.points for line in pair.lines)
    words = f"各项相加 {total} 分"
    if total > pair.now.score:
        words += "，满分 100" if pair.now.score == 100 else f"；没有过硬的凭据，最多 {pair.now.score} 分"
    return words if pair.score == pair.now.score else f"{words}；查找时是 {pair.score} 分，后来档案改过"


def _said_words(pair: Pair, merge: Merge | None) -> tuple[str, str]:
    """What was decided, or why the pair came back; with the tone of the strip."""
    if merge is not None:
        office = "" if merge.is_own else f"“{merge.office_name}”"
        why = f"（{merge.reason}）" if merge.reason else ""
        return f"{merge.made_at[:10]} {office}{merge.made_by}：{merge.merged_number} 已并入 {merge.kept_number}{why}", "done"
    if pair.reopened_at:
        return "以前判为不是同一人，后来其中一人的身份证号改了，请再看一次。", "warning"
    if pair.decided_at:
        return f"{pair.decided_at[:10]} {pair.decided_by}：{STATE_LABELS[pair.state]}", "done"
    return "", "plain"
