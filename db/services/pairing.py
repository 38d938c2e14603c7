"""结对: who looks after which household – pairing, exchanging, ending, handing over – and how far the coverage has come.

A pairing is a record of the archive; it says what was known of the cadre when it was made. It stands from its first day
on and no more on its last one, so that of a hand-over exactly one counts on each day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from db.domain.records.pairing import EXCHANGED, HELPER, LEFT, MAIN
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.errors import Progress, UserError
from db.services import cadres, records
from db.services.means import record_revision
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.records import Record, record_of
from db.services.skipped import Skipped, skipped
from db.store import bundle_store, pairing_store, record_store
from db.store.archive_store import StoredArchive

PARTNER = "pairing_partner"
"""The field of the form that names who answers for the household."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """One pairing of a household, standing or over."""

    record: Record

    @property
    def record_id(self) -> str:
        """Id of the record."""
        return self.record.record_id

    @property
    def cadre_id(self) -> str:
        """The cadre in the register."""
        return self.record.content.text("cadre_id")

    @property
    def name(self) -> str:
        """The cadre's name."""
        return self.record.content.text("cadre_name")

    @property
    def about(self) -> str:
        """The cadre's unit and post."""
        content = self.record.content
        return " ".join(filter(None, (content.text("cadre_unit"), content.text("cadre_post"))))

    @property
    def phone(self) -> str:
        """How to reach the cadre."""
        return self.record.content.text("cadre_phone")

    @property
    def is_leader(self) -> bool:
        """Whether the cadre is one of the leaders."""
        return bool(self.record.content.values.get("is_leader"))

    @property
    def is_main(self) -> bool:
        """Whether the cadre is the one responsible."""
        return self.record.content.text("role") == MAIN

    @property
    def since(self) -> str:
        """First day."""
        return self.record.content.text("since")

    @property
    def until(self) -> str:
        """Last day, on which it stands no more; empty while open."""
        return self.record.content.text("until")

    def stands(self, today: str) -> bool:
        """Whether it counts on a day."""
        return self.since <= today and (not self.until or self.until > today)

    def words(self, key: str) -> str:
        """An answer as people read it."""
        return self.record.form.words(self.record.content, key)


def _ordered(found: Iterable[Pairing]) -> list[Pairing]:
    return sorted(found, key=lambda item: (not item.is_main, item.since, item.record_id))


def pairings_of(session: OfficeSession, archive_id: str) -> tuple[list[Pairing], list[Pairing]]:
    """The pairings of a household: those that stand, the one responsible first, and those that are over, the latest first."""
    found = [Pairing(record) for record in records.list_records(session, archive_id, RecordKind.PAIRING)]
    standing = [item for item in found if item.stands(session.today)]
    over = [item for item in found if not item.stands(session.today)]
    return _ordered(standing), sorted(over, key=lambda item: (item.until, item.since), reverse=True)


def standing_pairings(session: OfficeSession, archive_ids: Iterable[str]) -> dict[str, list[Pairing]]:
    """The pairings that stand of many households, the one responsible first."""
    found = records.records_by_archive(session, archive_ids, RecordKind.PAIRING)
    told = {key: _ordered(item for item in map(Pairing, rows) if item.stands(session.today)) for key, rows in found.items()}
    return {key: rows for key, rows in told.items() if rows}


# -- pairing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """How many households were paired, and which were passed over with the reason."""

    paired: int
    skipped: list[Skipped]


def pair(
    session: OfficeSession,
    archive_ids: Sequence[str],
    roles: Mapping[str, str],
    since: str = "",
    note: str = "",
    *,
    instead: bool = False,
    progress: Progress | None = None,
) -> PairOutcome:
    """Pair households with the cadres of *roles* (cadre id → role), each household on its own.

    *instead*: whoever looks after a household now ends on that day, and the new ones begin. UserError where the cadres
    themselves will not do; a household for which it cannot be done is passed over.
    """
    day = since or session.today
    chosen = _chosen(session, roles, day)

    def pair_one(connection: Connection, stored: StoredArchive) -> None:
        _pair_one(connection, session, stored, chosen, day, note, instead=instead)

    return _for_each(session, archive_ids, pair_one, progress)


