"""Entries of the registers of offices in a bundle: cadres, campaigns, enterprises, records of keeping.

They are few and travel whole with every bundle – upwards those of the sender and the offices below it, down those that
offices below shall have, between the machines of one office its own –, so a lost stick loses nothing. An entry is its
office's alone: nobody else can bring another version of it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordKind
from db.exchange.bundle_casework import read_version
from db.exchange.bundle_format import MalformedError, id_of, moment_of, number_of, object_of, parse_json, text_of
from db.exchange.bundle_office_papers import PAPERS, OfficePaperIntake, as_sent
from db.store import record_store, retention_store

Row = dict[str, Any]

MOST_ENTRIES = 50_000
_BEGINNING = b'{"entry":'
GOING_DOWN = frozenset(form.kind.value for form in FORMS.values() if form.goes_down)
"""Kinds that offices below get."""


def entry_lines(rows: Iterable[Row], papers: Mapping[str, Sequence[Row]] | None = None) -> Iterator[bytes]:
    """A line for each entry, as :func:`record_store.office_records_out` gives it; *papers*: by entry, what goes along."""
    for row in rows:
        beside = as_sent((papers or {}).get(row["record_id"], ()))
        body = {"entry": row, **({PAPERS: beside} if beside else {})}
        yield json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def entry_of(body: Row, unknown: list[str]) -> Row:
    """An entry of a register, strictly read; *unknown* gets what this program does not know of it."""
    return {
        **read_version(body, unknown, of_archive=False),
        "version": number_of(body, "version", 1),
        "made_at": moment_of(body, "made_at"),
        "clerk_id": text_of(body, "clerk_id", 80),
        "clerk_name": text_of(body, "clerk_name", 200),
        "office_id": id_of(body, "office_id"),
        "device_id": text_of(body, "device_id", 80),
        "device_counter": number_of(body, "device_counter"),
    }


def _is_beside(row: Row) -> bool:
    """Whether the entry is about the household of an archive."""
    return bool(row["kind"] == RecordKind.OFFICE_SERVICE)


@dataclass(slots=True)
class RegisterIntake:
    """Gathers the entries of one bundle and stores those that are new and may be brought.

    *offices*: whose entries the sender may bring; *anybody* brings those of every office: the other machine of this one.
    """

    offices: frozenset[str] = frozenset()
    anybody: bool = False
    from_above: bool = False
    """Whether it comes from an office above: what others above that one did for households here it passes on."""
    entries: list[Row] = field(default_factory=list)
    papers: OfficePaperIntake = field(default_factory=OfficePaperIntake)

    def take(self, line: bytes) -> bool:
        """Whether the line is an entry; it is kept then. What this program does not know is left for a newer one."""
        if not line.startswith(_BEGINNING):
            return False
        unknown: list[str] = []
        body = parse_json(line, "台账")
        entry = entry_of(object_of(body, "entry"), unknown)
        self.add(entry, known=not unknown)
        self.papers.note(entry, body, known=not unknown)
        return True

    def add(self, entry: Row, *, known: bool = True) -> None:
        """Keep an entry, if the program knows what it says."""
        if len(self.entries) >= MOST_ENTRIES:
            raise MalformedError("台账的条目多得不合理")
        passed_on = self.from_above and entry["kind"] == RecordKind.OFFICE_SERVICE
        if not self.anybody and not passed_on and entry["office_id"] not in self.offices:
            raise MalformedError("台账不是发送单位的")
        if known:
            self.entries.append(entry)

    def store(self, connection: Connection) -> list[Row]:
        """Store what is not here yet; the versions that were new. An entry that is another office's stays as it is."""
        destroyed = retention_store.destroyed_on(
            connection, [row["subject_id"] for row in self.entries if _is_beside(row)]
        )
        held = record_store.office_records_held(connection, [row["record_id"] for row in self.entries])
        versions = {row["id"] for row in held}
        homes = {row["record_id"]: (row["office_id"], row["kind"]) for row in held}
        new = []
        for row in self.entries:
            home = homes.setdefault(row["record_id"], (row["office_id"], row["kind"]))
            if _is_beside(row) and row["subject_id"] in destroyed:
                continue
            if row["id"] not in versions and home == (row["office_id"], row["kind"]):
                versions.add(row["id"])
                new.append(row)
        record_store.insert_office_records(connection, new)
        return new
