"""Judge what a bundle brings against what is here: new, changed, same, duplicate – or set aside with a reason.

The same judgement serves the preview and the application, so what was shown is what is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.case_flow import RULES
from db.domain.case_words import Act
from db.domain.change_diff import ASSESSMENT, ATTACHMENT, DECISION, MEANS, RECORD, STEP, Change, changes_between
from db.domain.content_check import Findings, look_over
from db.domain.form_schema import Value
from db.domain.policy import assessment as assessments
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordKind
from db.domain.review import with_given_number
from db.exchange.bundle_beside import HeldBeside, Trust, beside_fault, held_beside
from db.exchange.bundle_format import MalformedError, Outcome
from db.exchange.bundle_history import Branch, HeldVersion, branch_of, held_versions
from db.exchange.bundle_owners import Owners
from db.exchange.bundle_records import IncomingArchive
from db.store import archive_store, bundle_store, casework_store, retention_store, review_store
from db.store.archive_store import StoredArchive


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A person of the archive who stands in another archive, too."""

    person: str
    archive_id: str
    archive_number: str
    head_name: str
    office_id: str


FACTS = (
    "sex",
    "id_number",
    "hardship_category",
    "main_hardship_cause",
    "household_size",
    "per_capita_monthly_income",
    "mobile_phone",
    "home_address",
)


_LONGEST_SHOWN = 200
"""Of a fact; a bundle may bring a million archives, and the verdicts of all are kept."""


@dataclass(slots=True)
class Verdict:
    """What becomes of one archive of the bundle."""

    archive_id: str
    archive_number: str
    name: str
    office_id: str
    revision: int
    outcome: Outcome
    is_new: bool = False
    is_complete: bool = True
    has_errors: bool = False
    changes: list[Change] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    reason: str = ""
    facts: dict[str, Value] = field(default_factory=dict)
    """What tells the household apart in a preview, see :data:`FACTS`; the whole content of each would be too much."""

    @property
    def is_stored(self) -> bool:
        """Whether applying the bundle writes this archive."""
        return self.outcome in {Outcome.NEW, Outcome.CHANGED, Outcome.DUPLICATE}


@dataclass(slots=True)
class Judged:
    """An incoming archive with its verdict and what is stored of it now."""

    incoming: IncomingArchive
    verdict: Verdict
    stored: StoredArchive | None
    held: HeldBeside = field(default_factory=HeldBeside)


@dataclass(slots=True)
class _Surroundings:
    """What the office holds around a batch of incoming archives, fetched with few queries."""

    stored: dict[str, StoredArchive]
    delivered: dict[str, str]
    member_homes: dict[str, str]
    papers: dict[str, bundle_store.Row]
    holders: dict[str, list[bundle_store.Row]]
    cases: dict[str, str]
    beside: HeldBeside
    versions: dict[str, HeldVersion]
    """Of archives that come in another revision than ours: our version of the lower of the two."""
    destroyed: dict[str, str]
    """Of archives that were destroyed here after their term: the day."""


@dataclass(frozen=True, slots=True)
class _Noticed:
    """What an archive of the present batch says by itself: whether all of it can be, and who is in it by ID number."""

    findings: Findings
    people: list[tuple[str, str]]


