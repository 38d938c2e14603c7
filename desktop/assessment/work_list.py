"""The rows of the work list 认定: each archive with its last assessment, what was decided, and what is due."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from db.domain.policy.assessment import OUTCOME_LABELS, Outcome
from db.domain.policy.explanation import amount_words
from db.services import archiving, assessing
from db.services.assessing import AssessmentQuery, AssessmentRow
from db.services.office import OfficeSession
from desktop import theme
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.widgets.paged_model import AnyIndex, PagedModel


@dataclass(frozen=True)
class State:
    """One pile of the work list."""

    name: str
    caption: str
    query: AssessmentQuery = field(default_factory=AssessmentQuery)
    empty: str = "这一类现在没有。"


_NEWEST = AssessmentQuery()
STATES = (
    State("all", "全部", _NEWEST),
    State("open", "未认定", replace(_NEWEST, assessed=False), "每一户都认定过了。"),
    State("incomplete", "资料不全", replace(_NEWEST, outcome=Outcome.INCOMPLETE)),
    State("fits", "符合待定", replace(_NEWEST, outcome=Outcome.FITS, decided=False), "符合的都记下了认定意见。"),
    State("near", "不符合但接近", replace(_NEWEST, outcome=Outcome.NEAR, order="recheck_on", descending=False)),
    State("not", "不符合", replace(_NEWEST, outcome=Outcome.DOES_NOT_FIT)),
    State("decided", "已定", replace(_NEWEST, decided=True)),
    State("stale", "需重新认定", replace(_NEWEST, stale=True), "认定以后，家庭情况和政策都没有变化。"),
)
STATE_BY_NAME = {state.name: state for state in STATES}


@dataclass(frozen=True)
class WorkColumn:
    """One column: caption, width at the standard font, text of a row, the order it sorts by."""

    caption: str
    width: int
    text: Callable[["WorkListModel", AssessmentRow], str]
    order: str = ""
    right: bool = False


def result_text(row: AssessmentRow) -> str:
    """The outcome in a word."""
    return OUTCOME_LABELS[row.outcome].split("，")[0] if row.outcome else "未认定"


def class_text(row: AssessmentRow) -> str:
    """What was decided, else what is suggested."""
    if row.is_decision_current:
        return f"已定：{_named(row.decided_class_label, row.decided_level_label) or '不属于任何一类'}"
    suggested = _named(row.suggested_class_label, row.suggested_level_label)
    return f"建议：{suggested}" if suggested else "--"


def _named(label: str, level: str) -> str:
    return f"{label}（{level}）" if label and level and level not in label else label


def gap_text(row: AssessmentRow) -> str:
    """How far a near miss is away."""
    if row.near_distance is None:
        return "--"
    return f"{amount_words(row.near_distance)} 元/月　{row.near_class_label}"


def change_text(row: AssessmentRow) -> str:
    """What changed since the last assessment."""
    parts = [words for words, holds in (("家庭情况有变化", row.means_changed), ("政策或标准有变化", row.policy_changed)) if holds]
    return "、".join(parts) or ("--" if row.assessment_id is None else "没有变化")


COLUMNS = (
    WorkColumn("姓名", 96, lambda _model, row: row.name or "未填姓名", "name"),
    WorkColumn("档案编号", 158, lambda _model, row: row.archive_number, "archive_number"),
    WorkColumn("单位", 130, lambda model, row: model.office_text(row.office_id)),
    WorkColumn("结果", 134, lambda _model, row: result_text(row), "outcome"),
    WorkColumn("类别", 214, lambda _model, row: class_text(row)),
    WorkColumn("认定以后", 156, lambda _model, row: change_text(row)),
    WorkColumn("差距", 150, lambda _model, row: gap_text(row)),
    WorkColumn("复核日期", 124, lambda model, row: model.recheck_text(row), "recheck_on"),
    WorkColumn("认定日期", 98, lambda _model, row: row.assessed_on or "--", "assessed_on"),
)
_CAPTIONS = [column.caption for column in COLUMNS]
_RESULT, _RECHECK, _CHANGE = (_CAPTIONS.index(caption) for caption in ("结果", "复核日期", "认定以后"))
OFFICE_COLUMN = _CAPTIONS.index("单位")


class WorkListModel(PagedModel[AssessmentRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession, owner: QWidget) -> None:
        super().__init__(owner)
        self._session = session
        self.query = AssessmentQuery()
        self._office_names: dict[str, str] = {}

    def show_query(self, query: AssessmentQuery) -> None:
        """Show what *query* means."""
        session = self._session
        self.query, self._office_names = query, archiving.office_names(session)
        self.show_pages(
            lambda offset, limit: assessing.assessment_rows(session, query, offset, limit),
            lambda: assessing.count_assessments(session, query),
        )

    def key_of(self, row: AssessmentRow) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every archive the filters leave."""
        return assessing.assessment_archive_ids(self._session, self.query)

    def office_text(self, office_id: str) -> str:
        """Name of an office."""
        return self._office_names.get(office_id, "其他单位")

    def is_due(self, row: AssessmentRow) -> bool:
        """Whether the day of the re-check has come."""
        return row.recheck_on is not None and row.recheck_on <= self._session.today

    def recheck_text(self, row: AssessmentRow) -> str:
        """When to look again."""
        if row.recheck_on is None:
            return "--"
        return f"{row.recheck_on} 到期" if self.is_due(row) else row.recheck_on

    # -- the model

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every column."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].caption
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, sign, ink and tick."""
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()].text(self, row)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return self.tick_state(row)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._sign(row, index.column())
        return self._ink(row, index.column()) if role == Qt.ItemDataRole.ForegroundRole else None

    def _sign(self, row: AssessmentRow, column: int) -> QIcon | None:
        if column == _RESULT:
            return theme.icon(*(OUTCOME_SIGNS[row.outcome] if row.outcome else ("circle", theme.SECONDARY)))
        if (column == _CHANGE and row.is_stale) or (column == _RECHECK and self.is_due(row)):
            return theme.icon("triangle-alert", theme.AMBER)
        return None

    def _ink(self, row: AssessmentRow, column: int) -> QColor | None:
        if (column == _CHANGE and row.is_stale) or (column == _RECHECK and self.is_due(row)):
            return QColor(theme.AMBER_INK)
        text = COLUMNS[column].text(self, row)
        return QColor(theme.SECONDARY) if text in ("--", "没有变化", "未认定") else None
