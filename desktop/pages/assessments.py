"""认定: the work list – who is still to be assessed, who fits and waits, who is near, what has to be looked at again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from db.errors import Cancelled, Progress
from db.services import archiving, assessing, policies
from db.services.assessing import AssessmentQuery, AssessmentRow, ManyAssessed
from desktop import background, messages
from desktop.assessment.many_dialog import ManyDialog
from desktop.assessment.work_list import STATE_BY_NAME, STATES, AssessmentListModel
from desktop.context import AppContext
from desktop.widgets.basics import EmptyState, Note, button
from desktop.widgets.work_list_page import WorkListPage, refill


class AssessmentsPage(WorkListPage[AssessmentRow]):
    """Archives by the state of their assessment."""

    title = "认定"

    def __init__(self, context: AppContext) -> None:
        self.kind, self.office = QComboBox(), QComboBox()
        self.kind.setAccessibleName("类别")
        self.office.setAccessibleName("单位")
        sentence = "先建档案，再按政策认定：属于哪一类、哪一级、每项救助最多多少。"
        super().__init__(
            context,
            [(state.name, state.caption) for state in STATES],
            AssessmentListModel(context.session),
            [(self.kind, 2), (self.office, 2)],
            EmptyState("scale", sentence, "新建第一份档案", context.window.new_archive),
        )
        self._again = button("认定所选", "primary", "scale", self.assess_ticked)
        self.header.add(self._again)
        self._no_policy = Note("", "warning")
        self._choose = button("去设置 → 政策", act=lambda: context.window.show_page("settings", section="policy"))
        policy = QHBoxLayout()
        policy.setSpacing(8)
        policy.addWidget(self._no_policy, 1)
        policy.addWidget(self._choose)
        self.notices.addLayout(policy)

    # -- what is shown

    def offer(self) -> None:
        """Classes of the policy in force, offices whose archives are here; a warning while no policy is chosen."""
        today = date.fromisoformat(self._session.today)
        loaded = policies.chosen_policy(self._session, today)
        self._no_policy.setVisible(loaded is None)
        self._choose.setVisible(loaded is None)
        self._no_policy.show_text("还没有选定今天执行的政策，现在不能认定；以前存档的认定照常可以看。", "warning")
        classes = [(item.code, item.label) for item in loaded.pack.hardship_class] if loaded else []
        refill(self.kind, "类别", classes)
        self.kind.setVisible(bool(classes))
        owners = archiving.owner_names(self._session)
        refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.table.setColumnHidden(self.model.at("单位"), len(owners) < 2)

    def query(self, state: str) -> AssessmentQuery:
        """What pile *state* means with the filters set."""
        query = replace(
            STATE_BY_NAME[state].query,
            text=self.text.text().strip(),
            class_code=self.kind.currentData(),
            office_id=self.office.currentData(),
        )
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def show_rows(self, pile: str) -> None:
        """The archives of a pile."""
        assert isinstance(self.model, AssessmentListModel)
        self.model.show_query(self.query(pile))

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile."""
        session = self._session
        queries = {state.name: replace(self.query(state.name), order="updated_at") for state in STATES}
        return lambda: {name: assessing.count_assessments(session, query) for name, query in queries.items()}

    def empty_words(self, pile: str) -> str:
        """What the pile says of itself."""
        return STATE_BY_NAME[pile].empty

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be assessed, by a policy."""
        ready = ticked > 0 and self._no_policy.isHidden()
        self._again.setEnabled(ready)
        self._again.setText(f"认定所选 {ticked:,} 户" if ticked else "认定所选")
        self._again.setToolTip("" if ready else "先勾选要认定的档案（空格勾选，Ctrl+A 全选）")

    # -- acts

    def open_row(self, row: AssessmentRow) -> None:
        """The assessment of the archive."""
        self.context.window.show_page("archive", archive_id=row.archive_id, tab="assessment")

    def assess_ticked(self) -> None:
        """Assess the ticked archives by the policy of today and keep the results."""
        ids, session = self.model.ticked_ids(), self._session
        on = date.fromisoformat(session.today)

        def work(progress: Progress) -> ManyAssessed:
            return assessing.assess_many(session, ids, on, progress)

        def done(made: ManyAssessed) -> None:
            self._after_many()
            ManyDialog(self, made).exec()

        def failed(fault: BaseException) -> None:
            self._after_many()
            if isinstance(fault, Cancelled):
                self.context.window.notify("已停下；停下以前认定的已经存档。", "warning")
            else:
                messages.show_error(self, fault)

        background.run(self, work, done, failed, title=f"正在认定 {len(ids):,} 户…")

    def _after_many(self) -> None:
        self.model.ticked.clear()
        self.context.changes.archives_changed.emit(set())
