"""What the 认定 tab shows of a household: facts, policy, result – computed beside the screen, stored only when asked."""

from dataclasses import dataclass, replace
from datetime import date

from db.domain.means_form import MeansContent
from db.domain.policy.assessment import Assessment, Outcome
from db.domain.policy.book import LoadedPack, PolicyBook
from db.domain.policy.eligibility import assess
from db.domain.policy.explanation import Paragraph, explain
from db.domain.policy.facts import HouseholdFacts
from db.domain.policy.what_if import Figure, figures, turned
from db.services import assessing, means, policies
from db.services.assessing import StoredAssessment
from db.services.office import OfficeSession


@dataclass(frozen=True)
class Case:
    """A household under the policy in force on a day."""

    facts: HouseholdFacts
    loaded: LoadedPack
    book: PolicyBook
    assessment: Assessment
    on: date
    is_unsaved: bool
    """Whether it looks at a worksheet that is not stored as it stands."""
    has_worksheet: bool
    """Whether there is a worksheet of the year at all."""
    history: list[StoredAssessment]

    @property
    def stored(self) -> StoredAssessment | None:
        """The last stored assessment, when it says what this one says, on whatever day."""
        last = self.history[0] if self.history else None
        if last is None or self.is_unsaved or last.is_stale:
            return None
        then = replace(last.assessment, on=self.assessment.on, recheck_on=self.assessment.recheck_on)
        return last if then == self.assessment else None

    def figures(self) -> list[Figure]:
        """What may be turned in the what-if panel."""
        tests = [test for item in self.loaded.pack.hardship_class for route in item.route for test in route.test]
        topics = frozenset(test.threshold.standard for test in tests if test.threshold and test.threshold.standard)
        return figures(self.facts, self.book, topics, self.on.isoformat())

    def turned(self, key: str, value: int) -> Assessment:
        """The result with one figure turned."""
        changed = turned(self.facts, key, value, self.on.isoformat())
        return assess(changed, self.loaded, self.book, self.on, self.assessment.form_edition)


def open_case(session: OfficeSession, archive_id: str, on: date, unsaved: MeansContent | None) -> Case | None:
    """Assess a household in memory; None while the office has chosen no policy that is in force on the day."""
    loaded = policies.chosen_policy(session, on)
    if loaded is None:
        return None
    year = assessing.means_year(loaded, on)
    sheet = unsaved if unsaved is not None and unsaved.year == year else None
    facts = assessing.facts_for(session, archive_id, year, sheet)
    book = policies.policy_book(session)
    has_sheet = sheet is not None or means.load_means(session, archive_id, year) is not None
    made = assessing.assess_archive(session, archive_id, on, sheet)
    history = assessing.list_assessments(session, archive_id)
    return Case(facts, loaded, book, made, on, sheet is not None, has_sheet, history)


def class_paragraphs(assessment: Assessment) -> list[Paragraph]:
    """Each class told for itself, with the sums it rests on: cards may be folded."""
    told = []
    for item in assessment.classes:
        alone = replace(
            assessment, classes=(item,), outcome=Outcome.DOES_NOT_FIT, suggested_class=None, missing=(), caps=(), recheck_on=None
        )
        told.append(explain(alone)[1])
    return told


def other_paragraphs(assessment: Assessment) -> list[Paragraph]:
    """What rules out and what to mind."""
    return explain(replace(assessment, missing=(), caps=()))[1 + len(assessment.classes) :]
