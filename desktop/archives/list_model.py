"""Rows and columns of the archive list: form fields, and what the office knows of each archive."""

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, Privacy
from db.domain.office_levels import LEVEL_BADGES
from db.domain.review import OUTCOME_LABELS
from db.services import archiving, national_entry, verdicts
from db.services.archiving import HIDDEN_LABELS, ArchiveQuery, ArchiveRow, Submission
from db.services.national_entry import NATIONAL_LABELS, NationalState
from db.services.office import OfficeSession
from db.services.verdicts import Verdict
from desktop import theme
from desktop.moments import moment
from desktop.widgets.paged_model import AnyIndex, PagedModel

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
    "verdict": "谁审的",
    "verdict_class": "审定",
    "national": "全国系统",
    "completeness": "资料",
    "updated_at": "最近修改",
    "office": "单位",
}
_SHORT_CAPTIONS = {"per_capita_monthly_income": "月人均收入（元）"}
VERDICTS = ("verdict", "verdict_class")
COLUMNS = ("name", "archive_number", "office", *FIELD_KEYS[1:], "completeness", "submission", *VERDICTS, "national", "updated_at")
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
    Submission.ACKNOWLEDGED: theme.ACTION,
    Submission.APPROVED: theme.GREEN_INK,
    Submission.RETURNED: theme.RED,
    Submission.REFUSED: theme.RED,
}
_NATIONAL_INKS = {
    NationalState.NOT_ENTERED: theme.SECONDARY,
    NationalState.ENTERED: theme.GREEN_INK,
    NationalState.CHANGED: theme.AMBER_INK,
}


def caption_of(column: str) -> str:
    """Caption of a column: the form's own with its unit, or ours."""
    if column in OWN_COLUMNS:
        return OWN_COLUMNS[column]
    if column in _SHORT_CAPTIONS:
        return _SHORT_CAPTIONS[column]
    spec = ARCHIVE_FORM.field(column)
    return f"{spec.label}（{spec.unit}）" if spec.unit else spec.label


class ArchiveListModel(PagedModel[ArchiveRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession, owner: QWidget) -> None:
        super().__init__(owner)
        self._session = session
        self.query = ArchiveQuery()
        self._office_names: dict[str, str] = {}
        self._national: dict[str, NationalState] = {}
        self._verdicts: dict[str, Verdict] = {}

    @property
    def on_laptop(self) -> bool:
        """Whether the states are about the office's desk."""
        return self._session.office.is_laptop

    # -- reading

    def show_query(self, query: ArchiveQuery) -> None:
        """Show what *query* means; the first page is there at once."""
        session = self._session
        self.query, self._office_names = query, archiving.office_names(session)
        has_marks = national_entry.has_marks(session)
        reviewed = verdicts.has_reviews(session)
        self._national, self._verdicts = {}, {}

        def read(offset: int, limit: int) -> list[ArchiveRow]:
            rows = archiving.list_archives(session, query, offset, limit, FIELD_KEYS)
            if has_marks:
                self._national.update(national_entry.states_of(session, [row.id for row in rows]))
            if reviewed:
                self._verdicts.update(verdicts.verdicts_of(session, [row.id for row in rows]))
            return rows

        self.show_pages(read, lambda: archiving.count_archives(session, query))

    def key_of(self, row: ArchiveRow) -> str:
        """The archive's id."""
        return row.id

    def all_keys(self) -> list[str]:
        """Every archive the filters leave."""
        return archiving.archive_ids(self._session, self.query)

    # -- the model

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
            return self.tick_state(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ForegroundRole and column == "national":
            return QColor(_NATIONAL_INKS[self.national_state(row.id)])
        return _ink(row, column) if role == Qt.ItemDataRole.ForegroundRole else None

    def _text(self, row: ArchiveRow, column: str) -> str:
        own = _OWN_TEXTS.get(column)
        if own is not None:
            return own(self, row)
        return value_text(row, column)

    def moment_text(self, iso: str) -> str:
        """A stored moment as people say it."""
        return moment(iso, date.fromisoformat(self._session.today))

    def national_state(self, archive_id: str) -> NationalState:
        """Whether an archive was typed into the national system."""
        return self._national.get(archive_id, NationalState.NOT_ENTERED)

    def verdict(self, archive_id: str) -> Verdict | None:
        """What the highest office that has reviewed it said last."""
        return self._verdicts.get(archive_id)

    def verdict_text(self, archive_id: str) -> str:
        """Who decided and how: ``县级 退回补正``."""
        said = self.verdict(archive_id)
        if said is None:
            return "--"
        since = "" if said.is_current else "，之后有改动"
        return f"{LEVEL_BADGES[said.office_level]} {OUTCOME_LABELS[said.outcome]}{since}"

    def verdict_class_text(self, archive_id: str) -> str:
        """The class and level that office gave."""
        said = self.verdict(archive_id)
        return said.class_words or "--" if said else "--"

    def submission_text(self, row: ArchiveRow) -> str:
        """How far an archive has come; of those merged or handed over, that."""
        if self.query.hidden is not None:
            return HIDDEN_LABELS[self.query.hidden]
        return archiving.submission_label(row.submission, self.on_laptop)

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
    "submission": lambda model, row: model.submission_text(row),
    "verdict": lambda model, row: model.verdict_text(row.id),
    "verdict_class": lambda model, row: model.verdict_class_text(row.id),
    "national": lambda model, row: NATIONAL_LABELS[model.national_state(row.id)],
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
