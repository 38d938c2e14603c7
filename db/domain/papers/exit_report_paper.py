"""退档情况表: who left the archives in a period, why and on what evidence, and how many that is (S000-31)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.domain.paper_layout import Entry, HeadEntry, Ledger, LedgerColumn, PaperLayout, Part, Signatures, TextRow

TITLE = "困难职工退档情况表"
_REASONS = (LedgerColumn("退出方式", 40), LedgerColumn("原因", 100, "left"), LedgerColumn("户数", 40))
_ROWS = (
    LedgerColumn("序号", 11),
    LedgerColumn("单位", 36, "left"),
    LedgerColumn("档案编号", 32),
    LedgerColumn("姓名", 20),
    LedgerColumn("退出日期", 24),
    LedgerColumn("方式和原因", 37, "left"),
    LedgerColumn("依据（份）", 20),
)
UNDER_WAY = "正在办理退档"


@dataclass(frozen=True, slots=True)
class ExitLine:
    """One household that left, or is about to; *on* is empty while it is under way."""

    archive_id: str
    archive_number: str
    name: str
    office_name: str
    on: str
    way: str
    """退档 or 注销."""
    reason: str
    evidence: int
    """Papers in its file that came within a year before it left."""


@dataclass(frozen=True, slots=True)
class ExitReport:
    """Everybody who left between two days."""

    office_name: str
    begins: str
    ends: str
    lines: Sequence[ExitLine] = field(default_factory=list)
    on_file: int = 0
    """Households on file now."""
    warning: str = ""

    @property
    def left(self) -> int:
        """How many have left or are about to."""
        return len(self.lines)

    @property
    def without_evidence(self) -> int:
        """How many of them left without a single paper."""
        return sum(line.evidence == 0 for line in self.lines)

    @property
    def share(self) -> str:
        """Of those on file at some time in the period, in per cent."""
        return share_words(self.left, self.on_file + self.left)

    def by_reason(self) -> list[tuple[str, str, int]]:
        """Way, reason and number, the most frequent first."""
        counts: dict[tuple[str, str], int] = {}
        for line in self.lines:
            counts[line.way, line.reason] = counts.get((line.way, line.reason), 0) + 1
        return sorted(((*key, number) for key, number in counts.items()), key=lambda item: -item[2])


def share_words(part: int, whole: int) -> str:
    """A share in per cent with one digit."""
    return f"{part * 100 / whole:.1f}%" if whole else "0.0%"


def exit_report(report: ExitReport) -> PaperLayout:
    """The report for the file and for the office above."""
    said = f"现在在档 {report.on_file} 户；本期退出 {report.left} 户，占本期在档（现在在档加本期退出）的 {report.share}。"
    bare = report.without_evidence
    parts: list[Part] = [TextRow("总的情况", said, 10.0)]
    parts += [TextRow("提醒", report.warning, 10.0)] if report.warning else []
    parts += [TextRow("没有依据", f"有 {bare} 户一份依据都没有，请补齐。", 9.0)] if bare else []
    rows: list[list[Entry]] = [
        [number, line.office_name, line.archive_number, line.name, line.on or UNDER_WAY, f"{line.way}：{line.reason}", line.evidence]
        for number, line in enumerate(report.lines, 1)
    ]
    parts += [
        Ledger("按原因", _REASONS, [list(item) for item in report.by_reason()], total=("合计", "", report.left)),
        Ledger(f"明细　{report.left} 户", _ROWS, rows),
        Signatures(("经办人：", "负责人（盖章）：")),
    ]
    heads = (HeadEntry("填报单位：", report.office_name, 90), HeadEntry("时间：", f"{report.begins} 至 {report.ends}", 90))
    return PaperLayout(TITLE, heads, tuple(parts), name="退档情况")
