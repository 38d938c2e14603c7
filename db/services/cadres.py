"""帮扶干部: the register of those who look after households – entering, changing, leaving, and how many each one has."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.errors import UserError
from db.services import archiving, ownership, records
from db.services.office import OfficeSession
from db.services.records import Record, record_of
from db.store import pairing_store, record_store


@dataclass(frozen=True, slots=True)
class CadreRow:
    """A cadre of the register with the number of households paired today."""

    record: Record
    households: int

    @property
    def cadre_id(self) -> str:
        """Id of the entry."""
        return self.record.record_id

    @property
    def name(self) -> str:
        """The cadre's name."""
        return self.record.content.text("name")

    @property
    def unit(self) -> str:
        """Where the cadre works."""
        return self.record.content.text("unit")

    @property
    def post(self) -> str:
        """What the cadre is there."""
        return self.record.content.text("post")

    @property
    def phone(self) -> str:
        """How to reach the cadre."""
        return self.record.content.text("phone")

    @property
    def is_leader(self) -> bool:
        """Whether the cadre is one of the leaders (主要领导、分管领导)."""
        return bool(self.record.content.values.get("is_leader"))

    @property
    def left_on(self) -> str:
        """The day on which the cadre left; empty while in office."""
        return self.record.content.text("left_on")

    def has_left(self, today: str) -> bool:
        """Whether nothing new may be given to the cadre."""
        return bool(self.left_on) and self.left_on <= today


def list_cadres(session: OfficeSession, office_id: str | None = None) -> list[CadreRow]:
    """The register of this office (None), of another, or of all known here (empty), by unit and name."""
    wanted = session.office.id if office_id is None else office_id
    with session.database.reading() as connection:
        found = [record_of(row) for row in record_store.office_records(connection, RecordKind.CADRE, wanted)]
        loads = pairing_store.loads(connection, session.today)
    rows = [CadreRow(record, loads.get(record.record_id, 0)) for record in found]
    return sorted(rows, key=lambda row: (not row.is_leader, row.unit, row.name, row.cadre_id))


def cadres_by_id(connection: Connection) -> dict[str, Record]:
    """Every cadre known here, of whatever office, by id."""
    return {row["record_id"]: record_of(row) for row in record_store.office_records(connection, RecordKind.CADRE)}


def save_cadre(session: OfficeSession, content: RecordContent, cadre_id: str = "", *, expected_version: str = "") -> Record:
    """Enter a cadre or change one; the same name, unit and phone are not entered twice.

    Nobody leaves who still looks after households: they are handed over (:func:`db.services.pairing.hand_over`).
    """
    with session.database.writing() as connection:
        return put_cadre(connection, session, content, cadre_id, expected_version=expected_version)


def put_cadre(
    connection: Connection, session: OfficeSession, content: RecordContent, cadre_id: str = "", *, expected_version: str = ""
) -> Record:
    """The same within a transaction."""
    own = record_store.office_records(connection, RecordKind.CADRE, session.office.id)
    known = {_key(record_of(row).content): row["record_id"] for row in own}
    if known.get(_key(content), cadre_id) != cadre_id:
        raise UserError("cadre_twice", name=content.text("name"), unit=content.text("unit"))
    held = pairing_store.pairings_of_cadre(connection, cadre_id, session.today) if cadre_id else []
    if content.text("left_on") and held:
        raise UserError("cadre_holds", name=content.text("name"), count=len(held))
    stored = records.put_entry(connection, session, RecordKind.CADRE, content, cadre_id, expected_version=expected_version)
    if cadre_id:
        _tell_pairings(connection, session, stored, held)
    return stored


def known_of(cadre: RecordContent) -> Row:
    """What a pairing keeps of a cadre."""
    about = {f"cadre_{key}": cadre.text(key) for key in ("name", "unit", "post", "phone")}
    return {**about, "is_leader": bool(cadre.values.get("is_leader"))}


def _tell_pairings(
    connection: Connection, session: OfficeSession, cadre: Record, held: Iterable[pairing_store.Row]
) -> None:
    """The pairings that stand say what is now known of the cadre; those that are over stay as they were."""
    known = known_of(cadre.content)
    for row in held:
        current = record_of(next(item for item in record_store.versions(connection, row["record_id"]) if item["is_current"]))
        kept = {key: current.content.values.get(key) or ("" if key != "is_leader" else False) for key in known}
        stored = archiving.load_stored(connection, row["archive_id"])
        if kept != known and ownership.standing(connection, session, stored).may_change:
            changed = RecordContent({**current.content.values, **known})
            records.put_record(connection, session, stored, RecordKind.PAIRING, changed, current.record_id)


def _key(content: RecordContent) -> tuple[str, ...]:
    return tuple(content.text(key).strip() for key in ("name", "unit", "phone"))


def remove_cadre(session: OfficeSession, cadre_id: str) -> None:
    """Take a cadre who was entered by mistake out of the register; one who was ever paired stays and leaves instead."""
    found = records.load_entry(session, cadre_id)
    with session.database.reading() as connection:
        paired = pairing_store.was_ever_paired(connection, cadre_id)
    if paired:
        raise UserError("cadre_paired", name=found.content.text("name"))
    records.remove_entry(session, cadre_id)


@dataclass(frozen=True, slots=True)
class LeaderShare:
    """How much of the pairing the leaders do themselves (S000-30: 主要领导亲自抓、分管领导具体抓)."""

    leaders: int
    paired_leaders: int
    without: tuple[str, ...]
    """Leaders in office who look after nobody, by name."""


def leader_share(rows: Iterable[CadreRow], today: str) -> LeaderShare:
    """Of the leaders in office among *rows*: how many look after a household, and who does not."""
    leaders = [row for row in rows if row.is_leader and not row.has_left(today)]
    idle = tuple(row.name for row in leaders if not row.households)
    return LeaderShare(len(leaders), len(leaders) - len(idle), idle)
