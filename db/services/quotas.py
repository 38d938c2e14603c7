"""名额: how many an office below may file or propose in a year, and how many are left. They travel with the next answer."""

from dataclasses import dataclass

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.domain.field_kinds import printable
from db.domain.records.record_form import RecordKind
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.services.policy_library import chosen_policy
from db.store import bundle_store, notice_store, programme_store, record_store, standing_store

FILED = "filed"
"""A subject whose use is counted: households put on file in the year (S004-03: 建档立卡 comes after 摸底 and 公示)."""
PROGRAMME = "programme:"
"""What the subject of a programme's quota begins with; its id follows."""
_FILED_SUBJECTS = frozenset({FILED, "archives"})
ITEM_SUBJECTS = {"tuition_places": ("tuition",)}
"""Codes of quotas in the policy packs that are used up by grants of some kinds of aid."""
SUBJECT_LABELS = {FILED: "本年新建档案"}
FILED_MEANING = (
    "“本年新建档案”数的是这一年批准建档、进入在档的户，和《困难职工档案情况统计表》的“新建档”一样；"
    "摸底线索、还在申请的、不符合的不占名额，当年又退出的仍算一户，返困、恢复的不再算。"
)
"""What uses up the quota of new archives, as it is told beside it."""
UNITS = ("户", "人")
_LONGEST_LABEL, _LONGEST_NOTE, _MOST = 100, 500, 1_000_000
_EARLIEST, _LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota that stands. *used* is None where the program cannot tell what counts."""

    id: str
    for_office_id: str
    for_office_name: str
    year: int
    subject: str
    label: str
    amount: int
    unit: str
    note: str
    office_name: str
    set_at: str
    set_by: str
    is_own: bool
    """Set here for an office below; otherwise it is this office's own, from above."""
    used: int | None

    @property
    def is_of_filing(self) -> bool:
        """Whether it is used up by households put on file."""
        return self.subject in _FILED_SUBJECTS

    @property
    def left(self) -> int | None:
        """How many are left; negative where more were used."""
        return None if self.used is None else self.amount - self.used


def subjects(session: OfficeSession) -> dict[str, str]:
    """What quotas are set for: code → name; those of the chosen policy and what is counted here."""
    policy = chosen_policy(session, session.today)
    named = {quota.code: quota.label for quota in policy.pack.quota} if policy else {}
    return {**SUBJECT_LABELS, **named, **_programmes(session)}


def _programmes(session: OfficeSession) -> dict[str, str]:
    """The programmes of this year and later, by the subject of their quota."""
    year = int(session.today[:4])
    with session.database.reading() as connection:
        rows = record_store.office_records(connection, RecordKind.PROGRAMME)
    found = [(row["record_id"], row["content"]["values"]) for row in rows]
    return {f"{PROGRAMME}{key}": str(values.get("title") or "") for key, values in found if values.get("year", 0) >= year}


def usual_unit(session: OfficeSession, subject: str) -> str:
    """What a subject is counted in unless somebody says otherwise."""
    if subject in ITEM_SUBJECTS:
        return UNITS[1]
    if subject.startswith(PROGRAMME):
        with session.database.reading() as connection:
            rows = record_store.office_versions(connection, subject.removeprefix(PROGRAMME))
        if any(row["is_current"] and row["content"]["values"].get("counted_by") == "person" for row in rows):
            return UNITS[1]
    return UNITS[0]


def list_quotas(session: OfficeSession) -> list[Quota]:
    """The quotas that stand, set here or received, the newest year first."""
    with session.database.reading() as connection:
        names = {**bundle_store.office_names(connection), session.office.id: session.office.name}
        rows = notice_store.quotas(connection)
        # one statement for all offices that share a subject, not one for each
        uses = {kind: _used(connection, *kind) for kind in {(row["subject"], row["year"], row["unit"]) for row in rows}}
        found = []
        for row in rows:
            by_office = uses[row["subject"], row["year"], row["unit"]]
            found.append(_quota(session, row, names, None if by_office is None else by_office.get(row["for_office_id"], 0)))
    return found


