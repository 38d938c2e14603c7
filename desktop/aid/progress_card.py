"""需求和落实 in the tab 救助: what the plan promised, how far each measure is, and what there is to show for it."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from db.domain.plan_progress import SERVICE_OF, MeasureLine, MeasureState, Progress
from db.domain.records.record_form import RecordKind
from db.services import aid_services
from db.services.aid_services import finish_measure
from db.services.archiving import Archive
from db.services.former_archives import FormerArchive, household_records
from desktop import theme
from desktop.aid.ask_dialog import Ask, AskDialog
from desktop.aid.card_lines import below, empty
from desktop.context import AppContext
from desktop.moves.former_mark import former_mark
from desktop.widgets.basics import Card, Icon, button, label, line

_SIGNS = {
    MeasureState.DONE: ("circle-check", theme.GREEN),
    MeasureState.LATE: ("triangle-alert", theme.AMBER),
    MeasureState.OPEN: ("circle-dot", theme.ACTION),
}
_NO_PLAN = "还没有帮扶计划：先写需要什么、要达到什么，再一条一条定措施。"
_NO_MEASURE = "计划里写了需求，还没有定措施。"
FEW = 5


class ProgressCard(Card):
    """The plan of one household against what it got."""

    service_wanted = Signal(str, str)  # kind of service and the measure it is for

    def __init__(self, context: AppContext) -> None:
        super().__init__("需求和落实")
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self._own = self._may_note = False
        self._former: dict[str, FormerArchive] = {}
        self.plan = button("去订计划和措施", "link", act=self._to_plan)
        self.head.addWidget(self.plan)

    def show_archive(self, archive: Archive, own: bool, former: Mapping[str, FormerArchive]) -> None:
        """Show how far the help of *archive* is; *own*: measures may be finished here, but for those of *former* archives."""
        self._archive, self._own = archive, own
        self._may_note = own or aid_services.may_note(self._session, archive.id)
        measures = household_records(self._session, archive.id, RecordKind.MEASURE) if former else []
        self._former = {item.record_id: former[item.archive_id] for item in measures if item.archive_id in former}
        self.plan.setVisible(own)
        self._show(aid_services.household_progress(self._session, archive.id))

    def _show(self, found: Progress) -> None:
        empty(self)
        late = f"，逾期 {found.late} 条" if found.late else ""
        self.hint.setText(f"措施 {found.planned} 条，已落实 {found.done} 条{late}" if found.planned else "")
        if found.plan is None:
            self.body.addWidget(label(_NO_PLAN, "secondary", wrap=True))
        else:
            year = found.plan.text("year")
            self.body.addWidget(label(f"{year} 年需求：{found.plan.text('needs')}", "", wrap=True))
            self.body.addWidget(label(f"目标：{found.plan.text('goal')}", "secondary", wrap=True))
            if not found.measures:
                self.body.addWidget(label(_NO_MEASURE, "warning", wrap=True))
        for item in found.measures:
            self.body.addWidget(line())
            self.body.addLayout(below(self._row(item), self._shown_by(item)))
        if found.unplanned and found.planned:
            self.body.addWidget(line())
            told = "；".join(each.words for each in found.unplanned[-FEW:])
            more = f"等 {len(found.unplanned)} 件" if len(found.unplanned) > FEW else ""
            self.body.addWidget(label(f"措施以外的：{told}{more}", "secondary", wrap=True))

    def _row(self, item: MeasureLine) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon(*_SIGNS[item.state], 18))
        row.addWidget(label(item.label, "badge"))
        row.addWidget(label(item.words, "strong", wrap=True), 1)
        row.addWidget(label(item.when, "warning" if item.state is MeasureState.LATE else "secondary"))
        if item.record_id in self._former:
            row.addWidget(former_mark(self._context, self._former[item.record_id]))
        elif item.state is not MeasureState.DONE:
            kind = SERVICE_OF.get(item.content.text("measure_kind"))
            if kind and self._may_note:
                row.addWidget(button("记服务…", "link", act=partial(self.service_wanted.emit, kind, item.record_id)))
            if self._own:
                row.addWidget(button("已落实…", "link", act=self._finisher(item)))
        return row

    def _shown_by(self, item: MeasureLine) -> str:
        told = "；".join(each.words for each in item.shown_by[-FEW:])
        if item.may_be_done:
            return f"{told}。落实了就点“已落实”。"
        result = item.content.text("result")
        return "　".join(filter(None, (told, result)))

    def _finisher(self, item: MeasureLine) -> Callable[[], None]:
        last = item.shown_by[-1].on_day if item.shown_by else self._session.today

        def ask() -> None:
            assert self._archive is not None
            archive_id = self._archive.id
            asks = [Ask("day", "完成日期", last, kind="day"), Ask("result", "落实情况和效果")]

            def act(given: object) -> None:
                assert isinstance(given, dict)
                finish_measure(self._session, item.record_id, str(given["day"]), str(given["result"]))

            if AskDialog(self, f"已落实：{item.words[:24]}", asks, "保存", act).exec():
                self._context.window.notify("措施已落实。")
                self._context.changes.archives_changed.emit({archive_id})

        return ask

    def _to_plan(self) -> None:
        assert self._archive is not None
        self._context.window.show_page("archive", archive_id=self._archive.id, tab="pairing")
