"""How the pairing of a year stands (f.5): coverage, the leaders' share, contacts made ÷ owed, by office and by cadre.

Owed is a contact in every full calendar period – month, half of a year – since the household was paired. Whom a contact
counts for is who answers for the household today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from db.domain.pairing_duties import PairingDuty, kept
from db.domain.paper_layout import Entry, HeadEntry, Ledger, LedgerColumn, PaperLayout, Signatures, TextRow
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.official_paper import papers_pdf
from db.services import duties, pairing
from db.services.duties import PairingQuery, PairingRow
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.pairing import Coverage, percent
from db.store import pairing_store

TITLE = "结对帮扶情况统计表"


@dataclass(slots=True)
class Kept:
    """Contacts owed and made of one duty."""

    owed: int = 0
    made: int = 0

    @property
    def rate(self) -> str:
        """Made ÷ owed."""
        return percent(self.made, self.owed)

    @property
    def words(self) -> str:
        """Made ÷ owed with the rate."""
        return f"{self.made:,} / {self.owed:,}（{self.rate}）" if self.owed else "--"


@dataclass(slots=True)
class Share:
    """One office or one cadre: households and contacts by the code of the duty."""

    name: str
    about: str = ""
    households: int = 0
    overdue: int = 0
    contacts: dict[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PairingReport:
    """The figures from *first* to *last*."""

    made_on: str
    first: str
    last: str
    duties: tuple[PairingDuty, ...]
    rule: str
    coverage: tuple[Coverage, ...]
    offices: dict[str, Share]
    cadres: tuple[Share, ...]

    @property
    def whole(self) -> Share:
        """All offices together."""
        made = Share("合计")
        for share in self.offices.values():
            made.households += share.households
            made.overdue += share.overdue
            for code, item in share.contacts.items():
                into = made.contacts.setdefault(code, Kept())
                into.owed += item.owed
                into.made += item.made
        return made


def pairing_report(session: OfficeSession, year: int = 0) -> PairingReport:
    """The pairing of a year, this one up to yesterday; earlier years whole."""
    wanted = year or int(session.today[:4])
    yesterday = (date.fromisoformat(session.today) - timedelta(days=1)).isoformat()
    first, last = f"{wanted}-01-01", min(f"{wanted}-12-31", yesterday)
    rules = duties.duty_rules(session)
    rows = duties.pairing_rows(session, PairingQuery(pile="paired", order="archive_number"), 0, -1)
    with session.database.reading() as connection:
        contacts = pairing_store.contacts_between(connection, first, last)
    coverage = pairing.coverage_by_office(session)
    offices = {item.office_id: Share(item.office_name) for item in coverage}
    cadres: dict[str, Share] = {}
    for row in rows:
        who = row.responsible
        shares = [offices.setdefault(row.office_id, Share("其他单位"))]
        if who is not None:
            shares.append(cadres.setdefault(who.cadre_id, Share(who.name, who.about)))
        _count(row, shares, rules.duties, contacts.get(row.archive_id, []), first, last, session.today)
    ordered = sorted(cadres.values(), key=lambda share: (-share.overdue, share.about, share.name))
    return PairingReport(session.today, first, last, rules.duties, rules.words, tuple(coverage), offices, tuple(ordered))


def _count(
    row: PairingRow,
    shares: Iterable[Share],
    rules: Sequence[PairingDuty],
    contacts: Sequence[tuple[str, str]],
    first: str,
    last: str,
    today: str,
) -> None:
    since = max(row.since, first)
    late = row.due is not None and row.due.is_overdue(today)
    for share in shares:
        share.households += 1
        share.overdue += late
        for duty in rules:
            days = [day for method, day in contacts if method in duty.methods]
            owed, made = kept(duty, since, last, days) if since <= last else (0, 0)
            into = share.contacts.setdefault(duty.code, Kept())
            into.owed += owed
            into.made += made


@dataclass(frozen=True, slots=True)
class HouseholdContacts:
    """What one paired household was owed of a duty, and what was done."""

    archive_id: str
    office_id: str
    name: str
    since: str
    duty: PairingDuty
    owed: int
    made: int


def contacts_by_household(session: OfficeSession, first: str, last: str) -> list[HouseholdContacts]:
    """Contacts owed and made between two days of each household that is paired today, duty by duty."""
    rules = duties.duty_rules(session).duties
    rows = duties.pairing_rows(session, PairingQuery(pile="paired", order="archive_number"), 0, -1)
    with session.database.reading() as connection:
        contacts = pairing_store.contacts_between(connection, first, last)
    found = []
    for row in rows:
        since = max(row.since, first)
        for duty in rules:
            days = [day for method, day in contacts.get(row.archive_id, []) if method in duty.methods]
            owed, made = kept(duty, since, last, days) if since <= last else (0, 0)
            if owed:
                found.append(HouseholdContacts(row.archive_id, row.office_id, row.name, row.since, duty, owed, made))
    return found


# -- on paper -----------------------------------------------------------------------------------------------------


def report_layout(session: OfficeSession, report: PairingReport) -> PaperLayout:
    """The report as a sheet."""
    heads = (
        HeadEntry("填报单位：", session.office.name, 76),
        HeadEntry("填报人：", session.clerk.name, 44),
        HeadEntry("统计期间：", f"{report.first} 至 {report.last}", 60),
    )
    note = (
        "结对覆盖率＝有人结对的户数÷在档户数。联系、走访＝实际次数÷应有次数，按日历期间（月、半年）算，"
        "结对以后的整个期间才算；每个期间多出的次数不算。逾期＝到今天已过期限的户数。"
    )
    several = len(report.offices) > 1
    parts = (
        _coverage_ledger(report, several),
        _contacts_ledger("联系和走访", report, [*report.offices.values(), *([report.whole] if several else [])]),
        _contacts_ledger("按帮扶干部", report, report.cadres),
        TextRow("联系要求", report.rule),
        TextRow("说明", note),
        Signatures(("制表人：", "负责人（盖章）：")),
    )
    return PaperLayout(TITLE, heads, parts, name=TITLE)


def _coverage_ledger(report: PairingReport, several: bool) -> Ledger:
    columns = (
        LedgerColumn("单位", 60, "left"),
        LedgerColumn("在档（户）", 24),
        LedgerColumn("已结对", 24),
        LedgerColumn("未结对", 24),
        LedgerColumn("覆盖率", 24),
        LedgerColumn("领导干部结对", 24),
    )
    total = _covered(pairing.total(report.coverage)) if several else None
    return Ledger(f"结对覆盖（{report.made_on}）", columns, [_covered(item) for item in report.coverage], total=total)


def _covered(item: Coverage) -> list[Entry]:
    return [item.office_name, item.households, item.paired, item.missing, item.rate, item.led]


def _contacts_ledger(title: str, report: PairingReport, shares: Sequence[Share]) -> Ledger:
    width = round(88.0 / max(len(report.duties), 1), 1)
    columns = (
        LedgerColumn("单位" if title == "联系和走访" else "帮扶干部", round(180.0 - 40.0 - width * len(report.duties), 1), "left"),
        LedgerColumn("户数", 20),
        *(LedgerColumn(f"{duty.label}（实／应）", width) for duty in report.duties),
        LedgerColumn("逾期", 20),
    )
    rows: list[list[Entry]] = []
    for share in shares:
        contacts = [share.contacts.get(duty.code, Kept()).words for duty in report.duties]
        rows.append([" ".join(filter(None, (share.name, share.about))), share.households, *contacts, share.overdue])
    return Ledger(title, columns, rows)


def report_pdf(session: OfficeSession, year: int = 0) -> bytes:
    """The report of a year as PDF."""
    return papers_pdf(TITLE, [report_layout(session, pairing_report(session, year))])


def write_report_workbook(session: OfficeSession, path: Path, year: int = 0) -> None:
    """The same as a workbook."""
    remember_output(session, path.parent)
    write_papers_workbook(path, [report_layout(session, pairing_report(session, year))])
