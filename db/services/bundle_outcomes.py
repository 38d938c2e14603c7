"""What a bundle would change or has changed, as the screen and the command line tell it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.domain.change_diff import Change
from db.domain.form_schema import Value
from db.exchange.bundle_compare import Verdict
from db.exchange.bundle_format import ACKNOWLEDGED, BundleKind, Outcome
from db.exchange.bundle_records import ReceiptLine
from db.services.sending import BundleSummary

OUTCOME_LABELS = {
    Outcome.NEW: "新增",
    Outcome.CHANGED: "有变化",
    Outcome.SAME: "相同",
    Outcome.DUPLICATE: "重复",
    Outcome.OLDER: "较旧，未采用",
    Outcome.CONFLICT: "有冲突，未采用",
    Outcome.REFUSED: "未采用",
    Outcome.MERGED: "两边都改过，合并",
}
SET_ASIDE = frozenset({Outcome.OLDER, Outcome.CONFLICT, Outcome.REFUSED})


@dataclass(frozen=True, slots=True)
class DuplicatePerson:
    """A person of an incoming archive who stands in another archive already."""

    person: str
    archive_id: str
    archive_number: str
    head_name: str
    office_name: str


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One archive of a bundle and what becomes of it; *reason* says why it is set aside or looks odd."""

    archive_id: str
    archive_number: str
    name: str
    office_name: str
    revision: int
    outcome: Outcome
    is_new: bool
    is_complete: bool
    changes: list[Change]
    duplicates: list[DuplicatePerson]
    reason: str
    facts: dict[str, Value] = field(default_factory=dict)
    """Some answers of the form by field key, to tell who it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePreview:
    """What a verified bundle would change. For a receipt: what the office above has received."""

    path: Path
    kind: str
    sender_id: str
    sender_name: str
    sequence: int
    created_at: str
    fingerprint: str
    payload_sha256: str
    archive_count: int
    incomplete_count: int
    attachment_count: int
    payload_bytes: int
    new_count: int = 0
    changed_count: int = 0
    same_count: int = 0
    duplicate_count: int = 0
    set_aside_count: int = 0
    conflict_count: int = 0
    """Those of the ones set aside whose versions contradict each other."""
    answered_sequence: int = 0
    acknowledged_count: int = 0
    items: list[PreviewItem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def with_outcome(self, *outcomes: Outcome) -> list[PreviewItem]:
        """The archives with one of these outcomes."""
        return [item for item in self.items if item.outcome in outcomes]

    @property
    def new(self) -> list[PreviewItem]:
        """Archives that are not here yet."""
        return self.with_outcome(Outcome.NEW)

    @property
    def changed(self) -> list[PreviewItem]:
        """Archives with a newer version, field by field in ``changes``."""
        return self.with_outcome(Outcome.CHANGED)

    @property
    def same(self) -> list[PreviewItem]:
        """Archives that are here as they come."""
        return self.with_outcome(Outcome.SAME)

    @property
    def duplicates(self) -> list[PreviewItem]:
        """Archives with somebody who stands in another archive; they are stored and marked."""
        return self.with_outcome(Outcome.DUPLICATE)

    @property
    def set_aside(self) -> list[PreviewItem]:
        """Archives that are not taken, with the reason."""
        return self.with_outcome(*SET_ASIDE)

    def text(self) -> str:
        """The preview in a few lines."""
        head = f"{self.sender_name} 第 {self.sequence} 包，{self.created_at[:10]}，指纹 {self.fingerprint}"
        return "\n".join([head, _counts_text(self), *self.warnings])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveOutcome:
    """What receiving a bundle has changed."""

    bundle_id: str
    kind: str
    sender_name: str
    sequence: int
    answered_sequence: int
    archive_count: int
    new_count: int
    changed_count: int
    same_count: int
    duplicate_count: int
    set_aside_count: int
    acknowledged_count: int
    attachment_count: int
    conflict_count: int = 0
    """Those of the ones set aside whose versions contradict each other."""
    backup_name: str = ""
    receipt: BundleSummary | None = None
    receipt_problem: str = ""
    warnings: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The outcome in a few lines."""
        head = f"已接收 {self.sender_name} 第 {self.sequence} 包"
        if self.kind == BundleKind.RECEIPT:
            head = f"已读入 {self.sender_name} 对第 {self.answered_sequence} 包的回执"
        lines = [head, _counts_text(self), *self.warnings]
        if self.receipt:
            lines.append(f"回执已写好：{self.receipt.path}")
        if self.receipt_problem:
            lines.append(f"回执没有写成：{self.receipt_problem}")
        return "\n".join(lines)


