"""查重: people who may be filed twice – search, look at each pair side by side, say what they are."""

from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.domain.look_alike import LIKELY, POSSIBLE, Band
from db.errors import Progress
from db.services import duplicates, merging
from db.services.duplicates import DuplicateReport, PairState
from desktop import background, messages, theme
from desktop.context import AppContext, Page
from desktop.duplicates.pair_list import COLUMNS, PairListModel
from desktop.duplicates.pair_view import PairView
from desktop.moments import moment
from desktop.moves.merge_dialog import merge_archives, unmerge
from desktop.widgets.basics import EmptyState, Note, PageHeader, set_icon, set_role
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable

PILES = (
    (PairState.OPEN, "待看"),
    (PairState.SAME_PERSON, "待合并"),
    (PairState.DIFFERENT_PEOPLE, "不是同一人"),
    (PairState.MERGED, "已合并"),
)
BANDS = (
    (None, "全部分数"),
    (Band.LIKELY, f"很可能（{LIKELY} 分以上）"),
    (Band.POSSIBLE, f"可能（{POSSIBLE}–{LIKELY - 1} 分）"),
)
_EMPTY = {
    PairState.OPEN: "没有要看的了。",
    PairState.SAME_PERSON: "还没有判为同一人的。",
    PairState.DIFFERENT_PEOPLE: "还没有判为不是同一人的。",
    PairState.MERGED: "还没有合并过。",
}


