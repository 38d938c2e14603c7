"""Rows of the archive list, fetched page by page as they come into sight; ticks for batch acts.

A hundred thousand archives cost no more than the pages looked at. Rows not fetched yet are blank for a moment.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, Privacy
from db.services import archiving
from db.services.archiving import SUBMISSION_LABELS, ArchiveQuery, ArchiveRow, Submission
from db.services.office import OfficeSession
from desktop import background, messages, theme
from desktop.moments import moment

AnyIndex = QModelIndex | QPersistentModelIndex
PAGE_ROWS = 100
_PAGES_KEPT = 60

FIELD_KEYS = (
    "name",
    "sex",
    "id_number",
    "hardship_category",
    "main_hardship_cause",
    "per_capita_monthly_income",
    "household_size",
    "mobile_phone",
    "home_address",
    "worker_number",
    "birth_on",
    "ethnicity",
    "health_status",
    "disability_type",
    "work_status",
    "marital_status",
    "housing_type",
    "employer",
    "medical_insurance_status",
    "annual_household_income",
    "hukou_region",
    "secondary_hardship_causes",
    "pairing_partner",
    "filed_on",
)
"""Form fields a column can be made of; the first six are shown unless the clerk chose otherwise."""
OWN_COLUMNS = {
    "archive_number": "档案编号",
    "submission": "上报状态",
    "completeness": "资料",
    "updated_at": "最近修改",
    "office": "单位",
}
COLUMNS = ("name", "archive_number", "office", *FIELD_KEYS[1:], "completeness", "submission", "updated_at")
SHOWN_AT_FIRST = frozenset(
    {"archive_number", "completeness", "submission", "updated_at", *FIELD_KEYS[:6]}
)
SHOWN_ABOVE = SHOWN_AT_FIRST - {"sex", "submission"} | {"office"}
"""The same where several offices' archives come together: whose it is counts more."""
_RIGHT = frozenset({FieldKind.MONEY, FieldKind.COUNT, FieldKind.AREA})
_STATE_INKS = {
    Submission.UNSUBMITTED: theme.AMBER_INK,
    Submission.CHANGED: theme.AMBER_INK,
    Submission.EXPORTED: theme.ACTION,
    Submission.ACKNOWLEDGED: theme.GREEN_INK,
}


def caption_of(column: str) -> str:
    """Caption of a column: the form's own, or ours."""
    return OWN_COLUMNS.get(column) or ARCHIVE_FORM.field(column).label


