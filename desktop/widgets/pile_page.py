"""A page that lists what a year has in a few piles, each short enough to be read at once, narrowed by a text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import background, theme
from desktop.context import AppContext, Page
from desktop.widgets.basics import EmptyState, Note, PageHeader
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

YEARS = range(-1, 7)
"""Years back from this one that are offered; the next is among them."""


class PilePage(Page):
    """The frame; a room says what its piles hold, what a row is searched by, and what opening one does."""

    title = ""
    unit = "人"
    hint = "姓名、学校、户主"
    icon = "users"

    def __init__(
        self, context: AppContext, piles: Sequence[tuple[str, str]], columns: Mapping[str, Sequence[Column[Any]]]
    ) -> None:
        super().__init__(context)
        self._session = context.session
        self._captions = dict(piles)
        self._all: Sequence[Any] = ()
        self._counting = self._loading = 0
        self._is_reading = False
        self._shown = ""
        self.header = PageHeader(self.title)
        self.note = Note("", "plain")
        self.note.hide()
        self.piles: Segmented[str] = Segmented(list(piles))
        self.piles.set_value(piles[0][0])
        self.piles.setVisible(len(piles) > 1)
        self.year = self._year_combo()
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.hint)
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.text.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.models: dict[str, RowsModel[Any]] = {name: RowsModel(columns[name]) for name, _ in piles}
        self.tables = {name: rows_table(model) for name, model in self.models.items()}
        self._empty = EmptyState(self.icon, "", act=self._begin_step)
        self._step: Callable[[], object] | None = None
        self._arrange()
        self.piles.changed.connect(lambda _name: self.load())
        self.year.activated.connect(lambda _at: self.load())
        self.text.textChanged.connect(lambda _text: self._show())
        context.changes.archives_changed.connect(lambda _ids: self.on_change())
        context.changes.bundles_changed.connect(self.on_change)

    def _year_combo(self) -> QComboBox:
        made, this_year = QComboBox(), int(self._session.today[:4])
        made.setAccessibleName("年度")
        for back in YEARS:
            made.addItem(f"{this_year - back} 年", this_year - back)
        made.setCurrentIndex(made.findData(this_year))
        return made

    def _arrange(self) -> None:
        acts = QWidget()
        bar = QHBoxLayout(acts)
        bar.setContentsMargins(11, 0, 8, 0)
        bar.setSpacing(8)
        bar.addWidget(self.piles)
        bar.addStretch(1)
        bar.addWidget(self.year)
        self.text.setMaximumWidth(theme.sp(200))
        bar.addWidget(self.text)
        self.card = ListCard(acts, self._empty, *self.tables.values())
        for name, table in self.tables.items():
            table.setAccessibleName(self._captions[name])
            table.opened.connect(lambda index, pile=name: self.open_row(self.models[pile].row_at(index)))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.note)
        column.addWidget(self.card, 1)

    # -- what a room says

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """What a pile holds; asked off the UI thread."""
        raise AssertionError("abstract")

    def counts_of(self, year: int) -> dict[str, int]:
        """How many every pile holds; called beside everything else."""
        return {name: len(self.rows_of(name, year)) for name in self._captions}

    def words_of(self, row: Any) -> Sequence[str]:
        """What a row is found by."""
        raise AssertionError("abstract")

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        raise AssertionError("abstract")

    def open_row(self, row: Any | None) -> None:
        """Open a row."""
        raise AssertionError("abstract")

    def first_step(self, pile: str) -> tuple[str, Callable[[], object]] | None:
        """What an empty pile offers to begin with: its caption and act."""
        return None

    def note_words(self, pile: str, year: int, rows: Sequence[Any]) -> str:
        """What there is to say of a pile, above it; empty for nothing. Asked off the UI thread, as the rows are."""
        return ""

    def on_loaded(self) -> None:
        """The pile was read anew and is shown."""

    def on_shown(self, pile: str, rows: Sequence[Any]) -> None:
        """Rows are shown: acts that need some can be offered."""

    def counted(self, pile: str, rows: Sequence[Any]) -> str:
        """How many there are, beside the title."""
        return f"{len(rows):,} {self.unit}"

    # -- showing

    def open(self, pile: str = "", year: int = 0, **_: Any) -> None:
        """Show a pile of a year."""
        if pile in self.models:
            self.piles.set_value(pile)
        if year and self.year.findData(year) >= 0:
            self.year.setCurrentIndex(self.year.findData(year))
        self.load()
        self.tables[self.pile()].setFocus()

    def place(self) -> dict[str, Any]:
        """Pile and year."""
        return {"pile": self.pile(), "year": self.chosen_year()}

    def pile(self) -> str:
        """The pile in front."""
        return self.piles.value() or next(iter(self.models))

    def chosen_year(self) -> int:
        """The year shown."""
        return int(self.year.currentData())

    def all_rows(self) -> Sequence[Any]:
        """The pile as it is, whatever text narrows it."""
        return self._all

    def current_row(self) -> Any | None:
        """The row the cursor is on, else the first."""
        pile = self.pile()
        return self.models[pile].row_at(self.tables[pile].currentIndex()) or next(iter(self.models[pile].rows), None)

    def on_change(self) -> None:
        """Something was stored: show it, if the page is in front."""
        if self.isVisible():
            self.load()

    def load(self) -> None:
        """Read the pile anew; a long one beside the window, which stays free meanwhile."""
        pile, year = self.pile(), self.chosen_year()
        self._loading += 1
        asked = self._loading
        if pile != self._shown:  # the rows of another pile are not taken for its own
            self._all, self._shown = (), pile
            self.models[pile].show_rows(())

        def work() -> tuple[Sequence[Any], str]:
            rows = self.rows_of(pile, year)
            return rows, self.note_words(pile, year, rows)

        def done(found: tuple[Sequence[Any], str]) -> None:
            if asked == self._loading:
                self._is_reading = False
                self._take(*found)

        self._is_reading = True
        background.run_soon(self, work, done)
        if self._is_reading:
            self.header.set_texts(self.title, "正在读取…")
        if self._is_reading and not self._all:
            self._empty.sentence.setText("正在读取…")
            self._empty.step.hide()
            self.card.stack.setCurrentWidget(self._empty)

    def _take(self, rows: Sequence[Any], told: str) -> None:
        self._all = rows
        self.note.setVisible(bool(told))
        self.note.show_text(told, "plain")
        self._show()
        self.on_loaded()
        self._count()

    def _count(self) -> None:
        """How many there are in every pile, beside everything else; a clerk sees where something waits."""
        year = self.chosen_year()
        self._counting += 1
        asked = self._counting

        def done(counts: dict[str, int]) -> None:
            if asked == self._counting:
                for name, caption in self._captions.items():
                    self.piles.button(name).setText(f"{caption} {counts[name]:,}")

        if len(self._captions) > 1:
            background.run_while_shown(self, lambda: self.counts_of(year), done)

    def _begin_step(self) -> None:
        if self._step is not None:
            self._step()

    def show_pile(self, pile: str) -> None:
        """Go to another pile of the same year."""
        self.piles.set_value(pile)
        self.load()
        self.tables[pile].setFocus()

    def _show(self) -> None:
        pile, wanted = self.pile(), self.text.text().strip()
        rows = [row for row in self._all if not wanted or any(wanted in word for word in self.words_of(row))]
        at = max(0, self.tables[pile].currentIndex().row())
        self.models[pile].show_rows(rows)
        if rows:  # what a button acts upon is what is seen to be chosen
            self.tables[pile].selectRow(min(at, len(rows) - 1))
        self._empty.sentence.setText("没有找到，换个字再试。" if self._all else self.empty_words(pile))
        caption, self._step = (None if self._all else self.first_step(pile)) or ("", None)
        self._empty.step.setText(caption)
        self._empty.step.setVisible(bool(caption))
        self.card.stack.setCurrentWidget(self.tables[pile] if rows else self._empty)
        self.header.set_texts(self.title, self.counted(pile, rows))
        self.on_shown(pile, rows)
