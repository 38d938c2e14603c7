"""走访 as a tab of the archive: every contact with the household, the latest first, and the acts upon each."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.records.home_visit import HOME, NINE_ITEMS, changed_since_signed
from db.domain.records.record_form import RecordContent
from db.domain.records.visit_knowledge import changed_items
from db.errors import NuandangError
from db.services import home_visits, records, visit_route
from db.services.archiving import Archive
from db.services.former_archives import FormerArchive, former_archives
from db.services.records import Record
from desktop import messages, theme
from desktop.context import AppContext
from desktop.homevisit.contact_dialog import change_contact, note_contact
from desktop.homevisit.income_dialog import IncomeDialog
from desktop.homevisit.visit_paper import print_visits, save_workbook
from desktop.moves.former_mark import former_mark
from desktop.records.reason_dialog import ask_reason
from desktop.widgets.basics import Card, EmptyState, Note, button, label
from desktop.widgets.flow_layout import FlowLayout

NONE_YET = "还没有走访和联系的记录。\n入户核实要两人以上；帮扶联系人每月电话联系一次，每半年走访一次。"


class VisitsTab(QWidget):
    """The contacts of one household."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self._may_change = False
        self.contacts: list[Record] = []
        self._former: dict[str, FormerArchive] = {}
        self._half = Note("", "warning")
        self._go = button("开始走访", "primary", "map-pin", self.begin)
        self._note = button("记一次联系…", "", "plus", self.note)
        self._route = button("列入走访路线", "", "map-pin", self._put_on)
        self._print = button("打印…", "", "printer", self._print_all)
        self._excel = button("Excel…", act=self._save_workbook)
        self._list = QVBoxLayout()
        self._empty = EmptyState("map-pin", NONE_YET)
        self._arrange()

    def _arrange(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for part in (self._go, self._note, self._route):
            acts.addWidget(part)
        acts.addStretch(1)
        for part in (self._print, self._excel):
            acts.addWidget(part)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._list.setContentsMargins(0, 0, 10, 8)
        self._list.setSpacing(10)
        inside.setLayout(self._list)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(10)
        column.addLayout(acts)
        column.addWidget(self._half)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._empty, 1)

    # -- showing

    def show_archive(self, archive: Archive, may_change: bool) -> None:
        """Show the contacts of *archive*."""
        self._archive, self._may_change = archive, may_change
        self.contacts = home_visits.contacts(self._session, archive.id)
        self._former = former_archives(self._session, archive.id)
        draft = home_visits.load_draft(self._session, archive.id) if may_change else None
        self._half.setVisible(draft is not None)
        self._half.show_text("有一次走访写了一半，点“接着写走访”写完。" if draft else "", "warning")
        self._go.setText("接着写走访" if draft else "开始走访")
        for part in (self._go, self._note, self._route):
            part.setVisible(may_change)
        for part in (self._print, self._excel):
            part.setEnabled(bool(self.contacts))
        self._empty.setVisible(not self.contacts)
        self._scroll.setVisible(bool(self.contacts))
        while item := self._list.takeAt(0):
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        for at, visit in enumerate(self.contacts):
            before = next((each for each in self.contacts[at + 1 :] if _has_items(each)), None)
            self._list.addWidget(self._card(visit, before.content if before else None))
        self._list.addStretch(1)

    def _card(self, visit: Record, before: RecordContent | None) -> Card:
        content = visit.content
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(theme.sp(8))
        head.addWidget(label(visit.on_day, "strong"))
        head.addWidget(label(option_list("visit_method").label(content.text("method")), "badge"))
        head.addWidget(label(option_list("visit_purpose").label(content.text("purpose"))))
        head.addWidget(label(content.text("visitors"), "secondary"))
        head.addStretch(1)
        if visit.archive_id in self._former:
            head.addWidget(former_mark(self._context, self._former[visit.archive_id]))
        head.addWidget(label(f"{visit.clerk_name}　{visit.made_at[:10]} 登记", "small"))
        card.body.addLayout(head)
        for words, is_new in _lines(content, before):
            card.body.addWidget(label(words, "warning" if is_new else "", wrap=True))
        card.body.addWidget(self._acts(visit))
        return card

    def _acts(self, visit: Record) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, gap=theme.sp(4), line_gap=theme.sp(4))
        flow.addWidget(button("打印…", "link", act=partial(print_visits, self._context, self, [visit.record_id])))
        if self._may_change and visit.archive_id not in self._former:
            if visit.content.rows.get("incomes"):
                flow.addWidget(button("收入填入家庭经济…", "link", act=partial(self._ask_incomes, visit)))
            flow.addWidget(button("修改…", "link", act=partial(self.change, visit)))
            flow.addWidget(button("删除…", "link", act=partial(self._remove, visit)))
        return holder

    # -- acts

    def begin(self) -> None:
        """Go to the kitchen table."""
        if self._archive is not None:
            draft = home_visits.load_draft(self._session, self._archive.id)
            record_id = draft.record_id if draft else ""
            self._context.window.show_page("visit", archive_id=self._archive.id, record_id=record_id)

    def note(self) -> None:
        """Note a call or another contact."""
        if self._archive is not None:
            note_contact(self._context, self, self._archive.id)

    def change(self, visit: Record) -> None:
        """Visits at home are changed where they are written, other contacts in the short form."""
        if visit.content.text("method") == HOME:
            self._context.window.show_page("visit", archive_id=visit.archive_id, record_id=visit.record_id)
        else:
            change_contact(self._context, self, visit)

    def _put_on(self) -> None:
        if self._archive is not None:
            added = visit_route.put_on_route(self._session, [self._archive.id])
            self._context.window.notify("已列入走访路线。" if added else "已经在走访路线上了。")

    def _ask_incomes(self, visit: Record) -> None:
        IncomeDialog(self, self._context, visit.archive_id, visit.record_id).exec()

    def _remove(self, visit: Record) -> None:
        hint = f"删除后列表里不再有 {visit.on_day} 的这条记录；各版本和理由仍留在变更记录里，照片留在附件里。"
        reason = ask_reason(self, "删除走访记录", hint, "删除")
        if not reason:
            return
        try:
            records.remove_record(self._session, visit.record_id, reason)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._context.changes.archives_changed.emit({visit.archive_id})

    def _ids(self) -> list[str]:
        return [visit.record_id for visit in reversed(self.contacts)]

    def _print_all(self) -> None:
        print_visits(self._context, self, self._ids())

    def _save_workbook(self) -> None:
        save_workbook(self._context, self, self._ids())


def _has_items(visit: Record) -> bool:
    return any(visit.content.text(key) for key, _ in NINE_ITEMS)


def _lines(content: RecordContent, before: RecordContent | None) -> list[tuple[str, bool]]:
    """What was said, line by line; new against the contact before it where the second part says so."""
    changed = changed_items(content, before)
    found = [
        (f"{'▲ ' if key in changed else ''}{words}：{content.text(key)}", key in changed)
        for key, words in NINE_ITEMS
        if content.text(key)
    ]
    for key, words in (("needs", "帮扶需求"), ("findings", "走访人员意见")):
        if content.text(key):
            found.append((f"{words}：{content.text(key)}", False))
    photos, incomes = content.values.get("photos"), content.rows.get("incomes", [])
    parts = [
        f"收入 {len(incomes)} 行" if incomes else "",
        f"照片 {len(photos)} 张" if isinstance(photos, list) else "",
        f"{content.text('signed_by')} {content.text('signed_at')} 签名" if content.text("signed_at") else "",
        "（签名以后内容有改动）" if changed_since_signed(content) else "",
        f"下次走访 {content.text('next_on')}" if content.text("next_on") else "",
    ]
    told = "　".join(part for part in parts if part)
    return [*found, (told, False)] if told else found
