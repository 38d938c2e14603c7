"""Programmes (帮扶活动): the register with its sums, the households of one, and people it reaches who have no archive.

The county's programmes come down with its answers; a township works through them with its own households, and what it
granted goes up beside the archives. Nothing is counted twice: who was reached, with how much, is told by the grants.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from db.domain.case_words import Standing
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.programme import codes_of, population_words
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import archiving, quotas, records
from db.services.office import OfficeSession
from db.services.programme_rules import population_of
from db.services.records import Record
from db.store import archive_store, hidden, programme_store


@dataclass(frozen=True, slots=True)
class ProgrammeSums:
    """What a programme came to; given-up grants left out, money that came back taken off what was paid."""

    grants: int = 0
    households: int = 0
    people: int = 0
    granted: int = 0
    paid: int = 0
    goods: int = 0
    """Grants in goods, and how many of them were handed out."""
    goods_handed: int = 0
    others: int = 0
    """People without an archive."""
    others_amount: int = 0

    def __add__(self, other: "ProgrammeSums") -> "ProgrammeSums":
        return ProgrammeSums(*(getattr(self, key) + getattr(other, key) for key in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme that is known here."""

    id: str
    content: RecordContent
    office_id: str
    office_name: str
    """Who has called it."""
    is_own: bool
    sums: ProgrammeSums = field(default_factory=ProgrammeSums)

    @property
    def title(self) -> str:
        """Its name."""
        return self.content.text("title")

    @property
    def year(self) -> int:
        """The year it counts in."""
        year = self.content.values.get("year")
        return year if isinstance(year, int) else 0

    @property
    def kind_label(self) -> str:
        """What sort it is."""
        return option_list("programme_kind").label(self.content.text("programme_kind"))

    @property
    def period(self) -> str:
        """From when to when."""
        begins, ends = self.content.text("begins_on"), self.content.text("ends_on")
        return f"{begins} 至 {ends}" if ends else f"{begins} 起"

    @property
    def population(self) -> str:
        """Whom it concerns, in words."""
        return population_words(self.content)

    @property
    def items(self) -> list[str]:
        """The kinds of aid it gives."""
        return codes_of(self.content, "items")

    @property
    def standard_words(self) -> str:
        """How much each gets, in words; empty where nothing is laid down."""
        standard = self.content.values.get("standard")
        money = f"{format_amount(standard)} 元" if isinstance(standard, int) and standard else ""
        return "、".join(filter(None, (money, self.content.text("goods"))))

    @property
    def cap_words(self) -> str:
        """The most that may be given, in words."""
        once, times, whole = (self.content.values.get(key) for key in ("most_per_time", "most_per_year", "most_amount_per_year"))
        parts = (
            f"每次最多 {format_amount(once)} 元" if isinstance(once, int) else "",
            f"一年最多 {times} 次" if isinstance(times, int) else "",
            f"一年合计最多 {format_amount(whole)} 元" if isinstance(whole, int) else "",
        )
        return "，".join(filter(None, parts))


# -- the register -------------------------------------------------------------------------------------------------


def list_programmes(session: OfficeSession, year: int | None = None, *, counted: bool = True) -> list[Programme]:
    """Every programme known here – own ones, those from above and from below – with its sums, the latest first.

    Without *counted* the sums stay empty: quick also with many thousand grants.
    """
    entries = records.list_entries(session, RecordKind.PROGRAMME, "")
    found = [item for item in _programmes(session, entries, counted=counted) if year is None or item.year == year]
    return sorted(found, key=lambda item: (item.year, item.content.text("begins_on"), item.id), reverse=True)


def _programmes(
    session: OfficeSession, entries: Sequence[Record], programme_id: str = "", *, counted: bool = True
) -> list[Programme]:
    names = {**archiving.office_names(session), session.office.id: session.office.name}
    visited = _condolences(session) if counted else {}
    with session.database.reading() as connection:
        sums = programme_store.sums(connection, programme_id) if counted else {}
    found = []
    for entry in entries:
        people, amount = visited.get(entry.record_id, (0, 0))
        row = {key: value for key, value in sums.get(entry.record_id, {}).items() if key != "programme_id"}
        whole = ProgrammeSums(**row, others=people, others_amount=amount)
        office = (entry.office_id, names.get(entry.office_id, "其他单位"), entry.office_id == session.office.id)
        found.append(Programme(entry.record_id, entry.content, *office, whole))
    return found


def _condolences(session: OfficeSession) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for entry in records.list_entries(session, RecordKind.CONDOLENCE, ""):
        people, amount = found.get(str(entry.subject_id), (0, 0))
        more = [entry.content.values.get(key) for key in ("people", "amount")]
        counted = [value if isinstance(value, int) else 0 for value in more]
        found[str(entry.subject_id)] = (people + counted[0], amount + counted[1])
    return found


