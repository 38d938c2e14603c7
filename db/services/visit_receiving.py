"""Bundles that come from another machine of this office: previewed and applied by the same steps as any other bundle."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.domain.change_diff import Change
from db.errors import Progress
from db.exchange.bundle_apply import received_archive
from db.exchange.bundle_beside import Trust, store_beside, store_money_of, store_targets
from db.exchange.bundle_casework import CaseworkIntake
from db.exchange.bundle_compare import Judged, Verdict
from db.exchange.bundle_format import MalformedError, Manifest, Outcome
from db.exchange.bundle_papers import PaperIntake, TakesPapers
from db.exchange.bundle_records import IncomingArchive, parse_archive
from db.exchange.bundle_register import RegisterIntake
from db.exchange.bundle_visit import VisitHead, VisitJudge, read_beginning
from db.exchange.staging import Incoming
from db.services import archiving
from db.services.bundle_opening import Addressed, chain_warnings, cover_values, names_of, received_row
from db.services.bundle_outcomes import SET_ASIDE, BundlePreview, ReceiveOutcome, outcome_counts, preview_item
from db.services.office import OfficeSession, write_journal
from db.services.partners import machine_name
from db.services.policy_library import keep_chosen
from db.services.reconciling import Reconciled, plan_reconciling, reconcile
from db.store import bundle_store, conflict_store, policy_store, review_store, visit_store
from db.store.archive_store import StoredArchive
from db.store.bundle_store import Row
from db.store.conflict_store import mark_of
from db.store.visit_store import READ, WRITE

_BATCH = 200
_TAKEN = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.DUPLICATE, Outcome.MERGED, Outcome.SAME})
_NAMED_FIELDS = 4
_MOST_REVISIONS = 1_000_000
"""How far a laptop's number may run ahead: the merged revision's must still fit into every bundle after it."""


@dataclass(slots=True)
class VisitIntake(TakesPapers):
    """Takes a bundle from another machine of this office. With *staging* everything is stored, without it only judged."""

    connection: Connection
    session: OfficeSession
    partner: Row
    bundle_id: str = ""
    staging: Incoming | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conflicts: int = 0
    sent: Manifest | None = None
    head: VisitHead | None = None
    _judge: VisitJudge | None = None
    _papers: PaperIntake = field(default_factory=PaperIntake)
    _register: RegisterIntake = field(default_factory=lambda: RegisterIntake(anybody=True))
    _casework: CaseworkIntake | None = None
    _batch: list[IncomingArchive] = field(default_factory=list)
    _known: dict[str, Row] = field(default_factory=dict)
    _policies: list[Row] = field(default_factory=list)
    _told: dict[str, Reconciled] = field(default_factory=dict)

    @property
    def is_out(self) -> bool:
        """Whether this is the laptop, taking in what the desk gives along."""
        return self.session.office.is_laptop

    @property
    def partner_name(self) -> str:
        """How the clerks call the machine it comes from."""
        return machine_name(self.partner["relation"], self.partner["name"])

    def manifest(self, manifest: Manifest) -> None:
        """The signed manifest."""
        self.sent = manifest
        self._papers.staging = self.staging
        office = self.session.office
        self._judge = VisitJudge(
            self.connection,
            trust=Trust(office.id, office.level, self.partner["id"], office.level),
            other_children=set(),
            today=self.session.today,
            may_come=self._may_come,
            side_by_side=self._side_by_side,
        )
        self._casework = CaseworkIntake(self.connection, office.id, manifest.created_at, self.partner["name"])

    def record(self, line: bytes) -> None:
        """The head, a policy text or an archive."""
        part = read_beginning(line)
        if isinstance(part, VisitHead):
            self._take_head(part)
        elif self.head is None:
            raise MalformedError("外出包没有清单")
        elif part is not None:
            self._take_policy(part)
        elif not self._register.take(line):
            self._batch.append(parse_archive(line))
            if len(self._batch) >= _BATCH:
                self._settle()

    def records_done(self) -> None:
        """All records have come."""
        self._settle()
        if self.staging is None or self.head is None:
            return
        self._register.store(self.connection)
        if self.is_out:
            self._note_taken_along()
        else:
            came = [(item.archive_id, item.out_at) for item in self.head.items]
            visit_store.close(self.connection, self.head.laptop_id, came, self.session.now)

    # -- head and policies

    def _take_head(self, head: VisitHead) -> None:
        office = self.session.office
        laptop_id = office.laptop_id if self.is_out else self.partner["id"]
        if self.head is not None or (head.office_id, head.laptop_id) != (office.id, laptop_id):
            raise MalformedError("外出清单不是这两台电脑之间的")
        self.head = head
        self._known = visit_store.of_laptop(self.connection, laptop_id)

    def _take_policy(self, row: Row) -> None:
        if not self.is_out:
            raise MalformedError("带回包里不应有政策")
        if self.staging is not None:
            made = {"made_at": self.session.now, "made_by": self.partner_name, "is_current": True}
            policy_store.keep(self.connection, {**row, **made})

    def _note_taken_along(self) -> None:
        assert self.head and self.sent
        keep_chosen(self.connection, self.head.chosen_policy)
        taken = {verdict.archive_id for verdict in self.verdicts if verdict.outcome in _TAKEN}
        rows = [
            {
                "laptop_id": self.head.laptop_id,
                "archive_id": item.archive_id,
                "access": item.access,
                "base_revision": item.base_revision,
                "sequence": self.sent.sequence,
                "out_at": item.out_at,
                "out_by": self.partner_name,
            }
            for item in self.head.items
            if item.archive_id in taken
        ]
        visit_store.put(self.connection, rows)

    # -- judging

    def _may_come(self, incoming: IncomingArchive, stored: StoredArchive | None) -> str:
        assert self.head
        own = incoming.office_id == self.session.office.id
        if self.is_out:
            access = {item.archive_id: item.access for item in self.head.items}.get(incoming.id)
            if access is None or (access == WRITE and not own):
                return "不在外出清单里"
            return ""
        known = self._known.get(incoming.id)
        if not own:
            return "不是本单位的档案，外出电脑不能改动"
        if incoming.revision > (stored.revision if stored else 0) + _MOST_REVISIONS:
            return "版本号大得不合理"
        # a restored backup of the desk may have forgotten what went out; whoever has our history was given it
        if known is None and stored is not None and not _common(self.connection, incoming):
            return "没有带出给这台外出电脑，不能由它改动"
        if known is not None and known["access"] == READ:
            return "带出时只能查看，不能由外出电脑改动"
        return ""

    def _side_by_side(self, incoming: IncomingArchive, stored: StoredArchive) -> tuple[Outcome, list[Change], str]:
        if stored.office_id != self.session.office.id:  # somebody else's, along for reading
            newer = incoming.revision > stored.revision
            return (Outcome.CHANGED if newer else Outcome.SAME), [], ""
        told = plan_reconciling(self.connection, stored, incoming)
        self._told[incoming.id] = told
        return told.outcome, told.changes, _reason(told)

    # -- storing

    def _settle(self) -> None:
        assert self._judge
        judged = self._judge.judge(self._batch)
        self._batch = []
        self.verdicts.extend(item.verdict for item in judged)
        held = bundle_store.papers_held(
            self.connection, [paper.id for item in judged for paper in item.incoming.attachments]
        )
        for item in judged:
            papers = item.incoming.attachments
            taken = item.verdict.outcome in _TAKEN
            rows = self._papers.new_rows(item.incoming.id, papers, set(held)) if taken else []
            for paper in papers:
                self._papers.expect(paper, is_new=False)
            if taken and item.incoming.id in self._told:
                self.notes += [f"{item.verdict.name}：{note}" for note in self._told[item.incoming.id].notes]
                self.conflicts += len(self._told[item.incoming.id].conflicts)
            if taken and self.staging is not None:
                self._store(item)
                bundle_store.store_papers(self.connection, rows, [])

    def _store(self, item: Judged) -> None:
        incoming, stored = item.incoming, item.stored
        assert self._casework
        if stored is None:
            self._store_new(incoming, item.verdict)
        elif stored.office_id == self.session.office.id:
            reconcile(
                self.connection,
                self.session,
                stored,
                incoming,
                source="desk" if self.is_out else "laptop",
                source_name=self.partner_name,
                bundle_id=self.bundle_id,
                casework=self._casework,
            )
        elif item.verdict.outcome is not Outcome.SAME:
            self._store_copy(incoming)
        if not self.is_out:
            store_money_of(self.connection, incoming.id, incoming.beside)
            store_targets(self.connection, incoming.id, incoming.beside)
        else:
            store_beside(self.connection, incoming.id, incoming.beside, item.held, "")
            review_store.follow_reviews(self.connection, [incoming.id])
            self._mark_known(incoming)

    def _store_new(self, incoming: IncomingArchive, verdict: Verdict) -> None:
        new = received_archive(incoming)
        if not self.is_out:
            self._give_free_number(new, verdict)
        rows = [{"archive_id": incoming.id, **row} for row in incoming.revisions]
        bundle_store.store_received(self.connection, [new], [], rows)
        self._store_casework(incoming)
        if not self.is_out:
            assert self.head and self.sent
            row = {
                "laptop_id": self.head.laptop_id,
                "archive_id": incoming.id,
                "access": WRITE,
                "base_revision": incoming.revision,
                "sequence": self.sent.sequence,
                "out_at": incoming.created_at,
                "out_by": incoming.updated_by,
                "back_at": self.session.now,
            }
            visit_store.put(self.connection, [row])

    def _store_copy(self, incoming: IncomingArchive) -> None:
        """A newer copy of somebody else's archive."""
        held = conflict_store.revision_marks(self.connection, incoming.id)
        numbers = set(held.values())
        rows = [row for row in incoming.revisions if mark_of(row) not in held and row["revision"] not in numbers]
        fresh = [{"archive_id": incoming.id, **row} for row in rows]
        bundle_store.store_received(self.connection, [], [received_archive(incoming)], fresh)
        self._store_casework(incoming)

    def _store_casework(self, incoming: IncomingArchive) -> None:
        assert self._casework
        self._casework.note(incoming.casework)
        self._casework.store([(incoming.id, incoming.casework)])

    def _give_free_number(self, new: StoredArchive, verdict: Verdict) -> None:
        if bundle_store.number_is_free(self.connection, new.archive_number):
            return
        number = archiving.next_archive_numbers(self.connection, self.session, 1)[0]
        self.notes.append(f"{verdict.name}：档案编号 {new.archive_number} 已有别的档案在用，改为 {number}。")
        new.archive_number = number

    def _mark_known(self, incoming: IncomingArchive) -> None:
        """On the laptop: what stands here now is what the desk has, unless something of here is on top."""
        marks = conflict_store.revision_marks(self.connection, incoming.id)
        last = max(marks, key=lambda mark: marks[mark])
        if last in {mark_of(row) for row in incoming.revisions}:
            visit_store.mark_known_at_desk(self.connection, [incoming.id], self.session.now)

    # -- files

    def finish(self) -> None:
        """Everything has come."""
        if self.head is None:
            raise MalformedError("外出包没有清单")
        self._papers.finish()

    def items(self) -> list[Row]:
        """The rows of the bundle's record."""
        return [
            {"archive_id": verdict.archive_id, "revision": verdict.revision, "outcome": verdict.outcome.value}
            for verdict in self.verdicts
        ]

    def warnings(self) -> list[str]:
        """Sentences about the whole bundle."""
        merged = sum(1 for verdict in self.verdicts if verdict.outcome is Outcome.MERGED)
        aside = sum(1 for verdict in self.verdicts if verdict.outcome in SET_ASIDE)
        told = (
            (merged, "{} 户两边都改过，自动合并，两边的历史都留着。"),
            (self.conflicts, "有 {} 处两边改得不同，先保留这台电脑的，等您逐项选定。"),
            (aside, "{} 户不采用，原因见各户说明，其余照常接收。"),
        )
        return [sentence.format(count) for count, sentence in told if count] + self.notes


