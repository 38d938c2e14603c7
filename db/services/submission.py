"""How far an archive has come towards the office above: sent, received, and what was decided there."""

from enum import StrEnum

from db.domain.review import OUTCOME_LABELS
from db.store import review_store


class Submission(StrEnum):
    """How far an archive has come towards the office above."""

    UNSUBMITTED = "unsubmitted"
    CHANGED = "changed"
    EXPORTED = "exported"
    ACKNOWLEDGED = "acknowledged"
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"


SUBMISSION_LABELS = {
    Submission.UNSUBMITTED: "未上报",
    Submission.CHANGED: "有修改未上报",
    Submission.EXPORTED: "已导出",
    Submission.ACKNOWLEDGED: "上级已收",
    **{Submission(outcome): words for outcome, words in OUTCOME_LABELS.items()},
}


_ON_LAPTOP = {
    **SUBMISSION_LABELS,
    Submission.UNSUBMITTED: "还没带回",
    Submission.CHANGED: "有改动没带回",
    Submission.EXPORTED: "已写带回包",
    Submission.ACKNOWLEDGED: "办公室已有",
}


def submission_label(state: Submission, on_laptop: bool = False) -> str:
    """The state in Chinese; *on_laptop*: on a home-visit laptop it is about the office's desk."""
    return (_ON_LAPTOP if on_laptop else SUBMISSION_LABELS)[state]


def submission_of(revision: int, exported: int, acknowledged: int, outcome: str | None = None) -> Submission:
    """State of an archive from its revision, the ones exported and acknowledged, and the *outcome* of its review above.

    The review counts only where it is of this revision: an older one never hides a newer change.
    """
    if acknowledged >= revision:
        return Submission(outcome) if outcome else Submission.ACKNOWLEDGED
    if exported >= revision:
        return Submission.EXPORTED
    return Submission.CHANGED if exported or acknowledged else Submission.UNSUBMITTED


_CONDITIONS = {
    Submission.UNSUBMITTED: "exported_revision < revision AND acknowledged_revision < revision",
    Submission.CHANGED: "exported_revision < revision AND acknowledged_revision < revision"
    " AND (exported_revision > 0 OR acknowledged_revision > 0)",
    Submission.EXPORTED: "exported_revision = revision AND acknowledged_revision < revision",
}
UNRECEIVED = "acknowledged_revision < revision"
"""SQL for what the office above does not have as it stands now."""


def submission_condition(own_level: str, state: Submission) -> str:
    """SQL for the archives of an office of *own_level* that are in *state*."""
    if state in _CONDITIONS:
        return _CONDITIONS[state]
    outcome = review_store.outcome_above(own_level)
    if state is Submission.ACKNOWLEDGED:
        return f"acknowledged_revision >= revision AND {outcome} IS NULL"
    # the reviews are few where the archives are many: begin with them
    reviewed = " ".join(("SELECT archive_id FROM review WHERE is_last = 1 AND outcome =", f"'{state}'"))
    return f"id IN ({reviewed}) AND acknowledged_revision >= revision AND {outcome} = '{state}'"