def pair_by_form(
    session: OfficeSession, archive_ids: Sequence[str], since: str = "", progress: Progress | None = None
) -> PairOutcome:
    """Pair households with whom their form names as 帮扶责任人, where the register has exactly one of that name in office."""
    day = since or session.today
    known: dict[str, list[Record]] = {}
    for row in cadres.list_cadres(session):
        if not row.has_left(day):
            known.setdefault(row.name, []).append(row.record)

    def pair_one(connection: Connection, stored: StoredArchive) -> None:
        name = stored.content.text(PARTNER)
        found = known.get(name, [])
        if len(found) != 1:
            code = "pairing_form_empty" if not name else "pairing_form_several" if found else "pairing_form_unknown"
            raise UserError(code, name=name, count=len(found))
        _pair_one(connection, session, stored, [(found[0], MAIN)], day, "", instead=False)

    return _for_each(session, archive_ids, pair_one, progress)


def _for_each(
    session: OfficeSession,
    archive_ids: Sequence[str],
    act: Callable[[Connection, StoredArchive], None],
    progress: Progress | None = None,
) -> PairOutcome:
    """Do something with each household in a transaction of its own; one that refuses is passed over with the reason."""
    passed_over: list[Skipped] = []
    for number, archive_id in enumerate(archive_ids, 1):
        try:
            with session.database.writing() as connection:
                stored = own_archive(connection, session, archive_id)
                act(connection, stored)
                _tell_form(connection, session, stored)
        except UserError as fault:
            if "faults" in fault.context:  # the same for every household: a day that lies ahead
                raise
            passed_over.append(skipped(session, archive_id, fault))
        if progress:
            progress(number, len(archive_ids))
    return PairOutcome(len(archive_ids) - len(passed_over), passed_over)


def _chosen(session: OfficeSession, roles: Mapping[str, str], day: str) -> list[tuple[Record, str]]:
    if not roles:
        raise UserError("pairing_nobody")
    if sum(role == MAIN for role in roles.values()) > 1:
        raise UserError("pairing_two_mains")
    return [(_in_office(session, cadre_id, day), role) for cadre_id, role in roles.items()]


def _in_office(session: OfficeSession, cadre_id: str, day: str) -> Record:
    cadre = records.load_entry(session, cadre_id)
    left_on = cadre.content.text("left_on")
    if left_on and left_on <= day:
        raise UserError("cadre_left", name=cadre.content.text("name"), day=left_on)
    return cadre


def _pair_one(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    chosen: Sequence[tuple[Record, str]],
    day: str,
    note: str,
    *,
    instead: bool,
) -> None:
    standing = _standing(connection, stored.id, day)
    kept = {cadre.record_id for cadre, _ in chosen}
    if instead:
        for item in standing:
            if item.cadre_id not in kept:
                _end(connection, session, stored, item, day, EXCHANGED)
        standing = [item for item in standing if item.cadre_id in kept]
    for cadre, role in chosen:
        same = next((item for item in standing if item.cadre_id == cadre.record_id), None)
        if same is not None and (same.is_main == (role == MAIN)):
            if instead:
                continue
            raise UserError("pairing_already", name=same.name)
        if same is not None:
            _end(connection, session, stored, same, day, EXCHANGED)
        main = next((item for item in standing if item.is_main and item.cadre_id not in kept), None)
        if role == MAIN and main is not None:
            raise UserError("pairing_has_main", name=main.name)
        _begin(connection, session, stored, cadre.content, cadre.record_id, role, day, note)


def _standing(connection: Connection, archive_id: str, day: str) -> list[Pairing]:
    """The pairings of an archive that are not over by *day*."""
    rows = record_store.records_of(connection, [archive_id], RecordKind.PAIRING)
    found = [Pairing(record_of(row)) for row in rows]
    return [item for item in found if not item.until or item.until > day]


