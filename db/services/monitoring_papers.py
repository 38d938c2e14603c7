"""The papers of dynamic monitoring: 附件1 blank, for the way, filled, one or many, as PDF and workbook; the totals (§f.3)."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

from db.domain.option_lists import option_list
from db.domain.papers import monitoring_totals
from db.domain.papers.monitoring_totals import TotalsPrint, UnitTotals
from db.domain.records.monitoring import MONITORING, SECURED
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import Progress, UserError
from db.exchange.monitoring_workbook import write_monitoring_workbook
from db.exchange.workbook_papers import write_papers_workbook
from db.printing import monitoring_sheet
from db.printing.official_paper import papers_pdf, write_papers
from db.services import archiving, monitoring, records
from db.services.leftovers import remember_output
from db.services.monitoring import Campaign
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.store import monitoring_store
from db.store.partial_files import written_whole

_BATCH = 100


def _sheets(
    session: OfficeSession, ids: Sequence[str], campaign_id: str | None, progress: Progress | None
) -> Iterator[RecordContent | None]:
    """The sheet of each household as it is stored, else with what is known, for the way; a blank one without any.

    *campaign_id* None: the last sheet of each, whatever the campaign.
    """
    if not ids:
        yield None
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        held = records.records_by_archive(session, part, RecordKind.MONITORING)
        stored = {key: _of_campaign(found, campaign_id) for key, found in held.items()}
        missing = [key for key in part if stored.get(key) is None]
        fresh = dict(zip(missing, monitoring.new_sheets(session, missing, campaign_id or ""), strict=True))
        for number, key in enumerate(part, start + 1):
            sheet = stored.get(key)
            yield sheet.content if sheet is not None else fresh[key]
            if progress:
                progress(number, len(ids))


def _of_campaign(found: Sequence[records.Record], campaign_id: str | None) -> records.Record | None:
    if campaign_id is None:
        return found[-1] if found else None
    return next((item for item in reversed(found) if (item.subject_id or "") == campaign_id), None)


def sheets_pdf(
    session: OfficeSession, ids: Sequence[str] = (), campaign_id: str | None = "", progress: Progress | None = None
) -> bytes:
    """附件1 of these households in a campaign, a page each; of nobody the blank one."""
    out = BytesIO()
    monitoring_sheet.write_sheets(out, _sheets(session, ids, campaign_id, progress))
    return out.getvalue()


def write_sheets(
    session: OfficeSession, ids: Sequence[str], campaign_id: str | None, path: Path, progress: Progress | None = None
) -> None:
    """The same to a file: PDF or workbook, as *path* ends."""
    remember_output(session, path.parent)
    sheets = _sheets(session, ids, campaign_id, progress)
    if _is_workbook(path):
        write_monitoring_workbook(path, list(sheets))
    else:
        with written_whole(path) as out:
            monitoring_sheet.write_sheets(out, sheets)
    note_file(session, ids, MONITORING.title, path)


def _is_workbook(path: Path) -> bool:
    if path.suffix.lower() not in {".pdf", ".xlsx"}:
        raise UserError("report_kind", name=path.name)
    return path.suffix.lower() == ".xlsx"


# -- totals -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Totals:
    """What the sheets of a campaign say together, of all offices or of one."""

    due: int = 0
    done: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """By 脱困原因; the empty one stands for whoever has not left."""
    covered: int = 0
    unsecured: Counter[str] = field(default_factory=Counter)
    """How many lack each of the five guarantees."""
    unstable: int = 0
    relapse: Counter[str] = field(default_factory=Counter)
    """Advised to be opened again, by 深度 and 相对."""
    per_head: list[int] = field(default_factory=list)
    """家庭年人均纯收入 of each household, 分."""

    @property
    def average(self) -> int | None:
        """The mean over the households, to the 分, halves up; None where nobody was looked at."""
        if not self.per_head:
            return None
        mean = Fraction(sum(self.per_head), len(self.per_head))
        return (2 * mean.numerator + mean.denominator) // (2 * mean.denominator)

    def add(self, values: dict[str, Any]) -> None:
        """Count one more sheet."""
        self.done += 1
        self.reasons[str(values.get("exit_reason") or "")] += 1
        self.covered += values.get("covered_by_civil_affairs") is True
        self.unsecured.update(key for key in SECURED if values.get(key) is False)
        self.unstable += values.get("result_stable") is False
        if values.get("relapse_advised") is True:
            self.relapse[str(values.get("relapse_class") or "")] += 1
        if isinstance(values.get("net_income_per_head"), int):
            self.per_head.append(values["net_income_per_head"])


@dataclass(slots=True)
class CampaignTotals:
    """The totals of a campaign, together and by office."""

    campaign: Campaign
    overall: Totals
    offices: list[tuple[str, Totals]]
    """Name of the office and its totals; the least done first."""


def totals(session: OfficeSession, campaign_id: str) -> CampaignTotals:
    """What the sheets of a campaign say: §f.3 of one township, or of every office whose archives are here."""
    campaign = monitoring.campaign_of(session, campaign_id)
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        units = monitoring_store.by_office(connection, campaign_id)
        answers = monitoring_store.answers(connection, campaign_id)
    overall = Totals(due=sum(row["due"] for row in units))
    by_office = {row["office_id"]: Totals(due=row["due"]) for row in units}
    for office_id, content in answers:
        values = json.loads(content)["values"]
        overall.add(values)
        by_office[office_id].add(values)
    offices = [(names.get(office_id, "其他单位"), told) for office_id, told in by_office.items()]
    offices.sort(key=lambda item: (Fraction(item[1].done, item[1].due or 1), item[0]))
    return CampaignTotals(campaign, overall, offices)


def _print(session: OfficeSession, campaign_id: str) -> TotalsPrint:
    told = totals(session, campaign_id)
    options = option_list("exit_reason").current()
    reasons = [(option.label, told.overall.reasons[option.code]) for option in options]
    return TotalsPrint(
        office_name=session.office.name,
        clerk_name=session.clerk.name,
        title=told.campaign.title,
        basis=told.campaign.content.text("basis"),
        period=f"{told.campaign.begins_on} 至 {told.campaign.due_on}",
        population=told.campaign.population,
        made_on=session.today,
        overall=_unit("合计", told.overall),
        reasons=[*reasons, ("还没有脱困", told.overall.reasons[""])],
        covered=told.overall.covered,
        unsecured=[(MONITORING.by_key[key].label, told.overall.unsecured[key]) for key in SECURED],
        unstable=told.overall.unstable,
        units=[_unit(name, item) for name, item in told.offices],
    )


def _unit(name: str, told: Totals) -> UnitTotals:
    return UnitTotals(name, told.due, told.done, told.relapse["deep"], told.relapse["relative"], told.average)


def totals_pdf(session: OfficeSession, campaign_id: str) -> bytes:
    """The totals on one sheet."""
    layout = monitoring_totals.totals_layout(_print(session, campaign_id))
    return papers_pdf(layout.title, [layout])


def write_totals(session: OfficeSession, campaign_id: str, path: Path) -> None:
    """The same to a file: PDF or workbook, as *path* ends."""
    remember_output(session, path.parent)
    layout = monitoring_totals.totals_layout(_print(session, campaign_id))
    if _is_workbook(path):
        write_papers_workbook(path, [layout])
        return
    with written_whole(path) as out:
        write_papers(out, layout.title, [layout])