class Judge:
    """Judges the archives of one bundle from *sender_id*; remembers what the bundle has brought so far."""

    def __init__(
        self, connection: Connection, *, trust: Trust, other_children: set[str], today: str
    ) -> None:
        self._connection = connection
        self._trust = trust
        self._own, self._sender, self._others = trust.own_id, trust.sender_id, other_children
        self._today = today
        self._owners = Owners(connection, trust, other_children)
        self._archive_ids: set[str] = set()
        self._part_ids: set[str] = set()
        self._numbers: dict[str, list[Duplicate]] = {}
        self._noticed: dict[str, _Noticed] = {}

    @property
    def trust(self) -> Trust:
        """From whom the bundle comes."""
        return self._trust

    @property
    def other_children(self) -> set[str]:
        """The offices directly below this one other than the sender."""
        return self._others

    @property
    def own_id(self) -> str:
        """The office that judges."""
        return self._own

    def judge(self, batch: Sequence[IncomingArchive]) -> list[Judged]:
        """A verdict for each archive of *batch*."""
        numbers = review_store.given_numbers(self._connection, [incoming.id for incoming in batch])
        for incoming in batch:
            self._note_ids(incoming)
            content = with_given_number(incoming.content, numbers.get(incoming.id, ""))
            if content is not incoming.content:
                incoming.content = content
                self.note(incoming)
        around = self._surroundings(batch)
        judged = [self._judge(incoming, around) for incoming in batch]
        self._noticed.clear()
        return judged

    def note(self, incoming: IncomingArchive) -> None:
        """Look over an archive as soon as it is read: what was just read is at hand, hundreds later it is not."""
        self._noticed[incoming.id] = _Noticed(look_over(incoming.content, self._today), _people(incoming.content))

    def _noted(self, incoming: IncomingArchive) -> "_Noticed":
        if incoming.id not in self._noticed:
            self.note(incoming)
        return self._noticed[incoming.id]

    def _note_ids(self, incoming: IncomingArchive) -> None:
        parts = [str(member["id"]) for member in incoming.content.members]
        parts += [paper.id for paper in incoming.attachments]
        parts += incoming.casework.ids
        parts += incoming.beside.ids
        if incoming.id in self._archive_ids or not self._part_ids.isdisjoint(parts):
            raise MalformedError("同一编号出现两次")
        self._archive_ids.add(incoming.id)
        self._part_ids.update(parts)

    def _surroundings(self, batch: Sequence[IncomingArchive]) -> _Surroundings:
        ids = [incoming.id for incoming in batch]
        self._owners = Owners.of(self._connection, self._trust, self._others, ids)
        present = sorted(bundle_store.archive_labels(self._connection, ids))
        members = [str(member["id"]) for incoming in batch for member in incoming.content.members]
        papers = [paper.id for incoming in batch for paper in incoming.attachments]
        numbers = [number for incoming in batch for number, _ in self._noted(incoming).people]
        holders: dict[str, list[bundle_store.Row]] = {}
        for holder in archive_store.holders_of(self._connection, numbers):
            holders.setdefault(holder["id_number"], []).append(holder)
        stored = {stored.id: stored for stored in archive_store.load_many(self._connection, present)}
        lower = {
            incoming.id: min(incoming.revision, stored[incoming.id].revision)
            for incoming in batch
            if incoming.id in stored and incoming.revision != stored[incoming.id].revision
        }
        return _Surroundings(
            stored=stored,
            delivered=self._owners.delivered,
            member_homes=bundle_store.member_homes(self._connection, members),
            papers=bundle_store.papers_held(self._connection, papers),
            holders=holders,
            cases=casework_store.case_homes(self._connection, [key for item in batch for key in _cases_of(item)]),
            beside=held_beside(self._connection, [item.beside for item in batch]),
            versions=held_versions(self._connection, lower),
            destroyed=retention_store.destroyed_on(self._connection, ids),
        )

    def _judge(self, incoming: IncomingArchive, around: _Surroundings) -> Judged:
        stored = around.stored.get(incoming.id)
        verdict = _verdict(incoming, Outcome.NEW)
        found = self._noted(incoming).findings
        reason = (
            _destroyed_fault(around.destroyed.get(incoming.id))
            or self._ownership_fault(incoming, stored, around.delivered.get(incoming.id))
            or _unknown_fault(found.unknown)
            or _casework_fault(incoming)
            or _identity_fault(incoming, around.member_homes, around.papers, around.cases)
            or self._beside_fault(incoming, around.beside)
        )
        if reason:
            verdict.outcome, verdict.reason = Outcome.REFUSED, reason
            return Judged(incoming, verdict, stored, around.beside)
        if stored is None:
            verdict.is_new = True
        else:
            self._compare(incoming, stored, verdict, around.versions.get(incoming.id))
        verdict.has_errors = found.has_errors
        if verdict.is_stored:
            verdict.duplicates = self._duplicates(incoming, around)
            verdict.outcome = Outcome.DUPLICATE if verdict.duplicates else verdict.outcome
        self._remember(incoming)
        return Judged(incoming, verdict, stored, around.beside)

    def _compare(
        self, incoming: IncomingArchive, stored: StoredArchive, verdict: Verdict, common: HeldVersion | None
    ) -> None:
        _compare(incoming, stored, verdict, common)

    def _beside_fault(self, incoming: IncomingArchive, held: HeldBeside) -> str:
        told = (incoming.id, incoming.office_id, incoming.revision, incoming.beside)
        return beside_fault(incoming.beside, self._trust, held, incoming.id) or (
            (self._owners.hand_over_fault(*told, held.hand_overs) if incoming.beside.hand_overs else "")
            or (self._owners.merge_fault(incoming.office_id, incoming.beside, held.merges) if incoming.beside.merges else "")
        )

    def _ownership_fault(
        self, incoming: IncomingArchive, stored: StoredArchive | None, delivered_by: str | None
    ) -> str:
        return self._owners.fault(incoming.id, incoming.office_id, incoming.revision, stored, incoming.beside)

    def has_moved(self, incoming: IncomingArchive, stored: StoredArchive) -> bool:
        """Whether the sender tells of a hand-over among the offices below it, as :meth:`judge` found it may."""
        return self._owners.has_moved(incoming.id, incoming.office_id, stored.office_id)

    def _duplicates(self, incoming: IncomingArchive, around: _Surroundings) -> list[Duplicate]:
        found: dict[tuple[str, str], Duplicate] = {}
        for number, person in self._noted(incoming).people:
            if number not in around.holders and number not in self._numbers:
                continue
            here = [
                Duplicate(person, row["archive_id"], row["archive_number"], row["head_name"] or "", row["office_id"])
                for row in around.holders.get(number, [])
            ]
            for other in [*here, *self._numbers.get(number, [])]:
                if other.archive_id != incoming.id:
                    found.setdefault((person, other.archive_id), other)
        return list(found.values())

    def _remember(self, incoming: IncomingArchive) -> None:
        head = incoming.content.text("name")
        for number, person in self._noted(incoming).people:
            entry = Duplicate(person, incoming.id, incoming.archive_number, head, incoming.office_id)
            self._numbers.setdefault(number, []).append(entry)