def _begin(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    cadre: RecordContent,
    cadre_id: str,
    role: str,
    day: str,
    note: str,
) -> Record:
    values: Row = {"cadre_id": cadre_id, **cadres.known_of(cadre), "role": role, "since": day, "note": note}
    return records.put_record(connection, session, stored, RecordKind.PAIRING, RecordContent(values))


def _tell_form(connection: Connection, session: OfficeSession, stored: StoredArchive, removed: str = "") -> None:
    """The form names who answers for the household (帮扶责任人) as it is paired today, so that paper and pairing agree.

    A name the form got from elsewhere goes only when somebody takes its place. *removed*: who was taken out by mistake.
    """
    rows = record_store.records_of(connection, [stored.id], RecordKind.PAIRING)
    found = [Pairing(record_of(row)) for row in rows]
    main = next((item.name for item in found if item.is_main and item.stands(session.today)), "")
    written = stored.content.text(PARTNER)
    if main == written or not (main or written in {removed, *(item.name for item in found)}):
        return
    content = stored.content.copy()
    content.values.pop(PARTNER, None)
    if main:
        content.values[PARTNER] = main
    record_revision(connection, session, stored, "amend", "帮扶责任人随结对更新", content)


def _end(
    connection: Connection, session: OfficeSession, stored: StoredArchive, item: Pairing, day: str, reason: str, note: str = ""
) -> Record:
    if item.since > day:
        raise UserError("pairing_since", day=day)
    values = {**item.record.content.values, "until": day, "end_reason": reason}
    if note:
        values["note"] = note
    return records.put_record(connection, session, stored, RecordKind.PAIRING, RecordContent(values), item.record_id)


def end_pairing(session: OfficeSession, record_id: str, until: str, reason: str, note: str = "") -> Record:
    """A pairing ends; whoever looks after the household besides goes on."""
    found = Pairing(records.load_record(session, record_id))
    if found.until and found.until <= session.today:
        raise UserError("pairing_over", day=found.until)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, found.record.archive_id)
        values = {**found.record.content.values, "until": until, "end_reason": reason}
        if note:
            values["note"] = note
        ended = records.put_record(connection, session, stored, RecordKind.PAIRING, RecordContent(values), record_id)
        _tell_form(connection, session, stored)
    return ended


def end_all_of(
    session: OfficeSession, archive_ids: Sequence[str], until: str, reason: str, note: str = ""
) -> PairOutcome:
    """Every pairing that stands of these households ends; each household on its own."""

    def end_one(connection: Connection, stored: StoredArchive) -> None:
        for item in _standing(connection, stored.id, until):
            _end(connection, session, stored, item, until, reason, note)

    return _for_each(session, archive_ids, end_one)


def remove_pairing(session: OfficeSession, record_id: str, reason: str) -> None:
    """Take a pairing that was entered by mistake out of every list, and its name off the form."""
    found = Pairing(records.load_record(session, record_id))
    records.remove_record(session, record_id, reason)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, found.record.archive_id)
        _tell_form(connection, session, stored, found.name)


# -- handing over -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CadreHousehold:
    """A household of a cadre."""

    record_id: str
    archive_id: str
    archive_number: str
    name: str


def households_of(session: OfficeSession, cadre_id: str) -> list[CadreHousehold]:
    """Whom a cadre looks after today, by number."""
    with session.database.reading() as connection:
        rows = pairing_store.pairings_of_cadre(connection, cadre_id, session.today)
    return [CadreHousehold(**row) for row in rows]


def share_out(session: OfficeSession, cadre_id: str, receivers: Sequence[str]) -> dict[str, str]:
    """A proposal who takes which household of a cadre: whoever has the fewest takes the next one. Archive → cadre."""
    loads = {row.cadre_id: row.households for row in cadres.list_cadres(session) if row.cadre_id in receivers}
    shared: dict[str, str] = {}
    for item in households_of(session, cadre_id):
        if loads:
            taker = min(loads, key=lambda key: (loads[key], receivers.index(key)))
            loads[taker] += 1
            shared[item.archive_id] = taker
    return shared


