"""结对 as a tab of the archive: who looks after the household, what is due, its plan and measures, and their papers."""

from collections.abc import Callable
from datetime import date
from functools import partial
from types import ModuleType

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.records.help_plan import HELP_PLAN, MEASURE
from db.domain.records.pairing import PAIRING, SETTLED
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.errors import NuandangError
from db.services import duties, pairing, records
from db.services.archiving import Archive
from db.services.duties import DutyState
from db.services.former_archives import FormerArchive, former_archives, household_records
from db.services.pairing import Pairing, PairOutcome
from db.services.records import Record
from desktop import background, files, messages, theme
from desktop.assessment.layouts import clear_below
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.export_dialog import print_archives
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.homevisit.contact_dialog import note_contact
from desktop.moves.former_mark import former_mark
from desktop.pairing.pair_dialog import PairDialog
from desktop.records.reason_dialog import ask_reason
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import Card, Icon, Note, button, label, line
from desktop.widgets.scrolled import scrolled

_MISTAKEN = "只有登记错的才删除；内容有变的请用“修改”。各版本和理由仍留在变更记录里。"
_MISTAKEN_PAIRING = "只有登记错的才删除；不再帮扶的请用“结束”。各版本和理由仍留在变更记录里。"
_NO_PLAN = "还没有帮扶计划。每户每年一份：需要什么、要达到什么、什么时候完成。"
_NO_MEASURE = "还没有帮扶措施。一条一条记：做什么、谁负责、什么时候完成、效果怎样。"


