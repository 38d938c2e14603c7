"""救助 as a tab of the archive: what the household applied for, what it was granted and paid by whom, what it may still get."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.domain.aid.list_flow import Outcome
from db.domain.field_kinds import format_amount
from db.domain.means_form import MEANS_FORM, WORKER
from db.domain.records.aid import APPLICATION
from db.domain.records.aid_service import SERVICE_OF_ITEM, service_words
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import aid, aid_limits, aid_list, aid_services, policies
from db.services.aid import Grant
from db.services.archiving import Archive
from db.services.former_archives import FormerArchive, former_archives, household_records
from db.services.records import Record
from desktop import theme
from desktop.aid import grant_acts
from desktop.aid.application_dialog import ApplicationDialog, print_application
from desktop.aid.card_lines import below, empty
from desktop.aid.grant_dialog import grant
from desktop.aid.grant_words import Beginning, beginning_of
from desktop.aid.progress_card import ProgressCard
from desktop.aid.service_card import ServiceCard
from desktop.assessment.caps_view import CapsCard
from desktop.assessment.layouts import clear
from desktop.context import AppContext
from desktop.moves.former_mark import former_mark
from desktop.students.school_card import SchoolCard
from desktop.widgets.basics import Card, Icon, Note, button, label, line

_LOOKED_AT = "这份档案由别的单位管理：申请由它登记，本单位可以批准自己的救助、记自己办的服务。"
STATES = {
    "open": ("circle-dot", theme.ACTION, "待发放"),
    Outcome.FAILED: ("circle-alert", theme.RED, "发放失败"),
    Outcome.PAID: ("circle-check", theme.GREEN, "已发放"),
    Outcome.RETURNED: ("undo-2", theme.AMBER, "发放后退回"),
    Outcome.WITHDRAWN: ("circle-x", theme.SECONDARY, "已撤销"),
}


class AidTab(QWidget):
    """The aid of one household."""

    place_wanted = Signal(str, str)  # section and field of the means worksheet

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self._own = self._may_grant = self._may_note = False
        self._former: dict[str, FormerArchive] = {}
        self._lists: dict[str, tuple[str, str]] = {}
        self._locked, self._no_policy = Note("", "plain"), Note("", "warning")
        self.applications, self.grants = Card("申请"), Card("批准和发放")
        self.apply = button("新申请…", "", "plus", lambda: self.edit_application(None))
        self.give = button("批准救助…", "primary", "check", lambda: self.begin(Beginning()))
        self.progress, self.services, self.school = ProgressCard(context), ServiceCard(context), SchoolCard(context)
        self.progress.service_wanted.connect(self.services.begin)
        self._caps = QVBoxLayout()
        self._arrange()

    def _arrange(self) -> None:
        self.applications.head.addWidget(self.apply)
        self.grants.head.addWidget(self.give)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 10, 8)
        column.setSpacing(10)
        for part in (self._locked, self._no_policy, self.progress, self.grants, self.services, self.applications, self.school):
            column.addWidget(part)
        column.addLayout(self._caps)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    # -- showing

    def show_archive(self, archive: Archive, own: bool) -> None:
        """Show the aid of *archive*; *own*: the archive may be changed here."""
        self._archive, self._own = archive, own
        may_grant = self._may_grant = aid.may_grant(self._session, archive.id)
        self.apply.setVisible(own)
        self.give.setVisible(may_grant)
        self._may_note = own or aid_services.may_note(self._session, archive.id)
        words = _LOOKED_AT if may_grant else "这份档案现在不能在这里批准救助。"
        self._locked.show_text(words, "plain")
        self._locked.setVisible(not own)
        self._former = former_archives(self._session, archive.id)
        found = aid.grants_of(self._session, archive.id)
        self.progress.show_archive(archive, own, self._former)
        self._show_grants(found)
        self.services.show_archive(archive, own, self._former)
        self._show_applications(found)
        self.school.show_archive(archive, self._former)
        self._show_caps(own)

    def _show_grants(self, found: list[Grant]) -> None:
        empty(self.grants)
        if not found:
            self.grants.body.addWidget(label("还没有批准过救助。", "secondary"))
            return
        year = int(self._session.today[:4])
        paid = sum(item.amount for item in found if item.outcome == Outcome.PAID and item.granted_on[:4] == str(year))
        self.grants.hint.setText(f"{year} 年已发放 {format_amount(paid)} 元" if paid else "")
        self._lists = aid_list.lists_waiting(self._session, [item.id for item in found])
        for at, item in enumerate(reversed(found)):
            if at:
                self.grants.body.addWidget(line())
            self.grants.body.addLayout(self._grant_row(item))

    def _grant_row(self, item: Grant) -> QVBoxLayout:
        icon, colour, words = STATES[item.outcome]
        list_id, number = self._lists.get(item.id, ("", ""))
        if number:
            icon, colour, words = "circle-dot", theme.ACTION, f"在名册 {number} 里，等着发放"
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon(icon, colour, 18))
        row.addWidget(label(item.words, "strong"))
        if item.person not in {"", WORKER}:
            row.addWidget(label(f"给 {item.recipient_name}", "badge"))
        paid = f" {item.paid_on}" if item.paid_on else ""
        row.addWidget(label(f"{words}{paid}", "error" if item.outcome == Outcome.FAILED and not number else ""))
        row.addStretch(1)
        if item.archive_id in self._former:
            row.addWidget(former_mark(self._context, self._former[item.archive_id]))
        ours = self._may_grant and item.office_id == self._session.office.id
        if ours and number:
            row.addWidget(button("打开名册", "link", act=partial(self._open_list, list_id)))
        elif ours and item.outcome in {"open", Outcome.FAILED}:
            row.addWidget(button("撤销…", "link", act=partial(self.withdraw, item)))
        if ours and item.outcome in {Outcome.PAID, Outcome.RETURNED} and item.amount:
            row.addWidget(button("登记退回…", "link", act=partial(self.note_returned, item)))
        about = "　".join(
            filter(None, (f"{item.granted_on} {item.office_name} {item.clerk_name}批准", item.fund_name, item.programme_title))
        )
        return below(row, about, f"理由：{item.excess_reason}" if item.excess_reason else "")

    def _open_list(self, list_id: str) -> None:
        self._context.window.show_page("payment_list", list_id=list_id)

    def _show_applications(self, grants: list[Grant]) -> None:
        assert self._archive is not None
        empty(self.applications)
        found = household_records(self._session, self._archive.id, RecordKind.AID_APPLICATION)
        granted = {item.application_id: item for item in grants if item.outcome != Outcome.WITHDRAWN}
        done = {
            item.content.text("application_id"): f"{item.on_day} 已办：{service_words(item.content)}"
            for item in aid_services.household_services(self._session, self._archive.id)
        }
        if not found:
            words = "还没有登记申请。口头或书面的申请都先登记，批准时从申请里带出。"
            self.applications.body.addWidget(label(words, "secondary", wrap=True))
        for at, item in enumerate(found):
            if at:
                self.applications.body.addWidget(line())
            self.applications.body.addLayout(self._application_row(item, granted.get(item.record_id), done.get(item.record_id, "")))

    def _application_row(self, item: Record, given: Grant | None, done: str) -> QVBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        sign = ("circle-check", theme.GREEN) if given or done else ("circle-dot", theme.ACTION)
        row.addWidget(Icon(*sign, 18))
        row.addWidget(label(APPLICATION.line(item.content), "strong"))
        told = f"{given.granted_on} 批准：{given.words}" if given else done or "还没有批准"
        row.addWidget(label(told, "secondary"))
        row.addStretch(1)
        if item.archive_id in self._former:
            row.addWidget(former_mark(self._context, self._former[item.archive_id]))
            return below(row, item.content.text("reason"))
        row.addWidget(button("申请表…", "link", act=partial(print_application, self, self._context, item)))
        kind = SERVICE_OF_ITEM.get(item.content.text("item"))
        if not given and not done and self._own:
            row.addWidget(button("修改…", "link", act=partial(self.edit_application, item)))
        if not given and not done and kind and self._may_note:
            row.addWidget(button("办理服务…", "link", act=partial(self.services.begin, kind, "", item.record_id)))
        if not given and not done and self._may_grant and kind != "referral":
            row.addWidget(button("批准…", "link", act=partial(self.begin, beginning_of(item.record_id, item.content))))
        return below(row, item.content.text("reason"))

    def _show_caps(self, own: bool) -> None:
        assert self._archive is not None
        clear(self._caps)
        loaded = policies.chosen_policy(self._session, date.fromisoformat(self._session.today))
        self._no_policy.show_text("还没有选定今天执行的政策，算不出各项救助的上限：到“设置 → 政策”里选。", "warning")
        self._no_policy.setVisible(loaded is None)
        if loaded is None:
            return
        caps = aid_limits.caps_of(self._session, self._archive.id)
        card = CapsCard(caps, loaded.pack.source[0].title if loaded.pack.source else "", own)
        card.wanted.connect(self._go_to)
        self._caps.addWidget(card)

    def _go_to(self, place: str) -> None:
        """Where what a cap asks for is answered."""
        section, _, key = place.partition(".")
        if section in MEANS_FORM.by_key:
            self.place_wanted.emit(section, key)
        elif section in ("policy", "standards"):
            self._context.window.show_page("settings", section="policy")
        elif self._archive is not None:
            self._context.window.edit_archive(self._archive.id)

    # -- acts

    def begin(self, beginning: Beginning) -> None:
        """Grant something to the household."""
        assert self._archive is not None
        grant(self, self._context, [self._archive.id], beginning)

    def withdraw(self, item: Grant) -> None:
        """Give a grant up."""
        grant_acts.withdraw(self, self._context, [item.id], f"“{item.words}”")

    def note_returned(self, item: Grant) -> None:
        """Money came back."""
        grant_acts.note_returned(self, self._context, item.id, f"“{item.words}”", item.amount)

    def edit_application(self, item: Record | None) -> None:
        """Register an application, or change one nothing was granted upon yet."""
        assert self._archive is not None
        archive = self._archive
        content = item.content if item else RecordContent({"applied_on": self._session.today})
        title = "修改救助申请" if item else "登记救助申请"
        dialog = ApplicationDialog(self, self._context, archive, content, title, self._save(archive.id, item))
        if dialog.exec():
            self._context.window.notify("已保存。")
            self._context.changes.archives_changed.emit({archive.id})

    def _save(self, archive_id: str, item: Record | None) -> Callable[[RecordContent], object]:
        record_id, version = (item.record_id, item.id) if item else ("", "")
        return lambda given: aid.apply_for_aid(self._session, archive_id, given, record_id, expected_version=version)