class DuplicatesPage(Page):
    """The pairs at the left, the one in hand at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._stale = True
        self._header = PageHeader("查重")
        self.search_button = self._header.add_action("查找重复", self.search, "primary", "search")
        self._left_out = Note("", "plain")
        self.states: Segmented[PairState] = Segmented(PILES)
        self.states.set_value(PairState.OPEN)
        self.band = QComboBox()
        self.band.setAccessibleName("分数")
        for band, text in BANDS:
            self.band.addItem(text, band)
        self.model = PairListModel(self._session, self)
        self.table = HouseTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("可能重复的人")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self.view = PairView()
        sentence = "把本单位存有的档案逐人比对，找出可能重复建档的人。只列出来请您判断，不会改动任何档案。"
        self._never = EmptyState("users", sentence, "查找重复", self.search)
        self._none = EmptyState("circle-check", "")
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(12)
        filters.addWidget(self.states)
        filters.addWidget(self.band)
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        both = QWidget()
        halves = QHBoxLayout(both)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(12)
        halves.addWidget(card, 2)
        halves.addWidget(self.view, 4)
        self._stack = QStackedWidget()
        for view in (both, self._never, self._none):
            self._stack.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self._left_out)
        column.addLayout(filters)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.states.changed.connect(lambda _state: self._read())
        self.band.currentIndexChanged.connect(lambda _at: self._read())
        self.table.selectionModel().currentRowChanged.connect(lambda index, _before: self._show(index))
        self.model.dataChanged.connect(lambda *_: self._show(self.table.currentIndex()))
        self.table.opened.connect(lambda _index: self.view.note.setFocus())
        self.view.decided.connect(self.decide)
        self.view.merge_wanted.connect(self.merge)
        self.view.unmerge_wanted.connect(self.unmerge)
        self.view.archive_wanted.connect(self.context.window.open_archive)
        for key, state in zip("123", self.view.acts, strict=True):
            short = QShortcut(QKeySequence(key), self)
            short.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            short.activated.connect(self.view.acts[state].click)
        short = QShortcut(QKeySequence("4"), self)
        short.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        short.activated.connect(self.view.press_merge)
        self._fit_columns()
        self.context.changes.archives_changed.connect(lambda _ids: self._on_change())

    def _fit_columns(self) -> None:
        self.table.set_widths({at: column.width for at, column in enumerate(COLUMNS)})
        self.table.stretch_column(len(COLUMNS) - 1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_columns()

    # -- what is shown

    def open(self, state: str = "", **_: Any) -> None:
        """Show the pairs; *state* names a pile."""
        if state:
            self.states.set_value(PairState(state))
            self._stale = True
        if self._stale:
            self._read()
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The pile shown."""
        return {"state": str(self._state())}

    def explain(self) -> str:
        """How the score comes about."""
        return duplicates.score_words()

    def _state(self) -> PairState:
        return self.states.value() or PairState.OPEN

    def _on_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._read()

    def _read(self, at: int | None = None) -> None:
        self._stale = False
        row = max(0, self.table.currentIndex().row()) if at is None else at
        counts = duplicates.count_pairs(self._session)
        report = duplicates.last_search(self._session)
        count = counts.of(self._state(), self.band.currentData())
        self.model.show_state(self._state(), self.band.currentData(), count)
        for state, caption in PILES:
            self.states.button(state).setText(f"{caption} {counts.of(state):,}")
        self._show_search(report)
        shown = 0 if self.model.count else 1 if report is None and self._state() is PairState.OPEN else 2
        self._none.sentence.setText("没有这个分数的。" if self.band.currentIndex() else _EMPTY[self._state()])
        self._stack.setCurrentIndex(shown)
        # one primary act per page: where pairs wait to be merged, it is there
        merging_now = self._state() is PairState.SAME_PERSON and bool(self.model.count)
        set_role(self.search_button, "role", "" if merging_now else "primary")
        set_icon(self.search_button, "search", theme.SECONDARY if merging_now else theme.PAGE)
        if self.model.count:
            self.table.selectRow(min(row, self.model.count - 1))

    def _show_search(self, report: DuplicateReport | None) -> None:
        groups = report.large_groups if report else ()
        self._left_out.setVisible(bool(groups))
        self._left_out.show_text("\n".join(f"{each.people:,} 人{each.text}，没有逐一比对" for each in groups[:3]), "plain")
        if report is None:
            self._header.set_texts("查重", "还没有查过")
            return
        changed = duplicates.changed_since_search(self._session, report)
        when = moment(report.searched_at, date.fromisoformat(self._session.today))
        after = f"，之后有 {changed:,} 户改过" if changed else ""
        self._header.set_texts("查重", f"{when} 比对了 {report.people:,} 人{after}")

    def _show(self, index: QModelIndex) -> None:
        self.keep()
        pair = self.model.row(index.row()) if index.isValid() else None
        self.view.setVisible(pair is not None)
        self.view.pair = None
        if pair is not None:
            merged = merging.merge_of_pair(self._session, pair.key) if pair.state is PairState.MERGED else None
            self.view.show_pair(duplicates.load_pair(self._session, pair.key), merged)

    def keep(self) -> None:
        """Keep the note typed beside the pair in hand."""
        pair, note = self.view.pair, self.view.note.text().strip()
        if pair is not None and note != pair.note:
            duplicates.note_pair(self._session, pair.key, note)

    # -- acts

    def search(self) -> None:
        """Compare everybody anew."""
        session = self._session

        def work(progress: Progress) -> DuplicateReport:
            return duplicates.find_duplicates(session, progress)

        background.run(self, work, self._on_found, title="正在逐人比对…")

    def _on_found(self, report: DuplicateReport) -> None:
        self.states.set_value(PairState.OPEN)
        self._read(0)
        self.table.setFocus()
        again = f"，其中 {report.reopened} 对因身份证号改动再次列出" if report.reopened else ""
        self.context.window.notify(f"比对了 {report.people:,} 人，待看 {report.likely + report.possible:,} 对{again}。")

    def decide(self, state: PairState, note: str) -> None:
        """Write down what the clerk says about the pair in hand and go on to the next."""
        pair, at = self.view.pair, self.table.currentIndex().row()
        if pair is None:
            return
        try:
            duplicates.decide_pair(self._session, pair.key, state, note)
        except Exception as exc:  # noqa: BLE001 - shown; the pair stays in hand
            messages.show_error(self, exc)
            return
        self.view.pair = None
        stays = state is self._state()
        self._read(at + 1 if stays else at)
        self.table.setFocus()

    def merge(self) -> None:
        """Make one archive of the two of the pair in hand."""
        pair, note = self.view.pair, self.view.note.text().strip()
        if pair is None:
            return
        if merge_archives(self.context, self, pair.first.archive_id, pair.second.archive_id, note) is not None:
            self.view.pair = None
            self._read()
        self.table.setFocus()

    def unmerge(self) -> None:
        """Make two archives of the pair in hand again."""
        pair = self.view.pair
        made = merging.merge_of_pair(self._session, pair.key) if pair is not None else None
        if made is None:
            return
        if unmerge(self.context, self, made.id):
            self.view.pair = None
            self._read()
        self.table.setFocus()
