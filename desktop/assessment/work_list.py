"""The rows of the work list 认定: each archive with its last assessment, what was decided, and what is due."""

from dataclasses import dataclass, field, replace

from PySide6.QtGui import QColor, QIcon

from db.domain.policy.assessment import OUTCOME_LABELS, Outcome
from db.domain.policy.explanation import amount_words
from db.services import archiving, assessing
from db.services.assessing import AssessmentQuery, AssessmentRow
from db.services.office import OfficeSession
from desktop import theme
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel


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


def result_text(row: AssessmentRow) -> str:
    """The outcome in a word."""
    return OUTCOME_LABELS[row.outcome].split("，")[0] if row.outcome else "未认定"


def class_text(row: AssessmentRow) -> str:
    """What was decided, else what is suggested."""
    if row.is_decision_current:
        return f"已定：{_named(row.decided_class_label, row.decided_level_label) or '不属于任何一类'}"
    suggested = _named(row.suggested_class_label, row.suggested_level_label)
    return f"建议：{suggested}" if suggested else NOTHING


def _named(label: str, level: str) -> str:
    return f"{label}（{level}）" if label and level and level not in label else label


def gap_text(row: AssessmentRow) -> str:
    """How far a near miss is away."""
    if row.near_distance is None:
        return NOTHING
    return f"{amount_words(row.near_distance)} 元/月　{row.near_class_label}"


def change_text(row: AssessmentRow) -> str:
    """What changed since the last assessment."""
    parts = [words for words, holds in (("家庭情况有变化", row.means_changed), ("政策或标准有变化", row.policy_changed)) if holds]
    return "、".join(parts) or (NOTHING if row.assessment_id is None else "没有变化")


class AssessmentListModel(WorkListModel[AssessmentRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query = AssessmentQuery()
        self._office_names: dict[str, str] = {}
        self.columns = (
            WorkColumn("姓名", 96, lambda row: row.name or "未填姓名", "name"),
            WorkColumn("档案编号", 158, lambda row: row.archive_number, "archive_number"),
            WorkColumn("单位", 130, lambda row: self._office_names.get(row.office_id, "其他单位")),
            WorkColumn("结果", 134, result_text, "outcome"),
            WorkColumn("类别", 214, class_text),
            WorkColumn("认定以后", 156, change_text),
            WorkColumn("差距", 150, gap_text),
            WorkColumn("复核日期", 124, self._recheck_text, "recheck_on"),
            WorkColumn("认定日期", 98, lambda row: row.assessed_on or NOTHING, "assessed_on"),
        )

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

    def _is_due(self, row: AssessmentRow) -> bool:
        return row.recheck_on is not None and row.recheck_on <= self._session.today

    def _recheck_text(self, row: AssessmentRow) -> str:
        if row.recheck_on is None:
            return NOTHING
        return f"{row.recheck_on} 到期" if self._is_due(row) else row.recheck_on

    def _warns(self, row: AssessmentRow, column: int) -> bool:
        due = column == self.at("复核日期") and self._is_due(row)
        return due or (column == self.at("认定以后") and row.is_stale)

    def sign(self, row: AssessmentRow, column: int) -> QIcon | None:
        """The outcome's sign; a warning where something is due."""
        if column == self.at("结果"):
            return theme.icon(*(OUTCOME_SIGNS[row.outcome] if row.outcome else ("circle", theme.SECONDARY)))
        return theme.icon("triangle-alert", theme.AMBER) if self._warns(row, column) else None

    def ink(self, row: AssessmentRow, column: int) -> QColor | None:
        """Amber where something is due, grey where nothing is said."""
        if self._warns(row, column):
            return QColor(theme.AMBER_INK)
        quiet = self.columns[column].text(row) in ("没有变化", "未认定")
        return QColor(theme.SECONDARY) if quiet else super().ink(row, column)
