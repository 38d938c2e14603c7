"""Help that is no money: noting it, the list of what still waits for an answer, counts, and the household's plan against it.

Whoever keeps an archive notes it there. An office above notes what it did itself in its own register, beside the archive:
it goes down with the answer, up with the next bundle, and is changed by nobody else.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.list_flow import Outcome
from db.domain.means_form import WORKER
from db.domain.option_lists import option_list
from db.domain.papers.aid_service_papers import ServiceLine, service_list
from db.domain.plan_progress import Help, Progress, progress
from db.domain.records.aid_service import HOUSEHOLD, OFFICE_SERVICE, answer_words, is_waiting, service_words
from db.domain.records.record_form import RecordContent, RecordKind, read_record
from db.domain.wide_table import WideTable
from db.errors import UserError
from db.services import aid, archiving, records
from db.services.archiving import Archive
from db.services.former_archives import household_ids, household_records, put_household_record, records_that_count
from db.services.office import OfficeSession
from db.services.ownership import StandingKind, own_archive, standing
from db.services.records import Record
from db.store import aid_store, record_store, service_store

ANSWER_DAYS = 30
"""Days after which somebody asks what became of a referral, unless another day is named."""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of some household."""

    record_id: str
    version: str
    archive_id: str
    archive_number: str
    office_id: str
    """Who noted it: the keeper of the archive, or an office above."""
    household: str
    content: RecordContent

    @property
    def kind(self) -> str:
        """Code of the kind."""
        return self.content.text("service_kind")

    @property
    def words(self) -> str:
        """Kind and way."""
        return service_words(self.content)

    @property
    def answer(self) -> str:
        """What became of it."""
        return answer_words(self.content)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody else has to decide."""
        return is_waiting(self.content)


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """A kind of service in a period; *worth* is 分 given by others."""

    kind: str
    times: int
    households: int
    granted: int
    waiting: int
    worth: int

    @property
    def label(self) -> str:
        """The kind in words."""
        return option_list("aid_service_kind").label(self.kind)


# -- noting -------------------------------------------------------------------------------------------------------


def prepared_service(session: OfficeSession, kind: str = "", measure_id: str = "") -> RecordContent:
    """A service begun today by the clerk, to be asked after in a month; what its measure says is not typed again."""
    later = (date.fromisoformat(session.today) + timedelta(ANSWER_DAYS)).isoformat()
    content = RecordContent({"on_day": session.today, "responsible": session.clerk.name, "answer_by": later})
    if kind:
        content.values["service_kind"] = kind
    if measure_id:
        measure = records.load_record(session, measure_id).content
        content.values |= {"measure_id": measure_id, "what": measure.text("content")}
    return content


def noting_fault(connection: Connection, session: OfficeSession, archive_id: str) -> UserError | None:
    """Why no service can be noted here for an archive; None where it can: by its keeper, and by an office that looks on."""
    stored = archiving.load_stored(connection, archive_id)
    found = standing(connection, session, stored)
    if found.may_change or found.kind is StandingKind.FOREIGN:
        return None
    return UserError(found.code, **found.context)


def refuse_unless_possible(session: OfficeSession, ids: Sequence[str]) -> None:
    """UserError where one of the archives cannot have a service noted here, before anything is typed."""
    with session.database.reading() as connection:
        for archive_id in ids:
            fault = noting_fault(connection, session, archive_id)
            if fault is not None:
                raise fault


def may_note(session: OfficeSession, archive_id: str) -> bool:
    """Whether a service can be noted here for an archive."""
    with session.database.reading() as connection:
        return noting_fault(connection, session, archive_id) is None


def save_service(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Note a service, or what became of it; one of an archive that was merged goes on in the archive that was kept."""
    with session.database.writing() as connection:
        return _put(connection, session, archive_id, content, record_id, expected_version)