class ArchiveListModel(QAbstractTableModel):
    """What a query means, row by row."""

    ticks_changed = Signal()

    def __init__(self, session: OfficeSession, owner: QWidget) -> None:
        super().__init__(owner)
        self._session, self._owner = session, owner
        self.query = ArchiveQuery()
        self.count = 0
        self.ticked: set[str] = set()
        self._office_names: dict[str, str] = {}
        self._pages: OrderedDict[int, list[ArchiveRow]] = OrderedDict()
        self._wanted: list[int] = []
        self._fetching = False
        self._generation = 0
        self._fetch_soon = QTimer(self)
        self._fetch_soon.setSingleShot(True)
        self._fetch_soon.setInterval(0)
        self._fetch_soon.timeout.connect(self._fetch_next)

    # -- reading

    def show_query(self, query: ArchiveQuery) -> None:
        """Show what *query* means; the first page is there at once."""
        first = archiving.list_archives(self._session, query, 0, PAGE_ROWS, FIELD_KEYS)
        count = len(first)
        if count == PAGE_ROWS:
            count = archiving.count_archives(self._session, query)
        names = archiving.office_names(self._session)
        self.beginResetModel()
        self._generation += 1
        self.query, self.count, self._office_names = query, count, names
        self._pages = OrderedDict({0: first})
        self._wanted.clear()
        self.endResetModel()

    def row(self, number: int) -> ArchiveRow | None:
        """Row *number*, None while its page is on the way."""
        page = self._pages.get(number // PAGE_ROWS)
        if page is None:
            self._want(number // PAGE_ROWS)
            return None
        self._pages.move_to_end(number // PAGE_ROWS)
        offset = number % PAGE_ROWS
        return page[offset] if offset < len(page) else None

    def _want(self, page: int) -> None:
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-4]  # what was scrolled past is wanted no more
        self._fetch_soon.start()

    def _fetch_next(self) -> None:
        if self._fetching or not self._wanted:
            return
        page, generation, query, session = self._wanted.pop(), self._generation, self.query, self._session
        self._fetching = True

        def work() -> list[ArchiveRow]:
            return archiving.list_archives(session, query, page * PAGE_ROWS, PAGE_ROWS, FIELD_KEYS)

        background.run_quietly(self._owner, work, lambda rows: self._take(page, generation, rows), self._on_failed)

    def _on_failed(self, fault: BaseException) -> None:
        self._fetching = False
        messages.show_error(self._owner, fault)

    def _take(self, page: int, generation: int, rows: list[ArchiveRow]) -> None:
        self._fetching = False
        if generation == self._generation:
            self._pages[page] = rows
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
            last = min(self.count, (page + 1) * PAGE_ROWS) - 1
            self.dataChanged.emit(self.index(page * PAGE_ROWS, 0), self.index(last, len(COLUMNS) - 1))
        self._fetch_next()

    # -- ticks

    def tick_all(self) -> None:
        """Tick every row the filters leave, also those not in sight."""
        self._set_ticked(set(archiving.archive_ids(self._session, self.query)))

    def tick_none(self) -> None:
        """Take every tick away."""
        self._set_ticked(set())

    def ticked_ids(self) -> list[str]:
        """Ids of the ticked archives in the order of the list."""
        return [each for each in archiving.archive_ids(self._session, self.query) if each in self.ticked]

    def _set_ticked(self, ticked: set[str]) -> None:
        self.ticked = ticked
        if self.count:
            self.dataChanged.emit(self.index(0, 0), self.index(self.count - 1, 0))
        self.ticks_changed.emit()

    # -- the model

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every archive the query means."""
        return 0 if parent.isValid() else self.count

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every column, also those hidden."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and _is_right(column):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return caption_of(column) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, colour and tick."""
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight if _is_right(column) else None
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return Qt.CheckState.Checked if row.id in self.ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        return _ink(row, column) if role == Qt.ItemDataRole.ForegroundRole else None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a tick."""
        row = self.row(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or row is None:
            return False
        (self.ticked.add if Qt.CheckState(value) == Qt.CheckState.Checked else self.ticked.discard)(row.id)
        self.dataChanged.emit(index, index)
        self.ticks_changed.emit()
        return True

    def turn_tick(self, number: int) -> None:
        """Turn the tick of row *number* over."""
        row = self.row(number)
        if row is not None:
            state = Qt.CheckState.Unchecked if row.id in self.ticked else Qt.CheckState.Checked
            self.setData(self.index(number, 0), state, Qt.ItemDataRole.CheckStateRole)

    def _text(self, row: ArchiveRow, column: str) -> str:
        own = _OWN_TEXTS.get(column)
        if own is not None:
            return own(self, row)
        return value_text(row, column)

    def moment_text(self, iso: str) -> str:
        """A stored moment as people say it."""
        return moment(iso, date.fromisoformat(self._session.today))

    def office_text(self, office_id: str) -> str:
        """Name of an office."""
        return self._office_names.get(office_id, "其他单位")


def value_text(row: ArchiveRow, key: str) -> str:
    """A form field in a list: numbers masked, ``--`` for nothing."""
    spec = ARCHIVE_FORM.field(key)
    value = row.values.get(key)
    masked = spec.privacy is Privacy.IDENTIFYING and spec.kind in (FieldKind.ID_NUMBER, FieldKind.BANK_ACCOUNT)
    return format_value(spec, value, masked=masked) or "--"


def completeness_text(row: ArchiveRow) -> str:
    """齐全, or how many answers are missing."""
    return "齐全" if row.is_complete else f"差 {row.missing_count} 项"


_OWN_TEXTS: dict[str, Callable[[ArchiveListModel, ArchiveRow], str]] = {
    "archive_number": lambda model, row: row.archive_number,
    "submission": lambda model, row: SUBMISSION_LABELS[row.submission],
    "completeness": lambda model, row: completeness_text(row),
    "updated_at": lambda model, row: model.moment_text(row.updated_at),
    "office": lambda model, row: model.office_text(row.office_id),
}


def _is_right(column: str) -> bool:
    return column not in OWN_COLUMNS and ARCHIVE_FORM.field(column).kind in _RIGHT


def _ink(row: ArchiveRow, column: str) -> QColor | None:
    if column == "submission":
        return QColor(_STATE_INKS[row.submission])
    if column == "completeness":
        return QColor(theme.GREEN_INK if row.is_complete else theme.RED)
    if column in ("archive_number", "updated_at", "id_number"):
        return QColor(theme.SECONDARY)
    return None