def hand_over(
    session: OfficeSession,
    cadre_id: str,
    receivers: Mapping[str, str],
    on: str = "",
    *,
    leaves: bool = True,
    reason: str = "",
) -> int:
    """Give every household of a cadre to another one (archive → cadre), all or none: ended and begun on that day.

    *leaves*: the cadre has left, with the *reason* in the register, and gets nobody any more. How many were handed over.
    """
    day = on or session.today
    cadre = records.load_entry(session, cadre_id)
    name = cadre.content.text("name")
    households = households_of(session, cadre_id)
    if not households:
        raise UserError("cadre_idle", name=name)
    takers = {key: _in_office(session, key, day) for key in set(receivers.values()) if key and key != cadre_id}
    if any(receivers.get(item.archive_id) not in takers for item in households):
        raise UserError("hand_over_receiver", name=name)
    with session.database.writing() as connection:
        for item in households:
            stored = _own_or_named(connection, session, item)
            _hand_over_one(connection, session, stored, item.record_id, takers[receivers[item.archive_id]], day)
            _tell_form(connection, session, stored)
        if leaves:
            values = {**cadre.content.values, "left_on": day, **({"left_reason": reason} if reason else {})}
            records.put_entry(connection, session, RecordKind.CADRE, RecordContent(values), cadre_id)
    return len(households)


def _own_or_named(connection: Connection, session: OfficeSession, item: CadreHousehold) -> StoredArchive:
    """The archive of a household; where it cannot be changed the refusal names it, for none is handed over then."""
    try:
        return own_archive(connection, session, item.archive_id)
    except UserError as fault:
        raise UserError("hand_over_stuck", name=item.name, number=item.archive_number, first=fault.text()) from fault


def _hand_over_one(
    connection: Connection, session: OfficeSession, stored: StoredArchive, record_id: str, taker: Record, day: str
) -> None:
    standing = _standing(connection, stored.id, day)
    old = next(item for item in standing if item.record_id == record_id)
    _end(connection, session, stored, old, day, LEFT)
    there = next((item for item in standing if item.cadre_id == taker.record_id), None)
    if there is not None and (there.is_main or not old.is_main):
        return  # the taker looks after the household already, and answers for it as much
    if there is not None:
        _end(connection, session, stored, there, day, EXCHANGED)
    role = MAIN if old.is_main else HELPER
    _begin(connection, session, stored, taker.content, taker.record_id, role, day, f"接替{old.name}")


# -- coverage -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the pairing of an office has come (f.5): paired ÷ on file, and how many of them with a leader."""

    office_id: str
    office_name: str
    households: int
    paired: int
    led: int

    @property
    def missing(self) -> int:
        """How many have nobody."""
        return self.households - self.paired

    @property
    def rate(self) -> str:
        """The rate as people read it, never rounded up to 100 %."""
        return percent(self.paired, self.households)

    @property
    def led_rate(self) -> str:
        """The share of the households on file with a leader."""
        return percent(self.led, self.households)


def percent(part: int, whole: int) -> str:
    """A share with one digit, cut off rather than rounded: 100 % are all of them."""
    if not whole:
        return "--"
    tenths = part * 1000 // whole
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def coverage_by_office(session: OfficeSession) -> list[Coverage]:
    """The coverage of every office whose archives are here, this one first."""
    with session.database.reading() as connection:
        rows = pairing_store.coverage(connection, session.today)
        names = bundle_store.office_names(connection)
    names[session.office.id] = session.office.name
    made = [
        Coverage(row["office_id"], names.get(row["office_id"], "其他单位"), row["households"], row["paired"], row["led"])
        for row in rows
    ]
    return sorted(made, key=lambda item: (item.office_id != session.office.id, item.office_name))


def total(rows: Sequence[Coverage]) -> Coverage:
    """All offices together."""
    sums = (sum(row.households for row in rows), sum(row.paired for row in rows), sum(row.led for row in rows))
    return Coverage("", "合计", *sums)