def programme_of(session: OfficeSession, programme_id: str) -> Programme:
    """One programme; UserError where it is gone."""
    with suppress(UserError):
        entry = records.load_entry(session, programme_id)
        if entry.kind is RecordKind.PROGRAMME:
            return _programmes(session, [entry], programme_id)[0]
    raise UserError("programme_gone")


def find_programme(session: OfficeSession, name: str) -> Programme:
    """The programme called so; UserError names those there are."""
    known = list_programmes(session)
    found = next((item for item in known if name in (item.id, item.title)), None)
    if found is None:
        raise UserError("programme_unknown", name=name, known="、".join(item.title for item in known[:8]) or "还没有")
    return found


def save_programme(session: OfficeSession, content: RecordContent, programme_id: str = "") -> Record:
    """Call a programme, or change one of this office."""
    return records.save_entry(session, RecordKind.PROGRAMME, content, programme_id)


def called_again(session: OfficeSession, item: Programme) -> RecordContent:
    """What the same programme would lay down this year: its days are open, its name has the new year."""
    values = {key: value for key, value in item.content.values.items() if key not in {"ends_on", "lists_due_on", "basis"}}
    year = int(session.today[:4])
    title = item.title.replace(str(item.year), str(year)) if item.year else item.title
    return RecordContent({**values, "title": title, "year": year, "begins_on": session.today})


def remove_programme(session: OfficeSession, programme_id: str) -> None:
    """Take back a programme of this office in which nothing was granted yet."""
    item = programme_of(session, programme_id)
    if item.sums.grants:
        raise UserError("programme_used", title=item.title, count=f"{item.sums.grants:,}")
    records.remove_entry(session, programme_id)


def running(session: OfficeSession) -> list[Programme]:
    """The programmes that run today, the latest first; not counted."""
    return [
        each
        for each in list_programmes(session, counted=False)
        if each.content.text("begins_on") <= session.today <= (each.content.text("ends_on") or "9999")
    ]


# -- the households of a programme --------------------------------------------------------------------------------


class ProgrammePile(StrEnum):
    """Where a household stands in a programme."""

    TO_DO = "to_do"
    GRANTED = "granted"
    DONE = "done"
    ALL = "all"