class PairingTab(QWidget):
    """The pairing of one household."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self._own = False
        self._former: dict[str, FormerArchive] = {}
        self._locked = Note("", "plain")
        self._cadres, self._due = Card("帮扶干部"), Card("联系和走访")
        self._plan, self._measures, self._over = Card("帮扶计划"), Card("帮扶措施"), Card("以前的结对")
        self._pair = button("结对…", "primary", "plus", self.pair)
        self._call = button("记一次联系…", "", "pencil", self.note_call)
        self._visit = button("开始走访", "", "map-pin", self.begin_visit)
        self._new_plan = button("新计划…", "", "plus", lambda: self.edit_plan(None))
        self._new_measure = button("添加措施…", "", "plus", lambda: self.edit_measure(None))
        self.paper = button("打印四件套", "", "printer", self.choose_paper)
        self.paper.setToolTip("一户一档案、一户一计划、一户一措施、一户一台帐")
        self._arrange()

    def _arrange(self) -> None:
        heads = ((self._cadres, self.paper), (self._cadres, self._pair), (self._due, self._call), (self._due, self._visit))
        for card, act in (*heads, (self._plan, self._new_plan), (self._measures, self._new_measure)):
            card.head.addWidget(act)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 10, 8)
        column.setSpacing(10)
        for part in (self._locked, self._cadres, self._due, self._plan, self._measures, self._over):
            column.addWidget(part)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    # -- showing

    def show_archive(self, archive: Archive, own: bool) -> None:
        """Show the pairing of *archive*; *own*: it may be changed here."""
        self._archive, self._own = archive, own
        self._locked.show_text("这份档案由别的单位管理，或者正在移交，这里只能看。", "plain")
        self._locked.setVisible(not own)
        for act in (self._pair, self._call, self._visit, self._new_plan, self._new_measure):
            act.setVisible(own)
        self._former = former_archives(self._session, archive.id)
        standing, over = pairing.pairings_of(self._session, archive.id)
        self._pair.setText("结对…" if not standing else "调换或增加…")
        self._show_cadres(standing)
        self._show_duties(duties.household_duties(self._session, archive.id), bool(standing))
        self._show_plan(household_records(self._session, archive.id, RecordKind.HELP_PLAN))
        self._show_measures(household_records(self._session, archive.id, RecordKind.MEASURE))
        self._show_over([*over, *self._of_former()])

    def _of_former(self) -> list[Pairing]:
        """Who looked after the household by the archives that were merged into this one; nobody is bound by that any more."""
        return [item for former in self._former for part in pairing.pairings_of(self._session, former) for item in part]

    def _show_cadres(self, standing: list[Pairing]) -> None:
        clear_below(self._cadres.body)
        if not standing:
            self._cadres.body.addLayout(_sentence("triangle-alert", theme.AMBER, "还没有帮扶干部。在档的每一户都要结对。"))
        for at, item in enumerate(standing):
            if at:
                self._cadres.body.addWidget(line())
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(Icon("user", theme.ACTION if item.is_main else theme.SECONDARY, 18))
            row.addWidget(label(item.name, "strong"))
            row.addWidget(label(item.words("role"), "badge"))
            if item.is_leader:
                row.addWidget(label("领导干部", "badge"))
            row.addWidget(label("　".join(filter(None, (item.about, item.phone)))), 1)
            row.addWidget(label(f"{item.since} 起" + (f"，到 {item.until}" if item.until else ""), "small"))
            if self._own:
                row.addWidget(button("结束…", "link", act=partial(self.end, item)))
                row.addWidget(button("删除…", "link", act=partial(self.remove, item.record, _MISTAKEN_PAIRING)))
            self._cadres.body.addLayout(row)

    def _show_duties(self, states: tuple[DutyState, ...], is_paired: bool) -> None:
        clear_below(self._due.body)
        self._due.setVisible(is_paired)
        for state in states:
            late = state.is_overdue(self._session.today)
            row = QHBoxLayout()
            row.setSpacing(10)
            sign = ("triangle-alert", theme.AMBER) if late else ("circle-check", theme.GREEN)
            row.addWidget(Icon(*sign, 18))
            row.addWidget(label(state.duty.words, "strong"))
            row.addWidget(label(f"最近一次 {state.last_on}" if state.last_on else "结对以来还没有记录", "secondary"))
            row.addStretch(1)
            days = (date.fromisoformat(self._session.today) - date.fromisoformat(state.due_on)).days
            words = f"应在 {state.due_on} 以前，已逾期 {days} 天" if late else f"下一次在 {state.due_on} 以前"
            row.addWidget(label(words, "warning" if late else ""))
            self._due.body.addLayout(row)
        if is_paired and not states:
            self._due.body.addWidget(label("在档以后开始算联系和走访的日子。", "secondary"))

    def _show_plan(self, plans: list[Record]) -> None:
        clear_below(self._plan.body)
        if not plans:
            self._plan.body.addWidget(label(_NO_PLAN, "secondary", wrap=True))
        newest = sorted(plans, key=lambda item: (int(item.content.text("year") or 0), item.on_day), reverse=True)
        for at, item in enumerate(newest):
            if at:
                self._plan.body.addWidget(line())
            head = f"{item.content.text('year')} 年"
            ends = f"，{item.content.text('until')} 前完成" if item.content.text("until") else ""
            self._plan.body.addLayout(self._titled(head, f"{item.on_day} 制定{ends}", item, self.edit_plan))
            for key in ("needs", "goal", "responsible", "note") if not at else ("goal",):
                if item.content.text(key):
                    caption = HELP_PLAN.by_key[key].label
                    self._plan.body.addWidget(label(f"{caption}：{item.content.text(key)}", "", wrap=True))

    def _show_measures(self, found: list[Record]) -> None:
        clear_below(self._measures.body)
        if not found:
            self._measures.body.addWidget(label(_NO_MEASURE, "secondary", wrap=True))
        ordered = sorted(found, key=lambda item: (bool(item.content.text("done_on")), item.ends_on or "9999", item.on_day))
        for at, item in enumerate(ordered):
            if at:
                self._measures.body.addWidget(line())
            kind = option_list("measure_kind").label(item.content.text("measure_kind"))
            state = _measure_state(item, self._session.today)
            self._measures.body.addLayout(self._titled(kind, state, item, self.edit_measure))
            result = f"　{item.content.text('result')}" if item.content.text("result") else ""
            words = f"{item.content.text('content')}（{item.content.text('responsible')}）{result}"
            self._measures.body.addWidget(label(words, "", wrap=True))

    def _titled(self, title: str, hint: str, item: Record, edit: Callable[[Record], object]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label(title, "strong"))
        row.addWidget(label(hint, "secondary"))
        row.addStretch(1)
        former = self._former.get(item.archive_id)
        if former is not None:
            row.addWidget(former_mark(self._context, former))
        elif self._own:
            row.addWidget(button("修改…", "link", act=partial(edit, item)))
            row.addWidget(button("删除…", "link", act=partial(self.remove, item, _MISTAKEN)))
        return row

    def _show_over(self, over: list[Pairing]) -> None:
        clear_below(self._over.body)
        self._over.setVisible(bool(over))
        for item in sorted(over, key=lambda each: each.until or each.since, reverse=True):
            until, reason = (f"至 {item.until}", f"，{item.words('end_reason')}") if item.until else ("起", "，没有登记结束")
            row = QHBoxLayout()
            row.setSpacing(10)
            words = f"{item.since} {until}　{item.name}　{item.about}　{item.words('role')}{reason}"
            row.addWidget(label(words, "secondary", wrap=True), 1)
            former = self._former.get(item.record.archive_id)
            if former is not None:
                row.addWidget(former_mark(self._context, former))
            self._over.body.addLayout(row)

    # -- acts

    def pair(self) -> None:
        """Give the household to a cadre, or to another one."""
        assert self._archive is not None
        PairDialog(self, self._context, [self._archive.id], self._on_paired).exec()

    def _on_paired(self, _outcome: PairOutcome) -> None:
        self._stored("已结对。")

    def end(self, item: Pairing) -> None:
        """The pairing ends; nobody follows by itself."""
        content = RecordContent({**item.record.content.values, "until": self._session.today})

        def save(given: RecordContent) -> None:
            end = (given.text("until"), given.text("end_reason"), given.text("note"))
            pairing.end_pairing(self._session, item.record_id, *end)

        self._ask(PAIRING, content, f"结束结对：{item.name}", save, hidden=SETTLED, verb="结束结对")

    def remove(self, item: Record, hint: str) -> None:
        """Take out what was entered by mistake, with the reason."""
        reason = ask_reason(self, f"删除{item.form.title}", hint, "删除")
        if not reason:
            return
        try:
            remove = pairing.remove_pairing if item.kind is RecordKind.PAIRING else records.remove_record
            remove(self._session, item.record_id, reason)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._stored("已删除。")

    def note_call(self) -> None:
        """A call on the telephone, by whoever answers for the household."""
        assert self._archive is not None
        standing = pairing.pairings_of(self._session, self._archive.id)[0]
        note_contact(self._context, self, self._archive.id, {"visitors": standing[0].name} if standing else None)

    def begin_visit(self) -> None:
        """Go to the kitchen table."""
        assert self._archive is not None
        self._context.window.show_page("visit", archive_id=self._archive.id)

    def edit_plan(self, item: Record | None) -> None:
        """A new plan of this year, or an existing one."""
        self._edit(HELP_PLAN, item, {"year": int(self._session.today[:4]), "made_on": self._session.today}, "帮扶计划")

    def edit_measure(self, item: Record | None) -> None:
        """A new measure, or an existing one: also to note that it is done."""
        self._edit(MEASURE, item, {"planned_on": self._session.today}, "帮扶措施")

    def _edit(self, form: RecordForm, item: Record | None, fresh: dict[str, int | str], title: str) -> None:
        if item is None and self._archive is not None:
            standing = pairing.pairings_of(self._session, self._archive.id)[0]
            fresh |= {"responsible": standing[0].name} if standing else {}
        content = item.content if item else RecordContent({**fresh})
        self._ask(form, content, title, self._save(form, item))

    def _save(self, form: RecordForm, item: Record | None) -> Callable[[RecordContent], object]:
        assert self._archive is not None
        archive_id, session = self._archive.id, self._session

        def save(given: RecordContent) -> object:
            if item is None:
                return records.save_record(session, archive_id, form.kind, given)
            return records.save_record(session, archive_id, form.kind, given, item.record_id, expected_version=item.id)

        return save

    def _ask(
        self,
        form: RecordForm,
        content: RecordContent,
        title: str,
        save: Callable[[RecordContent], object],
        *,
        hidden: frozenset[str] = frozenset(),
        verb: str = "保存",
    ) -> None:
        dialog = RecordDialog(
            self, self._context, form, content, title, save, archive=self._archive, hidden=hidden, verb=verb
        )
        if dialog.exec():
            self._stored("已保存。")

    def _stored(self, words: str) -> None:
        assert self._archive is not None
        self._context.window.notify(words)
        self._context.changes.archives_changed.emit({self._archive.id})

    # -- papers

    def choose_paper(self) -> None:
        """The four papers of the household: the archive itself; plan, measures and ledger."""
        menu = QMenu(self)
        menu.addAction("打印档案表…", self.print_archive)
        menu.addAction("打印计划、措施、台帐…", self.print_papers)
        menu.addAction("计划、措施、台帐存为 Excel…", self.save_papers)
        menu.addAction("打印空白表…", lambda: self.print_papers(blank=True))
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def print_archive(self) -> None:
        """The form."""
        assert self._archive is not None
        print_archives(self._context, self, [self._archive.id])

    def print_papers(self, *, blank: bool = False) -> None:
        """Preview the papers."""
        assert self._archive is not None
        ids, session, title = [] if blank else [self._archive.id], self._session, "帮扶计划、措施、台帐"

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, title, f"{title}-{session.today}.pdf", private=False, about=About(session, ids)).exec()

        background.run(self, lambda _progress: _papers().household_papers_pdf(session, ids), done, title="正在排版…")

    def save_papers(self) -> None:
        """The papers as a workbook."""
        assert self._archive is not None
        ids, session = [self._archive.id], self._session
        name = f"帮扶计划措施台帐-{self._archive.archive_number}.xlsx"
        path = files.ask_save(self, "帮扶计划、措施、台帐存为 Excel", name, "Excel (*.xlsx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: _papers().write_household_papers(session, ids, path),
                lambda _none: offer_folder(self, "帮扶计划、措施、台帐已保存。", path),
                title="正在写 Excel…",
            )


def _papers() -> ModuleType:
    """Imported late: drawing PDFs loads a lot."""
    from db.services import pairing_papers

    return pairing_papers


def _measure_state(item: Record, today: str) -> str:
    content = item.content
    if content.text("done_on"):
        return f"{content.text('done_on')} 完成"
    due = content.text("due_on")
    if not due:
        return f"{item.on_day} 确定，还没有完成"
    return f"应在 {due} 以前完成" + ("，已逾期" if due < today else "")


def _sentence(icon: str, colour: str, words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(Icon(icon, colour, 18))
    made: QLabel = label(words)
    row.addWidget(made)
    row.addStretch(1)
    return row
