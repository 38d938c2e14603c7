"""服务和转介 in the tab 救助: what was done for the household that is no money, and what others decided on it."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from db.domain.field_kinds import format_amount
from db.domain.records.aid_service import HELPED, answer_words, is_waiting, service_words
from db.domain.records.record_form import RecordKind
from db.services import aid, aid_services
from db.services.archiving import Archive
from db.services.former_archives import FormerArchive
from db.services.records import Record
from desktop import theme
from desktop.aid.card_lines import below, empty
from desktop.aid.service_acts import note_service, open_service, remove_service
from desktop.context import AppContext
from desktop.moves.former_mark import former_mark
from desktop.widgets.basics import Card, Icon, button, label, line

_NONE = "还没有记过服务。法律援助、转介民政和残联、互助保障、就业培训这些不发钱的帮扶，也一件一件记下来。"


class ServiceCard(Card):
    """The services of one household."""

    def __init__(self, context: AppContext) -> None:
        super().__init__("服务和转介")
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self._own = self._may_note = False
        self._names: dict[str, str] = {}
        self.note = button("记服务…", "", "plus", lambda: self.begin())
        self.head.addWidget(self.note)

    def show_archive(self, archive: Archive, own: bool, former: Mapping[str, FormerArchive]) -> None:
        """Show the services of *archive*; *own*: they may be changed here."""
        self._archive, self._own = archive, own
        self._may_note = own or aid_services.may_note(self._session, archive.id)
        self._names = aid.granting_offices(self._session)
        self.note.setVisible(self._may_note)
        found = aid_services.services_of(self._session, archive.id)
        waiting = sum(is_waiting(item.content) for item in found)
        self.hint.setText(f"{waiting} 件等答复" if waiting else "")
        self._show(found, former)

    def _show(self, found: Sequence[Record], former: Mapping[str, FormerArchive]) -> None:
        empty(self)
        if not found:
            self.body.addWidget(label(_NONE, "secondary", wrap=True))
        for at, item in enumerate(found):
            if at:
                self.body.addWidget(line())
            row = self._row(item)
            if item.archive_id in former:
                row.addWidget(former_mark(self._context, former[item.archive_id]))
            self._offer(row, item, is_former=item.archive_id in former)
            worth = item.content.values.get("worth")
            given = f"对方给付 {format_amount(worth)} 元" if isinstance(worth, int) else ""
            told = "　".join(filter(None, (given, item.content.text("result"))))
            self.body.addLayout(below(row, item.content.text("what"), told))

    def _offer(self, row: QHBoxLayout, item: Record, *, is_former: bool) -> None:
        """What may be done about it here; what another office did can only be read."""
        assert self._archive is not None
        is_beside = item.kind is RecordKind.OFFICE_SERVICE
        if not (item.office_id == self._session.office.id if is_beside else self._own):
            return
        verb = "记结果…" if is_waiting(item.content) else "修改…"
        at = "" if is_beside else self._archive.id
        row.addWidget(button(verb, "link", act=partial(open_service, self, self._context, item.record_id, at)))
        if is_beside or not is_former:
            remove = partial(remove_service, self, self._context, item.record_id, item.archive_id)
            row.addWidget(button("删除…", "link", act=remove))

    def _row(self, item: Record) -> QHBoxLayout:
        assert self._archive is not None
        content = item.content
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon(*self._sign(item), 18))
        row.addWidget(label(service_words(content), "strong"))
        person = aid_services.person_name(self._archive, content)
        if person and person != self._archive.content.text("name"):
            row.addWidget(label(f"为 {person}", "badge"))
        row.addWidget(label(f"{content.text('on_day')}　{content.text('responsible')}", "secondary"))
        if item.kind is RecordKind.OFFICE_SERVICE:
            row.addWidget(label(f"{self._names.get(item.office_id, '别的单位')}办", "badge"))
        answer = answer_words(content)
        if is_waiting(content):
            late = content.text("answer_by") < self._session.today
            words = f"{answer}，应在 {content.text('answer_by')} 问结果"
            row.addWidget(label(words, "warning" if late else ""))
        elif answer:
            row.addWidget(label(answer))
        row.addStretch(1)
        return row

    def _sign(self, item: Record) -> tuple[str, str]:
        if is_waiting(item.content):
            late = item.content.text("answer_by") < self._session.today
            return ("triangle-alert", theme.AMBER) if late else ("circle-dot", theme.ACTION)
        answer = item.content.text("answer")
        return ("circle-check", theme.GREEN) if not answer or answer in HELPED else ("circle-x", theme.SECONDARY)

    def begin(self, kind: str = "", measure_id: str = "", application_id: str = "") -> None:
        """Note a service, for a measure or upon an application where one is named."""
        assert self._archive is not None
        content = aid_services.prepared_service(self._session, kind, measure_id)
        if application_id:
            content.values["application_id"] = application_id
        note_service(self, self._context, [self._archive.id], content)
