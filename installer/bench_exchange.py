"""The figures `preview` and `apply`: one bundle of 2 000 archives looked into, and those of 50 townships received.

The bundles are made from one township's records under new ids and new ID numbers, signed with keys of their own, so
that nothing in them is filed twice and each comes from an office the county has enrolled.
"""

import io
import json
import re
import tarfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
from bench_rows import BareInsert, Rows, search_row
from bench_workshop import REGION, Figure, Workshop, bare_connection, in_turn, milliseconds
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.domain import id_number, regions
from db.exchange import bundle_records, bundle_write
from db.exchange.bundle_format import PAYLOAD, RECORDS, BundleKind, Counts, Manifest, OfficeName
from db.exchange.bundle_write import BundlePlan
from db.exchange.card import OfficeCard, card_bytes
from db.exchange.identity import ExchangeKeys, exchange_keys
from db.services import backups, exchange, receiving
from db.services import office as offices
from db.services.archiving import ArchiveQuery, archive_ids

TOWNSHIPS, ARCHIVES = 50, 2_000
ROUNDS = 7
_NOW = "2026-11-21T08:00:00+08:00"
_UUID = re.compile(r'"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8})([0-9a-f]{4})"')
_ID_NUMBER = re.compile(r'"(\d{6})(\d{8}\d{3})[\dX]"')


class Townships:
    """Bundles of any number of invented townships, all with the same households under other ids and numbers."""

    def __init__(self, workshop: Workshop, county: offices.OfficeSession, archives: int) -> None:
        self._county, self._folder = county, workshop.folder / f"stick-{county.office.id}"
        self._folder.mkdir()
        template = workshop.filled_office(f"template-{county.office.id}", archives)
        ids = archive_ids(template, ArchiveQuery())
        with template.database.reading() as connection:
            self._lines = [line.decode() for line in bundle_records.archive_lines(connection, ids, full=True)]
        self._template_id = template.office.id
        template.close()
        self._regions = sorted(code for code in _known_regions() if code != REGION)

    def bundle(self, number: int) -> Path:
        """The first bundle of township *number*, which the county has enrolled."""
        keys = ExchangeKeys(str(pyrage.x25519.Identity.generate()), Ed25519PrivateKey.generate().private_bytes_raw().hex())
        office = OfficeName(str(uuid.UUID(int=number + 1)), f"第{number + 1}乡镇总工会")
        card = OfficeCard(office.id, office.name, "township", REGION, keys.recipient, keys.verify_key, _NOW)
        path = self._folder / f"{number}.card"
        path.write_bytes(card_bytes(card, keys))
        exchange.enrol(self._county, path)
        plan = BundlePlan(self._manifest(office), lambda: self._of(number, office), [], _recipient(self._county))
        return bundle_write.write_bundle(plan, keys, self._folder).publish(f"{number}.nuandang")

    def _manifest(self, office: OfficeName) -> Manifest:
        county = OfficeName(self._county.office.id, self._county.office.name)
        counts = Counts(archives=len(self._lines))
        return Manifest(BundleKind.ARCHIVES, office, county, 1, "", _NOW, counts, "", 0)

    def _of(self, number: int, office: OfficeName) -> Iterator[bytes]:
        mark, region = f"{number:04x}", self._regions[number]

        def other_number(match: re.Match[str]) -> str:
            first17 = region + match[2]
            return f'"{first17}{id_number.check_digit(first17)}"'

        for line in self._lines:
            moved = _UUID.sub(rf'"\g<1>{mark}"', line.replace(self._template_id, office.id))
            yield _ID_NUMBER.sub(other_number, moved.replace(f'"{office.id[:-4]}{mark}"', f'"{office.id}"')).encode()


def _known_regions() -> list[str]:
    return [code for code, _ in regions.counties()]


def _recipient(county: offices.OfficeSession) -> str:
    return exchange_keys(county.database).recipient


# -- looking into one bundle --------------------------------------------------------------------------------------


