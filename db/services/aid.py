"""Aid (帮扶救助): what a household applies for, whether it may be granted, and granting it.

A grant is a line of the granting office beside the archive: fixed once made, given up by a line of its own. A township
grants to its own households, a county also to those of its townships, without touching their archives. Amounts are 分.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db.domain.aid.aid_check import DONATION, AidFinding, AidQuestion, EarlierGrant, Weight, cap_left, check_aid
from db.domain.aid.list_flow import METHODS, Method, Outcome
from db.domain.archive_content import new_id
from db.domain.field_kinds import format_amount
from db.domain.means_form import WORKER
from db.domain.option_lists import option_list
from db.domain.policy.assessment import CapResult
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.student_rules import DONATED
from db.errors import Progress, UserError
from db.services import aid_limits, archiving, funds, payment_guards, programme_rules, records, student_facts
from db.services.former_archives import household_ids
from db.services.funds import FundState
from db.services.means import record_revision
from db.services.office import OfficeSession
from db.services.ownership import StandingKind, standing
from db.store import aid_store, bundle_store, case_store, record_store
from db.store.archive_store import StoredArchive


@dataclass(frozen=True, slots=True)
class GrantInput:
    """What is to be granted. *person*: ``worker``, a member's id, or empty for the household."""

    item: str
    amount: int = 0
    goods: str = ""
    person: str = ""
    fund_id: str = ""
    granted_on: str = ""
    """Empty: today."""
    application_id: str = ""
    programme_id: str = ""
    programme_title: str = ""
    reason: str = ""
    """Why it is granted although something speaks against it."""
    other_source: str = ""
    """Aid from elsewhere as an application says it that is not stored yet."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant and what became of it so far."""

    id: str
    archive_id: str
    application_id: str | None
    office_id: str
    office_name: str
    item: str
    programme_title: str
    person: str
    recipient_name: str
    recipient_number: str
    amount: int
    goods: str
    fund_id: str
    fund_name: str
    excess_reason: str
    granted_on: str
    clerk_name: str
    outcome: str
    """``open`` or the latest :class:`~db.domain.aid.list_flow.Outcome`."""
    paid_on: str | None

    @property
    def item_label(self) -> str:
        """The kind of aid."""
        return option_list("aid_item").label(self.item)

    @property
    def words(self) -> str:
        """Kind and amount or goods in a few words."""
        what = f"{format_amount(self.amount)} 元" if self.amount else self.goods
        return f"{self.item_label} {what}".strip()


