"""Assessments (认定): what the rules say of a household, kept as it was said, and what people decided upon it.

A stored assessment is a record: the facts it saw, the result with every step, the text of the policy it rests on. It
is read back as it stands and never recomputed; that means, household or policy changed since is told beside it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import ArchiveContent, new_id
from db.domain.field_kinds import printable
from db.domain.means_check import check_means, check_people, prepared_means
from db.domain.means_form import MEANS_EDITION, MeansContent
from db.domain.option_lists import option_list
from db.domain.policy.assessment import OUTCOME_LABELS, Assessment, ClassResult, Outcome
from db.domain.policy.book import LoadedPack, PolicyBook
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import HouseholdFacts, check_facts, facts_of
from db.domain.policy.records import KnownStandard, facts_json, known_standards
from db.errors import Progress, UserError
from db.services import archiving, policies
from db.services.assessment_list import (
    AssessmentQuery,
    AssessmentRow,
    assessment_archive_ids,
    assessment_rows,
    count_assessments,
)
from db.services.means import read_means, record_revision, signature_of
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.skipped import Skipped, skipped_within
from db.services.staleness import regions_of, stale_marks, standards_print
from db.store import casework_store, policy_store
from db.store.archive_store import StoredArchive

__all__ = [
    "AssessmentQuery",
    "AssessmentRow",
    "Decision",
    "ManyAssessed",
    "StoredAssessment",
    "assess_and_store",
    "assess_archive",
    "assess_many",
    "assessment_archive_ids",
    "assessment_rows",
    "class_words",
    "count_assessments",
    "decide",
    "facts_for",
    "list_assessments",
    "means_year",
    "policy_in_force",
    "policy_text",
    "store_assessment",
    "suggestion_words",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided upon an assessment; *decided_class* None: none of its classes."""

    id: str
    made_at: str
    made_by: str
    suggested_class: str | None
    suggested_level: str | None
    decided_class: str | None
    decided_level: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """A stored assessment with what was decided upon it; ``decisions`` newest first, the first counts."""

    id: str
    archive_id: str
    made_at: str
    made_by: str
    means_revision: int
    assessment: Assessment
    facts: dict[str, Any]
    standards: tuple[KnownStandard, ...] = ()
    """The standards that were known then for the household's regions, with their documents."""
    decisions: tuple[Decision, ...] = ()
    means_changed: bool = False
    """Whether worksheet or household changed since."""
    policy_changed: bool = False
    """Whether another policy text or standard is in force today."""

    @property
    def decision(self) -> Decision | None:
        """The decision that counts."""
        return self.decisions[0] if self.decisions else None

    @property
    def is_stale(self) -> bool:
        """Whether it would be wise to assess anew."""
        return self.means_changed or self.policy_changed


# -- assessing ----------------------------------------------------------------------------------------------------


def policy_in_force(session: OfficeSession, on: date) -> LoadedPack:
    """The pack the office works by on a day; UserError when there is none."""
    loaded = policies.chosen_policy(session, on)
    if loaded is None:
        raise UserError("no_policy_chosen", on=on.isoformat())
    return loaded


def means_year(loaded: LoadedPack, on: date) -> int:
    """The year whose worksheet a pack looks at on a day."""
    means = loaded.pack.means
    return on.year if means is not None and means.year == "application_year" else on.year - 1


def facts_for(session: OfficeSession, archive_id: str, year: int, means: MeansContent | None = None) -> HouseholdFacts:
    """What the rules see of an archive with its worksheet of *year* – or with *means*, a worksheet not stored (yet).

    Without a worksheet nothing about means is known, which is not the same as nothing being there.
    """
    with session.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        return facts_within(connection, stored, year, means)[0]


def facts_within(
    connection: Connection, stored: StoredArchive, year: int, unsaved: MeansContent | None = None
) -> tuple[HouseholdFacts, int]:
    """The same within a transaction: the facts and the version of the worksheet they come from (0: none)."""
    if unsaved is not None:
        ready = prepared_means(unsaved)
        return facts_of(stored.content, check_means(stored.content, ready)), 0
    found = read_means(connection, stored.id, year)
    content = found.content if found else MeansContent(year)
    check_people(stored.content, content)
    return check_facts(facts_of(stored.content, content)), found.revision if found else 0


def assess_archive(
    session: OfficeSession, archive_id: str, on: date, means: MeansContent | None = None, policy_id: str | None = None
) -> Assessment:
    """What the rules say on a day; nothing is stored. *means*: a changed worksheet, to see what would follow."""
    book = policies.policy_book(session)
    loaded = policies.find_pack(book, policy_id, on.isoformat()) if policy_id else policy_in_force(session, on)
    with session.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        facts, _ = facts_within(connection, stored, means_year(loaded, on), means)
    return assess(facts, loaded, book, on, _edition(stored.content))


def _edition(content: ArchiveContent) -> str:
    return f"{content.edition} {MEANS_EDITION}"


# -- storing ------------------------------------------------------------------------------------------------------