def _quota(session: OfficeSession, row: notice_store.Row, names: dict[str, str], used: int | None) -> Quota:
    plain = {key: row[key] for key in Quota.__dataclass_fields__ if key in row}
    return Quota(
        **plain,
        for_office_name=names.get(row["for_office_id"], "其他单位"),
        is_own=row["office_id"] == session.office.id,
        used=used,
    )


def used_of(connection: Connection, row: notice_store.Row) -> int | None:
    """How much of a quota is used; None where the program cannot tell what counts."""
    found = _used(connection, row["subject"], row["year"], row["unit"], row["for_office_id"])
    return None if found is None else found.get(row["for_office_id"], 0)


def _used(connection: Connection, subject: str, year: int, unit: str, office: str = "") -> dict[str, int] | None:
    """The same by office, of one or of all."""
    if subject in _FILED_SUBJECTS:
        return standing_store.filed_between(connection, f"{year}-01-01", f"{year}-12-31")
    counted_by = "person" if unit == UNITS[1] else "household"
    if subject in ITEM_SUBJECTS:
        return programme_store.used_by_office(connection, counted_by, year, items=ITEM_SUBJECTS[subject], office=office)
    if subject.startswith(PROGRAMME):
        programme = subject.removeprefix(PROGRAMME)
        return programme_store.used_by_office(connection, counted_by, year, programme=programme, office=office)
    return None


def set_quota(
    session: OfficeSession,
    for_office_id: str,
    year: int,
    subject: str,
    amount: int,
    *,
    label: str = "",
    unit: str = UNITS[0],
    note: str = "",
) -> Quota:
    """Set how many an office below may have; it takes the place of what was set for the same office, year and subject.

    *subject* is one of :func:`subjects`, or any word of one's own.
    """
    subject = printable(subject).strip()
    label = printable(label).strip() or subjects(session).get(subject, subject)
    note = printable(note).strip()
    if not subject or len(subject) > 80 or len(label) > _LONGEST_LABEL or len(note) > _LONGEST_NOTE:
        raise UserError("quota_needs_subject")
    if unit not in UNITS or not 0 <= amount <= _MOST or not _EARLIEST <= year <= _LATEST:
        raise UserError("quota_bad_amount", limit=_MOST, known="、".join(UNITS))
    with session.database.writing() as connection:
        child = bundle_store.partner(connection, for_office_id)
        if child is None or child["relation"] != "child":
            raise UserError("quota_not_below")
        row: notice_store.Row = {"id": new_id(), "for_office_id": for_office_id, "year": year, "subject": subject}
        row.update(label=label, amount=amount, unit=unit, note=note, office_id=session.office.id)
        row.update(office_name=session.office.name, set_at=session.now, set_by=session.clerk.name, withdrawn_at=None)
        for known in _same(connection, session, row):
            notice_store.withdraw_quota(connection, known["id"], session.now)
        notice_store.add_quota(connection, row)
        write_journal(connection, session, "set_quota", {"office": for_office_id, "year": year, "amount": amount})
        return _quota(session, row, bundle_store.office_names(connection), used_of(connection, row))


def _same(connection: Connection, session: OfficeSession, new: notice_store.Row) -> list[notice_store.Row]:
    keys = ("for_office_id", "year", "subject", "office_id")
    return [row for row in notice_store.quotas(connection) if all(row[key] == new[key] for key in keys)]


def withdraw_quota(session: OfficeSession, quota_id: str) -> None:
    """End a quota set here; with the next answer it ends below, too."""
    with session.database.writing() as connection:
        row = notice_store.quota(connection, quota_id)
        if row is None or row["office_id"] != session.office.id or row["withdrawn_at"]:
            raise UserError("quota_gone")
        notice_store.withdraw_quota(connection, quota_id, session.now)
        write_journal(connection, session, "withdraw_quota", {"quota": quota_id})
