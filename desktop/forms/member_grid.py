"""The family members: one line each, the one being edited unfolded below its line; add, copy, move, remove, undo."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import age_on
from db.domain.field_kinds import format_value
from db.domain.form_flow import FormFlow, Place
from db.domain.form_schema import Section
from desktop import theme
from desktop.forms.record_form import RecordForm
from desktop.forms.step_body import StepBody
from desktop.widgets.basics import ElidedLabel, EmptyState, Icon, button, label

_SUMMARY = ("relation_to_head", "member_identity", "health_status")


def summary_of(flow: FormFlow, member_id: str) -> str:
    """What tells members apart at a glance: relation, age, identity, health, income."""
    record = flow.record(member_id)
    parts = [format_value(ARCHIVE_FORM.member_field(key), record.get(key)) for key in _SUMMARY]
    age = age_on(record.get("birth_on"), flow.around.today)
    if age is not None:
        parts.insert(1, f"{age} 岁")
    income = format_value(ARCHIVE_FORM.member_field("monthly_income"), record.get("monthly_income"))
    if income:
        parts.append(f"月收入 {income} 元")
    return "　".join(part for part in parts if part)


class MemberCard(QFrame):
    """One member's line, and room below it for the fields."""

    opened = Signal(str)
    act_wanted = Signal(str, str)  # act, member id

    ACTS = (
        ("up", "chevron-up", "上移　Alt+↑"),
        ("down", "chevron-down", "下移　Alt+↓"),
        ("copy", "copy", "照这个人再添一人（兄弟姐妹）　Ctrl+D"),
        ("remove", "trash-2", "移除　Ctrl+Delete"),
    )

    def __init__(self, member_id: str) -> None:
        super().__init__()
        self.member_id = member_id
        self.setProperty("role", "card")
        self._number = label("", "secondary")
        self._name = label("", "strong")
        self._text = ElidedLabel("", "secondary")
        self._sign = Icon("triangle-alert", theme.RED, 16)
        self._acts: dict[str, QPushButton] = {}
        self._head = QWidget()
        self._head.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(12, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(self._number)
        row.addWidget(self._name)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        for act, icon, tip in self.ACTS:
            row.addWidget(self._act_button(act, icon, tip))
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self._head)

    def _act_button(self, act: str, icon: str, tip: str) -> QPushButton:
        made = button("", "quiet", icon, lambda: self.act_wanted.emit(act, self.member_id))
        made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        made.setToolTip(tip)
        made.setAccessibleName(tip.split("　")[0])
        self._acts[act] = made
        return made

    def show_member(self, flow: FormFlow, at: int, count: int) -> None:
        """Show the line of the member at position *at* of *count*."""
        name = format_value(ARCHIVE_FORM.member_field("name"), flow.record(self.member_id).get("name"))
        self._number.setText(str(at + 1))
        self._name.setText(name or "未填姓名")
        self._text.set_whole(summary_of(flow, self.member_id))
        places = [Place(spec.key, self.member_id) for spec in ARCHIVE_FORM.member_fields]
        shown = [item for place in places for item in flow.shown_findings(place) if not item.confirmed]
        self._sign.setVisible(bool(shown))
        if shown:
            error = any(item.is_error for item in shown)
            self._sign.show_icon("circle-alert" if error else "triangle-alert", theme.RED if error else theme.AMBER)
        self._acts["up"].setEnabled(at > 0)
        self._acts["down"].setEnabled(at < count - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the line unfolds it."""
        if self._head.geometry().contains(event.position().toPoint()):
            self.opened.emit(self.member_id)


class MemberStep(StepBody):
    """The step of the family members."""

    def __init__(self, section: Section) -> None:
        super().__init__(section)
        self._flow: FormFlow | None = None
        self._cards: dict[str, MemberCard] = {}
        self._open_id = ""
        self._removed: tuple[int, dict[str, Any]] | None = None
        self.form = RecordForm(section.fields)
        self.form.setContentsMargins(12, 8, 12, 12)
        self.form.changed.connect(self._on_changed)
        self.form.entered.connect(self.entered)
        self.form.left.connect(self.left)
        self.form.moved_on.connect(self._on_moved_on)
        self.form.open_wanted.connect(self.open_wanted)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._empty = EmptyState("users", "这里填共同生活的家庭成员，不含职工本人。一个人生活的不用填。")
        self._undo = self._make_undo()
        self.add = button("添加家庭成员", "", "plus", self.add_member)
        self.count = label("", "small")
        self._arrange()
        self._add_shortcuts()

    def _make_undo(self) -> QFrame:
        strip = QFrame()
        strip.setProperty("role", "note")
        self._undo_text = label("")
        row = QHBoxLayout(strip)
        row.setContentsMargins(12, 2, 4, 2)
        row.addWidget(self._undo_text, 1)
        row.addWidget(button("撤销移除", "link", act=self.undo))
        strip.hide()
        return strip

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.add)
        foot.addWidget(self.count)
        foot.addStretch(1)
        self.column.addWidget(self._empty)
        self.column.addLayout(self._list)
        self.column.addWidget(self._undo)
        self.column.addLayout(foot)
        self.column.addStretch(1)
        self.form.setParent(self.inside)
        self.form.hide()

    def _add_shortcuts(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "Alt+Up": lambda: self._act("up", self._open_id),
            "Alt+Down": lambda: self._act("down", self._open_id),
            "Ctrl+D": lambda: self._act("copy", self._open_id),
            "Ctrl+Delete": lambda: self._act("remove", self._open_id),
        }
        for keys, act in acts.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    # -- showing

    def bind(self, flow: FormFlow) -> None:
        self._flow, self._removed = flow, None
        self._open_id = ""
        self.form.hide()
        self.refresh()

    def refresh(self) -> None:
        flow = self._bound()
        ids = flow.member_ids()
        if [card.member_id for card in self._shown_cards()] != ids:
            self._rebuild(ids)
        for at, member_id in enumerate(ids):
            self._cards[member_id].show_member(flow, at, len(ids))
        if self._open_id in ids:
            self.form.refresh()
        self._empty.setVisible(not ids)
        self.count.setText(f"连同职工本人共 {len(flow.present_members()) + 1} 人")
        self._undo.setVisible(self._removed is not None)

    def _bound(self) -> FormFlow:
        assert self._flow is not None
        return self._flow

    def _shown_cards(self) -> list[MemberCard]:
        cards = [self._list.itemAt(at).widget() for at in range(self._list.count())]
        return [card for card in cards if isinstance(card, MemberCard)]

    def _rebuild(self, ids: list[str]) -> None:
        for card in self._shown_cards():
            self._list.removeWidget(card)
            if card.member_id not in ids:
                self._fold(card)
                del self._cards[card.member_id]
                card.hide()
                card.deleteLater()
        for member_id in ids:
            if member_id not in self._cards:
                card = self._cards[member_id] = MemberCard(member_id)
                card.opened.connect(self.unfold)
                card.act_wanted.connect(self._act)
            self._list.addWidget(self._cards[member_id])

    def _fold(self, card: MemberCard) -> None:
        if self.form.parentWidget() is card:
            card.body.removeWidget(self.form)
            self.form.setParent(self.inside)
            self.form.hide()

    def unfold(self, member_id: str) -> None:
        """Edit a member."""
        if member_id == self._open_id and self.form.parentWidget() is self._cards.get(member_id):
            return
        self.form.take_typed()
        if self._open_id in self._cards:
            self._fold(self._cards[self._open_id])
        self._open_id = member_id
        self._cards[member_id].body.addWidget(self.form)
        self.form.bind(self._bound(), member_id)
        self.form.show()

    def focus(self, place: Place | None) -> None:
        if place is None or not place.member_id:
            self.add.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self.unfold(place.member_id)
        self.form.focus(place.field)
        self.bring_into_view(self.form.rows[place.field])

    def take_typed(self) -> None:
        if self._open_id:
            self.form.take_typed()

    # -- acting

    def add_member(self) -> None:
        """One more member, ready to be typed."""
        self.form.take_typed()
        self._removed = None
        member_id = self._bound().add_member()
        self._after_act(member_id)

    def _act(self, act: str, member_id: str) -> None:
        flow = self._bound()
        if member_id not in flow.member_ids():
            return
        self.form.take_typed()
        if act == "remove":
            self.remove(member_id)
            return
        if act == "copy":
            member_id = flow.duplicate_member(member_id)
        else:
            flow.move_member(member_id, -1 if act == "up" else 1)
        self._after_act(member_id)

    def _after_act(self, member_id: str) -> None:
        self.refresh()
        self.changed.emit(None)
        self.focus(Place(self.section.fields[0].key, member_id))

    def remove(self, member_id: str) -> None:
        """Take a member out; a strip offers to bring them back."""
        flow = self._bound()
        blank = flow.is_blank_member(member_id)
        at, record = flow.remove_member(member_id)
        self._removed = None if blank else (at, record)
        self._undo_text.setText(f"已移除 {record.get('name') or '第 ' + str(at + 1) + ' 人'}")
        if member_id == self._open_id:
            self._open_id = ""
        self.refresh()
        self.changed.emit(None)
        self.add.setFocus(Qt.FocusReason.TabFocusReason)

    def undo(self) -> None:
        """Bring the removed member back."""
        if self._removed is not None:
            at, record = self._removed
            self._removed = None
            self._bound().restore_member(at, record)
            self._after_act(str(record["id"]))

    def _on_changed(self, place: Place) -> None:
        self.changed.emit(place)

    def _on_moved_on(self, place: Place, by: int) -> None:
        flow = self._bound()
        last = flow.places(flow.step_of(place))[-1]
        if by > 0 and flow.is_blank_member(place.member_id):
            # Enter on an empty line ends the list, as on paper
            self.remove(place.member_id)
            self.finished.emit()
        elif by > 0 and place == last:
            self.add.setFocus(Qt.FocusReason.TabFocusReason)
            self.bring_into_view(self.add)
        else:
            self.moved_on.emit(place, by)