def store_assessment(
    session: OfficeSession, archive_id: str, assessment: Assessment, facts: HouseholdFacts
) -> StoredAssessment:
    """Keep an assessment with the facts it saw, as a revision of its archive. The same one is not kept twice.

    Refused when worksheet or household changed after it was computed: it would be a record of something that is not so.
    """
    book = policies.policy_book(session)
    loaded = next((item for item in book.packs if item.sha256 == assessment.policy_sha256), None)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        current, revision = facts_within(connection, stored, facts.year)
        if current != facts:
            raise UserError("assessment_outdated")
        return _store(connection, session, stored, assessment, facts, revision, loaded, book)


def assess_and_store(session: OfficeSession, archive_id: str, on: date) -> StoredAssessment:
    """Assess an archive under the policy in force and keep the result."""
    loaded, book = policy_in_force(session, on), policies.policy_book(session)
    with session.database.writing() as connection:
        return _assess_and_store(connection, session, archive_id, on, loaded, book)


def _assess_and_store(
    connection: Connection, session: OfficeSession, archive_id: str, on: date, loaded: LoadedPack, book: PolicyBook
) -> StoredAssessment:
    stored = own_archive(connection, session, archive_id)
    facts, revision = facts_within(connection, stored, means_year(loaded, on))
    assessment = assess(facts, loaded, book, on, _edition(stored.content))
    return _store(connection, session, stored, assessment, facts, revision, loaded, book)


def _store(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    assessment: Assessment,
    facts: HouseholdFacts,
    means_revision: int,
    loaded: LoadedPack | None,
    book: PolicyBook,
) -> StoredAssessment:
    seen, result = facts_json(facts), assessment.to_json()
    last = casework_store.assessments_of(connection, stored.id, 1)
    if last and (last[0]["facts"], last[0]["result"]) == (seen, result):
        decisions = _decisions(connection, stored.id).get(last[0]["id"], ())
        return _stored_assessment(last[0], decisions, said=assessment)
    if loaded is not None:
        policies.keep_pack(connection, session, loaded)
    elif not casework_store.has_policy_text(connection, assessment.policy_sha256):
        known = "、".join(sorted({item.pack.id for item in book.packs})) or "（无）"
        raise UserError("policy_unknown", pack=assessment.policy_id, known=known)
    note = record_revision(connection, session, stored, "assess", suggestion_words(assessment))
    regions = regions_of(facts)
    standards = known_standards(book, regions.split(), assessment.on)
    row = {
        "id": new_id(),
        "archive_id": stored.id,
        "archive_revision": stored.revision,
        **signature_of(note),
        "means_revision": means_revision,
        "standards_regions": regions,
        "standards_sha256": standards_print(standards, assessment.on),
        "standards": [asdict(item) for item in standards],
        **casework_store.assessment_columns(assessment),
        "facts": seen,
        "result": result,
    }
    casework_store.insert_assessments(connection, [row])
    return _stored_assessment(row, (), said=assessment)


def suggestion_words(assessment: Assessment) -> str:
    """The result in a line: outcome, class and level, policy."""
    found = assessment.class_result(assessment.suggested_class)
    name = f"：{class_words(found)}" if found else ""
    return f"{OUTCOME_LABELS[assessment.outcome]}{name}（依据{assessment.policy_title}，第 {assessment.policy_version} 版）"


def class_words(result: ClassResult | None) -> str:
    """A class with its level, as people call it."""
    if result is None:
        return "不属于任何一类"
    level = result.level_label if result.level_label not in result.label else ""
    return f"{result.label}（{level}）" if level else result.label


# -- looking back -------------------------------------------------------------------------------------------------


def list_assessments(session: OfficeSession, archive_id: str) -> list[StoredAssessment]:
    """The assessments of an archive as they were stored, the newest first."""
    marks = stale_marks(session)
    with session.database.reading() as connection:
        rows = casework_store.assessments_of(connection, archive_id)
        stale = casework_store.stale_of(connection, archive_id, marks)
        decisions = _decisions(connection, archive_id)
    return [_stored_assessment(row, decisions.get(row["id"], ()), *stale[row["id"]]) for row in rows]


def _decisions(connection: Connection, archive_id: str) -> dict[str, tuple[Decision, ...]]:
    """Decisions by assessment, the newest first."""
    found: dict[str, tuple[Decision, ...]] = {}
    for row in casework_store.decisions_of(connection, archive_id):
        found[row["assessment_id"]] = (*found.get(row["assessment_id"], ()), _decision(row))
    return found


def _decision(row: dict[str, Any]) -> Decision:
    keys = ("suggested_class", "suggested_level", "decided_class", "decided_level", "reason")
    return Decision(row["id"], row["made_at"], row["clerk_name"], *(row[key] for key in keys))


def _stored_assessment(
    row: dict[str, Any],
    decisions: tuple[Decision, ...],
    means_changed: bool = False,
    policy_changed: bool = False,
    said: Assessment | None = None,
) -> StoredAssessment:
    return StoredAssessment(
        id=row["id"],
        archive_id=row["archive_id"],
        made_at=row["made_at"],
        made_by=row["clerk_name"],
        means_revision=row["means_revision"],
        assessment=said or Assessment.from_json(row["result"]),
        facts=row["facts"],
        standards=tuple(KnownStandard(**item) for item in row["standards"]),
        decisions=decisions,
        means_changed=bool(means_changed),
        policy_changed=bool(policy_changed),
    )