PROGRAMME_PILES = {
    ProgrammePile.TO_DO: "还没批准",
    ProgrammePile.GRANTED: "已批准待发放",
    ProgrammePile.DONE: "已发放",
    ProgrammePile.ALL: "全部",
}
ORDERS = {
    "archive_number": "a.archive_number",
    "name": "a.name_pinyin",
    "last_on": "got.last_on",
    "amount": "got.amount",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeQuery:
    """What the list of a programme shows. Empty members do not filter; *order* is one of :data:`ORDERS`."""

    programme_id: str
    content: RecordContent
    pile: ProgrammePile = ProgrammePile.ALL
    text: str = ""
    office_id: str = ""
    hardship_category: str = ""
    order: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeHousehold:
    """A household of a programme, and what it was granted in it."""

    archive_id: str
    archive_number: str
    office_id: str
    name: str
    employer: str
    hardship_category: str | None
    household_size: int | None
    standing: Standing
    pile: ProgrammePile
    grants: int
    amount: int
    goods: str
    last_on: str

    @property
    def got_words(self) -> str:
        """What it was granted, in words."""
        money = f"{format_amount(self.amount)} 元" if self.amount else ""
        return "、".join(filter(None, (money, self.goods)))


def _where(session: OfficeSession, query: ProgrammeQuery, pile: ProgrammePile) -> tuple[str, str, dict[str, Any]]:
    """Population and filters in SQL, and their parameters."""
    population, more = population_of(query.content)
    parts = [hidden.shown("a")]
    params: dict[str, Any] = {**more, "programme": query.programme_id, "today": session.today}
    if pile is not ProgrammePile.ALL:
        parts.append(f"{programme_store.PILE} = :pile")
        params["pile"] = pile.value
    for column in ("office_id", "hardship_category"):
        if getattr(query, column):
            parts.append(f"a.{column} = :{column}")
            params[column] = getattr(query, column)
    archive_store.narrow_to_person(query.text, parts, params)
    return population, " AND ".join(parts), params


def _order(query: ProgrammeQuery) -> str:
    direction = "DESC" if query.descending else "ASC"
    return f"{ORDERS[query.order]} {direction}, a.rowid {direction}"


def household_rows(
    session: OfficeSession, query: ProgrammeQuery, offset: int = 0, limit: int = 100
) -> list[ProgrammeHousehold]:
    """One page of the list."""
    population, where, params = _where(session, query, query.pile)
    with session.database.reading() as connection:
        rows = programme_store.households(connection, population, where, _order(query), params, limit, offset)
    return [
        ProgrammeHousehold(**{**row, "standing": Standing(row["standing"]), "pile": ProgrammePile(row["pile"])}) for row in rows
    ]


def household_ids(session: OfficeSession, query: ProgrammeQuery) -> list[str]:
    """Ids of every household the query means, in the order of the list."""
    population, where, params = _where(session, query, query.pile)
    with session.database.reading() as connection:
        return programme_store.household_ids(connection, population, where, _order(query), params)


def count_piles(session: OfficeSession, query: ProgrammeQuery) -> dict[ProgrammePile, int]:
    """How many of the households stand in each pile, whatever pile the query means."""
    population, where, params = _where(session, query, ProgrammePile.ALL)
    with session.database.reading() as connection:
        found = programme_store.count_piles(connection, population, where, params)
    piles = {pile: found.get(pile.value, 0) for pile in ProgrammePile}
    return {**piles, ProgrammePile.ALL: sum(found.values())}


def count_households(session: OfficeSession, query: ProgrammeQuery) -> int:
    """How many households the query means."""
    return count_piles(session, query)[query.pile]


def first_households(session: OfficeSession, query: ProgrammeQuery, limit: int) -> tuple[list[ProgrammeHousehold], int]:
    """The first of the list, and how many the query means in all: what has to be there before a list can be shown."""
    rows = household_rows(session, query, 0, limit)
    return rows, count_households(session, query) if len(rows) == limit else len(rows)


# -- its grants, quotas, people without an archive ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProgrammeGrant:
    """One grant of a programme, as the list to sign shows it."""

    id: str
    archive_id: str
    archive_number: str
    office_id: str
    office_name: str
    household: str
    item: str
    recipient_name: str
    recipient_number: str
    employer: str
    hardship_category: str | None
    amount: int
    goods: str
    granted_on: str
    paid_on: str | None


def programme_grants(
    session: OfficeSession, programme_id: str, archive_ids: Sequence[str] | None = None
) -> list[ProgrammeGrant]:
    """The grants of a programme that stand, by office and name; of these households, or all."""
    with session.database.reading() as connection:
        found = [ProgrammeGrant(**row) for row in programme_store.grants(connection, programme_id)]
    wanted = None if archive_ids is None else set(archive_ids)
    return [item for item in found if wanted is None or item.archive_id in wanted]


@dataclass(frozen=True, slots=True)
class ListedHousehold:
    """A household as a list of names tells of it; what it was granted so far in the programme."""

    archive_id: str
    office_id: str
    name: str
    id_number: str
    employer: str
    hardship_category: str | None
    main_hardship_cause: str | None
    household_size: int | None
    phone: str
    amount: int
    goods: str


def name_list(session: OfficeSession, programme_id: str, archive_ids: Sequence[str]) -> list[ListedHousehold]:
    """The households of a list to be handed in, in their order."""
    with session.database.reading() as connection:
        return [ListedHousehold(**row) for row in programme_store.name_list(connection, programme_id, archive_ids)]


def open_grants(session: OfficeSession, programme_id: str, archive_ids: Sequence[str]) -> list[ProgrammeGrant]:
    """Those of these households that this office made, not paid and on no list yet."""
    found = programme_grants(session, programme_id, archive_ids)
    with session.database.reading() as connection:
        free = set(programme_store.free_grants(connection, programme_id, session.office.id))
    return [item for item in found if item.id in free]


def programme_quotas(session: OfficeSession, programme_id: str) -> list[quotas.Quota]:
    """The quotas of a programme, of the offices below and of this one, with what is used and left."""
    subject = f"{quotas.PROGRAMME}{programme_id}"
    return [item for item in quotas.list_quotas(session) if item.subject == subject]


def list_condolences(session: OfficeSession, programme_id: str) -> list[Record]:
    """The lines about people without an archive, of this office and those below, the oldest first."""
    return [item for item in records.list_entries(session, RecordKind.CONDOLENCE, "") if item.subject_id == programme_id]


def save_condolence(session: OfficeSession, content: RecordContent, record_id: str = "") -> Record:
    """Count people without an archive whom a programme has reached."""
    programme_of(session, content.text("programme_id"))
    return records.save_entry(session, RecordKind.CONDOLENCE, content, record_id)


def remove_condolence(session: OfficeSession, record_id: str) -> None:
    """Take such a line back."""
    records.remove_entry(session, record_id)


def totals_by_year(programmes: Sequence[Programme]) -> dict[int, ProgrammeSums]:
    """The sums of the programmes of each year, the latest first; a household in two programmes counts in both."""
    found: dict[int, ProgrammeSums] = {}
    for item in programmes:
        found[item.year] = found.get(item.year, ProgrammeSums()) + item.sums
    return found