def _common(connection: Connection, incoming: IncomingArchive) -> bool:
    """Whether the other machine has any revision of ours."""
    marks = conflict_store.revision_marks(connection, incoming.id)
    return any(mark_of(row) in marks for row in incoming.revisions)


def _reason(told: Reconciled) -> str:
    if told.outcome is not Outcome.MERGED:
        return ""
    if not told.conflicts:
        return "两边都改过，自动合并"
    named = "、".join(conflict.caption for conflict in told.conflicts[:_NAMED_FIELDS])
    more = "等" if len(told.conflicts) > _NAMED_FIELDS else ""
    return f"两边都改过，自动合并；{len(told.conflicts)} 处不同要选定：{named}{more}"


# -- preview and application --------------------------------------------------------------------------------------


def preview_bundle(
    connection: Connection, session: OfficeSession, addressed: Addressed, progress: Progress | None
) -> BundlePreview:
    """What the bundle would change; nothing is written."""
    intake = VisitIntake(connection, session, addressed.partner)
    addressed.read(session, intake, progress)
    names = names_of(connection, session, intake.sent)
    assert intake.sent
    return BundlePreview(
        **cover_values(addressed),
        **outcome_counts(intake.verdicts),
        items=[preview_item(verdict, names) for verdict in intake.verdicts],
        warnings=chain_warnings(session, addressed, intake.sent) + intake.warnings(),
    )