def policy_text(session: OfficeSession, sha256: str) -> str:
    """The very text of the policy an assessment rests on, for an audit."""
    with session.database.reading() as connection:
        kept = policy_store.by_fingerprint(connection, sha256)
    if kept is None:
        raise UserError("policy_text_gone")
    return str(kept["text"])


# -- deciding -----------------------------------------------------------------------------------------------------


def decide(
    session: OfficeSession, assessment_id: str, class_code: str | None, level: str | None = None, reason: str = ""
) -> Decision:
    """Decide upon the last assessment of an archive: a class and level of its policy, or None for none.

    A decision that differs from the suggestion needs a reason. Where the class has a 困难类别, the form takes it, in the
    same revision of the archive. Deciding the same again makes no new decision.
    """
    with session.database.writing() as connection:
        row = casework_store.find_assessment(connection, assessment_id)
        if row is None:
            raise UserError("assessment_gone")
        stored = own_archive(connection, session, row["archive_id"])
        if casework_store.assessments_of(connection, stored.id, 1)[0]["id"] != assessment_id:
            raise UserError("assessment_not_last")
        assessment = Assessment.from_json(row["result"])
        chosen = _chosen(assessment, class_code, level)
        why = _reason(assessment, class_code, level, reason)
        last = _decisions(connection, stored.id).get(assessment_id, ())
        if last and (last[0].decided_class, last[0].decided_level, last[0].reason) == (class_code, level, why):
            return last[0]
        words = class_words(chosen) + (f"。{why}" if why else "")
        note = record_revision(connection, session, stored, "decide", words, _with_category(stored.content, chosen))
        made = {
            "id": new_id(),
            "assessment_id": assessment_id,
            "archive_id": stored.id,
            "archive_revision": stored.revision,
            **signature_of(note),
            "suggested_class": assessment.suggested_class,
            "suggested_level": assessment.suggested_level,
            "decided_class": class_code,
            "decided_level": level,
            "decided_class_label": chosen.label if chosen else "",
            "decided_level_label": _level_label(assessment, level),
            "reason": why,
        }
        casework_store.insert_decisions(connection, [made])
    return _decision(made)


def _level_label(assessment: Assessment, level: str | None) -> str:
    return next((item.level_label for item in assessment.classes if level is not None and item.level == level), "")


def _chosen(assessment: Assessment, class_code: str | None, level: str | None) -> ClassResult | None:
    if class_code is None:
        if level is not None:
            raise UserError("decision_unknown_class", text=level)
        return None
    chosen = assessment.class_result(class_code)
    if chosen is None:
        raise UserError("decision_unknown_class", text=class_code)
    if level not in {None, *(item.level for item in assessment.classes)}:
        raise UserError("decision_unknown_class", text=level)
    return chosen


def _reason(assessment: Assessment, class_code: str | None, level: str | None, reason: str) -> str:
    why = printable(reason).strip()
    if len(why) > _LONGEST_REASON:
        raise UserError("text_too_long", label="理由", limit=_LONGEST_REASON)
    if (class_code, level) != (assessment.suggested_class, assessment.suggested_level) and not why:
        suggested = class_words(assessment.class_result(assessment.suggested_class))
        raise UserError("decision_needs_reason", suggested=suggested)
    return why


_LONGEST_REASON = 500


def _with_category(content: ArchiveContent, chosen: ClassResult | None) -> ArchiveContent:
    """The form with the 困难类别 of the class; as it is where the class has none, or one this form does not know."""
    changed = content.copy()
    if chosen is not None and chosen.category in option_list("hardship_category").by_code:
        changed.values["hardship_category"] = chosen.category
    return changed


# -- many at once -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ManyAssessed:
    """What became of many households: how many per outcome, and which were passed over."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many were assessed."""
        return self.outcomes.total()


_BATCH = 50


def assess_many(
    session: OfficeSession, ids: Sequence[str], on: date, progress: Progress | None = None
) -> ManyAssessed:
    """Assess and store many archives under the policy in force; what was done stays when the clerk cancels."""
    loaded, book = policy_in_force(session, on), policies.policy_book(session)
    outcome = ManyAssessed()
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        with session.database.writing() as connection:
            _assess_part(connection, session, part, on, loaded, book, outcome)
        if progress:
            progress(start + len(part), len(ids))
    return outcome


def _assess_part(
    connection: Connection,
    session: OfficeSession,
    ids: Iterable[str],
    on: date,
    loaded: LoadedPack,
    book: PolicyBook,
    outcome: ManyAssessed,
) -> None:
    for archive_id in ids:
        try:
            made = _assess_and_store(connection, session, archive_id, on, loaded, book)
        except UserError as fault:  # raised before anything of this household is written
            outcome.skipped.append(skipped_within(connection, archive_id, fault))
        else:
            outcome.outcomes[made.assessment.outcome] += 1
