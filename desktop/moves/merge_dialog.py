"""合并: two archives side by side, field by field which answer stays – and what else the kept one takes over."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from db.domain.merging import BOTH, KEPT, MERGED, Choices, MergeField, MergeMember
from db.errors import NuandangError
from db.services import merging
from db.services.merging import Merge, MergeOffer, MergeSide
from desktop import messages, theme
from desktop.assessment.layouts import clear
from desktop.conflicts.field_chooser import Answer
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Card, ElidedLabel, Note, button, label, line

_HINT = "两份档案是同一户，合成一份：左边保留，右边并入。并入的那份不再列出，原样留着，随时可以撤销合并。"
_OPEN = "并入的那份里还有{matters}。并入以后那里只能看，要接着办的请在保留的这份里重新登记。"
_WIDTH, _HEIGHT, _EDGE = 1040, 700, 40
_TOP = Qt.AlignmentFlag.AlignTop
_WORDS = {KEPT: "用保留的", MERGED: "用并入的", BOTH: "两边都要"}


class MergeDialog(PlainDialog):
    """Collects what the kept archive takes over; *merge* is set when it was done."""

    def __init__(self, context: AppContext, parent: QWidget | None, kept_id: str, merged_id: str, reason: str = "") -> None:
        super().__init__(parent, "合并两份档案", _HINT, width=_WIDTH)
        self._session = context.session
        self.merge: Merge | None = None
        self.offer: MergeOffer | None = None
        self._groups: dict[str, QButtonGroup] = {}
        self._people: dict[str, QCheckBox] = {}
        self.papers = QCheckBox()
        self.reason = QLineEdit(reason)
        self.reason.setPlaceholderText("说明，可不填：如“2025 年在两个村各建了一份”")
        self.reason.setAccessibleName("说明")
        self.reason.setMaxLength(merging.LONGEST_REASON)
        self._heads = (_SideCard("保留这一份"), _SideCard("并入的一份"))
        self._note = Note("", "warning")
        self._open = Note("", "warning")
        self._grid = QGridLayout()
        self._stays = label("", "secondary", wrap=True)
        self._sum = label("", "secondary", wrap=True)
        self._go = button("合并", "primary", "check", self._merge)
        self._arrange()
        self.show_offer(kept_id, merged_id)
        room = parent.window().height() - theme.sp(_EDGE) if parent else theme.sp(_HEIGHT)
        self.resize(theme.sp(_WIDTH), min(theme.sp(_HEIGHT), room))

    def _arrange(self) -> None:
        heads = QHBoxLayout()
        heads.setSpacing(12)
        swap = button("对调", "", "refresh-cw", self.swap)
        swap.setToolTip("把另一份作为保留的　Ctrl+T")
        swap.setShortcut("Ctrl+T")
        heads.addWidget(self._heads[0], 1)
        heads.addWidget(swap, 0, Qt.AlignmentFlag.AlignVCenter)
        heads.addWidget(self._heads[1], 1)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        for at, share in enumerate((2, 4, 4)):
            self._grid.setColumnStretch(at, share)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(theme.sp(150))
        self._area.setWidget(inside)
        self.body.addLayout(heads)
        self.body.addWidget(self._note)
        self.body.addWidget(self._open)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self.papers)
        self.body.addWidget(self._stays)
        self.body.addWidget(self.reason)
        self.foot.addWidget(self._sum, 1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self._go)
        self.papers.toggled.connect(lambda _on: self._tell())

    # -- what is offered

    def show_offer(self, kept_id: str, merged_id: str) -> None:
        """Show both archives, the first one as the kept one."""
        offer = merging.merge_offer(self._session, kept_id, merged_id)
        self.offer = offer
        names = offer.kept.office_name != offer.merged.office_name or not (offer.kept.is_own and offer.merged.is_own)
        for card, side in zip(self._heads, (offer.kept, offer.merged), strict=True):
            card.show_side(side, with_office=names)
        sentence = _note_words(offer)
        self._note.setVisible(bool(sentence))
        self._note.show_text(sentence, "warning" if offer.takes_over else "action")
        self._fill(offer)
        papers = len(offer.merged.papers)
        self.papers.setText(f"并入那份的 {papers} 件附件，也放进保留的档案")
        self.papers.setToolTip("\n".join(f"{paper.type_label}　{paper.name}" for paper in offer.merged.papers))
        self.papers.setVisible(bool(papers) and offer.takes_over)
        self.papers.setChecked(bool(papers) and offer.takes_over)
        stays = _stays_words(offer.merged)
        self._stays.setText(stays)
        self._stays.setVisible(bool(stays))
        self._open.setVisible(bool(offer.open_matters))
        self._open.show_text(_OPEN.format(matters="、".join(offer.open_matters)), "warning")
        self._tell()

    def swap(self) -> None:
        """Keep the other one."""
        if self.offer is not None:
            self.show_offer(self.offer.merged.archive_id, self.offer.kept.archive_id)

    def _fill(self, offer: MergeOffer) -> None:
        clear(self._grid)
        self._groups, self._people = {}, {}
        if not offer.takes_over:
            return
        section = ""
        for item in offer.fields:
            if item.is_open:
                if item.section != section:
                    section = item.section
                    self._add_head(section)
                self._add_field(item, item.caption)
        self._add_people(offer.members)
        if not self._grid.count():
            same = label("两份写的都一样，没有要选的。", "secondary")
            self._grid.addWidget(same, 0, 0, 1, 3)

    def _add_people(self, members: Iterable[MergeMember]) -> None:
        wanted = [person for person in members if person.is_new or any(item.is_open for item in person.fields)]
        if wanted:
            self._add_head("家庭成员")
        for person in wanted:
            for item in person.fields:
                if item.is_open:
                    self._add_field(item, f"{person.name}　{item.caption}")
            if person.is_new:
                self._add_person(person)

    def _add_head(self, text: str) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(label(text, "strong"), row, 0, 1, 3)
        self._grid.addWidget(line(), row + 1, 0, 1, 3)

    def _add_field(self, item: MergeField, caption: str) -> None:
        row = self._grid.rowCount()
        group = QButtonGroup(self)
        kept = Answer(item.kept_text, f"{caption}，{_WORDS[KEPT]}：{item.kept_text or '空'}")
        merged = Answer(item.merged_text, f"{caption}，{_WORDS[MERGED]}：{item.merged_text or '空'}")
        for number, answer in enumerate((kept, merged)):
            group.addButton(answer.radio, number)
        self._grid.addWidget(label(caption, "", wrap=True), row, 0, _TOP)
        self._grid.addWidget(kept, row, 1)
        self._grid.addWidget(merged, row, 2)
        if BOTH in item.choices:
            both = Answer("两边选的都留下", f"{caption}，{_WORDS[BOTH]}")
            group.addButton(both.radio, 2)
            self._grid.addWidget(both, row + 1, 1, 1, 2)
        group.button((KEPT, MERGED, BOTH).index(item.proposal)).setChecked(True)
        group.idToggled.connect(lambda _number, on: self._tell() if on else None)
        self._groups[item.path] = group

    def _add_person(self, person: MergeMember) -> None:
        told = "　".join(part for part in (person.relation, person.id_number) if part)
        box = QCheckBox(f"把 {person.name or '未填姓名'} 也列为家庭成员" + (f"（{told}）" if told else ""))
        assert self.offer
        box.setChecked(person.merged_id in self.offer.proposal.members)
        box.toggled.connect(lambda _on: self._tell())
        self._grid.addWidget(box, self._grid.rowCount(), 1, 1, 2)
        self._people[person.merged_id] = box

    # -- what was chosen

    def choose(self, path: str, source: str) -> None:
        """Choose where a field is taken from."""
        self._groups[path].button((KEPT, MERGED, BOTH).index(source)).setChecked(True)

    def choices(self) -> Choices:
        """What is chosen now."""
        chosen = {path: (KEPT, MERGED, BOTH)[group.checkedId()] for path, group in self._groups.items()}
        members = frozenset(key for key, box in self._people.items() if box.isChecked())
        taken = {path: source for path, source in chosen.items() if source != KEPT}
        return Choices(taken, members, self.papers.isChecked())

    def _tell(self) -> None:
        chosen = self.choices()
        parts = [f"改 {len(chosen.fields)} 栏"] if chosen.fields else []
        parts += [f"加 {len(chosen.members)} 人"] if chosen.members else []
        papers = len(self.offer.merged.papers) if self.offer and chosen.papers else 0
        parts += [f"加 {papers} 件附件"] if papers else []
        self._sum.setText(f"保留的档案{'，'.join(parts)}" if parts else "保留的档案内容不变")

    def _merge(self) -> None:
        assert self.offer
        kept, merged = self.offer.kept.archive_id, self.offer.merged.archive_id
        try:
            self.merge = merging.merge(self._session, kept, merged, self.choices(), self.reason.text())
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.accept()


class _SideCard(Card):
    """Who one of the two archives is."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.body.setContentsMargins(14, 10, 14, 10)
        self.body.setSpacing(2)
        self._name = ElidedLabel("", "section")
        self._number = ElidedLabel("", "secondary")
        self._state = label("", "small", wrap=True)
        self.body.addWidget(label(role, "small"))
        for part in (self._name, self._number, self._state):
            self.body.addWidget(part)

    def show_side(self, side: MergeSide, *, with_office: bool) -> None:
        """Show one of the two."""
        self._name.set_whole(side.name)
        self._number.set_whole(f"{side.archive_number}　{side.office_name}" if with_office else side.archive_number)
        missing = f"，还差 {side.missing_count} 项" if side.missing_count else "，资料齐全"
        papers = f"，附件 {len(side.papers)} 件" if side.papers else ""
        self._state.setText(f"{side.updated_at[:10]} {side.updated_by} 修改{missing}{papers}")


