"""动态监测: campaigns, whom they concern, the sheets (附件1) of those households, and opening a relapsed one again.

A campaign is an entry of an office's register; the county's come down. Each office opens it for itself: then the list of
households is fixed as they stand that day, and everything is counted from there. Source: S000-01 to 05, requirements §f.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from db.domain.case_flow import replay
from db.domain.case_words import Act, Standing, Track
from db.domain.option_lists import option_list
from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import archiving, casework, records
from db.services import office as offices
from db.services.casework import CaseView
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import archive_store, case_store, monitoring_store, record_store

REPORTER_PHONE = "monitoring_phone"
"""Setting: 联系方式 as it was filled in last, to be proposed again."""
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that is known here, and how far it has come at this office."""

    id: str
    content: RecordContent
    office_id: str
    office_name: str
    """Who has called it."""
    is_own: bool
    opened_at: str
    """When the list of households was fixed here; empty while it is not."""
    due: int = 0
    done: int = 0
    relapse: int = 0
    has_passed: bool = False
    """Whether its last day is over."""

    @property
    def is_late(self) -> bool:
        """Whether its last day is over and some household was not looked at."""
        return self.has_passed and self.done < self.due

    @property
    def title(self) -> str:
        """Its name."""
        return self.content.text("title")

    @property
    def begins_on(self) -> str:
        """First day."""
        return self.content.text("begins_on")

    @property
    def due_on(self) -> str:
        """Last day."""
        return self.content.text("due_on")

    @property
    def population(self) -> str:
        """Whom it concerns, in words."""
        since = self.content.text("exited_since")
        words = {"exited": f"脱困职工（{since} 以后）"} if since else {}
        options = option_list("monitoring_population")
        return "、".join(words.get(code, options.label(code)) for code in _groups(self.content))


def _groups(content: RecordContent) -> list[str]:
    groups = content.values.get("population")
    return [str(code) for code in groups] if isinstance(groups, list) else []


# -- campaigns ----------------------------------------------------------------------------------------------------


def list_campaigns(session: OfficeSession, *, counted: bool = True) -> list[Campaign]:
    """Every campaign that is known here – own ones, those from above, those of offices below –, the latest first.

    Without *counted* nobody is counted: quick also with many campaigns of many thousand households.
    """
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        opened = monitoring_store.opened(connection)
        entries = map(records.record_of, record_store.office_records(connection, RecordKind.CAMPAIGN))
        found = [
            Campaign(
                id=entry.record_id,
                content=entry.content,
                office_id=entry.office_id,
                office_name=names.get(entry.office_id, "其他单位"),
                is_own=entry.office_id == session.office.id,
                opened_at=opened.get(entry.record_id, ""),
                has_passed=session.today > entry.content.text("due_on"),
            )
            for entry in entries
        ]
        found = [_with_counts(connection, item) for item in found] if counted else found
    return sorted(found, key=lambda item: (item.begins_on, item.id), reverse=True)


def _with_counts(connection: Connection, item: Campaign) -> Campaign:
    told = monitoring_store.counts(connection, monitoring_store.DUE, {"campaign": item.id})
    return replace(item, due=told["due"], done=told["done"], relapse=told["relapse"])


def campaign_of(session: OfficeSession, campaign_id: str) -> Campaign:
    """One campaign, counted; UserError where it is gone."""
    found = next((item for item in list_campaigns(session, counted=False) if item.id == campaign_id), None)
    if found is None:
        raise UserError("campaign_gone")
    with session.database.reading() as connection:
        return _with_counts(connection, found)


def campaigns_of(session: OfficeSession, archive_id: str) -> list[Campaign]:
    """The campaigns on whose list a household stands, the latest first; nobody is counted."""
    with session.database.reading() as connection:
        ids = monitoring_store.campaigns_of(connection, archive_id)
    return [item for item in list_campaigns(session, counted=False) if item.id in ids] if ids else []


def save_campaign(session: OfficeSession, content: RecordContent, campaign_id: str = "") -> Record:
    """Call a campaign, or change one of this office; whom it concerns is fixed by :func:`open_campaign`."""
    return records.save_entry(session, RecordKind.CAMPAIGN, content, campaign_id)


def remove_campaign(session: OfficeSession, campaign_id: str) -> None:
    """Take back a campaign of this office for which nobody has been visited yet."""
    item = campaign_of(session, campaign_id)
    if item.done:
        raise UserError("campaign_begun", title=item.title, count=item.done)
    records.remove_entry(session, campaign_id)


def open_campaign(session: OfficeSession, campaign_id: str) -> int:
    """Fix whom the campaign concerns here; once more adds who belongs to it by now. How many households are new."""
    campaign = campaign_of(session, campaign_id)
    with session.database.writing() as connection:
        ids = monitoring_store.population(connection, _groups(campaign.content), campaign.content.text("exited_since"))
        return monitoring_store.add_targets(connection, campaign_id, ids, session.now)


