"""走访 at the kitchen table: one household on the whole screen, step by step, with large targets for one hand."""

from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.domain.case_words import Stage
from db.domain.form_flow import Place
from db.domain.records.home_visit import HOME_VISIT
from db.domain.validation import Problem
from db.errors import NuandangError, UserError
from db.services import casework, home_visits, visit_route
from db.services.home_visits import VisitDraft
from db.services.records import Record
from db.services.visit_route import RouteStop
from desktop import messages, theme
from desktop.context import AppContext, Page
from desktop.forms.step_list import StepButton
from desktop.homevisit.finish_step import DoneView, FinishStep
from desktop.homevisit.first_step import FirstStep
from desktop.homevisit.income_dialog import IncomeDialog
from desktop.homevisit.incomes_step import IncomesStep
from desktop.homevisit.items_step import ItemsStep
from desktop.homevisit.photo_step import PhotoStep
from desktop.homevisit.signature_step import SignatureStep
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_paper import print_visits
from desktop.homevisit.visit_step import FieldsStep, VisitStep
from desktop.widgets.basics import ElidedLabel, button, label

_RESULT = ("four_clear", "needs", "findings", "next_on")
STEPS_WIDTH, TALL, MOST_STEPS = 190, 48, 7
_EXPLAINED = {
    "visit": "走访情况：哪天、谁去的、谁接待的。入户核实要两人以上去，名字之间用顿号。",
    "items": "核实九项：照每一项下面的问题问，点一下常用的说法或者自己写；和上次不一样的自动标“有变化”。",
    "incomes": "收入：知道每月多少的填每月，按年拿的填全年。保存以后由您勾选，才填进家庭经济。",
    "result": "四清和需求：基本情况、致困原因、帮扶需求、帮扶措施，问清楚一样勾一样。",
    "photos": "照片：从相机、手机的文件夹里点选，或者选文件。照片会缩小，并去掉拍摄地点。",
    "signature": "签名：家人用手指、鼠标或笔在板上签，写上签名人，点“签好了”。签名以后再改内容，要再签一次。",
    "finish": "核对保存：看一看还缺什么，点右下角保存。没有写完也不要紧，写过的都留着。",
}


class _Step(StepButton):
    """A step as high as a finger."""

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(theme.sp(STEPS_WIDTH), theme.sp(TALL))


