"""接收结果: what one reception, or a whole lot, has brought – as a page, as PDF, as Excel; again at any later time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from db.errors import UserError
from db.exchange.bundle_format import BundleKind, Outcome
from db.exchange.workbook_report import ReportSheet, write_report
from db.printing import receive_sheet
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.printing import save_pdf
from db.services.receive_record import RecordedHousehold, recorded_households
from db.services.receiving_many import SenderTotals
from db.store import bundle_store

TITLE = "接收结果"


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One household with the offices' names."""

    household: RecordedHousehold
    sender_name: str
    office_name: str


@dataclass(slots=True)
class ReceiveReport:
    """What was received, when and by whom; households by what became of them."""

    office_name: str
    received_on: str
    clerk: str
    totals: list[SenderTotals] = field(default_factory=list)
    bundles: list[str] = field(default_factory=list)
    """Which bundles it tells of, one line each."""
    entries: list[ReportEntry] = field(default_factory=list)

    def of(self, *outcomes: Outcome) -> list[ReportEntry]:
        """The households with one of these outcomes."""
        return [entry for entry in self.entries if entry.household.outcome in outcomes]

    @property
    def groups(self) -> list[tuple[str, list[ReportEntry]]]:
        """The lists of the report, each with its caption."""
        return [
            ("新增", self.of(Outcome.NEW)),
            ("有变化", self.of(Outcome.CHANGED, Outcome.MERGED)),
            ("可能重复（已写入，请核对）", self.of(Outcome.DUPLICATE)),
            ("有冲突（未采用）", self.of(Outcome.CONFLICT)),
            ("未采用", self.of(Outcome.OLDER, Outcome.REFUSED)),
        ]


def report_of(session: OfficeSession, bundle_ids: Sequence[str]) -> ReceiveReport:
    """The report on these received bundles of archives."""
    report = ReceiveReport(session.office.name, "", "")
    totals: dict[str, SenderTotals] = {}
    with session.database.reading() as connection:
        names = {**bundle_store.office_names(connection), session.office.id: session.office.name}
        for bundle_id in bundle_ids:
            bundle = bundle_store.find_bundle(connection, bundle_id)
            if bundle is None or (bundle["direction"], bundle["kind"]) != ("received", BundleKind.ARCHIVES.value):
                raise UserError("bundle_not_found")
            _add(report, totals, bundle, names)
    report.totals = list(totals.values())
    return report


def _add(
    report: ReceiveReport, totals: dict[str, SenderTotals], bundle: bundle_store.Row, names: dict[str, str]
) -> None:
    summary, sender = bundle["summary"], names.get(bundle["partner_id"], "其他单位")
    total = totals.setdefault(bundle["partner_id"], SenderTotals(bundle["partner_id"], sender))
    total.bundles += 1
    total.archives += bundle["archive_count"]
    total.new += summary.get("new_count", 0)
    total.changed += summary.get("changed_count", 0)
    total.same += summary.get("same_count", 0)
    total.duplicates += summary.get("duplicate_count", 0)
    total.conflicts += summary.get("conflict_count", 0)
    total.set_aside += summary.get("set_aside_count", 0) - summary.get("conflict_count", 0)
    report.received_on = max(report.received_on, bundle["handled_at"][:10])
    report.clerk = bundle["handled_by"]
    undone = f"，已于 {bundle['undone_at'][:10]} 撤销" if bundle["undone_at"] else ""
    when = bundle["handled_at"][:16].replace("T", " ")
    report.bundles.append(f"{sender} 第 {bundle['sequence']} 包，{when} 接收{undone}")
    report.entries.extend(
        ReportEntry(household, sender, names.get(household.office_id, "其他单位"))
        for household in recorded_households(summary)
    )


def bundle_ids_of_day(session: OfficeSession, day: str = "") -> list[str]:
    """The archives bundles received on a day (the last such day where none is named) and not undone, in their order."""
    with session.database.reading() as connection:
        rows = bundle_store.received_bundles(connection)
    wanted = day or (rows[0]["handled_at"][:10] if rows else "")
    found = [row["id"] for row in reversed(rows) if row["handled_at"].startswith(wanted)]
    if not found:
        raise UserError("nothing_received_on", day=day or "至今")
    return found


# -- on paper and as a workbook ----------------------------------------------------------------------------------


def report_pdf(report: ReceiveReport) -> bytes:
    """The report for the printer."""
    return receive_sheet.receive_sheet_pdf(
        receive_sheet.ReceivePrint(
            office_name=report.office_name,
            received_on=report.received_on,
            clerk=report.clerk,
            totals=[_figures(row.sender_name, row) for row in report.totals],
            total=_figures("合计", _sum(report.totals)),
            bundles=report.bundles,
            lists=[(caption, [_line(entry) for entry in entries]) for caption, entries in report.groups if entries],
        )
    )


def _sum(rows: Sequence[SenderTotals]) -> SenderTotals:
    total = SenderTotals("", "合计")
    for row in rows:
        total.bundles += row.bundles
        total.archives += row.archives
        total.new += row.new
        total.changed += row.changed
        total.same += row.same
        total.duplicates += row.duplicates
        total.conflicts += row.conflicts
        total.set_aside += row.set_aside
    return total


def _numbers(row: SenderTotals) -> list[int]:
    return [row.bundles, row.archives, row.new, row.changed, row.same, row.duplicates, row.conflicts, row.set_aside]


def _figures(name: str, row: SenderTotals) -> list[str]:
    return [name, *(f"{number:,}" for number in _numbers(row))]


def _line(entry: ReportEntry) -> list[str]:
    household = entry.household
    return [household.name, household.id_number, household.archive_number, entry.office_name, particulars(household)]


def particulars(household: RecordedHousehold) -> str:
    """What is to be said of a household: reason, changed captions, who stands elsewhere, too."""
    changed = [f"{change.caption}：{change.old or '（空）'} → {change.new or '（空）'}" for change in household.changes]
    return "；".join(filter(None, [household.reason, *household.duplicates, *changed]))


def save_report_pdf(session: OfficeSession, report: ReceiveReport, path: Path) -> None:
    """The report as a PDF file."""
    remember_output(session, path.parent)
    save_pdf(path, report_pdf(report))


def save_report_workbook(session: OfficeSession, report: ReceiveReport, path: Path) -> None:
    """The report as a workbook: the counts, the households, and each changed field on a line of its own."""
    remember_output(session, path.parent)
    counts = ReportSheet("汇总", receive_sheet.TOTAL_HEADS, (28, *[10] * 8))
    counts.rows = [[row.sender_name, *_numbers(row)] for row in report.totals]
    counts.rows.append(["合计", *_numbers(_sum(report.totals))])
    households = ReportSheet("各户", ("结果", "报送单位", "建档单位", "姓名", "身份证号", "档案编号", "说明"),
                             (22, 24, 24, 14, 22, 22, 80))  # fmt: skip
    fields = ReportSheet("变化的栏目", ("报送单位", "姓名", "档案编号", "栏目", "原来", "现在"), (24, 14, 22, 30, 36, 36))
    for caption, entries in report.groups:
        for entry in entries:
            one = entry.household
            told = "；".join(filter(None, [one.reason, *one.duplicates]))
            names = [entry.sender_name, entry.office_name, one.name]
            households.rows.append([caption, *names, one.id_number, one.archive_number, told])
            fields.rows += [
                [entry.sender_name, one.name, one.archive_number, change.caption, change.old, change.new]
                for change in one.changes
            ]
    write_report(path, TITLE, [counts, households, fields])
