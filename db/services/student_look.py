"""What there is to mind of a student while the registration is filled in: the limit and what is left of it, the regime of
the money, the papers to bring and which originals were seen and given back. Nothing is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from db.domain.aid.aid_check import FILED, AidFinding, Weight, cap_left
from db.domain.paper_checklist import Paper
from db.domain.policy.assessment import CapResult
from db.domain.policy.pack import Pack
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.domain.records.students import EVIDENCE
from db.domain.student_rules import (
    BEYOND_FILE,
    HOUSEHOLD_PAPERS,
    NextYear,
    check_amount,
    check_regime,
    next_year,
    state_aid_items,
    wanted_papers,
)
from db.services import aid_limits, archiving, policies
from db.services.office import OfficeSession
from db.store import record_store, student_store


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One paper that this student has to bring, and what is known of it."""

    paper: Paper
    is_filed: bool
    """Whether a copy is among the papers."""
    seen: str = ""
    """When and by whom the original was seen; empty: not yet."""
    returned: str = ""
    """When and to whom it was given back."""

    @property
    def is_done(self) -> bool:
        """Whether a copy is filed and the original seen and given back."""
        return self.is_filed and bool(self.seen) and bool(self.returned)

    @property
    def words(self) -> str:
        """What is there and what is missing, in one line."""
        parts = ["复印件已存" if self.is_filed else "还缺复印件"]
        parts.append(f"原件 {self.seen}核对" if self.seen else "原件还没核对")
        if self.seen:
            parts.append(self.returned or "还没退回")
        return f"{self.paper.label}：{'，'.join(parts)}"


@dataclass(frozen=True, slots=True)
class StudentLook:
    """Everything to mind of a registration."""

    findings: tuple[AidFinding, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    cap: CapResult | None = None
    cap_left: int | None = None
    """What may still be given, in 分."""
    costs: CapResult | None = None
    """The limit of what comes beside it: living, travel and other necessary costs (S000-17); None: no document has it."""
    coming: NextYear | None = None
    state_aid: tuple[str, ...] = field(default=())
    support: tuple[str, ...] = field(default=())
    """Who stands by the student and which post they have (圆梦计划), a line each."""

    @property
    def stops(self) -> list[AidFinding]:
        """What forbids the registration."""
        return [item for item in self.findings if item.weight is Weight.STOP]


def look_at_student(session: OfficeSession, archive_id: str, content: RecordContent) -> StudentLook:
    """Everything to mind of a student; fast enough to be asked with every key."""
    with session.database.reading() as connection:
        return look_within(connection, session, archive_id, content)


def look_within(connection: Connection, session: OfficeSession, archive_id: str, content: RecordContent) -> StudentLook:
    """The same within a transaction."""
    stored = archiving.load_stored(connection, archive_id)
    caps, pool = aid_limits.caps_for_student(connection, session, stored, content)
    cap = caps.get("tuition")
    loaded = policies.chosen_policy(session, session.today)
    pack = loaded.pack if loaded else None
    on_file = pool in FILED
    year = content.values.get("year")
    waiting = 0
    if content.text("regime") == BEYOND_FILE and content.text("student_kind") == "continuing" and isinstance(year, int):
        waiting = student_store.new_waiting(connection, year, BEYOND_FILE)
    amount = int(cap.amount * 100) if cap is not None and cap.amount is not None and cap.allowed is not False else None
    found = [*check_regime(content, on_file, pack, waiting), *check_amount(content, amount), *_by_cap(cap)]
    found.sort(key=lambda item: list(Weight).index(item.weight))
    types = dict(student_store.paper_types(connection, archive_id))
    return StudentLook(
        findings=tuple(found),
        evidence=tuple(evidence_of(content, types, on_file, pack)),
        cap=cap,
        cap_left=cap_left(cap),
        costs=caps.get("study_cost"),
        coming=next_year(content.values),
        state_aid=state_aid_items(pack),
        support=tuple(_support(connection, archive_id, content.text("person"))),
    )


def _support(connection: Connection, archive_id: str, person: str) -> Iterator[str]:
    """The sponsorships and posts of one of the household."""
    for row in record_store.records_of(connection, [archive_id]):
        if row["kind"] in {RecordKind.SPONSORSHIP, RecordKind.WORK_PLACEMENT}:
            found = read_record(row["content"])
            if found.text("person") == person and not found.values.get("is_over"):
                line = FORMS[RecordKind(row["kind"])].line(found)
                yield f"{line}（{row['on_day']}{f' 至 {until}' if (until := row['ends_on']) else ' 起'}）"


def _by_cap(cap: CapResult | None) -> list[AidFinding]:
    """What the limit still lacks, or why nothing may be given."""
    if cap is None:
        return []
    if cap.allowed is False:
        return [AidFinding("not_allowed", Weight.NOTE, f"照现行政策不能给“{cap.label}”：{cap.reason}。（{cap.citation}）")]
    if cap.missing and cap.amount is None:
        asks = " ".join(dict.fromkeys(item.question for item in cap.missing))
        return [AidFinding("cap_unknown", Weight.NOTE, f"上限还算不出：{asks}")]
    return []


def evidence_of(content: RecordContent, types: dict[str, str], on_file: bool, pack: Pack | None) -> list[EvidenceLine]:
    """The checklist of a student; *types*: document type of each paper of the archive, by id."""
    chosen = content.values.get("papers")
    own = {types[paper] for paper in chosen if paper in types} if isinstance(chosen, list) else set()
    filed = own | (set(types.values()) & HOUSEHOLD_PAPERS)
    rows = content.rows.get(EVIDENCE, [])
    found = []
    for paper in wanted_papers(content, on_file, pack):
        row = next((item for item in rows if item.get("paper") in paper.types), {})
        seen = " ".join(str(row[key]) for key in ("seen_on", "seen_by") if row.get(key)) if row.get("seen_on") else ""
        back = _returned(str(row.get("returned_on") or ""), str(row.get("returned_to") or ""))
        found.append(EvidenceLine(paper, paper.is_among(filed), f"{seen} " if seen else "", back))
    return found


def _returned(on_day: str, to: str) -> str:
    return f"{on_day} {f'退给{to}' if to else '退回'}" if on_day else ""


def evidence_rows(papers: Sequence[Paper]) -> list[Row]:
    """Empty lines for the papers of the checklist, for a registration that begins."""
    return [{"id": f"evidence-{at}", "paper": paper.types[0]} for at, paper in enumerate(papers, 1)]