@dataclass(frozen=True, slots=True)
class AidLook:
    """What there is to say of a grant before it is made."""

    findings: list[AidFinding] = field(default_factory=list)
    cap: CapResult | None = None
    cap_left: int | None = None
    fund: FundState | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it cannot be granted."""
        return any(item.weight is Weight.STOP for item in self.findings)

    @property
    def wants_reason(self) -> bool:
        """Whether a reason must be written."""
        return any(item.weight is Weight.REASON for item in self.findings)


@dataclass(frozen=True, slots=True)
class HouseholdLook:
    """What there is to say of a grant to one of several households; *look* None: it cannot be granted to from here."""

    archive_id: str
    archive_number: str
    name: str
    look: AidLook | None
    fault: str = ""

    @property
    def why(self) -> str:
        """What speaks against it, the weightiest; empty where nothing does."""
        return self.look.findings[0].text if self.look and self.look.findings else self.fault


# -- looking ------------------------------------------------------------------------------------------------------


def look_at_grant(session: OfficeSession, archive_id: str, given: GrantInput) -> AidLook:
    """Everything to mind of a grant; nothing is stored. Fast enough to be asked with every key."""
    with session.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        return _look(connection, session, stored, given)


def look_at_many(
    session: OfficeSession, wanted: Sequence[tuple[str, GrantInput]], progress: Progress | None = None
) -> list[HouseholdLook]:
    """The same of several households, one after the other: what money and quota the ones before it leave counts, too.

    Each that can be granted is granted on trial; at the end all of it is taken back. Nothing is stored.
    """
    found = []
    with session.database.writing() as connection:
        connection.exec_driver_sql("SAVEPOINT trial")
        for done, (archive_id, given) in enumerate(wanted, 1):
            found.append(_try(connection, session, archive_id, given))
            if progress is not None:
                progress(done, len(wanted))
        connection.exec_driver_sql("ROLLBACK TO trial")
    return found


def _try(connection: Connection, session: OfficeSession, archive_id: str, given: GrantInput) -> HouseholdLook:
    stored = archiving.load_stored(connection, archive_id)
    about = (stored.id, stored.archive_number, stored.content.text("name"))
    fault = _not_here(connection, session, stored)
    if fault is not None:
        return HouseholdLook(*about, None, fault.text())
    look = _look(connection, session, stored, given)
    if not look.is_stopped and (given.reason.strip() or not look.wants_reason):
        aid_store.insert_grants(connection, [_row(connection, session, stored, given, look)])
    return HouseholdLook(*about, look)


def _not_here(connection: Connection, session: OfficeSession, stored: StoredArchive) -> UserError | None:
    """Why this office cannot grant anything to the archive as it stands; money is kept on the desk alone."""
    if session.office.is_laptop:
        return UserError("aid_on_laptop")
    if standing(connection, session, stored).kind in {StandingKind.OWN, StandingKind.FOREIGN}:
        return None
    return UserError("aid_not_here", name=stored.content.text("name"))


def may_grant(session: OfficeSession, archive_id: str) -> bool:
    """Whether this office can grant something to the archive as it stands."""
    with session.database.reading() as connection:
        return _not_here(connection, session, archiving.load_stored(connection, archive_id)) is None


def _look(connection: Connection, session: OfficeSession, stored: StoredArchive, given: GrantInput) -> AidLook:
    on = payment_guards.known_day(given.granted_on or session.today)
    pool = case_store.standing_of(connection, stored.id)
    caps = aid_limits.caps_within(connection, session, stored, pool, on)
    fund = funds.fund_state(connection, session, given.fund_id) if given.fund_id else None
    source_kind = fund.fund.content.text("source_kind") if fund else ""
    cap = aid_limits.cap_for(caps, given.item, given.person, _regime(connection, stored, given, on, source_kind))
    name, number = recipient(stored, given.person)
    found = check_aid(
        AidQuestion(
            item=given.item,
            amount=given.amount,
            standing=pool,
            cap=cap,
            fund=fund.fund.content if fund else None,
            fund_left=fund.available if fund else 0,
            other_source=given.other_source
            or _other_source(connection, given.application_id)
            or student_facts.other_source(connection, stored, given.item, given.person, int(on[:4])),
            earlier=_earlier(connection, stored, given.person, on),
            on=on,
            basis=programme_rules.basis_of(connection, given.programme_id),
            no_limit="" if cap else aid_limits.why_none(connection, session, stored, given.item, given.person, name, on),
        )
    )
    found += aid_limits.doubts(connection, session, stored, given.item, on)
    found += programme_rules.findings(
        connection,
        session,
        household_ids(connection, stored.id),
        stored.office_id,
        programme_id=given.programme_id,
        item=given.item,
        amount=given.amount,
        whom=programme_rules.Recipient(stored.id, given.person, name, number),
        on=on,
        source_kind=source_kind,
    )
    if given.amount and fund is None:
        found.insert(0, AidFinding("no_fund", Weight.STOP, "还没有选资金来源。"))
    return AidLook(sorted(found, key=lambda item: list(Weight).index(item.weight)), cap, cap_left(cap), fund)


def _regime(
    connection: Connection, stored: StoredArchive, given: GrantInput, on: str, source_kind: str
) -> str:
    """By whose limits a student is judged: as registered; donors' money by their wish, and nothing else so."""
    if source_kind == DONATION:
        return DONATED
    regime = student_facts.regime_of(connection, stored, given.item, given.person, int(on[:4]))
    return "" if regime == DONATED and source_kind else regime


def _earlier(connection: Connection, stored: StoredArchive, person: str, on: str) -> list[EarlierGrant]:
    """What the person had this year: under the ID number, wherever that was, and in this household before it was corrected."""
    household, year = household_ids(connection, stored.id), int(on[:4])
    whom = programme_rules.Recipient(stored.id, person, *recipient(stored, person))
    found = {row["id"]: row for row in aid_store.grants_of_person(connection, whom.number, year)} if whom.number else {}
    here = aid_store.grants_of(connection, [stored.id], year)
    found |= {row["id"]: row for row in here if whom.is_meant(row) and row["outcome"] != Outcome.WITHDRAWN}
    return [
        EarlierGrant(row["item"], kept, row["granted_on"], row["office_name"], row["archive_id"] in household)
        for row in sorted(found.values(), key=lambda row: row["granted_on"])
        if (kept := row["amount"] - row["came_back"]) or row["goods"]
    ]


def _other_source(connection: Connection, application_id: str) -> str:
    if not application_id:
        return ""
    current = [row for row in record_store.versions(connection, application_id) if row["is_current"]]
    return records.record_of(current[0]).content.text("other_source") if current else ""