def apply_bundle(
    connection: Connection,
    session: OfficeSession,
    addressed: Addressed,
    incoming: Incoming,
    bundle_id: str,
    progress: Progress | None,
) -> ReceiveOutcome:
    """Store the bundle and put it on record, within the one transaction."""
    intake = VisitIntake(connection, session, addressed.partner, bundle_id, incoming)
    addressed.read(session, intake, progress)
    assert intake.sent
    counts = outcome_counts(intake.verdicts)
    warnings = chain_warnings(session, addressed, intake.sent) + intake.warnings()
    reasons = {verdict.archive_id: verdict.reason for verdict in intake.verdicts if verdict.reason}
    bundle_store.learn_office_names(connection, {office.id: office.name for office in intake.sent.offices})
    summary: dict[str, Any] = {"reasons": reasons, **counts, "conflicts": intake.conflicts}
    bundle_store.insert_bundle(
        connection, received_row(session, addressed, intake.sent, summary, bundle_id), intake.items()
    )
    write_journal(connection, session, "receive_visit", {"sequence": intake.sent.sequence, **counts})
    return ReceiveOutcome(
        bundle_id=bundle_id,
        kind=intake.sent.kind.value,
        sender_name=addressed.partner["name"],
        sequence=intake.sent.sequence,
        answered_sequence=0,
        archive_count=len(intake.verdicts),
        acknowledged_count=0,
        attachment_count=intake.papers_stored,
        warnings=warnings,
        **counts,
    )


def receipt_came(connection: Connection, session: OfficeSession, partner: Row, sent: Row) -> None:
    """On the laptop, after the desk's receipt for *sent*: what the desk has as it is here is back, and only read here.

    What was edited again, or taken along anew, after the bundle had been written is still out.
    """
    office = session.office
    if not office.is_laptop or partner["relation"] != "desk":
        return
    changed = set(visit_store.changed_here(connection, office.laptop_id, office.id))
    earlier = visit_store.outs_before(connection, sent["handled_at"])
    back = [
        (key, row["out_at"])
        for key, row in visit_store.of_laptop(connection, office.laptop_id).items()
        if key not in changed and row["sequence"] in earlier
    ]
    visit_store.close(connection, office.laptop_id, back, session.now)