class VisitPage(Page):
    """Writes the visit of one household."""

    fills_screen = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.keeper: VisitKeeper | None = None
        self.made: Record | None = None
        self.steps: list[VisitStep] = []
        self._buttons: list[_Step] = []
        self._name = ElidedLabel("", "title")
        self._where = ElidedLabel("", "secondary")
        self._of = label("", "badge")
        self._kept = label("", "small")
        self._side, self._rail = QWidget(), QVBoxLayout()
        self._stack = QStackedWidget()
        self.done = DoneView()
        self._back = button("上一步", "", "chevron-left", lambda: self.go(-1))
        self._next = button("下一步", "primary", act=self.go_on)
        self._following: RouteStop | None = None
        self.setProperty("touch", True)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.sp(12))
        leave = button("退出走访", "", "x", self.leave)
        leave.setToolTip("写的内容已经留着，随时可以接着写　Esc")
        for part in (self._name, self._of):
            head.addWidget(part)
        head.addWidget(self._where, 1)
        head.addWidget(self._kept)
        head.addWidget(leave)
        top = QFrame()
        top.setObjectName("topBar")
        top.setLayout(head)
        head.setContentsMargins(20, 8, 20, 8)
        middle = QHBoxLayout()
        middle.setContentsMargins(20, 12, 20, 12)
        middle.setSpacing(theme.sp(20))
        self._rail.setSpacing(2)
        self._side.setLayout(self._rail)
        self._side.setFixedWidth(theme.sp(STEPS_WIDTH))
        middle.addWidget(self._side)
        right = QVBoxLayout()
        right.setSpacing(theme.sp(8))
        right.addWidget(self._stack, 1)
        right.addLayout(self._foot())
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addLayout(middle, 1)

    def _foot(self) -> QHBoxLayout:
        """The way on lies where the thumb is."""
        foot = QHBoxLayout()
        foot.setSpacing(theme.sp(12))
        self._give_up = button("放弃这次走访…", "quiet", "trash-2", self.give_up)
        foot.addWidget(self._give_up)
        foot.addStretch(1)
        for part in (self._back, self._next):
            part.setMinimumWidth(theme.sp(150))
            foot.addWidget(part)
        return foot

    def _connect(self) -> None:
        for number in range(1, MOST_STEPS + 1):
            QShortcut(QKeySequence(f"Alt+{number}"), self).activated.connect(partial(self._go_to_number, number))
        self.done.incomes_wanted.connect(self.ask_incomes)
        self.done.print_wanted.connect(self.print_made)
        self.done.case_wanted.connect(self._go_to_case)
        self.done.route_wanted.connect(self._go_to_route)

    # -- opening

    def open(self, archive_id: str = "", record_id: str = "", **arguments: Any) -> None:
        """Go on with the visit of *archive_id*, begin one, or change the stored one *record_id*."""
        if self._is_present(archive_id, record_id):
            return
        if not archive_id and not record_id:  # come back to after the visit was stored
            QTimer.singleShot(0, self, self._go_to_route)
            return
        try:
            change = home_visits.change_visit(self._session, record_id) if record_id else None
            self.show_draft(change or home_visits.begin_visit(self._session, archive_id))
        except NuandangError as fault:
            messages.show_error(self, fault)
            QTimer.singleShot(0, self, self._go_to_route)

    def _is_present(self, archive_id: str, record_id: str) -> bool:
        """Whether this very visit is being written here, and was not given up elsewhere meanwhile."""
        draft = self.keeper.draft if self.keeper and self.made is None else None
        if draft is None or draft.archive_id != archive_id or record_id not in ("", draft.record_id):
            return False
        return not draft.updated_at or home_visits.load_draft(self._session, archive_id) is not None

    def show_draft(self, draft: VisitDraft) -> None:
        """Show a visit to be written."""
        self.keeper, self.made = VisitKeeper(self._session, draft, self), None
        self.keeper.kept.connect(lambda moment: self._say(f"已自动保存 {moment[11:16]}"))
        self.keeper.failed.connect(lambda fault: self._say(f"没有存上：{fault}", "error"))
        self._show_head()
        self._side.show()
        self._make_steps(self.keeper)
        self._say(f"接着 {draft.updated_at[:16].replace('T', ' ')} 写的" if draft.updated_at else "边写边自动保存")
        at = next((number for number, step in enumerate(self.steps) if step.key == draft.step), 0)
        self.show_step(at)

    def _show_head(self) -> None:
        assert self.keeper is not None
        content = self.keeper.archive.content
        self._name.set_whole(self.keeper.name)
        parts = (content.text("home_address"), content.text("mobile_phone"))
        self._where.set_whole("　".join(part for part in parts if part))
        stops = visit_route.route(self._session)
        at = next((at for at, stop in enumerate(stops, 1) if stop.archive_id == self.keeper.draft.archive_id), 0)
        self._of.setText(f"第 {at} 户，共 {len(stops)} 户")
        self._of.setVisible(at > 0)

    def _make_steps(self, keeper: VisitKeeper) -> None:
        self._clear()
        sections = {section.key: section for section in HOME_VISIT.sections}
        finish = FinishStep(keeper, self._session.today)
        finish.step_wanted.connect(self._go_to_step)
        self.steps = [
            FirstStep(keeper, sections["visit"].fields),
            ItemsStep(keeper),
            IncomesStep(keeper),
            FieldsStep(keeper, "result", "四清和需求", [HOME_VISIT.by_key[key] for key in _RESULT]),
            PhotoStep(keeper, self._session),
            SignatureStep(keeper, self._session),
            finish,
        ]
        for number, step in enumerate(self.steps, 1):
            made = _Step(number, step.title)
            made.setAutoExclusive(True)
            made.clicked.connect(lambda _=False, at=number - 1: self.show_step(at))
            self._rail.addWidget(made)
            self._buttons.append(made)
            step.changed.connect(self._on_change)
            self._stack.addWidget(step)
        self._rail.addStretch(1)
        self._stack.addWidget(self.done)

    def _clear(self) -> None:
        while item := self._rail.takeAt(0):
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        for step in self.steps:
            self._stack.removeWidget(step)
            step.deleteLater()
        self._stack.removeWidget(self.done)
        self.steps, self._buttons = [], []

    # -- walking

    def show_step(self, at: int) -> None:
        """Bring a step forward."""
        assert self.keeper is not None
        self.take_typed()
        step = self.steps[at]
        if isinstance(step, FinishStep):
            self._drop_untold()
        step.refresh()
        self._stack.setCurrentWidget(step)
        self.keeper.stand_at(step.key)
        self._buttons[at].setChecked(True)
        self._back.setVisible(at > 0)
        self._next.show()
        self._next.setText(f"下一步：{self.steps[at + 1].title}" if at + 1 < len(self.steps) else "保存走访记录")
        self._give_up.show()
        self._show_states()
        self._next.setFocus()

    def _at(self) -> int:
        return next((at for at, step in enumerate(self.steps) if step is self._stack.currentWidget()), -1)

    def go_on(self) -> None:
        """The button where the thumb is: the next step, storing after the last one, then the next household."""
        if self.made is not None:
            following = self._following
            if following is not None:
                self.context.window.show_page("visit", archive_id=following.archive_id)
        elif self._at() + 1 == len(self.steps):
            self.store()
        else:
            self.go(1)

    def go(self, by: int) -> None:
        """On to the next step or back."""
        self.show_step(max(0, min(len(self.steps) - 1, self._at() + by)))

    def _go_to_number(self, number: int) -> None:
        if self.made is None and number <= len(self.steps):
            self.show_step(number - 1)

    def _go_to_step(self, key: str) -> None:
        self.show_step(next(at for at, step in enumerate(self.steps) if step.key == key))

    def _show_states(self) -> None:
        for made, step in zip(self._buttons, self.steps, strict=True):
            made.show_state(step.state())

    def _on_change(self) -> None:
        assert self.keeper is not None
        self.keeper.touch()
        self._show_states()

    def _say(self, words: str, role: str = "small") -> None:
        self._kept.setText(words)
        self._kept.setProperty("role", role)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; what was written stays."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    # -- keeping

    def take_typed(self) -> None:
        """Hand over what is being typed."""
        at = self._at()
        if at >= 0:
            self.steps[at].take_typed()

    def keep(self) -> None:
        """Keep the visit before the page is left, the lock and the end of the program."""
        if self.keeper is not None and self.made is None:
            self.take_typed()
            self.keeper.keep()

    def place(self) -> dict[str, Any]:
        """The household, and the stored visit that is being changed."""
        if self.keeper is None or self.made is not None:
            return {}
        draft = self.keeper.draft
        return {"archive_id": draft.archive_id, **({"record_id": draft.record_id} if draft.record_id else {})}

    def leave(self) -> None:
        """Back to the way of the day; the visit stays half written."""
        self._go_to_route()

    def give_up(self) -> None:
        """Throw the half-written visit away."""
        assert self.keeper is not None
        question = f"放弃“{self.keeper.name}”这次走访写的内容？照片和签名已经在附件里，不会删除。"
        if messages.confirm(self, question, "放弃", destructive=True):
            self.keeper.discard()
            self.keeper = None
            self._go_to_route()

    def explain(self) -> str:
        """What F1 says: what the step in front is for."""
        return _EXPLAINED[self.steps[self._at()].key] if self._at() >= 0 else ""

    # -- storing

    def store(self) -> None:
        """Store the visit; what is wrong is shown at its field."""
        assert self.keeper is not None
        for step in self.steps:
            step.take_typed()
        self._drop_untold()
        self.keeper.flow.drop_blank_rows()
        self.keeper.flow.touched.update(self.keeper.flow.places())
        if self.keeper.flow.unread():
            self._show_faults([])
            return
        try:
            self.made = self.keeper.finish()
        except UserError as fault:
            found = [item for item in fault.context.get("faults", ()) if isinstance(item, Problem)]
            if not found:
                messages.show_error(self, fault)
            self._show_faults(found)
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
        else:
            self._show_done()

    def _drop_untold(self) -> None:
        """Those of whom no income was told stand in no row."""
        for step in self.steps:
            if isinstance(step, IncomesStep):
                step.drop_untold()

    def _show_faults(self, found: list[Problem]) -> None:
        assert self.keeper is not None
        self.keeper.flow.show_faults(found)
        first = next((item.place for item in self.keeper.flow.findings()), None)
        if first is not None:
            self._go_to(first)

    def _go_to(self, place: Place) -> None:
        for at, step in enumerate(self.steps):
            if place in step.places():
                self.show_step(at)
                step.go_to(place)
                return

    def _show_done(self) -> None:
        assert self.keeper is not None and self.made is not None
        archive_id = self.keeper.draft.archive_id
        ahead = [stop for stop in visit_route.route(self._session) if not stop.is_done and stop.archive_id != archive_id]
        self._following = ahead[0] if ahead else None
        waits = casework.case_of(self._session, archive_id).state.stage is Stage.VERIFICATION
        self.done.show_visit(self.made, self.keeper.name, waits)
        self._stack.setCurrentWidget(self.done)
        self._side.hide()
        for part in (self._back, self._give_up):
            part.hide()
        self._next.setVisible(self._following is not None)
        self._next.setText(f"下一户：{self._following.name}" if self._following else "")
        self._say("已保存")
        self.context.changes.archives_changed.emit({archive_id})

    # -- afterwards

    def ask_incomes(self) -> None:
        """Which incomes go into the worksheet."""
        assert self.made is not None
        IncomeDialog(self, self.context, self.made.archive_id, self.made.record_id).exec()

    def print_made(self) -> None:
        """Print the visit just stored."""
        assert self.made is not None
        print_visits(self.context, self, [self.made.record_id])

    def _go_to_case(self) -> None:
        assert self.made is not None
        self.context.window.show_page("archive", archive_id=self.made.archive_id, tab="case")

    def _go_to_route(self) -> None:
        self.context.window.show_page("home_visits")