def _note_words(offer: MergeOffer) -> str:
    if not offer.takes_over:
        return (
            f"保留的档案归“{offer.kept.office_name}”管理，这里不改它的内容，只登记两份是同一户；"
            f"下发时告知“{offer.merged.office_name}”。"
        )
    if not offer.same_head:
        return "两份的职工本人不是同一个人：职工本人各栏都先用保留的，另一位作为家庭成员加入。请逐栏核对。"
    return ""


def _stays_words(merged: MergeSide) -> str:
    parts = [f"{year} 年家庭经济状况" for year in merged.worksheet_years]
    parts += [f"认定（{text}）" for text in merged.assessments[:2]]
    return f"{'、'.join(parts)}留在并入的那份里，打开那份随时可以查看。" if parts else ""


def merge_archives(context: AppContext, parent: QWidget, one_id: str, other_id: str, reason: str = "") -> Merge | None:
    """Ask and merge; None where it was not done."""
    try:
        kept, merged = merging.better_kept(context.session, one_id, other_id)
        dialog = MergeDialog(context, parent, kept, merged, reason)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return None
    dialog.exec()
    made = dialog.merge
    if made is not None:
        context.window.notify(f"{made.merged_number} 已并入 {made.kept_number}。")
        context.changes.archives_changed.emit({made.kept_id, made.merged_id})
    return made


def unmerge(context: AppContext, parent: QWidget, merge_id: str) -> bool:
    """Ask, then let both archives stand for themselves again."""
    try:
        made = merging.load_merge(context.session, merge_id)
        sentence = (
            f"撤销合并？{made.merged_number} 恢复成单独的一份；{made.kept_number} 因合并改的内容改回来，"
            "合并以后又改过的栏目保持现在的样子。"
        )
        if not messages.confirm(parent, sentence, "撤销合并"):
            return False
        undone = merging.undo_merge(context.session, merge_id)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return False
    context.changes.archives_changed.emit({undone.kept_id, undone.merged_id})
    if undone.stays:
        stays = "、".join(dict.fromkeys(undone.stays))
        messages.inform(parent, f"这些栏目在合并以后又改过，保持现在的样子，请核对：{stays}。", "已撤销合并")
    else:
        context.window.notify("已撤销合并，两份档案各自恢复。")
    return True
