"""One archive as its reviewer needs it: what changed since the last review, what stands out, what was proposed."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from db.domain.change_diff import Change, changes_between
from db.domain.review import GIVEN_NUMBER, ReviewOutcome, ReviewStep, with_given_number
from db.domain.validation import Problem, Severity, Stage
from db.errors import UserError
from db.services import archiving, attachments, review_list, reviewing, revisions
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.review_classes import ClassChoice, class_choices
from db.services.review_list import ReviewState
from db.services.reviewing import ReviewEntry
from db.store import casework_store, review_store

if TYPE_CHECKING:
    from db.services.assessing import StoredAssessment


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the office below has decided upon its last assessment."""

    class_code: str | None
    class_label: str
    level_code: str | None
    level_label: str
    reason: str
    decided_on: str
    decided_by: str

    @property
    def words(self) -> str:
        """Class and level as people call them."""
        level = f"（{self.level_label}）" if self.level_label and self.level_label not in self.class_label else ""
        return f"{self.class_label}{level}" if self.class_label else "不属于任何一类"


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """Everything beside the form itself that a reviewer looks at."""

    archive: Archive
    office_name: str
    state: ReviewState
    reviews: list[ReviewEntry]
    """Of every office, the newest first."""
    base: ReviewEntry | None
    """This office's last final review, with which the present content is compared."""
    changes: list[Change]
    """What changed since; empty where it was never reviewed."""
    problems: list[Problem]
    """What the checks find, and who stands in other archives, too."""
    assessed: "StoredAssessment | None"
    """The last stored assessment."""
    suggestion: str
    """What it suggests, and whether it still stands, in a sentence or two."""
    proposal: Proposal | None
    choices: list[ClassChoice]
    given_number: str
    """The 职工编号 that this office or one above has given."""
    papers: int

    @property
    def since_assessed(self) -> str:
        """What changed since the last assessment; empty where it still stands."""
        return _since(self.assessed) if self.assessed is not None else ""

    @property
    def first(self) -> ReviewEntry | None:
        """The first person's word upon this revision that waits for a second one."""
        mine = next((entry for entry in self.reviews if entry.is_own and entry.is_last), None)
        waits = mine is not None and mine.step is ReviewStep.FIRST and mine.archive_revision == self.archive.revision
        return mine if waits else None

    @property
    def present(self) -> ReviewEntry | None:
        """What this office has finally said of the present revision."""
        return self.base if self.base is not None and self.base.archive_revision == self.archive.revision else None


def load_case(session: OfficeSession, archive_id: str) -> ReviewCase:
    """The archive *archive_id* with all of it; UserError where there is nothing to review."""
    archive = archiving.load_archive(session, archive_id)
    state = review_list.state_of(session, archive_id)
    if state is None:
        raise UserError("review_own_archive")
    entries = reviewing.list_reviews(session, archive_id)
    base = next((entry for entry in entries if entry.is_own and entry.step is ReviewStep.FINAL), None)
    with session.database.reading() as connection:
        proposal = _proposal(connection, archive_id)
        given = review_store.given_numbers(connection, [archive_id]).get(archive_id, "")
    from db.services import assessing  # late: the vocabulary of packs takes long to build

    assessed = next(iter(assessing.list_assessments(session, archive_id)), None)
    names = archiving.owner_names(session)
    found = archiving.check_content(session, archive.content, Stage.SUBMIT, archive.id)
    return ReviewCase(
        archive=archive,
        office_name=names.get(archive.office_id, "其他单位"),
        state=state,
        reviews=entries,
        base=base,
        changes=changes_since(session, archive, base.archive_revision, given) if base else [],
        problems=[problem for problem in found if problem.severity in (Severity.ERROR, Severity.WARNING)],
        assessed=assessed,
        suggestion=_suggestion(assessed),
        proposal=proposal,
        choices=class_choices(session, archive_id),
        given_number=given,
        papers=len(attachments.list_attachments(session, archive_id)),
    )


def _since(assessed: "StoredAssessment") -> str:
    holds = (("家庭情况", assessed.means_changed), ("政策或标准", assessed.policy_changed))
    return "、".join(words for words, changed in holds if changed)


def _suggestion(assessed: "StoredAssessment | None") -> str:
    from db.services.assessing import suggestion_words

    if assessed is None:
        return "还没有存档的认定。"
    changed = f"之后{_since(assessed)}有变化。" if assessed.is_stale else ""
    return f"认定（{assessed.assessment.on}）：{suggestion_words(assessed.assessment)}。{changed}"


def _proposal(connection: Connection, archive_id: str) -> Proposal | None:
    rows = casework_store.decisions_of(connection, archive_id)
    if not rows:
        return None
    row = rows[0]
    return Proposal(
        row["decided_class"],
        row["decided_class_label"],
        row["decided_level"],
        row["decided_level_label"],
        row["reason"],
        row["made_at"][:10],
        row["clerk_name"],
    )


def changes_since(session: OfficeSession, archive: Archive, revision: int, given_number: str = "") -> list[Change]:
    """What changed in an archive after *revision*, field by field, and what was added beside the form."""
    if revision >= archive.revision:
        return []
    before = with_given_number(revisions.load_revision(session, archive.id, revision), given_number)
    beside = [
        replace(change, old=None)
        for entry in reversed(revisions.archive_history(session, archive.id))
        if entry.revision > revision
        for change in entry.changes
        if change.field.startswith("@")
    ]
    added = [
        Change(_BESIDE[entry.action], None, entry.reason)
        for entry in reversed(revisions.archive_history(session, archive.id))
        if entry.revision > revision and entry.action in _BESIDE
    ]
    return [*changes_between(before, archive.content), *beside, *added]


_BESIDE = {"means": "@means", "assess": "@assessment", "decide": "@decision", "step": "@step"}
"""Acts that add something beside the form without a change of a field."""


def number_field(case: ReviewCase) -> str:
    """The 职工编号 to offer: the one given, else what the form says unless it is a makeshift one."""
    stands = str(case.archive.content.values.get(GIVEN_NUMBER) or "")
    return case.given_number or ("" if stands.upper().startswith("T") else stands)


def is_return(entry: ReviewEntry | None) -> bool:
    """Whether a review sends the archive back."""
    return entry is not None and entry.outcome is ReviewOutcome.RETURNED