def _verdict(incoming: IncomingArchive, outcome: Outcome) -> Verdict:
    return Verdict(
        archive_id=incoming.id,
        archive_number=incoming.archive_number,
        name=incoming.content.text("name"),
        office_id=incoming.office_id,
        revision=incoming.revision,
        outcome=outcome,
        is_complete=incoming.is_complete,
        facts={key: _shown(incoming.content.values.get(key)) for key in FACTS},
    )


def _shown(value: Value) -> Value:
    return value[:_LONGEST_SHOWN] if type(value) is str else value


def _people(content: ArchiveContent) -> list[tuple[str, str]]:
    """ID number and name of everybody in the archive who has a number."""
    records: list[dict[str, Value]] = [content.values, *content.members]
    return [(str(record["id_number"]), str(record.get("name") or "")) for record in records if record.get("id_number")]


def _compare(
    incoming: IncomingArchive, stored: StoredArchive, verdict: Verdict, common: HeldVersion | None
) -> None:
    changes = changes_between(stored.content, incoming.content)
    if incoming.revision == stored.revision:
        verdict.outcome = Outcome.SAME
        if changes:
            verdict.outcome, verdict.changes = Outcome.CONFLICT, changes
            verdict.reason = f"同是第 {stored.revision} 版，内容却不同"
        return
    branch = branch_of(incoming, stored.revision, common)
    if branch is Branch.APART:
        verdict.outcome, verdict.changes = Outcome.CONFLICT, changes
        verdict.reason = f"来的第 {incoming.revision} 版不是从这里的第 {stored.revision} 版改来的，对方可能恢复过备份"
    elif branch is Branch.BEHIND:
        verdict.outcome, verdict.reason = Outcome.OLDER, f"已有更新的第 {stored.revision} 版"
    else:
        verdict.outcome = Outcome.CHANGED
        casework = casework_changes(incoming, lambda number: number > stored.revision)
        verdict.changes = [*changes, *_paper_changes(incoming, stored.revision), *casework]