def recipient(stored: StoredArchive, person: str) -> tuple[str, str]:
    """Name and ID number of whom a grant is for; the worker where it is for the household."""
    content = stored.content
    values = content.values if person in {"", WORKER} else next(
        (member for member in content.members if member["id"] == person), None
    )  # fmt: skip
    if values is None:
        raise UserError("aid_nobody")
    return str(values.get("name") or ""), str(values.get("id_number") or "")


# -- applying -----------------------------------------------------------------------------------------------------


def apply_for_aid(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> records.Record:
    """File an application, or change it as long as nothing was granted upon it."""
    if record_id:
        with session.database.reading() as connection:
            found = aid_store.grants_of(connection, [archive_id])
        if any(row["application_id"] == record_id and row["outcome"] != Outcome.WITHDRAWN for row in found):
            raise UserError("aid_application_granted")
    kind = RecordKind.AID_APPLICATION
    return records.save_record(session, archive_id, kind, content, record_id, expected_version=expected_version)


# -- granting -----------------------------------------------------------------------------------------------------


def grant_aid(session: OfficeSession, archive_id: str, given: GrantInput) -> Grant:
    """Grant something to a household; UserError where the rules stop it or a reason is missing, and nothing is stored."""
    return grant_many(session, [(archive_id, given)])[0]


def grant_many(
    session: OfficeSession, wanted: Sequence[tuple[str, GrantInput]], progress: Progress | None = None
) -> list[Grant]:
    """Grant to several households, all or none; each is judged with what the ones before it leave of the money."""
    made: list[str] = []
    with session.database.writing() as connection:
        for done, (archive_id, given) in enumerate(wanted, 1):
            made.append(_grant(connection, session, archive_id, given))
            if progress is not None:
                progress(done, len(wanted))
        rows = aid_store.grants(connection, made)
    return [grant_of(row) for row in rows]


def _grant(connection: Connection, session: OfficeSession, archive_id: str, given: GrantInput) -> str:
    stored = archiving.load_stored(connection, archive_id)
    fault = _not_here(connection, session, stored)
    if fault is not None:
        raise fault
    _check_input(session, given)
    _refuse_application(connection, stored, given.application_id)
    look = _look(connection, session, stored, given)
    _refuse(stored, look, given)
    row = _row(connection, session, stored, given, look)
    if standing(connection, session, stored).kind is StandingKind.OWN:
        what = f"{format_amount(given.amount)} 元" if given.amount else given.goods
        words = f"{option_list('aid_item').label(given.item)} {what}" + (f"。{given.reason}" if given.reason else "")
        record_revision(connection, session, stored, "grant", words)
    aid_store.insert_grants(connection, [row])
    return str(row["id"])


def _refuse_application(connection: Connection, stored: StoredArchive, application_id: str) -> None:
    """An application that is gone, or another household's, bears nothing out."""
    if application_id:
        kept = [row for row in record_store.versions(connection, application_id) if row["is_current"] and not row["is_removed"]]
        if not kept or kept[0]["archive_id"] not in household_ids(connection, stored.id):
            raise UserError("aid_application_gone", name=stored.content.text("name"))


def _check_input(session: OfficeSession, given: GrantInput) -> None:
    if given.item not in option_list("aid_item").by_code:
        raise UserError("aid_unknown_item", text=given.item)
    if given.amount < 0 or (not given.amount and not given.goods.strip()):
        raise UserError("aid_nothing")
    payment_guards.checked_day(given.granted_on or session.today, session.today, "批准日期")
    payment_guards.refuse_long(
        ("实物", given.goods, payment_guards.LONGEST_NAME),
        ("所属活动", given.programme_title, payment_guards.LONGEST_NAME),
        ("理由", given.reason, payment_guards.LONGEST_REASON),
    )


def _refuse(stored: StoredArchive, look: AidLook, given: GrantInput) -> None:
    stops = [item for item in look.findings if item.weight is Weight.STOP]
    name = stored.content.text("name")
    if stops:
        raise UserError("aid_stopped", name=name, first=stops[0].text, findings=tuple(look.findings))
    if look.wants_reason and not given.reason.strip():
        first = next(item.text for item in look.findings if item.weight is Weight.REASON)
        raise UserError("aid_wants_reason", name=name, first=first, findings=tuple(look.findings))


def _row(
    connection: Connection, session: OfficeSession, stored: StoredArchive, given: GrantInput, look: AidLook
) -> dict[str, Any]:
    name, number = recipient(stored, given.person)
    on = given.granted_on or session.today
    fund = look.fund
    return {
        "id": new_id(),
        "archive_id": stored.id,
        "application_id": given.application_id or None,
        **_office(session),
        "item": given.item,
        "programme_id": given.programme_id or None,
        "programme_title": given.programme_title,
        "person": given.person,
        "recipient_name": name,
        "recipient_number": number,
        "school_stage": aid_limits.school_stage(connection, stored, given.person, on),
        "household_group": "migrant" if stored.content.values.get("is_migrant_worker") else "urban",
        "hardship_class": aid_limits.decided(connection, stored)[0] or "",
        "year": int(on[:4]),
        "amount": given.amount,
        "goods": given.goods.strip(),
        "fund_id": given.fund_id,
        "fund_source": fund.fund.content.text("source_kind") if fund else "",
        "fund_name": fund.name if fund else "",
        "cap_left": look.cap_left,
        "excess_reason": given.reason.strip(),
        "granted_on": on,
        **_signature(connection, session),
        "exported_sequence": 0,
    }


def _office(session: OfficeSession) -> dict[str, str]:
    office = session.office
    return {"office_id": office.id, "office_name": office.name, "office_level": office.level}


def _signature(connection: Connection, session: OfficeSession) -> dict[str, Any]:
    note = archiving.revision_note(connection, session, "grant")
    return {key: getattr(note, key) for key in ("made_at", "clerk_id", "clerk_name", "device_id", "device_counter")}


# -- what became of grants ----------------------------------------------------------------------------------------


def payout_row(
    connection: Connection, session: OfficeSession, grant: dict[str, Any], outcome: Outcome, on_day: str, **more: Any
) -> dict[str, Any]:
    """A line that says what became of a grant, to be inserted."""
    return {
        "id": new_id(),
        "grant_id": grant["id"],
        "archive_id": grant["archive_id"],
        **_office(session),
        "list_number": "",
        "outcome": outcome.value,
        "method": (Method.CARD if grant["amount"] else Method.GOODS).value,
        "amount": grant["amount"],
        "on_day": on_day,
        "payee_name": grant["recipient_name"],
        "bank": "",
        "account": "",
        "reason": "",
        **_signature(connection, session),
        "exported_sequence": 0,
        **more,
    }


def withdraw_grants(session: OfficeSession, ids: Collection[str], reason: str) -> None:
    """Give up grants that are not paid, with the *reason*; what is on a payment list must be taken out of it first."""
    if not reason.strip():
        raise UserError("aid_withdraw_reason")
    payment_guards.refuse_on_laptop(session)
    payment_guards.refuse_long(("撤销的理由", reason, payment_guards.LONGEST_REASON))
    try:
        with session.database.writing() as connection:
            found = aid_store.grants(connection, ids)
            for row in found:
                _refuse_withdrawing(connection, session, row)
                aid_store.insert_payouts(
                    connection,
                    [payout_row(connection, session, row, Outcome.WITHDRAWN, session.today, reason=reason.strip())],
                )
                note_on_own(connection, session, row, f"撤销：{reason.strip()}")
    except IntegrityError as fault:
        raise UserError("aid_settled") from fault


def _refuse_withdrawing(connection: Connection, session: OfficeSession, row: dict[str, Any]) -> None:
    if row["office_id"] != session.office.id:
        raise UserError("aid_not_ours", office=row["office_name"])
    if row["outcome"] in {Outcome.PAID, Outcome.WITHDRAWN, Outcome.RETURNED}:
        raise UserError("aid_settled")
    if aid_store.on_a_list(connection, row["id"]):
        raise UserError("aid_on_list", name=row["recipient_name"])


def note_on_own(connection: Connection, session: OfficeSession, grant: dict[str, Any], words: str) -> None:
    """A revision of the archive for what became of a grant, where the archive is this office's own."""
    stored = archiving.load_stored(connection, grant["archive_id"])
    if standing(connection, session, stored).kind is StandingKind.OWN:
        label = option_list("aid_item").label(grant["item"])
        record_revision(connection, session, stored, "grant", f"{label} {words}")


def grant_of(row: dict[str, Any]) -> Grant:
    """A stored row as a grant."""
    return Grant(**{key: row[key] for key in Grant.__dataclass_fields__})


def grants_of(session: OfficeSession, archive_id: str) -> list[Grant]:
    """Every grant to a household, of whatever office, the oldest first; those in archives merged into this one, too."""
    with session.database.reading() as connection:
        rows = aid_store.grants_of(connection, household_ids(connection, archive_id))
        return [grant_of(row) for row in rows]


def method_label(method: str) -> str:
    """How something reaches the household."""
    return METHODS[Method(method)]


def granting_offices(session: OfficeSession) -> dict[str, str]:
    """Names of the offices whose grants are known here, by id."""
    with session.database.reading() as connection:
        return {session.office.id: session.office.name, **bundle_store.office_names(connection)}