def save_for_many(session: OfficeSession, ids: Sequence[str], content: RecordContent) -> list[Record]:
    """The same service for several households – a lecture, an enrolment – noted for each, all or none."""
    with session.database.writing() as connection:
        return [_put(connection, session, archive_id, content) for archive_id in ids]


def _put(
    connection: Connection,
    session: OfficeSession,
    archive_id: str,
    content: RecordContent,
    record_id: str = "",
    expected_version: str = "",
) -> Record:
    before = record_store.office_versions(connection, record_id) if record_id else []
    stored = archiving.load_stored(connection, archive_id)
    if before or (not record_id and standing(connection, session, stored).kind is StandingKind.FOREIGN):
        return _put_beside(connection, session, before[-1]["subject_id"] if before else archive_id, content, record_id, expected_version)
    own_archive(connection, session, archive_id)
    kind = RecordKind.AID_SERVICE
    return put_household_record(connection, session, stored, kind, content, record_id, expected_version=expected_version)


def _put_beside(
    connection: Connection, session: OfficeSession, archive_id: str, content: RecordContent, record_id: str, expected_version: str
) -> Record:
    """Note a service of this office beside an archive that another one keeps."""
    values = {key: value for key, value in content.values.items() if key in OFFICE_SERVICE.by_key}
    given = RecordContent({**values, HOUSEHOLD: archive_id})
    kind = RecordKind.OFFICE_SERVICE
    made = records.put_entry(connection, session, kind, given, record_id, expected_version=expected_version)
    return replace(made, archive_id=archive_id)


def load_service(session: OfficeSession, record_id: str) -> Record:
    """A service by whoever noted it; UserError where it is gone."""
    with session.database.reading() as connection:
        is_beside = bool(record_store.office_versions(connection, record_id))
    if not is_beside:
        return records.load_record(session, record_id)
    found = records.load_entry(session, record_id)
    return replace(found, archive_id=found.subject_id or "")


def remove_service(session: OfficeSession, record_id: str, reason: str) -> None:
    """Take out one that was entered by mistake, with the *reason*; its versions stay in the history."""
    found = load_service(session, record_id)
    if found.kind is not RecordKind.OFFICE_SERVICE:
        records.remove_record(session, record_id, reason)
        return
    if not reason.strip():
        raise UserError("record_reason")
    told = "。".join(filter(None, (found.content.text("result"), f"删除：{reason.strip()}")))
    content = RecordContent({**found.content.values, "result": told}, found.content.rows, found.content.edition)
    with session.database.writing() as connection:
        records.put_entry(connection, session, found.kind, content, record_id, is_removed=True)


def may_change(session: OfficeSession, item: Record, archive_id: str) -> bool:
    """Whether a service of a household can be changed from its archive *archive_id* that is looked at."""
    if item.kind is RecordKind.OFFICE_SERVICE:
        return item.office_id == session.office.id
    with session.database.reading() as connection:
        return standing(connection, session, archiving.load_stored(connection, archive_id)).may_change


# -- reading ------------------------------------------------------------------------------------------------------


def services_of(session: OfficeSession, archive_id: str) -> list[Record]:
    """What was done for a household, also under an archive that was merged into its own; the latest first."""
    found = household_services(session, archive_id)
    return sorted(found, key=lambda item: item.on_day, reverse=True)


def household_services(session: OfficeSession, archive_id: str) -> list[Record]:
    """What counts of it, whoever noted it, the oldest first; what goes on in the archive stands for what it goes on from."""
    found = [*records_that_count(session, archive_id, RecordKind.AID_SERVICE), *of_other_offices(session, archive_id)]
    return sorted(found, key=lambda item: (item.on_day, item.made_at))


def of_other_offices(session: OfficeSession, archive_id: str) -> list[Record]:
    """What offices other than the keeper did for a household, the oldest first."""
    with session.database.reading() as connection:
        return [records.record_of(row) for row in service_store.of_offices(connection, household_ids(connection, archive_id))]


