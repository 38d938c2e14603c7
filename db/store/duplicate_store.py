"""People who look alike in different archives: the search over everybody an office holds, and the pairs kept.

The search reads everybody once, lays person and keys into temporary tables (``temp_store`` is memory, nothing reaches
the disk; the rollback of the reading transaction takes them away), lets SQL bring people of one key together, and scores
these pairs in small batches. A key shared by more people than its kind allows (the switchboard of a works, a birth
date somebody always types) is left out and reported: it would compare everybody with everybody again.
"""

import json
import sys
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from db.domain.look_alike import Likeness, Part, Person, compare, pair_key, person_key
from db.domain.look_alike_keys import KINDS, keys_of
from db.errors import Progress
from db.store import hidden

_BATCH = 2_000
_REMEMBERED = 20_000
_KIND_BITS = 15
"""The lowest bits of a key's hash say its kind; the statements below write the number out."""

_TABLES = (
    "CREATE TEMP TABLE alike_person (seq INTEGER PRIMARY KEY, archive_id TEXT, member_id TEXT, name TEXT,"
    " id_number TEXT, birth_on TEXT, sex TEXT, phone TEXT, bank_account TEXT, address TEXT, employer TEXT)",
    "CREATE TEMP TABLE alike_key (hash INTEGER, seq INTEGER, home INTEGER, is_sound INTEGER)",
    "CREATE TEMP TABLE alike_pair (first INTEGER, second INTEGER, PRIMARY KEY (first, second)) WITHOUT ROWID",
    "CREATE TEMP TABLE alike_kind (kind INTEGER PRIMARY KEY, largest INTEGER, for_sound INTEGER)",
)
_WORKERS = (
    "SELECT a.rowid AS home, a.id AS archive_id, '' AS member_id, a.name, a.id_number, a.birth_on, a.sex,"
    " coalesce(nullif(a.mobile_phone, ''), a.other_contact) AS phone, a.bank_account, a.home_address AS address,"
    " a.employer, a.archive_number, a.office_id, a.name AS head_name, NULL AS relation_to_head FROM archive a"
)
_MEMBERS = (
    "SELECT a.rowid, a.id, m.id, m.name, m.id_number, m.birth_on, m.sex, NULL, NULL, a.home_address,"
    " m.school_or_employer, a.archive_number, a.office_id, a.name, m.relation_to_head"
    " FROM household_member m JOIN archive a ON a.id = m.archive_id"
)
_PERSON_END = 11
"""Up to here the columns are those of ``alike_person``, with the archive's place in front instead of the person's."""
_COUNT = "SELECT (SELECT count(*) FROM archive) + (SELECT count(*) FROM household_member)"
_MEET = (
    "INSERT OR IGNORE INTO alike_pair SELECT x.seq, y.seq FROM"
    " (SELECT hash, count(*) AS people FROM alike_key GROUP BY hash HAVING people > 1) AS block"
    " JOIN alike_kind AS kind ON kind.kind = block.hash & 15 AND block.people <= kind.largest"
    " JOIN alike_key AS x ON x.hash = block.hash"
    " JOIN alike_key AS y ON y.hash = block.hash AND y.seq > x.seq AND y.home <> x.home"
    " WHERE kind.for_sound OR NOT x.is_sound OR NOT y.is_sound"
)
_TOO_LARGE = (
    "SELECT block.hash, block.people, block.seq FROM"
    " (SELECT hash, count(*) AS people, min(seq) AS seq FROM alike_key GROUP BY hash HAVING people > 1) AS block"
    " JOIN alike_kind AS kind ON kind.kind = block.hash & 15 AND block.people > kind.largest"
    " ORDER BY block.people DESC"
)
_PERSONS = "SELECT * FROM alike_person WHERE seq IN (SELECT value FROM json_each(?))"


class FoundPair(NamedTuple):
    """A pair as it is kept: plain texts, of which a hundred thousand fit into memory. The keys' order is the people's."""

    pair_key: str
    first_archive_id: str
    first_member_id: str
    second_archive_id: str
    second_member_id: str
    score: int
    parts: str
    first_id_number: str
    second_id_number: str