def _counts_text(counted: BundlePreview | ReceiveOutcome) -> str:
    if counted.kind == BundleKind.RECEIPT:
        return f"上级已收 {counted.acknowledged_count} 户，未采用 {counted.set_aside_count} 户"
    return (
        f"共 {counted.archive_count} 户：新增 {counted.new_count}，有变化 {counted.changed_count}，相同 {counted.same_count}，"
        f"重复 {counted.duplicate_count}，未采用 {counted.set_aside_count}"
    )


def preview_item(verdict: Verdict, names: dict[str, str]) -> PreviewItem:
    """The verdict with the offices' names."""
    return PreviewItem(
        archive_id=verdict.archive_id,
        archive_number=verdict.archive_number,
        name=verdict.name,
        office_name=names.get(verdict.office_id, "其他单位"),
        revision=verdict.revision,
        outcome=verdict.outcome,
        is_new=verdict.is_new,
        is_complete=verdict.is_complete,
        changes=verdict.changes,
        duplicates=[
            DuplicatePerson(
                other.person,
                other.archive_id,
                other.archive_number,
                other.head_name,
                names.get(other.office_id, "其他单位"),
            )
            for other in verdict.duplicates
        ],
        reason=verdict.reason,
        facts=verdict.facts,
    )


def outcome_counts(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """How many archives came to what, by the names the preview and the outcome use."""
    counted = Counter(verdict.outcome for verdict in verdicts)
    return {
        "new_count": counted[Outcome.NEW],
        "changed_count": counted[Outcome.CHANGED] + counted[Outcome.MERGED],
        "same_count": counted[Outcome.SAME],
        "duplicate_count": counted[Outcome.DUPLICATE],
        "set_aside_count": sum(counted[outcome] for outcome in SET_ASIDE),
        "conflict_count": counted[Outcome.CONFLICT],
    }


def content_warnings(verdicts: list[Verdict]) -> list[str]:
    """Sentences about archives the clerk should know of before receiving."""
    incomplete = sum(1 for verdict in verdicts if not verdict.is_complete)
    wrong = sum(1 for verdict in verdicts if verdict.has_errors)
    aside = sum(1 for verdict in verdicts if verdict.outcome in SET_ASIDE)
    sentences = (
        (incomplete, "{} 户还有必填项没填，可以接收，之后请对方补正。"),
        (wrong, "{} 户的内容有格式错误（如身份证号校验不符），可以接收，之后请对方改正。"),
        (aside, "{} 户不采用，原因见各户说明，其余照常接收。"),
    )
    return [sentence.format(count) for count, sentence in sentences if count]


def receipt_items(lines: Iterable[ReceiptLine], labels: dict[str, tuple[str, str]]) -> list[PreviewItem]:
    """The archives of a receipt that the office above did not take; *labels*: number and name by id."""
    return [
        PreviewItem(
            archive_id=line.archive_id,
            archive_number=labels.get(line.archive_id, ("", ""))[0],
            name=labels.get(line.archive_id, ("", ""))[1],
            office_name="",
            revision=line.revision,
            outcome=line.outcome,
            is_new=False,
            is_complete=True,
            changes=[],
            duplicates=[],
            reason=line.reason,
        )
        for line in lines
        if line.outcome not in ACKNOWLEDGED
    ]