def _paper_changes(incoming: IncomingArchive, since: int) -> list[Change]:
    """Papers added, removed or renamed after revision *since*, as the sender's history tells."""
    return [
        Change.from_json(change)
        for row in incoming.revisions
        if row["revision"] > since
        for change in row["changes"]
        if change[0] == ATTACHMENT
    ]


def casework_changes(incoming: IncomingArchive, is_new: Callable[[int], bool]) -> list[Change]:
    """Worksheets, assessments, decisions, records and steps of the revisions that are new here, as *is_new* tells by number."""
    casework = incoming.casework
    told = [
        *((row, MEANS, f"{row['year']} 年第 {row['revision']} 版") for row in casework.means),
        *((row, ASSESSMENT, f"{row['assessed_on']} {_outcome_words(row)}") for row in casework.assessments),
        *((row, DECISION, row["made_at"][:10]) for row in casework.decisions),
        *((row, RECORD, _record_words(row)) for row in casework.records),
        *((row, STEP, f"{row['on_day']} {RULES[Act(row['act'])].label}") for row in casework.steps),
    ]
    return [Change(kind, None, words) for row, kind, words in told if is_new(row["archive_revision"])]


def _record_words(row: bundle_store.Row) -> str:
    """Day and kind of a record; the archive of one that this program does not know is set aside."""
    title = FORMS[RecordKind(row["kind"])].title if row["kind"] in set(RecordKind) else "登记"
    return f"{row['on_day'] or row['made_at'][:10]} {title}" + ("（删除）" if row["is_removed"] else "")


def _outcome_words(row: bundle_store.Row) -> str:
    return assessments.OUTCOME_LABELS[assessments.Outcome(row["outcome"])]


def _identity_fault(
    incoming: IncomingArchive, members: dict[str, str], papers: dict[str, bundle_store.Row], cases: dict[str, str]
) -> str:
    """Ids of members, papers and assessments belong to one archive for ever; the arguments tell where they stand."""
    for member in incoming.content.members:
        if members.get(str(member["id"]), incoming.id) != incoming.id:
            return "家庭成员的编号属于另一份档案"
    for paper in incoming.attachments:
        held = papers.get(paper.id)
        if held and (held["archive_id"], held["stored_sha256"]) != (incoming.id, paper.stored_sha256):
            return f"附件“{paper.name}”的编号属于另一份文件"
    if any(cases.get(key, incoming.id) != incoming.id for key in _cases_of(incoming)):
        return "认定记录的编号属于另一份档案"
    return ""


def archive_fault(connection: Connection, incoming: IncomingArchive, today: str) -> str:
    """Why an archive cannot be kept here, whoever brings it; empty when it can."""
    return (
        _unknown_fault(look_over(incoming.content, today).unknown)
        or _casework_fault(incoming)
        or _identity_fault(
            incoming,
            bundle_store.member_homes(connection, [str(member["id"]) for member in incoming.content.members]),
            bundle_store.papers_held(connection, [paper.id for paper in incoming.attachments]),
            casework_store.case_homes(connection, _cases_of(incoming)),
        )
    )


def _cases_of(incoming: IncomingArchive) -> list[str]:
    """Ids of its assessments and decisions, and of the assessments that the decisions are upon."""
    return [*incoming.casework.ids, *(row["assessment_id"] for row in incoming.casework.decisions)]


def _casework_fault(incoming: IncomingArchive) -> str:
    unknown = incoming.casework.unknown
    return f"{unknown}认不出来，可能由更新的暖档填写" if unknown else ""


def _destroyed_fault(on: str | None) -> str:
    return f"这份档案保管期满，已于 {on} 在本单位销毁，不再收取" if on else ""


def _unknown_fault(key: str | None) -> str:
    return "" if key is None else f"内容里有“{_caption(key)}”认不出来，可能由更新的暖档填写"


def _caption(key: str) -> str:
    labels = {spec.key: spec.label for spec in (*ARCHIVE_FORM.member_fields, *ARCHIVE_FORM.worker_fields)}
    return labels.get(key, key)