@dataclass(frozen=True, slots=True)
class PersonAt:
    """A person and where they stand; *member_id* is empty for the worker of the archive."""

    archive_id: str
    member_id: str
    person: Person

    @property
    def key(self) -> str:
        """The key of the person."""
        return person_key(self.archive_id, self.member_id)


@dataclass(frozen=True, slots=True)
class LargeBlock:
    """A key shared by too many people to compare them: its kind, how many, and one who has it."""

    kind: int
    people: int
    example: Person


@dataclass(slots=True)
class Search:
    """One search: what it went through, and the keys it had to leave out."""

    people: int = 0
    candidates: int = 0
    large: list[LargeBlock] = field(default_factory=list)


def find_pairs(
    connection: Connection, search: Search, minimum: int, progress: Progress | None = None
) -> Iterator[FoundPair]:
    """Pairs of people of different archives who score at least *minimum*; *search* is filled on the way."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    kinds = [(number, kind.largest, kind.for_sound) for number, kind in enumerate(KINDS)]
    connection.exec_driver_sql("INSERT INTO alike_kind VALUES (?, ?, ?)", kinds)
    total = int(connection.exec_driver_sql(_COUNT).scalar_one())
    _read_everybody(connection, search, progress, total)
    connection.exec_driver_sql("CREATE INDEX temp.alike_by_key ON alike_key (hash, seq, home, is_sound)")
    connection.exec_driver_sql(_MEET)
    search.large = list(_large_blocks(connection))
    connection.exec_driver_sql("DROP TABLE alike_key")
    search.candidates = int(connection.exec_driver_sql("SELECT count(*) FROM alike_pair").scalar_one())
    yield from _scored(connection, search, minimum, progress, total)


def _read_everybody(connection: Connection, search: Search, progress: Progress | None, total: int) -> None:
    for statement in (_WORKERS, _MEMBERS):  # who stands in a merged archive stands in the kept one, too
        rows = connection.execute(text(f"{statement} WHERE {hidden.shown('a')}"))
        for batch in rows.partitions(_BATCH):
            _lay_down(connection, [tuple(row) for row in batch], search.people)
            search.people += len(batch)
            if progress is not None:
                progress(search.people, 2 * total)


def _lay_down(connection: Connection, batch: list[tuple[Any, ...]], before: int) -> None:
    numbered = list(enumerate(batch, before))
    persons = [(seq, *(value or "" for value in row[1:_PERSON_END])) for seq, row in numbered]
    connection.exec_driver_sql("INSERT INTO alike_person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", persons)
    keys = [(digest, seq, row[0], is_sound) for seq, row in numbered for digest, is_sound in _digests(_person(row))]
    if keys:
        connection.exec_driver_sql("INSERT INTO alike_key VALUES (?, ?, ?, ?)", keys)


def _digests(person: Person) -> Iterator[tuple[int, bool]]:
    """A number for each key, its kind in the lowest bits; two keys of one number cost a comparison, nothing else."""
    for key in set(keys_of(person)):
        yield hash(key) & ~_KIND_BITS | key[0], person.is_number_checked


def _person(row: Sequence[Any]) -> Person:
    """The person of a row of ``alike_person`` or of what fills it; the first three columns say where."""
    return Person(*(value or "" for value in row[3:_PERSON_END]))


def _large_blocks(connection: Connection) -> Iterator[LargeBlock]:
    found = connection.exec_driver_sql(_TOO_LARGE).fetchall()
    people = _persons_at(connection, [row[2] for row in found])
    for digest, count, seq in found:
        yield LargeBlock(digest & _KIND_BITS, count, people[seq].person)


def _persons_at(connection: Connection, wanted: Iterable[int]) -> dict[int, PersonAt]:
    rows = connection.exec_driver_sql(_PERSONS, (json.dumps(list(wanted)),))
    return {row[0]: PersonAt(row[1], row[2], _person(row)) for row in rows}


def _scored(
    connection: Connection, search: Search, minimum: int, progress: Progress | None, total: int
) -> Iterator[FoundPair]:
    known: OrderedDict[int, PersonAt] = OrderedDict()
    done = 0
    pairs = connection.execute(text("SELECT first, second FROM alike_pair ORDER BY first, second"))
    for batch in pairs.partitions(_BATCH):
        wanted = {seq for pair in batch for seq in pair}
        known.update(_persons_at(connection, wanted - known.keys()))
        for first, second in batch:
            likeness = compare(known[first].person, known[second].person)
            if likeness.score >= minimum:
                yield _found(known[first], known[second], likeness)
        while len(known) > _REMEMBERED:
            known.popitem(last=False)
        done += len(batch)
        if progress is not None:
            progress(total + total * done // search.candidates, 2 * total)
    if progress is not None:
        progress(2 * total, 2 * total)


def _found(one: PersonAt, other: PersonAt, likeness: Likeness) -> FoundPair:
    first, second = (one, other) if one.key < other.key else (other, one)
    return FoundPair(
        pair_key(one.key, other.key),
        first.archive_id,
        first.member_id,
        second.archive_id,
        second.member_id,
        likeness.score,
        sys.intern(parts_text(likeness.parts)),
        first.person.number,
        second.person.number,
    )


# -- the pairs kept -----------------------------------------------------------------------------------------------

_KEEP = (
    "INSERT INTO duplicate_pair (pair_key, first_archive_id, first_member_id, second_archive_id, second_member_id,"
    " score, parts, first_id_number, second_id_number, found_at, state, decided_by, note)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', '', '')"
    " ON CONFLICT (pair_key) DO UPDATE SET found_at = excluded.found_at, score = excluded.score, parts = excluded.parts,"
    " first_id_number = excluded.first_id_number, second_id_number = excluded.second_id_number,"
    " reopened_at = iif(state = 'open', reopened_at, excluded.found_at), state = 'open'"
    # a decision stands, unless two were called different people and one of them has another number now
    " WHERE state = 'open' OR (state = 'different_people' AND (first_id_number <> excluded.first_id_number"
    " OR second_id_number <> excluded.second_id_number))"
)
_DOUBT = text("UPDATE duplicate_pair SET found_at = '' WHERE state = 'open'")
_FORGET = text("DELETE FROM duplicate_pair WHERE state = 'open' AND found_at = '' AND decided_at IS NULL")
_STAND_AGAIN = text(
    "UPDATE duplicate_pair SET state = 'different_people', reopened_at = NULL"
    " WHERE state = 'open' AND found_at = '' AND decided_at IS NOT NULL"
)
_DIFFERENT = text("SELECT count(*) FROM duplicate_pair WHERE state = 'different_people'")


def keep_found(connection: Connection, found: Iterable[FoundPair], found_at: str) -> int:
    """Put what a search found among the open pairs; open ones it no longer found go, decisions stay.

    Returns how many pairs decided as different are open again.
    """
    before = int(connection.execute(_DIFFERENT).scalar_one())
    connection.execute(_DOUBT)
    rows = ((*pair, found_at) for pair in found)
    while batch := list(islice(rows, _BATCH)):
        connection.exec_driver_sql(_KEEP, batch)
    reopened = before - int(connection.execute(_DIFFERENT).scalar_one())
    connection.execute(_FORGET)
    connection.execute(_STAND_AGAIN)
    return reopened


def parts_text(parts: Iterable[Part]) -> str:
    """The parts of a score as they are kept: field, agreement, points, sentence."""
    plain = [[part.field, str(part.agreement), part.points, part.text] for part in parts]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


# a person may have been taken out of the household since: the pair is kept, but there is nothing left to show
_SHOWN = (
    " FROM duplicate_pair p"  # noqa: S608
    " WHERE (p.first_member_id = '' OR EXISTS (SELECT 1 FROM household_member m"
    " WHERE m.id = p.first_member_id AND m.archive_id = p.first_archive_id))"
    " AND (p.second_member_id = '' OR EXISTS (SELECT 1 FROM household_member m"
    " WHERE m.id = p.second_member_id AND m.archive_id = p.second_archive_id))"
    # nobody is asked about an archive that stands for itself no more
    f" AND (p.state = 'merged' OR (p.first_archive_id NOT IN ({hidden.MERGED_IDS})"
    f" AND p.second_archive_id NOT IN ({hidden.MERGED_IDS})))"
)
_COLUMNS = "SELECT p.*, (SELECT c.name FROM clerk c WHERE c.id = p.decided_by) AS clerk_name"
_LIST = text(
    _COLUMNS + _SHOWN + " AND p.state = :state AND p.score BETWEEN :least AND :most"
    " ORDER BY p.score DESC, p.pair_key LIMIT :limit OFFSET :offset"
)
_ONE = text(_COLUMNS + _SHOWN + " AND p.pair_key = :pair_key")
_COUNTS = text("SELECT p.state, p.score >= :likely AS is_likely, count(*) AS pairs" + _SHOWN + " GROUP BY 1, 2")
_OF_ARCHIVES = " WHERE a.id IN (SELECT value FROM json_each(:archives))"
_OF_MEMBERS = " WHERE m.id IN (SELECT value FROM json_each(:members))"
_PEOPLE = text(_WORKERS + _OF_ARCHIVES + " UNION ALL " + _MEMBERS + _OF_MEMBERS)
Row = dict[str, Any]


def pairs(connection: Connection, state: str, scores: tuple[int, int], offset: int, limit: int) -> list[Row]:
    """A page of the pairs in a state whose score lies within *scores*, the likeliest first."""
    least, most = scores
    params = {"state": state, "least": least, "most": most, "offset": offset, "limit": limit}
    return [dict(row) for row in connection.execute(_LIST, params).mappings()]


def find_pair(connection: Connection, key: str) -> Row | None:
    """The pair *key*, None when it is not kept or one of the two is gone."""
    row = connection.execute(_ONE, {"pair_key": key}).mappings().first()
    return dict(row) if row is not None else None


def people_of(connection: Connection, rows: Sequence[Row]) -> dict[str, tuple[Person, Row]]:
    """Everybody in *rows* as they stand today, by the key of the person: what is compared, and where they stand."""
    sides = [(row[f"{side}_archive_id"], row[f"{side}_member_id"]) for row in rows for side in ("first", "second")]
    archives = json.dumps([archive for archive, member in sides if not member])
    members = json.dumps([member for _, member in sides if member])
    found = connection.execute(_PEOPLE, {"archives": archives, "members": members}).all()
    return {
        person_key(row.archive_id, row.member_id): (_person(tuple(row)), dict(row._mapping)) for row in found
    }


def counts(connection: Connection, likely: int) -> dict[tuple[str, bool], int]:
    """How many pairs stand in each state, apart by whether they score at least *likely*."""
    rows = connection.execute(_COUNTS, {"likely": likely}).mappings()
    return {(row["state"], bool(row["is_likely"])): row["pairs"] for row in rows}


_DECIDE = text(
    "UPDATE duplicate_pair SET state = :state, score = :score, parts = :parts, first_id_number = :first_id_number,"
    " second_id_number = :second_id_number, decided_at = :decided_at, decided_by = :decided_by, note = :note,"
    " reopened_at = NULL WHERE pair_key = :pair_key"
)


def decide(connection: Connection, values: dict[str, Any]) -> None:
    """Write down a decision, with the score and the ID numbers it was made upon."""
    connection.execute(_DECIDE, values)


_NOTE = text("UPDATE duplicate_pair SET note = :note WHERE pair_key = :pair_key")


def put_note(connection: Connection, key: str, note: str) -> None:
    """Replace the note of a pair."""
    connection.execute(_NOTE, {"pair_key": key, "note": note})


_CHANGED_SINCE = text("SELECT count(*) FROM archive WHERE updated_at > :moment")


def changed_since(connection: Connection, moment: str) -> int:
    """How many archives were saved after *moment*."""
    return int(connection.execute(_CHANGED_SINCE, {"moment": moment}).scalar_one())
