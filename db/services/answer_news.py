"""What an answer from the office above would change, or has changed: for the screen, the command line and the record."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from db.domain.change_diff import Change
from db.domain.review import OUTCOME_LABELS, Reason, ReviewOutcome
from db.domain.three_way import Conflict
from db.services.bundle_outcomes import BundlePreview, ReceiveOutcome
from db.services.policy_files import PolicyOffer

WARNING_LABELS = {
    "same_number": "证件号在别的单位的档案里也有",
    "look_alike": "与别的单位档案里的人是同一人",
    "merged": "与别的单位的档案已合并",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveNews:
    """Something about one archive; *text* says what, in a sentence or a few words."""

    archive_id: str
    archive_number: str
    name: str
    text: str = ""
    revision: int = 0
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def label(self) -> str:
        """Number and name."""
        return f"{self.archive_number} {self.name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewNews(ArchiveNews):
    """A review that is new here. Unless *is_current* it concerns an older version than the one here."""

    review_id: str
    outcome: ReviewOutcome
    is_current: bool
    office_name: str
    office_level: str
    reasons: tuple[Reason, ...]
    class_label: str
    level_label: str
    worker_number: str
    remarks: str
    due_on: str | None
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningNews(ArchiveNews):
    """A warning about a person of an archive, new or (*cleared*) no longer upheld. *kind*: see :data:`WARNING_LABELS`."""

    member_id: str
    person_name: str
    kind: str
    office_name: str
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class QuotaNews:
    """A quota before and after; None: there is none."""

    year: int
    label: str
    unit: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class CalendarNews:
    """A year's calendar that changes; *days*: what differs from what was counted so far (empty: taken back)."""

    year: int
    document: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CircularNews:
    """A notice that is new, or withdrawn."""

    id: str
    title: str
    body: str
    due_on: str | None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class EntryNews:
    """An entry of a register that is new here: what it is, such as 监测行动, its own line, and when it ends."""

    title: str
    line: str
    ends_on: str = ""


@dataclass(slots=True)
class AnswerNews:
    """Everything an answer changes here."""

    as_of: str = ""
    """When the office above looked."""
    acknowledged: list[ArchiveNews] = field(default_factory=list)
    """Archives of which more has arrived above than was known."""
    lost: list[ArchiveNews] = field(default_factory=list)
    """Archives that did not arrive, or are not held any more: they go out again with the next bundle."""
    set_aside: list[ArchiveNews] = field(default_factory=list)
    """Archives that the office above did not take, with the reason."""
    entries: list[EntryNews] = field(default_factory=list)
    """Entries of registers that are new here, such as a campaign of the office above."""
    listed: int = 0
    """Households put on the list of a campaign from above."""
    money: list[ArchiveNews] = field(default_factory=list)
    """What was granted or paid to households, and what came of it."""
    reviews: list[ReviewNews] = field(default_factory=list)
    reconciled: list[ArchiveNews] = field(default_factory=list)
    """Archives brought together with the copy held above: what changes, what has to be chosen."""
    moved: list[ArchiveNews] = field(default_factory=list)
    """Households handed over – taken, given away, refused; *text* is a whole sentence."""
    warnings: list[WarningNews] = field(default_factory=list)
    policies: list[PolicyOffer] = field(default_factory=list)
    quotas: list[QuotaNews] = field(default_factory=list)
    calendars: list[CalendarNews] = field(default_factory=list)
    circulars: list[CircularNews] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences about what could not be taken, or should be known."""
    missing: list[str] = field(default_factory=list)
    """Ids of archives that are this office's, as the office above says, but not here."""

    def with_outcome(self, outcome: ReviewOutcome) -> list[ReviewNews]:
        """The new reviews that came to *outcome*."""
        return [review for review in self.reviews if review.outcome is outcome]

    @property
    def approved(self) -> list[ReviewNews]:
        """已审核."""
        return self.with_outcome(ReviewOutcome.APPROVED)

    @property
    def returned(self) -> list[ReviewNews]:
        """退回补正."""
        return self.with_outcome(ReviewOutcome.RETURNED)

    @property
    def refused(self) -> list[ReviewNews]:
        """不通过."""
        return self.with_outcome(ReviewOutcome.REFUSED)

    @property
    def conflicts(self) -> int:
        """How many fields wait for a choice."""
        return sum(len(item.conflicts) for item in self.reconciled)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all changes."""
        return not any(self.lines())

    def lines(self) -> Iterator[str]:
        """All of it, a line each, for the command line."""
        counted = (
            ("已收到", self.acknowledged),
            ("没有收到，会再次上报", self.lost),
            ("未采用", self.set_aside),
            ("与上级留存的版本合并", self.reconciled),
        )
        for caption, items in counted:
            if items:
                yield f"{caption} {len(items)} 户"
                if caption != "已收到":
                    yield from (f"  {item.label}：{item.text}" if item.text else f"  {item.label}" for item in items)
        yield from (item.text for item in self.moved)
        for outcome in ReviewOutcome:
            yield from self._review_lines(outcome)
        for warning in self.warnings:
            told = "，已不再提示" if warning.cleared else f"（{warning.office_name}）"
            yield f"提示：{warning.person_name}（{warning.label}）{WARNING_LABELS[warning.kind]}{told}"
        yield from self._sent_down_lines()
        yield from self.notes

    def _review_lines(self, outcome: ReviewOutcome) -> Iterator[str]:
        found = self.with_outcome(outcome)
        if found:
            yield f"{OUTCOME_LABELS[outcome]} {len(found)} 户"
        for item in found:
            if outcome is not ReviewOutcome.APPROVED:
                due = f"，{item.due_on} 前补正" if item.due_on else ""
                yield f"  {item.label}：{'；'.join(reason.words for reason in item.reasons)}{due}"

    def _sent_down_lines(self) -> Iterator[str]:
        for offer in self.policies:
            yield from offer.text().splitlines()
        for quota in self.quotas:
            shown = ["无" if amount is None else f"{amount} {quota.unit}" for amount in (quota.old, quota.new)]
            yield f"名额：{quota.year} 年 {quota.label} {shown[0]} → {shown[1]}"
        for calendar in self.calendars:
            yield f"节假日：{calendar.year} 年，{'、'.join(calendar.days) or '收回，改用随程序的安排'}"
        for circular in self.circulars:
            yield f"通知{'收回' if circular.withdrawn else ''}：{circular.title}"
        for entry in self.entries:
            until = f"，{entry.ends_on} 前完成" if entry.ends_on else ""
            yield f"{entry.title}：{entry.line}{until}"
        if self.listed:
            yield f"列入监测名单 {self.listed} 户"
        yield from (f"救助和发放：{item.label}　{item.text}" for item in self.money)


def _head(told: BundlePreview | ReceiveOutcome) -> str:
    return f"{told.sender_name} 第 {told.sequence} 包：下发的审核结果"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPreview(BundlePreview):
    """What a verified answer would change; nothing is changed yet."""

    news: AnswerNews

    def text(self) -> str:
        """The preview in lines."""
        lines = [*self.news.lines()] or ["与本单位现有的相同，没有变化。"]
        return "\n".join([f"{_head(self)}，截至 {self.news.as_of[:16].replace('T', ' ')}", *lines, *self.warnings])


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOutcome(ReceiveOutcome):
    """What an applied answer has changed."""

    news: AnswerNews

    def text(self) -> str:
        """The outcome in lines."""
        lines = [*self.news.lines()] or ["没有变化。"]
        return "\n".join([f"已读入 {_head(self)}", *lines, *self.warnings])