def preview(workshop: Workshop) -> Figure:
    """Everything a preview does, beside decrypting the payload and parsing each line of its records."""
    county = workshop.new_office("preview-county", "county")
    path = Townships(workshop, county, ARCHIVES).bundle(0)
    identity = exchange_keys(county.database).identity
    floor, ours = in_turn(
        ROUNDS,
        lambda _: milliseconds(_decrypt_and_parse, path, identity),
        lambda _: milliseconds(exchange.inspect_bundle, county, path),
    )
    county.close()
    return Figure(
        f"preview of one bundle of {ARCHIVES} archives", "decrypting its payload and parsing each record, bare",
        3.0, floor, ours, ROUNDS,
    )  # fmt: skip


def _decrypt_and_parse(path: Path, identity: Any) -> list[Any]:
    with zipfile.ZipFile(path) as outer:
        plain = pyrage.decrypt(outer.read(PAYLOAD), [identity])
    with tarfile.open(fileobj=io.BytesIO(plain)) as inner:
        records = inner.extractfile(RECORDS)
        assert records is not None
        return [json.loads(line) for line in records]


# -- receiving those of all townships -----------------------------------------------------------------------------

_TABLES = ("archive", "household_member", "archive_revision", "person_entry", "bundle", "bundle_item")


def apply(workshop: Workshop) -> Figure:
    """Receive 50 bundles as one lot, beside inserting the rows each has brought, bare, in one transaction per bundle.

    Ours: the backup before, opening, decrypting and verifying, judging against all that is here by then, storing,
    noting how to undo it, and a receipt for each, flushed to the disk.
    """
    county, floor_office = workshop.new_office("apply-county", "county"), workshop.new_office("apply-floor", "county")
    townships = Townships(workshop, county, ARCHIVES)
    floor_folder = floor_office.folder
    floor_office.close()
    ours = milliseconds(backups.back_up, county, None, "before_receive")
    floor, received, slowest = 0.0, 0, (0.0, 0.0)
    mark = _Mark(county.folder)
    for number in range(TOWNSHIPS):
        path = townships.bundle(number)
        start = time.perf_counter()
        outcome = receiving.receive_bundle(county, path, backup=False)
        took = (time.perf_counter() - start) * 1000
        ours += took
        received += outcome.new_count + outcome.duplicate_count  # two of the invented people may share a number
        assert outcome.receipt, outcome.text()
        path.unlink()
        outcome.receipt.path.unlink()
        bare = _inserted(floor_folder, mark.new_rows())
        floor += bare
        slowest = max(slowest, (took / bare, took))
    assert received == TOWNSHIPS * ARCHIVES, received
    county.close()
    notes = {"archives": received, "slowest_bundle_ratio": round(slowest[0], 2), "slowest_bundle_ms": round(slowest[1])}
    return Figure(
        f"county receives {TOWNSHIPS} townships x {ARCHIVES} archives", "bare inserts of the same rows",
        3.0, floor, ours, 1, notes,
    )  # fmt: skip


class _Mark:
    """How far each table of an office has been read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = dict.fromkeys(_TABLES, 0)
        self.new_rows()

    def new_rows(self) -> Rows:
        """The rows that were added since the last call, with the documents of the search index."""
        connection = bare_connection(self._folder)
        rows: Rows = {}
        for table in _TABLES:
            cursor = connection.execute(f"SELECT rowid AS at, * FROM {table} WHERE rowid > ?", (self._last[table],))
            names = [column[0] for column in cursor.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in cursor]
            for row in rows[table]:
                self._last[table] = max(self._last[table], row.pop("at"))
        connection.close()
        rows["person_search"] = [search_row(person) for person in rows["person_entry"]]
        return rows


def _inserted(folder: Path, rows: Rows) -> float:
    connection = bare_connection(folder)
    took = milliseconds(BareInsert(rows).run, connection)
    connection.close()
    return took