def add_households(session: OfficeSession, campaign_id: str, archive_ids: Sequence[str]) -> int:
    """Have these households looked at, too – whoever an epidemic or a disaster has hit; how many are new."""
    campaign_of(session, campaign_id)
    with session.database.writing() as connection:
        return monitoring_store.add_targets(connection, campaign_id, archive_ids, session.now)


@dataclass(frozen=True, slots=True)
class Share:
    """How far somebody has come: an office with its *due*, or a clerk, who only has done."""

    name: str
    due: int
    done: int
    relapse: int = 0


def shares(session: OfficeSession, campaign_id: str) -> tuple[list[Share], list[Share]]:
    """Progress by office and by who recorded the sheets."""
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        by_office = monitoring_store.by_office(connection, campaign_id)
        by_clerk = monitoring_store.by_clerk(connection, campaign_id)
    units = [Share(names.get(row["office_id"], "其他单位"), row["due"], row["done"], row["relapse"]) for row in by_office]
    units.sort(key=lambda item: (item.done / item.due if item.due else 1.0, item.name))
    return units, [Share(name, done, done) for name, done in by_clerk]


# -- the households of a campaign ---------------------------------------------------------------------------------


class Progress(StrEnum):
    """Which households of a campaign."""

    TO_DO = "to_do"
    DONE = "done"
    RELAPSE = "relapse"
    ALL = "all"


_STATES = {
    Progress.TO_DO: "r.id IS NULL",
    Progress.DONE: "r.id IS NOT NULL",
    Progress.RELAPSE: f"{monitoring_store.RELAPSED} = 1",
    Progress.ALL: "",
}
ORDERS = {
    "archive_number": "a.archive_number",
    "name": "a.name_pinyin",
    "exited_on": "c.exited_on",
    "on_day": "r.on_day",
    "net_income": "json_extract(r.content, '$.values.net_income_per_head')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringQuery:
    """What the list of a campaign shows. Empty members do not filter; *order* is one of :data:`ORDERS`."""

    campaign_id: str
    progress: Progress = Progress.ALL
    text: str = ""
    office_id: str | None = None
    order: str = "archive_number"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class MonitoringRow:
    """One household of a campaign; *record_id* is empty until somebody has been there."""

    archive_id: str
    archive_number: str
    office_id: str
    name: str
    hardship_category: str | None
    standing: Standing
    track: Track
    exited_on: str | None
    record_id: str
    on_day: str
    clerk_name: str
    checkers: str
    relapse_advised: bool
    relapse_class: str
    net_income_per_head: int | None

    @property
    def may_open_again(self) -> bool:
        """Whether the sheet advises it and the household stands where it can be done."""
        still = self.standing in _AGAIN and self.track is Track.NONE
        return self.relapse_advised and still


_AGAIN = {Standing.EXITED: Act.READMIT, Standing.PHASING_OUT: Act.RELAPSE}


def _where(query: MonitoringQuery) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"campaign": query.campaign_id}
    parts = [monitoring_store.DUE, *filter(None, (_STATES[query.progress],))]
    if query.office_id:
        parts.append("a.office_id = :office_id")
        params["office_id"] = query.office_id
    archive_store.narrow_to_person(query.text, parts, params)
    return " AND ".join(parts), params


def _order(query: MonitoringQuery) -> str:
    direction = "DESC" if query.descending else "ASC"
    return f" ORDER BY {ORDERS[query.order]} {direction}, a.rowid {direction}"


def monitoring_rows(session: OfficeSession, query: MonitoringQuery, offset: int = 0, limit: int = 100) -> list[MonitoringRow]:
    """One page of the households of a campaign."""
    where, params = _where(query)
    with session.database.reading() as connection:
        found = monitoring_store.rows(connection, where, _order(query), params, limit, offset)
    return [_row(row) for row in found]


def _row(row: dict[str, Any]) -> MonitoringRow:
    told = {key: row[key] or "" for key in ("record_id", "on_day", "clerk_name", "checkers", "relapse_class")}
    kinds = {"standing": Standing(row["standing"]), "track": Track(row["track"] or "")}
    return MonitoringRow(**{**row, **told, **kinds, "relapse_advised": bool(row["relapse_advised"])})


def count_monitoring(session: OfficeSession, query: MonitoringQuery) -> int:
    """How many households the query means."""
    where, params = _where(query)
    with session.database.reading() as connection:
        return int(monitoring_store.counts(connection, where, params)["due"])