def list_services(session: OfficeSession, year: int) -> list[ServiceRow]:
    """Everything done in a year, for whatever household; the latest first."""
    with session.database.reading() as connection:
        return [_row(row) for row in service_store.services(connection, f"{year}-01-01", f"{year}-12-31")]


def waiting(session: OfficeSession) -> list[ServiceRow]:
    """What still waits for an answer, the longest due first."""
    with session.database.reading() as connection:
        return [_row(row) for row in service_store.waiting(connection)]


def _row(row: dict[str, Any]) -> ServiceRow:
    values = {key: row[key] for key in ServiceRow.__dataclass_fields__ if key != "content"}
    return ServiceRow(**values, content=read_record(json.loads(row["content"])))


def counts(session: OfficeSession, since: str, until: str) -> list[ServiceCount]:
    """Every kind of service in a period, done or not."""
    with session.database.reading() as connection:
        found = {row["kind"]: row for row in service_store.counts(connection, since, until)}
    empty = {"times": 0, "households": 0, "granted": 0, "waiting": 0, "worth": 0}
    kinds = [*option_list("aid_service_kind").by_code]
    return [ServiceCount(**{**empty, **found.get(kind, {}), "kind": kind}) for kind in kinds]


# -- the plan against it ------------------------------------------------------------------------------------------


def household_progress(session: OfficeSession, archive_id: str) -> Progress:
    """The plan of a household, its measures, and what it got for each."""
    kept = household_records(session, archive_id)
    with session.database.reading() as connection:
        grants = aid_store.grants_of(connection, household_ids(connection, archive_id))
    given = [
        Help(row["item"], row["granted_on"], f"{row['granted_on']} {aid.grant_of(row).words}")
        for row in grants
        if row["outcome"] != Outcome.WITHDRAWN
    ]
    for item in household_services(session, archive_id):
        words = "，".join(filter(None, (f"{item.on_day} {service_words(item.content)}", answer_words(item.content))))
        kind, measure = item.content.text("service_kind"), item.content.text("measure_id")
        waits = is_waiting(item.content)
        given.append(Help(kind, item.on_day, words, is_service=True, measure_id=measure, is_waiting=waits))
    plans = [item.content for item in kept if item.kind is RecordKind.HELP_PLAN]
    measures = [(item.record_id, item.content) for item in kept if item.kind is RecordKind.MEASURE]
    return progress(plans, measures, given, session.today)


def finish_measure(session: OfficeSession, record_id: str, done_on: str, result: str) -> Record:
    """Note a measure as done, with what came of it."""
    found = records.load_record(session, record_id)
    told = {"done_on": done_on, "result": result or found.content.values.get("result")}
    content = RecordContent({**found.content.values, **told}, found.content.rows)
    return records.save_record(
        session, found.archive_id, RecordKind.MEASURE, content, record_id, expected_version=found.id
    )


def person_name(archive: Archive, content: RecordContent) -> str:
    """For whom a service was; empty for the household."""
    person = content.text("person")
    if person == WORKER:
        return archive.content.text("name")
    return next((str(member.get("name") or "") for member in archive.content.members if member["id"] == person), "")


# -- papers -------------------------------------------------------------------------------------------------------


def services_paper(session: OfficeSession, rows: list[ServiceRow], title: str) -> WideTable:
    """A list of services: the log of referrals among them."""
    names = aid.granting_offices(session)
    lines = [
        ServiceLine(
            row.content.text("on_day"), row.household, row.archive_number, row.words,
            "　".join(filter(None, (row.content.text("what"), row.content.text("agency_name")))),
            row.content.text("responsible"), row.content.text("answer_by") if row.is_waiting else "",
            "　".join(filter(None, (row.answer, row.content.text("result")))), names.get(row.office_id, ""),
        )
        for row in rows
    ]  # fmt: skip
    made = service_list(session.office.name, title, session.today, lines)
    return replace(made, archive_ids=tuple(row.archive_id for row in rows))
