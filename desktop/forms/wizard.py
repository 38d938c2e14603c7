"""The wizard: steps, the fields of one step in the order of the paper, and the paper itself beside them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_flow import FormFlow, Place
from db.domain.form_schema import Section
from db.domain.means_income import FIGURE_KEYS
from db.domain.review import GIVEN_NUMBER
from db.domain.validation import Problem
from db.errors import NuandangError, UserError
from db.services import archiving, drafts, reviewing
from db.services.drafts import Draft
from db.services.ownership import standing_of
from desktop import messages, theme
from desktop.context import AppContext, Page
from desktop.forms.attachment_panel import AttachmentPanel
from desktop.forms.draft_keeper import DraftKeeper
from desktop.forms.form_card import FormCard
from desktop.forms.member_grid import MemberStep
from desktop.forms.paper_view import PaperView
from desktop.forms.step_body import FieldStep, PaperStep, StepBody
from desktop.forms.step_list import StepList

if TYPE_CHECKING:
    from db.services.printing import FormPages

SECTIONS = ARCHIVE_FORM.sections
LAST = len(SECTIONS) - 1


class WizardPage(Page):
    """Fills in or changes one archive, on a draft."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._keeper = DraftKeeper(self._session, self)
        self._step = 0
        self._place: Place | None = None
        self._number = ""
        self._numbers: tuple[Any, ...] = ()
        self._bodies: dict[int, StepBody] = {}
        self.steps = StepList([section.title for section in SECTIONS])
        self.card = FormCard()
        self.check = self.card.check
        self.paper = PaperView(self._compose)
        self.papers = AttachmentPanel(context, self._ensure_archive)
        # it has no place until its step is shown; without this it would outlive the lock
        self.destroyed.connect(self.papers.deleteLater)
        self._paper_folded = False
        self._arrange()
        self._connect()
        self._add_shortcuts()

    # -- building

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(self.steps)
        row.addWidget(self.card, 4)
        row.addWidget(self.paper, 3)

    def _connect(self) -> None:
        self.steps.chosen.connect(self.go_to_step)
        self.steps.discard_wanted.connect(self._discard)
        self.card.back_wanted.connect(lambda: self._walk(-1))
        self.card.next_wanted.connect(lambda: self._walk(1))
        self.card.check_wanted.connect(self.check_all)
        self.card.save_wanted.connect(self.save_draft)
        self.card.paper_wanted.connect(self.turn_paper)
        self._keeper.kept.connect(self._on_saved)
        self._keeper.failed.connect(lambda sentence: self.steps.show_saved(sentence, "error"))
        self.papers.counted.connect(lambda present, missing: self.flow.set_papers(present, missing))
        self.papers.changed.connect(self._on_papers)
        self.paper.field_clicked.connect(self._on_paper_click)
        self.paper.fold_wanted.connect(self.turn_paper)
        self.check.jump_wanted.connect(self.go_to)
        self.check.back_wanted.connect(lambda: self.go_to_step(self._step))
        self.check.submit_wanted.connect(self.submit)
        self.check.save_incomplete_wanted.connect(lambda: self._file(complete=False))
        self.check.confirmed.connect(self._on_confirmed)
        self.check.open_wanted.connect(self.context.window.open_archive)

    def _add_shortcuts(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "Ctrl+S": self.save_draft,
            "F8": self.check_all,
            "F9": self.turn_paper,
            "Ctrl+Return": self.submit,
            "Ctrl+Enter": self.submit,
        }
        for number in range(1, len(SECTIONS) + 1):
            acts[f"Alt+{number}"] = partial(self.go_to_step, number - 1)
        for keys, act in acts.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _body(self, step: int) -> StepBody:
        """The body of a step, made when first shown."""
        body = self._bodies.get(step)
        if body is None:
            body = self._bodies[step] = self._make_body(SECTIONS[step])
            body.changed.connect(self._on_changed)
            body.entered.connect(self._on_entered)
            body.left.connect(self._on_left)
            body.moved_on.connect(self._on_moved_on)
            body.open_wanted.connect(self.context.window.open_archive)
            body.finished.connect(self.card.focus_next)
            self.card.bodies.addWidget(body)
            body.bind(self.flow)
        return body

    def _make_body(self, section: Section) -> StepBody:
        if section.repeats:
            return MemberStep(section)
        if section.attachments:
            return PaperStep(section, self.papers)
        return FieldStep(section)

    # -- coming and going

    @property
    def flow(self) -> FormFlow:
        """The form being filled."""
        return self._keeper.flow

    def open(self, archive_id: str = "", draft_id: str = "", field: str = "", **place: Any) -> None:
        """Take up a draft, change an archive (at the *field* of this path), or begin with an empty form."""
        try:
            draft = self._find_draft(archive_id, draft_id)
        except (KeyError, NuandangError) as fault:
            text = str(fault) if isinstance(fault, NuandangError) else "这份草稿已经存档或放弃了。"
            self.context.window.notify(text, "warning")
            QTimer.singleShot(0, self, lambda: self.context.window.show_page("archives"))
            return
        self._keeper.take(draft)
        self._numbers = ()
        base = self._keeper.draft.archive_id
        self._number = archiving.load_archive(self._session, base).archive_number if base else ""
        self._close_given(base or "")
        for body in self._bodies.values():
            body.bind(self.flow)
        self.papers.show_archive(base or "", self.flow.asked())
        self._on_saved(self._keeper.draft.updated_at)
        self._ask_store()
        keys = [section.key for section in SECTIONS]
        step = self._keeper.draft.step
        path = field or self._keeper.draft.field_key
        known = bool(path) and self._exists(Place.of(path))
        if field and known:
            self.go_to(Place.of(field))
            return
        self.go_to_step(keys.index(step) if step in keys else 0, Place.of(path) if known else None)

    def _close_given(self, archive_id: str) -> None:
        """The 职工编号 that an office above has given is shown, not typed."""
        number, giver = reviewing.number_given(self._session, archive_id) if archive_id else ("", "")
        if number:
            self.flow.enter_value(Place(GIVEN_NUMBER), number)
            self.flow.given = {GIVEN_NUMBER: giver}

    def _find_draft(self, archive_id: str, draft_id: str) -> Draft:
        if draft_id:
            return drafts.load_draft(self._session, draft_id)
        found = standing_of(self._session, archive_id) if archive_id else None
        if found is not None and not found.may_change:
            raise UserError(found.code, **found.context)
        return drafts.start_draft(self._session, archive_id or None)

    def _exists(self, place: Place) -> bool:
        if place.member_id:
            return place.member_id in self.flow.member_ids()
        return ARCHIVE_FORM.has_field(place.field)

    def place(self) -> dict[str, Any]:
        """The draft, so that the lock leads back to it; an untouched empty form needs none."""
        return {"draft_id": self._keeper.draft.id} if self._keeper.draft.updated_at else {}

    def keep(self) -> None:
        """Store what is half typed."""
        self._take_typed()
        self._keeper.keep()

    def _take_typed(self) -> None:
        for body in self._bodies.values():
            body.take_typed()

    # -- moving

    def go_to_step(self, step: int, place: Place | None = None) -> None:
        """Show a step, with the cursor at *place* or where it is to be gone on."""
        self._show_fields()
        self._step = step
        body = self._body(step)
        self.card.show_step(step, LAST, SECTIONS[step], body)
        self._refresh()
        here = place is not None and self.flow.step_of(place) == step and self.flow.is_shown(place)
        target = place if here else self.flow.first_open(step)
        self._show_place(target)
        body.focus(target)

    def go_to(self, place: Place) -> None:
        """Jump to a field wherever it is."""
        self.go_to_step(self.flow.step_of(place), place)

    def _walk(self, by: int) -> None:
        if by > 0 and self._step == LAST:
            self.submit()
            return
        self.go_to_step(max(0, min(LAST, self._step + by)))

    def _on_moved_on(self, place: Place, by: int) -> None:
        step, target = self.flow.neighbour(place, by)
        if step != self._step:
            self.go_to_step(step, target)
        elif target is not None:
            self._body(step).focus(target)
        elif by > 0:
            self.card.focus_next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a button presses it."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    # -- what fields tell

    def _on_changed(self, place: Place | None) -> None:
        self._keeper.touch()
        self.steps.show_saved("正在填写…")
        self._ask_store()
        self._refresh()

    def _on_entered(self, place: Place) -> None:
        self._keeper.stand_at(self._step, place)
        self._show_place(place)

    def _on_left(self, place: Place) -> None:
        self._ask_store()
        self._refresh()

    def _on_confirmed(self, problem: Problem, reason: str) -> None:
        self.flow.confirm(problem, reason)
        self._on_changed(None)
        self.check.show_findings(self.flow)

    def _show_place(self, place: Place | None) -> None:
        """Explain the present field and mark it on the paper."""
        self._place = place
        index = None
        if place is not None and place.member_id in self.flow.member_ids():
            index = self.flow.member_ids().index(place.member_id)
        section = SECTIONS[self._step]
        if place is not None:
            self.paper.show_field(place.field, index)
        elif section.repeats:
            self.paper.show_field(section.fields[0].key, 0)
        elif section.attachments:
            self.paper.show_field("attachments", 0)
        self.card.explain(self.flow.spec(place).help if place else "")

    def _ask_store(self) -> None:
        """What other archives and the means worksheet say; asked when an ID number or an income figure changed."""
        records = (self.flow.content.values, *self.flow.content.members)
        numbers = tuple(record.get(key) for record in records for key in ("id_number", *FIGURE_KEYS))
        if numbers != self._numbers:
            self._numbers = numbers
            archive_id = self._keeper.draft.archive_id
            self.flow.set_elsewhere(archiving.outside_problems(self._session, self.flow.content, archive_id))

    def _refresh(self) -> None:
        self._bodies[self._step].refresh()
        self.paper.refresh()
        self.steps.show_title(self._heading(), bool(self._keeper.draft.updated_at))
        self.steps.show_states(self._step, [self.flow.state(step) for step in range(len(SECTIONS))])
        self.steps.show_progress(*self.flow.progress())

    def _heading(self) -> str:
        name = self.flow.content.text("name")
        return name or ("修改档案" if self._keeper.draft.archive_id else "新建档案")

    def explain(self) -> str:
        """What F1 says: the present field in the words of the filling guide."""
        if self._place is None:
            return SECTIONS[self._step].hint
        spec = self.flow.spec(self._place)
        must = "必填。" if self.flow.is_required(self._place) else spec.required.text() or "可以不填。"
        return f"{spec.label}：{must}{spec.help}"

    # -- attached papers

    def _ensure_archive(self) -> str | None:
        """Papers belong to an archive: a new household becomes an unfinished one with its first paper."""
        self._take_typed()
        if not self.flow.content.text("name"):
            self.context.window.notify("先填职工姓名，再添加材料。", "warning")
            return None
        was_new = self._keeper.draft.archive_id is None
        try:
            archive_id = self._keeper.ensure_archive()
        except NuandangError as fault:
            messages.show_error(self, fault)
            return None
        if was_new:
            self._number = archiving.load_archive(self._session, archive_id).archive_number
            self.context.changes.archives_changed.emit({archive_id})
        return archive_id

    def _on_papers(self) -> None:
        self._keeper.follow_additions()
        self.context.changes.archives_changed.emit({self._keeper.draft.archive_id})
        self._refresh()

    # -- the paper

    def _compose(self) -> Callable[[], "FormPages"]:
        content, draft, session = self.flow.printed(), self._keeper.draft, self._session

        def work() -> "FormPages":
            from db.services.printing import content_pdf

            return content_pdf(session, content, self._number, archive_id=draft.archive_id or "")

        return work

    def _on_paper_click(self, field: str, member_index: int | None) -> None:
        ids = self.flow.member_ids()
        if field == "attachments":
            self.go_to_step(next(at for at, section in enumerate(SECTIONS) if section.attachments))
        elif member_index is None:
            self.go_to(Place(field))
        elif member_index < len(ids):
            self.go_to(Place(field, ids[member_index]))
        else:
            self.go_to_step(next(at for at, section in enumerate(SECTIONS) if section.repeats))

    def turn_paper(self) -> None:
        """F9: show or fold the paper; without room beside the fields it takes their place for a while."""
        if self._has_room():
            self._paper_folded = not self._paper_folded
            self._fit_paper()
        else:
            over = self.paper.isHidden()
            self.paper.setVisible(over)
            self.card.setVisible(not over)

    def _show_fields(self) -> None:
        if self.card.isHidden():
            self._fit_paper()

    def _has_room(self) -> bool:
        return self.width() >= theme.sp(172 + 460 + 340) + 56

    def _fit_paper(self) -> None:
        beside = self._has_room() and not self._paper_folded
        self.paper.setVisible(beside)
        self.card.setVisible(True)
        self.card.unfold.setVisible(not beside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The paper folds away on a narrow screen."""
        super().resizeEvent(event)
        self._fit_paper()

    # -- saving and filing

    def save_draft(self) -> None:
        """Ctrl+S."""
        self._take_typed()
        try:
            self._keeper.save()
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.context.window.notify("草稿已保存，随时可以接着填。")

    def _on_saved(self, moment: str) -> None:
        unsaved = f"修改 {self._number}" if self._number else "还没有填写"
        self.steps.show_saved(f"草稿 · {moment[11:16]} 已自动保存" if moment else unsaved)
        self.steps.show_title(self._heading(), bool(moment))

    def check_all(self) -> None:
        """F8: everything that is missing or wrong, with jumps."""
        self._take_typed()
        self.flow.check_all()
        self._numbers = ()
        self._ask_store()
        self._refresh()
        self.card.show_check()
        self.check.show_findings(self.flow)

    def submit(self) -> None:
        """Ctrl+Enter: file the archive when nothing stands in the way, else show what does."""
        self._take_typed()
        self.flow.drop_blank_members()
        self.check_all()
        if not self.flow.open_errors() and not self.flow.open_warnings():
            self._file(complete=True)

    def _file(self, *, complete: bool) -> None:
        self._keeper.follow_additions()
        self.flow.drop_blank_members()  # confirmations name members by position
        self._refresh()
        draft = self._keeper.draft
        try:
            archive = archiving.save_archive(
                self._session,
                self.flow.asked(),
                draft.archive_id,
                expected_revision=draft.base_revision if draft.archive_id else None,
                complete=complete,
                confirmations=self.flow.confirmations,
                draft_id=draft.id,
            )
        except NuandangError as fault:
            self._explain_refusal(fault, complete)
            return
        self._keeper.take(drafts.start_draft(self._session))
        self.context.changes.archives_changed.emit({archive.id})
        self.context.window.notify(f"已存档，档案编号 {archive.archive_number}。")
        self.context.window.open_archive(archive.id)

    def _explain_refusal(self, fault: NuandangError, complete: bool) -> None:
        """Why the archive was not stored; a newer version may be passed over, its content stays in the history."""
        if fault.code != "archive_changed_elsewhere":
            messages.show_error(self, fault)
            return
        sentence = f"{fault.text()}也可以按草稿保存：那一版的内容留在变更记录里，可以查对和恢复。"
        if messages.confirm(self, sentence, "按草稿保存", refuse="先不保存"):
            self._keeper.draft.base_revision = int(str(fault.context["found"]))
            self._file(complete=complete)

    def _discard(self) -> None:
        kept = "已存档的内容不受影响。" if self._keeper.draft.archive_id else "填过的内容不能找回。"
        if not messages.confirm(self, f"放弃“{self._heading()}”的草稿？{kept}", "放弃草稿", destructive=True):
            return
        self._keeper.discard()
        archive_id = self._keeper.draft.archive_id
        self._keeper.take(drafts.start_draft(self._session))
        if archive_id:
            self.context.window.open_archive(archive_id)
        else:
            self.context.window.show_page("archives")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.steps.fit()
            self._fit_paper()
