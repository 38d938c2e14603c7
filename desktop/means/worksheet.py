"""The means worksheet as a tab of the archive: sections at the left, the questions or ledger of one of them beside."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.domain.means_flow import HOUSEHOLD, Fault, MeansFlow
from db.domain.means_form import MEANS_FORM, MeansContent
from db.errors import NuandangError
from db.services.archiving import Archive
from db.services.means import Means
from desktop import messages, theme
from desktop.assessment.paper import print_worksheet
from desktop.context import AppContext
from desktop.means.form_figures import FormFigures
from desktop.means.household_pane import HouseholdPane
from desktop.means.ledger_pane import LedgerPane
from desktop.means.section_list import SectionList
from desktop.means.sheet_keeper import SheetKeeper, usual_year
from desktop.means.sheet_summary import SheetSummary
from desktop.means.sheet_versions import VersionStrip, version_menu
from desktop.moments import moment
from desktop.widgets.basics import ElidedLabel, button, label

SECTIONS = MEANS_FORM.sections


class Worksheet(QWidget):
    """Fills in the means of one archive, year by year."""

    saved = Signal()
    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._keeper: SheetKeeper | None = None
        self._may_change = True
        self._viewed: MeansFlow | None = None
        self._section = HOUSEHOLD
        self._panes: dict[str, HouseholdPane | LedgerPane] = {}
        self.year_box = QComboBox()
        self.year_box.setAccessibleName("年度")
        self._again = button("照去年", "", "copy", self.copy_last_year)
        self._again.setToolTip("把上一年的数字照抄过来再改　Ctrl+Shift+Y")
        self._state = ElidedLabel("", "small")
        self._revert = button("放弃改动", "link", "undo-2", self._give_up)
        self.print = button("打印采集表", "", "printer", self._print)
        self._save = button("保存　Ctrl+S", "primary", "save", self.save)
        self._versions = button("历史", "link", "history", self._ask_version)
        self._versions.setToolTip("看以前保存的各版")
        self.viewing = VersionStrip()
        self.sections = SectionList(SECTIONS)
        self._title = label("", "section")
        self._hint = ElidedLabel("", "small")
        self._stack = QStackedWidget()
        self._next = button("下一节", "", "chevron-right", lambda: self._walk(1))
        self.figures = FormFigures(context)
        self.summary = SheetSummary()
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("年度", "secondary"))
        head.addWidget(self.year_box)
        head.addWidget(self._again)
        head.addWidget(self._versions)
        head.addWidget(self._state, 1)
        head.addWidget(self._revert)
        head.addWidget(self.print)
        head.addWidget(self._save)
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(16, 10, 16, 10)
        inner.setSpacing(8)
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self._title)
        title.addWidget(self._hint, 1)
        title.addWidget(self._next)
        inner.addLayout(title)
        inner.addWidget(self._stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.sections)
        middle.addWidget(card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.viewing)
        column.addLayout(middle, 1)
        column.addWidget(self.figures)
        column.addWidget(self.summary)

    def _connect(self) -> None:
        self.year_box.activated.connect(lambda _at: self.show_year(int(self.year_box.currentData())))
        self.sections.chosen.connect(self.go_to)
        self.figures.taken.connect(self._on_taken)
        self.viewing.left.connect(lambda: self.look_at(None))
        self.viewing.take_wanted.connect(self._take_version)
        self.summary.wanted.connect(self.go_to)
        acts: dict[str, Callable[[], object]] = {
            "Ctrl+S": self.save,
            "Ctrl+Shift+Y": self.copy_last_year,
            "Ctrl+0": self._mark_none,
            "Ctrl+PgDown": partial(self._walk, 1),
            "Ctrl+PgUp": partial(self._walk, -1),
        }
        for keys, act in acts.items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)  # Qt minds only those of widgets in sight

    def _pane(self, key: str) -> HouseholdPane | LedgerPane:
        """The pane of a section, made when first shown."""
        pane = self._panes.get(key)
        if pane is None:
            section = MEANS_FORM.by_key[key]
            pane = LedgerPane(section) if section.repeats else HouseholdPane(self._session.office.region_code)
            pane.changed.connect(self._on_change)
            pane.settled.connect(lambda: self._walk(1))
            self._panes[key] = pane
            self._stack.addWidget(pane)
            pane.show_flow(self.flow, self._is_open)
        return pane

    # -- coming and going

    @property
    def keeper(self) -> SheetKeeper:
        """What keeps the worksheet shown."""
        assert self._keeper is not None
        return self._keeper

    @property
    def flow(self) -> MeansFlow:
        """The worksheet shown: the one being filled, or an earlier version that is looked at."""
        return self._viewed or self.keeper.flow

    @property
    def _is_open(self) -> bool:
        """Whether anything may be typed."""
        return self._may_change and self._viewed is None

    def show_archive(self, archive: Archive, may_change: bool) -> None:
        """Show the worksheet of *archive*; the one on the table stays as it is while its archive is read again."""
        known = self._keeper is not None and self._keeper.archive.id == archive.id
        self._may_change = may_change
        if known and self.keeper.archive.content == archive.content and not self.keeper.is_outdated:
            self.keeper.archive = archive
            self.keeper.read_papers()
            self._refresh()
            return
        self.keep()
        year = self.keeper.year if known else usual_year(self._session, archive.id)
        self._take(SheetKeeper(self._session, archive, year, self))

    def show_year(self, year: int) -> None:
        """Show the worksheet of another year."""
        if year != self.keeper.year:
            self.keep()
            self._take(SheetKeeper(self._session, self.keeper.archive, year, self))

    def _take(self, keeper: SheetKeeper) -> None:
        if self._keeper is not None:
            self._keeper.deleteLater()
        self._keeper = keeper
        self._viewed = None
        self.viewing.hide()
        keeper.kept.connect(lambda _at: self._show_state())
        keeper.failed.connect(self._show_failure)
        self._bind()

    def _bind(self) -> None:
        for pane in self._panes.values():
            pane.show_flow(self.flow, self._is_open)
        years = self.keeper.years()
        self.year_box.clear()
        for year in years:
            self.year_box.addItem(f"{year} 年", year)
        self.year_box.setCurrentIndex(years.index(self.keeper.year))
        self._show_section()
        self._refresh()

    def place(self) -> dict[str, Any]:
        """Year and section, so that the lock leads back to them."""
        return {} if self._keeper is None else {"year": self.keeper.year, "section": self._section}

    def keep(self) -> None:
        """Keep what is half typed."""
        if self._keeper is not None:
            self._take_typed()
            self.keeper.keep()

    def _take_typed(self) -> None:
        for pane in self._panes.values():
            pane.take_typed()

    # -- moving

    def go_to(self, section: str, field: str = "") -> None:
        """Show a section, with the cursor in it; *field* names a question or a column."""
        self._take_typed()
        self.flow.typing = ""
        if self._section != section and self._section != HOUSEHOLD and self._is_open:
            self.flow.drop_blank(self._section)
            left = self._panes.get(self._section)
            if isinstance(left, LedgerPane):
                left.table.ledger.read_again()
                left.refresh()
        self._section = section
        self._show_section()
        self._refresh()
        spot = self.flow.first_gap(section, field) if field else None
        self._pane(section).focus(spot)

    def _show_section(self) -> None:
        section = MEANS_FORM.by_key[self._section]
        self._title.setText(section.title)
        self._hint.set_whole(section.hint)
        self._stack.setCurrentWidget(self._pane(self._section))
        self.sections.mark(self._section)
        self._next.setEnabled(section is not SECTIONS[-1])

    def _walk(self, by: int) -> None:
        keys = [section.key for section in SECTIONS]
        at = keys.index(self._section) + by
        if 0 <= at < len(keys):
            self.go_to(keys[at])
        elif by > 0:
            self._save.setFocus()

    def _mark_none(self) -> None:
        pane = self._pane(self._section)
        if isinstance(pane, LedgerPane):
            pane.mark_none()

    # -- showing

    def _on_change(self) -> None:
        self.keeper.touch()
        self._state.set_whole("正在填写…")
        self._save.setEnabled(True)
        self._revert.setVisible(True)
        self._refresh(state=False)
        self.changed.emit()

    def _refresh(self, state: bool = True) -> None:
        flow = self.flow
        for section in SECTIONS:
            rows = len(flow.rows(section.key)) if section.repeats else 0
            self.sections.buttons[section.key].show_section(flow.state(section.key), rows)
        self.figures.show_flow(self.keeper, self._is_open)
        self.summary.show_flow(flow)
        self.print.setEnabled(self.keeper.stored is not None)
        self.print.setToolTip("" if self.keeper.stored else "保存以后可以打印")
        self._save.setVisible(self._is_open)
        self._again.setVisible(self._is_open)
        self._versions.setVisible(self.keeper.stored is not None and self.keeper.stored.revision > 1)
        if state:
            self._show_state()

    def _show_state(self) -> None:
        keeper = self.keeper
        today = date.fromisoformat(self._session.today)
        self._state.setStyleSheet("")
        self._revert.setVisible(self._is_open and keeper.has_draft)
        self._save.setEnabled(keeper.has_draft or keeper.stored is None)
        if self._viewed is not None:
            text = ""
        elif keeper.has_draft:
            text = f"草稿 {moment(keeper.kept_at, today)} 已自动保存" if keeper.kept_at else "正在填写…"
        elif keeper.stored is not None:
            stored = keeper.stored
            text = f"第 {stored.revision} 版　{moment(stored.made_at, today)} {stored.made_by} 保存"
        else:
            text = "这一年还没有填写"
        self._state.set_whole(text)

    def _show_failure(self, sentence: str) -> None:
        self._state.setStyleSheet(f"color: {theme.RED};")
        self._state.set_whole(sentence)

    def explain(self) -> str:
        """What F1 says."""
        return self._pane(self._section).explain() if self._keeper is not None else ""

    # -- acts

    def copy_last_year(self) -> None:
        """Ctrl+Shift+Y: begin with the figures of the year before."""
        if not self._is_open:
            return
        earlier = self.keeper.earlier()
        if earlier is None:
            self._context.window.notify(f"{self.keeper.year} 年以前没有填过，没有可照抄的。", "warning")
            return
        typed = self.keeper.has_draft or self.keeper.stored is not None
        sentence = f"用 {earlier.content.year} 年的数字替换 {self.keeper.year} 年已填的内容？票据日期和佐证材料不照抄。"
        if typed and not messages.confirm(self, sentence, "照抄"):
            return
        self.keeper.take_over(earlier)
        self._bind()
        self._on_change()
        self._context.window.notify(f"已照抄 {earlier.content.year} 年，请逐项核对。")

    def save(self) -> bool:
        """Ctrl+S: store the worksheet as its next version; what cannot stay is shown where it stands."""
        if not self._is_open:
            return False
        self._take_typed()
        self.flow.typing = ""
        first = self.show_first_fault()
        if first is not None:
            self._context.window.notify(f"还不能保存：{first.where}{first.sentence}", "warning")
            return False
        try:
            stored = self.keeper.save()
        except NuandangError as fault:
            messages.show_error(self, fault)
            return False
        self._bind()
        self._context.window.notify(f"{stored.content.year} 年家庭经济状况已保存，第 {stored.revision} 版。")
        self._context.changes.archives_changed.emit({self.keeper.archive.id})
        self.saved.emit()
        return True

    def unsaved_of(self, archive_id: str) -> MeansContent | None:
        """The worksheet on the table, when it belongs to *archive_id* and is not stored as it stands."""
        if self._keeper is None or self._keeper.archive.id != archive_id:
            return None
        self._take_typed()
        return self._keeper.flow.counted() if self._keeper.has_draft else None

    def _ask_version(self) -> None:
        menu = version_menu(self, self.keeper.versions(), date.fromisoformat(self._session.today), self.look_at)
        menu.popup(self._versions.mapToGlobal(QPoint(0, self._versions.height())))

    def look_at(self, version: Means | None) -> None:
        """Show an earlier version to be read, or (None) the worksheet being filled again."""
        self._take_typed()
        self.keeper.keep()
        self._viewed = self.keeper.view(version) if version is not None else None
        self.viewing.show_version(version, self._may_change)
        self._bind()

    def _take_version(self, version: Means) -> None:
        """Go on with the figures of an earlier version; they are saved as a new one."""
        self.look_at(None)
        self.keeper.take_up(version)
        self._bind()
        self._on_change()

    def show_first_fault(self) -> Fault | None:
        """Go to the first thing that cannot stay as it is."""
        first = next(iter(self.flow.faults()), None)
        if first is not None:
            self.go_to(first.spot.section)
            self._pane(first.spot.section).focus(first.spot)
        return first

    def _give_up(self) -> None:
        stored = self.keeper.stored
        after = f"恢复成第 {stored.revision} 版" if stored else "清空这一年的填写"
        if messages.confirm(self, f"放弃还没有保存的改动，{after}？放弃后不能恢复。", "放弃改动", destructive=True):
            self.keeper.revert()
            self._bind()
            self.changed.emit()

    def _on_taken(self) -> None:
        self._context.changes.archives_changed.emit({self.keeper.archive.id})

    def _print(self) -> None:
        print_worksheet(self._context, self, self.keeper.archive, self.keeper.year)