def count_progress(session: OfficeSession, query: MonitoringQuery) -> dict[Progress, int]:
    """How many of the households the query means, however far they have come, are to do, done, advised to be opened again."""
    where, params = _where(query)
    with session.database.reading() as connection:
        told = monitoring_store.counts(connection, where, params)
    to_do = told["due"] - told["done"]
    return dict(zip(Progress, (to_do, told["done"], told["relapse"], told["due"]), strict=True))


def monitoring_ids(session: OfficeSession, query: MonitoringQuery) -> list[str]:
    """Archives of every household the query means, in its order."""
    where, params = _where(query)
    with session.database.reading() as connection:
        return monitoring_store.ids(connection, where, _order(query), params)


# -- the sheet of a household -------------------------------------------------------------------------------------


def sheet_of(session: OfficeSession, archive_id: str, campaign_id: str) -> Record | None:
    """The sheet of a household in a campaign; None while there is none."""
    of_archive = records.list_records(session, archive_id, RecordKind.MONITORING)
    return next((item for item in reversed(of_archive) if (item.subject_id or "") == campaign_id), None)


def new_sheet(session: OfficeSession, archive_id: str, campaign_id: str = "") -> RecordContent:
    """A sheet with what is known: who they are and why they left. What has to be looked into is left open."""
    return new_sheets(session, [archive_id], campaign_id)[0]


def new_sheets(session: OfficeSession, archive_ids: Sequence[str], campaign_id: str = "") -> list[RecordContent]:
    """The same for several households."""
    campaign = campaign_of(session, campaign_id) if campaign_id else None
    with session.database.reading() as connection:
        cases = case_store.events_of(connection, archive_ids)
    states = {key: replay(case.first, case.steps()) for key, case in cases.items()}
    return [_sheet(session, archive_id, campaign, states[archive_id].exit_reason) for archive_id in archive_ids]


def _sheet(session: OfficeSession, archive_id: str, campaign: Campaign | None, exit_reason: str) -> RecordContent:
    content = archiving.load_archive(session, archive_id).content
    size = content.values.get("household_size") or len(content.members) + 1
    values = {
        "campaign_id": campaign.id if campaign else None,
        "campaign_title": campaign.title if campaign else None,
        "reporting_unit": session.office.name,
        "reporter": session.clerk.name,
        "reporter_phone": offices.get_setting(session, REPORTER_PHONE),
        "checked_on": session.today,
        "name": content.text("name"),
        "id_number": content.text("id_number"),
        "mobile_phone": content.text("mobile_phone") or content.text("other_contact"),
        "address": content.text("home_address"),
        "exit_reason": exit_reason,
        "household_size": size,
    }
    return RecordContent({key: value for key, value in values.items() if value})


def save_sheet(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Store a sheet, or its next version. A campaign has one sheet of each household."""
    campaign_id = content.text("campaign_id")
    if campaign_id and not record_id:
        there = sheet_of(session, archive_id, campaign_id)
        if there is not None:
            raise UserError("monitoring_done_already", name=there.content.text("name"), day=there.on_day)
    made = records.save_record(
        session, archive_id, RecordKind.MONITORING, content, record_id, expected_version=expected_version
    )
    phone = made.content.text("reporter_phone")
    if phone != offices.get_setting(session, REPORTER_PHONE):
        offices.set_setting(session, REPORTER_PHONE, phone)
    return made


# -- opening a household again ------------------------------------------------------------------------------------


def again_act(view: CaseView) -> Act | None:
    """The act that opens a household again where it stands; None where nothing is to be opened."""
    return _AGAIN.get(view.state.standing) if view.state.track is Track.NONE else None


def open_again(session: OfficeSession, record_id: str) -> CaseView:
    """返困: act upon a sheet that advises it. The new application is one of the same archive, with all that was before."""
    sheet = records.load_record(session, record_id)
    if sheet.kind is not RecordKind.MONITORING or sheet.content.values.get("relapse_advised") is not True:
        raise UserError("monitoring_no_relapse")
    view = casework.case_of(session, sheet.archive_id)
    act = again_act(view)
    if act is None:
        raise UserError("monitoring_not_exited", name=sheet.content.text("name"), state=view.state.words)
    return casework.take_step(session, sheet.archive_id, act, {"reason": again_reason(sheet)})


def again_reason(sheet: Record) -> str:
    """Why, as it stands in the history: which sheet, of what class, what is hard."""
    where = sheet.content.text("campaign_title")
    words = MONITORING.words(sheet.content, "relapse_class")
    causes = MONITORING.words(sheet.content, "relapse_causes")
    told = [f"动态监测{f'（{where}）' if where else ''} {sheet.on_day} 入户，建议返困：{words}"]
    told += [f"致困原因：{causes}"] if causes else []
    told += [f"目前困难：{sheet.content.text('difficulties')}"] if sheet.content.text("difficulties") else []
    reason = "；".join(told)
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"
