"""What the programme of a grant, and the quotas it counts towards, say of it before it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.aid_check import AidFinding, Weight
from db.domain.aid.list_flow import Outcome
from db.domain.aid.programme_check import ProgrammeQuestion, QuotaLeft, check_programme, check_quotas
from db.domain.means_form import WORKER
from db.domain.records.programme import DEFAULT_STANDINGS, PERSON, codes_of
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import quotas, records
from db.services.office import OfficeSession
from db.store import aid_store, notice_store, programme_store, record_store
from db.store.programme_store import Row


def population_of(content: RecordContent) -> tuple[str, Row]:
    """SQL for the archives a programme concerns, and its parameters (besides ``today``)."""
    standings = codes_of(content, "standings") or list(DEFAULT_STANDINGS)
    return programme_store.population(standings, *(codes_of(content, key) for key in ("classes", "causes", "members")))


def _known(connection: Connection, programme_id: str) -> RecordContent | None:
    """The programme as it counts; None where there is none, or where it was taken back."""
    for row in record_store.office_versions(connection, programme_id) if programme_id else ():
        if row["is_current"] and not row["is_removed"] and row["kind"] == RecordKind.PROGRAMME:
            return records.record_of(row).content
    return None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a grant is for: in which archive, which member (``worker`` or nothing: the worker), name and ID number."""

    archive_id: str
    person: str
    name: str
    number: str

    def is_meant(self, grant: Mapping[str, Any]) -> bool:
        """Whether a grant was for the same person; a number that has been corrected since makes nobody else of them."""
        if self.number and grant["recipient_number"] == self.number:
            return True
        same = grant["archive_id"] == self.archive_id and (grant["person"] or WORKER) == (self.person or WORKER)
        return same and grant["recipient_name"] == self.name


def basis_of(connection: Connection, programme_id: str) -> str:
    """The document a programme rests on; empty where none is named."""
    content = _known(connection, programme_id)
    return content.text("basis").strip() if content else ""


def findings(
    connection: Connection,
    session: OfficeSession,
    household: Sequence[str],
    office_id: str,
    *,
    programme_id: str,
    item: str,
    amount: int,
    whom: Recipient,
    on: str,
    source_kind: str,
) -> list[AidFinding]:
    """What speaks against a grant to the archive *household*[0] (the others are merged into it), owned by *office_id*."""
    year = int(on[:4])
    found = []
    content = _known(connection, programme_id)
    if programme_id and content is None:
        found = [AidFinding("programme_gone", Weight.STOP, UserError("programme_gone").text())]
    if content is not None:
        where, params = population_of(content)
        rows = programme_store.earlier(connection, programme_id, household, year)
        if content.text("counted_by") == PERSON:
            rows = [row for row in rows if whom.is_meant(row)]
        question = ProgrammeQuestion(
            content=content,
            item=item,
            amount=amount,
            on=on,
            fits=programme_store.fits(connection, household[0], where, {**params, "today": session.today}),
            source_kind=source_kind,
            earlier=[row["amount"] for row in rows],
        )
        found = check_programme(question)
    return [*found, *check_quotas(_quotas(connection, household, office_id, programme_id, item, whom, year))]


def _quotas(
    connection: Connection, household: Sequence[str], office_id: str, programme_id: str, item: str, whom: Recipient, year: int
) -> list[QuotaLeft]:
    """The quotas of the household's office that the grant counts towards."""
    subjects = {code for code, items in quotas.ITEM_SUBJECTS.items() if item in items}
    subjects |= {f"{quotas.PROGRAMME}{programme_id}"} if programme_id else set()
    rows = [
        row
        for row in notice_store.quotas(connection)
        if row["subject"] in subjects and (row["for_office_id"], row["year"]) == (office_id, year)
    ]
    if not rows:
        return []
    had = [
        row
        for row in aid_store.grants_of(connection, household, year)
        if row["outcome"] != Outcome.WITHDRAWN and (row["goods"] or row["amount"] > row["came_back"])
    ]
    found = []
    for row in rows:
        of_item = quotas.ITEM_SUBJECTS.get(row["subject"])
        same = [each for each in had if (each["item"] in of_item if of_item else each["programme_id"] == programme_id)]
        if row["unit"] == quotas.UNITS[1]:
            same = [each for each in same if whom.is_meant(each)]
        used = quotas.used_of(connection, row) or 0
        found.append(QuotaLeft(row["label"], row["amount"], used, row["unit"], is_new=not same))
    return found
